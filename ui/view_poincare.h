// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The Poincaré plot: each interval against the one after it, on equal axes, with its ellipse.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_POINCARE_H
#define UI_VIEW_POINCARE_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    const char* title;
    const double *rr_ms, *next_ms; ///< pairs; left out when either is not finite
    size_t n;
    double sd1_ms, sd2_ms; ///< of the ellipse; NAN or 0: none
    const char* reason;
} PoincareData;

void poincare_draw(cairo_t* cr, const Theme* theme, Rect box, const PoincareData* data);

#endif
