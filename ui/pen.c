// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pen.h"

#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = 512 }; // bytes of a line of text, with its zero

static const char ellipsis[] = "…";

void pen_color(cairo_t* cr, Color color)
{
    cairo_set_source_rgb(cr, color.red, color.green, color.blue);
}

void pen_fade(cairo_t* cr, Color color, double opacity)
{
    cairo_set_source_rgba(cr, color.red, color.green, color.blue, opacity);
}

void pen_font(cairo_t* cr, const Theme* theme, double size, bool bold)
{
    cairo_select_font_face(cr, theme->font, CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, size);
}

double pen_width(cairo_t* cr, const char* text)
{
    cairo_text_extents_t size;
    cairo_text_extents(cr, text, &size);
    return size.x_advance;
}

void pen_text(cairo_t* cr, double x, double y, double align, const char* text)
{
    cairo_move_to(cr, align > 0.0 ? x - align * pen_width(cr, text) : x, y);
    cairo_show_text(cr, text);
    cairo_new_path(cr); // or the next line would begin where the text ended
}

// The first `n` bytes at most, not in the middle of a character
static void copy(char* line, const char* text, size_t n)
{
    n = n < LINE_SIZE - sizeof ellipsis ? n : LINE_SIZE - sizeof ellipsis;
    while (n && (text[n] & 0xC0) == 0x80) {
        --n;
    }
    memcpy(line, text, n);
    line[n] = '\0';
}

static void shorten(cairo_t* cr, char* line, const char* text, double width)
{
    size_t n = strlen(text);
    copy(line, text, n);
    while (n && pen_width(cr, line) > width) {
        do {
            --n;
        } while (n && (text[n] & 0xC0) == 0x80);
        while (n && text[n - 1] == ' ') {
            --n;
        }
        copy(line, text, n);
        strcat(line, ellipsis);
    }
}

void pen_line(cairo_t* cr, Rect box, double align, const char* text)
{
    char line[LINE_SIZE];
    cairo_font_extents_t font;
    cairo_font_extents(cr, &font);
    shorten(cr, line, text, box.w);
    if (*line && strcmp(line, ellipsis) != 0) {
        pen_text(cr, box.x + align * box.w, box.y + 0.5 * (box.h + font.ascent - font.descent),
                 align, line);
    }
}

// How many bytes of the text fit into the width: whole words, one at least
static size_t fitting(cairo_t* cr, const char* text, double width)
{
    char line[LINE_SIZE];
    size_t fits = 0;
    for (size_t n = 0;; ++n) {
        if (text[n] == ' ' || text[n] == '\n' || !text[n]) {
            copy(line, text, n);
            if (fits && pen_width(cr, line) > width) {
                return fits;
            }
            fits = n;
            if (text[n] != ' ') {
                return fits;
            }
        }
    }
}

double pen_paragraph(cairo_t* cr, Rect box, double align, const char* text)
{
    cairo_font_extents_t font;
    cairo_font_extents(cr, &font);
    const double leading = 1.12 * (font.ascent + font.descent);
    double used = 0.0;
    while (*text && used + font.ascent + font.descent <= box.h + 0.5) {
        char line[LINE_SIZE];
        size_t n = fitting(cr, text, box.w);
        const bool last = used + leading + font.ascent + font.descent > box.h + 0.5;
        copy(line, text, n);
        if (last && text[n]) { // more would follow: no room
            shorten(cr, line, text, box.w);
        } else if (pen_width(cr, line) > box.w) {
            char whole[LINE_SIZE];
            memcpy(whole, line, sizeof whole);
            shorten(cr, line, whole, box.w);
        }
        pen_text(cr, box.x + align * box.w, box.y + used + font.ascent, align, line);
        used += leading;
        text += n;
        text += *text == ' ' || *text == '\n';
    }
    return used;
}

void pen_round(cairo_t* cr, Rect box, double radius)
{
    const double r = fmin(radius, 0.5 * fmin(box.w, box.h));
    cairo_new_sub_path(cr);
    cairo_arc(cr, box.x + box.w - r, box.y + r, r, -0.5 * PI, 0.0);
    cairo_arc(cr, box.x + box.w - r, box.y + box.h - r, r, 0.0, 0.5 * PI);
    cairo_arc(cr, box.x + r, box.y + box.h - r, r, 0.5 * PI, PI);
    cairo_arc(cr, box.x + r, box.y + r, r, PI, 1.5 * PI);
    cairo_close_path(cr);
}

void pen_circle(cairo_t* cr, double x, double y, double radius)
{
    cairo_new_sub_path(cr);
    cairo_arc(cr, x, y, fmax(radius, 0.0), 0.0, 2.0 * PI);
    cairo_close_path(cr);
}

Rect pen_panel(cairo_t* cr, const Theme* theme, Rect box, const char* title)
{
    cairo_save(cr);
    cairo_rectangle(cr, box.x, box.y, box.w, box.h);
    cairo_clip(cr);
    if (theme->print) {
        pen_color(cr, theme->background);
        cairo_paint(cr);
    } else {
        pen_color(cr, theme->panel);
        pen_round(cr, box, theme->radius);
        cairo_fill(cr);
    }
    Rect room = rect_inset(box, theme->print ? 0.0 : theme->margin);
    if (title && *title && room.h > 3.0 * theme->body) {
        const Rect head = cut_top(&room, 1.4 * theme->body, 0.5 * theme->margin);
        pen_font(cr, theme, theme->body, true);
        pen_color(cr, theme->ink);
        pen_line(cr, head, 0.0, title);
    }
    return room;
}

void pen_panel_end(cairo_t* cr)
{
    cairo_restore(cr);
}

void pen_reason(cairo_t* cr, const Theme* theme, Rect box, const char* reason)
{
    if (!reason || !*reason) {
        return;
    }
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->faint);
    cairo_font_extents_t font;
    cairo_font_extents(cr, &font);
    // as many lines as it will roughly take, to stand in the middle
    const double lines = ceil(pen_width(cr, reason) / fmax(0.9 * box.w, 1.0));
    const double height = fmin(lines * 1.12 * (font.ascent + font.descent), box.h);
    const Rect middle = {box.x + 0.05 * box.w, box.y + 0.5 * (box.h - height), 0.9 * box.w,
                         0.5 * (box.h + height)};
    pen_paragraph(cr, middle, 0.5, reason);
}

void pen_quality(cairo_t* cr, const Theme* theme, Rect box, double quality)
{
    enum { BARS = 4 };
    if (!isfinite(quality)) {
        return;
    }
    const double step = box.w / BARS;
    for (int i = 0; i < BARS; ++i) {
        const double height = box.h * (0.4 + 0.2 * i);
        const bool reached = quality * BARS > i + 0.2; // 0.05, 0.3, 0.55, 0.8
        pen_fade(cr, reached ? theme->ink : theme->faint, reached ? 0.8 : 0.3);
        cairo_rectangle(cr, box.x + i * step, box.y + box.h - height, 0.65 * step, height);
        cairo_fill(cr);
    }
}

PenNumber pen_number(double value, int decimals)
{
    PenNumber number = {"–"};
    if (isfinite(value)) {
        const bool huge = fabs(value) >= 1e7;
        // −0.0 would be shown with its sign
        const double shown = fabs(value) < 0.5 * pow(10.0, -decimals) ? 0.0 : value;
        if (huge) {
            snprintf(number.text, sizeof number.text, "%.1e", value);
        } else {
            snprintf(number.text, sizeof number.text, "%.*f", decimals, shown);
        }
    }
    return number;
}

PenNumber pen_clock(double seconds)
{
    PenNumber number = {"–"};
    if (isfinite(seconds) && fabs(seconds) < 360000.0) {
        const long whole = lrint(floor(fmax(seconds, 0.0)));
        if (whole < 3600) {
            snprintf(number.text, sizeof number.text, "%ld:%02ld", whole / 60, whole % 60);
        } else {
            snprintf(number.text, sizeof number.text, "%ld:%02ld:%02ld", whole / 3600,
                     whole / 60 % 60, whole % 60);
        }
    }
    return number;
}
