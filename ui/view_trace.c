// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_trace.h"

#include "ui/plot.h"

#include <math.h>

enum { LOOKS = 12 }; // parts of the trace whose extremes are compared

static bool is_value(const TraceData* data, size_t i)
{
    return fabsf(data->low[i]) < 1e9f && fabsf(data->high[i]) < 1e9f; // false for NAN
}

static double middle_of(double* values, int n)
{
    for (int i = 1; i < n; ++i) { // few: insertion sort
        const double value = values[i];
        int j = i;
        for (; j > 0 && values[j - 1] > value; --j) {
            values[j] = values[j - 1];
        }
        values[j] = value;
    }
    return values[n / 2];
}

// What is usual in the trace: the median extremes of its parts, with room above and below. One jerk
// of a cable does not press the heart flat, and the picture does not jump when it has passed.
static bool find_range(const TraceData* data, size_t first, Plot* plot)
{
    double low[LOOKS];
    double high[LOOKS];
    int n = 0;
    for (int look = 0; look < LOOKS; ++look) {
        const size_t from = first + (data->n - first) * (size_t)look / LOOKS;
        const size_t to = first + (data->n - first) * ((size_t)look + 1) / LOOKS;
        PlotSpan span = {INFINITY, -INFINITY};
        for (size_t i = from; i < to; ++i) {
            if (is_value(data, i)) {
                plot_span_add(&span, (double)data->low[i]);
                plot_span_add(&span, (double)data->high[i]);
            }
        }
        if (span.low <= span.high) {
            low[n] = span.low;
            high[n++] = span.high;
        }
    }
    if (!n) {
        return false;
    }
    const double bottom = middle_of(low, n);
    const double top = middle_of(high, n);
    const double room = fmax(0.18 * (top - bottom), 1e-6 * fmax(fabs(top), 1e-3));
    plot->low = bottom - room;
    plot->high = top + room;
    return true;
}

// A ribbon from the columns' tops to their bottoms: a fill costs far less than a stroke
static void draw_piece(cairo_t* cr, const Theme* theme, const Plot* plot, const TraceData* data,
                       size_t from, size_t to)
{
    const double thick = 0.5 * theme->stroke;
    const double newest = (double)(data->n - 1);
    for (size_t i = from; i < to; ++i) {
        const double x = plot_x(plot, -(newest - (double)i) * data->column_s);
        cairo_line_to(cr, x, plot_y(plot, (double)data->high[i]) - thick);
    }
    for (size_t i = to; i-- > from;) {
        const double x = plot_x(plot, -(newest - (double)i) * data->column_s);
        cairo_line_to(cr, x, plot_y(plot, (double)data->low[i]) + thick);
    }
    cairo_close_path(cr);
    cairo_fill(cr);
}

static void draw_beats(cairo_t* cr, const Theme* theme, const Plot* plot, Rect strip,
                       const TraceData* data)
{
    const double radius = 0.33 * strip.h;
    cairo_set_line_width(cr, theme->scale);
    for (size_t i = 0; i < data->n_beats; ++i) {
        const TraceBeat* const beat = &data->beats[i];
        if (!(beat->age_s >= 0.0 && beat->age_s <= data->span_s)) {
            continue;
        }
        const double x = plot_x(plot, -beat->age_s);
        pen_fade(cr, theme->heart, 0.25);
        cairo_move_to(cr, x, strip.y + strip.h);
        cairo_line_to(cr, x, plot->box.y + plot->box.h);
        cairo_stroke(cr);
        pen_color(cr, theme->heart);
        pen_circle(cr, x, strip.y + 0.5 * strip.h, radius);
        if (beat->reliable) {
            cairo_fill(cr);
        } else {
            cairo_stroke(cr);
        }
    }
}

void trace_draw(cairo_t* cr, const Theme* theme, Rect box, const TraceData* data)
{
    Rect room = pen_panel(cr, theme, box, data->title);
    const bool timed = data->column_s > 0.0 && data->span_s > 0.0 && isfinite(data->span_s);
    // columns that have left at the left edge
    const double fit = timed ? fmin(ceil(data->span_s / data->column_s) + 1.0, 1e6) : 0.0;
    const size_t first = (double)data->n > fit ? data->n - (size_t)fit : 0;
    const Rect strip = cut_top(&room, 0.9 * theme->body, 0.25 * theme->body);
    Plot plot = {room, -data->span_s, 0.0, 0.0, 1.0};
    if (timed && data->n && find_range(data, first, &plot)) {
        cairo_save(cr);
        cairo_rectangle(cr, room.x, room.y, room.w, room.h);
        cairo_clip(cr);
        pen_color(cr, theme_mix(theme->ink, theme->faint, 0.25));
        for (size_t i = first; i < data->n; ++i) {
            size_t to = i;
            while (to < data->n && is_value(data, to)) {
                ++to;
            }
            if (to > i) {
                draw_piece(cr, theme, &plot, data, i, to);
                i = to;
            }
        }
        cairo_restore(cr);
        draw_beats(cr, theme, &plot, strip, data);
    } else {
        pen_reason(cr, theme, room, data->reason);
    }
    pen_panel_end(cr);
}
