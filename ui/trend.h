// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Trends: lines over a common time axis, one panel above the other.
/// Knows values only; draws into any cairo context. Belongs to the thread of that context.
#ifndef UI_TREND_H
#define UI_TREND_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    const char* label; ///< told in the legend; NULL: none
    const double* time_s;
    const double* value; ///< what is not finite leaves a gap
    size_t count;
    Color color;
    double width; ///< of the line, as times the theme's stroke; 0: dots
    double dash;  ///< length of a dash, likewise; 0: a full line
} TrendLine;

typedef struct {
    const char* title; ///< with the unit
    double low, high;  ///< of the axis; equal: taken from the values
    const TrendLine* lines;
    size_t n_lines;
} TrendPanel;

/// Draws the panels into the box, times from start_s to end_s.
void trend_draw(cairo_t* cr, const Theme* theme, Rect box, const char* title, double start_s,
                double end_s, const TrendPanel* panels, size_t n_panels);

#endif
