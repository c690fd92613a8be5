// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus Breath: beats in as MIDI, and the signal they were found in or a belt; breaths out. See
/// ttl/breath.ttl for the ports.
#include "ttl/breath.h"
#include "dsp/beat.h"
#include "dsp/breath.h"
#include "plugins/events.h"
#include "plugins/shell.h"
#include "plugins/shell_cv.h"
#include "plugins/shell_inline.h"
#include "plugins/shell_state.h"
#include "ttl/breath-cv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The enumerations of ports and dsp are the same numbers
_Static_assert((int)BREATH_POINT_SENSOR_ECG == (int)BREATH_SENSOR_ECG, "sensor");
_Static_assert((int)BREATH_POINT_SENSOR_PPG == (int)BREATH_SENSOR_PPG, "sensor");
_Static_assert((int)BREATH_POINT_SOURCE_BEAT_INTERVALS == (int)BREATH_FROM_INTERVALS, "source");
_Static_assert((int)BREATH_POINT_SOURCE_HUMS == (int)BREATH_FROM_HUM, "source");

enum { FIRST_CV = BREATH_CV_PORT_LUNGS_CV };
_Static_assert((int)FIRST_CV == (int)BREATH_N_PORTS, "ports");

enum { MAX_BREATHS = 8 }; // in SHELL_CHUNK frames; more than BREATH_MIN_GAP_S allows
#define COURSE_S    0.05  // between two controllers of depth and phase: smooth to the ear
#define FULL_DEPTH  2.0   // depth that the controller's whole range stands for
#define FAST_BREATH 30.0  // per min, modulates by 1
#define LOWEST_HUM  24    // hums are notes on the channel below, from 32 Hz

static const char* const state_uris[] = {
    BREATH_PROPERTY_OFFSET_SLOW, BREATH_PROPERTY_OFFSET_MIDDLE, BREATH_PROPERTY_OFFSET_USUAL,
    BREATH_PROPERTY_WEIGHT_SLOW, BREATH_PROPERTY_WEIGHT_MIDDLE, BREATH_PROPERTY_WEIGHT_USUAL};

typedef struct {
    Shell shell; // first: see shell_connect_port
    ShellCv cv;
    ShellInline display;
    ShellState state;
    Breath* breath;
    EventDecoder decoder;
    int channel;
    int held;             // note that sounds, 0: none
    bool forget, started; // the switch, as it was
    uint64_t next_course; // frame at which depth and phase are told next
    float quality;        // of the beats, as told last
    double sure;          // confidence as told last
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    breath_free(self->breath);
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
    const bool cv = !strcmp(descriptor->URI, BREATH_CV_URI);
    shell_cv_init(&self->cv, cv, FIRST_CV, BREATH_CV_N_PORTS - FIRST_CV);
    if (!shell_init(&self->shell, cv ? breath_cv_ports : breath_ports,
                    cv ? BREATH_CV_N_PORTS : BREATH_N_PORTS, rate, features) ||
        !(self->breath = breath_new(rate))) {
        cleanup(self);
        return NULL;
    }
    shell_inline_init(&self->shell, &self->display, path, features, inline_breath_draw);
    shell_state_init(&self->shell, &self->state, state_uris, 2 * BREATH_BANDS);
    breath_set_beat_delay(self->breath, beat_delay(rate));
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    shell_cv_activate(&self->cv);
    breath_reset(self->breath);
    memset(&self->decoder, 0, sizeof(self->decoder));
    self->held = 0;
    self->started = false;
    self->next_course = 0;
    self->quality = 1.0f;
    self->sure = 0.0;
}

static void take_midi(void* plugin, const uint8_t* bytes, uint32_t size)
{
    Plugin* const self = (Plugin*)plugin;
    const Event event = events_decode(&self->decoder, bytes, size);
    const bool on = event.kind == EVENT_NOTE_ON;
    if (event.channel == self->channel - 1 && event.number >= LOWEST_HUM &&
        (on || event.kind == EVENT_NOTE_OFF)) {
        breath_hum(self->breath, on);
    }
    if (event.channel != self->channel) {
        return;
    }
    if (on && (event.number == NOTE_BEAT || event.number == NOTE_ODD_BEAT)) {
        const BreathBeat beat = {event.number == NOTE_BEAT, self->quality, NAN, NAN};
        breath_beat(self->breath, &beat);
        shell_ui_told_beat(&self->shell, beat_delay(self->shell.rate), (double)self->quality,
                           beat.reliable);
    } else if (on && (event.number == NOTE_PACED_IN || event.number == NOTE_PACED_OUT)) {
        breath_cue(self->breath, event.number == NOTE_PACED_IN);
    } else if (event.kind == EVENT_VALUE && event.number == CONTROLLER_QUALITY) {
        self->quality = (float)event.value;
    }
}

static void release(Plugin* self, uint32_t frames)
{
    if (self->held) {
        events_note_off(&self->shell, frames, self->channel, self->held);
        self->held = 0;
    }
}

// At each breath, and between them when it has moved by a 7-bit step
static void tell_confidence(Plugin* self, uint32_t frames, double confidence, bool again)
{
    if (again || fabs(confidence - self->sure) > 1.0 / 128.0 ||
        (confidence == 0.0 && self->sure > 0.0)) {
        self->sure = confidence;
        events_value(&self->shell, frames, self->channel, CONTROLLER_BREATH_CONFIDENCE, confidence);
    }
}

static void tell_breath(Plugin* self, uint32_t frames, const BreathEvent* event)
{
    shell_ui_breath(&self->shell, self->shell.now + frames, event->type == BREATH_IN_STARTS);
    release(self, frames);
    tell_confidence(self, frames, (double)event->confidence, true);
    self->held = event->type == BREATH_IN_STARTS ? NOTE_IN_BREATH : NOTE_OUT_BREATH;
    events_note_on(&self->shell, frames, self->channel, self->held);
    events_value(&self->shell, frames, self->channel, CONTROLLER_BREATH_RATE,
                 (double)event->rate_per_min);
}

// Depth and phase go on between the breaths
static void tell_course(Plugin* self, uint32_t frames)
{
    Shell* const shell = &self->shell;
    const BreathState now = breath_state(self->breath);
    self->next_course += (uint64_t)(COURSE_S * shell->rate);
    tell_confidence(self, frames, (double)now.confidence, false);
    if (now.told) {
        events_value(shell, frames, self->channel, CONTROLLER_BREATH_DEPTH,
                     (double)now.depth / FULL_DEPTH);
        events_value(shell, frames, self->channel, CONTROLLER_BREATH_PHASE, (double)now.phase);
    } else {
        release(self, frames);
    }
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    Shell* const shell = &self->shell;
    float signal[SHELL_CHUNK];
    float belt[SHELL_CHUNK];
    shell_read(shell, BREATH_PORT_IN, offset, n, signal);
    shell_read(shell, BREATH_PORT_BELT, offset, n, belt);
    shell_write(shell, BREATH_PORT_OUT, offset, n, signal);
    const bool worn = shell->port[BREATH_PORT_BELT] != NULL;
    shell_ui_trace(shell, signal, n);
    for (uint32_t done = 0; done < n;) {
        const uint64_t now = shell->now + done;
        if (now == self->next_course) {
            tell_course(self, done);
        }
        const uint64_t until = self->next_course - now;
        const uint32_t part = until < n - done ? (uint32_t)until : n - done;
        BreathEvent breaths[MAX_BREATHS];
        const uint32_t told = breath_process(self->breath, signal + done, worn ? belt + done : NULL,
                                             part, breaths, MAX_BREATHS);
        for (uint32_t i = 0; i < told; ++i) {
            tell_breath(self, done + breaths[i].frame, &breaths[i]);
        }
        done += part;
    }
}

static void cv_values(void* plugin, float* now)
{
    const BreathState state = breath_state(((const Plugin*)plugin)->breath);
    const bool known = state.rate_per_min > 0.0f;
    now[BREATH_CV_PORT_LUNGS_CV - FIRST_CV] = state.fullness;
    now[BREATH_CV_PORT_PHASE_CV - FIRST_CV] = known ? state.phase : 0.0f;
    now[BREATH_CV_PORT_INHALING_CV - FIRST_CV] = known && state.inhaling ? 1.0f : 0.0f;
    now[BREATH_CV_PORT_DEPTH_CV - FIRST_CV] = (float)((double)state.depth / FULL_DEPTH);
    now[BREATH_CV_PORT_CONFIDENCE_CV - FIRST_CV] = state.confidence;
    now[BREATH_CV_PORT_BREATH_RATE_MOD - FIRST_CV] =
        shell_cv_share((double)state.rate_per_min, 0.0, FAST_BREATH);
    now[BREATH_CV_PORT_BREATH_RATE_CV - FIRST_CV] = state.rate_per_min;
    now[BREATH_CV_PORT_RESP_HRV_CV - FIRST_CV] = state.resp_hrv_ms;
}

static void process_cv(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    shell_cv_process(&self->cv, &self->shell, self, offset, n, process, cv_values);
}

static void read_controls(Plugin* self)
{
    Shell* const shell = &self->shell;
    float values[2 * BREATH_BANDS];
    BreathMemory memory = {{0.0f}, {0.0f}};
    if (shell_state_restored(&self->state, values)) {
        for (int i = 0; i < BREATH_BANDS; ++i) {
            memory.offset_turns[i] = values[i];
            memory.weight[i] = values[BREATH_BANDS + i];
        }
        breath_set_memory(self->breath, &memory);
    }
    const bool forget = shell_choice(shell, BREATH_PORT_FORGET);
    if (self->started && forget && !self->forget) {
        breath_forget(self->breath);
    }
    self->forget = forget;
    self->started = true;
    self->channel = shell_choice(shell, BREATH_PORT_CHANNEL);
    breath_set_sensor(self->breath, (BreathSensor)shell_choice(shell, BREATH_PORT_SENSOR));
    breath_set_aligned(self->breath, shell_choice(shell, BREATH_PORT_ALIGN));
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {take_midi, NULL, process};
    static const ShellCalls calls_cv = {take_midi, NULL, process_cv};
    Plugin* const self = (Plugin*)handle;
    Shell* const shell = &self->shell;
    read_controls(self);
    shell_run(shell, self, self->cv.on ? &calls_cv : &calls, n_frames);

    BreathMemory memory;
    breath_memory(self->breath, &memory);
    for (uint32_t i = 0; i < BREATH_BANDS; ++i) {
        const bool known = memory.weight[i] > 0.0f;
        shell_state_set(&self->state, i, known ? memory.offset_turns[i] : NAN);
        shell_state_set(&self->state, BREATH_BANDS + i, known ? memory.weight[i] : NAN);
    }
    const BreathState now = breath_state(self->breath);
    shell_show(shell, BREATH_PORT_BREATH_RATE, (double)now.rate_per_min);
    shell_show(shell, BREATH_PORT_BREATH_PHASE, (double)now.phase);
    shell_show(shell, BREATH_PORT_INHALING, now.inhaling);
    shell_show(shell, BREATH_PORT_RESP_HRV, (double)now.resp_hrv_ms);
    shell_show(shell, BREATH_PORT_CONFIDENCE, (double)now.confidence);
    shell_show(shell, BREATH_PORT_DEPTH, (double)now.depth);
    shell_show(shell, BREATH_PORT_IN_DURATION, (double)now.in_s);
    shell_show(shell, BREATH_PORT_OUT_DURATION, (double)now.out_s);
    shell_show(shell, BREATH_PORT_SOURCE, now.source);
    shell_show(shell, BREATH_PORT_BELT_DELAY,
               breath_belt_delay(shell->rate) * 1000.0 / shell->rate);
    const ShellInlineValues shown = {.heart_rate = NAN,
                                     .breath_phase = now.rate_per_min > 0.0f ? now.phase : NAN,
                                     .in_share = now.in_s / (now.in_s + now.out_s),
                                     .breath_rate = now.rate_per_min,
                                     .pacer = NAN,
                                     .tone = NAN};
    shell_inline_show(&self->display, &shown, n_frames);
}

static const void* extension_data(const char* uri)
{
    const void* const state = shell_state_interface(uri);
    return state ? state : shell_inline_interface(uri);
}

static const LV2_Descriptor descriptors[] = {
    {BREATH_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, extension_data},
    {BREATH_CV_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, extension_data},
};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index < 2 ? &descriptors[index] : NULL;
}
