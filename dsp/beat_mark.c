// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_mark.h"

#include <math.h>

// The R peak is sought this far around the largest band signal, s: half the widest QRS complex
#define R_REACH_S 0.06

// An R wave the other way than usual must be larger by this
#define R_CHANGE 1.6F

// The same for the largest lobe of the band signal
#define LOBE_CHANGE 1.6F

// Foot and top of a pulse are sought this far around its steepest point, s
#define FOOT_REACH_S 0.25
#define TOP_REACH_S  0.2

// Wander is followed over intervals up to this, s, and counts where from beat to beat it moves, in
// the time of an upslope, s, by this part of the pulses' height
#define TILT_S  1.5
#define STEEP_S 0.15
#define STEEP   0.3

// The point of the beat near a peak of the feature: the largest lobe of the band signal, or the
// steepest rise, in the window that the feature summed. A QRS complex has lobes both ways, some of
// the same size: the way of most beats is kept, so that shapes always lie alike.
static void find_point(const BeatPath* const path, Candidate* const c)
{
    const bool rises = path->kind->slope_sum;
    const float* const ring = rises ? path->slope : path->band;
    const int reach = path->window + (int)(0.02 * path->rate_hz);
    float up = 0.0F, down = 0.0F;
    int64_t up_at = c->at;
    int64_t down_at = up_at;
    for (int64_t k = c->at; k > c->at - reach; --k) {
        const float v = path_at(ring, k);
        if (v > up) {
            up = v;
            up_at = k;
        }
        if (-v > down) {
            down = -v;
            down_at = k;
        }
    }
    c->lobe_down =
        !rises && (path->lobe >= 0.0 ? down > LOBE_CHANGE * up : LOBE_CHANGE * down >= up);
    c->point = (c->lobe_down ? down_at : up_at) - path->band_delay;
}

static float mean(const float* const ring, const int64_t from, const int64_t to)
{
    float sum = 0.0F;
    for (int64_t k = from; k <= to; ++k) {
        sum += path_at(ring, k);
    }
    return sum / (float)(to - from + 1);
}

// Place of the extreme of a parabola through three equidistant points, -0.5..0.5
static double vertex(const double left, const double middle, const double right)
{
    const double bend = left - 2.0 * middle + right;
    return fabs(bend) < 1e-12 ? 0.0 : fmin(fmax(0.5 * (left - right) / bend, -0.5), 0.5);
}

// Value of a smooth extreme between samples
static float extreme(const BeatPath* const path, const int64_t k)
{
    if (k < 1 || k + 1 >= path->now) {
        return path_at(path->raw, k);
    }
    const double left = path_at(path->raw, k - 1), middle = path_at(path->raw, k),
                 right = path_at(path->raw, k + 1);
    const double shift = vertex(left, middle, right);
    return (float)(middle - 0.25 * (left - right) * shift);
}

// The R peak: the largest departure from a straight line through the signal before and after the
// QRS complex, up or down as most beats of this person do
static void mark_r_peak(const BeatPath* const path, Candidate* const c)
{
    const double rate = path->rate_hz;
    const int reach = (int)lround(R_REACH_S * rate);
    const int far = 2 * reach;
    const float left = mean(path->raw, c->point - far, c->point - reach);
    const float right = mean(path->raw, c->point + reach, c->point + far);
    const float tilt = (right - left) / (float)(far + reach);
    const float base = 0.5F * (left + right);
    float up = 0.0F, down = 0.0F;
    int up_at = 0, down_at = 0;
    for (int i = -reach; i <= reach; ++i) {
        const float v = path_at(path->raw, c->point + i) - base - tilt * (float)i;
        if (v > up) {
            up = v;
            up_at = i;
        }
        if (-v > down) {
            down = -v;
            down_at = i;
        }
    }

    // The other way only when it is much larger, so that the mark does not jump between R and S
    c->down = path->forced          ? path->forced < 0
              : path->upward >= 0.0 ? down > R_CHANGE * up
                                    : R_CHANGE * down >= up;
    const int place = c->down ? down_at : up_at;
    const int64_t k = c->point + place;
    const double shift =
        place > -reach && place < reach
            ? vertex(path_at(path->raw, k - 1), path_at(path->raw, k), path_at(path->raw, k + 1))
            : 0.0;
    c->mark = (double)k + shift;
    c->foot = k;
    c->top = k;
    c->height = c->down ? down : up;
    c->base = base + tilt * (float)place;

    int width = 1;
    for (int way = -1; way <= 1; way += 2) {
        for (int i = 1; i <= reach; ++i, ++width) {
            const float v = path_at(path->raw, k + way * i) - c->base;
            if ((c->down ? -v : v) < 0.5F * c->height) {
                break;
            }
        }
    }
    c->width_s = (float)(width / rate);
}

// How steep the wander is that a pulse rides on: the steepest points of pulses lie at the same part
// of their height, so a curve through those of the last beats and this one is the wander's
static double tilt_at(const BeatPath* const path, const int64_t p)
{
    const int64_t a = path->places[0], b = path->places[1];
    const int64_t oldest = path->now - PATH_RING;
    if (a <= oldest || p <= a || (double)(p - a) > TILT_S * path->rate_hz) {
        return 0.0;
    }
    const double now = path_at(path->raw, p), before = path_at(path->raw, a);
    const double newer = (now - before) / (double)(p - a);
    if (b <= oldest || a <= b) {
        return newer;
    }
    const double older = (before - path_at(path->raw, b)) / (double)(a - b);
    return newer + (newer - older) * (double)(p - a) / (double)(p - b);
}

// Foot and top of a pulse on a line of this tilt
static void find_foot_and_top(const BeatPath* const path, Candidate* const c, const double tilt)
{
    const double rate = path->rate_hz;
    const int64_t p = c->point;
    const int64_t end = p + (int64_t)lround(TOP_REACH_S * rate);
    double low = path_at(path->raw, p), high = low;
    c->tilt = tilt;
    c->foot = p;
    c->top = p;
    for (int64_t k = p; k >= 0 && k > p - (int64_t)lround(FOOT_REACH_S * rate); --k) {
        const double v = path_at(path->raw, k) - tilt * (double)(k - p);
        if (v < low) {
            low = v;
            c->foot = k;
        }
    }
    for (int64_t k = p; k < path->now && k < end; ++k) {
        const double v = path_at(path->raw, k) - tilt * (double)(k - p);
        if (v > high) {
            high = v;
            c->top = k;
        }
    }
    c->base = (float)low;
    c->height = (float)(high - low);
}

// The middle of the upslope: where the signal crosses half way from the foot to the top. Wander as
// steep as the pulse itself is taken off first; less steep, it is left as it is, because the
// crossing is then placed more finely on the signal itself.
static void mark_upslope(const BeatPath* const path, Candidate* const c)
{
    const int64_t p = c->point;
    const double height = recent_median(&path->heights, 1e30);
    const bool steep = path->wander * STEEP_S * path->rate_hz > STEEP * height;
    find_foot_and_top(path, c, steep ? tilt_at(path, p) : 0.0);
    if (!steep) {
        c->base = extreme(path, c->foot);
        c->height = fmaxf(extreme(path, c->top) - c->base, 0.0F); // parabolas over a kink may cross
    }
    const double middle = (double)c->base + 0.5 * (double)c->height;
    const double down = c->tilt;

    // From the steepest point towards the middle
    int64_t k = p;
    while (k > c->foot && path_at(path->raw, k) - down * (double)(k - p) > middle) {
        --k;
    }
    while (k < c->top && path_at(path->raw, k + 1) - down * (double)(k + 1 - p) < middle) {
        ++k;
    }
    const double here = path_at(path->raw, k) - down * (double)(k - p);
    const double rise = path_at(path->raw, k + 1) - down * (double)(k + 1 - p) - here;
    c->mark = (double)k + (rise > 0.0 ? fmin(fmax((middle - here) / rise, 0.0), 1.0) : 0.0);
    c->width_s = (float)((double)(c->top - c->foot) / path->rate_hz);
    c->down = false;
}

void mark_candidate(const BeatPath* const path, Candidate* const c)
{
    find_point(path, c);
    if (path->kind->slope_sum) {
        mark_upslope(path, c);
    } else {
        mark_r_peak(path, c);
    }
}
