// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_recent.h"

#include <math.h>

// Half of the intervals off by this part of the usual one: no rhythm to rely on
#define SCATTER 0.08

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

static double middle(const double* const sorted, const int count)
{
    return (count & 1) ? sorted[count / 2] : 0.5 * (sorted[count / 2 - 1] + sorted[count / 2]);
}

void recent_push(Recent* const r, const double value)
{
    r->value[r->next] = value;
    r->next = (r->next + 1) % RECENT_VALUES;
    if (r->count < RECENT_VALUES) {
        ++r->count;
    }
    double sorted[RECENT_VALUES];
    const int quarter = (3 * r->count) / 4;
    sort(r->value, r->count, sorted);
    r->middle = middle(sorted, r->count);
    r->upper = sorted[quarter < r->count ? quarter : r->count - 1];
}

double recent_median(const Recent* const r, const double otherwise)
{
    return r->count ? r->middle : otherwise;
}

double recent_upper(const Recent* const r, const double otherwise)
{
    return r->count ? r->upper : otherwise;
}

double recent_regularity(const Recent* const intervals, const double usual)
{
    double off[RECENT_VALUES];
    double sorted[RECENT_VALUES];
    if (intervals->count < 6) {
        return 0.0;
    }
    for (int i = 0; i < intervals->count; ++i) {
        off[i] = fabs(intervals->value[i] - usual) / usual;
    }
    sort(off, intervals->count, sorted);
    return fmin(fmax(1.0 - middle(sorted, intervals->count) / SCATTER, 0.0), 1.0);
}
