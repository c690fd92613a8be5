// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/dive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Rate before: mean over these seconds before the mark
#define BEFORE_S 20.0
// The lowest rate is looked for within this time after the mark, and the way back within all of it
#define LOWEST_S 45.0
#define TOTAL_S  60.0
// Beats in the mean whose lowest value counts: one long interval alone may be a missed beat
#define MEAN_BEATS 3U
// Sound beats that are needed before and after
#define LEAST_BEFORE 8U
#define LEAST_AFTER  8U
// A slowing may be large (half as fast again), but a heart hardly pauses longer, ms
#define LONGEST_RR_MS  4000.0F
#define SHORTEST_RR_MS 250.0F
#define KEPT           128 // beats, 20 s at 240 per min and more

typedef struct {
    double at_s;
    float rr_ms;
} Beat;

typedef struct {
    double at_s;
    double lowest_at_s;
    double usable_s, all_s;
    uint32_t beats;
    float last[MEAN_BEATS];
    DiveMeasure m;
} Immersion;

struct Dive {
    double now_s;
    Beat beats[KEPT];
    uint32_t head, kept;
    Immersion dives[DIVE_MAX];
    uint32_t count;
};

Dive* dive_new(void)
{
    return (Dive*)calloc(1, sizeof(Dive));
}

void dive_free(Dive* const d)
{
    free(d);
}

void dive_reset(Dive* const d)
{
    memset(d, 0, sizeof(*d));
}

void dive_advance(Dive* const d, const double seconds)
{
    d->now_s += seconds > 0.0 ? seconds : 0.0;
    if (d->count) {
        Immersion* const i = &d->dives[d->count - 1U];
        i->m.done = d->now_s - i->at_s >= TOTAL_S;
    }
}

static void take(Immersion* const i, const double now_s, const float rr_ms, const bool usable)
{
    const double since = now_s - i->at_s;
    if (since > TOTAL_S) {
        return;
    }
    i->all_s += (double)rr_ms / 1000.0;
    if (!usable) {
        return;
    }
    i->usable_s += (double)rr_ms / 1000.0;
    i->last[i->beats++ % MEAN_BEATS] = rr_ms;
    i->m.usable = (float)(i->usable_s / i->all_s);
    i->m.valid = i->m.rate_before_bpm > 0.0F && i->beats >= LEAST_AFTER && i->m.usable > 0.7F;
    if (i->beats < MEAN_BEATS) {
        return;
    }
    float sum = 0.0F;
    for (uint32_t k = 0; k < MEAN_BEATS; ++k) {
        sum += i->last[k];
    }
    const float rate = 60000.0F * (float)MEAN_BEATS / sum;
    if (since <= LOWEST_S && (i->m.lowest_bpm <= 0.0F || rate < i->m.lowest_bpm)) {
        i->m.lowest_bpm = rate;
        i->m.drop_bpm = fmaxf(0.0F, i->m.rate_before_bpm - rate);
        // The middle of the three intervals
        i->lowest_at_s = since - 0.5 * (double)sum / 1000.0;
        i->m.to_lowest_s = (float)fmax(0.0, i->lowest_at_s);
        i->m.recovery_s = 0.0F;
    } else if (i->m.recovery_s <= 0.0F && i->m.drop_bpm > 0.0F &&
               rate >= i->m.rate_before_bpm - 0.5F * i->m.drop_bpm) {
        i->m.recovery_s = (float)(since - i->lowest_at_s);
    }
}

void dive_beat(Dive* const d, const float rr_ms, const bool usable)
{
    if (!(rr_ms >= SHORTEST_RR_MS && rr_ms <= LONGEST_RR_MS)) {
        return;
    }
    if (usable) {
        d->head = (d->head + 1U) % KEPT;
        d->beats[d->head].at_s = d->now_s;
        d->beats[d->head].rr_ms = rr_ms;
        d->kept += d->kept < KEPT;
    }
    if (d->count) {
        take(&d->dives[d->count - 1U], d->now_s, rr_ms, usable);
    }
}

void dive_mark(Dive* const d)
{
    if (d->count == DIVE_MAX) {
        return;
    }
    Immersion* const i = &d->dives[d->count++];
    memset(i, 0, sizeof(*i));
    i->at_s = d->now_s;
    double sum_ms = 0.0;
    uint32_t beats = 0;
    for (uint32_t k = 0; k < d->kept; ++k) {
        const Beat* const b = &d->beats[(d->head + KEPT - k) % KEPT];
        if (d->now_s - b->at_s <= BEFORE_S) {
            sum_ms += (double)b->rr_ms;
            ++beats;
        }
    }
    i->m.rate_before_bpm = beats >= LEAST_BEFORE ? (float)(60000.0 * beats / sum_ms) : 0.0F;
}

uint32_t dive_count(const Dive* const d)
{
    return d->count;
}

DiveMeasure dive_measure(const Dive* const d, const uint32_t index)
{
    const DiveMeasure none = {0};
    return index < d->count ? d->dives[index].m : none;
}
