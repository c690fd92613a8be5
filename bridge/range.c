// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/range.h"

#include <math.h>

void range_begin(Range* range, double rate)
{
    *range = (Range){.min = INFINITY, .max = -INFINITY, .needed = (uint64_t)(RANGE_SECONDS * rate)};
}

bool range_add(Range* range, const float* x, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (isfinite(x[i])) {
            range->min = fminf(range->min, x[i]);
            range->max = fmaxf(range->max, x[i]);
        }
    }
    range->n += n;
    return range->n >= range->needed;
}

void range_end(const Range* range, double* offset, double* full_scale)
{
    const bool known = range->max >= range->min;
    const double half = known ? 0.5 * ((double)range->max - range->min) : 0.0;
    *offset = known ? range->min + half : 0.0;
    *full_scale = half > 0.0 ? half * RANGE_HEADROOM : 1.0;
}
