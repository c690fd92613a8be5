// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_poincare.h"

#include "ui/plot.h"

#include <math.h>
#include <string.h>

#define LEAST 300.0 // ms, the shortest axis: so that a small cloud looks small

static bool is_pair(const PoincareData* data, size_t i)
{
    return fabs(data->rr_ms[i]) < 1e6 && fabs(data->next_ms[i]) < 1e6; // false for NAN
}

static void draw_axes(cairo_t* cr, const Theme* theme, const Plot* plot)
{
    plot_values(cr, theme, plot, 3.0, 0);
    const double step = plot_step(plot->right - plot->left, 3.0);
    for (int i = 0; i < 6; ++i) {
        const double value = step * (ceil(plot->left / step - 1e-6) + i);
        if (value > plot->right + 1e-6) {
            break;
        }
        pen_color(cr, theme->faint);
        pen_text(cr, plot_x(plot, value), plot->box.y + plot->box.h + 1.35 * theme->small, 0.5,
                 pen_number(value, 0).text);
    }
    pen_color(cr, theme_mix(theme->line, theme->faint, 0.3));
    cairo_move_to(cr, plot->box.x, plot->box.y + plot->box.h);
    cairo_line_to(cr, plot->box.x + plot->box.w, plot->box.y);
    cairo_stroke(cr);
}

// SD1 across the diagonal, SD2 along it, around the middle of the cloud
static void draw_ellipse(cairo_t* cr, const Theme* theme, const Plot* plot,
                         const PoincareData* data, double x, double y)
{
    const double scale = plot->box.w / (plot->right - plot->left);
    const double across = data->sd1_ms * scale;
    const double along = data->sd2_ms * scale;
    if (!(across > 0.5 && along > 0.5 && across < plot->box.w && along < plot->box.w)) {
        return;
    }
    cairo_matrix_t matrix;
    cairo_get_matrix(cr, &matrix);
    cairo_translate(cr, plot_x(plot, x), plot_y(plot, y));
    cairo_rotate(cr, -0.25 * PI);
    cairo_scale(cr, along, across);
    pen_circle(cr, 0.0, 0.0, 1.0);
    cairo_set_matrix(cr, &matrix);
    pen_color(cr, theme->ink);
    cairo_set_line_width(cr, 0.8 * theme->stroke);
    cairo_stroke(cr);
}

static void say_sizes(cairo_t* cr, const Theme* theme, Rect line, const PoincareData* data)
{
    char text[160] = "";
    const double values[] = {data->sd1_ms, data->sd2_ms};
    for (int i = 0; i < 2; ++i) {
        if (values[i] > 0.0 && isfinite(values[i])) {
            strcat(text, i ? "   SD2 " : "SD1 ");
            strcat(text, pen_number(values[i], 0).text);
            strcat(text, " ms");
        }
    }
    pen_font(cr, theme, theme->small, false);
    pen_color(cr, theme->faint);
    pen_line(cr, line, 1.0, text);
}

void poincare_draw(cairo_t* cr, const Theme* theme, Rect box, const PoincareData* data)
{
    Rect room = pen_panel(cr, theme, box, data->title);
    PlotSpan span = {INFINITY, -INFINITY};
    double sum_x = 0.0;
    double sum_y = 0.0;
    size_t n = 0;
    for (size_t i = 0; i < data->n; ++i) {
        if (is_pair(data, i)) {
            plot_span_add(&span, data->rr_ms[i]);
            plot_span_add(&span, data->next_ms[i]);
            sum_x += data->rr_ms[i];
            sum_y += data->next_ms[i];
            ++n;
        }
    }
    Plot plot = {room, 0.0, 1.0, 0.0, 1.0};
    if (!plot_span_close(&span, LEAST, &plot.low, &plot.high)) {
        pen_reason(cr, theme, room, data->reason);
        pen_panel_end(cr);
        return;
    }
    say_sizes(cr, theme, cut_top(&room, 1.4 * theme->small, 0.4 * theme->small), data);
    cut_left(&room, 3.0 * theme->small, 0.0);
    cut_bottom(&room, 1.7 * theme->small, 0.0);
    plot.box = rect_square(room);
    plot.left = plot.low;
    plot.right = plot.high;
    draw_axes(cr, theme, &plot);
    const double radius = fmin(1.3 * theme->stroke, fmax(plot.box.w / 120.0, 0.5 * theme->stroke));
    pen_fade(cr, theme->heart, n > 500 && !theme->print ? 0.4 : 0.7);
    for (size_t i = 0; i < data->n; ++i) {
        if (is_pair(data, i)) {
            pen_circle(cr, plot_x(&plot, data->rr_ms[i]), plot_y(&plot, data->next_ms[i]), radius);
            cairo_fill(cr);
        }
    }
    draw_ellipse(cr, theme, &plot, data, sum_x / (double)n, sum_y / (double)n);
    pen_panel_end(cr);
}
