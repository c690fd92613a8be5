// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_guide.h"

#include <math.h>
#include <stdio.h>

static bool is_told(const GuideChange* change)
{
    return change->reason && *change->reason;
}

// The reason has a line of its own: it is as long as it needs to be
static double height_of(const Theme* theme, const GuideChange* change)
{
    return 1.7 * theme->body + (is_told(change) ? 1.5 * theme->small : 0.0);
}

static void draw_change(cairo_t* cr, const Theme* theme, Rect row, const GuideChange* change)
{
    char text[200];
    const bool both = isfinite(change->before) && isfinite(change->after);
    const bool told = is_told(change);
    Rect values = cut_top(&row, 1.7 * theme->body, 0.0);
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->faint);
    pen_line(cr, cut_left(&values, 0.5 * values.w, 0.5 * theme->margin), 0.0, change->name);
    if (both) {
        snprintf(text, sizeof text, "%s → %s %s", pen_number(change->before, change->decimals).text,
                 pen_number(change->after, change->decimals).text, change->unit);
    } else {
        snprintf(text, sizeof text, "%s", _("not measured"));
    }
    pen_color(cr, told || !both ? theme->faint : theme->ink);
    pen_line(cr, values, 1.0, text);
    if (told) {
        pen_font(cr, theme, theme->small, false);
        pen_color(cr, theme->faint);
        pen_line(cr, rect(row.x, row.y, row.w, 1.2 * theme->small), 0.0, change->reason);
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
    double rows = 0.0;
    for (size_t i = 0; i < data->n_changes; ++i) {
        rows += height_of(theme, &data->changes[i]);
    }
    const bool words = data->how && *data->how;
    Rect changes =
        words ? cut_bottom(&room, fmin(rows, 0.6 * room.h), rows > 0.0 ? theme->margin : 0.0)
              : room;
    if (!words && !data->n_changes) {
        pen_reason(cr, theme, room, data->reason);
    }
    if (words) {
        pen_font(cr, theme, theme->body, false);
        pen_color(cr, theme->ink);
        const double used = pen_paragraph(cr, room, 0.0, data->how);
        cut_top(&room, used, 0.7 * theme->margin);
    }
    draw_note(cr, theme, &room, theme->warning, data->caution);
    draw_note(cr, theme, &room, theme->pacer, data->hint);
    for (size_t i = 0; i < data->n_changes; ++i) {
        const double h = height_of(theme, &data->changes[i]);
        if (changes.h + 0.5 < h) {
            break;
        }
        draw_change(cr, theme, cut_top(&changes, h, 0.0), &data->changes[i]);
    }
    pen_panel_end(cr);
}
