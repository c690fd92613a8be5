// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_tacho.h"

#include "ui/plot.h"

#include <math.h>

#define LEAST_RATE 20.0  // beats per minute: the shortest axis, so that rest looks restful
#define LEAST_RR   200.0 // ms, likewise

static double value_of(const TachoData* data, const TachoBeat* beat)
{
    if (!(beat->rr_ms > 0.0) || !isfinite(beat->rr_ms)) {
        return NAN;
    }
    return data->rate ? 60000.0 / beat->rr_ms : beat->rr_ms;
}

static void draw_breath(cairo_t* cr, const Theme* theme, const Plot* plot, const TachoData* data)
{
    const double bottom = plot->box.y + plot->box.h;
    double last = NAN; // x of the last point of the piece
    pen_fade(cr, theme->person, theme->dark ? 0.20 : 0.22);
    for (size_t i = 0; i < data->n_breaths; ++i) {
        const double x = plot_x(plot, data->breaths[i].time_s);
        const double fullness = data->breaths[i].fullness;
        const bool known = isfinite(x) && isfinite(fullness);
        if (known) {
            const double share = fmin(fmax(fullness, 0.0), 1.0);
            if (!isfinite(last)) {
                cairo_move_to(cr, x, bottom);
            }
            cairo_line_to(cr, x, bottom - plot->box.h * (0.04 + 0.9 * share));
            last = x;
        }
        if (isfinite(last) && (!known || i + 1 == data->n_breaths)) {
            cairo_line_to(cr, last, bottom);
            cairo_close_path(cr);
            last = NAN;
        }
    }
    if (theme->print) { // an edge that is seen where the tint is not
        cairo_fill_preserve(cr);
        pen_color(cr, theme->person);
        cairo_set_line_width(cr, 0.5 * theme->stroke);
        cairo_stroke(cr);
    } else {
        cairo_fill(cr);
    }
}

static void draw_intervals(cairo_t* cr, const Theme* theme, const Plot* plot, const TachoData* data)
{
    const double per_beat = plot->box.w / fmax(data->span_s, 1.0); // room of about one beat
    const double radius = fmin(1.4 * theme->stroke, fmax(0.25 * per_beat, 0.8 * theme->stroke));
    const double line = 0.75 * theme->stroke;
    bool down = false;
    pen_color(cr, theme->heart);
    cairo_set_line_width(cr, line);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    for (size_t i = 0; i < data->n_beats; ++i) {
        const double x = plot_x(plot, data->beats[i].time_s);
        const double y = plot_y(plot, value_of(data, &data->beats[i]));
        const bool drawn = data->beats[i].normal && isfinite(x) && isfinite(y);
        if (drawn && down) {
            cairo_line_to(cr, x, y);
        } else if (drawn) {
            cairo_move_to(cr, x, y);
        }
        down = drawn;
    }
    cairo_stroke(cr);
    for (size_t i = 0; i < data->n_beats; ++i) {
        const double x = plot_x(plot, data->beats[i].time_s);
        const double y = plot_y(plot, value_of(data, &data->beats[i]));
        if (!isfinite(x) || !isfinite(y)) {
            continue;
        }
        if (data->beats[i].normal) {
            pen_circle(cr, x, y, radius);
            cairo_fill(cr);
        } else { // kept in sight: it may lie far off
            const double top = plot->box.y + 2.0 * radius;
            const double inside = fmin(fmax(y, top), plot->box.y + plot->box.h - 2.0 * radius);
            pen_circle(cr, x, inside, 1.3 * radius);
            cairo_stroke(cr);
        }
    }
}

void tacho_draw(cairo_t* cr, const Theme* theme, Rect box, const TachoData* data)
{
    Rect room = pen_panel(cr, theme, box, data->title);
    PlotSpan span = {INFINITY, -INFINITY};
    const double start = data->now_s - data->span_s;
    const bool timed = data->span_s > 0.0 && isfinite(start) && fabs(start) < 1e9;
    for (size_t i = 0; timed && i < data->n_beats; ++i) {
        if (data->beats[i].normal && data->beats[i].time_s >= start) {
            plot_span_add(&span, value_of(data, &data->beats[i]));
        }
    }
    Plot plot = {room, start, data->now_s, 0.0, 1.0};
    if (!plot_span_close(&span, data->rate ? LEAST_RATE : LEAST_RR, &plot.low, &plot.high)) {
        pen_reason(cr, theme, room, data->reason);
        pen_panel_end(cr);
        return;
    }
    cut_bottom(&room, 1.6 * theme->small, 0.0);
    cut_left(&room, 3.2 * theme->small, 0.0);
    cut_top(&room, 0.4 * theme->small, 0.0);
    plot.box = room;
    cairo_save(cr);
    cairo_rectangle(cr, room.x, room.y, room.w + theme->margin, room.h);
    cairo_clip(cr);
    draw_breath(cr, theme, &plot, data);
    cairo_restore(cr);
    plot_values(cr, theme, &plot, 4.0, 0);
    if (data->clock) {
        plot_clock(cr, theme, &plot);
    } else {
        plot_ages(cr, theme, &plot, data->now_s);
    }
    cairo_rectangle(cr, room.x, box.y, room.w + theme->margin, box.h);
    cairo_clip(cr);
    draw_intervals(cr, theme, &plot, data);
    pen_panel_end(cr);
}
