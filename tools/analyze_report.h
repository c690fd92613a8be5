// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The report of one recording: one page, as HTML with inline SVG and as PDF.
#ifndef TOOLS_ANALYZE_REPORT_H
#define TOOLS_ANALYZE_REPORT_H

#include "tools/analyze_picture.h"

/// Writes report.html and report.pdf into a folder. `events`: of a take, NULL for none. False with
/// one line in `error` (RECORDING_ERROR_SIZE bytes).
bool report_write(const char* folder, const AnalyzeOptions* options, const SourceInfo* info,
                  const char* warning, const Results* results, const HrvMeasures* whole,
                  double duration_s, const char* events, char* error);

/// The two halves. False when something could not be written.
bool report_html(const char* path, const Picture* picture);
bool report_pdf(const char* path, const Picture* picture);

/// "12 min 5 s"
void report_duration(char* text, size_t size, double seconds);
/// A measure's value with its unit, or why there is none
void report_value(char* text, size_t size, const Picture* picture, HrvMeasure measure);
/// The settings and what was left out, as lines of name and value; false beyond the last
bool report_setting(const Picture* picture, int index, const char** name, char* text, size_t size);
bool report_left_out(const Picture* picture, int index, const char** name, char* text, size_t size);

#endif
