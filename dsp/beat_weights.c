// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_path.h"

#ifdef BEAT_TUNING
#define KEPT // the fitting program writes them
#else
#define KEPT static const
#endif

// Weights of the evidence in the order of weigh() in beat_path.c, natural logarithm of odds.
// Fitted by logistic regression (ridge) to candidates with known truth; docs/algorithms.md says
// on what.

KEPT double ecg_weights[PATH_EVIDENCE] = {
    1.55,  // 1 (always)
    0.17,  // noise: quiet level against the beats
    3.84,  // size over the falling threshold
    -0.84, // the same, in noise
    -1.41, // the same, far over it
    -1.07, // size against the beats
    0.70,  // the same, in noise
    1.12,  // size against the quiet level
    -0.25, // likeness to a shape
    0.41,  // the same, in noise
    2.45,  // the same, when very alike
    2.41,  // height of the shape in the signal
    -0.19, // the same, in noise
    -3.25, // what the shape leaves unexplained
    0.99,  // the same, in noise
    3.07,  // T or dicrotic wave: slope against the last beat's
    -0.38, // size against the last beat's
    -0.07, // it comes that soon
    -4.03, // it comes much too soon
    -0.17, // a shape is known
    -0.56, // hollow before it
    0.83,  // hollow after it
    0.04,  // hollow before it, filled
    -1.05, // hollow after it, filled
    -3.39, // off the beat of a regular rhythm
    2.92,  // on the beat of a regular rhythm
    -0.23, // likeness of the beats before
    -0.32, // height against the beats
    0.00,  // foot raised above the last pulse's
    -1.08, // duration unlike the beats before
    -0.47, // likeness to the usual shape
    1.78,  // on the beat of the sure beats
    -6.18, // off the beat of the sure beats
};

KEPT double pulse_weights[PATH_EVIDENCE] = {
    -0.02, // 1 (always)
    -0.40, // noise: quiet level against the beats
    0.84,  // size over the falling threshold
    -0.19, // the same, in noise
    -0.39, // the same, far over it
    -0.54, // size against the beats
    0.17,  // the same, in noise
    0.50,  // size against the quiet level
    0.06,  // likeness to a shape
    0.09,  // the same, in noise
    0.64,  // the same, when very alike
    1.03,  // height of the shape in the signal
    1.02,  // the same, in noise
    -1.05, // what the shape leaves unexplained
    0.59,  // the same, in noise
    -0.79, // T or dicrotic wave: slope against the last beat's
    0.60,  // size against the last beat's
    -0.83, // it comes that soon
    -1.39, // it comes much too soon
    1.27,  // a shape is known
    -0.39, // hollow before it
    -0.26, // hollow after it
    0.45,  // hollow before it, filled
    -0.22, // hollow after it, filled
    -2.68, // off the beat of a regular rhythm
    0.78,  // on the beat of a regular rhythm
    0.02,  // likeness of the beats before
    0.42,  // height against the beats
    0.76,  // foot raised above the last pulse's
    -0.87, // duration unlike the beats before
    0.06,  // likeness to the usual shape
    2.09,  // on the beat of the sure beats
    -3.21, // off the beat of the sure beats
};

const PathKind path_ecg = {
    .band_low_hz = 8.0,
    .band_high_hz = 21.0,
    .shape_low_hz = 3.0,
    .slope_sum = false,
    .window_s = 0.12,
    .band_delay_s = 0.033,
    .shape_step_s = 0.004,
    .shape_centre_s = 0.0,
    .shapes = TEMPLATE_SHAPES,
    .near_s = 0.1,
    .refractory_s = 0.2,
    .twin_s = 0.36,
    .sure_odds = 2.0,
    .sure_noise_odds = 40.0,
    .weights = ecg_weights,
};

const PathKind path_pulse = {
    .band_low_hz = 0.6,
    .band_high_hz = 8.0,
    .shape_low_hz = 0.6,
    .slope_sum = true,
    .window_s = 0.17,
    .band_delay_s = 0.028,
    .shape_step_s = 0.008,
    .shape_centre_s = 0.0,
    .shapes = 1,
    .near_s = 0.1,
    .refractory_s = 0.25,
    .twin_s = 0.5,
    .sure_odds = 3.0,
    .sure_noise_odds = 0.0,
    .weights = pulse_weights,
};
