// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus: sensor and microphone in, drone out; all modules in one plugin. Ports: ttl/relax.ttl.
#include "ttl/relax.h"
#include "dsp/guide_words.h"
#include "dsp/relax.h"
#include "plugins/events.h"
#include "plugins/relax_events.h"
#include "plugins/shell.h"
#include "plugins/shell_guide.h"
#include "plugins/shell_inline.h"
#include "plugins/shell_state.h"
#include "plugins/shell_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)RELAX_POINT_SENSOR_PPG == (int)BEAT_PPG, "sensor");
_Static_assert((int)RELAX_POINT_STATE_CLIPPING == (int)BEAT_CLIPPING, "state");
_Static_assert((int)RELAX_POINT_DRIVE_RMSSD == (int)TONE_RMSSD, "drive");
_Static_assert((int)RELAX_POINT_HRV_REASON_LEARNING_THE_BASELINE == (int)HRV_LEARNING, "reason");
_Static_assert((int)RELAX_POINT_PHASE_DONE == (int)GUIDE_DONE, "phase");
_Static_assert((int)RELAX_POINT_CUE_TONE == (int)PACER_TONE, "cue");
_Static_assert((int)RELAX_POINT_VOICING_OCEAN == (int)DRONE_OCEAN, "voicing");
_Static_assert((int)RELAX_POINT_CHANGE_REASON_TOO_MUCH_MOVEMENT == (int)COMPARE_MOVING, "reason");
_Static_assert(HRV_LEARNING + 1 == HRV_N_REASONS, "reasons in ttl/relax.ttl");

enum { TICK_MS = 100 }; // between two messages of what changes all the time

// What is kept in the session: the tone's baselines in the order of ToneDrive, then the breath's
// memory, band by band
static const char* const state_uris[] = {
    RELAX_PROPERTY_BASELINE_RESP_HRV, RELAX_PROPERTY_BASELINE_RMSSD,
    RELAX_PROPERTY_BREATH_OFFSET_0,   RELAX_PROPERTY_BREATH_OFFSET_1,
    RELAX_PROPERTY_BREATH_OFFSET_2,   RELAX_PROPERTY_BREATH_WEIGHT_0,
    RELAX_PROPERTY_BREATH_WEIGHT_1,   RELAX_PROPERTY_BREATH_WEIGHT_2};

// In the order of ToneDrive
static const uint32_t baseline_ports[] = {RELAX_PORT_BASELINE_RESP_HRV, RELAX_PORT_BASELINE_RMSSD};

// In the order of GuideWords
static const char* const words_uris[GUIDE_N_WORDS] = {
    RELAX_PROPERTY_CAUTION, RELAX_PROPERTY_COMPARISON, RELAX_PROPERTY_HINT, RELAX_PROPERTY_HOW,
    RELAX_PROPERTY_RESULT};

enum { FIRST_OFFSET = TONE_N_DRIVES, FIRST_WEIGHT = FIRST_OFFSET + BREATH_BANDS, N_KEPT = 8 };
_Static_assert(FIRST_WEIGHT + BREATH_BANDS == N_KEPT, "state");

static const ShellGuidePorts guided = SHELL_GUIDE_PORTS(RELAX, EXERCISE_TIME);

typedef struct {
    Shell shell; // first: see shell_connect_port
    ShellInline display;
    ShellState state;
    ShellWords words;
    uint32_t next_words; // which of them is looked at in the next tick
    Relax* relax;
    Chain* chain; // these four are parts of relax
    Hum* hum;
    Session* session;
    Drone* drone;
    EventDecoder decoder;
    RelaxEvents out;
    ShellGuideSwitches switches;
    int chord_channel;
    float told_quality; // of beats that come by MIDI, 0..1
    uint32_t tick;      // frames until the next tick
    bool learn;         // the switch, as it was
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    relax_free(self->relax);
    shell_inline_free(&self->display);
    free(self);
}

static void tell_window(void* plugin);

static LV2_Handle instantiate(const LV2_Descriptor* descriptor, double rate, const char* path,
                              const LV2_Feature* const* features)
{
    (void)descriptor;
    Plugin* const self = (Plugin*)calloc(1, sizeof(Plugin));
    if (!self) {
        return NULL;
    }
    if (!shell_init(&self->shell, relax_ports, RELAX_N_PORTS, rate, features) ||
        !(self->relax = relax_new(rate))) {
        cleanup(self);
        return NULL;
    }
    self->chain = relax_chain(self->relax);
    self->hum = relax_hum(self->relax);
    self->session = relax_session(self->relax);
    self->drone = relax_drone(self->relax);
    relax_events_init(&self->out, self->shell.map);
    shell_words_init(&self->words, self->shell.map, words_uris, GUIDE_N_WORDS);
    shell_inline_init(&self->shell, &self->display, path, features, inline_relax_draw);
    shell_state_init(&self->shell, &self->state, state_uris, N_KEPT);
    self->shell.ui.tell = tell_window;
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    relax_reset(self->relax);
    memset(&self->decoder, 0, sizeof(self->decoder));
    relax_events_activate(&self->out);
    shell_words_activate(&self->words);
    self->tick = self->next_words = 0;
    self->told_quality = 1.f; // until somebody says otherwise
    self->switches = (ShellGuideSwitches){0};
}

// For the window: a beat leaves the detector a constant time after it happened
static void show_beat(Plugin* self, uint32_t frame, const ChainEvent* event)
{
    Shell* const shell = &self->shell;
    const uint64_t at = shell->now + frame;
    const uint64_t delay = beat_delay(shell->rate);
    shell_ui_beat(shell, at > delay ? at - delay : 0, event->rr_ms, (double)event->beat.quality,
                  event->beat.reliable);
}

// The guide's sentences, one at each tick
static void tell_words(Plugin* self, uint32_t frame)
{
    char text[GUIDE_WORDS_SIZE];
    const GuideWords which = (GuideWords)self->next_words;
    const ResonanceResult search = which == GUIDE_WORDS_RESULT
                                       ? pacer_resonance(session_pacer(self->session))
                                       : (ResonanceResult){0};
    guide_words(which, session_guide(self->session), &search, text, sizeof(text));
    shell_words_set(&self->words, &self->shell, frame, which, text);
    self->next_words = (self->next_words + 1) % GUIDE_N_WORDS;
}

static void take_atom(void* plugin, const LV2_Atom* atom)
{
    Plugin* const self = (Plugin*)plugin;
    shell_words_asked(&self->words, &self->shell, atom);
}

// From a keyboard: the drone's harmony; from another pacer: its cues; from a pad or pedal: a mark;
// from a strap without a signal: its beats
static void take_midi(void* plugin, const uint8_t* bytes, uint32_t size)
{
    Plugin* const self = (Plugin*)plugin;
    const Event event = events_decode(&self->decoder, bytes, size);
    const bool on = event.kind == EVENT_NOTE_ON;
    if (event.channel == self->chord_channel && (on || event.kind == EVENT_NOTE_OFF)) {
        drone_key(self->drone, (uint8_t)event.number, on);
    } else if (event.channel == self->chord_channel && events_all_off(bytes, size)) {
        drone_release_keys(self->drone);
    } else if (event.channel == self->out.channel && on && event.number == NOTE_MARK) {
        guide_mark(session_guide(self->session));
    } else if (event.channel == self->out.channel && on &&
               (event.number == NOTE_PACED_IN || event.number == NOTE_PACED_OUT)) {
        chain_cue(self->chain, event.number == NOTE_PACED_IN);
    } else if (event.channel == self->out.channel && on &&
               (event.number == NOTE_BEAT || event.number == NOTE_ODD_BEAT)) {
        chain_beat(self->chain, event.number == NOTE_BEAT, self->told_quality);
    } else if (event.channel == self->out.channel && event.kind == EVENT_VALUE &&
               event.number == CONTROLLER_QUALITY) {
        self->told_quality = (float)event.value;
    }
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    Shell* const shell = &self->shell;
    float sensor[SHELL_CHUNK];
    float mic[SHELL_CHUNK];
    float left[SHELL_CHUNK];
    float right[SHELL_CHUNK];
    RelaxEvent events[RELAX_MAX_EVENTS];
    // all inputs before any output: a host may give the same buffer to both
    shell_read(shell, RELAX_PORT_IN, offset, n, sensor);
    shell_read(shell, RELAX_PORT_MIC, offset, n, mic);
    for (uint32_t at = 0; at < n;) {
        if (self->tick == 0) {
            const ChainState state = chain_state(self->chain);
            relax_events_tick(&self->out, shell, at, &state);
            tell_words(self, at);
            self->tick = (uint32_t)(shell->rate * TICK_MS / 1000.0);
        }
        const uint32_t length = self->tick < n - at ? self->tick : n - at;
        const uint32_t n_events = relax_process(self->relax, sensor + at, mic + at, left + at,
                                                right + at, length, events, RELAX_MAX_EVENTS);
        for (uint32_t i = 0; i < n_events; ++i) {
            relax_events_send(&self->out, shell, at + events[i].frame, &events[i]);
            if (events[i].kind == RELAX_CHAIN && events[i].of.chain.kind == CHAIN_BEAT) {
                show_beat(self, at + events[i].frame, &events[i].of.chain);
            }
        }
        self->tick -= length;
        at += length;
    }
    shell_ui_trace(shell, sensor, n);
    shell_inline_trace(&self->display, sensor, n);
    shell_write(shell, RELAX_PORT_OUT_LEFT, offset, n, left);
    shell_write(shell, RELAX_PORT_OUT_RIGHT, offset, n, right);
}

static void lead_session(Plugin* self)
{
    const Shell* const shell = &self->shell;
    Pacer* const pacer = session_pacer(self->session);
    const int exercise = shell_choice(shell, RELAX_PORT_EXERCISE);
    session_set_exercise(self->session, (uint32_t)exercise);
    session_set_follow(self->session, shell_choice(shell, RELAX_PORT_FOLLOW));
    shell_guide_lead(shell, &guided, &self->switches, session_guide(self->session), exercise);
    pacer_set_cue(pacer, (PacerCue)shell_choice(shell, RELAX_PORT_CUE));
    pacer_set_volume(pacer, shell_control(shell, RELAX_PORT_CUE_VOLUME));
    pacer_set_root(pacer, shell_control(shell, RELAX_PORT_ROOT));
}

static void apply_controls(Plugin* self)
{
    const Shell* const shell = &self->shell;
    const bool learn = shell_choice(shell, RELAX_PORT_LEARN);
    const int chord_channel = shell_choice(shell, RELAX_PORT_CHORD_CHANNEL);
    if (chord_channel != self->chord_channel) {
        drone_release_keys(self->drone); // their note-offs will not be heard
        self->chord_channel = chord_channel;
    }
    self->out.channel = shell_choice(shell, RELAX_PORT_CHANNEL);
    chain_set_sensor(self->chain, (BeatSensor)shell_choice(shell, RELAX_PORT_SENSOR));
    chain_set_window(self->chain, shell_control(shell, RELAX_PORT_WINDOW));
    chain_set_drive(self->chain, (ToneDrive)shell_choice(shell, RELAX_PORT_DRIVE));
    if (learn && !self->learn) {
        chain_learn(self->chain);
    }
    self->learn = learn;
    relax_set_playing(self->relax, shell_choice(shell, RELAX_PORT_ENABLED));
    drone_set_volume(self->drone, shell_control(shell, RELAX_PORT_VOLUME));
    drone_set_root(self->drone, shell_control(shell, RELAX_PORT_ROOT));
    drone_set_neutral(self->drone, shell_choice(shell, RELAX_PORT_NEUTRAL));
    drone_set_voicing(self->drone, (DroneVoicing)shell_choice(shell, RELAX_PORT_VOICING));
}

static void show_hrv(Plugin* self, const ChainState* state)
{
    static const struct {
        uint32_t port;
        HrvMeasure measure;
    } shown[] = {
        {RELAX_PORT_MEAN_RR, HRV_MEAN_RR},
        {RELAX_PORT_SDNN, HRV_SDNN},
        {RELAX_PORT_RMSSD, HRV_RMSSD},
        {RELAX_PORT_LN_RMSSD, HRV_LN_RMSSD},
        {RELAX_PORT_PNN50, HRV_PNN50},
        {RELAX_PORT_SD1, HRV_SD1},
        {RELAX_PORT_SD2, HRV_SD2},
        {RELAX_PORT_LF, HRV_LF},
        {RELAX_PORT_HF, HRV_HF},
        {RELAX_PORT_RESP_HRV, HRV_RESP},
        {RELAX_PORT_COHERENCE, HRV_COHERENCE},
    };
    Shell* const shell = &self->shell;
    const HrvMeasures* const measures = state->measures;
    for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); ++i) {
        shell_show(shell, shown[i].port, measures->value[shown[i].measure]);
    }
    shell_show(shell, RELAX_PORT_ARTEFACTS, measures->artefacts_percent);
    shell_show(shell, RELAX_PORT_HRV_QUALITY, measures->quality);
    shell_show(shell, RELAX_PORT_HRV_REASON, measures->overall);
    shell_show(shell, RELAX_PORT_TONE, state->tone.tone);
}

static void tell_window(void* plugin)
{
    Plugin* const self = (Plugin*)plugin;
    const Exercise* const exercise = guide_state(session_guide(self->session)).exercise;
    const PacerState pace = pacer_state(session_pacer(self->session));
    const float seconds[4] = {pace.pattern.inhale_s, pace.pattern.hold_in_s, pace.pattern.exhale_s,
                              pace.pattern.hold_out_s};
    shell_ui_pace(&self->shell, pace.running ? 1 + (int)pace.part : 0, pace.phase, pace.fullness,
                  seconds);
    if (exercise) {
        shell_ui_session(&self->shell, exercise->id, exercise->before_s, exercise->exercise_s,
                         exercise->after_s);
    }
}

static void show(Plugin* self)
{
    Shell* const shell = &self->shell;
    const ChainState state = chain_state(self->chain);
    const HumState hum = hum_state(self->hum);
    shell_show(shell, RELAX_PORT_HEART_RATE, state.heart_rate_per_min);
    shell_show(shell, RELAX_PORT_RR, state.rr_ms);
    shell_show(shell, RELAX_PORT_QUALITY, state.beat_quality);
    shell_show(shell, RELAX_PORT_STATE, state.state);
    shell_show(shell, RELAX_PORT_DELAY, beat_delay(shell->rate) * 1000.0 / shell->rate);
    shell_show(shell, RELAX_PORT_LATENCY, 0.0);
    shell_show(shell, RELAX_PORT_BREATH_RATE, state.breath.rate_per_min);
    shell_show(shell, RELAX_PORT_BREATH_PHASE, state.breath.phase);
    shell_show(shell, RELAX_PORT_INHALING, state.breath.inhaling);
    shell_show(shell, RELAX_PORT_CONFIDENCE, state.breath.confidence);
    show_hrv(self, &state);
    shell_show(shell, RELAX_PORT_HUMMING, hum.humming);
    shell_show(shell, RELAX_PORT_PITCH, hum.pitch_hz);
    shell_show(shell, RELAX_PORT_DURATION, hum.duration_s);
    shell_show(shell, RELAX_PORT_SHARE, hum.share * 100.0);
    shell_guide_show(shell, &guided, session_guide(self->session), session_pacer(self->session));
}

// What the host has brought from the session, if anything
static void take_state(Plugin* self)
{
    float kept[N_KEPT];
    if (!shell_state_restored(&self->state, kept)) {
        return;
    }
    ToneBaseline baseline;
    BreathMemory memory;
    for (int i = 0; i < TONE_N_DRIVES; ++i) {
        baseline.ln_value[i] = kept[i];
        baseline.known[i] = !isnan(kept[i]);
    }
    for (int i = 0; i < BREATH_BANDS; ++i) {
        const bool known = !isnan(kept[FIRST_OFFSET + i]) && !isnan(kept[FIRST_WEIGHT + i]);
        memory.offset_turns[i] = known ? kept[FIRST_OFFSET + i] : 0.0f;
        memory.weight[i] = known ? kept[FIRST_WEIGHT + i] : 0.0f;
    }
    tone_set_baseline(chain_tone(self->chain), &baseline);
    breath_set_memory(chain_breath(self->chain), &memory);
}

static void keep_state(Plugin* self)
{
    ToneBaseline baseline;
    BreathMemory memory;
    tone_baseline(chain_tone(self->chain), &baseline);
    breath_memory(chain_breath(self->chain), &memory);
    for (uint32_t i = 0; i < TONE_N_DRIVES; ++i) {
        shell_state_set(&self->state, i, baseline.known[i] ? baseline.ln_value[i] : NAN);
        shell_show(&self->shell, baseline_ports[i], (double)baseline.shown_ms[i]);
    }
    for (uint32_t i = 0; i < BREATH_BANDS; ++i) {
        shell_state_set(&self->state, FIRST_OFFSET + i, memory.offset_turns[i]);
        shell_state_set(&self->state, FIRST_WEIGHT + i, memory.weight[i]);
    }
}

static const void* extension_data(const char* uri)
{
    const void* const state = shell_state_interface(uri);
    return state ? state : shell_inline_interface(uri);
}

static void show_inline(Plugin* self, uint32_t n_frames)
{
    const ChainState state = chain_state(self->chain);
    const BreathState* const breath = &state.breath;
    const PacerState pacer = pacer_state(session_pacer(self->session));
    const ShellInlineValues shown = {.heart_rate = (float)state.heart_rate_per_min,
                                     .breath_phase =
                                         breath->rate_per_min > 0.0f ? breath->phase : NAN,
                                     .in_share = breath->in_s / (breath->in_s + breath->out_s),
                                     .breath_rate = breath->rate_per_min,
                                     .pacer = pacer.running ? pacer.fullness : NAN,
                                     .tone = state.tone.valid ? state.tone.tone : NAN,
                                     .state = (int)state.state};
    shell_inline_show(&self->display, &shown, n_frames);
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {take_midi, take_atom, process};
    Plugin* const self = (Plugin*)handle;
    take_state(self);
    apply_controls(self);
    lead_session(self);
    shell_run(&self->shell, self, &calls, n_frames);
    keep_state(self);
    show(self);
    show_inline(self, n_frames);
}

static const LV2_Descriptor descriptor = {RELAX_URI, instantiate, shell_connect_port, activate, run,
                                          NULL,      cleanup,     extension_data};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}
