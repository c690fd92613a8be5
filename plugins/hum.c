// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus Hum: a microphone in, hums out. See ttl/hum.ttl for the ports.
#include "ttl/hum.h"
#include "dsp/hum.h"
#include "plugins/events.h"
#include "plugins/shell.h"

#include <stdlib.h>

enum {
    MAX_HUMS = 4,    // in SHELL_CHUNK frames
    MAX_KNOWN = 8,   // notes that sound in the room
    BENDS_PER_S = 50 // how often the bend follows the pitch
};

// A bend is sent when the pitch has moved by this much, in semitones
#define BEND_STEP 0.01

typedef struct {
    Shell shell; // first: see shell_connect_port
    Hum* hum;
    EventDecoder decoder;
    int channel;
    float root_hz;
    int notes[MAX_KNOWN]; // held in the room
    uint32_t n_notes;
    bool known_changed;
    int note;           // of the hum, held on channel - 1, 0: none
    int note_channel;   // that it was sent on
    double bend;        // as sent, semitones
    uint64_t next_bend; // frame since activation
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    hum_free(self->hum);
    free(self);
}

static LV2_Handle instantiate(const LV2_Descriptor* descriptor, double rate, const char* path,
                              const LV2_Feature* const* features)
{
    (void)descriptor;
    (void)path;
    Plugin* const self = (Plugin*)calloc(1, sizeof(Plugin));
    if (!self) {
        return NULL;
    }
    if (!shell_init(&self->shell, hum_ports, HUM_N_PORTS, rate, features) ||
        !(self->hum = hum_new(rate))) {
        cleanup(self);
        return NULL;
    }
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    hum_reset(self->hum);
    memset(&self->decoder, 0, sizeof(self->decoder));
    self->n_notes = 0;
    self->known_changed = true;
    self->note = 0;
    self->next_bend = 0;
}

static int hum_channel(const Plugin* self)
{
    return self->channel > 1 ? self->channel - 1 : 16;
}

// The fundamentals that sound in the room: the drone's root with its fifth and octave, and all held
// notes
static void tell_known(Plugin* self)
{
    float known[3 + MAX_KNOWN];
    uint32_t count = 0;
    if (self->root_hz > 0.0F) {
        known[count++] = self->root_hz;
        known[count++] = self->root_hz * 1.5F;
        known[count++] = self->root_hz * 2.0F;
    }
    for (uint32_t i = 0; i < self->n_notes; ++i) {
        known[count++] = 440.0F * exp2f((float)(self->notes[i] - 69) / 12.0F);
    }
    hum_set_known(self->hum, known, count);
    self->known_changed = false;
}

static void take_room_note(Plugin* self, int note, bool on)
{
    uint32_t i = 0;
    while (i < self->n_notes && self->notes[i] != note) {
        ++i;
    }
    if (on && i == self->n_notes && self->n_notes < MAX_KNOWN) {
        self->notes[self->n_notes++] = note;
    } else if (!on && i < self->n_notes) {
        self->notes[i] = self->notes[--self->n_notes];
    }
    tell_known(self);
}

static void take_midi(void* plugin, const uint8_t* bytes, uint32_t size)
{
    Plugin* const self = (Plugin*)plugin;
    const Event event = events_decode(&self->decoder, bytes, size);
    const bool on = event.kind == EVENT_NOTE_ON;
    if (event.channel == self->channel) {
        if (on && (event.number == NOTE_IN_BREATH || event.number == NOTE_PACED_IN)) {
            hum_breath(self->hum, true);
        } else if (on && (event.number == NOTE_OUT_BREATH || event.number == NOTE_PACED_OUT)) {
            hum_breath(self->hum, false);
        }
    } else if (event.channel != hum_channel(self) && (on || event.kind == EVENT_NOTE_OFF)) {
        take_room_note(self, event.number, on);
    }
}

static void end_note(Plugin* self, uint32_t frame)
{
    if (self->note) {
        events_note_off(&self->shell, frame, self->note_channel, self->note);
        self->note = 0;
    }
}

static void start_note(Plugin* self, uint32_t frame, double hz)
{
    end_note(self, frame);
    self->note_channel = hum_channel(self);
    self->note = events_pitch(&self->shell, frame, self->note_channel, hz);
    self->bend = events_semitones(self->note, hz);
}

// The held note follows the pitch; beyond the bend's range another note takes over
static void follow_pitch(Plugin* self, uint32_t frame)
{
    const HumState state = hum_state(self->hum);
    if (!self->note || state.pitch_hz <= 0.0F) {
        return;
    }
    const double bend = events_semitones(self->note, (double)state.pitch_hz);
    if (fabs(bend) > EVENTS_BEND_SEMITONES) {
        start_note(self, frame, (double)state.pitch_hz);
    } else if (fabs(bend - self->bend) >= BEND_STEP) {
        self->bend = bend;
        events_bend(&self->shell, frame, self->note_channel, bend);
    }
}

static void listen(Plugin* self, const float* signal, uint32_t from, uint32_t n)
{
    HumEvent hums[MAX_HUMS];
    const uint32_t count = hum_process(self->hum, signal, n, hums, MAX_HUMS);
    for (uint32_t i = 0; i < count; ++i) {
        if (hums[i].kind == HUM_START) {
            start_note(self, from + hums[i].frame, (double)hums[i].pitch_hz);
        } else {
            end_note(self, from + hums[i].frame);
        }
    }
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    float signal[SHELL_CHUNK];
    shell_read(&self->shell, HUM_PORT_IN, offset, n, signal);
    shell_write(&self->shell, HUM_PORT_OUT, offset, n, signal);
    uint32_t done = 0;
    while (self->next_bend < self->shell.now + n) {
        const uint32_t until = (uint32_t)(self->next_bend - self->shell.now);
        listen(self, signal + done, done, until - done);
        done = until;
        follow_pitch(self, until);
        self->next_bend += (uint64_t)(self->shell.rate / BENDS_PER_S);
    }
    listen(self, signal + done, done, n - done);
}

static void show(Plugin* self)
{
    Shell* const shell = &self->shell;
    const HumState state = hum_state(self->hum);
    shell_show(shell, HUM_PORT_HUMMING, state.humming);
    shell_show(shell, HUM_PORT_PITCH, (double)state.pitch_hz);
    shell_show(shell, HUM_PORT_DURATION, (double)state.duration_s);
    shell_show(shell, HUM_PORT_SHARE, 100.0 * (double)state.share);
    shell_show(shell, HUM_PORT_HUMS_PER_MINUTE, (double)state.hums_per_min);
    shell_show(shell, HUM_PORT_STEADINESS, (double)state.steadiness_cents);
    shell_show(shell, HUM_PORT_CLARITY, (double)state.clarity);
    shell_show(shell, HUM_PORT_LOW_SHARE, (double)state.low_share);
    shell_show(shell, HUM_PORT_LEVEL, (double)state.level_db);
    shell_show(shell, HUM_PORT_QUALITY, (double)state.quality);
    shell_show(shell, HUM_PORT_DELAY, hum_delay(shell->rate) * 1000.0 / shell->rate);
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {take_midi, NULL, process};
    Plugin* const self = (Plugin*)handle;
    Shell* const shell = &self->shell;
    const float root_hz = shell_control(shell, HUM_PORT_ROOT);
    self->known_changed = self->known_changed || root_hz < self->root_hz || root_hz > self->root_hz;
    self->root_hz = root_hz;
    if (self->known_changed) {
        tell_known(self);
    }
    self->channel = shell_choice(shell, HUM_PORT_CHANNEL);
    hum_set_singing(self->hum, shell_choice(shell, HUM_PORT_SINGING));

    shell_run(shell, self, &calls, n_frames);
    show(self);
}

static const LV2_Descriptor descriptor = {
    HUM_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, NULL};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}
