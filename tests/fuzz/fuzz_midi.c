// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// MIDI: the vocabulary's decoder, and that of tonus-bridge on the way out.
#include "fuzz.h"

#include "bridge/midi.h"
#include "plugins/events.h"

#include <math.h>
#include <string.h>

static void decode(EventDecoder* decoder, const uint8_t* bytes, uint32_t size)
{
    const Event event = events_decode(decoder, bytes, size);
    if (event.channel < 1 || event.channel > 16 || event.number < 0 || event.number > 127 ||
        !isfinite(event.value)) {
        fuzz_wrong("%02x: channel %d, number %d, value %g", bytes[0], event.channel, event.number,
                   event.value);
    }
    if (event.kind == EVENT_PITCH_BEND && !(event.value >= -1.0 && event.value < 1.0)) {
        fuzz_wrong("a bend of %g", event.value);
    }
    events_all_off(bytes, size);
}

int fuzz_one(const uint8_t* data, size_t size)
{
    Bytes in = {data, size};
    EventDecoder decoder;
    memset(&decoder, 0, sizeof decoder);
    while (in.left) {
        const uint8_t head = bytes_one(&in);
        if (head & 1) {
            double steps;
            uint8_t bytes[8], message[2][3];
            for (int i = 0; i < 8; ++i) {
                bytes[i] = bytes_one(&in);
            }
            memcpy(&steps, bytes, sizeof steps);
            midi_value(message, bytes_one(&in) % 32, steps);
            decode(&decoder, message[0], 3);
            decode(&decoder, message[1], 3);
        } else {
            uint8_t bytes[3];
            for (int i = 0; i < 3; ++i) {
                bytes[i] = bytes_one(&in);
            }
            decode(&decoder, bytes, 1 + head / 2 % 3);
        }
    }
    return 0;
}
