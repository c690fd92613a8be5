// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/trend.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

// All in points
#define MARGIN_LEFT   64.0
#define MARGIN_RIGHT  20.0
#define MARGIN_TOP    62.0
#define MARGIN_BOTTOM 40.0
#define GAP           38.0
#define FONT_SIZE     12.0

typedef struct {
    double x, y, width, height; // of the plot's box
    double start_s, end_s, low, high;
} Box;

static double to_x(const Box* box, double time_s)
{
    return box->x + box->width * (time_s - box->start_s) / (box->end_s - box->start_s);
}

static double to_y(const Box* box, double value)
{
    return box->y + box->height * (1.0 - (value - box->low) / (box->high - box->low));
}

// The step of 1, 2 or 5 times a power of ten that gives at most `most` parts of `range`
static double nice_step(double range, double most)
{
    const double rough = range / most;
    const double power = pow(10.0, floor(log10(rough)));
    const double rest = rough / power;
    return power * (rest <= 1.0 ? 1.0 : rest <= 2.0 ? 2.0 : rest <= 5.0 ? 5.0 : 10.0);
}

static void set_range(Box* box, const TrendPanel* panel)
{
    box->low = panel->low;
    box->high = panel->high;
    if (panel->low < panel->high) {
        return;
    }
    box->low = INFINITY;
    box->high = -INFINITY;
    for (size_t i = 0; i < panel->n_lines; ++i) {
        for (size_t j = 0; j < panel->lines[i].count; ++j) {
            const double value = panel->lines[i].value[j];
            if (isfinite(value)) {
                box->low = fmin(box->low, value);
                box->high = fmax(box->high, value);
            }
        }
    }
    if (!(box->low <= box->high)) {
        box->low = 0.0;
        box->high = 1.0;
    }
    const double step = nice_step(fmax(box->high - box->low, 1e-6), 4.0);
    box->low = step * floor(box->low / step);
    box->high = step * fmax(ceil(box->high / step), floor(box->low / step) + 1.0);
}

static void show_text(cairo_t* cr, double x, double y, double align, const char* text)
{
    cairo_text_extents_t size;
    cairo_text_extents(cr, text, &size);
    cairo_move_to(cr, x - align * size.x_advance, y);
    cairo_show_text(cr, text);
}

static void draw_grid(cairo_t* cr, const Box* box, bool times)
{
    char text[32];
    cairo_set_line_width(cr, 0.5);
    const double step = nice_step(box->high - box->low, 5.0);
    for (double v = step * ceil(box->low / step - 1e-9); v <= box->high + 1e-9 * step; v += step) {
        cairo_set_source_rgb(cr, 0.85, 0.85, 0.85);
        cairo_move_to(cr, box->x, to_y(box, v));
        cairo_line_to(cr, box->x + box->width, to_y(box, v));
        cairo_stroke(cr);
        snprintf(text, sizeof(text), "%g", fabs(v) < 1e-9 * step ? 0.0 : v);
        cairo_set_source_rgb(cr, 0.3, 0.3, 0.3);
        show_text(cr, box->x - 8.0, to_y(box, v) + 4.0, 1.0, text);
    }
    const double range = box->end_s - box->start_s;
    const double minute = range > 90.0 ? 60.0 : 10.0;
    const double tick = minute * fmax(1.0, ceil(range / minute / 12.0));
    for (double t = tick * ceil(box->start_s / tick); t <= box->end_s + 1e-6; t += tick) {
        cairo_set_source_rgb(cr, 0.85, 0.85, 0.85);
        cairo_move_to(cr, to_x(box, t), box->y);
        cairo_line_to(cr, to_x(box, t), box->y + box->height);
        cairo_stroke(cr);
        if (times) {
            snprintf(text, sizeof(text), "%d:%02d", (int)(t / 60.0), (int)fmod(t, 60.0));
            cairo_set_source_rgb(cr, 0.3, 0.3, 0.3);
            show_text(cr, to_x(box, t), box->y + box->height + 18.0, 0.5, text);
        }
    }
}

static void draw_line(cairo_t* cr, const Box* box, const TrendLine* line)
{
    bool pen_down = false;
    cairo_set_source_rgb(cr, line->red, line->green, line->blue);
    cairo_set_line_width(cr, line->width);
    if (line->dash > 0.0) {
        cairo_set_dash(cr, &line->dash, 1, 0.0);
    }
    for (size_t i = 0; i < line->count; ++i) {
        const double x = to_x(box, line->time_s[i]);
        const double y = to_y(box, line->value[i]);
        if (!isfinite(x) || !isfinite(y)) {
            pen_down = false;
        } else if (line->width <= 0.0) {
            cairo_arc(cr, x, y, 1.6, 0.0, 6.2832);
            cairo_fill(cr);
        } else if (pen_down) {
            cairo_line_to(cr, x, y);
        } else {
            cairo_move_to(cr, x, y);
            pen_down = true;
        }
    }
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0.0);
}

static void draw_legend(cairo_t* cr, const Box* box, const TrendPanel* panel)
{
    double x = box->x + box->width;
    for (size_t i = panel->n_lines; i-- > 0;) {
        const TrendLine* const line = &panel->lines[i];
        if (!line->label) {
            continue;
        }
        cairo_text_extents_t size;
        cairo_text_extents(cr, line->label, &size);
        x -= size.x_advance;
        cairo_set_source_rgb(cr, 0.15, 0.15, 0.15);
        show_text(cr, x, box->y - 8.0, 0.0, line->label);
        x -= 26.0;
        const double times[2] = {box->start_s, box->end_s};
        const Box sample = {x, box->y - 12.0, 20.0, 1.0, times[0], times[1], 0.0, 1.0};
        const double flat[2] = {0.5, 0.5};
        TrendLine stroke = *line;
        stroke.time_s = times;
        stroke.value = flat;
        stroke.count = 2;
        draw_line(cr, &sample, &stroke);
        x -= 16.0;
    }
}

static void draw_panel(cairo_t* cr, Box* box, const TrendPanel* panel, bool last)
{
    set_range(box, panel);
    draw_grid(cr, box, last);
    cairo_set_source_rgb(cr, 0.15, 0.15, 0.15);
    show_text(cr, box->x, box->y - 8.0, 0.0, panel->title);
    draw_legend(cr, box, panel);
    cairo_save(cr);
    cairo_rectangle(cr, box->x, box->y - 2.0, box->width, box->height + 4.0);
    cairo_clip(cr);
    for (size_t i = 0; i < panel->n_lines; ++i) {
        draw_line(cr, box, &panel->lines[i]);
    }
    cairo_restore(cr);
}

void trend_draw(cairo_t* cr, double width, double height, const char* title, double start_s,
                double end_s, const TrendPanel* panels, size_t n_panels)
{
    cairo_set_source_rgb(cr, 1.0, 1.0, 1.0);
    cairo_paint(cr);
    if (!n_panels || !(end_s > start_s)) {
        return;
    }
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, FONT_SIZE + 3.0);
    cairo_set_source_rgb(cr, 0.1, 0.1, 0.1);
    show_text(cr, MARGIN_LEFT, 20.0, 0.0, title);
    cairo_set_font_size(cr, FONT_SIZE);
    const double n = (double)n_panels;
    const double each = (height - MARGIN_TOP - MARGIN_BOTTOM - (n - 1.0) * GAP) / n;
    for (size_t i = 0; i < n_panels; ++i) {
        Box box = {MARGIN_LEFT,
                   MARGIN_TOP + (double)i * (each + GAP),
                   width - MARGIN_LEFT - MARGIN_RIGHT,
                   each,
                   start_s,
                   end_s,
                   0.0,
                   1.0};
        draw_panel(cr, &box, &panels[i], i + 1 == n_panels);
    }
}
