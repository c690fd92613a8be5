// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// How large a signal of unknown unit is: watches its first seconds and says what should
/// become 1.0. (A voltage needs none of this: 5 mV are 1.0.)

#ifndef TONUS_BRIDGE_RANGE_H
#define TONUS_BRIDGE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#define RANGE_SECONDS 10.0 ///< watched: at least one slow breath
#define RANGE_HEADROOM                                                                             \
    4.0 ///< largest excursion seen to full scale, for movement and deeper breaths

typedef struct {
    float min, max;
    uint64_t n, needed;
} Range;

void range_begin(Range* range, double rate);

/// True when enough has been seen
bool range_add(Range* range, const float* x, uint32_t n);

/// The middle of what was seen, and the excursion from it times the headroom (1 for a dead signal)
void range_end(const Range* range, double* offset, double* full_scale);

#endif
