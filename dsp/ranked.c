// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/ranked.h"

#include <math.h>

void ranked_insert(double* const sorted, const uint32_t count, const double value)
{
    uint32_t i = count;
    for (; i > 0 && sorted[i - 1] > value; --i) {
        sorted[i] = sorted[i - 1];
    }
    sorted[i] = value;
}

// One value in order goes, another one comes
static void exchange(Ranked* const ranked, const double old, const double new)
{
    double* const sorted = ranked->sorted;
    uint32_t i = 0;
    while (i + 1 < ranked->count && sorted[i] != old) {
        ++i;
    }
    for (; i + 1 < ranked->count && sorted[i + 1] < new; ++i) {
        sorted[i] = sorted[i + 1];
    }
    ranked_insert(sorted, i, new);
}

void ranked_assume(Ranked* const ranked, const uint32_t count, const double value)
{
    ranked->count = ranked->assumed = count < RANKED_VALUES ? count : RANKED_VALUES;
    for (uint32_t i = 0; i < ranked->count; ++i) {
        ranked->ring[i] = ranked->sorted[i] = value;
    }
}

void ranked_put(Ranked* const ranked, const double value)
{
    uint32_t place = ranked->count;
    if (ranked->assumed > 0) {
        place -= ranked->assumed--;
        exchange(ranked, ranked->ring[place], value);
    } else if (ranked->count < RANKED_VALUES) {
        ranked_insert(ranked->sorted, ranked->count++, value);
    } else {
        place = ranked->oldest;
        ranked->oldest = (place + 1) % RANKED_VALUES;
        exchange(ranked, ranked->ring[place], value);
    }
    ranked->ring[place] = value;
}

double ranked_of_sorted(const double* const sorted, const uint32_t count, const double q)
{
    const double at = q * (count > 0 ? count - 1.0 : 0.0);
    const uint32_t low = (uint32_t)floor(at);
    const uint32_t high = (uint32_t)ceil(at);
    return count == 0 ? 0.0 : 0.5 * (sorted[low] + sorted[high]);
}

double ranked_quantile(const Ranked* const ranked, const double q)
{
    return ranked_of_sorted(ranked->sorted, ranked->count, q);
}
