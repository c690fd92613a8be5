// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_HEARTNOISE_H
#define TONUS_DSP_HEARTNOISE_H

// Noise of a simulated sensor, drawn on a grid of about 1 kHz and independent of the host's rate:
// muscle (white up to the grid's half), baseline wander (below 0.3 Hz), electrode motion (bursts of
// 0.5-5 Hz, a fifth of the time). Each has unit RMS before its level.
// All functions are [realtime].

#include "dsp/random.h"

typedef enum {
    HEARTNOISE_MUSCLE,
    HEARTNOISE_WANDER,
    HEARTNOISE_MOTION,
    HEARTNOISE_KINDS
} HeartnoiseKind;

typedef struct {
    Random random;
    double level[HEARTNOISE_KINDS]; // RMS, 0 = none
    double slow[2], slow_coefficient[2], slow_scale;
    double motion[2], motion_coefficient[2], motion_scale;
    double burst, burst_goal, burst_coefficient;
    double burst_left_s;
    double tick_s;
} Heartnoise;

// Plain data; tick_s is the grid's spacing. The levels start at 0.
void heartnoise_init(Heartnoise* noise, uint32_t seed, double tick_s);

// The next value on the grid.
double heartnoise_tick(Heartnoise* noise);

#endif
