// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The live signal with its beats: the newest at the right edge, drawn as columns from the lowest
/// to the highest sample.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_TRACE_H
#define UI_VIEW_TRACE_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    double age_s;  ///< how long ago, at the right edge 0
    bool reliable; ///< else it is drawn hollow
} TraceBeat;

typedef struct {
    const char* title;       ///< NULL: none
    const float *low, *high; ///< of each column, any unit; not finite: a gap
    size_t n;                ///< columns, the newest last
    double column_s;         ///< length of a column
    double span_s;           ///< length of the whole width
    const TraceBeat* beats;
    size_t n_beats;
    const char* reason; ///< said in place of the trace when nothing in it is finite
} TraceData;

void trace_draw(cairo_t* cr, const Theme* theme, Rect box, const TraceData* data);

#endif
