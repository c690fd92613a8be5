// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The time column of a table: what its numbers mean, and an even grid of samples made from its
/// rows

#ifndef TONUS_FORMATS_TIMELINE_H
#define TONUS_FORMATS_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#define TIME_PROBE_ROWS 2048u

typedef struct {
    double times[TIME_PROBE_ROWS];
    unsigned n;
} TimeProbe;

typedef struct {
    double rate; ///< Hz
    double seconds_per_unit;
    bool irregular; ///< the rows do not lie on a grid: samples are interpolated
    bool index;     ///< a running number, no time
} TimeScale;

void time_probe_begin(TimeProbe* probe);

void time_probe_add(TimeProbe* probe, double value);

bool time_probe_full(const TimeProbe* probe);

/// Judges the values collected. False when they are no time. `name` and `unit` are those of the
/// column; `named` says that its name speaks for time: then only rising is asked for, else rising
/// evenly.
bool time_probe_end(TimeProbe* probe, const char* name, const char* unit, bool named,
                    TimeScale* scale);

/// Samples on an even grid from rows with times. Regular rows become one sample each, with NAN for
/// missing rows; irregular ones are interpolated by a cubic through the two rows on either side
/// (Catmull-Rom with uneven steps), with NAN in gaps longer than TIMELINE_GAP_S and five rows.
typedef struct {
    double rate; // 0 = rows without times: handed on as they are
    bool irregular;
    bool ended;
    unsigned n; // rows held, of t and x
    double t[4], x[4];
    double next; // time of the next sample of the grid, as a count of samples
    double start;
    uint64_t missing; // samples of a gap
    bool ready;       // x[0] waits to be handed out (regular)
} Timeline;

#define TIMELINE_GAP_S 0.25

void timeline_begin(Timeline* timeline, double rate, bool irregular);

/// One row, to be called when timeline_get() has nothing more. False when the time leaps by more
/// than a day, which no recording does.
bool timeline_put(Timeline* timeline, double time_s, double value);

/// No more rows will come.
void timeline_end(Timeline* timeline);

/// The next sample; false when another row is needed (or, after the end, when all are out)
bool timeline_get(Timeline* timeline, float* sample);

#endif
