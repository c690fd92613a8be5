// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS           120u  // ten minutes once all are long
#define SHORT_BIN_US   2e6   // while learning: a new estimate soon
#define LONG_BIN_US    5e6   // then: the minimum of more packets
#define LEARN_US       20e6  // learning ends, and the rate is trusted
#define HALF_LIFE_US   200e6 // of a bin's weight: crystals drift with temperature over minutes
#define ROUNDS         8u    // of the robust fit
#define OUTLIER        3.0   // times the median distance
#define OUTLIER_WEIGHT 0.05  // of a bin that lies further off: all its packets were late
#define LATE_WEIGHT    0.12  // of a bin above the line: even its best packet was held up a little
#define SUPPORT_US     300e6 // the line lies under all bins of that time,
#define SUPPORT_LEAK   2e-6  // a little less under old ones: what a crystal drifts away meanwhile
#define SUPPORT_AGE_US 200e6 // of the clock, when half of that is believed: the slope must be good
#define TOLERANCE      0.025 // of the nominal rate; straps are off by up to 2 %

typedef struct {
    double index, time_us;
} Point;

struct Clock {
    double nominal;
    bool begun;
    double begin_us;
    Point reference; // numbers are kept small by counting from here
    Point bins[BINS];
    unsigned n_bins, next_bin;
    Point best; // of the bin under way, relative to the reference
    double best_delay_us;
    double bin_begin_us;
    bool in_bin;
    double fit_us; // the line: time = fit_us + us_per_sample * index, relative to the reference
    double us_per_sample;
    double last_index;
    bool locked;
};

Clock* clock_new(double nominal_rate)
{
    if (!(nominal_rate > 0.0)) {
        return NULL;
    }
    Clock* const clock = calloc(1, sizeof *clock);
    if (clock) {
        clock->nominal = nominal_rate;
        clock_reset(clock);
    }
    return clock;
}

void clock_free(Clock* clock)
{
    free(clock);
}

void clock_reset(Clock* clock)
{
    const double nominal = clock->nominal;
    memset(clock, 0, sizeof *clock);
    clock->nominal = nominal;
    clock->us_per_sample = 1e6 / nominal;
}

static int compare(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

static double distance(const Clock* clock, const Point* p)
{
    return p->time_us - (clock->fit_us + clock->us_per_sample * p->index);
}

/// One weighted least-squares line through the bins, its slope within the tolerance
static void fit_once(Clock* clock, const double* weights)
{
    double sum = 0.0;
    double mean_x = 0.0;
    double mean_y = 0.0;
    for (unsigned i = 0; i < clock->n_bins; i++) {
        sum += weights[i];
        mean_x += weights[i] * clock->bins[i].index;
        mean_y += weights[i] * clock->bins[i].time_us;
    }
    mean_x /= sum;
    mean_y /= sum;
    double xx = 0.0;
    double xy = 0.0;
    for (unsigned i = 0; i < clock->n_bins; i++) {
        const double x = clock->bins[i].index - mean_x;
        xx += weights[i] * x * x;
        xy += weights[i] * x * (clock->bins[i].time_us - mean_y);
    }
    const double nominal = 1e6 / clock->nominal;
    const double slope = xx > 0.0 ? xy / xx : nominal;
    clock->us_per_sample =
        fmin(fmax(slope, nominal / (1.0 + TOLERANCE)), nominal / (1.0 - TOLERANCE));
    clock->fit_us = mean_y - clock->us_per_sample * mean_x;
}

/// A line along the lower edge of the bins: least squares with small weights for what lies above
/// it, then down to the lowest of them
static void fit(Clock* clock)
{
    double weights[BINS] = {0.0};
    double far[BINS] = {0.0};
    const unsigned newest = (clock->next_bin + BINS - 1) % BINS;
    for (unsigned i = 0; i < clock->n_bins; i++) {
        const double age = clock->bins[newest].time_us - clock->bins[i].time_us;
        weights[i] = exp2(-age / HALF_LIFE_US);
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        double use[BINS] = {0.0};
        double sorted[BINS] = {0.0};
        for (unsigned i = 0; i < clock->n_bins; i++) {
            far[i] = round > 0 ? fabs(distance(clock, &clock->bins[i])) : 0.0;
            sorted[i] = far[i];
        }
        qsort(sorted, clock->n_bins, sizeof *sorted, compare);
        const double limit = OUTLIER * sorted[clock->n_bins / 2];
        for (unsigned i = 0; i < clock->n_bins; i++) {
            const bool late = round > 0 && distance(clock, &clock->bins[i]) > 0.0;
            use[i] =
                weights[i] * (far[i] > limit ? OUTLIER_WEIGHT : 1.0) * (late ? LATE_WEIGHT : 1.0);
        }
        fit_once(clock, use);
    }
    // The line's slope is good now; its place is that of the least delayed packet. A link with
    // connection events lets the least delay of some seconds wander by milliseconds over minutes.
    double least_us = INFINITY;
    for (unsigned i = 0; i < clock->n_bins; i++) {
        const double age = clock->bins[newest].time_us - clock->bins[i].time_us;
        if (age <= SUPPORT_US) {
            least_us = fmin(least_us, distance(clock, &clock->bins[i]) + SUPPORT_LEAK * age);
        }
    }
    const double age_us = clock->bins[newest].time_us;
    clock->fit_us += least_us / (1.0 + pow(SUPPORT_AGE_US / fmax(age_us, 1.0), 2.0));
}

static void close_bin(Clock* clock)
{
    clock->bins[clock->next_bin] = clock->best;
    clock->next_bin = (clock->next_bin + 1) % BINS;
    clock->n_bins += clock->n_bins < BINS;
    clock->in_bin = false;
    if (clock->n_bins >= 3) {
        fit(clock);
    }
}

void clock_add(Clock* clock, double index, double time_us)
{
    if (!isfinite(index) || !isfinite(time_us) || (clock->begun && index <= clock->last_index)) {
        return;
    }
    if (!clock->begun) {
        clock->begun = true;
        clock->begin_us = clock->bin_begin_us = time_us;
        clock->reference = (Point){index, time_us};
    }
    clock->last_index = index;
    const Point p = {index - clock->reference.index, time_us - clock->reference.time_us};
    const double length = time_us - clock->begin_us < LEARN_US ? SHORT_BIN_US : LONG_BIN_US;
    if (clock->in_bin && time_us - clock->bin_begin_us >= length) {
        close_bin(clock);
    }
    if (!clock->in_bin) {
        clock->in_bin = true;
        clock->bin_begin_us = time_us;
        clock->best_delay_us = INFINITY;
    }
    const double delay = distance(clock, &p);
    if (delay < clock->best_delay_us) {
        clock->best_delay_us = delay;
        clock->best = p;
    }
    // Before there is a line, the earliest packet so far says where it is
    if (clock->n_bins < 3 && delay < 0.0) {
        clock->fit_us += delay;
        clock->best_delay_us -= delay;
    }
    clock->locked = clock->locked || (time_us - clock->begin_us >= LEARN_US && clock->n_bins >= 5);
}

ClockFit clock_fit(const Clock* clock)
{
    if (!clock->begun) {
        return (ClockFit){0};
    }
    // Given at the last sample, where it is used: a line far from its points would lose digits
    const double x = clock->last_index - clock->reference.index;
    return (ClockFit){.index = clock->last_index,
                      .time_us =
                          clock->reference.time_us + clock->fit_us + clock->us_per_sample * x,
                      .rate = 1e6 / clock->us_per_sample,
                      .locked = clock->locked};
}
