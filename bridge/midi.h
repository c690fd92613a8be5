// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The part of Tonus's MIDI vocabulary (docs/midi.md) that a device with beats and no waveform
/// speaks: the same messages as the plugin Tonus Beat sends. A test compares the two.

#ifndef TONUS_BRIDGE_MIDI_H
#define TONUS_BRIDGE_MIDI_H

#include <math.h>
#include <stdint.h>

enum {
    MIDI_CHANNEL = 15, ///< 16 in people's counting
    MIDI_NOTE_BEAT = 36,
    MIDI_NOTE_ODD_BEAT = 37,
    MIDI_RR = 3,          ///< 1/4 ms
    MIDI_QUALITY = 9,     ///< 0..1 over the whole range
    MIDI_HEART_RATE = 14, ///< 1/64 per minute
    MIDI_VELOCITY = 100,  ///< carries nothing
    MIDI_BEAT_MS = 100,   ///< length of a beat's note
};

/// The two messages of a 14-bit controller. [realtime]
static inline void midi_value(uint8_t message[2][3], int controller, double steps)
{
    const long whole = lrint(fmin(fmax(isfinite(steps) ? steps : 0.0, 0.0), 16383.0));
    for (int i = 0; i < 2; i++) {
        message[i][0] = 0xB0 | MIDI_CHANNEL;
        message[i][1] = (uint8_t)(controller + 32 * i);
        message[i][2] = (uint8_t)(i ? whole & 0x7F : whole >> 7);
    }
}

#endif
