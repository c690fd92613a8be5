// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_HEARTRHYTHM_H
#define TONUS_DSP_HEARTRHYTHM_H

// How long the simulated person's next RR interval is: mean, respiratory variation (RSA), Mayer
// wave, very slow wave, jitter. Plain data; everything is [realtime].

#include "dsp/random.h"

typedef struct {
    double mean_s;                            // 60 / heart rate
    double breath_phase;                      // at the interval's beginning, 0..1
    double breath_hz;                         // at the interval's beginning
    double inhale_share;                      // of the breath cycle
    double rsa_ms;                            // peak-to-trough swing at this breathing rate
    double mayer_ms, very_slow_ms, jitter_ms; // standard deviations
} HeartrhythmInput;

typedef struct {
    Random random;
    double mayer[2];  // ms, the wave and its quadrature
    double very_slow; // ms
} Heartrhythm;

void heartrhythm_init(Heartrhythm* rhythm, uint32_t seed, double mayer_ms, double very_slow_ms);

// The next interval, s; dt_s is the length of the interval before it. Not clamped.
double heartrhythm_next_s(Heartrhythm* rhythm, const HeartrhythmInput* input, double dt_s);

// Volume of the lungs at a phase: 0 = end of the out-breath, 1 = end of the in-breath; half a
// cosine up, half a cosine down.
double heartrhythm_volume(double phase, double inhale_share);

// RSA at one breathing rate relative to that at another, as the vagal response has it.
double heartrhythm_rsa_ratio(double hz, double reference_hz);

#endif
