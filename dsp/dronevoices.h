// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_DRONEVOICES_H
#define TONUS_DSP_DRONEVOICES_H

// Which notes the drone sounds. A wanted note near one that sounds lets that one glide; any other
// fades in as a voice of its own while those no longer wanted fade out, so that neither a melody
// nor a siren can come of it. Plain data, everything is [realtime]. One step = DRONE_STEP frames.

#include "dsp/drone.h"

#include <stdbool.h>
#include <stdint.h>

#define DRONEVOICES 8 // twice as many as can be wanted: the old ones fade while the new ones come

typedef struct {
    double log2_hz; // as sounding
    double goal;    // log2 of the frequency it glides to
    uint32_t voicing;
    bool wanted;
    float weight;   // of the drone's power among those wanted
    float share[2]; // share of the drone's power: smoothed once and twice; [1] is as sounding
} DroneVoice;

typedef struct {
    DroneVoice voice[DRONEVOICES];
    float fade, glide; // coefficients per step

    // What is asked for
    double root_hz, a4_hz;
    bool just, snap, hum_follow;
    uint8_t chord[DRONE_MAX_NOTES];
    uint32_t n_chord;
    uint32_t voicing;

    // The hum: adopted once it has been steady
    double hum_hz;     // now, 0 = none
    double steady_hz;  // that it has been steady at
    double steady_s;   // for so long
    double adopted_hz; // 0 = none
    double step_s;
} Dronevoices;

void dronevoices_init(Dronevoices* voices, double step_s);

// Silence, settings kept.
void dronevoices_reset(Dronevoices* voices);

void dronevoices_set_root(Dronevoices* voices, double hz);
// At most DRONE_MAX_NOTES notes in rising order; none: the root.
void dronevoices_set_chord(Dronevoices* voices, const uint8_t* notes, uint32_t count);

// Lets a step pass.
void dronevoices_step(Dronevoices* voices);

// Frequencies wanted now, in the order of the chord's notes; returns their number,
// 1..DRONE_MAX_NOTES. In a chord the lowest note stays where it is; each other one is raised by
// octaves until its fundamental is far enough from those before it not to be rough with them.
uint32_t dronevoices_wanted(const Dronevoices* voices, double* hz);

static inline bool dronevoice_sounds(const DroneVoice* voice)
{
    return voice->wanted || voice->share[1] > 0.0f;
}

#endif
