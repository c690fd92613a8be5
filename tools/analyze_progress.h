// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// How far a batch has come, as a line on standard error when that is a terminal, and the lines
/// that are said meanwhile.
#ifndef TOOLS_ANALYZE_PROGRESS_H
#define TOOLS_ANALYZE_PROGRESS_H

#include <stdbool.h>

typedef struct {
    bool shown;
    unsigned file, n_files; ///< done, of all
    int last;               ///< percent shown, -1: nothing yet
} Progress;

Progress progress_begin(unsigned n_files, bool quiet);

/// `data` is a Progress; share (0..1) of the file at work is done.
void progress_show(double share, void* data);

/// One more file is done.
void progress_file(Progress* progress);

/// Ends the line.
void progress_end(Progress* progress);

/// "tonus-analyze: text" on a line of its own; a progress line begins anew after it.
void progress_say(const char* text);

#endif
