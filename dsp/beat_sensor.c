// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_sensor.h"

#include <math.h>
#include <string.h>

// Natural logarithm of the swings' ratio: medians of recordings lie above -0.6 for ECG and below
// -1.2 for pulse waves (fingers, cameras)
#define MIDDLE (-0.9)

// The verdict changes when the mean passes the middle by this, in the first seconds and later
#define YOUNG   0.1
#define SETTLED 0.4

// One look lasts half a second, s; the mean is over the last ten
#define LOOK_S     0.5
#define MEAN_LOOKS 10

// Time constant of the slope's moments, s
#define MOMENTS_S 1.0

// Mean skewness of the slope over the last looks that turns the pulse over; between the two signs
// the verdict stays
#define SKEW       0.2
#define SKEW_LOOKS 12

void sensor_init(SensorGuess* const g, const double rate)
{
    g->high_band[0] = biquad_highpass(8.0, FILTER_BUTTERWORTH_Q, rate);
    g->high_band[1] = biquad_lowpass(21.0, FILTER_BUTTERWORTH_Q, rate);
    g->low_band[0] = biquad_lowpass(8.0, FILTER_BUTTERWORTH_Q, rate);
    g->low_band[1] = biquad_highpass(1.2, FILTER_BUTTERWORTH_Q, rate);
    g->window = (int)lround(LOOK_S * rate);
    g->forget = 1.0 / (MOMENTS_S * rate);
    sensor_reset(g);
}

void sensor_reset(SensorGuess* const g)
{
    g->taken = 0;
    g->looks = 0;
    memset(g->high, 0, sizeof(g->high));
    memset(g->low, 0, sizeof(g->low));
    g->ratio = 0.0;
    g->before = 0.0;
    g->square = 0.0;
    g->cube = 0.0;
    g->started = false;
    g->pulse = false;
    g->upside = false;
    g->skewness = 0.0;
}

static float largest(const float value[SENSOR_LOOKS])
{
    float most = 0.0F;
    for (int i = 0; i < SENSOR_LOOKS; ++i) {
        most = fmaxf(most, value[i]);
    }
    return most;
}

static void look(SensorGuess* const g)
{
    const float low = largest(g->low);
    g->taken = 0;
    if (low <= 1e-7F) {
        return;
    }
    const double now = fmin(fmax(log((double)largest(g->high) / low + 1e-9), -3.0), 1.0);
    ++g->looks;
    g->ratio += (now - g->ratio) / (g->looks < MEAN_LOOKS ? g->looks : MEAN_LOOKS);
    const double margin = g->looks <= 1 ? 0.0 : g->looks < MEAN_LOOKS ? YOUNG : SETTLED;
    g->pulse = g->ratio < MIDDLE + (g->pulse ? margin : -margin);

    // Each look has one voice, however loud: a thump is over after a few
    const double skewness = g->cube / (pow(g->square, 1.5) + 1e-30);
    const double voice = fmin(fmax(skewness, -1.0), 1.0);
    g->skewness += (voice - g->skewness) / (g->looks < SKEW_LOOKS ? g->looks : SKEW_LOOKS);
    g->upside = g->skewness < (g->upside ? SKEW : -SKEW);

    memmove(g->high + 1, g->high, sizeof(g->high) - sizeof(float));
    memmove(g->low + 1, g->low, sizeof(g->low) - sizeof(float));
    g->high[0] = 0.0F;
    g->low[0] = 0.0F;
}

void sensor_step(SensorGuess* const g, const float x)
{
    if (!g->started) {
        g->started = true;
        biquad_settle(&g->high_band[0], x);
        biquad_settle(&g->high_band[1], 0.0);
        biquad_settle(&g->low_band[0], x);
        biquad_settle(&g->low_band[1], x);
        g->before = x;
    }
    const double high = biquad_step(&g->high_band[1], biquad_step(&g->high_band[0], x));
    const double smooth = biquad_step(&g->low_band[0], x);
    const double low = biquad_step(&g->low_band[1], smooth);

    const double slope = smooth - g->before;
    g->before = smooth;
    g->square += g->forget * (slope * slope - g->square);
    g->cube += g->forget * (slope * slope * slope - g->cube);

    g->high[0] = fmaxf(g->high[0], fabsf((float)high));
    g->low[0] = fmaxf(g->low[0], fabsf((float)low));
    if (++g->taken == g->window) {
        look(g);
    }
}
