// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The tachogram: each interval of the last minutes, with the breath behind it.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_TACHO_H
#define UI_VIEW_TACHO_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    double time_s; ///< of the beat that ends it
    double rr_ms;
    bool normal; ///< else it is drawn hollow and the curve is broken
} TachoBeat;

typedef struct {
    double time_s;
    double fullness; ///< 0..1; NAN: not known
} TachoBreath;

typedef struct {
    const char* title;
    const TachoBeat* beats; ///< in time order
    size_t n_beats;
    const TachoBreath* breaths; ///< in time order, some per second
    size_t n_breaths;
    double now_s;  ///< at the right edge
    double span_s; ///< length of the whole width
    bool rate;     ///< heart rate (it rises with the in-breath) in place of intervals
    const char* reason;
    bool clock; ///< the axis tells the time since 0 s in place of the time before now
} TachoData;

void tacho_draw(cairo_t* cr, const Theme* theme, Rect box, const TachoData* data);

#endif
