// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The exercise in words: how it is done, what to look out for, what it changed.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_GUIDE_H
#define UI_VIEW_GUIDE_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    const char* name;
    double before, after; ///< NAN: not measured
    int decimals;
    const char* unit;
    const char* reason; ///< why the two are not compared; NULL or "": they are
} GuideChange;

typedef struct {
    const char* title;   ///< the exercise
    const char* how;     ///< a sentence or two for the person
    const char* caution; ///< what to look out for; NULL or "": nothing
    const char* hint;    ///< what holds just now; NULL or "": nothing
    const GuideChange* changes;
    size_t n_changes;
    const char* reason; ///< said when there is nothing else to say
} GuideData;

void guide_draw(cairo_t* cr, const Theme* theme, Rect box, const GuideData* data);

#endif
