// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus HRV: beats and breaths in as MIDI, HRV and tone out. See ttl/hrv.ttl for the ports.
#include "ttl/hrv.h"
#include "dsp/beat.h"
#include "dsp/vitals.h"
#include "plugins/events.h"
#include "plugins/shell.h"
#include "plugins/shell_cv.h"
#include "plugins/shell_state.h"
#include "ttl/hrv-cv.h"

#include <stdlib.h>

// The enumerations of ports and dsp are the same numbers
_Static_assert((int)HRV_POINT_DRIVE_RMSSD == (int)TONE_RMSSD, "drive");
_Static_assert((int)HRV_POINT_HRV_REASON_VALID == (int)HRV_OK, "reason");
_Static_assert((int)HRV_POINT_TONE_REASON_LEARNING_THE_BASELINE == (int)HRV_LEARNING, "reason");

#define TONE_PERIOD_S 0.125 // between two controllers that tell the tone
#define OTHERS_S      10.0  // a controller that came in within this time is not sent as well

// In the order of ToneDrive
static const char* const state_uris[] = {HRV_PROPERTY_BASELINE_RESP_HRV,
                                         HRV_PROPERTY_BASELINE_RMSSD};
static const uint32_t baseline_ports[] = {HRV_PORT_BASELINE_RESP_HRV, HRV_PORT_BASELINE_RMSSD};

// What modulates from 0 to 1: heart rates per min, the others in ms
#define SLOW_HEART    40.0
#define FAST_HEART    120.0
#define FULL_RMSSD    100.0
#define FULL_RESP_HRV 200.0
enum { FIRST_CV = HRV_CV_PORT_TONE_CV };
_Static_assert((int)FIRST_CV == (int)HRV_N_PORTS, "ports");

typedef struct {
    Shell shell; // first: see shell_connect_port
    ShellCv cv;
    ShellState state;
    Vitals* vitals;
    EventDecoder decoder;
    int channel;
    bool learn;                     // the switch, as it was
    bool started;                   // the switch has been read
    uint64_t next_tone;             // frame at which the tone is told next
    uint64_t quality_came, hr_came; // frames at which such a controller came in, 0: never
    double tone_told;
} Plugin;

static void tell_window(void* plugin);

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    vitals_free(self->vitals);
    free(self);
}

static LV2_Handle instantiate(const LV2_Descriptor* descriptor, double rate, const char* path,
                              const LV2_Feature* const* features)
{
    (void)path;
    Plugin* const self = (Plugin*)calloc(1, sizeof(Plugin));
    if (!self) {
        return NULL;
    }
    const bool cv = !strcmp(descriptor->URI, HRV_CV_URI);
    shell_cv_init(&self->cv, cv, FIRST_CV, HRV_CV_N_PORTS - FIRST_CV);
    if (!shell_init(&self->shell, cv ? hrv_cv_ports : hrv_ports, cv ? HRV_CV_N_PORTS : HRV_N_PORTS,
                    rate, features) ||
        !(self->vitals = vitals_new(rate))) {
        cleanup(self);
        return NULL;
    }
    shell_state_init(&self->shell, &self->state, state_uris, TONE_N_DRIVES);
    vitals_set_beat_delay(self->vitals, beat_delay(rate));
    self->shell.ui.tell = tell_window;
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    shell_cv_activate(&self->cv);
    vitals_reset(self->vitals);
    memset(&self->decoder, 0, sizeof(self->decoder));
    self->started = false;
    self->next_tone = self->quality_came = self->hr_came = 0;
    self->tone_told = -1.0;
}

static bool came(const Plugin* self, uint64_t frame)
{
    return frame > 0 && (double)(self->shell.now + 1 - frame) < OTHERS_S * self->shell.rate;
}

static void tell(Plugin* self, HrvMeasure measure, int controller)
{
    const HrvMeasures* const m = vitals_measures(self->vitals);
    if (m->reason[measure] == HRV_OK) {
        events_value(&self->shell, 0, self->channel, controller, m->value[measure]);
    }
}

static void take_beat(Plugin* self, bool reliable)
{
    vitals_beat(self->vitals, reliable, 1.f);
    shell_ui_told_beat(&self->shell, beat_delay(self->shell.rate), 1.0, reliable);
    tell(self, HRV_RMSSD, CONTROLLER_RMSSD);
    tell(self, HRV_RESP, CONTROLLER_RESP_HRV);
    tell(self, HRV_SYNCHRONY, CONTROLLER_SYNCHRONY);
    if (!came(self, self->hr_came)) {
        tell(self, HRV_HEART_RATE, CONTROLLER_HEART_RATE);
    }
    if (!came(self, self->quality_came)) {
        events_value(&self->shell, 0, self->channel, CONTROLLER_QUALITY,
                     vitals_measures(self->vitals)->quality);
    }
}

static void take_midi(void* plugin, const uint8_t* bytes, uint32_t size)
{
    Plugin* const self = (Plugin*)plugin;
    const Event event = events_decode(&self->decoder, bytes, size);
    if (event.channel != self->channel) {
        return;
    }
    if (event.kind == EVENT_NOTE_ON &&
        (event.number == NOTE_BEAT || event.number == NOTE_ODD_BEAT)) {
        take_beat(self, event.number == NOTE_BEAT);
    } else if (event.kind == EVENT_NOTE_ON && event.number == NOTE_IN_BREATH) {
        vitals_breath(self->vitals);
        shell_ui_breath(&self->shell, self->shell.now, true);
    } else if (event.kind == EVENT_VALUE && event.number == CONTROLLER_BREATH_RATE) {
        vitals_breath_rate(self->vitals, (float)event.value);
    } else if (event.kind == EVENT_VALUE && event.number == CONTROLLER_BREATH_CONFIDENCE) {
        vitals_breath_confidence(self->vitals, (float)event.value);
    } else if (event.kind == EVENT_VALUE && event.number == CONTROLLER_QUALITY) {
        self->quality_came = self->shell.now + 1;
        vitals_quality(self->vitals, (float)event.value);
    } else if (event.kind == EVENT_VALUE && event.number == CONTROLLER_LIKENESS) {
        vitals_likeness(self->vitals, (float)event.value);
    } else if (event.kind == EVENT_VALUE && event.number == CONTROLLER_HEART_RATE) {
        self->hr_came = self->shell.now + 1;
    }
}

// The tone glides between beats: told on a grid of its own, when it has moved by a 7-bit step / 8
static void tell_tone(Plugin* self, uint32_t frames)
{
    const ToneState tone = vitals_tone(self->vitals);
    self->next_tone += (uint64_t)(TONE_PERIOD_S * self->shell.rate);
    if (tone.valid && fabs((double)tone.tone - self->tone_told) > 1.0 / 1024.0) {
        self->tone_told = (double)tone.tone;
        events_value(&self->shell, frames, self->channel, CONTROLLER_TONE, self->tone_told);
    }
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    float signal[SHELL_CHUNK];
    shell_read(&self->shell, HRV_PORT_IN, offset, n, signal);
    shell_write(&self->shell, HRV_PORT_OUT, offset, n, signal);
    const uint64_t end = self->shell.now + n;
    uint32_t done = 0;
    while (self->next_tone < end) {
        const uint32_t until = (uint32_t)(self->next_tone - self->shell.now);
        vitals_process(self->vitals, until - done);
        done = until;
        tell_tone(self, until);
    }
    vitals_process(self->vitals, n - done);
}

static void cv_values(void* plugin, float* now)
{
    const Plugin* const self = (const Plugin*)plugin;
    const HrvMeasures* const m = vitals_measures(self->vitals);
    const double heart = (double)m->value[HRV_HEART_RATE];
    const double rmssd = (double)m->value[HRV_RMSSD];
    const double resp = (double)m->value[HRV_RESP];
    now[HRV_CV_PORT_TONE_CV - FIRST_CV] = vitals_tone(self->vitals).tone;
    now[HRV_CV_PORT_SYNCHRONY_CV - FIRST_CV] = m->value[HRV_SYNCHRONY];
    now[HRV_CV_PORT_QUALITY_CV - FIRST_CV] = m->quality;
    now[HRV_CV_PORT_HEART_RATE_MOD - FIRST_CV] = shell_cv_share(heart, SLOW_HEART, FAST_HEART);
    now[HRV_CV_PORT_RMSSD_MOD - FIRST_CV] = shell_cv_share(rmssd, 0.0, FULL_RMSSD);
    now[HRV_CV_PORT_RESP_HRV_MOD - FIRST_CV] = shell_cv_share(resp, 0.0, FULL_RESP_HRV);
    now[HRV_CV_PORT_HEART_RATE_CV - FIRST_CV] = (float)heart;
    now[HRV_CV_PORT_RMSSD_CV - FIRST_CV] = (float)rmssd;
    now[HRV_CV_PORT_RESP_HRV_CV - FIRST_CV] = (float)resp;
    now[HRV_CV_PORT_COHERENCE_CV - FIRST_CV] = m->value[HRV_COHERENCE];
}

static void process_cv(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    shell_cv_process(&self->cv, &self->shell, self, offset, n, process, cv_values);
}

static void read_controls(Plugin* self)
{
    Shell* const shell = &self->shell;
    const bool learn = shell_choice(shell, HRV_PORT_LEARN);
    float baseline[TONE_N_DRIVES];
    if (shell_state_restored(&self->state, baseline)) {
        ToneBaseline restored;
        for (int i = 0; i < TONE_N_DRIVES; ++i) {
            restored.ln_value[i] = baseline[i];
            restored.known[i] = isfinite(baseline[i]);
        }
        vitals_set_baseline(self->vitals, &restored);
    }
    if (self->started && learn && !self->learn) {
        vitals_learn(self->vitals);
    }
    self->learn = learn;
    self->started = true;
    self->channel = shell_choice(shell, HRV_PORT_CHANNEL);
    vitals_set_clean(self->vitals, shell_choice(shell, HRV_PORT_CLEAN));
    vitals_set_window(self->vitals, shell_control(shell, HRV_PORT_WINDOW));
    vitals_set_drive(self->vitals, (ToneDrive)shell_choice(shell, HRV_PORT_DRIVE));
}

static void show(Plugin* self)
{
    static const struct {
        uint32_t port;
        HrvMeasure measure;
    } list[] = {
        {HRV_PORT_HEART_RATE, HRV_HEART_RATE},
        {HRV_PORT_MEAN_RR, HRV_MEAN_RR},
        {HRV_PORT_SDNN, HRV_SDNN},
        {HRV_PORT_RMSSD, HRV_RMSSD},
        {HRV_PORT_LN_RMSSD, HRV_LN_RMSSD},
        {HRV_PORT_PNN50, HRV_PNN50},
        {HRV_PORT_SD1, HRV_SD1},
        {HRV_PORT_SD2, HRV_SD2},
        {HRV_PORT_VLF, HRV_VLF},
        {HRV_PORT_LF, HRV_LF},
        {HRV_PORT_HF, HRV_HF},
        {HRV_PORT_LF_HF, HRV_LF_HF},
        {HRV_PORT_LF_NU, HRV_LF_NU},
        {HRV_PORT_HF_NU, HRV_HF_NU},
        {HRV_PORT_RESP_HRV, HRV_RESP},
        {HRV_PORT_RESP_POWER, HRV_RESP_POWER},
        {HRV_PORT_SYNCHRONY, HRV_SYNCHRONY},
        {HRV_PORT_COHERENCE, HRV_COHERENCE},
        {HRV_PORT_STRESS_INDEX, HRV_STRESS},
    };
    Shell* const shell = &self->shell;
    const HrvMeasures* const m = vitals_measures(self->vitals);
    const ToneState tone = vitals_tone(self->vitals);
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); ++i) {
        shell_show(shell, list[i].port, m->value[list[i].measure]);
    }
    shell_show(shell, HRV_PORT_ARTEFACTS, m->artefacts_percent);
    shell_show(shell, HRV_PORT_HRV_QUALITY, m->quality);
    shell_show(shell, HRV_PORT_HRV_REASON, m->overall);
    shell_show(shell, HRV_PORT_HF_REASON, m->reason[HRV_HF]);
    shell_show(shell, HRV_PORT_RESP_REASON, m->reason[HRV_RESP]);
    shell_show(shell, HRV_PORT_TONE, (double)tone.tone);
    shell_show(shell, HRV_PORT_TONE_REASON, tone.reason);
    shell_show(shell, HRV_PORT_LEARNED, 100.0 * (double)tone.learned);
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {take_midi, NULL, process};
    static const ShellCalls calls_cv = {take_midi, NULL, process_cv};
    Plugin* const self = (Plugin*)handle;
    read_controls(self);
    shell_run(&self->shell, self, self->cv.on ? &calls_cv : &calls, n_frames);

    ToneBaseline baseline;
    vitals_baseline(self->vitals, &baseline);
    for (uint32_t i = 0; i < TONE_N_DRIVES; ++i) {
        shell_state_set(&self->state, i, baseline.known[i] ? baseline.ln_value[i] : NAN);
        shell_show(&self->shell, baseline_ports[i], (double)baseline.shown_ms[i]);
    }
    show(self);
}

// The spectrum in slices, about once a second the whole of it
static void tell_window(void* plugin)
{
    enum { SLICE = 32, SLICES = 4, PAUSE = 6 }; // lines, slices, tellings from one to the next
    Plugin* const self = (Plugin*)plugin;
    Shell* const shell = &self->shell;
    const float* density = NULL;
    double line_hz = 0.0;
    const uint32_t n = vitals_lines(self->vitals, &density, &line_hz);
    const uint32_t first = shell->ui.told / PAUSE % SLICES * SLICE;
    LV2_Atom_Forge_Frame object;
    if (shell->ui.told % PAUSE == 0 && first < n &&
        shell_ui_begin(shell, &object, UI_SPECTRUM, 48 + 4 * 32 + 40 + 4 * SLICE)) {
        shell_ui_int(shell, UI_FIRST, (int32_t)first);
        shell_ui_int(shell, UI_TOTAL, (int32_t)n);
        shell_ui_float(shell, UI_STEP, line_hz);
        shell_ui_float(shell, UI_BREATH_RATE, vitals_breathing(self->vitals));
        shell_ui_vector(shell, UI_POWER, density + first, n - first < SLICE ? n - first : SLICE);
        shell_ui_end(shell, &object);
    }
}

static const LV2_Descriptor descriptors[] = {
    {HRV_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, shell_state_interface},
    {HRV_CV_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup,
     shell_state_interface},
};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index < 2 ? &descriptors[index] : NULL;
}
