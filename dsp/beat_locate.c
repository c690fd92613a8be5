// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_locate.h"

#include <math.h>

// Newton's steps until the place moves by less than 1e-9 samples; each doubles the digits
#define STEPS 6

static double at(const float ring[LOCATE_RING], const int64_t k)
{
    return ring[(uint64_t)k % LOCATE_RING];
}

// Coefficients of the polynomial of degree 6 through the samples k-3..k+3, by central differences
// (Stirling's formula), ascending powers of the distance from k
static void polynomial(const float ring[LOCATE_RING], const int64_t k, double c[7])
{
    const double f = at(ring, k);
    const double s1 = at(ring, k + 1) + at(ring, k - 1), d1 = at(ring, k + 1) - at(ring, k - 1);
    const double s2 = at(ring, k + 2) + at(ring, k - 2), d2 = at(ring, k + 2) - at(ring, k - 2);
    const double s3 = at(ring, k + 3) + at(ring, k - 3), d3 = at(ring, k + 3) - at(ring, k - 3);

    c[0] = f;
    c[1] = (45.0 * d1 - 9.0 * d2 + d3) / 60.0;
    c[2] = (270.0 * s1 - 27.0 * s2 + 2.0 * s3 - 490.0 * f) / 360.0;
    c[3] = (-13.0 * d1 + 8.0 * d2 - d3) / 48.0;
    c[4] = (-39.0 * s1 + 12.0 * s2 - s3 + 56.0 * f) / 144.0;
    c[5] = (5.0 * d1 - 4.0 * d2 + d3) / 240.0;
    c[6] = (15.0 * s1 - 6.0 * s2 + s3 - 20.0 * f) / 720.0;
}

double locate_peak(const float ring[LOCATE_RING], const double near, const int reach,
                   const float sign)
{
    const int64_t middle = (int64_t)lround(near);
    int64_t k = middle;
    for (int64_t i = middle - reach; i <= middle + reach; ++i) {
        k = sign * at(ring, i) > sign * at(ring, k) ? i : k;
    }
    if (k == middle - reach || k == middle + reach) {
        return near; // no peak here: a slope
    }

    double c[7];
    double x = 0.0;
    polynomial(ring, k, c);
    for (int i = 0; i < STEPS; ++i) {
        const double slope =
            c[1] + x * (2.0 * c[2] +
                        x * (3.0 * c[3] + x * (4.0 * c[4] + x * (5.0 * c[5] + x * 6.0 * c[6]))));
        const double bend =
            2.0 * c[2] + x * (6.0 * c[3] + x * (12.0 * c[4] + x * (20.0 * c[5] + x * 30.0 * c[6])));
        if (sign * bend >= 0.0) {
            return (double)k; // a flat or jagged top: clipped, or noise
        }
        x -= slope / bend;
        x = x < -1.0 ? -1.0 : x > 1.0 ? 1.0 : x;
    }
    return (double)k + x;
}

double locate_crossing(const float ring[LOCATE_RING], const double near, const int reach,
                       const double level, const float sign)
{
    const int64_t middle = (int64_t)floor(near);
    int64_t k = 0;
    int way = 0;
    for (; way <= 2 * reach; ++way) {
        // 0, +1, -1, +2, ...
        k = middle + ((way & 1) ? (way + 1) / 2 : -(way / 2));
        if (sign * (at(ring, k) - level) <= 0.0 && sign * (at(ring, k + 1) - level) > 0.0) {
            break;
        }
    }
    if (way > 2 * reach) {
        return near;
    }

    double c[7];
    polynomial(ring, k, c);
    double x = (level - at(ring, k)) / (at(ring, k + 1) - at(ring, k));
    for (int i = 0; i < STEPS; ++i) {
        const double y =
            c[0] + x * (c[1] + x * (c[2] + x * (c[3] + x * (c[4] + x * (c[5] + x * c[6])))));
        const double slope =
            c[1] + x * (2.0 * c[2] +
                        x * (3.0 * c[3] + x * (4.0 * c[4] + x * (5.0 * c[5] + x * 6.0 * c[6]))));
        if (sign * slope <= 0.0) {
            break;
        }
        x -= (y - level) / slope;
        x = x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x;
    }
    return (double)k + x;
}

double locate_value(const float ring[LOCATE_RING], const double near, const int reach,
                    const float sign)
{
    const int64_t middle = (int64_t)lround(near);
    int64_t k = middle;
    for (int64_t i = middle - reach; i <= middle + reach; ++i) {
        k = sign * at(ring, i) > sign * at(ring, k) ? i : k;
    }
    const double left = at(ring, k - 1), right = at(ring, k + 1), value = at(ring, k);
    const double bend = left - 2.0 * value + right;
    if (k == middle - reach || k == middle + reach || sign * bend >= 0.0) {
        return value;
    }
    return value - (left - right) * (left - right) / (8.0 * bend);
}
