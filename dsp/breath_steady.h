// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// How steady the breathing rate that is told has been. In talking, pauses and noise one rate after
/// the other fits best for a moment, each with little doubt; that they change tells that none of
/// them is the breath.
///
/// A plain struct, all zero at the start; [realtime].

#ifndef TONUS_DSP_BREATH_STEADY_H
#define TONUS_DSP_BREATH_STEADY_H

#include <stdbool.h>

typedef struct {
    float ln_mean, ln_variance; // of the rate's logarithm, running
    bool known;
} BreathSteady;

/// The rate after a beat, dt_s after the one before. changed: the breath is known to have another
/// rate from now on. Returns a factor for the confidence, 0..1: 1/2 at a standard deviation of a
/// fifth.
float steady_take(BreathSteady* steady, float rate_per_min, float dt_s, bool changed);

#endif
