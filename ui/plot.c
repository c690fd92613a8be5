// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot.h"

#include <math.h>
#include <string.h>

#define SANE 1e9 // beyond it a value is no measurement

static double near(double place, double from, double length)
{
    return isfinite(place) ? fmin(fmax(place, from - 4.0 * length), from + 5.0 * length) : NAN;
}

double plot_x(const Plot* plot, double x)
{
    const double share = (x - plot->left) / (plot->right - plot->left);
    return near(plot->box.x + plot->box.w * share, plot->box.x, plot->box.w);
}

double plot_y(const Plot* plot, double y)
{
    const double share = (y - plot->low) / (plot->high - plot->low);
    return near(plot->box.y + plot->box.h * (1.0 - share), plot->box.y, plot->box.h);
}

double plot_step(double range, double most)
{
    const double rough = range / fmax(most, 1.0);
    const double power = pow(10.0, floor(log10(rough)));
    const double rest = rough / power;
    return power * (rest <= 1.0 ? 1.0 : rest <= 2.0 ? 2.0 : rest <= 5.0 ? 5.0 : 10.0);
}

void plot_span_add(PlotSpan* span, double value)
{
    if (fabs(value) < SANE) {
        span->low = fmin(span->low, value);
        span->high = fmax(span->high, value);
    }
}

bool plot_span_close(const PlotSpan* span, double least, double* low, double* high)
{
    *low = 0.0;
    *high = 1.0;
    if (!(span->low <= span->high)) {
        return false;
    }
    const double length = fmax(span->high - span->low, fmax(least, 1e-6));
    const double bottom = 0.5 * (span->low + span->high - length);
    const double step = plot_step(length, 5.0);
    *low = step * floor(bottom / step);
    *high = step * fmax(ceil((bottom + length) / step), floor(bottom / step) + 1.0);
    return true;
}

void plot_values(cairo_t* cr, const Theme* theme, const Plot* plot, double most, int decimals)
{
    const double range = plot->high - plot->low;
    if (!(range > 0.0) || !isfinite(range)) {
        return;
    }
    const double step = plot_step(range, most);
    const int digits = decimals >= 0 ? decimals : (int)fmin(fmax(ceil(-log10(step)), 0.0), 6.0);
    pen_font(cr, theme, theme->small, false);
    cairo_set_line_width(cr, theme->print ? 0.4 : theme->scale);
    const double first = ceil(plot->low / step - 1e-6);
    for (int i = 0; i <= (int)most + 1; ++i) {
        const double value = step * (first + i);
        if (value > plot->high + 1e-6 * range) {
            break;
        }
        const double y = plot_y(plot, value);
        pen_color(cr, theme->line);
        cairo_move_to(cr, plot->box.x, y);
        cairo_line_to(cr, plot->box.x + plot->box.w, y);
        cairo_stroke(cr);
        pen_color(cr, theme->faint);
        pen_text(cr, plot->box.x - 0.5 * theme->margin, y + 0.35 * theme->small, 1.0,
                 pen_number(value, digits).text);
    }
}

// The time between two ticks that leaves room for their labels; 0: there is no such axis
static double time_step(const Theme* theme, const Plot* plot)
{
    static const double steps[] = {1.0,   2.0,   5.0,    10.0,   15.0,   30.0,   60.0,   120.0,
                                   300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0, 14400.0};
    enum { N_STEPS = sizeof steps / sizeof *steps };
    const double range = plot->right - plot->left;
    if (!(range > 0.0) || range > 1e6) {
        return 0.0;
    }
    const double most = fmax(plot->box.w / (6.0 * theme->small), 1.0); // labels that have room
    int which = 0;
    while (which + 1 < N_STEPS && range / steps[which] > most) {
        ++which;
    }
    return fmax(steps[which], range / 20.0);
}

void plot_ages(cairo_t* cr, const Theme* theme, const Plot* plot, double now_s)
{
    const double range = plot->right - plot->left;
    const double step = time_step(theme, plot);
    pen_font(cr, theme, theme->small, false);
    pen_color(cr, theme->faint);
    const double base = plot->box.y + plot->box.h + 1.35 * theme->small;
    for (int i = 1; step > 0.0 && step * i < now_s - plot->left + 1e-6; ++i) {
        char text[48];
        const double x = plot_x(plot, now_s - step * i);
        strcpy(text, "−");
        strcat(text, range <= 60.0 ? pen_number(step * i, 0).text : pen_clock(step * i).text);
        strcat(text, range <= 60.0 ? " s" : "");
        if (x - 0.5 * pen_width(cr, text) >= plot->box.x - 0.5 * theme->margin) {
            pen_text(cr, x, base, 0.5, text);
        }
    }
}

void plot_clock(cairo_t* cr, const Theme* theme, const Plot* plot)
{
    const double step = time_step(theme, plot);
    pen_font(cr, theme, theme->small, false);
    pen_color(cr, theme->faint);
    const double base = plot->box.y + plot->box.h + 1.35 * theme->small;
    const double first = step > 0.0 ? step * ceil(plot->left / step - 1e-6) : 0.0;
    for (int i = 0; step > 0.0 && first + step * i < plot->right + 1e-6; ++i) {
        const PenNumber text = pen_clock(first + step * i);
        const double x = plot_x(plot, first + step * i);
        if (x + 0.5 * pen_width(cr, text.text) <= plot->box.x + plot->box.w + theme->margin) {
            pen_text(cr, x, base, 0.5, text.text);
        }
    }
}

void plot_curve(cairo_t* cr, const Plot* plot, const double* x, const double* y, size_t n)
{
    bool down = false;
    for (size_t i = 0; i < n; ++i) {
        const double at_x = plot_x(plot, x[i]);
        const double at_y = plot_y(plot, y[i]);
        if (!isfinite(at_x) || !isfinite(at_y)) {
            down = false;
        } else if (down) {
            cairo_line_to(cr, at_x, at_y);
        } else {
            cairo_move_to(cr, at_x, at_y);
            down = true;
        }
    }
    cairo_stroke(cr);
}
