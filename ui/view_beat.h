// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The person's usual beat and the last one on it, with the quality.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_BEAT_H
#define UI_VIEW_BEAT_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    const char* title;
    const float* usual; ///< mean of the beats, any unit
    const float* last;  ///< the last one, same unit; NULL: not shown
    size_t n;           ///< samples of both
    double span_s;      ///< their length; the beat is in the middle
    double quality;     ///< 0..1; NAN: not shown
    double likeness;    ///< of the last beat, -1..1; NAN: not shown
    const char* reason;
} BeatData;

void beat_draw(cairo_t* cr, const Theme* theme, Rect box, const BeatData* data);

#endif
