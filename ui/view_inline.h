// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The small pictures in a mixer: a beat, a breath, and both with the tone. Some 10 to 60 pixels
/// high.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_INLINE_H
#define UI_VIEW_INLINE_H

#include "ui/pen.h"
#include "ui/view_sensor.h"

#include <stddef.h>

typedef struct {
    const float* trace; ///< the last seconds of the signal, 0..1; NULL: none
    size_t n;
    double heart_rate; ///< NAN or 0: not known
    SensorState state;
    double breath;      ///< how full the lungs are, 0..1; NAN: not known
    double breath_rate; ///< NAN or 0: not known
    double pacer;       ///< 0..1; NAN: it rests
    double tone;        ///< 0..1; NAN: not known
} InlineData;

void inline_beat_draw(cairo_t* cr, const Theme* theme, Rect box, const InlineData* data);
void inline_breath_draw(cairo_t* cr, const Theme* theme, Rect box, const InlineData* data);
void inline_relax_draw(cairo_t* cr, const Theme* theme, Rect box, const InlineData* data);

#endif
