// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Axes: values to places, grids and labels. Whatever the values are, places are finite and lines
/// few. Belongs to the thread of the cairo context.
#ifndef UI_PLOT_H
#define UI_PLOT_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    Rect box;           ///< where the values lie
    double left, right; ///< x at the edges; right > left
    double low, high;   ///< y at the edges; high > low
} Plot;

double plot_x(const Plot* plot, double x); ///< kept near the box; NAN for what is not finite
double plot_y(const Plot* plot, double y);

/// The step of 1, 2 or 5 times a power of ten that makes at most `most` parts of a range > 0.
double plot_step(double range, double most);

/// Gathers the values that an axis must show; those that are not finite, or beyond 1e9, do not
/// count. To begin with: {INFINITY, -INFINITY}.
typedef struct {
    double low, high;
} PlotSpan;

void plot_span_add(PlotSpan* span, double value);

/// The axis for them: at least `least` long, from one round number to another. 0..1 (and false)
/// when there was no value.
bool plot_span_close(const PlotSpan* span, double least, double* low, double* high);

/// Horizontal lines with their values at the left; `decimals` as the step needs when < 0.
void plot_values(cairo_t* cr, const Theme* theme, const Plot* plot, double most, int decimals);

/// Ticks of time under the box: x is seconds; those before `now_s` are told as "−30 s" or "−1:30".
void plot_ages(cairo_t* cr, const Theme* theme, const Plot* plot, double now_s);

/// The same, told as the time since 0: "14:30", from an hour on "1:14:30".
void plot_clock(cairo_t* cr, const Theme* theme, const Plot* plot);

/// A curve through the points, broken where one is not finite.
void plot_curve(cairo_t* cr, const Plot* plot, const double* x, const double* y, size_t n);

#endif
