// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus Drone: the sound of vagal tone, driven by MIDI. See ttl/drone.ttl for the ports.
#include "dsp/drone.h"
#include "plugins/events.h"
#include "plugins/shell.h"
#include "ttl/drone.h"

#include <math.h>
#include <stdlib.h>

_Static_assert((int)DRONE_POINT_VOICING_ORGAN == (int)DRONE_ORGAN, "voicing");
_Static_assert((int)DRONE_POINT_VOICING_OCEAN == (int)DRONE_OCEAN, "voicing");

#define BEND_SEMITONES 2.0 // range of a hum's pitch bend, see docs/midi.md

typedef struct {
    Shell shell; // first: see shell_connect_port
    Drone* drone;
    EventDecoder decoder;
    bool tone_told, quality_told, depth_told; // by MIDI since activation
    double tone, quality, depth;              // 0..1
    int hum_note;                             // held, −1: none
    double hum_bend;                          // semitones
    int channel, chord_channel;
    bool from_pacer;
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    drone_free(self->drone);
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
    if (!shell_init(&self->shell, drone_ports, DRONE_N_PORTS, rate, features) ||
        !(self->drone = drone_new(rate))) {
        cleanup(self);
        return NULL;
    }
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    drone_reset(self->drone);
    self->decoder = (EventDecoder){0};
    self->tone_told = self->quality_told = self->depth_told = false;
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

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    Shell* const shell = &self->shell;
    float left[SHELL_CHUNK];
    float right[SHELL_CHUNK];
    const double quality = self->quality_told ? self->quality : 1.0;
    drone_set_tone(self->drone,
                   self->tone_told ? self->tone : shell_control(shell, DRONE_PORT_TONE),
                   self->tone_told ? quality : 1.0);
    drone_set_breath(self->drone, self->depth_told ? self->depth : 0.5,
                     shell_control(shell, DRONE_PORT_SWELL) / 100.0);
    drone_process(self->drone, shell->port[DRONE_PORT_OUT_LEFT] ? left : NULL,
                  shell->port[DRONE_PORT_OUT_RIGHT] ? right : NULL, n);
    shell_write(shell, DRONE_PORT_OUT_LEFT, offset, n, left);
    shell_write(shell, DRONE_PORT_OUT_RIGHT, offset, n, right);
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
    drone_set_root(drone, shell_control(shell, DRONE_PORT_ROOT));
    drone_set_volume(drone, shell_control(shell, DRONE_PORT_VOLUME));
    drone_set_voicing(drone, (DroneVoicing)shell_choice(shell, DRONE_PORT_VOICING));
    drone_set_synchrony(drone, shell_control(shell, DRONE_PORT_SYNCHRONY), 1.0);
    drone_set_pulse(drone, shell_control(shell, DRONE_PORT_PULSE));
    drone_set_hum_follow(drone, shell_choice(shell, DRONE_PORT_HUM_FOLLOW));
    drone_set_tuning(drone, shell_control(shell, DRONE_PORT_A4),
                     shell_choice(shell, DRONE_PORT_TUNING) == DRONE_POINT_TUNING_JUST,
                     shell_choice(shell, DRONE_PORT_SNAP));
    drone_set_neutral(drone, shell_choice(shell, DRONE_PORT_NEUTRAL));
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

static const LV2_Descriptor descriptor = {
    DRONE_URI, instantiate, shell_connect_port, activate, run, NULL, cleanup, NULL};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}
