// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   Tells an ECG from a pulse wave, and which way up a pulse wave is.

   A QRS complex is short: its energy lies at 8-21 Hz, where a pulse wave has next to none. So the
   largest swing of the last seconds in that band is compared with that in 1.2-8 Hz. A pulse wave
   rises faster than it falls: the third moment of its slope is positive when it is upright. Part of
   the beat detector; all functions but sensor_init() are [realtime].
*/

#ifndef TONUS_DSP_BEAT_SENSOR_H
#define TONUS_DSP_BEAT_SENSOR_H

#include "dsp/filter.h"

#include <stdbool.h>
#include <stdint.h>

enum { SENSOR_LOOKS = 5 }; ///< windows whose largest swings are compared

typedef struct {
    Biquad high_band[2];      ///< 8-21 Hz
    Biquad low_band[2];       ///< 1.2-8 Hz
    int window;               ///< samples per look
    int taken;                ///< of the present window
    int looks;                ///< windows seen
    float high[SENSOR_LOOKS]; ///< largest swings of the last windows in the high band, newest first
    float low[SENSOR_LOOKS];  ///< and in the low band
    double ratio;             ///< running mean of the log ratio of the swings
    double before;            ///< signal below 8 Hz one sample ago
    double square, cube;      ///< running moments of the slope
    double forget;            ///< of the moments, per sample
    bool started;
    bool pulse;      ///< it is a pulse wave
    double skewness; ///< running mean of the slope's skewness
    bool upside;     ///< it is an inverted pulse wave
} SensorGuess;

void sensor_init(SensorGuess* guess, double rate_hz);

/// Forget what was seen.
void sensor_reset(SensorGuess* guess);

/// Take a sample of the signal (input units).
void sensor_step(SensorGuess* guess, float x);

#endif // TONUS_DSP_BEAT_SENSOR_H
