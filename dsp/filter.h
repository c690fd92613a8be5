// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   Small filters shared by the modules: second-order sections and the parts of window design.

   Sections follow R. Bristow-Johnson's "Cookbook formulae for audio EQ biquad filter coefficients"
   (bilinear transform), run in transposed direct form II in double precision.
*/

#ifndef TONUS_DSP_FILTER_H
#define TONUS_DSP_FILTER_H

#include "dsp/four.h"

#include <math.h>

/// Q of a maximally flat (Butterworth) second-order section
#define FILTER_BUTTERWORTH_Q 0.70710678118654752

/// A second-order section: coefficients (a0 = 1) and state
typedef struct {
    double b0, b1, b2, a1, a2;
    double z1, z2;
} Biquad;

/// Low-pass at `corner_hz` for sample rate `rate_hz`; the corner is kept below 0.45 rate_hz.
Biquad biquad_lowpass(double corner_hz, double q, double rate_hz);

/// High-pass at `corner_hz` for sample rate `rate_hz`.
Biquad biquad_highpass(double corner_hz, double q, double rate_hz);

/// Notch at `centre_hz`; the lower `q`, the wider.
Biquad biquad_notch(double centre_hz, double q, double rate_hz);

/// [realtime] Set the state to rest at the constant input `level`.
void biquad_settle(Biquad* biquad, double level);

/// [realtime] Filter one sample.
static inline double biquad_step(Biquad* const f, const double x)
{
    const double y = f->b0 * x + f->z1;

    f->z1 = f->b1 * x - f->a1 * y + f->z2;
    f->z2 = f->b2 * x - f->a2 * y;

    // Keep the state out of the denormal range
    if (fabs(f->z1) < 1e-20 && fabs(f->z2) < 1e-20) {
        f->z1 = 0.0;
        f->z2 = 0.0;
    }
    return y;
}

/// Two sections side by side, one in each lane
typedef struct {
    Two b0, b1, b2, a1, a2;
    Two z1, z2;
} BiquadPair;

BiquadPair biquad_pair(Biquad first, Biquad second);

/// [realtime] Set both to rest at the constant input `level`.
void biquad_pair_settle(BiquadPair* pair, double level);

/// [realtime] Filter one sample by both; the same results as biquad_step().
static inline Two biquad_pair_step(BiquadPair* const f, const double x)
{
    const Two y = f->b0 * x + f->z1;
    const Two z1 = f->b1 * x - f->a1 * y + f->z2;
    const Two z2 = f->b2 * x - f->a2 * y;

    // As numbers of 32 bits: gcc 12 takes masks of 64 bits apart
    const FourInt asleep = (FourInt)((z1 < 1e-20) & (z1 > -1e-20) & (z2 < 1e-20) & (z2 > -1e-20));
    f->z1 = (Two)((FourInt)z1 & ~asleep);
    f->z2 = (Two)((FourInt)z2 & ~asleep);
    return y;
}

/// sin(pi x) / (pi x)
double filter_sinc(double x);

/// Kaiser's window at x in -1..1 (zero outside), 1 in the middle.
double filter_kaiser(double x, double beta);

#endif // TONUS_DSP_FILTER_H
