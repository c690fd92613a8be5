// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What was found in a recording, as it is found: tables on the disk, and in memory what the
/// summary and the report need (some bytes per beat).
#ifndef TOOLS_ANALYZE_RESULTS_H
#define TOOLS_ANALYZE_RESULTS_H

#include "tools/analyze.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    double onset_s;
    double rr_ms;     ///< since the beat before; 0: unknown
    float quality;    ///< 0..1
    const char* type; ///< "normal", "missed", "extra", "ectopic", "unreliable", "first"
} ResultBeat;

typedef struct {
    double onset_s, inhale_s, duration_s; ///< 0: unknown
    float rate_per_min, depth, confidence;
} ResultBreath;

typedef struct {
    double time_s;                                    ///< end of the row's window
    float tone;                                       ///< 0..1, NAN: not known
    float rmssd_ms, resp_hrv_ms, breath_rate_per_min; ///< NAN: not valid
} ResultRow;

typedef struct Results Results;

/// Opens the tables in a folder that is there, and NAME.tonus. `rate_hz` is that of the column
/// "sample"; 0: none. NULL with one line in `error` (RECORDING_ERROR_SIZE bytes).
Results* results_new(const char* folder, const char* name, double rate_hz, char* error);

/// In time order, each kind for itself.
void results_beat(Results* results, double onset_s, float quality, bool reliable);
void results_interval(Results* results, const RrInterval* interval);
void results_breath(Results* results, double onset_s, const BreathEvent* breath);
void results_row(Results* results, double end_s, double window_s, const HrvMeasures* measures,
                 const ToneState* tone, double breath_rate_per_min);

/// What waits for its successor is written. False when the disk refused something.
bool results_finish(Results* results);

/// Measures that exist for windows only (spectrum, coherence, synchrony): the whole recording's are
/// the means of the rows in which they are valid, unless artefacts spoil more rows than that; where
/// there is none, they stay as they are.
void results_whole(const Results* results, HrvMeasures* whole);
void results_free(Results* results);

const ResultBeat* results_beats(const Results* results, size_t* n);
const ResultBreath* results_breaths(const Results* results, size_t* n);
const ResultRow* results_rows(const Results* results, size_t* n);

/// A reason in one word for tables: "ok", "too_short", ...
const char* results_reason(HrvReason reason);

#endif
