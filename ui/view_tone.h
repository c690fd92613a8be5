// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tone as a slow band around its way, with the person's baseline. Low is a place like any other.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_TONE_H
#define UI_VIEW_TONE_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    double time_s;
    double tone;    ///< 0..1, 0.5 = the person's baseline; NAN: not known
    double quality; ///< 0..1: the band is narrow where it is sure
} TonePoint;

typedef struct {
    const char* title;
    const TonePoint* points; ///< in time order
    size_t n;
    double now_s;
    double span_s;
    double learned;     ///< 0..1, progress of learning the baseline; 1: known
    const char* reason; ///< why there is no tone now; NULL: there is
} ToneData;

void tone_draw(cairo_t* cr, const Theme* theme, Rect box, const ToneData* data);

#endif
