// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_guide.h"

#include <math.h>
#include <stdio.h>

static void draw_change(cairo_t* cr, const Theme* theme, Rect row, const GuideChange* change)
{
    char text[200];
    Rect rest = row;
    const Rect name = cut_left(&rest, 0.42 * row.w, 0.5 * theme->margin);
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->faint);
    pen_line(cr, name, 0.0, change->name);
    const bool both = isfinite(change->before) && isfinite(change->after);
    const bool told = change->reason && *change->reason;
    if (both) {
        pen_color(cr, told ? theme->faint : theme->ink);
        snprintf(text, sizeof text, "%s → %s %s", pen_number(change->before, change->decimals).text,
                 pen_number(change->after, change->decimals).text, change->unit);
        pen_line(cr, rest, 0.0, text);
        cut_left(&rest, pen_width(cr, text), theme->margin);
    }
    if (told || !both) {
        pen_font(cr, theme, theme->small, false);
        pen_color(cr, theme->faint);
        pen_line(cr, rest, 0.0, told ? change->reason : _("not measured"));
    }
}

// A sentence with a bar at its side, so that it is found again
static void draw_note(cairo_t* cr, const Theme* theme, Rect* room, Color color, const char* text)
{
    if (!text || !*text || room->h < 1.6 * theme->body) {
        return;
    }
    const double bar = 3.0 * theme->scale;
    Rect rest = *room;
    cut_left(&rest, bar, 0.7 * theme->margin);
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->ink);
    const double used = pen_paragraph(cr, rest, 0.0, text);
    pen_color(cr, color);
    pen_round(cr, rect(room->x, room->y, bar, used), 0.5 * bar);
    cairo_fill(cr);
    cut_top(room, used, 0.7 * theme->margin);
}

void guide_draw(cairo_t* cr, const Theme* theme, Rect box, const GuideData* data)
{
    Rect room = pen_panel(cr, theme, box, data->title);
    const double row = 1.7 * theme->body;
    const double rows = (double)(data->n_changes < 8 ? data->n_changes : 8);
    Rect changes =
        cut_bottom(&room, fmin(rows * row, 0.6 * room.h), rows > 0 ? theme->margin : 0.0);
    if (data->how && *data->how) {
        pen_font(cr, theme, theme->body, false);
        pen_color(cr, theme->ink);
        const double used = pen_paragraph(cr, room, 0.0, data->how);
        cut_top(&room, used, 0.7 * theme->margin);
    }
    draw_note(cr, theme, &room, theme->warning, data->caution);
    draw_note(cr, theme, &room, theme->pacer, data->hint);
    for (size_t i = 0; i < data->n_changes && changes.h >= 0.9 * row; ++i) {
        draw_change(cr, theme, cut_top(&changes, row, 0.0), &data->changes[i]);
    }
    pen_panel_end(cr);
}
