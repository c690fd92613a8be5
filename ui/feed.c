// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/feed.h"

#include <math.h>
#include <string.h>

#define BREATH_S 0.2 // between two points kept
#define TONE_S   0.5

#define GLIDE_S     0.12  // time constant of the figure: what comes in steps of 40 ms glides
#define PACE_GONE_S 1.0   // a pacer that tells nothing for so long rests
#define SURE        0.05  // below this confidence the breath is not shown
#define IN_SHARE    0.4   // of a breath at rest that is in-breath
#define SEEN        0.002 // a smaller change cannot be seen

void feed_trace(FeedTrace* feed, double column_s, const float* low, const float* high, size_t n)
{
    if (!(column_s > 1e-4 && column_s < 1.0) || n > FEED_COLUMNS) {
        return;
    }
    if (feed->n + n > 2 * FEED_COLUMNS) { // the newer half moves to the front
        const size_t kept = FEED_COLUMNS;
        memmove(feed->low, feed->low + feed->n - kept, kept * sizeof(float));
        memmove(feed->high, feed->high + feed->n - kept, kept * sizeof(float));
        feed->n = kept;
    }
    memcpy(feed->low + feed->n, low, n * sizeof(float));
    memcpy(feed->high + feed->n, high, n * sizeof(float));
    feed->n += n;
    feed->total += n;
    feed->column_s = column_s;
}

void feed_mark(FeedTrace* feed, double age_s, bool reliable)
{
    if (!(feed->column_s > 0.0) || !(age_s >= 0.0 && age_s < 60.0)) {
        return;
    }
    if (feed->n_marks == FEED_MARKS) {
        memmove(feed->mark, feed->mark + 1, (FEED_MARKS - 1) * sizeof(feed->mark[0]));
        --feed->n_marks;
    }
    feed->mark[feed->n_marks].at = (double)feed->total - age_s / feed->column_s;
    feed->mark[feed->n_marks++].reliable = reliable;
}

TraceData feed_trace_data(FeedTrace* feed, double span_s, const char* title, const char* reason)
{
    TraceData data = {.title = title, .span_s = span_s, .reason = reason, .column_s = 0.01};
    if (feed->column_s > 0.0) {
        const double wanted = ceil(span_s / feed->column_s) + 1.0;
        const size_t most = feed->n < FEED_COLUMNS ? feed->n : FEED_COLUMNS;
        data.n = wanted < (double)most ? (size_t)wanted : most;
        data.low = feed->low + feed->n - data.n;
        data.high = feed->high + feed->n - data.n;
        data.column_s = feed->column_s;
    }
    for (size_t i = 0; i < feed->n_marks; ++i) {
        const double age_s = ((double)feed->total - feed->mark[i].at) * feed->column_s;
        if (age_s <= span_s) {
            feed->shown[data.n_beats].age_s = age_s;
            feed->shown[data.n_beats++].reliable = feed->mark[i].reliable;
        }
    }
    data.beats = feed->shown;
    return data;
}

// Columns around a beat, each by that end which stands out; false when it is not whole
static bool cut_shape(const FeedTrace* feed, double at, float shape[FEED_SHAPE])
{
    const double first = at - (double)(feed->total - feed->n) - 0.5 * FEED_SHAPE;
    if (!(first >= 0.0) || first + FEED_SHAPE > (double)feed->n) {
        return false;
    }
    const size_t from = (size_t)first;
    float ground = 0.0f;
    for (size_t i = 0; i < FEED_SHAPE; ++i) {
        ground += 0.5f * (feed->low[from + i] + feed->high[from + i]) / (float)FEED_SHAPE;
    }
    for (size_t i = 0; i < FEED_SHAPE; ++i) {
        const float up = feed->high[from + i] - ground;
        const float down = ground - feed->low[from + i];
        shape[i] = up >= down ? up : -down;
    }
    return isfinite(ground);
}

static double correlate(const float* a, const float* b, size_t n)
{
    double ab = 0.0;
    double aa = 0.0;
    double bb = 0.0;
    for (size_t i = 0; i < n; ++i) {
        ab += (double)(a[i] * b[i]);
        aa += (double)(a[i] * a[i]);
        bb += (double)(b[i] * b[i]);
    }
    return aa > 0.0 && bb > 0.0 ? ab / sqrt(aa * bb) : 0.0;
}

size_t feed_shape(const FeedTrace* feed, double span_s, float usual[FEED_SHAPE],
                  float last[FEED_SHAPE], double* likeness)
{
    float shape[FEED_SHAPE];
    size_t n = 0;
    memset(usual, 0, FEED_SHAPE * sizeof(float));
    for (size_t i = 0; i < feed->n_marks; ++i) {
        const double age_s = ((double)feed->total - feed->mark[i].at) * feed->column_s;
        if (!(age_s <= span_s) || !cut_shape(feed, feed->mark[i].at, shape)) {
            continue;
        }
        memcpy(last, shape, sizeof(shape));
        if (feed->mark[i].reliable) {
            ++n;
            for (size_t j = 0; j < FEED_SHAPE; ++j) {
                usual[j] += (shape[j] - usual[j]) / (float)n;
            }
        }
    }
    *likeness = n > 1 ? correlate(last, usual, FEED_SHAPE) : 0.0;
    return n > 1 ? n : 0;
}

void feed_beat(FeedTacho* feed, double time_s, double rr_ms, bool normal)
{
    if (feed->n_beats == FEED_BEATS) { // a quarter at once: moving is rare
        feed->n_beats -= FEED_BEATS / 4;
        memmove(feed->beat, feed->beat + FEED_BEATS / 4, feed->n_beats * sizeof(TachoBeat));
    }
    const bool later = !feed->n_beats || time_s > feed->beat[feed->n_beats - 1].time_s;
    if (later && isfinite(time_s) && rr_ms > 0.0 && rr_ms < 1e4) {
        const TachoBeat beat = {time_s, rr_ms, normal};
        feed->beat[feed->n_beats++] = beat;
    }
}

void feed_breath(FeedTacho* feed, double time_s, double fullness)
{
    if (feed->n_breaths && time_s < feed->breath[feed->n_breaths - 1].time_s + BREATH_S) {
        return;
    }
    if (feed->n_breaths == FEED_BREATHS) {
        feed->n_breaths -= FEED_BREATHS / 4;
        memmove(feed->breath, feed->breath + FEED_BREATHS / 4,
                feed->n_breaths * sizeof(TachoBreath));
    }
    const TachoBreath breath = {time_s, fullness};
    feed->breath[feed->n_breaths++] = breath;
}

TachoData feed_tacho_data(const FeedTacho* feed, double now_s, double span_s, const char* title,
                          const char* reason)
{
    const TachoData data = {.title = title,
                            .beats = feed->beat,
                            .n_beats = feed->n_beats,
                            .breaths = feed->breath,
                            .n_breaths = feed->n_breaths,
                            .now_s = now_s,
                            .span_s = span_s,
                            .reason = reason};
    return data;
}

void feed_tone(FeedTone* feed, double time_s, double tone, double quality)
{
    if (feed->n && time_s < feed->point[feed->n - 1].time_s + TONE_S) {
        return;
    }
    if (feed->n == FEED_TONES) {
        feed->n -= FEED_TONES / 4;
        memmove(feed->point, feed->point + FEED_TONES / 4, feed->n * sizeof(TonePoint));
    }
    const TonePoint point = {time_s, tone, quality};
    feed->point[feed->n++] = point;
}

ToneData feed_tone_data(const FeedTone* feed, double now_s, double span_s, const char* title,
                        const char* reason)
{
    const ToneData data = {.title = title,
                           .points = feed->point,
                           .n = feed->n,
                           .now_s = now_s,
                           .span_s = span_s,
                           .learned = 1.0,
                           .reason = reason};
    return data;
}

void feed_lungs(FeedLungs* feed, double phase, double confidence)
{
    const bool known = confidence > SURE && phase >= 0.0 && phase <= 1.0;
    feed->target = known ? breath_fullness(phase, IN_SHARE) : (double)NAN;
    feed->known = known ? fmin(confidence, 1.0) : 0.0;
}

void feed_pace(FeedLungs* feed, double now_s, int part, double phase, double level,
               const float seconds[4])
{
    static const BreathCue cues[5] = {BREATH_NO_CUE, BREATH_CUE_IN, BREATH_CUE_HOLD, BREATH_CUE_OUT,
                                      BREATH_CUE_HOLD};
    const bool paced = part >= 1 && part <= 4 && level >= 0.0 && level <= 1.0;
    double whole = 0.0;
    double end = 0.0; // of this part
    for (int i = 0; i < 4; ++i) {
        whole += (double)seconds[i];
        end += i < part ? (double)seconds[i] : 0.0;
    }
    const double length = paced ? (double)seconds[part - 1] : 0.0;
    feed->pace_target = paced ? level : (double)NAN;
    feed->pace_at_s = now_s;
    feed->cue = paced ? cues[part] : BREATH_NO_CUE;
    feed->left = paced && length > 0.0 && whole > 0.0
                     ? fmin(fmax((end - phase * whole) / length, 0.0), 1.0)
                     : (double)NAN;
}

static double glide(double shown, double target, double share)
{
    return isfinite(shown) && isfinite(target) ? shown + share * (target - shown) : target;
}

// NAN is no different from NAN
static bool differs(double a, double b)
{
    return isfinite(a) != isfinite(b) || (isfinite(a) && fabs(a - b) > SEEN);
}

bool feed_lungs_move(FeedLungs* feed, double now_s)
{
    if (!feed->begun) {
        feed->begun = true;
        feed->target = feed->pace_target = feed->person = feed->pacer = (double)NAN;
        feed->drawn_person = feed->drawn_pacer = feed->left = (double)NAN;
        feed->last_s = now_s;
        return true;
    }
    const double share = 1.0 - exp(-fmin(fmax(now_s - feed->last_s, 0.0), 1.0) / GLIDE_S);
    feed->last_s = now_s;
    if (isfinite(feed->pace_target) && now_s - feed->pace_at_s > PACE_GONE_S) {
        feed->pace_target = feed->left = (double)NAN;
        feed->cue = BREATH_NO_CUE;
    }
    feed->person = glide(feed->person, feed->target, share);
    feed->pacer = glide(feed->pacer, feed->pace_target, share);
    return differs(feed->person, feed->drawn_person) || differs(feed->pacer, feed->drawn_pacer) ||
           fabs(feed->known - feed->drawn_known) > 0.02 || feed->cue != feed->drawn_cue;
}

double feed_lungs_reach(const FeedLungs* feed)
{
    if (!feed->begun || isfinite(feed->person) != isfinite(feed->drawn_person) ||
        isfinite(feed->pacer) != isfinite(feed->drawn_pacer)) {
        return (double)NAN;
    }
    return fmax(fmax(feed->person, feed->drawn_person), fmax(feed->pacer, feed->drawn_pacer));
}

BreathData feed_lungs_data(FeedLungs* feed, bool words, const char* reason)
{
    feed->drawn_person = feed->person;
    feed->drawn_pacer = feed->pacer;
    feed->drawn_known = feed->known;
    feed->drawn_cue = feed->cue;
    const BreathData data = {.person = feed->begun ? feed->person : (double)NAN,
                             .known = feed->known,
                             .pacer = feed->begun ? feed->pacer : (double)NAN,
                             .left = feed->begun ? feed->left : (double)NAN,
                             .cue = feed->cue,
                             .words = words,
                             .reason = reason};
    return data;
}
