// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/downsample.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

// A windowed sinc over 8 output samples to either side; passes 0.4 of the new rate, where an ECG at
// 1000 Hz has nothing left, and stops what lies above 0.6 by 80 dB (Kaiser, beta 8: Oppenheim and
// Schafer, Discrete-Time Signal Processing, 7.5.3)
#define CUTOFF 0.5 // of the output rate
#define BETA   8.0

struct Downsample {
    unsigned factor, taps; // taps = 2 * AHEAD * factor + 1
    unsigned place;        // where the next frame goes
    unsigned until;        // frames until the next output
    float* weights;
    float* history; // twice the length, so that the newest taps always lie in one piece
};

RecordShape downsample_shape(double rate_hz)
{
    RecordShape shape = {1, 1, 1.0};
    double best = INFINITY;
    for (unsigned factor = 1; factor <= 1024; ++factor) {
        const double rate = rate_hz / factor;
        const double away = fabs(log(rate / 1000.0));
        if (floor(rate) == rate && rate >= 1.0 && away < best) {
            best = away;
            shape = (RecordShape){factor, (unsigned)rate, 1.0};
        }
    }
    if (best > log(2.0) && rate_hz > 1000.0) {
        // No whole number of samples in a second: a record lasts nearly one
        const double factor = floor(rate_hz / 1000.0 + 0.5);
        const double samples = floor(rate_hz / factor + 0.5);
        shape = (RecordShape){(unsigned)factor, (unsigned)samples, factor * samples / rate_hz};
    }
    return shape;
}

static double bessel_i0(double x)
{
    double sum = 1.0;
    double term = 1.0;
    for (int k = 1; k < 40; ++k) {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

Downsample* downsample_new(unsigned factor)
{
    Downsample* const down = calloc(1, sizeof *down);
    if (!down || factor == 0) {
        free(down);
        return NULL;
    }
    down->factor = factor;
    down->taps = 2 * DOWNSAMPLE_AHEAD * factor + 1;
    down->until = DOWNSAMPLE_AHEAD * factor;
    down->weights = calloc(down->taps, sizeof(float));
    down->history = calloc(2 * (size_t)down->taps, sizeof(float));
    if (!down->weights || !down->history) {
        downsample_free(down);
        return NULL;
    }
    const double half = DOWNSAMPLE_AHEAD * factor;
    double sum = 0.0;
    for (unsigned i = 0; i < down->taps; ++i) {
        const double x = (i - half) / factor * 2.0 * CUTOFF; // zero crossings at whole numbers
        const double r = (i - half) / half;
        const double sinc = x == 0.0 ? 1.0 : sin(PI * x) / (PI * x);
        down->weights[i] = (float)(sinc * bessel_i0(BETA * sqrt(1.0 - r * r)));
        sum += (double)down->weights[i];
    }
    for (unsigned i = 0; i < down->taps; ++i) {
        // Every frame itself where nothing is to be lowered
        down->weights[i] = factor == 1 ? (i == DOWNSAMPLE_AHEAD ? 1.0f : 0.0f)
                                       : (float)((double)down->weights[i] / sum);
    }
    return down;
}

void downsample_free(Downsample* down)
{
    if (down) {
        free(down->weights);
        free(down->history);
        free(down);
    }
}

bool downsample_push(Downsample* down, float in, float* out)
{
    down->history[down->place] = down->history[down->place + down->taps] = in;
    down->place = (down->place + 1) % down->taps;
    if (down->until-- > 0) {
        return false;
    }
    down->until = down->factor - 1;
    const float* const x = down->history + down->place; // the oldest frame first
    double sum = 0.0;
    for (unsigned i = 0; i < down->taps; ++i) {
        sum += (double)down->weights[i] * (double)x[i];
    }
    *out = (float)sum;
    return true;
}
