// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_path.h"

// Weights of the evidence in the order of evidence_gather() in beat_evidence.c, natural logarithm
// of odds. Fitted by logistic regression (ridge) to candidates with known truth; docs/algorithms.md
// says on what.

static const double ecg_weights[PATH_EVIDENCE] = {
    1.95,  // 1 (always)
    0.18,  // noise: quiet level against the beats
    2.81,  // size over the falling threshold
    -1.51, // the same, in noise
    -0.88, // the same, far over it
    0.11,  // size against the beats
    0.78,  // the same, in noise
    1.06,  // size against the quiet level
    -0.82, // likeness to a shape
    0.70,  // the same, in noise
    5.53,  // the same, when very alike
    1.64,  // height of the shape in the signal
    0.25,  // the same, in noise
    -2.38, // what the shape leaves unexplained
    0.93,  // the same, in noise
    2.45,  // T or dicrotic wave: slope against the last beat's
    -0.39, // size against the last beat's
    0.18,  // it comes that soon
    -5.67, // it comes much too soon
    -0.52, // a shape is known
    -0.18, // hollow before it
    0.56,  // hollow after it
    -0.29, // hollow before it, filled
    -0.83, // hollow after it, filled
    -2.79, // off the beat of a regular rhythm
    3.52,  // on the beat of a regular rhythm
    1.07,  // likeness of the beats before
    -0.50, // height against the beats
    0.00,  // foot raised above the last pulse's
    -0.86, // duration unlike the beats before
    0.19,  // likeness to the usual shape
    1.21,  // on the beat of the sure beats
    -6.78, // off the beat of the sure beats
};

static const double pulse_weights[PATH_EVIDENCE] = {
    -0.62, // 1 (always)
    0.16,  // noise: quiet level against the beats
    0.77,  // size over the falling threshold
    -0.37, // the same, in noise
    -0.34, // the same, far over it
    -0.41, // size against the beats
    -0.70, // the same, in noise
    0.67,  // size against the quiet level
    0.21,  // likeness to a shape
    0.03,  // the same, in noise
    0.67,  // the same, when very alike
    1.10,  // height of the shape in the signal
    0.60,  // the same, in noise
    -0.90, // what the shape leaves unexplained
    0.36,  // the same, in noise
    -1.03, // T or dicrotic wave: slope against the last beat's
    0.58,  // size against the last beat's
    -0.90, // it comes that soon
    -1.46, // it comes much too soon
    1.35,  // a shape is known
    -0.40, // hollow before it
    -0.22, // hollow after it
    0.27,  // hollow before it, filled
    -0.31, // hollow after it, filled
    -2.97, // off the beat of a regular rhythm
    0.91,  // on the beat of a regular rhythm
    0.04,  // likeness of the beats before
    0.57,  // height against the beats
    0.70,  // foot raised above the last pulse's
    -0.88, // duration unlike the beats before
    0.21,  // likeness to the usual shape
    2.08,  // on the beat of the sure beats
    -3.54, // off the beat of the sure beats
};

const PathKind path_ecg = {
    .band_low_hz = 8.0,
    .band_high_hz = 21.0,
    .shape_low_hz = 3.0,
    .slope_sum = false,
    .window_s = 0.12,
    .band_delay_s = 0.037,
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
    .band_delay_s = 0.032,
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
