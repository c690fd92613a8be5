// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/scatter.h"

#include <math.h>
#include <stdio.h>

#define MARGIN 44.0 // points, for the axes' labels
#define DOT    1.3

static void find_range(const double* x, const double* y, size_t count, double* low, double* high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < count; ++i) {
        if (isfinite(x[i]) && isfinite(y[i])) {
            *low = fmin(*low, fmin(x[i], y[i]));
            *high = fmax(*high, fmax(x[i], y[i]));
        }
    }
    if (!(*high > *low)) {
        const double middle = isfinite(*low) ? *low : 0.5;
        *low = middle - 0.5;
        *high = middle + 0.5;
    }
    // round hundreds, as intervals in ms are read
    const double step = *high - *low > 10.0 ? 100.0 : 0.1;
    *low = floor(*low / step) * step;
    *high = ceil(*high / step) * step;
}

void scatter_draw(cairo_t* cr, double size, const char* title, const double* x, const double* y,
                  size_t count)
{
    double low;
    double high;
    char text[32];
    const double side = size - 2.0 * MARGIN;
    find_range(x, y, count, &low, &high);
    cairo_set_source_rgb(cr, 1.0, 1.0, 1.0);
    cairo_paint(cr);
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_source_rgb(cr, 0.1, 0.1, 0.1);
    cairo_set_font_size(cr, 13.0);
    cairo_move_to(cr, MARGIN, MARGIN - 16.0);
    cairo_show_text(cr, title);
    cairo_set_line_width(cr, 1.0);
    cairo_rectangle(cr, MARGIN, MARGIN, side, side);
    cairo_stroke(cr);
    cairo_set_font_size(cr, 11.0);
    for (int i = 0; i <= 2; ++i) {
        const double share = 0.5 * i;
        snprintf(text, sizeof text, "%g", low + share * (high - low));
        cairo_move_to(cr, MARGIN + share * side - 12.0, MARGIN + side + 16.0);
        cairo_show_text(cr, text);
        cairo_move_to(cr, 6.0, MARGIN + (1.0 - share) * side + 4.0);
        cairo_show_text(cr, text);
    }
    cairo_set_source_rgb(cr, 0.6, 0.6, 0.6);
    cairo_move_to(cr, MARGIN, MARGIN + side);
    cairo_line_to(cr, MARGIN + side, MARGIN);
    cairo_stroke(cr);
    cairo_set_source_rgba(cr, 0.0, 0.27, 0.55, 0.7);
    for (size_t i = 0; i < count; ++i) {
        if (isfinite(x[i]) && isfinite(y[i])) {
            cairo_arc(cr, MARGIN + (x[i] - low) / (high - low) * side,
                      MARGIN + (high - y[i]) / (high - low) * side, DOT, 0.0, 6.2831853);
            cairo_fill(cr);
        }
    }
}
