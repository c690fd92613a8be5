// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/comb.h"

#include <math.h>
#include <stdlib.h>

#define TURN       6.283185307179586 // rad
#define MIN_POINTS 32u               // fewer may stand on some comb by chance
#define SPACING_US 200e3             // points closer than a chance part of that tell little more
#define SEARCH_US                                                                                  \
    25e6 // a comb is looked for in the points of that time: longer asks for finer steps
#define LOWEST_HZ     10.0  // teeth per second; packets of half a second stand on slower ones
#define HIGHEST_HZ    110.0 // 9 ms: under faster combs the least delay is small anyway
#define STEPS         4.0   // per line width: the best of them has 90 % of the coherence
#define COARSE        0.72  // coherence at such a step,
#define CLEARLY       1e-4  // more coherence than this makes another frequency the better one
#define FINE          0.8   // and at the top: arrivals within a tenth of the period
#define OWN           0.9   // of it is there without a comb: packets are in step with many
#define LOST          0.6   // no comb any more
#define EDGE_QUANTILE 0.05  // of the arrivals are before a tooth's moment; noise only delays
#define NOISE         1.5   // times the reach of the others but as many late ones

typedef struct {
    double re, im, turn_re, turn_im;
} Hand;

typedef struct {
    Hand at[COMB_POINTS];
} Hands;

void comb_begin(Comb* comb)
{
    *comb = (Comb){.from_us = -INFINITY, .random = random_make(1, 2)};
}

void comb_add(Comb* comb, double time_us, double due_us)
{
    // By chance: points taken in step with anything would stand on combs of their own
    if (time_us < comb->from_us) {
        return;
    }
    comb->from_us = time_us + random_uniform(&comb->random) * SPACING_US;
    comb->times_us[comb->next] = time_us;
    comb->due_us[comb->next] = due_us;
    comb->next = (comb->next + 1) % COMB_POINTS;
    comb->n += comb->n < COMB_POINTS;
}

/// Mean of exp(i 2 pi f t): its length is 1 when all times are whole periods apart
static double coherence(const double* times_s, unsigned n, double hz, double* phase)
{
    double re = 0.0;
    double im = 0.0;
    for (unsigned i = 0; i < n; i++) {
        const double turns = times_s[i] * hz;
        const double angle = TURN * (turns - floor(turns));
        re += cos(angle);
        im += sin(angle);
    }
    *phase = atan2(im, re) / (TURN);
    return hypot(re, im) / n;
}

/// Climbs to the top near `hz`
static double climb(const double* times_s, unsigned n, double* hz, double step, double* phase)
{
    double best = coherence(times_s, n, *hz, phase);
    for (; step * (times_s[n - 1] - times_s[0]) > 1e-4; step *= 0.5) {
        for (int side = -1; side <= 1; side += 2) {
            double p;
            const double c = coherence(times_s, n, *hz + side * step, &p);
            if (c > best) {
                best = c;
                *phase = p;
                *hz += side * step;
                break;
            }
        }
    }
    return best;
}

/// Goes on to the next frequency with some coherence, turning each point's hand a step further
static bool scan(Hands* hands, unsigned n, double step, double* hz)
{
    while (*hz <= HIGHEST_HZ) {
        double re = 0.0;
        double im = 0.0;
        for (unsigned i = 0; i < n; i++) {
            Hand* const h = &hands->at[i];
            re += h->re;
            im += h->im;
            const double x = h->re * h->turn_re - h->im * h->turn_im;
            h->im = h->re * h->turn_im + h->im * h->turn_re;
            h->re = x;
        }
        *hz += step;
        if (hypot(re, im) > COARSE * n) {
            return true;
        }
    }
    return false;
}

static int compare(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

/// Where teeth are: what is before almost all arrivals
static void place(Comb* comb, const double* times_s, unsigned n, double hz, double phase,
                  double begin_us)
{
    double off[COMB_POINTS] = {0.0};
    for (unsigned i = 0; i < n; i++) {
        const double turns = times_s[i] * hz - phase;
        off[i] = turns - floor(turns + 0.5);
    }
    qsort(off, n, sizeof *off, compare);
    const double first = off[(unsigned)(EDGE_QUANTILE * n)];
    const double last = off[(unsigned)((1.0 - EDGE_QUANTILE) * n)];
    comb->period_us = 1e6 / hz;
    comb->tooth_us = begin_us + (phase + first) * comb->period_us;
    comb->noise_us = NOISE * (last - first) * comb->period_us;
}

/// The points since `from_us` in seconds from the first of them on, and when they were due; their
/// number
static unsigned points_since(const Comb* comb, double from_us, double* times_s, double* due_s,
                             double* begin_us)
{
    unsigned n = 0;
    for (unsigned i = 0; i < comb->n; i++) {
        const unsigned at = (comb->next + COMB_POINTS - comb->n + i) % COMB_POINTS;
        const double t = comb->times_us[at];
        if (t >= from_us) {
            *begin_us = n ? *begin_us : t;
            times_s[n] = (t - *begin_us) * 1e-6;
            due_s[n++] = (comb->due_us[at] - *begin_us) * 1e-6;
        }
    }
    return n;
}

/// The frequency with the most coherence, but not one that the packets themselves are in step with:
/// they would be so without a comb. What stands on a comb does so on twice the frequency,
/// too, but less well; and nearly on a frequency that differs by one over the packets' length.
static void search(Comb* comb, const double* times_s, const double* due_s, unsigned n,
                   double begin_us)
{
    const double step = 1.0 / (STEPS * times_s[n - 1]);
    Hands hands;
    for (unsigned i = 0; i < n; i++) {
        const double at = TURN * LOWEST_HZ * times_s[i];
        const double turn = TURN * step * times_s[i];
        hands.at[i] = (Hand){cos(at), sin(at), cos(turn), sin(turn)};
    }
    double best = FINE;
    for (double hz = LOWEST_HZ; scan(&hands, n, step, &hz);) {
        double top = hz - step;
        double phase;
        const double good = climb(times_s, n, &top, 0.5 * step, &phase);
        double own_phase;
        if (good > best + CLEARLY && coherence(due_s, n, top, &own_phase) < OWN * good) {
            best = good;
            comb->found = true;
            place(comb, times_s, n, top, phase, begin_us);
        }
    }
}

void comb_update(Comb* comb)
{
    double times_s[COMB_POINTS];
    double due_s[COMB_POINTS];
    double begin_us = 0.0;
    double phase;
    const double newest = comb->times_us[(comb->next + COMB_POINTS - 1) % COMB_POINTS];
    const unsigned n =
        points_since(comb, comb->found ? -INFINITY : newest - SEARCH_US, times_s, due_s, &begin_us);
    if (n < MIN_POINTS || !(times_s[n - 1] > 0.0)) {
        return;
    }
    if (comb->found) {
        double hz = 1e6 / comb->period_us;
        comb->found = climb(times_s, n, &hz, 0.25 / (STEPS * times_s[n - 1]), &phase) > LOST;
        place(comb, times_s, n, hz, phase, begin_us);
    } else {
        search(comb, times_s, due_s, n, begin_us);
    }
}

double comb_tooth(const Comb* comb, double time_us)
{
    if (!comb->found) {
        return NAN;
    }
    const double turns = floor((time_us - comb->tooth_us) / comb->period_us + 0.5);
    const double tooth = comb->tooth_us + turns * comb->period_us;
    return time_us - tooth <= comb->noise_us ? tooth : (double)NAN;
}
