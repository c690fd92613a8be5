// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Lists of RR intervals or of beats as text: one number in a line, all in one line, or a column of
/// a table; in ms or s, with a point or a comma.
#ifndef TOOLS_ANALYZE_LIST_H
#define TOOLS_ANALYZE_LIST_H

#include <stdbool.h>

typedef struct BeatList BeatList;

/// Does it look like one? By its heading ("onset", or "rr" and no signal beside it), or because its
/// numbers are as long as heartbeats.
bool beatlist_is(const char* path);

/// NULL with one line in `error` (RECORDING_ERROR_SIZE bytes).
BeatList* beatlist_open(const char* path, char* error);
void beatlist_close(BeatList* list);

/// Times of beats, not intervals
bool beatlist_has_times(const BeatList* list);

/// The next beat; an interval's beat is at its end, and the first one at 0. False at the end.
bool beatlist_next(BeatList* list, double* time_s, bool* reliable);

/// One line each, "" when there is nothing
const char* beatlist_error(const BeatList* list);
const char* beatlist_warning(const BeatList* list);

/// 0..1
double beatlist_progress(const BeatList* list);

#endif
