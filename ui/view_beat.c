// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_beat.h"

#include "ui/plot.h"

#include <math.h>
#include <string.h>

// What a shape stands on: the wander of the baseline is no part of it
static double ground_of(const float* values, size_t n)
{
    double sum = 0.0;
    double count = 0.0;
    for (size_t i = 0; values && i < n; ++i) {
        if (fabsf(values[i]) < 1e9f) {
            sum += (double)values[i];
            count += 1.0;
        }
    }
    return count > 0.0 ? sum / count : 0.0;
}

static void add(PlotSpan* span, const float* values, size_t n)
{
    const double ground = ground_of(values, n);
    for (size_t i = 0; values && i < n; ++i) {
        plot_span_add(span, (double)values[i] - ground);
    }
}

static void draw_shape(cairo_t* cr, const Plot* plot, const float* values, size_t n, double span_s)
{
    const double ground = ground_of(values, n);
    bool down = false;
    for (size_t i = 0; i < n; ++i) {
        const double x = plot_x(plot, span_s * ((double)i / (double)(n - 1) - 0.5));
        const double y = plot_y(plot, (double)values[i] - ground);
        if (!isfinite(x) || !isfinite(y)) {
            down = false;
        } else if (down) {
            cairo_line_to(cr, x, y);
        } else {
            cairo_move_to(cr, x, y);
            down = true;
        }
    }
    cairo_stroke(cr);
}

static void say_quality(cairo_t* cr, const Theme* theme, Rect line, const BeatData* data)
{
    if (isfinite(data->quality)) {
        const Rect bars = cut_left(&line, 1.8 * theme->small, 0.5 * theme->margin);
        pen_quality(cr, theme, rect_inset(bars, 0.2 * theme->small), data->quality);
    }
    if (isfinite(data->likeness)) {
        char text[128];
        const double percent = 100.0 * fmin(fmax(data->likeness, 0.0), 1.0);
        strcpy(text, pen_number(percent, 0).text);
        strcat(text, " % ");
        strncat(text, _("like the others"), sizeof text - strlen(text) - 1);
        pen_font(cr, theme, theme->small, false);
        pen_color(cr, theme->faint);
        pen_line(cr, line, 0.0, text);
    }
}

void beat_draw(cairo_t* cr, const Theme* theme, Rect box, const BeatData* data)
{
    Rect room = pen_panel(cr, theme, box, data->title);
    PlotSpan span = {INFINITY, -INFINITY};
    add(&span, data->usual, data->n);
    add(&span, data->last, data->n);
    if (data->n < 2 || !(span.low <= span.high) || !(data->span_s > 0.0)) {
        pen_reason(cr, theme, room, data->reason);
        pen_panel_end(cr);
        return;
    }
    const Rect line = cut_bottom(&room, 1.4 * theme->small, 0.5 * theme->margin);
    const double part = fmax(0.06 * (span.high - span.low), 1e-9);
    Plot plot = {room, -0.5 * data->span_s, 0.5 * data->span_s, span.low - part, span.high + part};
    pen_color(cr, theme->line);
    cairo_set_line_width(cr, theme->scale);
    cairo_move_to(cr, plot_x(&plot, 0.0), room.y);
    cairo_line_to(cr, plot_x(&plot, 0.0), room.y + room.h);
    cairo_stroke(cr);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    if (data->usual) {
        cairo_set_line_width(cr, 4.0 * theme->stroke);
        pen_fade(cr, theme->heart, 0.30);
        draw_shape(cr, &plot, data->usual, data->n, data->span_s);
    }
    if (data->last) {
        cairo_set_line_width(cr, theme->stroke);
        pen_color(cr, theme->ink);
        draw_shape(cr, &plot, data->last, data->n, data->span_s);
    }
    say_quality(cr, theme, line, data);
    pen_panel_end(cr);
}
