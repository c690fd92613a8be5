// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/clock.h"

#include "bridge/bounds.h"
#include "bridge/comb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS         BOUNDS_MAX
#define BIN_US       2e6   // ten minutes in all
#define LEARN_US     20e6  // the rate is trusted then
#define HALF_LIFE_US 200e6 // of a bin's weight: crystals drift with temperature over minutes
#define LEAK         1e-6  // a bound gets looser with age: what a crystal drifts away meanwhile
#define TOLERANCE    0.025 // of the nominal rate; straps are off by up to 2 %
#define WIDEST       0.4   // of a comb's period: bounds further apart say nothing of it
#define MARGIN       0.03  // of it: packets nearer than that may have waited for two teeth
#define SLOTS        9u    // of delays in a bin, see slot_of()
#define BEYOND       0.25  // of a period: what is held up for longer tells nothing
#define GIVE_US      1e3   // what bounds may contradict each other by: drift, a comb's noise
#define ROUNDS       8u    // of finding out which packets were not held up: each halves the doubt
#define SETTLED_US   1.0   // or until they leave the line where it is
#define STARTS       4u    // of the same, with other slopes
#define RECENT       256u  // packets kept for a comb that is found later

/// What a stretch of time says of the line
typedef struct {
    Point least;        // its least delayed packet: no sample is complete after it came
    double least_tooth; // and the moment of the comb on which it came, or NAN
    // The most delayed ones, by their delays: had they been complete a period before the moment on
    // which they came, they would have come then, if nothing held them up
    Point most[SLOTS];
    bool has_most[SLOTS];
    double begin_us;
} Bin;

struct Clock {
    double nominal;
    bool begun;
    Point reference; // numbers are kept small by counting from here
    Bin bins[BINS];
    unsigned n_bins, next_bin; // next_bin is the one under way while in_bin
    bool in_bin;
    Comb comb;
    bool has_comb;
    Point recent[RECENT];
    unsigned n_recent, next_recent;
    Line upper; // under all packets
    Line line;  // the clock
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
    clock->line.us_per_sample = clock->upper.us_per_sample = 1e6 / nominal;
    comb_begin(&clock->comb);
}

static const Bin* bin_at(const Clock* clock, unsigned i)
{
    return &clock->bins[(clock->next_bin + BINS - clock->n_bins + i) % BINS];
}

/// The most delayed packet that was not held up if `line` is right
static bool latest_before(const Bin* bin, Line line, Point* p)
{
    for (unsigned i = SLOTS; i-- > 0;) {
        if (bin->has_most[i] && bin->most[i].time_us < line_at(line, bin->most[i].index)) {
            *p = bin->most[i];
            return true;
        }
    }
    return false;
}

typedef enum { ARRIVALS, TEETH, TEETH_BEFORE } Kind;

/// Bounds of one kind, looser by their age
static unsigned collect(const Clock* clock, Kind kind, Line line, Point points[BINS])
{
    const double newest = bin_at(clock, clock->n_bins - 1)->least.time_us;
    unsigned n = 0;
    for (unsigned i = 0; i < clock->n_bins; i++) {
        const Bin* const bin = bin_at(clock, i);
        Point p = bin->least;
        if (kind == TEETH && isfinite(bin->least_tooth)) {
            p.time_us = bin->least_tooth;
        } else if (kind == TEETH_BEFORE && !latest_before(bin, line, &p)) {
            continue;
        }
        const double age = newest - p.time_us;
        points[n] = p;
        points[n++].time_us += (kind == TEETH_BEFORE ? -LEAK : LEAK) * age;
    }
    return n;
}

/// How many packets were held up if `line` is right
static unsigned held_up(const Clock* clock, Line line)
{
    unsigned count = 0;
    for (unsigned i = 0; i < clock->n_bins; i++) {
        const Bin* const bin = bin_at(clock, i);
        for (unsigned k = 0; k < SLOTS; k++) {
            count += bin->has_most[k] && bin->most[k].time_us >= line_at(line, bin->most[k].index);
        }
    }
    return count;
}

/// The middle between the bounds from both sides; false when they leave too much between them.
/// Which packets waited for the next moment of the comb only, and which were held up for longer,
/// depends on the line: of several that agree with themselves, the one with the fewest held up.
static bool middle(const Clock* clock, double index, Slopes slopes, Line* line)
{
    Point above[BINS];
    Point below[BINS];
    const double period_us = clock->comb.period_us;
    const double last = clock->last_index - clock->reference.index;
    const unsigned n_above = collect(clock, TEETH, *line, above);
    bool any = false;
    unsigned fewest = 0;
    for (unsigned start = 1; start <= STARTS; start++) {
        Line trial = bounds_under(above, n_above, last * start / STARTS, slopes);
        trial.at_us -= MARGIN * period_us;
        bool good = false;
        double before = INFINITY;
        for (unsigned round = 0; round < ROUNDS && fabs(line_at(trial, last) - before) > SETTLED_US;
             round++) {
            const unsigned n_below = collect(clock, TEETH_BEFORE, trial, below);
            before = line_at(trial, last);
            good = bounds_between(above, n_above, below, n_below, index, last, slopes,
                                  WIDEST * period_us, GIVE_US, &trial);
        }
        const unsigned held = held_up(clock, trial);
        if (good && (!any || held < fewest)) {
            any = true;
            fewest = held;
            *line = trial;
        }
    }
    return any;
}

static void fit(Clock* clock)
{
    Point points[BINS];
    const double newest = bin_at(clock, clock->n_bins - 1)->least.time_us;
    double sum = 0.0;
    double index = 0.0;
    for (unsigned i = 0; i < clock->n_bins; i++) {
        const Point p = bin_at(clock, i)->least;
        const double weight = exp2(-(newest - p.time_us) / HALF_LIFE_US);
        sum += weight;
        index += weight * p.index;
    }
    index /= sum;
    const double nominal = 1e6 / clock->nominal;
    const Slopes slopes = {nominal / (1.0 + TOLERANCE), nominal / (1.0 - TOLERANCE)};
    const unsigned n = collect(clock, ARRIVALS, clock->line, points);
    clock->upper = bounds_under(points, n, index, slopes);
    if (!clock->has_comb || !middle(clock, index, slopes, &clock->line)) {
        clock->line = clock->upper;
    }
}

/// `left` is what is left of a period after a delay, 1 when there was none. Each slot is half as
/// far from the end of the period as the one before: where exactly that end is, shows only later.
/// The last slot is beyond it.
static unsigned slot_of(double left)
{
    unsigned slot = 0;
    for (double bound = 0.5; slot + 2 < SLOTS && left < bound; bound *= 0.5) {
        slot++;
    }
    return left > 0.0 ? slot : SLOTS - 1;
}

/// What packet `p` says, into its bin
static void bound(Clock* clock, Bin* bin, Point p)
{
    const Line upper = clock->upper;
    const double period_us = clock->comb.period_us;
    const double tooth = comb_tooth(&clock->comb, p.time_us);
    if (p.time_us - line_at(upper, p.index) <=
        bin->least.time_us - line_at(upper, bin->least.index)) {
        bin->least = p;
        bin->least_tooth = tooth;
    }
    const double left = 1.0 - (tooth - line_at(upper, p.index)) / period_us;
    if (left > -BEYOND && left < 1.0) {
        const unsigned i = slot_of(left);
        p.time_us = tooth - period_us;
        if (!bin->has_most[i] || p.time_us - line_at(upper, p.index) >
                                     bin->most[i].time_us - line_at(upper, bin->most[i].index)) {
            bin->most[i] = p;
            bin->has_most[i] = true;
        }
    }
}

/// A comb was found: the packets until now say more
static void apply_comb(Clock* clock)
{
    const unsigned first = (clock->next_recent + RECENT - clock->n_recent) % RECENT;
    for (unsigned i = 0; i < clock->n_bins; i++) {
        Bin* const bin = &clock->bins[(clock->next_bin + BINS - clock->n_bins + i) % BINS];
        const double begin_us = bin->begin_us;
        if (begin_us < clock->recent[first].time_us) {
            continue; // what is long ago may have come on another comb
        }
        bin->least_tooth = comb_tooth(&clock->comb, bin->least.time_us);
        memset(bin->has_most, 0, sizeof bin->has_most);
        for (unsigned k = 0; k < clock->n_recent; k++) {
            const Point p = clock->recent[(first + k) % RECENT];
            if (p.time_us >= begin_us && p.time_us < begin_us + BIN_US) {
                bound(clock, bin, p);
            }
        }
    }
}

static void close_bin(Clock* clock)
{
    clock->next_bin = (clock->next_bin + 1) % BINS;
    clock->n_bins += clock->n_bins < BINS;
    clock->in_bin = false;
    comb_update(&clock->comb);
    const bool had = clock->has_comb;
    clock->has_comb = clock->comb.found;
    if (clock->n_bins >= 3) {
        if (clock->has_comb && !had) {
            fit(clock);
            apply_comb(clock);
        }
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
        clock->reference = (Point){index, time_us};
    }
    clock->last_index = index;
    const Point p = {index - clock->reference.index, time_us - clock->reference.time_us};
    if (clock->in_bin && p.time_us - clock->bins[clock->next_bin].begin_us >= BIN_US) {
        close_bin(clock);
    }
    comb_add(&clock->comb, p.time_us, line_at(clock->line, p.index));
    clock->recent[clock->next_recent] = p;
    clock->next_recent = (clock->next_recent + 1) % RECENT;
    clock->n_recent += clock->n_recent < RECENT;
    Bin* const bin = &clock->bins[clock->next_bin];
    if (!clock->in_bin) {
        clock->in_bin = true;
        *bin = (Bin){.least = p, .least_tooth = (double)NAN, .begin_us = p.time_us};
    }
    bound(clock, bin, p);
    // Before there is a line, the earliest packet so far says where it is
    const double late = p.time_us - line_at(clock->line, p.index);
    if (clock->n_bins < 3 && late < 0.0) {
        clock->line.at_us += late;
        clock->upper = clock->line;
    }
    clock->locked = clock->locked || (p.time_us >= LEARN_US && clock->n_bins >= 5);
}

ClockFit clock_fit(const Clock* clock)
{
    if (!clock->begun) {
        return (ClockFit){0};
    }
    // Given at the last sample, where it is used: a line far from its points would lose digits
    const double x = clock->last_index - clock->reference.index;
    return (ClockFit){.index = clock->last_index,
                      .time_us = clock->reference.time_us + line_at(clock->line, x),
                      .rate = 1e6 / clock->line.us_per_sample,
                      .locked = clock->locked};
}
