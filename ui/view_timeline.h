// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The exercise as a line of time: its parts, where it is, what comes next.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_TIMELINE_H
#define UI_VIEW_TIMELINE_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    const char* name;
    double seconds; ///< < 0: open end; 0: left out
} TimelinePart;

typedef struct {
    const char* title; ///< the exercise
    const TimelinePart* parts;
    size_t n;
    int current;        ///< index of the part; -1: not begun; n: done
    double elapsed_s;   ///< of the current part
    double remaining_s; ///< of the current part; < 0: open end
    bool paused;
    const char* next; ///< the next step in words; NULL: made of the parts' names
} TimelineData;

void timeline_draw(cairo_t* cr, const Theme* theme, Rect box, const TimelineData* data);

#endif
