// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The pacer's breath as a curve, with where it is now.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_PACER_H
#define UI_VIEW_PACER_H

#include "ui/pen.h"

typedef struct {
    const char* title;
    double inhale_s, hold_in_s, exhale_s, hold_out_s; ///< of this breath
    double phase;                                     ///< 0..1 of the breath; NAN: it rests
    double rate_per_min;                              ///< now; NAN: not known
    double goal_per_min;                              ///< where it leads; NAN: the same
    const char* reason;
} PacerData;

void pacer_draw(cairo_t* cr, const Theme* theme, Rect box, const PacerData* data);

#endif
