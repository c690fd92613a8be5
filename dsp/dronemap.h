// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_DRONEMAP_H
#define TONUS_DSP_DRONEMAP_H

// From what is known of a person to how the drone sounds: everything that is slow. Plain data that
// moves in steps of constant length; everything is [realtime].

#include "dsp/random.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    double once, twice, keep; // two one-pole smoothers in series
} DronemapSmooth;

typedef struct {
    double step_s;

    // What is asked for and known; written by the drone's setters
    bool playing, neutral;
    double volume_db, pulse_db;
    double tone, tone_quality, depth, confidence, synchrony, synchrony_quality; // 0..1
    double trust; // in the breath that is told, 0..1
    double lungs; // 0..1, -1 = not known but through in- and out-breaths

    // How it sounds in this step
    double level_db;   // LUFS aimed at
    bool muted;        // faded out
    double tone_now;   // 0..1
    double swell_now;  // 0..1
    double tilt_db;    // brightness, dB per octave
    double beating_hz; // of the third partial over DRONEMAP_ROOT_HZ
    double bloom;      // of the partners: 1, less while the level moves fast
    double room;       // level of the room relative to the dry sound, linear
    double cutoff_hz;  // of the surf
    double common;     // of the surf: share of its power that left and right have in common
    double pulse;      // amplitude of the heart's pulse relative to the drone, linear

    // The breath
    bool breathing; // one has been told
    bool inhaling;
    double breath_s;     // since the last in- or out-breath began
    double length_s[2];  // expected of out-breath [0] and in-breath [1]
    double swell_from;   // swell at that moment
    double swell;        // 0..1 before smoothing
    double phase_before; // from dronemap_phase; -1 = none

    // The heart
    uint32_t beats; // counted, for every other one
    double since_beat_s, pulse_s;

    DronemapSmooth tone_smooth, synchrony_smooth, depth_smooth, swell_smooth;
    double level_speed;              // dB/s
    double wander[2], wander_aim[2]; // of the neutral mode: tone, swell
    Random random;
} Dronemap;

#define DRONEMAP_ROOT_HZ   110.0   // what BEATING_HZ refers to
#define DRONEMAP_LUFS      (-30.0) // default loudness
#define DRONEMAP_PULSE_OFF (-60.0) // dB

void dronemap_init(Dronemap* map, double step_s); // everything, settings too
void dronemap_reset(Dronemap* map);               // silence, settings kept

void dronemap_breath(Dronemap* map, bool inhaling);
void dronemap_phase(Dronemap* map, double phase);
void dronemap_beat(Dronemap* map);

void dronemap_step(Dronemap* map);

// 10^(db / 10)
double dronemap_power(double db);

#endif
