// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_path.h"

#include <math.h>
#include <string.h>

#ifdef BEAT_TUNING
void (*path_spy)(const BeatPath*, const Candidate*, const double*, double);
#endif

// The quiet level follows the 35 % quantile of the feature with steps of 1 % (time constant about
// one second): between beats the feature is below it most of the time, in noise it rises.
#define QUIET_STEP 0.01
#define QUIET_PART 0.35

// Smallest feature that is looked at, relative to full scale 1: rounding noise of the input
#define NOTHING 1e-7F

// Level of the beats before any is known: usual interval, s
#define USUAL_INTERVAL_S 0.85

// Intervals between which an interval is a heart's, s
#define SHORTEST_S 0.25
#define LONGEST_S  2.2

// The R peak is sought this far around the largest band signal, s: half the widest QRS complex
#define R_REACH_S 0.06

// An R wave the other way than usual must be larger by this
#define R_CHANGE 1.6F

// The same for the largest lobe of the band signal
#define LOBE_CHANGE 1.6F

// Foot and top of a pulse are sought this far around its steepest point, s
#define FOOT_REACH_S 0.25
#define TOP_REACH_S  0.2

// A foot is compared with that of the last pulse no longer ago than this, s
#define LONG_AGO_S 0.8

// The first beat: for half of the time the feature was below this part of its peak, and its height
// is at least this part of the whole swing of the signal
#define CALM_PART  0.33F
#define FIRST_PART 0.2F

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

static double clip(const double x, const double low, const double high)
{
    return x < low ? low : x > high ? high : x;
}

static void recent_push(Recent* const r, const double value)
{
    r->value[r->next] = value;
    r->next = (r->next + 1) % PATH_RECENT;
    if (r->count < PATH_RECENT) {
        ++r->count;
    }
}

static void sort(const double* const value, const int count, double sorted[PATH_RECENT])
{
    for (int i = 0; i < count; ++i) {
        int k = i;
        for (; k > 0 && sorted[k - 1] > value[i]; --k) {
            sorted[k] = sorted[k - 1];
        }
        sorted[k] = value[i];
    }
}

static double median(const double* const value, const int count)
{
    double sorted[PATH_RECENT];
    sort(value, count, sorted);
    return (count & 1) ? sorted[count / 2] : 0.5 * (sorted[count / 2 - 1] + sorted[count / 2]);
}

static double recent_median(const Recent* const r, const double otherwise)
{
    return r->count ? median(r->value, r->count) : otherwise;
}

// A quarter of the values are larger: what a level is when every other beat is none
static double recent_upper(const Recent* const r, const double otherwise)
{
    double sorted[PATH_RECENT];
    if (!r->count) {
        return otherwise;
    }
    sort(r->value, r->count, sorted);
    return sorted[(3 * r->count) / 4 < r->count ? (3 * r->count) / 4 : r->count - 1];
}

static double level_of(const BeatPath* const path, const Recent* const r, const double otherwise)
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
    path->near = (int)lround(kind->near_s * rate);
    path->refractory = (int)lround(kind->refractory_s * rate);
    path->band_delay = (int)lround(kind->band_delay_s * rate);
    path->step = (int)lround(kind->shape_step_s * rate);
    path->centre = (int)lround(kind->shape_centre_s * rate);
    path->budget = (int)floor(delay * rate);
    path->quiet_up = exp(QUIET_STEP * QUIET_PART * 250.0 / rate);
    path->quiet_down = exp(-QUIET_STEP * (1.0 - QUIET_PART) * 250.0 / rate);
    if (path->step < 1) {
        path->step = 1;
    }

    path->highpass = biquad_highpass(kind->band_low_hz, FILTER_BUTTERWORTH_Q, rate);
    path->lowpass = biquad_lowpass(kind->band_high_hz, FILTER_BUTTERWORTH_Q, rate);
    path->shape_highpass = biquad_highpass(kind->shape_low_hz, FILTER_BUTTERWORTH_Q, rate);
    path_reset(path);
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
    path->upward = 0.0;
    path->lobe = 0.0;
    path->armed = true;
    path->triggered = INT64_MIN / 2;
}

void path_reset(BeatPath* const path)
{
    path->now = 0;
    path->origin = 0;
    path->quiet = 0.0;
    path->candidates = 0;
    memset(path->band, 0, sizeof(path->band));
    memset(path->slope, 0, sizeof(path->slope));
    memset(path->energy, 0, sizeof(path->energy));
    memset(path->feature, 0, sizeof(path->feature));
    memset(path->shape, 0, sizeof(path->shape));
    memset(path->raw, 0, sizeof(path->raw));
    forget_beats(path);
}

void path_turn(BeatPath* const path)
{
    const int64_t taken = path->origin + path->now;
    path_reset(path); // the filters start from rest at the next sample
    path->origin = taken;
}

static float at(const float* const ring, const int64_t k)
{
    return ring[(uint64_t)k % PATH_RING];
}

// Filter a sample and compute the feature
static void take(BeatPath* const path, const float x)
{
    const PathKind* const kind = path->kind;
    const int64_t now = path->now;
    if (!now) {
        biquad_settle(&path->highpass, x);
        biquad_settle(&path->lowpass, 0.0);
        biquad_settle(&path->shape_highpass, x);
    }

    // The slope over two samples, in units of the band signal at 16 Hz (100 = 2 pi 16): so that
    // slope and height weigh alike for the usual R wave
    const double filtered = biquad_step(&path->lowpass, biquad_step(&path->highpass, x));
    const double slope =
        now < 2 ? 0.0 : (filtered - at(path->band, now - 2)) * path->rate_hz / 200.0;
    const uint64_t k = (uint64_t)now % PATH_RING;
    path->raw[k] = x;
    path->band[k] = (float)filtered;
    path->slope[k] = (float)slope;
    path->energy[k] = kind->slope_sum ? (float)(slope > 0.0 ? slope : 0.0)
                                      : (float)(filtered * filtered + 0.3 * slope * slope);
    path->shape[k] = (float)biquad_step(&path->shape_highpass, x);

    // Summed anew each time: a running sum would keep the rounding of every past glitch
    float sum = 0.0F;
    for (int i = 0; i < path->window; ++i) {
        sum += at(path->energy, now - i);
    }
    sum /= (float)path->window;
    const float feature = kind->slope_sum ? sum : sqrtf(sum);
    path->feature[k] = feature;

    if (now < path->window) {
        path->quiet += (feature - path->quiet) * 2.0 / (double)(now + 2);
    } else {
        path->quiet *= feature > path->quiet ? path->quiet_up : path->quiet_down;
    }
    path->quiet = fmax(path->quiet, 1e-9);
    ++path->now;
}

// The point of the beat near a peak of the feature: the largest lobe of the band signal, or the
// steepest rise, in the window that the feature summed. A QRS complex has lobes both ways, some of
// the same size: the way of most beats is kept, so that shapes always lie alike.
static void find_point(const BeatPath* const path, Candidate* const c)
{
    const bool rises = path->kind->slope_sum;
    const float* const ring = rises ? path->slope : path->band;
    const int reach = path->window + (int)(0.02 * path->rate_hz);
    float up = 0.0F, down = 0.0F;
    int64_t up_at = c->at, down_at = c->at;
    for (int64_t k = c->at; k > c->at - reach; --k) {
        const float v = at(ring, k);
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
        sum += at(ring, k);
    }
    return sum / (float)(to - from + 1);
}

// Place of the extreme of a parabola through three equidistant points, -0.5..0.5
static double vertex(const double left, const double middle, const double right)
{
    const double bend = left - 2.0 * middle + right;
    return fabs(bend) < 1e-12 ? 0.0 : clip(0.5 * (left - right) / bend, -0.5, 0.5);
}

// Value of a smooth extreme between samples
static float extreme(const BeatPath* const path, const int64_t k)
{
    if (k < 1 || k + 1 >= path->now) {
        return at(path->raw, k);
    }
    const double left = at(path->raw, k - 1), middle = at(path->raw, k),
                 right = at(path->raw, k + 1);
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
        const float v = at(path->raw, c->point + i) - base - tilt * (float)i;
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
    const double shift = place > -reach && place < reach
                             ? vertex(at(path->raw, k - 1), at(path->raw, k), at(path->raw, k + 1))
                             : 0.0;
    c->mark = (double)k + shift;
    c->foot = k;
    c->top = k;
    c->height = c->down ? down : up;
    c->base = base + tilt * (float)place;

    int width = 1;
    for (int way = -1; way <= 1; way += 2) {
        for (int i = 1; i <= reach; ++i, ++width) {
            const float v = at(path->raw, k + way * i) - c->base;
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
        foot = at(path->raw, k) < at(path->raw, foot) ? k : foot;
    }
    for (int64_t k = p; k < path->now && k < end; ++k) {
        top = at(path->raw, k) > at(path->raw, top) ? k : top;
    }
    const float low = extreme(path, foot);
    const float high = extreme(path, top);
    const float middle = 0.5F * (low + high);

    // From the steepest point towards the middle
    int64_t k = p;
    while (k > foot && at(path->raw, k) > middle) {
        --k;
    }
    while (k < top && at(path->raw, k + 1) < middle) {
        ++k;
    }
    const float rise = at(path->raw, k + 1) - at(path->raw, k);
    c->mark = (double)k + (rise > 0.0F ? clip((middle - at(path->raw, k)) / rise, 0.0, 1.0) : 0.0);
    c->foot = foot;
    c->top = top;
    c->height = high - low;
    c->base = low;
    c->width_s = (float)((double)(top - foot) / rate);
    c->down = false;
}

// Is the sample `near` ago a peak of the feature?
static void look_for_candidate(BeatPath* const path)
{
    const int64_t peak = path->now - 1 - path->near;
    if (peak < 2) {
        return;
    }
    const float size = at(path->feature, peak);
    if (size < NOTHING || size <= at(path->feature, peak - 1) ||
        size < at(path->feature, peak + 1)) {
        return;
    }
    for (int i = 1; i <= path->near; ++i) {
        if ((i <= peak && at(path->feature, peak - i) >= size) ||
            at(path->feature, peak + i) > size) {
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
    find_point(path, c);
    if (path->kind->slope_sum) {
        mark_upslope(path, c);
    } else {
        mark_r_peak(path, c);
    }
    c->deadline = (int64_t)floor(c->mark) + path->budget;
    c->slope = 0.0F;
    for (int i = 0; i < path->window + 2; ++i) {
        const float s = fabsf(at(path->slope, peak - i));
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
        out[i] = k >= 0 && k < path->now ? at(path->shape, k) : 0.0F;
    }
}

// Lowest feature between two samples
static double lowest(const BeatPath* const path, const int64_t from, const int64_t to)
{
    double low = 1e30;
    for (int64_t k = from; k <= to; ++k) {
        low = k >= 0 && at(path->feature, k) < low ? at(path->feature, k) : low;
    }
    return low;
}

static double hollow(const double low, const double size)
{
    return clip(log(low / (size + 1e-12) + 1e-4), -4.5, 0.0) + 2.5;
}

// How regular intervals are: 1 a clock, 0 scattered by 8 % or more
static double regularity(const Recent* const intervals, const double usual)
{
    double off[PATH_RECENT];
    if (intervals->count < 6) {
        return 0.0;
    }
    for (int i = 0; i < intervals->count; ++i) {
        off[i] = fabs(intervals->value[i] - usual) / usual;
    }
    return clip(1.0 - median(off, intervals->count) / 0.08, 0.0, 1.0);
}

// Where a candidate falls in the rhythm of the sure beats
typedef struct {
    double on;  // it comes a whole number of their intervals after the last of them
    double off; // how far it is from that, 0..0.4 intervals
} Phase;

static Phase phase_of(const BeatPath* const path, const int64_t peak)
{
    const double usual = recent_median(&path->sure_intervals, USUAL_INTERVAL_S);
    const double even = regularity(&path->sure_intervals, usual);
    const double passed = fmin((double)(peak - path->sure) / path->rate_hz / usual, 100.0);
    const double whole = fmax(floor(passed + 0.5), 1.0);
    const double trust = even / whole; // each interval passed adds its scatter
    const double off = fabs(passed - whole);
    return (Phase){trust * (off < 0.1 ? 1.0 : 0.0), trust * (off > 0.1 ? off - 0.1 : 0.0)};
}

typedef struct {
    double value[PATH_EVIDENCE];
    Likeness like;
    double since; // s since the last beat
    double ratio; // the same in usual intervals
    double size;  // against the beats
    double noise; // quiet level against the beats
    double level; // of the beats' sizes
} Evidence;

static void weigh(const BeatPath* const path, const Candidate* const c,
                  const float signal[TEMPLATE_SPAN], Evidence* const e)
{
    const double rate = path->rate_hz;
    const double beats = level_of(path, &path->sizes, c->size);
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
    const double stand = clip(log(c->size / c->quiet) - 1.5, -2.0, 2.5);
    const double known = e->like.shape >= 0 ? 1.0 : 0.0;
    const double like = known * (e->like.likeness - 0.6);
    const double high = known * clip(e->like.projection, -0.5, 1.3);
    const double rest = known * clip(e->like.residual, 0.0, 1.5);
    const double twin = since < path->kind->twin_s ? 1.0 : 0.0;
    const double even = regularity(&path->intervals, usual);

    const int64_t now = path->now - 1;
    const int dip = (int)(0.1 * rate);
    const int64_t back = c->at - (int)(0.36 * rate);
    const double right = lowest(path, c->at + 1, c->deadline < now ? c->deadline : now);
    const double left = c->at > dip ? lowest(path, back, c->at - dip) : right;
    const double before = hollow(left, c->size);
    const double after = hollow(right, c->size);

    const double height = level_of(path, &path->heights, c->height) + 1e-12;
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

static double odds(const BeatPath* const path, const Evidence* const e)
{
    double sum = 0.0;
    for (int i = 0; i < PATH_EVIDENCE; ++i) {
        sum += path->kind->weights[i] * e->value[i];
    }
    return sum;
}

// Before the first beat there is nothing to compare with: it must stand out of all that was heard
static bool is_first(const BeatPath* const path, const Candidate* const c)
{
    int calm = 0, n = 0;
    float low = at(path->raw, path->now - 1), high = low;
    for (int64_t k = path->now - 1; k >= 0 && k > path->now - PATH_RING; --k, ++n) {
        const float feature = at(path->feature, k);
        if (feature > c->size * 1.001F) {
            return false;
        }
        calm += feature < CALM_PART * c->size;
        low = fminf(low, at(path->raw, k));
        high = fmaxf(high, at(path->raw, k));
    }
    return calm > n / 2 && c->height >= FIRST_PART * (high - low);
}

static void accept(BeatPath* const path, const Candidate* const c, const Evidence* const e,
                   const double sum, const float signal[TEMPLATE_SPAN])
{
    const double beats = level_of(path, &path->sizes, c->size);
    recent_push(&path->sizes, fmin(c->size, 1.8 * beats));
    if (e->since > SHORTEST_S && e->since < LONGEST_S) {
        recent_push(&path->intervals, e->since);
    }
    if (path->sizes.count > 1) {
        recent_push(&path->likenesses, e->like.likeness);
    }
    if (sum > SURE_ODDS && e->like.usual > SURE_LIKENESS) {
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
    recent_push(&path->heights, c->height);
    recent_push(&path->widths, c->width_s);
    path->any = true;
    path->lobe += 0.1 * ((c->lobe_down ? -1.0 : 1.0) - path->lobe);
    path->upward += 0.1 * ((c->down ? -1.0 : 1.0) - path->upward);
    if (sum > LEARN_ODDS || e->noise < LEARN_NOISE || path->templates.beats < 2U) {
        templates_learn(&path->templates, path->kind->shapes, signal, &e->like);
    }
}

// A rejected peak counts for the level of what is not a beat when nothing larger is near it
static void reject(BeatPath* const path, const Candidate* const c)
{
    for (int i = 1; i <= path->refractory; ++i) {
        if (i <= c->at && at(path->feature, c->at - i) >= c->size) {
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
    weigh(path, c, signal, &e);
    if (path->any) {
        sum = odds(path, &e);
#ifdef BEAT_TUNING
        if (path_spy) {
            path_spy(path, c, e.value, sum);
        }
#endif
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
    const double feature = at(path->feature, path->now - 1);
    const double level = TRIGGER_PART * level_of(path, &path->sizes, 0.0);
    if (path->sizes.count < PATH_RECENT / 2) {
        return false;
    }
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
    const float feature = at(path->feature, path->now - 1);
    for (int i = 0; i < path->candidates; ++i) {
        path->candidate[i].ahead = fmaxf(path->candidate[i].ahead, feature);
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
