// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_tone.h"

#include "ui/plot.h"

#include <math.h>

// Half the height of the band, as a share of the whole scale: sure, and not sure at all
#define NARROW 0.045
#define WIDE   0.13

static double half_of(const TonePoint* point)
{
    const double quality = isfinite(point->quality) ? fmin(fmax(point->quality, 0.0), 1.0) : 0.0;
    return NARROW + (WIDE - NARROW) * (1.0 - quality);
}

static bool is_known(const Plot* plot, const TonePoint* point)
{
    return isfinite(point->tone) && point->time_s >= plot->left && point->time_s <= plot->right;
}

static void draw_band(cairo_t* cr, const Plot* plot, const TonePoint* points, size_t from,
                      size_t to)
{
    for (size_t i = from; i < to; ++i) {
        cairo_line_to(cr, plot_x(plot, points[i].time_s),
                      plot_y(plot, points[i].tone + half_of(&points[i])));
    }
    for (size_t i = to; i-- > from;) {
        cairo_line_to(cr, plot_x(plot, points[i].time_s),
                      plot_y(plot, points[i].tone - half_of(&points[i])));
    }
    cairo_close_path(cr);
    cairo_fill(cr);
}

static void draw_way(cairo_t* cr, const Theme* theme, const Plot* plot, const ToneData* data)
{
    for (size_t i = 0; i < data->n; ++i) {
        size_t to = i;
        while (to < data->n && is_known(plot, &data->points[to])) {
            ++to;
        }
        if (to > i) {
            pen_fade(cr, theme->tone, 0.30);
            draw_band(cr, plot, data->points, i, to);
            pen_color(cr, theme->tone);
            cairo_set_line_width(cr, 1.2 * theme->stroke);
            for (size_t j = i; j < to; ++j) {
                cairo_line_to(cr, plot_x(plot, data->points[j].time_s),
                              plot_y(plot, data->points[j].tone));
            }
            cairo_stroke(cr);
            i = to;
        }
    }
}

static void draw_baseline(cairo_t* cr, const Theme* theme, const Plot* plot)
{
    const double dash[] = {4.0 * theme->scale, 4.0 * theme->scale};
    const double y = plot_y(plot, 0.5);
    pen_color(cr, theme_mix(theme->line, theme->faint, 0.5));
    cairo_set_line_width(cr, theme->scale);
    cairo_set_dash(cr, dash, 2, 0.0);
    cairo_move_to(cr, plot->box.x, y);
    cairo_line_to(cr, plot->box.x + plot->box.w, y);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0.0);
    pen_font(cr, theme, theme->small, false);
    pen_color(cr, theme->faint);
    const double x = plot->box.x - 0.5 * theme->margin;
    pen_text(cr, x, y + 0.35 * theme->small, 1.0, _("as usual"));
    if (plot->box.h > 6.0 * theme->small) {
        pen_text(cr, x, plot->box.y + theme->small, 1.0, _("more"));
        pen_text(cr, x, plot->box.y + plot->box.h - 0.3 * theme->small, 1.0, _("less"));
    }
}

// While the baseline is learned: how far that has come
static void draw_learning(cairo_t* cr, const Theme* theme, Rect room, double learned)
{
    const double h = 4.0 * theme->scale;
    const Rect bar = {room.x + 0.3 * room.w, room.y + 0.5 * room.h + 2.0 * theme->body,
                      0.4 * room.w, h};
    pen_color(cr, theme->line);
    pen_round(cr, bar, h);
    cairo_fill(cr);
    pen_color(cr, theme->tone);
    pen_round(cr, rect(bar.x, bar.y, bar.w * fmin(fmax(learned, 0.0), 1.0), h), h);
    cairo_fill(cr);
}

void tone_draw(cairo_t* cr, const Theme* theme, Rect box, const ToneData* data)
{
    Rect room = pen_panel(cr, theme, box, data->title);
    const double start = data->now_s - data->span_s;
    Plot plot = {room, start, data->now_s, 0.0, 1.0};
    size_t known = 0;
    const bool timed = data->span_s > 0.0 && isfinite(start) && fabs(start) < 1e9;
    for (size_t i = 0; timed && i < data->n; ++i) {
        known += is_known(&plot, &data->points[i]);
    }
    if (!known) {
        pen_reason(cr, theme, room, data->reason);
        if (data->learned > 0.0 && data->learned < 1.0) {
            draw_learning(cr, theme, room, data->learned);
        }
        pen_panel_end(cr);
        return;
    }
    cut_bottom(&room, 1.6 * theme->small, 0.0);
    cut_right(&room, theme->stroke * 3.0, 0.0);
    pen_font(cr, theme, theme->small, false);
    cut_left(&room, pen_width(cr, _("as usual")) + 0.5 * theme->margin, 0.0);
    plot.box = room;
    draw_baseline(cr, theme, &plot);
    plot_ages(cr, theme, &plot, data->now_s);
    draw_way(cr, theme, &plot, data);
    const TonePoint* const last = &data->points[data->n - 1];
    if (is_known(&plot, last) && !data->reason) {
        pen_color(cr, theme->tone);
        pen_circle(cr, plot_x(&plot, last->time_s), plot_y(&plot, last->tone), 2.6 * theme->stroke);
        cairo_fill(cr);
    } else if (data->reason) {
        pen_font(cr, theme, theme->small, false);
        pen_color(cr, theme->faint);
        pen_line(cr, rect(room.x + 0.35 * room.w, room.y, 0.65 * room.w, 1.6 * theme->small), 1.0,
                 data->reason);
    }
    pen_panel_end(cr);
}
