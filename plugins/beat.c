// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus Beat: an ECG or pulse signal in, beats out. See ttl/beat.ttl for the ports.
#include "dsp/beat.h"
#include "dsp/delay.h"
#include "plugins/events.h"
#include "plugins/shell.h"
#include "plugins/shell_cv.h"
#include "plugins/shell_inline.h"
#include "ttl/beat-cv.h"
#include "ttl/beat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The enumerations of ports and dsp are the same numbers
_Static_assert((int)BEAT_POINT_SENSOR_ECG == (int)BEAT_ECG, "sensor");
_Static_assert((int)BEAT_POINT_SENSOR_PPG == (int)BEAT_PPG, "sensor");
_Static_assert((int)BEAT_POINT_POLARITY_INVERTED == (int)BEAT_INVERTED, "polarity");
_Static_assert((int)BEAT_POINT_STATE_CLIPPING == (int)BEAT_CLIPPING, "state");

enum {
    MAX_BEATS = 8,                     // in SHELL_CHUNK frames; more than the detector can find
    MAX_RR_MS = 4000,                  // a longer time between two beats is a gap
    FALL_MS = 300,                     // of the CV that falls from 1 to 0 after a beat
    FIRST_CV = BEAT_CV_PORT_QUALITY_CV // of those that shell_cv writes
};
_Static_assert((int)BEAT_CV_PORT_GATE_CV == (int)BEAT_N_PORTS, "ports");

// Heart rates that modulate from 0 to 1, per min
#define SLOW_HEART 40.0
#define FAST_HEART 120.0

typedef struct {
    Shell shell; // first: see shell_connect_port
    ShellCv cv;
    ShellInline display;
    Beat* beat;
    Delay* thru;            // the signal, late by the delay, for 'align'
    uint64_t last_beat;     // frame since activation, 0: none
    uint64_t last_reliable; // likewise
    double rr_ms;
    LV2_URID onset; // class of the object that tells a provisional beat
    int channel;
    bool align;
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    beat_free(self->beat);
    delay_free(self->thru);
    shell_inline_free(&self->display);
    free(self);
}

static LV2_Handle instantiate(const LV2_Descriptor* descriptor, double rate, const char* path,
                              const LV2_Feature* const* features)
{
    Plugin* const self = (Plugin*)calloc(1, sizeof(Plugin));
    if (!self) {
        return NULL;
    }
    const bool cv = !strcmp(descriptor->URI, BEAT_CV_URI);
    shell_cv_init(&self->cv, cv, FIRST_CV, BEAT_CV_N_PORTS - FIRST_CV);
    if (!shell_init(&self->shell, cv ? beat_cv_ports : beat_ports,
                    cv ? BEAT_CV_N_PORTS : BEAT_N_PORTS, rate, features) ||
        !(self->beat = beat_new(rate)) || !(self->thru = delay_new(beat_delay(rate)))) {
        cleanup(self);
        return NULL;
    }
    shell_inline_init(&self->shell, &self->display, path, features, inline_beat_draw);
    self->onset = self->shell.map->map(self->shell.map->handle, BEAT_OBJECT_ONSET);
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    shell_cv_activate(&self->cv);
    beat_reset(self->beat);
    delay_reset(self->thru);
    self->last_beat = self->last_reliable = 0;
    self->rr_ms = 0.0;
}

static double heart_rate(const Plugin* self)
{
    return self->rr_ms > 0.0 ? 60000.0 / self->rr_ms : 0.0; // bpm
}

static void send_beat(Plugin* self, const BeatEvent* beat)
{
    Shell* const shell = &self->shell;
    const uint64_t at = shell->now + beat->frame;
    events_beat(shell, beat->frame, self->channel, beat->reliable);
    events_value(shell, beat->frame, self->channel, CONTROLLER_QUALITY, beat->quality);
    events_value(shell, beat->frame, self->channel, CONTROLLER_LIKENESS, beat->usual);
    const double rr_ms = (double)(at - self->last_beat) * 1000.0 / shell->rate;
    self->rr_ms = self->last_beat && rr_ms <= MAX_RR_MS ? rr_ms : 0.0;
    self->last_beat = at;
    self->last_reliable = beat->reliable ? at : self->last_reliable;
    if (self->rr_ms > 0.0) {
        events_value(shell, beat->frame, self->channel, CONTROLLER_RR, self->rr_ms);
        events_value(shell, beat->frame, self->channel, CONTROLLER_HEART_RATE, heart_rate(self));
    }
    const uint64_t delay = beat_delay(shell->rate); // what leaves now happened so long ago
    shell_ui_beat(shell, at > delay ? at - delay : 0, self->rr_ms, (double)beat->quality,
                  beat->reliable);
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    float signal[SHELL_CHUNK];
    float late[SHELL_CHUNK];
    BeatEvent beats[MAX_BEATS];
    shell_read(&self->shell, BEAT_PORT_IN, offset, n, signal);
    delay_process(self->thru, signal, late, n);
    shell_write(&self->shell, BEAT_PORT_OUT, offset, n, self->align ? late : signal);
    shell_ui_trace(&self->shell, signal, n);
    shell_inline_trace(&self->display, signal, n);
    const uint32_t n_beats = beat_process(self->beat, signal, n, beats, MAX_BEATS);
    for (uint32_t i = 0; i < n_beats; ++i) {
        if (beats[i].kind == BEAT_EVENT_BEAT) {
            send_beat(self, &beats[i]);
        } else {
            events_value(&self->shell, beats[i].frame, self->channel, CONTROLLER_TRIGGER, 1.0);
            shell_tell(&self->shell, beats[i].frame, self->onset);
        }
    }
}

// Gate and fall are exact to the frame: they follow the part in which the beat was found
static void write_gate(Plugin* self, uint32_t offset, uint32_t n)
{
    float gate[SHELL_CV_GRID];
    float fall[SHELL_CV_GRID];
    const double gate_frames = self->shell.rate * EVENTS_BEAT_MS / 1000.0;
    const double fall_frames = self->shell.rate * FALL_MS / 1000.0;
    for (uint32_t i = 0; i < n; ++i) {
        const uint64_t now = self->shell.now + i;
        const bool any = self->last_reliable > 0 && now >= self->last_reliable;
        const double age = any ? (double)(now - self->last_reliable) : HUGE_VAL;
        gate[i] = age < gate_frames ? 1.0f : 0.0f;
        fall[i] = age < fall_frames ? (float)(1.0 - age / fall_frames) : 0.0f;
    }
    shell_write(&self->shell, BEAT_CV_PORT_GATE_CV, offset, n, gate);
    shell_write(&self->shell, BEAT_CV_PORT_FALL_CV, offset, n, fall);
}

static void process_part(void* plugin, uint32_t offset, uint32_t n)
{
    process(plugin, offset, n);
    write_gate((Plugin*)plugin, offset, n);
}

static void cv_values(void* plugin, float* now)
{
    const Plugin* const self = (const Plugin*)plugin;
    const double rate = heart_rate(self);
    now[BEAT_CV_PORT_QUALITY_CV - FIRST_CV] = beat_quality(self->beat);
    now[BEAT_CV_PORT_HEART_RATE_MOD - FIRST_CV] = shell_cv_share(rate, SLOW_HEART, FAST_HEART);
    now[BEAT_CV_PORT_HEART_RATE_CV - FIRST_CV] = (float)rate;
    now[BEAT_CV_PORT_RR_CV - FIRST_CV] = (float)self->rr_ms;
}

static void process_cv(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    shell_cv_process(&self->cv, &self->shell, self, offset, n, process_part, cv_values);
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {NULL, NULL, process};
    static const ShellCalls calls_cv = {NULL, NULL, process_cv};
    Plugin* const self = (Plugin*)handle;
    Shell* const shell = &self->shell;
    beat_set_sensor(self->beat, (BeatSensor)shell_choice(shell, BEAT_PORT_SENSOR));
    beat_set_polarity(self->beat, (BeatPolarity)shell_choice(shell, BEAT_PORT_POLARITY));
    self->channel = shell_choice(shell, BEAT_PORT_CHANNEL);
    self->align = shell_choice(shell, BEAT_PORT_ALIGN);

    shell_run(shell, self, self->cv.on ? &calls_cv : &calls, n_frames);

    const uint32_t delay = beat_delay(shell->rate);
    const BeatState state = beat_state(self->beat);
    if (state == BEAT_WAITING || state == BEAT_LOST) {
        self->rr_ms = 0.0;
    }
    shell_show(shell, BEAT_PORT_HEART_RATE, heart_rate(self));
    shell_show(shell, BEAT_PORT_RR, self->rr_ms);
    shell_show(shell, BEAT_PORT_QUALITY, beat_quality(self->beat));
    shell_show(shell, BEAT_PORT_STATE, state);
    shell_show(shell, BEAT_PORT_DELAY, delay * 1000.0 / shell->rate);
    shell_show(shell, BEAT_PORT_LATENCY, self->align ? delay : 0.0);
    const ShellInlineValues shown = {(float)heart_rate(self), NAN, NAN, NAN, NAN, NAN, (int)state};
    shell_inline_show(&self->display, &shown, n_frames);
}

static const LV2_Descriptor descriptors[] = {
    {BEAT_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup,
     shell_inline_interface},
    {BEAT_CV_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup,
     shell_inline_interface},
};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index < 2 ? &descriptors[index] : NULL;
}
