// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The MIDI vocabulary between plugins, as docs/midi.md tells it.
///
/// Notes carry what happens at a sample, controllers carry values with 14 bits (MSB on controller
/// n, then LSB on n + 32). Velocity carries nothing. All functions here are [realtime].
#ifndef PLUGINS_EVENTS_H
#define PLUGINS_EVENTS_H

#include "plugins/shell.h"

#include <lv2/midi/midi.h>
#include <math.h>
#include <string.h>

enum {                    // notes
    NOTE_RECORD = 24,     ///< the recorder writes a take while it is held
    NOTE_MARKER = 25,     ///< a marker in the take
    NOTE_BEAT = 36,       ///< a reliable heartbeat
    NOTE_ODD_BEAT = 37,   ///< an unreliable or ectopic one
    NOTE_IN_BREATH = 48,  ///< held while the person breathes in
    NOTE_OUT_BREATH = 50, ///< held while the person breathes out
    NOTE_PACED_IN = 60,   ///< held while the pacer asks to breathe in
    NOTE_PACED_OUT = 62,  ///< held while the pacer asks to breathe out
    NOTE_BEFORE = 72,     ///< held during the rest before an exercise
    NOTE_EXERCISE = 74,   ///< held during the exercise
    NOTE_AFTER = 76,      ///< held during the rest after it
    NOTE_MARK = 79        ///< a mark set by the person or the therapist
};

enum {                            // controllers (MSB; the LSB is 32 higher)
    CONTROLLER_TONE = 1,          ///< 0..1 over the whole range
    CONTROLLER_BREATH_DEPTH = 2,  ///< 0..1 over the whole range
    CONTROLLER_RR = 3,            ///< 1/4 ms
    CONTROLLER_QUALITY = 9,       ///< 0..1 over the whole range
    CONTROLLER_HEART_RATE = 14,   ///< 1/64 beats per minute
    CONTROLLER_BREATH_RATE = 15,  ///< 1/256 breaths per minute
    CONTROLLER_RMSSD = 16,        ///< 1/16 ms
    CONTROLLER_RESP_HRV = 17,     ///< 1/16 ms
    CONTROLLER_BREATH_PHASE = 18, ///< 0..1 over the whole range
    CONTROLLER_TRIGGER = 19,      ///< 1 when something like a beat has just begun; may be wrong
    CONTROLLER_PACED_IN = 20,     ///< 1/256 s, length of the paced in-breath that begins
    CONTROLLER_PACED_OUT = 21,    ///< 1/256 s, length of the out-breath that follows it
    CONTROLLER_PACING = 22,       ///< 0 the pacing stops, 1 it goes on
    CONTROLLER_LIKENESS = 23,     ///< 0..1 over the whole range, of a beat to the usual one
    CONTROLLER_SYNCHRONY = 24,    ///< 0..1 over the whole range: heart and breath moving together
    CONTROLLER_BREATH_CONFIDENCE = 25 ///< 0..1 over the whole range: probability of the rate
};

enum { EVENTS_VELOCITY = 100, EVENTS_BEAT_MS = 100 }; // a beat's note is this long: < 60 / 240 bpm

/// Steps per unit of a controller's value; 16383 for those that run from 0 to 1.
static inline double events_scale(int controller)
{
    switch (controller) {
    case CONTROLLER_RR:
        return 4.0;
    case CONTROLLER_HEART_RATE:
        return 64.0;
    case CONTROLLER_BREATH_RATE:
    case CONTROLLER_PACED_IN:
    case CONTROLLER_PACED_OUT:
        return 256.0;
    case CONTROLLER_RMSSD:
    case CONTROLLER_RESP_HRV:
        return 16.0;
    default:
        return 16383.0;
    }
}

/// Sends a note-on; `channel` is 1..16, `frames` counts from the current segment's first frame.
static inline void events_note_on(Shell* shell, uint32_t frames, int channel, int note)
{
    const uint8_t bytes[3] = {(uint8_t)(LV2_MIDI_MSG_NOTE_ON | (channel - 1)), (uint8_t)note,
                              EVENTS_VELOCITY};
    shell_send(shell, frames, bytes, 3);
}

static inline void events_note_off(Shell* shell, uint32_t frames, int channel, int note)
{
    const uint8_t bytes[3] = {(uint8_t)(LV2_MIDI_MSG_NOTE_OFF | (channel - 1)), (uint8_t)note, 0};
    shell_send(shell, frames, bytes, 3);
}

/// Sends a value in its unit as a 14-bit controller, clamped to what it can hold.
static inline void events_value(Shell* shell, uint32_t frames, int channel, int controller,
                                double value)
{
    const double steps = isfinite(value) ? value * events_scale(controller) : 0.0;
    const long whole = lrint(fmin(fmax(steps, 0.0), 16383.0));
    const uint8_t status = (uint8_t)(LV2_MIDI_MSG_CONTROLLER | (channel - 1));
    const uint8_t msb[3] = {status, (uint8_t)controller, (uint8_t)(whole >> 7)};
    const uint8_t lsb[3] = {status, (uint8_t)(controller + 32), (uint8_t)(whole & 0x7F)};
    shell_send(shell, frames, msb, 3);
    shell_send(shell, frames, lsb, 3);
}

/// Changes what is held on a channel to `note` (0: nothing); `held` remembers it. A note that is
/// held already goes on.
static inline void events_hold(Shell* shell, int* held, uint32_t frames, int channel, int note)
{
    if (*held == note) {
        return;
    }
    if (*held) {
        events_note_off(shell, frames, channel, *held);
    }
    if (note) {
        events_note_on(shell, frames, channel, note);
    }
    *held = note;
}

/// A beat's note, on now and off EVENTS_BEAT_MS later (before the next beat).
static inline void events_beat(Shell* shell, uint32_t frames, int channel, bool reliable)
{
    const int note = reliable ? NOTE_BEAT : NOTE_ODD_BEAT;
    events_note_on(shell, frames, channel, note);
    events_note_off(shell, frames + (uint32_t)(shell->rate * EVENTS_BEAT_MS / 1000.0), channel,
                    note);
}

/// Range of the pitch bend that goes with a hum's note, in semitones
#define EVENTS_BEND_SEMITONES 2.0

/// Starts the note nearest to a pitch (Hz, A4 = 440), with the bend that makes it exact. Returns
/// the note, 1..127, for its note-off.
static inline int events_pitch(Shell* shell, uint32_t frames, int channel, double hz)
{
    const double exact = hz > 8.2 && hz < 13000.0 ? 69.0 + 12.0 * log2(hz / 440.0) : 69.0;
    const int note = (int)lrint(exact);
    const long bend = 8192 + lrint((exact - note) / EVENTS_BEND_SEMITONES * 8192.0);
    const uint8_t bytes[3] = {(uint8_t)(LV2_MIDI_MSG_BENDER | (channel - 1)),
                              (uint8_t)(bend & 0x7F), (uint8_t)(bend >> 7)};
    shell_send(shell, frames, bytes, 3);
    events_note_on(shell, frames, channel, note);
    return note;
}

/// How far a pitch (Hz) lies above a note, in semitones
static inline double events_semitones(int note, double hz)
{
    return hz > 0.0 ? 69.0 + 12.0 * log2(hz / 440.0) - note : 0.0;
}

/// Bends a held note by so many semitones, within EVENTS_BEND_SEMITONES
static inline void events_bend(Shell* shell, uint32_t frames, int channel, double semitones)
{
    const long bend = 8192 + lrint(semitones / EVENTS_BEND_SEMITONES * 8192.0);
    const long whole = bend < 0 ? 0 : bend > 16383 ? 16383 : bend;
    const uint8_t bytes[3] = {(uint8_t)(LV2_MIDI_MSG_BENDER | (channel - 1)),
                              (uint8_t)(whole & 0x7F), (uint8_t)(whole >> 7)};
    shell_send(shell, frames, bytes, 3);
}

/// Is this "all notes off" or "all sound off"?
static inline bool events_all_off(const uint8_t* bytes, uint32_t size)
{
    return size == 3 && (bytes[0] & 0xF0) == LV2_MIDI_MSG_CONTROLLER &&
           (bytes[1] == LV2_MIDI_CTL_ALL_NOTES_OFF || bytes[1] == LV2_MIDI_CTL_ALL_SOUNDS_OFF);
}

typedef enum {
    EVENT_NONE,
    EVENT_NOTE_ON,   ///< number = the note
    EVENT_NOTE_OFF,  ///< number = the note
    EVENT_VALUE,     ///< number = the controller, value in its unit
    EVENT_PITCH_BEND ///< value = −1..1
} EventKind;

typedef struct {
    EventKind kind;
    int channel; ///< 1..16
    int number;
    double value;
} Event;

/// Remembers the halves of 14-bit controllers; all zeros to begin with.
typedef struct {
    uint8_t msb[16][32];
} EventDecoder;

/// Reads one message. A value is told at its MSB (with an LSB of 0, for plain controllers that have
/// none) and again, complete, at its LSB.
static inline Event events_decode(EventDecoder* decoder, const uint8_t* bytes, uint32_t size)
{
    Event event = {EVENT_NONE, (bytes[0] & 0x0F) + 1, 0, 0.0};
    if (size != 3 || (bytes[1] | bytes[2]) & 0x80) {
        return event;
    }
    uint8_t* const msb = decoder->msb[bytes[0] & 0x0F];
    event.number = bytes[1];
    switch (bytes[0] & 0xF0) {
    case LV2_MIDI_MSG_NOTE_ON:
        event.kind = bytes[2] ? EVENT_NOTE_ON : EVENT_NOTE_OFF;
        break;
    case LV2_MIDI_MSG_NOTE_OFF:
        event.kind = EVENT_NOTE_OFF;
        break;
    case LV2_MIDI_MSG_BENDER:
        event.kind = EVENT_PITCH_BEND;
        event.value = ((bytes[2] << 7 | bytes[1]) - 8192) / 8192.0;
        break;
    case LV2_MIDI_MSG_CONTROLLER:
        if (bytes[1] < 32) {
            msb[bytes[1]] = bytes[2];
            event.kind = EVENT_VALUE;
            event.value = (bytes[2] << 7) / events_scale(event.number);
        } else if (bytes[1] < 64) {
            event.kind = EVENT_VALUE;
            event.number = bytes[1] - 32;
            event.value = (msb[event.number] << 7 | bytes[2]) / events_scale(event.number);
        }
        break;
    default:
        break;
    }
    return event;
}

#endif
