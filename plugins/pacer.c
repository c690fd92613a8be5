// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus Pacer: paces the breath by sound and MIDI. See ttl/pacer.ttl for the ports.
#include "ttl/pacer.h"
#include "dsp/pacer.h"
#include "plugins/events.h"
#include "plugins/shell.h"

#include <lv2/atom/util.h>
#include <lv2/time/time.h>
#include <stdlib.h>

// The enumerations of ports and dsp are the same numbers
_Static_assert((int)PACER_POINT_CUE_WAVES == (int)PACER_WAVES, "cue");
_Static_assert((int)PACER_POINT_CUE_TONE == (int)PACER_TONE, "cue");
_Static_assert((int)PACER_POINT_PART_OUT == (int)PACER_EXHALE, "part");

enum {
    MAX_PARTS = 8, // in SHELL_CHUNK frames
    POSITION_KEYS = 5,
    POSITION_BYTES = 1024 // a host's position is far smaller
};

// Another plugin that paces and falls silent for this long has stopped
#define LEAD_S 62.0
// Intervals that end with a reliable beat and are longer than this are gaps, ms
#define LONGEST_RR_MS 2500.0

typedef struct {
    LV2_URID atom_Long, atom_Int, atom_Double, time_Position, time_bar, time_barBeat,
        time_beatsPerBar, time_beatsPerMinute, time_speed;
} Urids;

typedef struct {
    Shell shell; // first: see shell_connect_port
    Urids urid;
    Pacer* pacer;
    EventDecoder decoder;
    int channel;
    bool enabled;
    int note;                  // held, 0: none
    uint64_t led_until;        // another plugin paces up to this frame since activation
    uint64_t led_note;         // frame of its last note + 1, 0: none
    float led_in_s, led_out_s; // lengths that it told, or that were heard, 0: not known
    uint64_t last_beat;        // frame since activation + 1, 0: none
    bool last_sound;           // that beat was reliable
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
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
    if (!shell_init(&self->shell, pacer_ports, PACER_N_PORTS, rate, features) ||
        !(self->pacer = pacer_new(rate))) {
        cleanup(self);
        return NULL;
    }
    LV2_URID_Map* const map = self->shell.map;
    Urids* const urid = &self->urid;
    urid->atom_Long = map->map(map->handle, LV2_ATOM__Long);
    urid->atom_Int = map->map(map->handle, LV2_ATOM__Int);
    urid->atom_Double = map->map(map->handle, LV2_ATOM__Double);
    urid->time_Position = map->map(map->handle, LV2_TIME__Position);
    urid->time_bar = map->map(map->handle, LV2_TIME__bar);
    urid->time_barBeat = map->map(map->handle, LV2_TIME__barBeat);
    urid->time_beatsPerBar = map->map(map->handle, LV2_TIME__beatsPerBar);
    urid->time_beatsPerMinute = map->map(map->handle, LV2_TIME__beatsPerMinute);
    urid->time_speed = map->map(map->handle, LV2_TIME__speed);
    self->shell.ui.tell = tell_window;
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    pacer_reset(self->pacer);
    memset(&self->decoder, 0, sizeof(self->decoder));
    self->note = 0;
    self->led_until = self->led_note = self->last_beat = 0;
    self->led_in_s = self->led_out_s = 0.0F;
    self->last_sound = false;
}

static bool is_led(const Plugin* self)
{
    return self->shell.now < self->led_until;
}

static void hold_note(Plugin* self, uint32_t frame, int note)
{
    if (self->note) {
        events_note_off(&self->shell, frame, self->channel, self->note);
    }
    self->note = note;
    if (note) {
        events_note_on(&self->shell, frame, self->channel, note);
    }
}

// Another plugin paces: keep its time, and leave the notes to it
static void take_lead(Plugin* self, bool inhaling)
{
    const uint64_t now = self->shell.now + 1;
    if (self->led_note && is_led(self)) {
        // What was heard, where nothing was told
        const float heard_s = (float)((double)(now - self->led_note) / self->shell.rate);
        float* const length = inhaling ? &self->led_out_s : &self->led_in_s;
        *length = *length > 0.0F ? *length : heard_s;
    }
    self->led_note = now;
    self->led_until = self->shell.now + (uint64_t)(LEAD_S * self->shell.rate);
    hold_note(self, 0, 0);
    if (inhaling && self->enabled) {
        const PacerState state = pacer_state(self->pacer);
        const PacerPattern pattern = {
            self->led_in_s > 0.0F ? self->led_in_s : state.pattern.inhale_s, 0.0F,
            self->led_out_s > 0.0F ? self->led_out_s : state.pattern.exhale_s, 0.0F};
        pacer_sync(self->pacer, &pattern);
        self->led_in_s = self->led_out_s = 0.0F;
    }
}

static void take_beat(Plugin* self, bool sound)
{
    const uint64_t now = self->shell.now + 1;
    if (self->last_beat) {
        const double rr_ms = (double)(now - self->last_beat) * 1000.0 / self->shell.rate;
        pacer_beat(self->pacer, (float)rr_ms, sound && self->last_sound && rr_ms < LONGEST_RR_MS);
    }
    self->last_beat = now;
    self->last_sound = sound;
}

static void take_value(Plugin* self, const Event* event)
{
    switch (event->number) {
    case CONTROLLER_BREATH_RATE:
        pacer_person(self->pacer, (float)event->value, 1.0F);
        break;
    case CONTROLLER_PACED_IN:
        self->led_in_s = (float)event->value;
        break;
    case CONTROLLER_PACED_OUT:
        self->led_out_s = (float)event->value;
        break;
    case CONTROLLER_PACING:
        if (event->value < 0.5 && is_led(self)) {
            // Stop with it; the plugin's own pacing goes on only when it is switched on again
            self->led_until = UINT64_MAX;
            pacer_set_running(self->pacer, false);
        }
        break;
    default:
        break;
    }
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
        } else if (event.number == NOTE_PACED_IN || event.number == NOTE_PACED_OUT) {
            take_lead(self, event.number == NOTE_PACED_IN);
        }
    } else if (event.kind == EVENT_VALUE && bytes[1] >= 32) { // complete at the LSB
        take_value(self, &event);
    }
}

static double number(const Plugin* self, const LV2_Atom* atom)
{
    const void* const body = atom + 1;
    const LV2_URID type = atom->type;
    if (type == self->shell.urid.atom_Float && atom->size == sizeof(float)) {
        return (double)*(const float*)body;
    }
    if (type == self->urid.atom_Double && atom->size == sizeof(double)) {
        return *(const double*)body;
    }
    if (type == self->urid.atom_Long && atom->size == sizeof(int64_t)) {
        return (double)*(const int64_t*)body;
    }
    return type == self->urid.atom_Int && atom->size == sizeof(int32_t)
               ? (double)*(const int32_t*)body
               : 0.0;
}

// The host's position. Sizes may lie, so every property is held against the end of the object.
static void take_atom(void* plugin, const LV2_Atom* atom)
{
    Plugin* const self = (Plugin*)plugin;
    const Urids* const urid = &self->urid;
    const LV2_URID keys[POSITION_KEYS] = {urid->time_bar, urid->time_barBeat,
                                          urid->time_beatsPerBar, urid->time_beatsPerMinute,
                                          urid->time_speed};
    double values[POSITION_KEYS] = {0.0};
    const LV2_Atom_Object_Body* const object = (const LV2_Atom_Object_Body*)(atom + 1);
    if ((atom->type != self->shell.urid.atom_Object && atom->type != self->shell.urid.atom_Blank) ||
        atom->size < sizeof(*object) || atom->size > POSITION_BYTES ||
        object->otype != urid->time_Position) {
        return;
    }
    uint32_t at = sizeof(*object);
    while (at + sizeof(LV2_Atom_Property_Body) <= atom->size) {
        const LV2_Atom_Property_Body* const property =
            (const LV2_Atom_Property_Body*)((const uint8_t*)object + at);
        at += (uint32_t)sizeof(LV2_Atom_Property_Body);
        if (property->value.size > atom->size - at) {
            return;
        }
        for (int i = 0; i < POSITION_KEYS; ++i) {
            values[i] = property->key == keys[i] ? number(self, &property->value) : values[i];
        }
        at += lv2_atom_pad_size(property->value.size);
    }
    const double per_bar = values[2];
    const PacerTransport transport = {.bar =
                                          values[0] + (per_bar > 0.0 ? values[1] / per_bar : 0.0),
                                      .bar_frames = per_bar * 60.0 / values[3] * self->shell.rate,
                                      .rolling = values[4] > 0.0};
    pacer_transport(self->pacer, &transport);
}

static void send_part(Plugin* self, const PacerEvent* event)
{
    Shell* const shell = &self->shell;
    const PacerPattern pattern = pacer_state(self->pacer).pattern;
    switch (event->part) {
    case PACER_INHALE:
        events_value(shell, event->frame, self->channel, CONTROLLER_PACED_IN,
                     (double)pattern.inhale_s);
        events_value(shell, event->frame, self->channel, CONTROLLER_PACED_OUT,
                     (double)pattern.exhale_s);
        hold_note(self, event->frame, NOTE_PACED_IN);
        break;
    case PACER_EXHALE:
        hold_note(self, event->frame, NOTE_PACED_OUT);
        break;
    case PACER_HOLD_IN:
    case PACER_HOLD_OUT:
    default:
        hold_note(self, event->frame, 0);
        break;
    }
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    float left[SHELL_CHUNK];
    float right[SHELL_CHUNK];
    PacerEvent parts[MAX_PARTS];
    shell_read(&self->shell, PACER_PORT_IN_LEFT, offset, n, left);
    shell_read(&self->shell, PACER_PORT_IN_RIGHT, offset, n, right);
    const uint32_t count = pacer_process(self->pacer, left, right, n, parts, MAX_PARTS);
    shell_write(&self->shell, PACER_PORT_OUT_LEFT, offset, n, left);
    shell_write(&self->shell, PACER_PORT_OUT_RIGHT, offset, n, right);
    for (uint32_t i = 0; i < count && !is_led(self); ++i) {
        send_part(self, &parts[i]);
    }
}

static PacerMode mode(const Shell* shell)
{
    switch (shell_choice(shell, PACER_PORT_SEARCH)) {
    case PACER_POINT_SEARCH_STEPS:
        return PACER_STEPS;
    case PACER_POINT_SEARCH_SLIDE:
        return PACER_SLIDE;
    default:
        return shell_choice(shell, PACER_PORT_TEMPO)    ? PACER_TEMPO
               : shell_choice(shell, PACER_PORT_FOLLOW) ? PACER_FOLLOW
                                                        : PACER_FIXED;
    }
}

static void read_controls(Plugin* self)
{
    Shell* const shell = &self->shell;
    Pacer* const pacer = self->pacer;
    const bool enabled = shell_choice(shell, PACER_PORT_ENABLED);
    if (enabled != self->enabled) {
        self->led_until = 0; // switched on again: the plugin's own pacing
    }
    self->enabled = enabled;
    self->channel = shell_choice(shell, PACER_PORT_CHANNEL);
    pacer_set_cue(pacer, (PacerCue)shell_choice(shell, PACER_PORT_CUE));
    pacer_set_volume(pacer, shell_control(shell, PACER_PORT_VOLUME));
    pacer_set_root(pacer, shell_control(shell, PACER_PORT_ROOT));
    pacer_set_bars(pacer, shell_control(shell, PACER_PORT_BARS));
    if (!is_led(self)) {
        const PacerPattern pattern = {
            shell_control(shell, PACER_PORT_INHALE), shell_control(shell, PACER_PORT_HOLD_IN),
            shell_control(shell, PACER_PORT_EXHALE), shell_control(shell, PACER_PORT_HOLD_OUT)};
        pacer_set_pattern(pacer, &pattern);
        pacer_set_mode(pacer, mode(shell));
        pacer_set_running(pacer, enabled);
    } else if (!enabled) {
        pacer_set_running(pacer, false);
    }
    if (!enabled && self->note) {
        hold_note(self, 0, 0);
    }
}

static void show(Plugin* self)
{
    Shell* const shell = &self->shell;
    const PacerState state = pacer_state(self->pacer);
    const ResonanceResult best = pacer_resonance(self->pacer);
    shell_show(shell, PACER_PORT_PHASE, (double)state.phase);
    shell_show(shell, PACER_PORT_RATE, (double)state.rate_per_min);
    shell_show(shell, PACER_PORT_PART, state.running ? (int)state.part : PACER_POINT_PART_STOPPED);
    shell_show(shell, PACER_PORT_FOLLOWING, state.following);
    shell_show(shell, PACER_PORT_PROGRESS, 100.0 * (double)best.progress);
    shell_show(shell, PACER_PORT_RESONANCE, (double)best.rate_per_min);
    shell_show(shell, PACER_PORT_CONFIDENCE, 100.0 * (double)best.confidence);
}

static void tell_window(void* plugin)
{
    Plugin* const self = (Plugin*)plugin;
    const PacerState pace = pacer_state(self->pacer);
    const float seconds[4] = {pace.pattern.inhale_s, pace.pattern.hold_in_s, pace.pattern.exhale_s,
                              pace.pattern.hold_out_s};
    shell_ui_pace(&self->shell, pace.running ? 1 + (int)pace.part : 0, pace.phase, pace.fullness,
                  seconds);
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {take_midi, take_atom, process};
    Plugin* const self = (Plugin*)handle;
    read_controls(self);
    shell_run(&self->shell, self, &calls, n_frames);
    show(self);
}

static const LV2_Descriptor descriptor = {
    PACER_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, NULL};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}
