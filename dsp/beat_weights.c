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
    1.32,  // 1 (always)
    0.47,  // noise: quiet level against the beats
    3.14,  // size over the falling threshold
    -0.34, // the same, in noise
    -1.74, // the same, far over it
    -1.16, // size against the beats
    1.37,  // the same, in noise
    1.12,  // size against the quiet level
    -0.79, // likeness to a shape
    -0.65, // the same, in noise
    0.91,  // the same, when very alike
    2.36,  // height of the shape in the signal
    -0.07, // the same, in noise
    -4.11, // what the shape leaves unexplained
    0.78,  // the same, in noise
    2.60,  // T or dicrotic wave: slope against the last beat's
    -0.28, // size against the last beat's
    -0.29, // it comes that soon
    -3.84, // it comes much too soon
    0.58,  // a shape is known
    -0.38, // hollow before it
    0.70,  // hollow after it
    0.06,  // hollow before it, filled
    -0.94, // hollow after it, filled
    -7.02, // off the beat of a regular rhythm
    3.75,  // on the beat of a regular rhythm
    -0.10, // likeness of the beats before
    0.71,  // height against the beats
    0.00,  // foot raised above the last pulse's
    -0.93, // duration unlike the beats before
    2.01,  // likeness to the usual shape
};

KEPT double pulse_weights[PATH_EVIDENCE] = {
    0.00,  // 1 (always)
    -0.63, // noise: quiet level against the beats
    0.62,  // size over the falling threshold
    -0.27, // the same, in noise
    -0.26, // the same, far over it
    -0.40, // size against the beats
    0.24,  // the same, in noise
    0.53,  // size against the quiet level
    0.02,  // likeness to a shape
    0.23,  // the same, in noise
    0.77,  // the same, when very alike
    1.29,  // height of the shape in the signal
    1.51,  // the same, in noise
    -1.31, // what the shape leaves unexplained
    0.61,  // the same, in noise
    -0.93, // T or dicrotic wave: slope against the last beat's
    0.83,  // size against the last beat's
    -0.97, // it comes that soon
    -1.30, // it comes much too soon
    1.42,  // a shape is known
    -0.37, // hollow before it
    -0.33, // hollow after it
    0.49,  // hollow before it, filled
    -0.05, // hollow after it, filled
    -3.39, // off the beat of a regular rhythm
    1.92,  // on the beat of a regular rhythm
    0.02,  // likeness of the beats before
    0.60,  // height against the beats
    0.85,  // foot raised above the last pulse's
    -0.77, // duration unlike the beats before
    0.02,  // likeness to the usual shape
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
    .weights = pulse_weights,
};
