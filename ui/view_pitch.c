// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_pitch.h"

#include "ui/plot.h"

#include <math.h>
#include <string.h>

#define LEAST_OCTAVES 1.0
#define IN_TUNE       (35.0 / 1200.0) // octaves: what an untrained voice keeps and an ear accepts
#define REPEATS       3               // octaves above a note of the drone in which it is drawn too

static bool is_pitch(double hz)
{
    return hz > 20.0 && hz < 5000.0; // false for NAN
}

// How far (octaves) from the nearest note of the drone, in whatever octave
static double off_tune(const PitchData* data, double hz)
{
    double nearest = INFINITY;
    for (size_t i = 0; i < data->n_notes; ++i) {
        if (is_pitch(data->notes_hz[i])) {
            const double octaves = log2(hz / data->notes_hz[i]);
            nearest = fmin(nearest, fabs(octaves - round(octaves)));
        }
    }
    return nearest;
}

static void draw_notes(cairo_t* cr, const Theme* theme, const Plot* plot, const PitchData* data)
{
    pen_font(cr, theme, theme->small, false);
    double labelled = INFINITY; // y of the last label: they must not lie on each other
    for (size_t i = 0; i < data->n_notes; ++i) {
        if (!is_pitch(data->notes_hz[i])) {
            continue;
        }
        for (int octave = 0; octave <= REPEATS; ++octave) {
            const double pitch = log2(data->notes_hz[i]) + octave;
            if (pitch < plot->low || pitch > plot->high) {
                continue;
            }
            const double y = plot_y(plot, pitch);
            pen_fade(cr, theme->tone, octave ? 0.35 : 0.8);
            cairo_set_line_width(cr, (octave ? 0.6 : 1.0) * theme->stroke);
            cairo_move_to(cr, plot->box.x, y);
            cairo_line_to(cr, plot->box.x + plot->box.w, y);
            cairo_stroke(cr);
            if (fabs(y - labelled) > 1.3 * theme->small) {
                char text[48];
                strcpy(text, pen_number(exp2(pitch), 0).text);
                strcat(text, " Hz");
                pen_color(cr, theme->faint);
                pen_text(cr, plot->box.x - 0.5 * theme->margin, y + 0.35 * theme->small, 1.0, text);
                labelled = y;
            }
        }
    }
}

static void draw_hum(cairo_t* cr, const Theme* theme, const Plot* plot, const PitchData* data)
{
    bool down = false;
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(cr, 2.2 * theme->stroke);
    pen_color(cr, theme->person);
    for (size_t i = 0; i < data->n; ++i) {
        const PitchPoint* const point = &data->points[i];
        const double x = plot_x(plot, point->time_s);
        if (!is_pitch(point->hz) || !isfinite(x)) {
            down = false;
        } else if (down) {
            cairo_line_to(cr, x, plot_y(plot, log2(point->hz)));
        } else {
            cairo_move_to(cr, x, plot_y(plot, log2(point->hz)));
            down = true;
        }
    }
    cairo_stroke(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
    const PitchPoint* const last = data->n ? &data->points[data->n - 1] : NULL;
    if (last && is_pitch(last->hz) && isfinite(plot_x(plot, last->time_s))) {
        pen_circle(cr, plot_x(plot, last->time_s), plot_y(plot, log2(last->hz)),
                   3.0 * theme->stroke);
        if (off_tune(data, last->hz) < IN_TUNE) {
            cairo_fill(cr); // in accord: a full disc
        } else {
            cairo_stroke(cr);
        }
    }
}

static void say_now(cairo_t* cr, const Theme* theme, Rect line, const PitchData* data)
{
    char text[256] = "";
    const PitchPoint* const last = data->n ? &data->points[data->n - 1] : NULL;
    if (last && is_pitch(last->hz)) {
        strcpy(text, pen_number(last->hz, 0).text);
        strcat(text, " Hz");
        if (off_tune(data, last->hz) < IN_TUNE) {
            strcat(text, ", ");
            strncat(text, _("in accord with the drone"), 100);
        }
    } else if (data->share > 0.0 && data->share <= 1.0) {
        strcpy(text, pen_number(100.0 * data->share, 0).text);
        strcat(text, " % ");
        strncat(text, _("of the last out-breath was hummed"), 150);
    }
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->ink);
    pen_line(cr, line, 0.0, text);
}

void pitch_draw(cairo_t* cr, const Theme* theme, Rect box, const PitchData* data)
{
    Rect room = pen_panel(cr, theme, box, data->title);
    PlotSpan span = {INFINITY, -INFINITY};
    size_t hums = 0;
    for (size_t i = 0; i < data->n; ++i) {
        if (is_pitch(data->points[i].hz)) {
            plot_span_add(&span, log2(data->points[i].hz));
            ++hums;
        }
    }
    for (size_t i = 0; i < data->n_notes && !hums; ++i) {
        if (is_pitch(data->notes_hz[i])) {
            plot_span_add(&span, log2(data->notes_hz[i]));
        }
    }
    if (!(span.low <= span.high) || !(data->span_s > 0.0) || !isfinite(data->now_s)) {
        pen_reason(cr, theme, room, data->reason);
        pen_panel_end(cr);
        return;
    }
    say_now(cr, theme, cut_top(&room, 1.5 * theme->body, 0.4 * theme->margin), data);
    cut_bottom(&room, 1.6 * theme->small, 0.0);
    cut_left(&room, 4.2 * theme->small, 0.0);
    cut_right(&room, 4.0 * theme->stroke, 0.0);
    const double missing = fmax(LEAST_OCTAVES - (span.high - span.low), 0.2);
    const Plot plot = {room, data->now_s - data->span_s, data->now_s, span.low - 0.5 * missing,
                       span.high + 0.5 * missing};
    draw_notes(cr, theme, &plot, data);
    plot_ages(cr, theme, &plot, data->now_s);
    cairo_rectangle(cr, room.x, box.y, room.w + theme->margin, box.h);
    cairo_clip(cr);
    draw_hum(cr, theme, &plot, data);
    if (!hums) {
        pen_reason(cr, theme, room, data->reason);
    }
    pen_panel_end(cr);
}
