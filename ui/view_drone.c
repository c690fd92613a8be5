// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_drone.h"

#include "ui/plot.h"

#include <math.h>
#include <stdio.h>

enum { MOST = 12, LARGEST = 16 }; // notes drawn; numbers in a ratio

// The simplest ratio of whole numbers within 12 cents; false when there is none
static bool find_ratio(double ratio, int* high, int* low)
{
    for (int b = 1; b <= LARGEST; ++b) {
        const int a = (int)lrint(ratio * b);
        if (a > 0 && a <= LARGEST && fabs(1200.0 * log2(ratio * b / a)) < 12.0) {
            *high = a;
            *low = b;
            return true;
        }
    }
    return false;
}

static size_t sort_notes(const DroneData* data, double* notes)
{
    size_t n = 0;
    for (size_t i = 0; i < data->n_notes && n < MOST; ++i) {
        const double hz = data->notes_hz[i];
        if (hz > 10.0 && hz < 20000.0) {
            size_t at = n++;
            for (; at > 0 && notes[at - 1] > hz; --at) {
                notes[at] = notes[at - 1];
            }
            notes[at] = hz;
        }
    }
    return n;
}

static void draw_voice(cairo_t* cr, const Theme* theme, double x, double y, double radius,
                       double strength)
{
    pen_fade(cr, theme->tone, 0.20 + 0.20 * strength);
    pen_circle(cr, x, y, radius);
    cairo_fill(cr);
    pen_fade(cr, theme->tone, 0.45 + 0.35 * strength);
    pen_circle(cr, x, y, 0.62 * radius);
    cairo_fill(cr);
}

// How two neighbours stand to each other: an arc with their ratio
static void draw_interval(cairo_t* cr, const Theme* theme, double from, double to, double y,
                          double height, double ratio)
{
    int high = 0;
    int low = 0;
    const bool pure = find_ratio(ratio, &high, &low);
    const double middle = 0.5 * (from + to);
    pen_color(cr, pure ? theme_mix(theme->line, theme->faint, 0.7) : theme->line);
    cairo_set_line_width(cr, theme->scale);
    cairo_move_to(cr, from, y);
    cairo_curve_to(cr, from, y - height, to, y - height, to, y);
    cairo_stroke(cr);
    if (pure) {
        char text[32];
        snprintf(text, sizeof text, "%d:%d", high, low);
        pen_font(cr, theme, theme->small, false);
        pen_color(cr, theme->faint);
        pen_text(cr, middle, y - 0.75 * height - 0.4 * theme->small, 0.5, text);
    }
}

static void say_state(cairo_t* cr, const Theme* theme, Rect line, const DroneData* data)
{
    char text[200];
    snprintf(text, sizeof text, "%s", data->voicing ? data->voicing : "");
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->ink);
    pen_line(cr, line, 0.0, text);
    if (isfinite(data->beating_hz) && data->beating_hz >= 0.0) {
        if (data->beating_hz < 0.05) {
            snprintf(text, sizeof text, "%s", _("pure"));
        } else {
            snprintf(text, sizeof text, "%s %s Hz", _("beating"),
                     pen_number(data->beating_hz, 1).text);
        }
        pen_color(cr, theme->faint);
        pen_line(cr, line, 1.0, text);
    }
}

void drone_draw(cairo_t* cr, const Theme* theme, Rect box, const DroneData* data)
{
    double notes[MOST];
    Rect room = pen_panel(cr, theme, box, data->title);
    const size_t n = sort_notes(data, notes);
    if (!n) {
        pen_reason(cr, theme, room, data->reason);
        pen_panel_end(cr);
        return;
    }
    say_state(cr, theme, cut_top(&room, 1.5 * theme->body, 0.3 * theme->margin), data);
    const Rect labels = cut_bottom(&room, 1.5 * theme->small, 0.3 * theme->small);
    const double level = isfinite(data->level) ? fmin(fmax(data->level, 0.0), 1.0) : 0.0;
    const double swell = isfinite(data->swell) ? fmin(fmax(data->swell, 0.0), 1.0) : 0.0;
    // by place, not by pitch: each voice has its room
    const double step = room.w / (double)n;
    const double largest = fmin(0.42 * step, 0.30 * room.h);
    const double y = room.y + room.h - largest;
    for (size_t i = 0; i < n; ++i) {
        const double x = room.x + ((double)i + 0.5) * step;
        if (i) {
            draw_interval(cr, theme, x - step, x, y - 0.5 * largest,
                          fmin(0.5 * room.h, 0.8 * (y - room.y)), notes[i] / notes[i - 1]);
        }
    }
    for (size_t i = 0; i < n; ++i) {
        char text[48];
        const double x = room.x + ((double)i + 0.5) * step;
        draw_voice(cr, theme, x, y, largest * (0.55 + 0.45 * level * (0.4 + 0.6 * swell)), level);
        snprintf(text, sizeof text, "%s Hz", pen_number(notes[i], 0).text);
        pen_font(cr, theme, theme->small, false);
        pen_color(cr, theme->faint);
        pen_line(cr, rect(x - 0.5 * step, labels.y, step, labels.h), 0.5, text);
    }
    if (data->reason && *data->reason) {
        pen_reason(cr, theme, room, data->reason);
    }
    pen_panel_end(cr);
}
