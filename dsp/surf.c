// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/surf.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

#define LOW_EDGE_HZ 120.0 // the high-pass of fourth order leaves nothing that could rumble
#define TINY        1e-20 // smaller filter states become zero

typedef uint32_t FourBits __attribute__((vector_size(16)));

// Second-order sections by the bilinear transform (Butterworth, Q 0.71).
static void design(double hz, double rate, int is_high, double* b, double* a)
{
    const double k = tan(PI * fmin(hz / rate, 0.45));
    const double norm = 1.0 / (1.0 + k * 1.4142135623730951 + k * k);
    const double gain = is_high ? norm : k * k * norm;
    b[0] = gain;
    b[1] = is_high ? -2.0 * gain : 2.0 * gain;
    b[2] = gain;
    a[0] = 2.0 * (k * k - 1.0) * norm;
    a[1] = (1.0 - k * 1.4142135623730951 + k * k) * norm;
}

void surf_init(Surf* surf, double rate)
{
    memset(surf, 0, sizeof(*surf));
    surf->rate = rate;
    uint32_t seed = 0x9E3779B9u;
    for (int i = 0; i < 3; ++i) {
        for (int lane = 0; lane < 4; ++lane) {
            seed = seed * 1664525u + 1013904223u;
            surf->noise[i][lane] = seed | 1u;
        }
    }
    design(LOW_EDGE_HZ, rate, 1, surf->high_b, surf->high_a);
}

// Uniform noise of four generators side by side (xorshift32, Marsaglia 2003), -1..1
static void make_noise(uint32_t* state, float* out)
{
    FourBits x;
    memcpy(&x, state, sizeof(x));
    for (int k = 0; k < SURF_BLOCK; k += 4) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        for (int lane = 0; lane < 4; ++lane) {
            out[k + lane] = (float)(int32_t)x[lane] * 0x1p-31f;
        }
    }
    memcpy(state, &x, sizeof(x));
}

static inline double section(double x, const double* b, const double* a, double* z)
{
    const double y = b[0] * x + z[0];
    z[0] = b[1] * x - a[0] * y + z[1];
    z[1] = b[2] * x - a[1] * y;
    return y;
}

static void flush(double* z, int n)
{
    for (int i = 0; i < n; ++i) {
        z[i] = fabs(z[i]) < TINY ? 0.0 : z[i];
    }
}

void surf_add(Surf* surf, float level, double cutoff_hz, double common, float* left, float* right)
{
    if (!(level > 1e-7f) && !(surf->level > 1e-7f)) {
        surf->level = 0.0f;
        return;
    }
    float noise[3][SURF_BLOCK];
    for (int i = 0; i < 3; ++i) {
        make_noise(surf->noise[i], noise[i]);
    }
    if (cutoff_hz != surf->cutoff_hz) {
        surf->cutoff_hz = cutoff_hz;
        design(cutoff_hz, surf->rate, 0, surf->low_b, surf->low_a);
    }
    // White noise of variance 1/3 spreads over half the rate; what remains lies between the edges
    // (a little more below the K weighting's shelf: measured).
    const double band = fmax(cutoff_hz * 0.92 - LOW_EDGE_HZ * 0.9, 50.0) / (0.5 * surf->rate);
    const float scale = (float)(1.0 / sqrt(fmin(band, 1.0) / 3.0));
    const float step = (level - surf->level) / SURF_BLOCK;
    const double own = sqrt(1.0 - common), shared = sqrt(common);
    float* const out[2] = {left, right};
    for (int c = 0; c < 2; ++c) {
        float gain = surf->level;
        for (int k = 0; k < SURF_BLOCK; ++k) {
            double y = own * (double)noise[c][k] + shared * (double)noise[2][k];
            y = section(y, surf->high_b, surf->high_a, surf->high[c]);
            y = section(y, surf->high_b, surf->high_a, surf->high[c] + 2);
            y = section(y, surf->low_b, surf->low_a, surf->low[c]);
            y = section(y, surf->low_b, surf->low_a, surf->low[c] + 2);
            gain += step;
            out[c][k] += gain * scale * (float)y;
        }
        flush(surf->high[c], 4);
        flush(surf->low[c], 4);
    }
    surf->level = level;
}
