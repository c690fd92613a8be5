// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus Guide: runs an exercise and paces it by MIDI. See ttl/guide.ttl for the ports.
#include "ttl/guide.h"
#include "dsp/guide.h"
#include "dsp/guide_words.h"
#include "dsp/pacer.h"
#include "plugins/events.h"
#include "plugins/shell.h"
#include "plugins/shell_guide.h"
#include "plugins/shell_words.h"

#include <stdlib.h>

// The enumerations of ports and dsp are the same numbers
_Static_assert((int)GUIDE_POINT_PHASE_BEFORE == (int)GUIDE_BEFORE, "phase");
_Static_assert((int)GUIDE_POINT_PHASE_DONE == (int)GUIDE_DONE, "phase");
_Static_assert((int)GUIDE_POINT_CHANGE_REASON_COMPARABLE == (int)COMPARE_OK, "reason");
_Static_assert((int)GUIDE_POINT_CHANGE_REASON_TOO_MUCH_MOVEMENT == (int)COMPARE_MOVING, "reason");

enum {
    MAX_EVENTS = 16, // in SHELL_CHUNK frames
    MAX_PARTS = 8,
    MARK_MS = 100, // length of a mark's note
    TICK_MS = 100  // between two looks at the sentences, one of them at a time
};

// In the order of GuideWords
static const char* const words_uris[GUIDE_N_WORDS] = {
    GUIDE_PROPERTY_CAUTION, GUIDE_PROPERTY_COMPARISON, GUIDE_PROPERTY_HINT, GUIDE_PROPERTY_HOW,
    GUIDE_PROPERTY_RESULT};

// Intervals between reliable beats that are longer than this are gaps, ms
#define LONGEST_RR_MS 3000.0
// Breathing rates over MIDI are told only where they are known
#define CONFIDENCE 1.0F

static const ShellGuidePorts guided = SHELL_GUIDE_PORTS(GUIDE, DURATION);

typedef struct {
    Shell shell; // first: see shell_connect_port
    ShellWords words;
    uint32_t tick, next_words; // frames until the next look, and at what
    Guide* guide;
    Pacer* pacer; // silent
    EventDecoder decoder;
    int channel;
    ShellGuideSwitches switches;
    int part_note, pace_note; // held, 0: none
    uint64_t last_beat;       // frame since activation + 1, 0: none
    bool last_sound;          // that beat was reliable
    float breath_rate;        // newest, per min
    float resp_hrv_ms;
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    guide_free(self->guide);
    pacer_free(self->pacer);
    free(self);
}

static void tell_window(void* plugin);

static LV2_Handle instantiate(const LV2_Descriptor* descriptor, double rate, const char* path,
                              const LV2_Feature* const* features)
{
    (void)descriptor;
    (void)path;
    Plugin* const self = (Plugin*)calloc(1, sizeof(Plugin));
    if (!self) {
        return NULL;
    }
    if (!shell_init(&self->shell, guide_ports, GUIDE_N_PORTS, rate, features) ||
        !(self->guide = guide_new(rate)) || !(self->pacer = pacer_new(rate))) {
        cleanup(self);
        return NULL;
    }
    shell_words_init(&self->words, self->shell.map, words_uris, GUIDE_N_WORDS);
    self->shell.ui.tell = tell_window;
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    shell_words_activate(&self->words);
    self->tick = self->next_words = 0;
    guide_reset(self->guide);
    pacer_reset(self->pacer);
    memset(&self->decoder, 0, sizeof(self->decoder));
    self->switches = (ShellGuideSwitches){0};
    self->part_note = self->pace_note = 0;
    self->last_beat = 0;
    self->last_sound = false;
    self->breath_rate = self->resp_hrv_ms = 0.0F;
}

static void take_beat(Plugin* self, bool sound)
{
    const uint64_t now = self->shell.now + 1;
    if (self->last_beat) {
        const double rr_ms = (double)(now - self->last_beat) * 1000.0 / self->shell.rate;
        const bool usable = sound && self->last_sound && rr_ms < LONGEST_RR_MS;
        guide_beat(self->guide, (float)rr_ms, usable);
        pacer_beat(self->pacer, (float)rr_ms, usable);
    }
    self->last_beat = now;
    self->last_sound = sound;
}

static void take_midi(void* plugin, const uint8_t* bytes, uint32_t size)
{
    Plugin* const self = (Plugin*)plugin;
    const Event event = events_decode(&self->decoder, bytes, size);
    if (event.channel != self->channel) {
        return;
    }
    if (event.kind == EVENT_NOTE_ON) {
        if (event.number == NOTE_BEAT || event.number == NOTE_ODD_BEAT) {
            take_beat(self, event.number == NOTE_BEAT);
        } else if (event.number == NOTE_MARK) { // from a pad or pedal
            guide_mark(self->guide);
        }
    } else if (event.kind == EVENT_VALUE && bytes[1] >= 32) { // complete at the LSB
        if (event.number == CONTROLLER_RESP_HRV) {
            self->resp_hrv_ms = (float)event.value;
        } else if (event.number == CONTROLLER_BREATH_RATE) {
            self->breath_rate = (float)event.value;
            pacer_person(self->pacer, self->breath_rate, CONFIDENCE);
        } else {
            return;
        }
        guide_breath(self->guide, self->breath_rate, self->resp_hrv_ms, CONFIDENCE);
    }
}

static void hold(Plugin* self, int* held, uint32_t frame, int note)
{
    if (*held) {
        events_note_off(&self->shell, frame, self->channel, *held);
    }
    *held = note;
    if (note) {
        events_note_on(&self->shell, frame, self->channel, note);
    }
}

static void send_part(Plugin* self, uint32_t frame, PacerPart part)
{
    if (part == PACER_INHALE) {
        const PacerPattern pattern = pacer_state(self->pacer).pattern;
        events_value(&self->shell, frame, self->channel, CONTROLLER_PACED_IN,
                     (double)pattern.inhale_s);
        events_value(&self->shell, frame, self->channel, CONTROLLER_PACED_OUT,
                     (double)pattern.exhale_s);
    }
    hold(self, &self->pace_note, frame,
         part == PACER_INHALE   ? NOTE_PACED_IN
         : part == PACER_EXHALE ? NOTE_PACED_OUT
                                : 0);
}

static void set_pacing(Plugin* self, uint32_t frame, bool on)
{
    const GuideState state = guide_state(self->guide);
    if (on) {
        const PacerPattern pattern = {state.inhale_s, 0.0F, state.exhale_s, 0.0F};
        const bool follow = shell_choice(&self->shell, GUIDE_PORT_FOLLOW);
        pacer_set_pattern(self->pacer, &pattern);
        pacer_set_mode(self->pacer, state.search ? PACER_STEPS
                                    : follow     ? PACER_FOLLOW
                                                 : PACER_FIXED);
    } else {
        hold(self, &self->pace_note, frame, 0);
    }
    pacer_set_running(self->pacer, on);
    events_value(&self->shell, frame, self->channel, CONTROLLER_PACING, on);
}

static void take_event(Plugin* self, const GuideEvent* event)
{
    static const int notes[] = {0, NOTE_BEFORE, NOTE_EXERCISE, NOTE_AFTER, 0};
    Shell* const shell = &self->shell;
    switch (event->kind) {
    case GUIDE_PHASE:
        hold(self, &self->part_note, event->frame, notes[event->value]);
        break;
    case GUIDE_MARK:
        events_note_on(shell, event->frame, self->channel, NOTE_MARK);
        events_note_off(shell, event->frame + (uint32_t)(shell->rate * MARK_MS / 1000.0),
                        self->channel, NOTE_MARK);
        break;
    case GUIDE_PACE:
        set_pacing(self, event->frame, event->value);
        break;
    case GUIDE_PAUSE:
    case GUIDE_HINT:
    default:
        break;
    }
}

static void pace(Plugin* self, uint32_t from, uint32_t n)
{
    PacerEvent parts[MAX_PARTS];
    const uint32_t count = pacer_process(self->pacer, NULL, NULL, n, parts, MAX_PARTS);
    for (uint32_t i = 0; i < count; ++i) {
        send_part(self, from + parts[i].frame, parts[i].part);
    }
}

static void guide(Plugin* self, uint32_t from, uint32_t n)
{
    // The pacer runs up to each event, so that it starts and stops at the very frame
    GuideEvent events[MAX_EVENTS];
    const uint32_t count = guide_process(self->guide, n, events, MAX_EVENTS);
    uint32_t done = 0;
    for (uint32_t i = 0; i < count; ++i) {
        pace(self, from + done, events[i].frame - done);
        done = events[i].frame;
        events[i].frame += from;
        take_event(self, &events[i]);
    }
    pace(self, from + done, n - done);
}

static void tell_words(Plugin* self, uint32_t frame)
{
    char text[GUIDE_WORDS_SIZE];
    const GuideWords which = (GuideWords)self->next_words;
    const ResonanceResult search =
        which == GUIDE_WORDS_RESULT ? pacer_resonance(self->pacer) : (ResonanceResult){0};
    guide_words(which, self->guide, &search, text, sizeof(text));
    shell_words_set(&self->words, &self->shell, frame, which, text);
    self->next_words = (self->next_words + 1) % GUIDE_N_WORDS;
}

static void take_atom(void* plugin, const LV2_Atom* atom)
{
    Plugin* const self = (Plugin*)plugin;
    shell_words_asked(&self->words, &self->shell, atom);
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    static const uint32_t pairs[2][2] = {{GUIDE_PORT_IN_LEFT, GUIDE_PORT_OUT_LEFT},
                                         {GUIDE_PORT_IN_RIGHT, GUIDE_PORT_OUT_RIGHT}};
    Plugin* const self = (Plugin*)plugin;
    float audio[2][SHELL_CHUNK];
    for (int i = 0; i < 2; ++i) {
        shell_read(&self->shell, pairs[i][0], offset, n, audio[i]);
    }
    for (int i = 0; i < 2; ++i) {
        shell_write(&self->shell, pairs[i][1], offset, n, audio[i]);
    }
    for (uint32_t at = 0; at < n;) {
        if (self->tick == 0) {
            tell_words(self, at);
            self->tick = (uint32_t)(self->shell.rate * TICK_MS / 1000.0);
        }
        const uint32_t length = self->tick < n - at ? self->tick : n - at;
        guide(self, at, length);
        self->tick -= length;
        at += length;
    }
}

static void read_controls(Plugin* self)
{
    Shell* const shell = &self->shell;
    Guide* const guide = self->guide;
    self->channel = shell_choice(shell, GUIDE_PORT_CHANNEL);
    guide_set_exercise(guide, (uint32_t)shell_choice(shell, GUIDE_PORT_EXERCISE));
    shell_guide_lead(shell, &guided, &self->switches, guide, true);
}

static void tell_window(void* plugin)
{
    Plugin* const self = (Plugin*)plugin;
    const Exercise* const exercise = guide_state(self->guide).exercise;
    const PacerState pace = pacer_state(self->pacer);
    const float seconds[4] = {pace.pattern.inhale_s, pace.pattern.hold_in_s, pace.pattern.exhale_s,
                              pace.pattern.hold_out_s};
    shell_ui_pace(&self->shell, pace.running ? 1 + (int)pace.part : 0, pace.phase, pace.fullness,
                  seconds);
    if (exercise) {
        shell_ui_session(&self->shell, exercise->id, exercise->before_s, exercise->exercise_s,
                         exercise->after_s);
    }
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {take_midi, take_atom, process};
    Plugin* const self = (Plugin*)handle;
    read_controls(self);
    shell_run(&self->shell, self, &calls, n_frames);
    shell_guide_show(&self->shell, &guided, self->guide, self->pacer);
    shell_show(&self->shell, GUIDE_PORT_PACING, guide_state(self->guide).pace);
}

static const LV2_Descriptor descriptor = {
    GUIDE_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, NULL};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}
