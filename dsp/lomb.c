// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/lomb.h"

#include "dsp/four.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.283185307179586

// Work of setting up a point: two sines, two cosines, in units of a point at a frequency
enum { SETUP_UNITS = 24 };

// Points go through the sums four at a time (gcc and clang, any processor)
enum { LANES = 4 };
typedef struct {
    Two half[LANES / 2];
} Lanes;

typedef struct {
    double t_s[LANES];        // after the first point
    Lanes y;                  // value, then without its trend; 0 beyond the last point
    Lanes cosine, sine;       // phasor at the present frequency; 0 beyond the last point
    Lanes step_cos, step_sin; // what turns it on by df
} Points;

// What is summed over the points
typedef struct {
    Two yc, ys, cc, cs;
} Sums;

struct Lomb {
    Points* points;
    double* density;
    uint32_t max_points, max_frequencies;
    uint32_t n_points, n_frequencies;
    double df_hz;
    double first_s;
    double first_y;

    double sum_t, sum_tt, sum_y, sum_ty; // trend
    double mean_t, mean_y, slope;
    bool trend_known;

    uint32_t set_up;    // points ready
    uint32_t frequency; // at work
    uint32_t group;     // of points, at work
    Sums sums[LANES / 2];
};

Lomb* lomb_new(uint32_t max_points, uint32_t max_frequencies)
{
    if (max_points == 0 || max_frequencies == 0) {
        return NULL;
    }
    Lomb* const lomb = calloc(1, sizeof(Lomb));
    if (!lomb) {
        return NULL;
    }
    lomb->points = calloc((max_points + LANES - 1u) / LANES, sizeof(Points));
    lomb->density = calloc(max_frequencies, sizeof(double));
    lomb->max_points = max_points;
    lomb->max_frequencies = max_frequencies;
    if (!lomb->points || !lomb->density) {
        lomb_free(lomb);
        return NULL;
    }
    return lomb;
}

void lomb_free(Lomb* lomb)
{
    if (lomb) {
        free(lomb->points);
        free(lomb->density);
        free(lomb);
    }
}

void lomb_begin(Lomb* lomb, double df_hz, uint32_t n_frequencies)
{
    lomb->df_hz = df_hz;
    lomb->n_frequencies =
        n_frequencies < lomb->max_frequencies ? n_frequencies : lomb->max_frequencies;
    lomb->n_points = 0;
    lomb->sum_t = lomb->sum_tt = lomb->sum_y = lomb->sum_ty = 0.0;
    lomb->trend_known = false;
    lomb->set_up = lomb->frequency = lomb->group = 0;
    memset(lomb->sums, 0, sizeof(lomb->sums));
}

static double* lane_of(Lanes* lanes, uint32_t lane)
{
    return (double*)lanes->half + lane;
}

void lomb_add(Lomb* lomb, double time_s, double value)
{
    if (lomb->n_points >= lomb->max_points || lomb->trend_known) {
        return;
    }
    if (lomb->n_points == 0) {
        lomb->first_s = time_s;
        lomb->first_y = value;
    }
    const double t = time_s - lomb->first_s;
    const double y = value - lomb->first_y;
    Points* const points = &lomb->points[lomb->n_points / LANES];
    const uint32_t lane = lomb->n_points++ % LANES;
    if (lane == 0) {
        memset(points, 0, sizeof(*points));
    }
    points->t_s[lane] = t;
    *lane_of(&points->y, lane) = y;
    lomb->sum_t += t;
    lomb->sum_tt += t * t;
    lomb->sum_y += y;
    lomb->sum_ty += t * y;
}

static void find_trend(Lomb* lomb)
{
    const double n = lomb->n_points;
    lomb->mean_t = lomb->sum_t / n;
    lomb->mean_y = lomb->sum_y / n;
    const double spread = lomb->sum_tt - n * lomb->mean_t * lomb->mean_t;
    const double slope = lomb->sum_ty - n * lomb->mean_t * lomb->mean_y;
    lomb->slope = spread > 0.0 ? slope / spread : 0.0;
    lomb->trend_known = true;
}

static void set_up_point(Lomb* lomb, uint32_t point)
{
    Points* const points = &lomb->points[point / LANES];
    const uint32_t lane = point % LANES;
    const double t_s = points->t_s[lane];
    const double angle = TWO_PI * lomb->df_hz * t_s;
    *lane_of(&points->y, lane) -= lomb->mean_y + lomb->slope * (t_s - lomb->mean_t);
    *lane_of(&points->cosine, lane) = *lane_of(&points->step_cos, lane) = cos(angle);
    *lane_of(&points->sine, lane) = *lane_of(&points->step_sin, lane) = sin(angle);
}

static double total(const Two first, const Two second)
{
    return (first[0] + first[1]) + (second[0] + second[1]);
}

// The periodogram is half of what a sine of this frequency, fitted by least squares, explains
static void finish_frequency(Lomb* lomb)
{
    const double n = lomb->n_points;
    const Sums* const sums = lomb->sums;
    const double yc = total(sums[0].yc, sums[1].yc), ys = total(sums[0].ys, sums[1].ys);
    const double cc = total(sums[0].cc, sums[1].cc), cs = total(sums[0].cs, sums[1].cs);
    const double ss = n - cc;
    const double determinant = cc * ss - cs * cs;
    const double explained = yc * yc * ss + ys * ys * cc - 2.0 * yc * ys * cs;
    const double half = determinant > 1e-9 * n * n ? 0.5 * explained / determinant : 0.0;

    // Integral over frequency shall be the variance: a sine of amplitude a gives n a²/4 in a peak
    // as wide as one over the duration
    const uint32_t last = lomb->n_points - 1u;
    const double duration = lomb->points[last / LANES].t_s[last % LANES] * n / (n - 1.0);
    lomb->density[lomb->frequency] = 2.0 * half * duration / n;

    memset(lomb->sums, 0, sizeof(lomb->sums));
    lomb->group = 0;
    ++lomb->frequency;
}

// Half of a group of points at the present frequency; turns them on to the next
static inline void sum_half(Points* p, int half, Sums* sums)
{
    const Two c = p->cosine.half[half], s = p->sine.half[half], y = p->y.half[half];
    const Two step_cos = p->step_cos.half[half], step_sin = p->step_sin.half[half];
    sums->yc += y * c;
    sums->ys += y * s;
    sums->cc += c * c;
    sums->cs += c * s;
    p->cosine.half[half] = c * step_cos - s * step_sin;
    p->sine.half[half] = c * step_sin + s * step_cos;
}

bool lomb_step(Lomb* lomb, uint32_t units)
{
    if (lomb->n_points < 3u) {
        while (lomb->frequency < lomb->n_frequencies) {
            lomb->density[lomb->frequency++] = 0.0;
        }
        return true;
    }
    if (!lomb->trend_known) {
        find_trend(lomb);
    }
    units = units > SETUP_UNITS ? units : SETUP_UNITS;
    for (; lomb->set_up < lomb->n_points; ++lomb->set_up) {
        if (units < SETUP_UNITS) {
            return false;
        }
        units -= SETUP_UNITS;
        set_up_point(lomb, lomb->set_up);
    }

    const uint32_t groups = (lomb->n_points + LANES - 1u) / LANES;
    units /= LANES;
    while (lomb->frequency < lomb->n_frequencies) {
        const uint32_t left = groups - lomb->group;
        const uint32_t end = lomb->group + (left < units ? left : units);
        units -= end - lomb->group;
        Sums first = lomb->sums[0], second = lomb->sums[1]; // in registers
        for (uint32_t i = lomb->group; i < end; ++i) {
            sum_half(&lomb->points[i], 0, &first);
            sum_half(&lomb->points[i], 1, &second);
        }
        lomb->sums[0] = first;
        lomb->sums[1] = second;
        lomb->group = end;
        if (end < groups) {
            return false;
        }
        finish_frequency(lomb);
    }
    return true;
}

uint32_t lomb_steps(uint32_t n_points, uint32_t n_frequencies, uint32_t units)
{
    if (n_points < 3u) {
        return 1;
    }
    units = units > SETUP_UNITS ? units : SETUP_UNITS;
    const uint32_t per_step = units / SETUP_UNITS; // points set up
    const uint32_t before = (n_points - 1u) / per_step;
    const uint32_t left = (units - SETUP_UNITS * (n_points - before * per_step)) / LANES;
    const uint32_t groups = units / LANES;
    const uint64_t work = (uint64_t)((n_points + LANES - 1u) / LANES) * n_frequencies;
    return before + 1u + (work > left ? (uint32_t)((work - left + groups - 1u) / groups) : 0u);
}

double lomb_density(const Lomb* lomb, uint32_t k)
{
    return k < lomb->n_frequencies ? lomb->density[k] : 0.0;
}

uint32_t lomb_frequencies(const Lomb* lomb)
{
    return lomb->n_frequencies;
}

double lomb_df(const Lomb* lomb)
{
    return lomb->df_hz;
}

uint32_t lomb_points(const Lomb* lomb)
{
    return lomb->n_points;
}

// First cell that reaches beyond a frequency
static uint32_t cell(const Lomb* lomb, double hz)
{
    const double k = floor(hz / lomb->df_hz - 0.5) - 1.0;
    return k <= 0.0 ? 0 : k < lomb->n_frequencies ? (uint32_t)k : lomb->n_frequencies;
}

double lomb_power(const Lomb* lomb, double from_hz, double to_hz)
{
    const double df = lomb->df_hz;
    double power = 0.0;
    for (uint32_t k = cell(lomb, from_hz); k < lomb->n_frequencies; ++k) {
        const double middle = (k + 1.0) * df;
        const double from = fmax(from_hz, middle - 0.5 * df);
        const double to = fmin(to_hz, middle + 0.5 * df);
        if (from >= to_hz) {
            break;
        }
        if (to > from) {
            power += lomb->density[k] * (to - from);
        }
    }
    return power;
}

double lomb_peak(const Lomb* lomb, double from_hz, double to_hz)
{
    double best = 0.0, at_hz = 0.0;
    for (uint32_t k = cell(lomb, from_hz); k < lomb->n_frequencies; ++k) {
        const double f = (k + 1.0) * lomb->df_hz;
        if (f > to_hz) {
            break;
        }
        if (f >= from_hz && lomb->density[k] > best) {
            best = lomb->density[k];
            at_hz = f;
        }
    }
    return at_hz;
}
