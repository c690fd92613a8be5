// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus Swell: music in, music that breathes out. See ttl/swell.ttl for the ports.
#include "ttl/swell.h"
#include "dsp/swell.h"
#include "plugins/events.h"
#include "plugins/shell.h"

#include <stdlib.h>

// A pacer counts as heard for this long after its last note: the longest breath
#define PACER_HEARD_S 30.0

typedef struct {
    Shell shell; // first: see shell_connect_port
    Swell* swell;
    EventDecoder decoder;
    int channel;
    int source;
    uint64_t paced_until; // frame since activation up to which the pacer counts as heard
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    swell_free(self->swell);
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
    if (!shell_init(&self->shell, swell_ports, SWELL_N_PORTS, rate, features) ||
        !(self->swell = swell_new(rate))) {
        cleanup(self);
        return NULL;
    }
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    swell_reset(self->swell);
    memset(&self->decoder, 0, sizeof(self->decoder));
    self->paced_until = 0;
}

static void take_midi(void* plugin, const uint8_t* bytes, uint32_t size)
{
    Plugin* const self = (Plugin*)plugin;
    const Event event = events_decode(&self->decoder, bytes, size);
    if (event.channel != self->channel || event.kind != EVENT_NOTE_ON) {
        return;
    }
    const bool paced = event.number == NOTE_PACED_IN || event.number == NOTE_PACED_OUT;
    const bool own = event.number == NOTE_IN_BREATH || event.number == NOTE_OUT_BREATH;
    if (paced) {
        self->paced_until = self->shell.now + (uint64_t)(PACER_HEARD_S * self->shell.rate);
    }
    const bool use_pacer =
        self->source == SWELL_POINT_SOURCE_PACER ||
        (self->source == SWELL_POINT_SOURCE_AUTO && self->shell.now < self->paced_until);
    if (use_pacer ? paced : own) {
        swell_breath(self->swell, event.number == NOTE_PACED_IN || event.number == NOTE_IN_BREATH);
    }
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    float left[SHELL_CHUNK];
    float right[SHELL_CHUNK];
    shell_read(&self->shell, SWELL_PORT_IN_LEFT, offset, n, left);
    shell_read(&self->shell, SWELL_PORT_IN_RIGHT, offset, n, right);
    swell_process(self->swell, left, right, left, right, n);
    shell_write(&self->shell, SWELL_PORT_OUT_LEFT, offset, n, left);
    shell_write(&self->shell, SWELL_PORT_OUT_RIGHT, offset, n, right);
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {take_midi, NULL, process};
    Plugin* const self = (Plugin*)handle;
    Shell* const shell = &self->shell;
    const bool enabled = shell_choice(shell, SWELL_PORT_ENABLED);
    swell_set_depth(self->swell, enabled ? shell_control(shell, SWELL_PORT_DEPTH) : 0.0F);
    swell_set_tilt(self->swell, shell_control(shell, SWELL_PORT_TILT));
    self->channel = shell_choice(shell, SWELL_PORT_CHANNEL);
    self->source = shell_choice(shell, SWELL_PORT_SOURCE);

    shell_run(shell, self, &calls, n_frames);

    const SwellState state = swell_state(self->swell);
    shell_show(shell, SWELL_PORT_PHASE, (double)state.phase);
    shell_show(shell, SWELL_PORT_GAIN, (double)state.gain_db);
    shell_show(shell, SWELL_PORT_LOCKED, state.locked);
}

static const LV2_Descriptor descriptor = {
    SWELL_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, NULL};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}
