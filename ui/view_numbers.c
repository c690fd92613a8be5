// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_numbers.h"

#include <math.h>

static void draw_tile(cairo_t* cr, const Theme* theme, Rect tile, const Number* number)
{
    Rect room = tile;
    const double pad = 0.4 * theme->margin;
    const Rect head = cut_top(&room, 1.4 * theme->small, pad);
    Rect name = head;
    const Rect bars = cut_right(&name, 1.6 * theme->small, pad);
    pen_font(cr, theme, theme->small, false);
    pen_color(cr, theme->faint);
    // a long name is rather a little smaller than cut off
    const double fits = name.w / fmax(pen_width(cr, number->name), 1.0);
    pen_font(cr, theme, theme->small * fmin(fmax(fits, 0.8), 1.0), false);
    pen_line(cr, name, 0.0, number->name);
    pen_font(cr, theme, theme->small, false);
    if (!isfinite(number->value)) {
        const bool told = number->reason && *number->reason;
        pen_paragraph(cr, room, 0.0, told ? number->reason : _("not known"));
        return;
    }
    pen_quality(cr, theme, rect_inset(bars, 0.15 * theme->small), number->quality);
    // as large as the tile allows
    const PenNumber value = pen_number(number->value, number->decimals);
    double size = fmin(theme->large, 0.85 * room.h);
    pen_font(cr, theme, 0.5 * size, false);
    const double unit = *number->unit ? pen_width(cr, number->unit) + 0.25 * size : 0.0;
    pen_font(cr, theme, size, false);
    const double width = pen_width(cr, value.text) + unit;
    if (width > room.w) {
        size *= room.w / width;
        pen_font(cr, theme, size, false);
    }
    const double base = room.y + 0.5 * (room.h + 0.7 * size);
    pen_color(cr, theme->ink);
    pen_text(cr, room.x, base, 0.0, value.text);
    const double end = room.x + pen_width(cr, value.text) + 0.25 * size;
    pen_font(cr, theme, 0.5 * size, false);
    pen_color(cr, theme->faint);
    pen_text(cr, end, base, 0.0, number->unit);
}

void numbers_draw(cairo_t* cr, const Theme* theme, Rect box, const NumbersData* data)
{
    const Rect room = pen_panel(cr, theme, box, NULL);
    const int n = data->n < 64 ? (int)data->n : 64;
    const double least = 9.0 * theme->body; // width of a tile
    int columns = data->columns > 0 ? data->columns : (int)fmax(floor(room.w / least), 1.0);
    columns = columns < n ? columns : n;
    const int rows = columns > 0 ? (n + columns - 1) / columns : 0;
    for (int i = 0; i < n; ++i) {
        const Rect row = rect_row(room, i / columns, rows, theme->margin);
        draw_tile(cr, theme, rect_column(row, i % columns, columns, theme->margin),
                  &data->numbers[i]);
    }
    pen_panel_end(cr);
}
