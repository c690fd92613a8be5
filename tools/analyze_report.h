// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The report of one recording: one page, as HTML with inline SVG and as PDF.
#ifndef TOOLS_ANALYZE_REPORT_H
#define TOOLS_ANALYZE_REPORT_H

#include "tools/analyze_results.h"
#include "tools/analyze_source.h"

/// Writes report.html and report.pdf into a folder. False with one line in `error`
/// (RECORDING_ERROR_SIZE bytes).
bool report_write(const char* folder, const AnalyzeOptions* options, const SourceInfo* info,
                  const Results* results, const HrvMeasures* whole, double duration_s, char* error);

#endif
