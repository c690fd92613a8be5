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

// The middle of the upslope: where the signal crosses half way from the foot to the top
static void mark_upslope(const BeatPath* const path, Candidate* const c)
{
    const double rate = path->rate_hz;
    const int64_t p = c->point;
    const int64_t end = p + (int64_t)lround(TOP_REACH_S * rate);
    int64_t foot = p, top = p;
    for (int64_t k = p; k >= 0 && k > p - (int64_t)lround(FOOT_REACH_S * rate); --k) {
        foot = path_at(path->raw, k) < path_at(path->raw, foot) ? k : foot;
    }
    for (int64_t k = p; k < path->now && k < end; ++k) {
        top = path_at(path->raw, k) > path_at(path->raw, top) ? k : top;
    }
    const float low = extreme(path, foot);
    const float high = extreme(path, top);
    const float middle = 0.5F * (low + high);

    // From the steepest point towards the middle
    int64_t k = p;
    while (k > foot && path_at(path->raw, k) > middle) {
        --k;
    }
    while (k < top && path_at(path->raw, k + 1) < middle) {
        ++k;
    }
    const float rise = path_at(path->raw, k + 1) - path_at(path->raw, k);
    c->mark = (double)k +
              (rise > 0.0F ? fmin(fmax((middle - path_at(path->raw, k)) / rise, 0.0), 1.0) : 0.0);
    c->foot = foot;
    c->top = top;
    c->height = high - low;
    c->base = low;
    c->width_s = (float)((double)(top - foot) / rate);
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
