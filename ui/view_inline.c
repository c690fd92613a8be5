// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_inline.h"

#include <math.h>

static void ground(cairo_t* cr, const Theme* theme, Rect box)
{
    cairo_save(cr);
    cairo_rectangle(cr, box.x, box.y, box.w, box.h);
    cairo_clip(cr);
    pen_color(cr, theme->background);
    cairo_paint(cr);
}

static double share_of(double value)
{
    return fmin(fmax(value, 0.0), 1.0);
}

static void draw_trace(cairo_t* cr, const Theme* theme, Rect box, const InlineData* data)
{
    bool down = false;
    cairo_set_line_width(cr, fmax(0.035 * box.h, 1.0));
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    pen_color(cr, theme->heart);
    for (size_t i = 0; data->trace && i < data->n; ++i) {
        const double value = (double)data->trace[i];
        if (!isfinite(value)) {
            down = false;
            continue;
        }
        const double x = box.x + box.w * (double)i / fmax((double)data->n - 1.0, 1.0);
        const double y = box.y + box.h * (0.9 - 0.8 * share_of(value));
        if (down) {
            cairo_line_to(cr, x, y);
        } else {
            cairo_move_to(cr, x, y);
            down = true;
        }
    }
    cairo_stroke(cr);
}

static void draw_number(cairo_t* cr, const Theme* theme, Rect box, double align, double value,
                        int decimals)
{
    pen_font(cr, theme, fmin(0.75 * box.h, 0.42 * box.w), false);
    pen_color(cr, value > 0.0 ? theme->ink : theme->faint);
    pen_line(cr, box, align, pen_number(value > 0.0 ? value : NAN, decimals).text);
}

static void draw_unit(cairo_t* cr, const Theme* theme, Rect box, double value, int decimals)
{
    const double x = box.x + pen_width(cr, pen_number(value > 0.0 ? value : NAN, decimals).text);
    pen_font(cr, theme, 0.35 * box.h, false);
    pen_color(cr, theme->faint);
    if (x + pen_width(cr, " /min") < box.x + box.w) {
        pen_text(cr, x, box.y + 0.75 * box.h, 0.0, " /min");
    }
}

static bool has_trace(const InlineData* data)
{
    for (size_t i = 0; data->trace && i < data->n; ++i) {
        if (isfinite(data->trace[i])) {
            return true;
        }
    }
    return false;
}

static void say_state(cairo_t* cr, const Theme* theme, Rect box, const InlineData* data)
{
    const double size = fmin(0.36 * box.h, theme->small);
    pen_font(cr, theme, size, false);
    pen_color(cr, theme->faint);
    const char* const words = sensor_words(theme, data->state);
    if (pen_width(cr, words) <= box.w || box.h < 2.6 * size) {
        pen_line(cr, box, 0.5, words);
    } else {
        pen_paragraph(cr, box, 0.5, words); // two lines
    }
}

// The breath as in the window: a disc, and the pacer's ring around it
static void draw_breath(cairo_t* cr, const Theme* theme, Rect box, const InlineData* data)
{
    const double half = 0.5 * fmin(box.w, box.h);
    const double x = box.x + 0.5 * box.w;
    const double y = box.y + 0.5 * box.h;
    if (isfinite(data->breath)) {
        pen_color(cr, theme->person);
        pen_circle(cr, x, y, half * (0.3 + 0.6 * share_of(data->breath)));
        cairo_fill(cr);
    } else {
        pen_color(cr, theme->line);
        cairo_set_line_width(cr, 1.0);
        pen_circle(cr, x, y, half * 0.5);
        cairo_stroke(cr);
    }
    if (isfinite(data->pacer)) {
        pen_color(cr, theme->pacer);
        cairo_set_line_width(cr, fmax(0.12 * half, 1.0));
        pen_circle(cr, x, y, half * (0.3 + 0.6 * share_of(data->pacer)));
        cairo_stroke(cr);
    }
}

// A level with the baseline in its middle
static void draw_tone(cairo_t* cr, const Theme* theme, Rect box, double tone)
{
    const double h = fmax(0.16 * box.h, 2.0);
    const Rect bar = {box.x, box.y + 0.5 * (box.h - h), box.w, h};
    pen_color(cr, theme->line);
    pen_round(cr, bar, 0.5 * h);
    cairo_fill(cr);
    pen_color(cr, theme->faint);
    cairo_rectangle(cr, bar.x + 0.5 * bar.w - 0.5, bar.y - 0.5 * h, 1.0, 2.0 * h);
    cairo_fill(cr);
    if (isfinite(tone)) {
        pen_color(cr, theme->tone);
        pen_circle(cr, bar.x + bar.w * share_of(tone), bar.y + 0.5 * h, fmin(h, 0.4 * box.h));
        cairo_fill(cr);
    }
}

void inline_beat_draw(cairo_t* cr, const Theme* theme, Rect box, const InlineData* data)
{
    ground(cr, theme, box);
    Rect room = rect_inset(box, 2.0);
    if (has_trace(data)) {
        const Rect number = cut_right(&room, fmin(1.6 * room.h, 0.35 * room.w), 2.0);
        draw_trace(cr, theme, room, data);
        draw_number(cr, theme, number, 1.0, data->heart_rate, 0);
    } else {
        say_state(cr, theme, room, data);
    }
    cairo_restore(cr);
}

void inline_breath_draw(cairo_t* cr, const Theme* theme, Rect box, const InlineData* data)
{
    ground(cr, theme, box);
    Rect room = rect_inset(box, 2.0);
    const Rect figure = cut_left(&room, fmin(room.h, 0.5 * room.w), 4.0);
    draw_breath(cr, theme, figure, data);
    draw_number(cr, theme, room, 0.0, data->breath_rate, 1);
    draw_unit(cr, theme, room, data->breath_rate, 1);
    cairo_restore(cr);
}

void inline_relax_draw(cairo_t* cr, const Theme* theme, Rect box, const InlineData* data)
{
    ground(cr, theme, box);
    Rect room = rect_inset(box, 2.0);
    if (data->state != SENSOR_TRACKING && !(data->heart_rate > 0.0)) {
        say_state(cr, theme, room, data);
    } else {
        draw_breath(cr, theme, cut_left(&room, fmin(room.h, 0.3 * room.w), 4.0), data);
        const Rect number = cut_right(&room, fmin(1.6 * room.h, 0.35 * room.w), 4.0);
        draw_number(cr, theme, number, 1.0, data->heart_rate, 0);
        draw_tone(cr, theme, room, data->tone);
    }
    cairo_restore(cr);
}
