// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/filter.h"

#define PI 3.14159265358979323846

// Highest corner as a part of the sample rate; the bilinear transform needs it below 0.5
#define HIGHEST_CORNER 0.45

typedef struct {
    double cosine;
    double alpha;
} Angle;

static Angle angle(const double corner_hz, const double q, const double rate_hz)
{
    const double part = corner_hz / rate_hz < HIGHEST_CORNER ? corner_hz / rate_hz : HIGHEST_CORNER;
    const double w = 2.0 * PI * part;

    return (Angle){cos(w), sin(w) / (2.0 * q)};
}

Biquad biquad_lowpass(const double corner_hz, const double q, const double rate_hz)
{
    const Angle a = angle(corner_hz, q, rate_hz);
    const double a0 = 1.0 + a.alpha;
    const double b = (1.0 - a.cosine) / a0;

    return (Biquad){b / 2.0, b, b / 2.0, -2.0 * a.cosine / a0, (1.0 - a.alpha) / a0, 0.0, 0.0};
}

Biquad biquad_highpass(const double corner_hz, const double q, const double rate_hz)
{
    const Angle a = angle(corner_hz, q, rate_hz);
    const double a0 = 1.0 + a.alpha;
    const double b = (1.0 + a.cosine) / a0;

    return (Biquad){b / 2.0, -b, b / 2.0, -2.0 * a.cosine / a0, (1.0 - a.alpha) / a0, 0.0, 0.0};
}

Biquad biquad_notch(const double centre_hz, const double q, const double rate_hz)
{
    const Angle a = angle(centre_hz, q, rate_hz);
    const double a0 = 1.0 + a.alpha;
    const double b1 = -2.0 * a.cosine / a0;

    return (Biquad){1.0 / a0, b1, 1.0 / a0, b1, (1.0 - a.alpha) / a0, 0.0, 0.0};
}

void biquad_settle(Biquad* const f, const double level)
{
    const double gain = (f->b0 + f->b1 + f->b2) / (1.0 + f->a1 + f->a2);
    const double y = gain * level;

    f->z1 = y - f->b0 * level;
    f->z2 = f->b2 * level - f->a2 * y;
}

BiquadPair biquad_pair(const Biquad a, const Biquad b)
{
    return (BiquadPair){{a.b0, b.b0}, {a.b1, b.b1}, {a.b2, b.b2}, {a.a1, b.a1},
                        {a.a2, b.a2}, {a.z1, b.z1}, {a.z2, b.z2}};
}

void biquad_pair_settle(BiquadPair* const f, const double level)
{
    const Two gain = (f->b0 + f->b1 + f->b2) / (1.0 + f->a1 + f->a2);
    const Two y = gain * level;

    f->z1 = y - f->b0 * level;
    f->z2 = f->b2 * level - f->a2 * y;
}

double filter_sinc(const double x)
{
    return fabs(x) < 1e-12 ? 1.0 : sin(PI * x) / (PI * x);
}

// Modified Bessel function of order 0, by its power series
static double bessel_i0(const double x)
{
    double term = 1.0;
    double sum = 1.0;
    for (int k = 1; k < 64 && term > 1e-17 * sum; ++k) {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

double filter_kaiser(const double x, const double beta)
{
    return fabs(x) >= 1.0 ? 0.0 : bessel_i0(beta * sqrt(1.0 - x * x)) / bessel_i0(beta);
}
