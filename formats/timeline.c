// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/timeline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_LEAP_S 86400.0

// The probe

void time_probe_begin(TimeProbe* probe)
{
    probe->n = 0;
}

void time_probe_add(TimeProbe* probe, double value)
{
    if (probe->n < TIME_PROBE_ROWS && isfinite(value)) {
        probe->times[probe->n++] = value;
    }
}

bool time_probe_full(const TimeProbe* probe)
{
    return probe->n == TIME_PROBE_ROWS;
}

static int compare(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

/// Seconds per unit: said by the unit or the name, else by what makes a plausible sampling rate
static double seconds_per_unit(const char* name, const char* unit, double step)
{
    static const struct {
        const char* text;
        double seconds;
    } units[] = {{"s", 1.0},   {"sec", 1.0},   {"seconds", 1.0},    {"ms", 1e-3}, {"msec", 1e-3},
                 {"us", 1e-6}, {"usec", 1e-6}, {"\xC2\xB5s", 1e-6}, {"ns", 1e-9}, {"min", 60.0}};
    const char* const end = strrchr(name, '_');
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!strcasecmp(unit, units[i].text) || (end && !strcasecmp(end + 1, units[i].text))) {
            return units[i].seconds;
        }
    }
    if (!strncasecmp(unit, "hh:", 3) || !strncasecmp(unit, "mm:", 3)) {
        return 1.0; // read as seconds already
    }
    // Body signals are sampled between 1 and some thousand times a second
    if (step < 0.9) {
        return 1.0;
    }
    return step < 900.0 ? 1e-3 : step < 900e3 ? 1e-6 : 1e-9;
}

bool time_probe_end(TimeProbe* probe, const char* name, const char* unit, bool named,
                    TimeScale* scale)
{
    const unsigned n = probe->n;
    if (n < (named ? 3u : 20u)) {
        return false;
    }
    double* const t = probe->times;
    double steps[TIME_PROBE_ROWS] = {0.0};
    bool whole = true;
    for (unsigned i = 0; i < n; i++) {
        whole = whole && t[i] == floor(t[i]);
        if (i > 0) {
            steps[i - 1] = t[i] - t[i - 1];
            if (!(steps[i - 1] > 0.0) && !(named && steps[i - 1] == 0.0)) {
                return false;
            }
        }
    }
    qsort(steps, n - 1, sizeof *steps, compare);
    const double median = steps[(n - 1) / 2];
    if (!(median > 0.0)) {
        return false;
    }
    scale->index =
        whole && median == 1.0 && steps[n - 2] == 1.0 && strncasecmp(name, "time", 4) != 0;
    scale->seconds_per_unit = seconds_per_unit(name, unit, median);

    // The rate from the steps that are no gaps. A stamp rounded to its last digit makes steps
    // uneven by one such digit: the resolution, found as the smallest difference between steps
    double sum = 0.0;
    unsigned count = 0;
    double resolution = INFINITY;
    for (unsigned i = 0; i < n - 1; i++) {
        if (steps[i] < 1.8 * median) {
            sum += steps[i];
            count++;
        }
        const double difference = i > 0 ? steps[i] - steps[i - 1] : 0.0;
        if (difference > 1e-6 * median && difference < resolution) {
            resolution = difference;
        }
    }
    const double step = sum / count;
    resolution = isfinite(resolution) && resolution <= 0.51 * step ? resolution : 0.0;
    double rate = 1.0 / (step * scale->seconds_per_unit);
    // Whole rates are the rule: take one when it is as near as the stamps can tell
    const double uncertainty = rate * (2.0 * resolution / (step * count) + 1e-9 * (double)n);
    if (fabs(rate - round(rate)) <= uncertainty && round(rate) >= 1.0) {
        rate = round(rate);
    }
    scale->rate = rate;
    // On a grid, no stamp strays from its place by more than rounding explains, however far the row
    double due = t[0];
    scale->irregular = false;
    for (unsigned i = 1; i < n; i++) {
        due += step * fmax(round((t[i] - t[i - 1]) / step), 1.0);
        scale->irregular = scale->irregular || fabs(t[i] - due) > 0.05 * step + 2.0 * resolution;
    }
    return named || !scale->irregular;
}

// The grid

void timeline_begin(Timeline* timeline, double rate, bool irregular)
{
    memset(timeline, 0, sizeof *timeline);
    timeline->rate = rate;
    timeline->irregular = irregular;
}

static void shift(Timeline* timeline)
{
    memmove(timeline->t, timeline->t + 1, 3 * sizeof *timeline->t);
    memmove(timeline->x, timeline->x + 1, 3 * sizeof *timeline->x);
    timeline->n--;
}

bool timeline_put(Timeline* timeline, double time_s, double value)
{
    if (timeline->rate <= 0.0 || !timeline->irregular) {
        if (timeline->rate > 0.0 && isfinite(time_s)) {
            const double steps = timeline->n ? (time_s - timeline->t[0]) * timeline->rate : 1.0;
            if (fabs(steps) > MAX_LEAP_S * timeline->rate) {
                return false;
            }
            timeline->missing = steps > 1.5 ? (uint64_t)(steps + 0.5) - 1 : 0;
            timeline->t[0] = time_s;
            timeline->n = 1;
        }
        timeline->x[0] = value;
        timeline->ready = true;
        return true;
    }
    if (!isfinite(time_s) || !isfinite(value)) {
        return true; // a row without time or value is bridged, or leaves a gap if there are many
    }
    if (timeline->n == 0) {
        // The row before the first one is the first one itself: a cubic needs four
        timeline->start = time_s;
        timeline->t[0] = time_s - 1.0 / timeline->rate;
        timeline->x[0] = value;
        timeline->n = 1;
    } else {
        const double step = time_s - timeline->t[timeline->n - 1];
        if (fabs(step) > MAX_LEAP_S) {
            return false;
        }
        if (step <= 0.0) {
            return true; // two rows of one time, or a clock set back: the first one counts
        }
        if (timeline->n == 4) {
            shift(timeline);
        }
    }
    timeline->t[timeline->n] = time_s;
    timeline->x[timeline->n] = value;
    timeline->n++;
    return true;
}

void timeline_end(Timeline* timeline)
{
    if (timeline->irregular && !timeline->ended && timeline->n >= 2) {
        if (timeline->n == 4) {
            shift(timeline);
        }
        const unsigned n = timeline->n;
        timeline->t[n] = timeline->t[n - 1] + 1.0 / timeline->rate;
        timeline->x[n] = timeline->x[n - 1];
        timeline->n++;
    }
    timeline->ended = true;
}

/// The cubic between rows 1 and 2 of four, with slopes from their neighbours
static double cubic(const double* t, const double* x, double at)
{
    const double step = t[2] - t[1];
    const double u = (at - t[1]) / step;
    const double m1 = (x[2] - x[0]) / (t[2] - t[0]) * step;
    const double m2 = (x[3] - x[1]) / (t[3] - t[1]) * step;
    const double d = x[2] - x[1];
    return x[1] + u * (m1 + u * (3.0 * d - 2.0 * m1 - m2 + u * (m1 + m2 - 2.0 * d)));
}

bool timeline_get(Timeline* timeline, float* sample)
{
    if (!timeline->irregular || timeline->rate <= 0.0) {
        if (timeline->missing > 0) {
            timeline->missing--;
            *sample = NAN;
            return true;
        }
        const bool ready = timeline->ready;
        *sample = (float)timeline->x[0];
        timeline->ready = false;
        return ready;
    }
    for (;;) {
        if (timeline->n < 4) {
            return false;
        }
        const double at = timeline->start + timeline->next / timeline->rate;
        if (at <= timeline->t[2] + 1e-9) {
            const double step = timeline->t[2] - timeline->t[1];
            const bool gap = step > TIMELINE_GAP_S && step * timeline->rate > 5.0;
            const bool on_row = at <= timeline->t[1] + 1e-9 || at >= timeline->t[2] - 1e-9;
            *sample = gap && !on_row ? NAN : (float)cubic(timeline->t, timeline->x, at);
            timeline->next += 1.0;
            return true;
        }
        if (timeline->ended && timeline->n == 4) {
            return false;
        }
        shift(timeline);
    }
}
