// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What the parts of tonus-analyze share.
#ifndef TOOLS_ANALYZE_H
#define TOOLS_ANALYZE_H

#include "dsp/chain.h"

#include <stdbool.h>

typedef enum { ANALYZE_AUTO, ANALYZE_ECG, ANALYZE_PPG, ANALYZE_BELT, ANALYZE_RR } AnalyzeSensor;

typedef struct {
    AnalyzeSensor sensor;
    const char* column; ///< NULL: the first that looks like what is wanted
    const char* beats;  ///< corrected beats to read instead of finding them; NULL: none
    const char* events; ///< events.tsv with the parts of exercises; NULL: that of the take
    double rate_hz;     ///< 0: the file's
    double window_s;    ///< of the rows of hrv.tsv, 30..300; 0: all since the start
    double step_s;      ///< between two rows
    bool clean;         ///< mend and leave out artefacts
    bool report;
    bool bids; ///< also the signal as BIDS _physio.tsv.gz
    bool quiet;
    const char* language; ///< of the report: "en", "no", "sv"
} AnalyzeOptions;

/// One recording: reads `path`, writes tables into the folder `out` (created). Prints one line on
/// standard error when something is wrong; false then. `progress` (0..1) may be NULL.
bool analyze_recording(const char* path, const char* out, const AnalyzeOptions* options,
                       void (*progress)(double share, void* data), void* data);

#endif
