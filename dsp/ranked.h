// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   The last values of something, kept in order of size, so that quantiles cost nothing.

   Plain state; all functions are [realtime].
*/

#ifndef TONUS_DSP_RANKED_H
#define TONUS_DSP_RANKED_H

#include <stdint.h>

enum { RANKED_VALUES = 40 }; ///< values kept

/// Zeroed: empty
typedef struct {
    double ring[RANKED_VALUES];
    double sorted[RANKED_VALUES];
    uint32_t count;   ///< values held
    uint32_t oldest;  ///< place of the oldest one, once the ring is full
    uint32_t assumed; ///< values of ranked_assume() that are still held
} Ranked;

/// As if there had been `count` such values, at most RANKED_VALUES; the first ones that come take
/// their places. For an empty one.
void ranked_assume(Ranked* ranked, uint32_t count, double value);

/// A new value, not NaN; the oldest leaves when there is no more room
void ranked_put(Ranked* ranked, double value);

/// Value below which the share `q` (0..1) of the values lies; 0 without values
double ranked_quantile(const Ranked* ranked, double q);

/// The same of `count` values in order
double ranked_of_sorted(const double* sorted, uint32_t count, double q);

/// Put a value into `count` values in order, which have room for it
void ranked_insert(double* sorted, uint32_t count, double value);

#endif // TONUS_DSP_RANKED_H
