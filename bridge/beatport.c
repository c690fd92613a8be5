// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/beatport.h"

#include "bridge/midi.h"

#include <jack/midiport.h>

static void send(void* buffer, jack_nframes_t frame, const uint8_t message[3])
{
    jack_midi_event_write(buffer, frame, message,
                          3); // full: the message is lost, the thread goes on
}

static void end_note(BeatPort* beats, void* buffer, jack_nframes_t frame)
{
    const uint8_t off[3] = {0x80 | MIDI_CHANNEL, (uint8_t)beats->sounding, 0};
    send(buffer, frame, off);
    beats->sounding = -1;
}

static void start_beat(BeatPort* beats, void* buffer, jack_nframes_t frame, const SourceBeat* beat)
{
    uint8_t value[2][3];
    beats->sounding = beat->reliable ? MIDI_NOTE_BEAT : MIDI_NOTE_ODD_BEAT;
    const uint8_t on[3] = {0x90 | MIDI_CHANNEL, (uint8_t)beats->sounding, MIDI_VELOCITY};
    send(buffer, frame, on);
    midi_value(value, MIDI_QUALITY, beat->reliable ? 16383.0 : 0.0);
    send(buffer, frame, value[0]);
    send(buffer, frame, value[1]);
    if (beat->rr_ms > 0.0) {
        midi_value(value, MIDI_RR, beat->rr_ms * 4.0);
        send(buffer, frame, value[0]);
        send(buffer, frame, value[1]);
        midi_value(value, MIDI_HEART_RATE, 60000.0 / beat->rr_ms * 64.0);
        send(buffer, frame, value[0]);
        send(buffer, frame, value[1]);
    }
}

void beatport_process(BeatPort* beats, void* buffer, double begin_us, double period_us,
                      jack_nframes_t n)
{
    jack_midi_clear_buffer(buffer);
    const double frames_per_us = n / period_us;
    jack_nframes_t earliest = 0; // events must be in order
    for (;;) {
        if (!beats->has_beat && beats->source) {
            beats->has_beat = source_next_beat(beats->source, &beats->beat);
        }
        const double beat_at =
            beats->has_beat ? (beats->beat.time_us - begin_us) * frames_per_us : n;
        const double off_at =
            beats->sounding >= 0 ? (beats->note_off_us - begin_us) * frames_per_us : n;
        const double at = fmin(off_at, beat_at);
        if (!(at < n)) {
            return;
        }
        jack_nframes_t frame = at > 0.0 ? (jack_nframes_t)at : 0;
        frame = frame > earliest ? frame : earliest;
        earliest = frame;
        if (beats->sounding >= 0) { // a note ends before the next begins
            end_note(beats, buffer, frame);
        } else {
            start_beat(beats, buffer, frame, &beats->beat);
            beats->has_beat = false;
            beats->note_off_us = begin_us + frame / frames_per_us + MIDI_BEAT_MS * 1e3;
        }
    }
}
