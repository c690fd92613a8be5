// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Scoring of beat times against reference times, after ANSI/AAMI EC57: one-to-one matches within
/// 150 ms, the nearest pairs first.
#ifndef TESTS_SCORE_H
#define TESTS_SCORE_H

#include <stdbool.h>
#include <stddef.h>

#define SCORE_WINDOW_S 0.15

/// Beats found
typedef struct {
    double* time_s;
    bool* reliable;
    float* quality;  ///< 0..1; 1 until told
    float* likeness; ///< to the usual beat, 0..1; 0 until told
    size_t n, room;
} Beats;

/// Reference beats and the spans that do not count
typedef struct {
    double* time_s;
    bool* normal; ///< a beat of the usual origin, whose intervals are NN intervals
    bool* ectopic;
    size_t n, room;
    double (*span)[2];
    size_t n_spans, span_room;
} Reference;

typedef struct {
    size_t hit, missed, extra;
    size_t reliable,
        reliable_hit; ///< beats that carry the reliable note, and the true ones of them
    int* found_of;    ///< for each reference beat the beat found, -1: missed
} Score;

void beats_add(Beats* beats, double time_s, bool reliable);
void beats_free(Beats* beats);

void reference_add(Reference* reference, double time_s, bool normal, bool ectopic);
void reference_add_span(Reference* reference, double from_s, double to_s);
void reference_free(Reference* reference);

/// Beats at time_s - lag_s against the reference, from `from_s` on. Free with score_free().
Score score_beats(const Beats* beats, const Reference* reference, double lag_s, double from_s);
void score_free(Score* score);

double score_f1(size_t hit, size_t missed, size_t extra);

/// The constant lag in `low_s..high_s` with the most matches (middle of the best range).
double score_lag(const Beats* beats, const Reference* reference, double low_s, double high_s);

/// Sorts and takes a quantile, 0..1; 0 when empty.
double score_quantile(double* values, size_t n, double part);

#endif
