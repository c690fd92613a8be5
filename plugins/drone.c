// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus Drone: the sound of vagal tone, driven by MIDI. See ttl/drone.ttl for the ports.
#include "dsp/drone.h"
#include "plugins/events.h"
#include "plugins/shell.h"
#include "ttl/drone-cv.h"
#include "ttl/drone.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)DRONE_POINT_VOICING_ORGAN == (int)DRONE_ORGAN, "voicing");
_Static_assert((int)DRONE_POINT_VOICING_OCEAN == (int)DRONE_OCEAN, "voicing");

// The CV variant has the same ports first
_Static_assert((int)DRONE_CV_PORT_TONE_CV == (int)DRONE_N_PORTS, "ports");

enum { CV_GRID = 64 };     // frames between two looks at the CV inputs, counted from activation
#define BEND_SEMITONES 2.0 // range of a hum's pitch bend, see docs/midi.md

typedef struct {
    Shell shell; // first: see shell_connect_port
    Drone* drone;
    EventDecoder decoder;
    bool tone_told, quality_told, depth_told, synchrony_told; // by MIDI since activation
    double trust;                                             // in the breath, 0..1
    double tone, quality, depth, accord;                      // 0..1
    int hum_note;                                             // held, −1: none
    double hum_bend;                                          // semitones
    int channel, chord_channel;
    bool from_pacer;
    bool has_cv;               // this is the CV variant
    double root_hz, synchrony; // as the controls say
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    drone_free(self->drone);
    free(self);
}

static void tell_window(void* plugin);

static LV2_Handle instantiate(const LV2_Descriptor* descriptor, double rate, const char* path,
                              const LV2_Feature* const* features)
{
    (void)path;
    Plugin* const self = (Plugin*)calloc(1, sizeof(Plugin));
    if (!self) {
        return NULL;
    }
    self->has_cv = !strcmp(descriptor->URI, DRONE_CV_URI);
    if (!shell_init(&self->shell, self->has_cv ? drone_cv_ports : drone_ports,
                    self->has_cv ? DRONE_CV_N_PORTS : DRONE_N_PORTS, rate, features) ||
        !(self->drone = drone_new(rate))) {
        cleanup(self);
        return NULL;
    }
    self->shell.ui.tell = tell_window;
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    drone_reset(self->drone);
    self->decoder = (EventDecoder){0};
    self->tone_told = self->quality_told = self->depth_told = self->synchrony_told = false;
    self->trust = 1.0; // until somebody says otherwise
    self->hum_note = -1;
    self->hum_bend = 0.0;
}

static void take_value(Plugin* self, const Event* event)
{
    switch (event->number) {
    case CONTROLLER_TONE:
        self->tone_told = true;
        self->tone = event->value;
        break;
    case CONTROLLER_QUALITY:
        self->quality_told = true;
        self->quality = event->value;
        break;
    case CONTROLLER_BREATH_DEPTH:
        self->depth_told = true;
        self->depth = event->value;
        break;
    case CONTROLLER_SYNCHRONY:
        self->synchrony_told = true;
        self->accord = event->value;
        break;
    case CONTROLLER_BREATH_CONFIDENCE:
        self->trust = event->value;
        break;
    case CONTROLLER_BREATH_PHASE:
        if (!self->from_pacer) {
            drone_set_breath_phase(self->drone, event->value);
        }
        break;
    default:
        break;
    }
}

static void take_note(Plugin* self, int note)
{
    switch (note) {
    case NOTE_BEAT:
    case NOTE_ODD_BEAT:
        drone_beat(self->drone);
        break;
    case NOTE_IN_BREATH:
    case NOTE_OUT_BREATH:
        if (!self->from_pacer) {
            drone_breath(self->drone, note == NOTE_IN_BREATH);
        }
        break;
    case NOTE_PACED_IN:
    case NOTE_PACED_OUT:
        if (self->from_pacer) {
            drone_breath(self->drone, note == NOTE_PACED_IN);
        }
        break;
    default:
        break;
    }
}

static void take_hum(Plugin* self, const Event* event)
{
    if (event->kind == EVENT_NOTE_ON) {
        self->hum_note = event->number;
    } else if (event->kind == EVENT_NOTE_OFF && event->number == self->hum_note) {
        self->hum_note = -1;
    } else if (event->kind == EVENT_PITCH_BEND) {
        self->hum_bend = BEND_SEMITONES * event->value;
    }
    const double semitones = self->hum_note - 69 + self->hum_bend; // from A4
    drone_set_hum(self->drone, self->hum_note < 0 ? 0.0 : 440.0 * exp2(semitones / 12.0));
}

static void midi(void* plugin, const uint8_t* bytes, uint32_t size)
{
    Plugin* const self = (Plugin*)plugin;
    const Event event = events_decode(&self->decoder, bytes, size);
    if (event.channel == self->channel && event.kind == EVENT_VALUE) {
        take_value(self, &event);
    } else if (event.channel == self->channel && event.kind == EVENT_NOTE_ON) {
        take_note(self, event.number);
    } else if (event.channel == self->channel - 1) {
        take_hum(self, &event);
    }
    if (event.channel == self->chord_channel) {
        if (event.kind == EVENT_NOTE_ON || event.kind == EVENT_NOTE_OFF) {
            drone_key(self->drone, (uint8_t)event.number, event.kind == EVENT_NOTE_ON);
        } else if (events_all_off(bytes, size)) {
            drone_release_keys(self->drone);
        }
    }
}

// A CV input at a frame of the block; `otherwise` when it is not connected.
static double cv_at(const Plugin* self, uint32_t port, uint32_t frame, double otherwise)
{
    float value = 0.0f;
    if (!self->has_cv || !self->shell.port[port]) {
        return otherwise;
    }
    shell_read(&self->shell, port, frame, 1, &value);
    return (double)value;
}

// What comes from controls, CV and the last MIDI values; `frame` of the block.
static void steer(Plugin* self, uint32_t frame)
{
    const Shell* const shell = &self->shell;
    const double control = shell_control(shell, DRONE_PORT_TONE);
    const double quality = self->tone_told && self->quality_told ? self->quality : 1.0;
    const double told = self->tone_told ? self->tone : control;
    const bool by_cv = self->has_cv && shell->port[DRONE_CV_PORT_TONE_CV];
    drone_set_tone(self->drone, cv_at(self, DRONE_CV_PORT_TONE_CV, frame, told),
                   by_cv ? 1.0 : quality);
    drone_set_breath(self->drone, self->depth_told ? self->depth : 0.5,
                     shell_control(shell, DRONE_PORT_SWELL) / 100.0);
    drone_set_breath_trust(self->drone, self->from_pacer ? 1.0 : self->trust);
    drone_set_lungs(self->drone, cv_at(self, DRONE_CV_PORT_BREATH_CV, frame, NAN));
    const double accord = self->synchrony_told ? self->accord : self->synchrony;
    drone_set_synchrony(self->drone, cv_at(self, DRONE_CV_PORT_SYNCHRONY_CV, frame, accord), 1.0);
    drone_set_root(self->drone,
                   self->root_hz * exp2(cv_at(self, DRONE_CV_PORT_PITCH_CV, frame, 0.0)));
}

static void show_cv(Plugin* self, uint32_t frame, uint32_t n)
{
    float tone[CV_GRID];
    float swell[CV_GRID];
    const DroneState state = drone_state(self->drone);
    for (uint32_t i = 0; i < n; ++i) {
        tone[i] = fminf(fmaxf(state.tone, 0.0f), 1.0f);
        swell[i] = fminf(fmaxf(state.swell, 0.0f), 1.0f); // its smoother may pass by
    }
    shell_write(&self->shell, DRONE_CV_PORT_TONE_OUT, frame, n, tone);
    shell_write(&self->shell, DRONE_CV_PORT_SWELL_OUT, frame, n, swell);
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    Shell* const shell = &self->shell;
    float left[CV_GRID];
    float right[CV_GRID];
    for (uint32_t done = 0, some = 0; done < n; done += some) {
        const uint32_t in_cell = (uint32_t)((shell->now + done) % CV_GRID);
        some = n - done < CV_GRID - in_cell ? n - done : CV_GRID - in_cell;
        if (in_cell == 0) {
            steer(self, offset + done);
        }
        drone_process(self->drone, shell->port[DRONE_PORT_OUT_LEFT] ? left : NULL,
                      shell->port[DRONE_PORT_OUT_RIGHT] ? right : NULL, some);
        shell_write(shell, DRONE_PORT_OUT_LEFT, offset + done, some, left);
        shell_write(shell, DRONE_PORT_OUT_RIGHT, offset + done, some, right);
        if (self->has_cv) {
            show_cv(self, offset + done, some);
        }
    }
}

static void apply_controls(Plugin* self)
{
    const Shell* const shell = &self->shell;
    Drone* const drone = self->drone;
    const int chord_channel = shell_choice(shell, DRONE_PORT_CHORD_CHANNEL);
    if (chord_channel != self->chord_channel) {
        drone_release_keys(drone); // their note-offs will not be heard
        self->chord_channel = chord_channel;
    }
    self->channel = shell_choice(shell, DRONE_PORT_CHANNEL);
    self->from_pacer = shell_choice(shell, DRONE_PORT_BREATH_FROM) == DRONE_POINT_BREATH_FROM_PACER;
    drone_set_playing(drone, shell_choice(shell, DRONE_PORT_ENABLED));
    self->root_hz = shell_control(shell, DRONE_PORT_ROOT);
    drone_set_volume(drone, shell_control(shell, DRONE_PORT_VOLUME));
    drone_set_voicing(drone, (DroneVoicing)shell_choice(shell, DRONE_PORT_VOICING));
    self->synchrony = shell_control(shell, DRONE_PORT_SYNCHRONY);
    drone_set_pulse(drone, shell_control(shell, DRONE_PORT_PULSE));
    drone_set_hum_follow(drone, shell_choice(shell, DRONE_PORT_HUM_FOLLOW));
    drone_set_tuning(drone, shell_control(shell, DRONE_PORT_A4),
                     shell_choice(shell, DRONE_PORT_TUNING) == DRONE_POINT_TUNING_JUST,
                     shell_choice(shell, DRONE_PORT_SNAP));
    drone_set_neutral(drone, shell_choice(shell, DRONE_PORT_NEUTRAL));
}

static void tell_window(void* plugin)
{
    Plugin* const self = (Plugin*)plugin;
    const DroneState state = drone_state(self->drone);
    LV2_Atom_Forge_Frame object;
    if (shell_ui_begin(&self->shell, &object, UI_VOICES, 120 + 4 * DRONE_MAX_NOTES)) {
        shell_ui_float(&self->shell, UI_LEVEL, state.silent ? 0.0 : 1.0);
        shell_ui_vector(&self->shell, UI_VALUES, state.note_hz, state.n_notes);
        shell_ui_end(&self->shell, &object);
    }
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {midi, NULL, process};
    Plugin* const self = (Plugin*)handle;
    Shell* const shell = &self->shell;
    apply_controls(self);

    shell_run(shell, self, &calls, n_frames);

    const DroneState state = drone_state(self->drone);
    shell_show(shell, DRONE_PORT_LEVEL, state.level_db);
    shell_show(shell, DRONE_PORT_TONE_NOW, state.tone);
    shell_show(shell, DRONE_PORT_SWELL_NOW, state.swell);
    shell_show(shell, DRONE_PORT_BEATING, state.beating_hz);
    shell_show(shell, DRONE_PORT_NOTE, state.note_hz[0]);
    shell_show(shell, DRONE_PORT_REDUCTION, state.reduction_db);
}

static const LV2_Descriptor descriptors[] = {
    {DRONE_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, NULL},
    {DRONE_CV_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, NULL},
};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index < 2 ? &descriptors[index] : NULL;
}
