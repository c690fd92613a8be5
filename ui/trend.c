// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/trend.h"

#include "ui/plot.h"

#include <math.h>

static void set_range(Plot* plot, const TrendPanel* panel)
{
    plot->low = panel->low;
    plot->high = panel->high;
    if (panel->low < panel->high) {
        return;
    }
    PlotSpan span = {INFINITY, -INFINITY};
    for (size_t i = 0; i < panel->n_lines; ++i) {
        for (size_t j = 0; j < panel->lines[i].count; ++j) {
            plot_span_add(&span, panel->lines[i].value[j]);
        }
    }
    plot_span_close(&span, 0.0, &plot->low, &plot->high);
}

// Lines of time, with their times under the last panel
static void draw_times(cairo_t* cr, const Theme* theme, const Plot* plot, bool told)
{
    const double range = plot->right - plot->left;
    const double unit = range > 600.0 ? 60.0 : range > 90.0 ? 15.0 : 10.0; // s
    const double step = unit * fmax(1.0, ceil(range / unit / 12.0));
    const double first = step * ceil(plot->left / step);
    pen_font(cr, theme, theme->small, false);
    for (int i = 0; i <= 12 && first + i * step <= plot->right + 1e-6; ++i) {
        const double x = plot_x(plot, first + i * step);
        pen_color(cr, theme->line);
        cairo_move_to(cr, x, plot->box.y);
        cairo_line_to(cr, x, plot->box.y + plot->box.h);
        cairo_stroke(cr);
        if (told) {
            pen_color(cr, theme->faint);
            pen_text(cr, x, plot->box.y + plot->box.h + 1.6 * theme->small, 0.5,
                     pen_clock(first + i * step).text);
        }
    }
}

static void set_line(cairo_t* cr, const Theme* theme, const TrendLine* line)
{
    const double dash = line->dash * theme->stroke;
    pen_color(cr, line->color);
    cairo_set_line_width(cr, line->width * theme->stroke);
    cairo_set_dash(cr, &dash, dash > 0.0, 0.0);
}

static void draw_line(cairo_t* cr, const Theme* theme, const Plot* plot, const TrendLine* line)
{
    set_line(cr, theme, line);
    if (line->width > 0.0) {
        plot_curve(cr, plot, line->time_s, line->value, line->count);
    }
    for (size_t i = 0; i < line->count && !(line->width > 0.0); ++i) {
        const double x = plot_x(plot, line->time_s[i]);
        const double y = plot_y(plot, line->value[i]);
        if (isfinite(x) && isfinite(y)) {
            pen_circle(cr, x, y, 1.6 * theme->stroke);
            cairo_fill(cr);
        }
    }
    cairo_set_dash(cr, NULL, 0, 0.0);
}

// From the right: a piece of each line and its name
static void draw_legend(cairo_t* cr, const Theme* theme, const TrendPanel* panel, Rect head)
{
    const double gap = 0.5 * theme->margin;
    double x = head.x + head.w;
    for (size_t i = panel->n_lines; i-- > 0;) {
        const TrendLine* const line = &panel->lines[i];
        if (!line->label) {
            continue;
        }
        pen_font(cr, theme, theme->small, false);
        x -= pen_width(cr, line->label);
        pen_color(cr, theme->ink);
        pen_text(cr, x, head.y + 0.7 * head.h, 0.0, line->label);
        x -= gap;
        set_line(cr, theme, line);
        cairo_move_to(cr, x - 2.0 * theme->small, head.y + 0.5 * head.h);
        cairo_line_to(cr, x, head.y + 0.5 * head.h);
        cairo_stroke(cr);
        cairo_set_dash(cr, NULL, 0, 0.0);
        x -= 2.0 * theme->small + 2.0 * gap;
    }
}

static void draw_panel(cairo_t* cr, const Theme* theme, Rect room, double start_s, double end_s,
                       const TrendPanel* panel, bool last)
{
    const Rect head = cut_top(&room, 1.6 * theme->body, 0.3 * theme->margin);
    pen_font(cr, theme, theme->body, true);
    pen_color(cr, theme->ink);
    pen_line(cr, head, 0.0, panel->title);
    draw_legend(cr, theme, panel, head);
    cut_left(&room, 4.0 * theme->small, 0.0);
    Plot plot = {room, start_s, end_s, 0.0, 1.0};
    set_range(&plot, panel);
    plot_values(cr, theme, &plot, 5.0, -1);
    draw_times(cr, theme, &plot, last);
    cairo_save(cr);
    cairo_rectangle(cr, room.x, room.y - theme->stroke, room.w, room.h + 2.0 * theme->stroke);
    cairo_clip(cr);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    for (size_t i = 0; i < panel->n_lines; ++i) {
        draw_line(cr, theme, &plot, &panel->lines[i]);
    }
    cairo_restore(cr);
}

void trend_draw(cairo_t* cr, const Theme* theme, Rect box, const char* title, double start_s,
                double end_s, const TrendPanel* panels, size_t n_panels)
{
    Rect room = pen_panel(cr, theme, box, NULL);
    room = rect_inset(room, theme->print ? theme->margin : 0.0);
    if (n_panels && end_s > start_s && isfinite(end_s - start_s)) {
        const Rect head = cut_top(&room, 1.5 * theme->title, theme->margin);
        pen_font(cr, theme, theme->title, true);
        pen_color(cr, theme->ink);
        pen_line(cr, head, 0.0, title);
        cut_bottom(&room, 2.0 * theme->small, 0.0);
        for (size_t i = 0; i < n_panels; ++i) {
            const Rect row = rect_row(room, (int)i, (int)n_panels, 1.5 * theme->margin);
            draw_panel(cr, theme, row, start_s, end_s, &panels[i], i + 1 == n_panels);
        }
    }
    pen_panel_end(cr);
}
