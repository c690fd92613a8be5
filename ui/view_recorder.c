// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_recorder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void draw_state(cairo_t* cr, const Theme* theme, Rect line, const RecorderData* data)
{
    const double radius = 0.3 * line.h;
    const Rect sign = cut_left(&line, 2.0 * radius, 0.8 * theme->margin);
    pen_color(cr, theme->heart);
    cairo_set_line_width(cr, 1.2 * theme->stroke);
    pen_circle(cr, sign.x + radius, sign.y + 0.5 * sign.h, radius);
    if (data->recording) {
        cairo_fill_preserve(cr);
    }
    cairo_stroke(cr);
    pen_font(cr, theme, 0.75 * line.h, false);
    pen_color(cr, data->recording ? theme->ink : theme->faint);
    const PenNumber clock = pen_clock(data->seconds);
    pen_line(cr, cut_left(&line, pen_width(cr, clock.text) + 1.0, theme->margin), 0.0, clock.text);
    pen_font(cr, theme, theme->title, false);
    pen_line(cr, line, 0.0, data->recording ? _("is being recorded") : _("is not being recorded"));
}

static void draw_row(cairo_t* cr, const Theme* theme, Rect* room, const char* name,
                     const char* value)
{
    const double h = 1.7 * theme->body;
    if (room->h < 0.9 * h) {
        return;
    }
    Rect row = cut_top(room, h, 0.0);
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->faint);
    pen_line(cr, cut_left(&row, 0.28 * row.w, 0.5 * theme->margin), 0.0, name);
    pen_color(cr, theme->ink);
    pen_line(cr, row, 0.0, value);
}

static void say_lost(const Theme* theme, char* text, size_t size, const RecorderData* data)
{
    const bool whole = !(data->dropped > 0.0) && !(data->errors > 0.0);
    if (whole) {
        snprintf(text, size, "%s", _("nothing"));
    } else {
        snprintf(text, size, "%s %s, %s %s", pen_number(data->dropped, 0).text, _("frames"),
                 pen_number(data->errors, 0).text, _("errors of the disk"));
    }
}

static void say_disk(const Theme* theme, char* text, size_t size, const RecorderData* data)
{
    if (!(data->disk_bytes >= 0.0) || !isfinite(data->disk_bytes)) {
        snprintf(text, size, "%s", _("not known"));
    } else if (data->bytes_per_s > 0.0) {
        const double hours = data->disk_bytes / data->bytes_per_s / 3600.0;
        snprintf(text, size, "%s %s", pen_number(hours < 2.0 ? 60.0 * hours : hours, 0).text,
                 hours < 2.0 ? _("minutes") : _("hours"));
    } else {
        snprintf(text, size, "%s GB", pen_number(data->disk_bytes / 1e9, 1).text);
    }
}

void recorder_draw(cairo_t* cr, const Theme* theme, Rect box, const RecorderData* data)
{
    char text[160];
    Rect room = pen_panel(cr, theme, box, data->title);
    draw_state(cr, theme, cut_top(&room, fmin(1.5 * theme->large, 0.4 * room.h), theme->margin),
               data);
    if (data->reason && *data->reason) {
        pen_font(cr, theme, theme->body, false);
        pen_color(cr, theme->ink);
        const double used = pen_paragraph(cr, room, 0.0, data->reason);
        cut_top(&room, used, 0.5 * theme->margin);
    }
    const char* const slash = data->file ? strrchr(data->file, '/') : NULL;
    const char* const name = slash && slash[1] ? slash + 1 : data->file;
    draw_row(cr, theme, &room, _("File"), name && *name ? name : _("none yet"));
    say_lost(theme, text, sizeof text, data);
    draw_row(cr, theme, &room, _("Lost"), text);
    say_disk(theme, text, sizeof text, data);
    draw_row(cr, theme, &room, _("Room left"), text);
    pen_panel_end(cr);
}
