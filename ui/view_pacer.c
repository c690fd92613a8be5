// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_pacer.h"

#include "ui/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PARTS = 4, STEPS = 24 };

typedef struct {
    double start[PARTS + 1]; // share of the breath
    double length_s[PARTS];
} Breath;

static bool divide(const PacerData* data, Breath* breath)
{
    const double lengths[PARTS] = {data->inhale_s, data->hold_in_s, data->exhale_s,
                                   data->hold_out_s};
    double sum = 0.0;
    for (int i = 0; i < PARTS; ++i) {
        breath->length_s[i] = lengths[i] > 0.0 && lengths[i] < 1000.0 ? lengths[i] : 0.0;
        sum += breath->length_s[i];
    }
    breath->start[0] = 0.0;
    for (int i = 0; i < PARTS; ++i) {
        breath->start[i + 1] = breath->start[i] + (sum > 0.0 ? breath->length_s[i] / sum : 0.25);
    }
    return sum > 0.0;
}

static double fullness(const Breath* breath, double phase)
{
    int part = 0;
    while (part + 1 < PARTS && phase >= breath->start[part + 1]) {
        ++part;
    }
    const double length = breath->start[part + 1] - breath->start[part];
    const double way = length > 0.0 ? (phase - breath->start[part]) / length : 0.0;
    const double rise = 0.5 - 0.5 * cos(PI * fmin(fmax(way, 0.0), 1.0));
    return part == 0 ? rise : part == 1 ? 1.0 : part == 2 ? 1.0 - rise : 0.0;
}

static void draw_curve(cairo_t* cr, const Theme* theme, const Plot* plot, const Breath* breath)
{
    const double bottom = plot->box.y + plot->box.h;
    for (int pass = 0; pass < 2; ++pass) {
        if (!pass) {
            cairo_move_to(cr, plot->box.x, bottom);
        }
        for (int i = 0; i <= PARTS * STEPS; ++i) {
            const int part = i < PARTS * STEPS ? i / STEPS : PARTS - 1;
            const double way = (double)(i - part * STEPS) / STEPS;
            const double phase =
                breath->start[part] + way * (breath->start[part + 1] - breath->start[part]);
            cairo_line_to(cr, plot_x(plot, phase), plot_y(plot, fullness(breath, phase)));
        }
        if (!pass) {
            cairo_line_to(cr, plot->box.x + plot->box.w, bottom);
            pen_fade(cr, theme->pacer, 0.20);
            cairo_fill(cr);
        }
    }
    pen_color(cr, theme->pacer);
    cairo_set_line_width(cr, 1.4 * theme->stroke);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(cr);
}

static void name_parts(cairo_t* cr, const Theme* theme, const Plot* plot, const Breath* breath,
                       Rect line)
{
    const char* const names[PARTS] = {_("in"), _("rest"), _("out"), _("rest")};
    pen_font(cr, theme, theme->small, false);
    pen_color(cr, theme->faint);
    for (int i = 0; i < PARTS; ++i) {
        char text[96];
        const double x = plot_x(plot, breath->start[i]);
        const double w = plot_x(plot, breath->start[i + 1]) - x;
        if (breath->length_s[i] > 0.0) {
            snprintf(text, sizeof text, "%s %s s", names[i],
                     pen_number(breath->length_s[i], 1).text);
            pen_line(cr, rect(x, line.y, w, line.h), 0.5, text);
        }
    }
}

static void say_rate(cairo_t* cr, const Theme* theme, Rect line, const PacerData* data)
{
    char text[200] = "";
    if (data->rate_per_min > 0.0 && isfinite(data->rate_per_min)) {
        snprintf(text, sizeof text, "%s %s", pen_number(data->rate_per_min, 1).text,
                 _("breaths per minute"));
        if (data->goal_per_min > 0.0 && fabs(data->goal_per_min - data->rate_per_min) > 0.05) {
            snprintf(text + strlen(text), sizeof text - strlen(text), ", %s %s", _("on the way to"),
                     pen_number(data->goal_per_min, 1).text);
        }
    }
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->ink);
    pen_line(cr, line, 0.0, text);
}

void pacer_draw(cairo_t* cr, const Theme* theme, Rect box, const PacerData* data)
{
    Rect room = pen_panel(cr, theme, box, data->title);
    Breath breath;
    if (!divide(data, &breath)) {
        pen_reason(cr, theme, room, data->reason);
        pen_panel_end(cr);
        return;
    }
    const Rect line = cut_top(&room, 1.5 * theme->body, 0.4 * theme->margin);
    const Rect names = cut_bottom(&room, 1.5 * theme->small, 0.3 * theme->small);
    const Plot plot = {rect_inset(room, 3.2 * theme->stroke), 0.0, 1.0, 0.0, 1.0};
    draw_curve(cr, theme, &plot, &breath);
    name_parts(cr, theme, &plot, &breath, names);
    if (isfinite(data->phase)) {
        const double phase = data->phase - floor(data->phase);
        pen_color(cr, theme->ink);
        pen_circle(cr, plot_x(&plot, phase), plot_y(&plot, fullness(&breath, phase)),
                   3.0 * theme->stroke);
        cairo_fill(cr);
        say_rate(cr, theme, line, data);
    } else {
        pen_font(cr, theme, theme->body, false);
        pen_color(cr, theme->faint);
        pen_line(cr, line, 0.0, data->reason ? data->reason : "");
    }
    pen_panel_end(cr);
}
