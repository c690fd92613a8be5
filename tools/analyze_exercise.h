// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The exercises of a take: what its events say about when they were, and the rest after each
/// beside the rest before it.
#ifndef TOOLS_ANALYZE_EXERCISE_H
#define TOOLS_ANALYZE_EXERCISE_H

#include "dsp/compare.h"
#include "tools/analyze_results.h"

typedef enum { EXERCISE_BEFORE, EXERCISE_DURING, EXERCISE_AFTER, EXERCISE_PARTS } ExercisePart;

typedef struct {
    double from_s, to_s; ///< equal: there was no such part
    bool paced;
    double heart_rate_per_min, rmssd_ms, resp_hrv_ms, breath_rate_per_min; ///< NAN: not known
} ExerciseTimes;

typedef struct {
    ExerciseTimes part[EXERCISE_PARTS];
    Comparison comparison; ///< after beside before
} Exercise;

/// Reads an events.tsv (columns onset and trial_type, as takes have it). A part that does not end
/// in it ends at `end_s`. Returns their number, at most `most`; 0 also without such a file.
size_t exercises_read(const char* events, const Results* results, double end_s, Exercise* list,
                      size_t most);

#endif
