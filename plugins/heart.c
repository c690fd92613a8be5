// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus Heart: a simulated person with known truth. See ttl/heart.ttl for the ports.
#include "dsp/heart.h"
#include "plugins/events.h"
#include "plugins/shell.h"
#include "ttl/heart.h"

#include <math.h>
#include <stdlib.h>

_Static_assert((int)HEART_POINT_SIGNAL_ECG == (int)HEART_ECG, "signal");
_Static_assert((int)HEART_POINT_SIGNAL_PPG == (int)HEART_PPG, "signal");

enum { MAX_EVENTS = 32 };        // in SHELL_CHUNK frames; more than a person can do
#define RSA_REFERENCE_PER_MIN 15 // breathing at rest; what 'RSA follows rate' refers to

typedef struct {
    Shell shell; // first: see shell_connect_port
    Heart* heart;
    int seed;
    int channel;
    int held; // breath note that sounds, 0: none
    double rr_ms;
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    heart_free(self->heart);
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
    if (!shell_init(&self->shell, heart_ports, HEART_N_PORTS, rate, features) ||
        !(self->heart = heart_new(rate, 0))) {
        cleanup(self);
        return NULL;
    }
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    heart_reset(self->heart);
    self->held = 0;
    self->rr_ms = 0.0;
}

static void send_beat(Plugin* self, const HeartEvent* event)
{
    Shell* const shell = &self->shell;
    events_beat(shell, event->frame, self->channel, !event->ectopic && !event->lost);
    events_value(shell, event->frame, self->channel, CONTROLLER_QUALITY, event->lost ? 0.0 : 1.0);
    self->rr_ms = event->rr_ms;
    if (event->rr_ms > 0.0) {
        events_value(shell, event->frame, self->channel, CONTROLLER_RR, event->rr_ms);
        events_value(shell, event->frame, self->channel, CONTROLLER_HEART_RATE,
                     60000.0 / event->rr_ms);
    }
}

static void send_breath(Plugin* self, uint32_t frame, int note)
{
    Shell* const shell = &self->shell;
    if (self->held) {
        events_note_off(shell, frame, self->channel, self->held);
    }
    events_note_on(shell, frame, self->channel, note);
    self->held = note;
    events_value(shell, frame, self->channel, CONTROLLER_BREATH_RATE,
                 heart_state(self->heart).breath_rate_per_min);
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    float thru[SHELL_CHUNK];
    float signal[SHELL_CHUNK];
    HeartEvent events[MAX_EVENTS];
    shell_read(&self->shell, HEART_PORT_IN, offset, n, thru);
    const uint32_t n_events = heart_process(self->heart, signal, n, events, MAX_EVENTS);
    const bool enabled = shell_choice(&self->shell, HEART_PORT_ENABLED);
    shell_ui_trace(&self->shell, signal, n);
    shell_write(&self->shell, HEART_PORT_OUT, offset, n, enabled ? signal : thru);
    for (uint32_t i = 0; i < n_events; ++i) {
        switch (events[i].kind) {
        case HEART_BEAT:
            send_beat(self, &events[i]);
            break;
        case HEART_IN_BREATH:
            send_breath(self, events[i].frame, NOTE_IN_BREATH);
            break;
        case HEART_OUT_BREATH:
            send_breath(self, events[i].frame, NOTE_OUT_BREATH);
            break;
        }
    }
}

static void apply_controls(Plugin* self)
{
    const Shell* const shell = &self->shell;
    Heart* const heart = self->heart;
    const int seed = shell_choice(shell, HEART_PORT_SEED);
    heart_set_signal(heart, (HeartSignal)shell_choice(shell, HEART_PORT_SIGNAL));
    heart_set_heart_rate(heart, shell_control(shell, HEART_PORT_HEART_RATE));
    heart_set_breath_rate(heart, shell_control(shell, HEART_PORT_BREATH_RATE));
    heart_set_inhale_share(heart, shell_control(shell, HEART_PORT_INHALE_SHARE) / 100.0);
    heart_set_rsa(heart, shell_control(shell, HEART_PORT_RSA));
    heart_set_rsa_reference(
        heart, shell_choice(shell, HEART_PORT_RSA_NATURAL) ? RSA_REFERENCE_PER_MIN : 0.0);
    heart_set_slow_waves(heart, shell_control(shell, HEART_PORT_MAYER),
                         shell_control(shell, HEART_PORT_VERY_SLOW));
    heart_set_jitter(heart, shell_control(shell, HEART_PORT_JITTER));
    heart_set_breath_jitter(heart, shell_control(shell, HEART_PORT_BREATH_JITTER) / 100.0);
    heart_set_ectopics(heart, shell_control(shell, HEART_PORT_ECTOPICS));
    heart_set_noise(heart, shell_control(shell, HEART_PORT_NOISE));
    heart_set_wander(heart, shell_control(shell, HEART_PORT_WANDER));
    heart_set_motion(heart, shell_control(shell, HEART_PORT_MOTION));
    heart_set_dropouts(heart, shell_control(shell, HEART_PORT_DROPOUTS));
    heart_set_amplitude(heart, pow(10.0, shell_control(shell, HEART_PORT_AMPLITUDE) / 20.0));
    heart_set_modulation(heart, shell_control(shell, HEART_PORT_AMPLITUDE_MODULATION) / 100.0,
                         shell_control(shell, HEART_PORT_BASELINE_MODULATION) / 100.0);
    heart_set_inverted(heart,
                       shell_choice(shell, HEART_PORT_POLARITY) == HEART_POINT_POLARITY_INVERTED);
    self->channel = shell_choice(shell, HEART_PORT_CHANNEL);
    if (seed != self->seed) {
        self->seed = seed;
        heart_set_seed(heart, (uint32_t)seed);
    }
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {NULL, NULL, process};
    Plugin* const self = (Plugin*)handle;
    Shell* const shell = &self->shell;
    apply_controls(self);

    shell_run(shell, self, &calls, n_frames);

    const HeartState state = heart_state(self->heart);
    shell_show(shell, HEART_PORT_TRUE_RR, self->rr_ms);
    shell_show(shell, HEART_PORT_TRUE_RSA, state.rsa_ms);
    shell_show(shell, HEART_PORT_TRUE_BREATH_RATE, state.breath_rate_per_min);
    shell_show(shell, HEART_PORT_TRUE_BREATH_PHASE, state.breath_phase);
}

static const LV2_Descriptor descriptor = {
    HEART_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, NULL};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}
