// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Straight lines under points, and between points: where a clock can be, when all that is known is
/// what it cannot be later and earlier than.

#ifndef TONUS_BRIDGE_BOUNDS_H
#define TONUS_BRIDGE_BOUNDS_H

#include <stdbool.h>

#define BOUNDS_MAX 300u ///< points of one kind

typedef struct {
    double index, time_us;
} Point;

/// time = at_us + us_per_sample * index
typedef struct {
    double at_us, us_per_sample;
} Line;

/// Slopes that are possible at all
typedef struct {
    double least, most;
} Slopes;

double line_at(Line line, double index);

/// The line that is under all points (index rising, at least one) and highest at `index`, which is
/// best within them: an edge of their hull
Line bounds_under(const Point* points, unsigned n, double index, Slopes slopes);

/// The middle of all lines that are under the first points and over the others: their centroid, as
/// (time at `last_index`, slope). Where none fits, all points give way by the same amount, up to
/// `give_us`. False when there are none still, or lines further apart at `index` than `widest_us`.
bool bounds_between(const Point* above, unsigned n_above, const Point* below, unsigned n_below,
                    double index, double last_index, Slopes slopes, double widest_us,
                    double give_us, Line* line);

#endif
