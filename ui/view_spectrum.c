// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_spectrum.h"

#include "ui/plot.h"

#include <math.h>
#include <string.h>

// Bands of the Task Force (1996), Hz
#define LF_FROM  0.04
#define HF_FROM  0.15
#define HF_TO    0.40
#define AXIS_END 0.45

static double hz_of(const SpectrumData* data, size_t i)
{
    return data->first_hz + (double)i * data->step_hz;
}

// One band: its ground, its name, its power
static void draw_band(cairo_t* cr, const Theme* theme, const Plot* plot, Rect heads, double from,
                      double to, const char* name, double power, double ground)
{
    const double x = plot_x(plot, from);
    const double w = plot_x(plot, to) - x;
    char text[64];
    pen_fade(cr, theme->faint, ground);
    cairo_rectangle(cr, x, plot->box.y, w, plot->box.h);
    cairo_fill(cr);
    strcpy(text, name);
    if (power > 0.0 && isfinite(power)) {
        strcat(text, " ");
        strcat(text, pen_number(power, 0).text);
        strcat(text, " ms²");
    }
    pen_font(cr, theme, theme->small, false);
    pen_color(cr, theme->faint);
    pen_line(cr, rect(x, heads.y, w, heads.h), 0.5, text);
}

static void draw_breathing(cairo_t* cr, const Theme* theme, const Plot* plot,
                           const SpectrumData* data)
{
    if (!(data->breath_hz > 0.0 && data->breath_hz < AXIS_END)) {
        return;
    }
    char text[64];
    const double half = data->breath_band_hz > 0.0 ? fmin(data->breath_band_hz, 0.1) : 0.01;
    const double x = plot_x(plot, fmax(data->breath_hz - half, plot->left));
    const double w = plot_x(plot, fmin(data->breath_hz + half, plot->right)) - x;
    pen_fade(cr, theme->person, 0.30);
    cairo_rectangle(cr, x, plot->box.y, w, plot->box.h);
    cairo_fill(cr);
    strcpy(text, pen_number(60.0 * data->breath_hz, 1).text);
    strcat(text, "/min");
    pen_font(cr, theme, theme->small, true);
    // Small words on grey: on paper they want more ink than the band
    pen_color(cr, theme->print ? theme_mix(theme->person, theme->ink, 0.4) : theme->person);
    // beside the band, where the curve does not run
    const double gap = 0.5 * theme->small;
    const double reach = fmax(pen_width(cr, text), pen_width(cr, _("breath"))) + gap;
    const bool right = x + w + reach < plot->box.x + plot->box.w;
    const double at = right ? x + w + gap : x - gap;
    pen_text(cr, at, plot->box.y + 1.4 * theme->small, right ? 0.0 : 1.0, _("breath"));
    pen_text(cr, at, plot->box.y + 2.8 * theme->small, right ? 0.0 : 1.0, text);
}

static void draw_power(cairo_t* cr, const Theme* theme, const Plot* plot, const SpectrumData* data)
{
    const double bottom = plot->box.y + plot->box.h;
    for (int pass = 0; pass < 2; ++pass) { // the ground below the curve, then the curve
        double last = NAN;
        for (size_t i = 0; i < data->n; ++i) {
            const double x = plot_x(plot, hz_of(data, i));
            const double y = plot_y(plot, data->power[i]);
            if (!isfinite(x) || !isfinite(y)) {
                continue;
            }
            if (!pass && !isfinite(last)) {
                cairo_move_to(cr, x, bottom);
            }
            cairo_line_to(cr, x, fmin(y, bottom));
            last = x;
        }
        if (!pass && isfinite(last)) {
            cairo_line_to(cr, last, bottom);
            pen_fade(cr, theme->heart, 0.30);
            cairo_fill(cr);
        }
    }
    pen_color(cr, theme->heart);
    cairo_set_line_width(cr, theme->stroke);
    cairo_stroke(cr);
}

void spectrum_draw(cairo_t* cr, const Theme* theme, Rect box, const SpectrumData* data)
{
    Rect room = pen_panel(cr, theme, box, data->title);
    PlotSpan span = {INFINITY, -INFINITY};
    const bool axis = data->step_hz > 0.0 && isfinite(data->step_hz) && isfinite(data->first_hz);
    for (size_t i = 0; axis && i < data->n && hz_of(data, i) <= AXIS_END; ++i) {
        plot_span_add(&span, data->power[i]);
    }
    if (!(span.high > 0.0)) {
        pen_reason(cr, theme, room, data->reason);
        pen_panel_end(cr);
        return;
    }
    const Rect heads = cut_top(&room, 1.5 * theme->small, 0.2 * theme->small);
    cut_bottom(&room, 1.7 * theme->small, 0.0);
    const Plot plot = {room, 0.0, AXIS_END, 0.0, 1.08 * span.high};
    draw_band(cr, theme, &plot, heads, LF_FROM, HF_FROM, "LF", data->lf_ms2, 0.08);
    draw_band(cr, theme, &plot, heads, HF_FROM, HF_TO, "HF", data->hf_ms2, 0.14);
    cairo_save(cr);
    cairo_rectangle(cr, room.x, room.y, room.w, room.h);
    cairo_clip(cr);
    draw_power(cr, theme, &plot, data);
    cairo_restore(cr);
    draw_breathing(cr, theme, &plot, data);
    pen_font(cr, theme, theme->small, false);
    pen_color(cr, theme->faint);
    for (int i = 1; i <= 4; ++i) {
        char text[48];
        strcpy(text, pen_number(0.1 * i, 1).text);
        strcat(text, i == 4 ? " Hz" : "");
        pen_text(cr, plot_x(&plot, 0.1 * i), room.y + room.h + 1.35 * theme->small, 0.5, text);
    }
    pen_panel_end(cr);
}
