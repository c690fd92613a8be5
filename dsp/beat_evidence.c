// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_evidence.h"

#include <math.h>
#include <string.h>

// Level of the beats before any is known: usual interval, s
#define USUAL_INTERVAL_S 0.85

// A foot is compared with that of the last pulse no longer ago than this, s
#define LONG_AGO_S 0.8

static double clip(const double x, const double low, const double high)
{
    return !(x > low) ? low : x > high ? high : x; // not a number: low
}

// Lowest feature between two samples
static double lowest(const BeatPath* const path, const int64_t from, const int64_t to)
{
    double low = 1e30;
    for (int64_t k = from; k <= to; ++k) {
        low = k >= 0 && path_at(path->feature, k) < low ? path_at(path->feature, k) : low;
    }
    return low;
}

static double hollow(const double low, const double size)
{
    return clip(log(low / (size + 1e-12) + 1e-4), -4.5, 0.0) + 2.5;
}

// Where a candidate falls in the rhythm of the sure beats
typedef struct {
    double on;  // it comes a whole number of their intervals after the last of them
    double off; // how far it is from that, 0..0.4 intervals
} Phase;

static Phase phase_of(const BeatPath* const path, const int64_t peak)
{
    const double usual = recent_median(&path->sure_intervals, USUAL_INTERVAL_S);
    const double even = recent_regularity(&path->sure_intervals, usual);
    const double passed = fmin((double)(peak - path->sure) / path->rate_hz / usual, 100.0);
    const double whole = fmax(floor(passed + 0.5), 1.0);
    const double trust = even / whole; // each interval passed adds its scatter
    const double off = fabs(passed - whole);
    return (Phase){trust * (off < 0.1 ? 1.0 : 0.0), trust * (off > 0.1 ? off - 0.1 : 0.0)};
}

void evidence_gather(const BeatPath* const path, const Candidate* const c,
                     const float signal[TEMPLATE_SPAN], Evidence* const e)
{
    const double rate = path->rate_hz;
    const double beats = path_level(path, &path->sizes, c->size);
    const double rejects = recent_median(&path->rejects, 0.1 * beats);
    const double usual = recent_median(&path->intervals, USUAL_INTERVAL_S);
    const double since = fmin((double)(c->at - path->last) / rate, 60.0);
    const double ratio = since / usual;

    // Threshold that falls with time since the last beat, instead of searching back
    double part = ratio <= 1.0 ? 0.25 : ratio >= 1.8 ? 0.12 : 0.25 - 0.13 * (ratio - 1.0) / 0.8;
    if (ratio < 0.6) {
        part *= 1.0 + (0.6 - ratio);
    }
    if (since > 2.5) {
        part *= exp(-(since - 2.5) / 2.0);
    }
    const double threshold =
        beats < 1.2 * rejects ? 0.9 * beats : rejects + part * (beats - rejects);

    e->like = templates_compare(&path->templates, signal);
    e->since = since;
    e->ratio = ratio;
    e->level = beats;
    e->size = c->size / beats;
    e->noise = clip(c->quiet / beats, 0.0, 1.0);

    const double over = clip(log(c->size / threshold), -2.0, 1.5);
    const double size = clip(log(c->size / beats), -3.0, 0.7);
    const double noise = clip(log(c->quiet / beats) + 3.0, 0.0, 3.0);
    const double stand = clip(log((double)(c->size / c->quiet)) - 1.5, -2.0, 2.5);
    const double known = e->like.shape >= 0 ? 1.0 : 0.0;
    const double like = known * (e->like.likeness - 0.6);
    const double high = known * clip(e->like.projection, -0.5, 1.3);
    const double rest = known * clip(e->like.residual, 0.0, 1.5);
    const double twin = since < path->kind->twin_s ? 1.0 : 0.0;
    const double even = recent_regularity(&path->intervals, usual);

    const int64_t now = path->now - 1;
    const int dip = (int)(0.1 * rate);
    const int64_t back = c->at - (int)(0.36 * rate);
    const double right = lowest(path, c->at + 1, c->deadline < now ? c->deadline : now);
    const double left = c->at > dip ? lowest(path, back, c->at - dip) : right;
    const double before = hollow(left, c->size);
    const double after = hollow(right, c->size);

    const double height = path_level(path, &path->heights, c->height) + 1e-12;
    const double tall = clip(log((c->height + 1e-12) / height), -2.5, 0.7);
    const double wide = clip(
        log((c->width_s + 1e-4) / (recent_median(&path->widths, c->width_s) + 1e-4)), -1.5, 1.5);
    const double rise = path->kind->slope_sum && since < LONG_AGO_S
                            ? clip((c->base - path->last_base) / height, -0.5, 1.0)
                            : 0.0;

    const Phase phase = phase_of(path, c->at);

    const double value[PATH_EVIDENCE] = {
        1.0,
        noise,
        over,
        over * noise,
        over > 0.5 ? over - 0.5 : 0.0,
        size,
        size * noise,
        stand,
        like,
        like * noise,
        known * (e->like.likeness > 0.85F ? e->like.likeness - 0.85 : 0.0),
        high,
        high * noise,
        rest,
        rest * noise,
        twin * clip(log((c->slope + 1e-12) / (path->last_slope + 1e-12)), -3.0, 0.7),
        twin * clip(log(c->size / (path->last_size + 1e-12)), -3.0, 0.7),
        twin,
        ratio < 0.6 ? 0.6 - ratio : 0.0,
        known,
        before,
        after,
        before > 0.0 ? before : 0.0,
        after > 0.0 ? after : 0.0,
        even * (ratio < 0.85 ? 0.85 - ratio : 0.0),
        even * (fabs(ratio - 1.0) < 0.1 ? 1.0 : 0.0),
        recent_median(&path->likenesses, 0.8) - 0.9,
        tall,
        rise,
        fabs(wide),
        known * (e->like.usual - 0.6),
        phase.on,
        phase.off,
    };
    memcpy(e->value, value, sizeof(value));
}

double evidence_odds(const PathKind* const kind, const Evidence* const e)
{
    double sum = 0.0;
    for (int i = 0; i < PATH_EVIDENCE; ++i) {
        sum += kind->weights[i] * e->value[i];
    }
    return sum;
}
