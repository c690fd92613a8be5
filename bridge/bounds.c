// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/bounds.h"

#include <math.h>
#include <string.h>

#define MAX_CORNERS 64u  // more are cut off: each bound adds one at most, and most take some away
#define FIRST_GIVE  10.0 // microseconds, then twice as much

double line_at(Line line, double index)
{
    return line.at_us + line.us_per_sample * index;
}

/// The corners of the points' hull on the lower side (side 1) or the upper one (-1): all that a
/// line under them, or over them, can touch
static unsigned hull_of(const Point* points, unsigned n, double side, Point hull[BOUNDS_MAX])
{
    unsigned m = 0;
    for (unsigned i = 0; i < n; i++) {
        const Point c = points[i];
        while (m >= 2) {
            const Point a = hull[m - 2];
            const Point b = hull[m - 1];
            const double turn = (b.index - a.index) * (c.time_us - a.time_us) -
                                (b.time_us - a.time_us) * (c.index - a.index);
            if (side * turn > 0.0) {
                break;
            }
            m--;
        }
        hull[m++] = c;
    }
    return m;
}

Line bounds_under(const Point* points, unsigned n, double index, Slopes slopes)
{
    Point hull[BOUNDS_MAX];
    const unsigned m = hull_of(points, n, 1.0, hull);
    unsigned right = 1;
    while (right + 1 < m && hull[right].index < index) {
        right++;
    }
    double slope = 0.5 * (slopes.least + slopes.most);
    if (m >= 2) {
        slope = (hull[right].time_us - hull[right - 1].time_us) /
                (hull[right].index - hull[right - 1].index);
    }
    slope = fmin(fmax(slope, slopes.least), slopes.most);
    double at = INFINITY;
    for (unsigned i = 0; i < m; i++) {
        at = fmin(at, hull[i].time_us - slope * hull[i].index);
    }
    return (Line){at, slope};
}

/// A line as a point of the plane: time at the last index, less that of a line near by, and slope,
/// less the nearby one's
typedef struct {
    double time_us, slope;
} Corner;

typedef struct {
    Corner at[MAX_CORNERS];
    unsigned n;
} Polygon;

/// Leaves of the polygon what has side * (time + slope * from_last) <= limit_us
static void cut(Polygon* polygon, double side, double from_last, double limit_us)
{
    Polygon left;
    left.n = 0;
    for (unsigned i = 0; i < polygon->n && left.n + 2 <= MAX_CORNERS; i++) {
        const Corner a = polygon->at[i];
        const Corner b = polygon->at[(i + 1) % polygon->n];
        const double over_a = side * (a.time_us + a.slope * from_last) - limit_us;
        const double over_b = side * (b.time_us + b.slope * from_last) - limit_us;
        if (over_a <= 0.0) {
            left.at[left.n++] = a;
        }
        if ((over_a <= 0.0) != (over_b <= 0.0)) {
            const double part = over_a / (over_a - over_b);
            left.at[left.n++] = (Corner){a.time_us + part * (b.time_us - a.time_us),
                                         a.slope + part * (b.slope - a.slope)};
        }
    }
    left.n = left.n < 3 ? 0 : left.n;
    memcpy(polygon->at, left.at, left.n * sizeof *left.at);
    polygon->n = left.n;
}

static Corner centroid(const Polygon* polygon)
{
    // From the first corner on: digits would be lost in what the corners have in common
    const Corner o = polygon->at[0];
    double area = 0.0;
    Corner sum = {0.0, 0.0};
    for (unsigned i = 1; i + 1 < polygon->n; i++) {
        const Corner a = {polygon->at[i].time_us - o.time_us, polygon->at[i].slope - o.slope};
        const Corner b = {polygon->at[i + 1].time_us - o.time_us,
                          polygon->at[i + 1].slope - o.slope};
        const double twice = a.time_us * b.slope - b.time_us * a.slope;
        area += twice;
        sum.time_us += twice * (a.time_us + b.time_us) / 3.0;
        sum.slope += twice * (a.slope + b.slope) / 3.0;
    }
    if (area == 0.0) {
        return o;
    }
    return (Corner){o.time_us + sum.time_us / area, o.slope + sum.slope / area};
}

bool bounds_between(const Point* above, unsigned n_above, const Point* below, unsigned n_below,
                    double index, double last_index, Slopes slopes, double widest_us,
                    double give_us, Line* line)
{
    Point over[BOUNDS_MAX];
    Point under[BOUNDS_MAX];
    const unsigned n_over = hull_of(above, n_above, 1.0, over);
    const unsigned n_under = hull_of(below, n_below, -1.0, under);
    const Line near = bounds_under(over, n_over, index, slopes);
    const double at_last = line_at(near, last_index);
    const double low = slopes.least - near.us_per_sample;
    const double high = slopes.most - near.us_per_sample;
    // At `index` no line is over the one near by; further under it than this would be too far
    const double deep = 2.0 * widest_us;
    const double back = last_index - index;
    Polygon polygon = {.n = 0};
    for (double give = 0.0; polygon.n == 0; give = fmax(2.0 * give, FIRST_GIVE)) {
        if (give > give_us) {
            return false;
        }
        polygon = (Polygon){{{low * back - deep, low},
                             {low * back + give_us, low},
                             {high * back + give_us, high},
                             {high * back - deep, high}},
                            4};
        for (unsigned i = 0; i < n_over; i++) {
            cut(&polygon, 1.0, over[i].index - last_index,
                over[i].time_us - line_at(near, over[i].index) + give);
        }
        for (unsigned i = 0; i < n_under; i++) {
            cut(&polygon, -1.0, under[i].index - last_index,
                line_at(near, under[i].index) - under[i].time_us + give);
        }
    }
    double highest = -INFINITY;
    double lowest = INFINITY;
    for (unsigned i = 0; i < polygon.n; i++) {
        const double at = polygon.at[i].time_us - polygon.at[i].slope * back;
        highest = fmax(highest, at);
        lowest = fmin(lowest, at);
    }
    const Corner middle = centroid(&polygon);
    const double slope = near.us_per_sample + middle.slope;
    *line = (Line){at_last + middle.time_us - slope * last_index, slope};
    return highest - lowest <= widest_us;
}
