// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_path.h"

#include "dsp/beat_evidence.h"
#include "dsp/beat_mark.h"

#include <math.h>
#include <string.h>

// The quiet level follows the 25 % quantile of the feature with steps of 1 % (time constant about
// one second): between beats the feature is below it most of the time, in noise it rises. A fast
// heart leaves less time between beats, so a lower quantile: the feature of one beat is 0.25 s
// long, of the rest the quiet level is above the same part as at 71 beats per minute.
#define QUIET_STEP  0.01
#define QUIET_PART  0.25
#define QUIET_LEAST 0.06
#define BUSY_S      0.25
#define QUIET_SHARE (QUIET_PART / (1.0 - BUSY_S / 0.85))

// One wide notch between the mains' 50 and 60 Hz takes 17 dB off both and delays the QRS complex by
// 4 ms only
#define HUM_HZ 55.0
#define HUM_Q  0.7

// Smallest feature that is looked at, relative to full scale 1: rounding noise of the input
#define NOTHING 1e-7F

// Intervals between which an interval is a heart's, s
#define SHORTEST_S 0.25
#define LONGEST_S  2.2

// The first beat: for half of the time the feature was below this part of its peak, and its height
// is at least this part of the whole swing of the band signal
#define CALM_PART  0.33F
#define FIRST_PART 0.2F

// When no beat was found for this long, s, a wave this many times the quiet level will do
#define IMPATIENT_S    3.0
#define IMPATIENT_PART 2.0
// Beats so few may be none, when one comes that is so much larger: R waves of one person differ by
// less than five, and what is a tenth of a beat is no beat
#define FEW_BEATS  4
#define FAR_LARGER 8.0

// Rejected peaks so much larger than the beats mean that the wrong waves were taken for beats
#define UPSIDE_DOWN 2.0

// A reliable beat moreover: quiet level against the beats, size within a factor of two of theirs
// (natural logarithm). So chosen that with electrode motion as strong as the ECG (0 dB) 99 % of
// reliable beats are true; beside it the evidence asked for grows with the noise.
#define RELIABLE_NOISE 0.25
#define RELIABLE_SIZE  0.7

// In noise only what is likely a beat is learnt: evidence (log odds), quiet level against the beats
#define LEARN_ODDS  3.0
#define LEARN_NOISE 0.1

// A sure beat: evidence (log odds) and likeness to the usual shape
#define SURE_ODDS     3.0
#define SURE_LIKENESS 0.9F

// The trigger fires when the feature passes this part of the usual peak, s later at the earliest
#define TRIGGER_PART    0.5
#define TRIGGER_PAUSE_S 0.25

double path_level(const BeatPath* const path, const Recent* const r, const double otherwise)
{
    return path->kind->slope_sum ? recent_upper(r, otherwise) : recent_median(r, otherwise);
}

void path_init(BeatPath* const path, const PathKind* const kind, const double rate,
               const double delay)
{
    memset(path, 0, sizeof(*path));
    path->kind = kind;
    path->rate_hz = rate;
    path->window = (int)lround(kind->window_s * rate);
    path->per_window = 1.0 / path->window;
    path->slope_gain = rate / 200.0;
    path->near = (int)lround(kind->near_s * rate);
    path->refractory = (int)lround(kind->refractory_s * rate);
    path->band_delay = (int)lround(kind->band_delay_s * rate);
    path->step = (int)lround(kind->shape_step_s * rate);
    path->centre = (int)lround(kind->shape_centre_s * rate);
    path->budget = (int)floor(delay * rate);
    if (path->step < 1) {
        path->step = 1;
    }

    path->hum = biquad_notch(HUM_HZ, HUM_Q, rate);
    path->lowpass = biquad_lowpass(kind->band_high_hz, FILTER_BUTTERWORTH_Q, rate);
    path->highpasses = biquad_pair(biquad_highpass(kind->band_low_hz, FILTER_BUTTERWORTH_Q, rate),
                                   biquad_highpass(kind->shape_low_hz, FILTER_BUTTERWORTH_Q, rate));
    path_reset(path);
}

// Steps of the quiet level for hearts of this usual interval
static void pace_quiet(BeatPath* const path, const double interval_s)
{
    const double part =
        path->kind->slope_sum
            ? QUIET_PART
            : fmin(fmax(QUIET_SHARE * (1.0 - BUSY_S / interval_s), QUIET_LEAST), QUIET_PART);
    path->quiet_up = exp(QUIET_STEP * part * 250.0 / path->rate_hz);
    path->quiet_down = exp(-QUIET_STEP * (1.0 - part) * 250.0 / path->rate_hz);
}

// Forget the levels and shapes, keep the signal
static void forget_beats(BeatPath* const path)
{
    memset(&path->sizes, 0, sizeof(path->sizes));
    memset(&path->rejects, 0, sizeof(path->rejects));
    memset(&path->intervals, 0, sizeof(path->intervals));
    memset(&path->likenesses, 0, sizeof(path->likenesses));
    memset(&path->heights, 0, sizeof(path->heights));
    memset(&path->widths, 0, sizeof(path->widths));
    templates_reset(&path->templates);
    path->any = false;
    memset(&path->sure_intervals, 0, sizeof(path->sure_intervals));
    path->last = INT64_MIN / 2;
    path->sure = INT64_MIN / 2;
    path->last_size = 0.0;
    path->last_slope = 0.0;
    path->last_base = 0.0;
    path->wander = 0.0;
    path->places[0] = INT64_MIN / 2;
    path->places[1] = INT64_MIN / 2;
    path->upward = 0.0;
    path->lobe = 0.0;
    path->armed = true;
    path->triggered = INT64_MIN / 2;
    pace_quiet(path, 1.0);
}

void path_reset(BeatPath* const path)
{
    path->now = 0;
    path->origin = 0;
    path->quiet = 0.0;
    path->candidates = 0;
    memset(path->band, 0, sizeof(path->band));
    memset(path->slope, 0, sizeof(path->slope));
    moving_init(&path->energy, path->window);
    memset(path->feature, 0, sizeof(path->feature));
    memset(path->shape, 0, sizeof(path->shape));
    memset(path->raw, 0, sizeof(path->raw));
    forget_beats(path);
}

void path_begin(BeatPath* const path, const int64_t origin)
{
    path_reset(path); // the filters start from rest at the next sample
    path->origin = origin;
}

// Filter a sample and compute the feature
static void take(BeatPath* const path, const float x)
{
    const PathKind* const kind = path->kind;
    const int64_t now = path->now;
    if (!now) {
        biquad_settle(&path->hum, x);
        biquad_settle(&path->lowpass, 0.0);
        biquad_pair_settle(&path->highpasses, x);
    }

    // The slope over two samples, in units of the band signal at 16 Hz (100 = 2 pi 16): so that
    // slope and height weigh alike for the usual R wave
    const double clean = biquad_step(&path->hum, x);
    const Two both = biquad_pair_step(&path->highpasses, clean); // of the band and of the shapes
    const double filtered = biquad_step(&path->lowpass, both[0]);
    const double slope =
        now < 2 ? 0.0 : (filtered - path_at(path->band, now - 2)) * path->slope_gain;
    const uint64_t k = (uint64_t)now % PATH_RING;
    path->raw[k] = x;
    path->band[k] = (float)filtered;
    path->slope[k] = (float)slope;
    path->shape[k] = (float)both[1];

    const float energy = kind->slope_sum ? (float)(slope > 0.0 ? slope : 0.0)
                                         : (float)(filtered * filtered + 0.3 * slope * slope);
    const float mean = (float)(moving_add(&path->energy, energy) * path->per_window);
    const float feature = kind->slope_sum ? mean : sqrtf(mean);
    path->feature[k] = feature;

    if (now < path->window) {
        path->quiet += (feature - path->quiet) * 2.0 / (double)(now + 2);
    } else {
        path->quiet *= feature > path->quiet ? path->quiet_up : path->quiet_down;
    }
    path->quiet = path->quiet > 1e-9 ? path->quiet : 1e-9;
    ++path->now;
}

// Is the sample `near` ago a peak of the feature?
static void look_for_candidate(BeatPath* const path)
{
    const int64_t peak = path->now - 1 - path->near;
    if (peak < 2) {
        return;
    }
    const float size = path_at(path->feature, peak);
    if (size < NOTHING || size <= path_at(path->feature, peak - 1) ||
        size < path_at(path->feature, peak + 1)) {
        return;
    }
    for (int i = 1; i <= path->near; ++i) {
        if ((i <= peak && path_at(path->feature, peak - i) >= size) ||
            path_at(path->feature, peak + i) > size) {
            return;
        }
    }
    if (path->candidates == PATH_CANDIDATES) {
        return;
    }

    Candidate* const c = &path->candidate[path->candidates++];
    c->at = peak;
    c->size = size;
    c->quiet = (float)path->quiet;
    c->ahead = 0.0F;
    mark_candidate(path, c);
    c->deadline = (int64_t)floor(c->mark) + path->budget;
    c->slope = 0.0F;
    for (int i = 0; i < path->window + 2; ++i) {
        const float s = fabsf(path_at(path->slope, peak - i));
        c->slope = s > c->slope ? s : c->slope;
    }
    if (c->deadline < path->now) {
        c->deadline = path->now;
    }
}

static void cut_shape(const BeatPath* const path, const int64_t point, float out[TEMPLATE_SPAN])
{
    const int64_t first = point + path->centre - (int64_t)(TEMPLATE_SPAN / 2) * path->step;
    for (int i = 0; i < TEMPLATE_SPAN; ++i) {
        const int64_t k = first + (int64_t)i * path->step;
        out[i] = k >= 0 && k < path->now ? path_at(path->shape, k) : 0.0F;
    }
}

// How far the band signal rises around a candidate, over as long as the feature looks back
static float rise_near(const BeatPath* const path, const Candidate* const c)
{
    const int64_t middle = c->point + path->band_delay;
    float low = 0.0F, high = 0.0F;
    for (int64_t k = middle - path->window; k <= middle + path->window; ++k) {
        const float v = k >= 0 && k < path->now ? path_at(path->band, k) : 0.0F;
        low = k < middle ? fminf(low, v) : low;
        high = k > middle ? fmaxf(high, v) : high;
    }
    return high - low;
}

// Before the first beat there is nothing to compare with: it must stand out of all that was heard.
// When nothing has for a while, the largest wave is taken.
static bool is_first(const BeatPath* const path, const Candidate* const c)
{
    int calm = 0, n = 0;
    float low = 0.0F, high = 0.0F;
    for (int64_t k = path->now - 1; k >= 0 && k > path->now - PATH_RING; --k, ++n) {
        const float feature = path_at(path->feature, k);
        if (feature > c->size * 1.001F) {
            return false;
        }
        calm += feature < CALM_PART * c->size;
        low = fminf(low, path_at(path->band, k));
        high = fmaxf(high, path_at(path->band, k));
    }
    // On steep wander a pulse has no height of its own: after a while the band signal tells
    const bool impatient = (double)path->now > IMPATIENT_S * path->rate_hz;
    const float height = impatient ? fmaxf(c->height, rise_near(path, c)) : c->height;
    if (path->kind->slope_sum && height < FIRST_PART * (high - low)) {
        return false;
    }
    return calm > n / 2 || (impatient && c->size > IMPATIENT_PART * c->quiet);
}

static void accept(BeatPath* const path, const Candidate* const c, const Evidence* const e,
                   const double sum, const float signal[TEMPLATE_SPAN])
{
    Likeness like = e->like;
    // What the next is far larger than was no beat, but what came before them: a signal's beginning
    const bool anew = path->any && path->sizes.count < FEW_BEATS &&
                      c->size > FAR_LARGER * path_level(path, &path->sizes, c->size);
    if (anew) {
        forget_beats(path);
        like.shape = -1;
    }
    const double beats = path_level(path, &path->sizes, c->size);
    recent_push(&path->sizes, fmin(c->size, 1.8 * beats));
    if (!anew && e->since > SHORTEST_S && e->since < LONGEST_S) {
        recent_push(&path->intervals, e->since);
        pace_quiet(path, recent_median(&path->intervals, 1.0));
    }
    if (path->sizes.count > 1) {
        recent_push(&path->likenesses, e->like.likeness);
    }
    if (!anew && sum > SURE_ODDS && e->like.usual > SURE_LIKENESS) {
        const double since = (double)(c->at - path->sure) / path->rate_hz;
        if (path->sure == path->last && since > SHORTEST_S && since < LONGEST_S) {
            recent_push(&path->sure_intervals, since);
        }
        path->sure = c->at;
    }
    path->last = c->at;
    path->last_size = c->size;
    path->last_slope = c->slope;
    path->last_base = c->base;
    if (path->places[0] > path->now - PATH_RING && c->point > path->places[0]) {
        const double step = path_at(path->raw, c->point) - path_at(path->raw, path->places[0]);
        path->wander += 0.25 * (fabs(step) / (double)(c->point - path->places[0]) - path->wander);
    }
    path->places[1] = path->places[0];
    path->places[0] = c->point;
    recent_push(&path->heights, c->height);
    recent_push(&path->widths, c->width_s);
    path->any = true;
    path->lobe += 0.1 * ((c->lobe_down ? -1.0 : 1.0) - path->lobe);
    path->upward += 0.1 * ((c->down ? -1.0 : 1.0) - path->upward);
    if (sum > LEARN_ODDS || e->noise < LEARN_NOISE || path->templates.beats < 2U) {
        templates_learn(&path->templates, path->kind->shapes, signal, &like);
    }
}

// A rejected peak counts for the level of what is not a beat when nothing larger is near it
static void reject(BeatPath* const path, const Candidate* const c)
{
    for (int i = 1; i <= path->refractory; ++i) {
        if (i <= c->at && path_at(path->feature, c->at - i) >= c->size) {
            return;
        }
    }
    if (c->ahead <= c->size) {
        recent_push(&path->rejects, c->size);
    }
}

// Looks and comes like the beats before, with little noise about that could look like it
static bool is_reliable(const PathKind* const kind, const double sum, const Evidence* const e)
{
    return sum > kind->sure_odds + kind->sure_noise_odds * e->noise &&
           e->like.usual > SURE_LIKENESS && e->noise < RELIABLE_NOISE &&
           fabs(log(e->size)) < RELIABLE_SIZE;
}

static bool decide(BeatPath* const path, const Candidate* const c, FoundBeat* const found)
{
    if (path->any && c->at - path->last < path->refractory) {
        return false;
    }

    float signal[TEMPLATE_SPAN];
    Evidence e;
    double sum;
    cut_shape(path, c->point, signal);
    evidence_gather(path, c, signal, &e);
    if (path->any) {
        sum = evidence_odds(path->kind, &e);
        if (c->ahead <= c->size) {
            ++path->decided;
            path->weighed_point = c->point;
            memcpy(path->weighed, e.value, sizeof(path->weighed));
        }
    } else {
        sum = is_first(path, c) ? 1.0 : -1.0;
    }
    if (sum <= 0.0 || c->ahead > c->size) {
        if (path->any) {
            reject(path, c);
            if (path->kind->slope_sum && path->rejects.count >= 3 &&
                recent_median(&path->rejects, 0.0) > UPSIDE_DOWN * e.level) {
                forget_beats(path);
            }
        }
        return false;
    }

    found->mark = (double)path->origin + c->mark;
    found->foot = (double)(path->origin + c->foot);
    found->top = (double)(path->origin + c->top);
    found->height = c->height;
    found->base = c->base;
    found->width_s = c->width_s;
    found->down = c->down;
    found->tilt = c->tilt;
    found->evidence = sum;
    found->likeness = e.like.likeness;
    found->usual = e.like.usual;
    found->known = e.like.shape >= 0;
    found->size = e.size;
    found->reliable = is_reliable(path->kind, sum, &e);
    found->noise = e.noise;
    found->interval = path->any ? e.ratio : 0.0;
    accept(path, c, &e, sum, signal);
    return true;
}

bool path_trigger(BeatPath* const path)
{
    if (path->sizes.count < RECENT_VALUES / 2) {
        return false;
    }
    const double feature = path_at(path->feature, path->now - 1);
    const double usual = path->kind->slope_sum ? path->sizes.upper : path->sizes.middle;
    const double level = TRIGGER_PART * usual;
    if (path->armed && feature > level &&
        path->now - path->triggered > (int64_t)(TRIGGER_PAUSE_S * path->rate_hz)) {
        path->armed = false;
        path->triggered = path->now;
        return true;
    }
    path->armed |= feature < 0.5 * level;
    return false;
}

bool path_step(BeatPath* const path, const float x, FoundBeat* const found)
{
    take(path, x);

    // A larger feature after a candidate makes it the lesser one, a P wave say
    const float feature = path_at(path->feature, path->now - 1);
    for (int i = 0; i < path->candidates; ++i) {
        if (feature > path->candidate[i].ahead) {
            path->candidate[i].ahead = feature;
        }
    }
    look_for_candidate(path);

    if (!path->candidates || path->now - 1 < path->candidate[0].deadline) {
        return false;
    }
    const Candidate oldest = path->candidate[0];
    --path->candidates;
    memmove(path->candidate, path->candidate + 1, (size_t)path->candidates * sizeof(Candidate));
    return decide(path, &oldest, found);
}
