// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_timeline.h"

#include <math.h>
#include <stdio.h>

#define OPEN_SHARE 1.5 // an open end is drawn as long as so many mean parts

static bool is_there(const TimelinePart* part)
{
    return part->seconds != 0.0 && !isnan(part->seconds);
}

// Lengths as drawn, in shares of their sum; a part is never too narrow for its name
static double weigh(const TimelineData* data, size_t i)
{
    double sum = 0.0;
    double n = 0.0;
    for (size_t j = 0; j < data->n; ++j) {
        if (is_there(&data->parts[j]) && data->parts[j].seconds > 0.0) {
            sum += fmin(data->parts[j].seconds, 1e6);
            n += 1.0;
        }
    }
    const double mean = n > 0.0 ? sum / n : 1.0;
    const TimelinePart* const part = &data->parts[i];
    return !is_there(part)       ? 0.0
           : part->seconds < 0.0 ? OPEN_SHARE * mean
                                 : fmin(fmax(fmin(part->seconds, 1e6), 0.6 * mean), 2.5 * mean);
}

static double gone_of(const TimelineData* data)
{
    const double whole = data->elapsed_s + data->remaining_s;
    const double share = data->remaining_s >= 0.0 && whole > 0.0
                             ? data->elapsed_s / whole
                             : 1.0 - exp(-data->elapsed_s / 300.0);
    return isfinite(share) ? fmin(fmax(share, 0.0), 1.0) : 0.0;
}

static void draw_part(cairo_t* cr, const Theme* theme, const TimelineData* data, int i, Rect box)
{
    const double h = fmin(10.0 * theme->scale, 0.35 * box.h);
    const Rect bar = {box.x, box.y, box.w, h};
    const bool now = i == data->current;
    pen_color(cr, theme->line);
    pen_round(cr, bar, 0.5 * h);
    cairo_fill(cr);
    const double gone = i < data->current ? 1.0 : now ? gone_of(data) : 0.0;
    if (gone > 0.0) {
        pen_color(cr, now ? theme->pacer : theme_mix(theme->line, theme->pacer, 0.55));
        pen_round(cr, rect(bar.x, bar.y, fmax(gone * bar.w, h), h), 0.5 * h);
        cairo_fill(cr);
    }
    const Rect text = rect(box.x, box.y + h + 0.4 * theme->small, box.w, 1.4 * theme->small);
    const PenNumber time = pen_clock(data->parts[i].seconds);
    pen_font(cr, theme, theme->small, now);
    pen_color(cr, now ? theme->ink : theme->faint);
    pen_line(cr, text, 0.0, data->parts[i].name);
    // its length, where it does not cost the name
    const double width = pen_width(cr, data->parts[i].name) + 0.7 * theme->small;
    pen_font(cr, theme, theme->small, false);
    if (data->parts[i].seconds > 0.0 && width + pen_width(cr, time.text) <= text.w) {
        pen_line(cr, text, 1.0, time.text);
    }
}

static void say_next(cairo_t* cr, const Theme* theme, const TimelineData* data, Rect line)
{
    char text[256];
    const char* name = NULL;
    for (size_t i = 0; i < data->n && !name; ++i) {
        if ((int)i > data->current && is_there(&data->parts[i])) {
            name = data->parts[i].name;
        }
    }
    const bool running = data->current >= 0 && (size_t)data->current < data->n;
    if (data->paused) {
        snprintf(text, sizeof text, "%s", _("Paused"));
    } else if (data->next && *data->next) {
        snprintf(text, sizeof text, "%s", data->next);
    } else if (data->current < 0) {
        snprintf(text, sizeof text, "%s", data->n ? _("Ready when you are") : "");
    } else if (!running) {
        snprintf(text, sizeof text, "%s", _("Done. Take your time."));
    } else if (data->remaining_s >= 0.0) {
        snprintf(text, sizeof text, "%s %s%s%s", name ? _("Next in") : _("Ends in"),
                 pen_clock(data->remaining_s).text, name ? ": " : "", name ? name : "");
    } else {
        snprintf(text, sizeof text, "%s", _("As long as you like"));
    }
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->ink);
    pen_line(cr, line, 0.0, text);
}

void timeline_draw(cairo_t* cr, const Theme* theme, Rect box, const TimelineData* data)
{
    Rect room = pen_panel(cr, theme, box, data->title);
    const Rect line = cut_top(&room, 1.5 * theme->body, 0.6 * theme->margin);
    say_next(cr, theme, data, line);
    double sum = 0.0;
    for (size_t i = 0; i < data->n; ++i) {
        sum += weigh(data, i);
    }
    const double gap = theme->margin;
    for (size_t i = 0; i < data->n && sum > 0.0; ++i) {
        const double share = weigh(data, i) / sum;
        if (share > 0.0) {
            sum -= weigh(data, i);
            const Rect part = cut_left(&room, share * room.w - (sum > 0.0 ? 0.5 * gap : 0.0), gap);
            draw_part(cr, theme, data, (int)i, part);
        }
    }
    pen_panel_end(cr);
}
