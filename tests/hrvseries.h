// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Made series of intervals for the tests of HRV.

#ifndef TONUS_TESTS_HRVSERIES_H
#define TONUS_TESTS_HRVSERIES_H

#include "dsp/hrv.h"
#include "dsp/random.h"
#include "unit.h"

#include <math.h>
#include <string.h>

#define SERIES_RATE 48000.0

enum { SERIES_MOST = 20000 };

typedef struct {
    RrInterval list[SERIES_MOST];
    size_t n;
    double t;
    Random random;
} Series;

static inline void series_start(Series* series, uint32_t seed)
{
    memset(series, 0, sizeof(*series));
    series->random = random_make(seed, 0);
}

static inline const RrInterval* series_next(Series* series, double rr_ms)
{
    assert_true(series->n < SERIES_MOST);
    series->t += 1e-3 * rr_ms;
    series->list[series->n] = (RrInterval){series->t, rr_ms, RR_NORMAL, series->n > 0, 1.f};
    return &series->list[series->n++];
}

/// A heart at rest: mean 850 ms, a sine of `amplitude_ms` at `hz`, white noise
static inline double series_rest_ms(Series* series, double amplitude_ms, double hz, double noise_ms)
{
    return 850.0 + amplitude_ms * sin(6.283185307179586 * hz * series->t) +
           noise_ms * random_normal(&series->random);
}

/// Frames go on together with the beats
static inline void series_feed(Hrv* hrv, Series* series, double seconds, double amplitude_ms,
                               double hz, double noise_ms)
{
    const double until = series->t + seconds;
    uint64_t frame = (uint64_t)(series->t * SERIES_RATE);
    while (series->t < until) {
        const RrInterval* const interval =
            series_next(series, series_rest_ms(series, amplitude_ms, hz, noise_ms));
        const uint64_t at = (uint64_t)(interval->time_s * SERIES_RATE);
        hrv_process(hrv, (uint32_t)(at - frame));
        frame = at;
        hrv_interval(hrv, interval, false);
    }
}

#endif
