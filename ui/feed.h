// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a window remembers of what its plugin told: the trace with its beats, the intervals and
/// breaths of the last minutes, the way of the tone. All of a fixed size; the oldest goes first.
/// Plain values for one thread; to begin with, all zeros.
#ifndef UI_FEED_H
#define UI_FEED_H

#include "ui/view_breath.h"
#include "ui/view_tacho.h"
#include "ui/view_tone.h"
#include "ui/view_trace.h"

#include <stdint.h>

enum {
    FEED_COLUMNS = 1536, // of the trace, 15 s
    FEED_MARKS = 96,     // beats on the trace
    FEED_BEATS = 1280,   // intervals, 5 minutes at 256 per minute
    FEED_BREATHS = 1024, // points of the breath behind the tachogram
    FEED_TONES = 1024
};

typedef struct {
    float low[2 * FEED_COLUMNS], high[2 * FEED_COLUMNS];
    size_t n;        ///< columns in it
    double column_s; ///< 0: nothing came yet
    uint64_t total;  ///< columns since the start
    struct {
        double at; ///< column since the start
        bool reliable;
    } mark[FEED_MARKS];
    size_t n_marks;
    TraceBeat shown[FEED_MARKS];
} FeedTrace;

/// Adds columns. More or less than nothing at all is ignored.
void feed_trace(FeedTrace* feed, double column_s, const float* low, const float* high, size_t n);

/// A beat, so many seconds before the end of the last column.
void feed_mark(FeedTrace* feed, double age_s, bool reliable);

/// For trace_draw: the last span_s seconds. Valid until the next call on the feed.
TraceData feed_trace_data(FeedTrace* feed, double span_s, const char* title, const char* reason);

enum { FEED_SHAPE = 71 }; // columns of a beat, 0.7 s

/// The beats on the trace of the last span_s seconds: their mean, and the last one that is whole,
/// around the beat. Returns how many there were, at least 2, else 0; `likeness`: correlation of the
/// last with the mean.
size_t feed_shape(const FeedTrace* feed, double span_s, float usual[FEED_SHAPE],
                  float last[FEED_SHAPE], double* likeness);

typedef struct {
    TachoBeat beat[FEED_BEATS];
    size_t n_beats;
    TachoBreath breath[FEED_BREATHS];
    size_t n_breaths;
} FeedTacho;

void feed_beat(FeedTacho* feed, double time_s, double rr_ms, bool normal);
/// How full the lungs are (0..1, NAN: not known); kept some four times a second.
void feed_breath(FeedTacho* feed, double time_s, double fullness);

TachoData feed_tacho_data(const FeedTacho* feed, double now_s, double span_s, const char* title,
                          const char* reason);

typedef struct {
    TonePoint point[FEED_TONES];
    size_t n;
} FeedTone;

/// Kept once in half a second.
void feed_tone(FeedTone* feed, double time_s, double tone, double quality);

ToneData feed_tone_data(const FeedTone* feed, double now_s, double span_s, const char* title,
                        const char* reason);

/// The breath of the person and the pacer's, moving smoothly between what was told.
typedef struct {
    double target, known;                          ///< the person; NAN: not known
    double pace_target;                            ///< the pacer; NAN: it rests
    double pace_at_s;                              ///< when it was told
    double last_s;                                 ///< when it moved last
    double person, pacer;                          ///< as shown
    double drawn_person, drawn_pacer, drawn_known; ///< as drawn last
    double left;
    BreathCue cue, drawn_cue;
    bool begun;
} FeedLungs;

/// The person's phase (0..1, 0 = start of the in-breath) and how sure it is (0..1).
void feed_lungs(FeedLungs* feed, double phase, double confidence);

/// The pacer now: as the object Pace of ttl/ui.ttl tells it.
void feed_pace(FeedLungs* feed, double now_s, int part, double phase, double level,
               const float seconds[4]);

/// Moves on. True: it looks different from what was drawn last.
bool feed_lungs_move(FeedLungs* feed, double now_s);

/// The fullest that the person and the pacer are, or were when they were drawn last; NAN where one
/// of them has come or gone since.
double feed_lungs_reach(const FeedLungs* feed);

BreathData feed_lungs_data(FeedLungs* feed, bool words, const char* reason);

#endif
