// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/feed.h"

#include <math.h>
#include <string.h>

#define BREATH_S 0.2 // between two points kept
#define TONE_S   0.5

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
