// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_recent.h"

#include <math.h>

// Half of the intervals off by this part of the usual one: no rhythm to rely on
#define SCATTER 0.08

void recent_push(Recent* const r, const double value)
{
    r->value[r->next] = value;
    r->next = (r->next + 1) % RECENT_VALUES;
    if (r->count < RECENT_VALUES) {
        ++r->count;
    }
}

static void sort(const double* const value, const int count, double sorted[RECENT_VALUES])
{
    for (int i = 0; i < count; ++i) {
        int k = i;
        for (; k > 0 && sorted[k - 1] > value[i]; --k) {
            sorted[k] = sorted[k - 1];
        }
        sorted[k] = value[i];
    }
}

static double median(const double* const value, const int count)
{
    double sorted[RECENT_VALUES];
    sort(value, count, sorted);
    return (count & 1) ? sorted[count / 2] : 0.5 * (sorted[count / 2 - 1] + sorted[count / 2]);
}

double recent_median(const Recent* const r, const double otherwise)
{
    return r->count ? median(r->value, r->count) : otherwise;
}

double recent_upper(const Recent* const r, const double otherwise)
{
    double sorted[RECENT_VALUES];
    if (!r->count) {
        return otherwise;
    }
    sort(r->value, r->count, sorted);
    return sorted[(3 * r->count) / 4 < r->count ? (3 * r->count) / 4 : r->count - 1];
}

double recent_regularity(const Recent* const intervals, const double usual)
{
    double off[RECENT_VALUES];
    if (intervals->count < 6) {
        return 0.0;
    }
    for (int i = 0; i < intervals->count; ++i) {
        off[i] = fabs(intervals->value[i] - usual) / usual;
    }
    return fmin(fmax(1.0 - median(off, intervals->count) / SCATTER, 0.0), 1.0);
}
