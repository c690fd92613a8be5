// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_intervals.h"

#include <math.h>
#include <string.h>

#define SHORTEST_S 0.2  // beats nearer than this are not two beats (300 per min)
#define LONGEST_S  2.5  // 24 beats per min
#define ODD        0.25 // of the median: intervals farther off are artefacts (Malik 1989: 20 %)
// A doubtful beat that comes when one was due is as good as any: where the heart swings widely with
// the breath, many are doubtful. 0.02 per min better on belts.
#define ODD_IF_DOUBTFUL 0.15
#define MEAN_GAIN       0.1 // of a new interval: ten beats
#define SWING_GAIN      0.3 // of a new breath: three breaths
#define LEAST_IN_BREATH 3   // intervals that show a swing

void intervals_forget(BreathIntervals* const intervals)
{
    memset(intervals, 0, sizeof *intervals);
}

static double median(const BreathIntervals* const intervals)
{
    double sorted[INTERVALS_KEPT];
    const uint32_t n = intervals->n < INTERVALS_KEPT ? intervals->n : INTERVALS_KEPT;
    for (uint32_t i = 0; i < n; ++i) {
        uint32_t j = i;
        for (; j > 0 && sorted[j - 1] > intervals->kept_s[i]; --j) {
            sorted[j] = sorted[j - 1];
        }
        sorted[j] = intervals->kept_s[i];
    }
    return n > 0 ? sorted[n / 2] : 0.0;
}

bool intervals_beat(BreathIntervals* const intervals, const double since_s, const bool reliable)
{
    if (intervals->any && since_s < SHORTEST_S) {
        return false;
    }
    const double usual_s = intervals->n > 0 ? median(intervals) : since_s;
    const double odd = reliable && intervals->reliable ? ODD : ODD_IF_DOUBTFUL;
    const bool valid =
        intervals->any && since_s < LONGEST_S && fabs(since_s - usual_s) < odd * usual_s;
    if (intervals->any && since_s < LONGEST_S) {
        intervals->kept_s[intervals->n % INTERVALS_KEPT] = since_s;
        intervals->n = intervals->n + 1 < 1000 * INTERVALS_KEPT ? intervals->n + 1 : INTERVALS_KEPT;
        const double gain = intervals->mean_s > 0.0 ? MEAN_GAIN : 1.0;
        intervals->mean_s += gain * (usual_s - intervals->mean_s);
    }
    intervals->pair = valid && intervals->valid;
    intervals->difference_s = since_s - intervals->last_s;
    intervals->valid = valid;
    intervals->last_s = since_s;
    intervals->reliable = reliable;
    intervals->any = true;
    intervals->beats += 1.0;
    if (valid) {
        const bool first = intervals->in_breath++ == 0;
        intervals->longest_s = first ? since_s : fmax(intervals->longest_s, since_s);
        intervals->shortest_s = first ? since_s : fmin(intervals->shortest_s, since_s);
    }
    return true;
}

// Peak to trough within one breath (Grossman et al. 1990)
void intervals_breath(BreathIntervals* const intervals)
{
    if (intervals->in_breath >= LEAST_IN_BREATH) {
        const double swing_ms = 1000.0 * (intervals->longest_s - intervals->shortest_s);
        const double gain = intervals->swing_ms > 0.0 ? SWING_GAIN : 1.0;
        intervals->swing_ms += gain * (swing_ms - intervals->swing_ms);
    }
    intervals->in_breath = 0;
}
