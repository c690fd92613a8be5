// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_RHYTHM_H
#define TONUS_DSP_RHYTHM_H

#include <stdbool.h>
#include <stdint.h>

/**
   Tells a rhythm that HRV can describe from one that it cannot, as atrial fibrillation.

   Coefficient of sample entropy (Lake and Moorman 2011) of the last 40 RR intervals: how seldom two
   intervals that agree within 30 ms are followed by two that agree, too. Large for a rhythm in
   which an interval does not tell the next, small for respiratory swings of any size, and, unlike a
   dispersion, small for bigeminy and single ectopic beats. Counts are kept up to date: the work is
   the same with each interval.

   Plain state, no memory of its own; [realtime].
*/

enum { RHYTHM_N = 40 };

typedef struct {
    float rr_ms[RHYTHM_N]; ///< Ring
    uint32_t count;        ///< Intervals since the start
    int32_t singles;       ///< Pairs that agree
    int32_t doubles;       ///< Pairs that agree and so do their successors
    double sum_ms;         ///< Of the ring
    bool irregular;
    float entropy; ///< Coefficient of sample entropy, 0 while unknown
} Rhythm;

void rhythm_reset(Rhythm* rhythm);
void rhythm_interval(Rhythm* rhythm, float rr_ms);

/// True once the last 30 to 40 intervals tell it; with hysteresis
static inline bool rhythm_irregular(const Rhythm* rhythm)
{
    return rhythm->irregular;
}

#endif
