// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What the demo found and what was true: collected, written as tables and a picture, printed.
#ifndef TOOLS_DEMO_REPORT_H
#define TOOLS_DEMO_REPORT_H

#include <stdbool.h>

typedef struct ReportImpl Report;

/// What the plugin shows at a time; 0 or not finite where it shows nothing.
typedef struct {
    double time_s;
    double heart_rate;  ///< bpm
    double breath_rate; ///< per minute
    double confidence;  ///< of the breath, 0..1
    double rmssd;       ///< ms
    double resp_hrv;    ///< ms
    double tone;        ///< 0..1
    double quality;     ///< of the beats, 0..1
    double hrv_quality; ///< 0..1
} ReportMeasures;

/// `input` names the recording, NULL: the simulated person. NULL without memory.
Report* report_new(const char* input);
void report_free(Report* report);

/// What was found, in time order.
void report_beat(Report* report, double time_s, bool reliable);
void report_breath(Report* report, double time_s); ///< start of an in-breath
void report_measures(Report* report, const ReportMeasures* measures);

/// What is true, in time order.
void report_true_beat(Report* report, double time_s);
void report_true_breath(Report* report, double time_s);

/// Writes beats.tsv, breaths.tsv, measures.tsv and relax.svg. False with one line on standard
/// error.
bool report_write(const Report* report, const char* folder);

/// Prints what was found against what was true.
void report_print(const Report* report, const char* folder);

#endif
