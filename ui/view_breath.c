// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_breath.h"

#include <math.h>

// Radii as shares of half the box's side. Empty lungs still show a good disc: it never vanishes.
#define EMPTY 0.34
#define FULL  0.92
#define RING  0.030 // half the width of the pacer's ring

static double radius_of(double fullness, double half)
{
    return half * (EMPTY + (FULL - EMPTY) * fmin(fmax(fullness, 0.0), 1.0));
}

// Shells from the panel's colour to the glow in the middle: as soft as a gradient, at a fifth of
// its cost when they are opaque and only the outermost has smooth edges (the steps are too small to
// be seen)
static void draw_person(cairo_t* cr, const Theme* theme, double x, double y, double radius,
                        double known)
{
    enum { SHELLS = 18 };
    for (int i = 0; i < SHELLS; ++i) {
        const double share = (double)i / (SHELLS - 1);
        const double body = 0.45 + 0.55 * sin(0.5 * PI * share);
        const Color color = theme_mix(theme->person, theme->glow, share * share);
        pen_color(cr, theme_mix(theme->panel, color, known * body));
        pen_circle(cr, x, y, radius * (1.0 - 0.80 * share));
        cairo_set_antialias(cr, i ? CAIRO_ANTIALIAS_NONE : CAIRO_ANTIALIAS_DEFAULT);
        cairo_set_tolerance(cr, i ? 0.5 : 0.1);
        cairo_fill(cr);
    }
    cairo_set_tolerance(cr, 0.1);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_DEFAULT);
}

static void draw_pacer(cairo_t* cr, const Theme* theme, double x, double y, double radius,
                       double half, double left)
{
    cairo_set_line_width(cr, 2.0 * RING * half);
    pen_fade(cr, theme->pacer, isfinite(left) ? 0.45 : 0.95);
    pen_circle(cr, x, y, radius);
    cairo_stroke(cr);
    if (left > 0.0) { // how much of this part is still to come, from the top, clockwise
        pen_color(cr, theme->pacer);
        cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
        cairo_new_sub_path(cr);
        cairo_arc_negative(cr, x, y, radius, -0.5 * PI, -0.5 * PI - 2.0 * PI * fmin(left, 1.0));
        cairo_stroke(cr);
        cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
    }
}

static const char* cue_words(const Theme* theme, BreathCue cue)
{
    switch (cue) {
    case BREATH_CUE_IN:
        return _("Breathe in");
    case BREATH_CUE_HOLD:
        return _("Rest");
    case BREATH_CUE_OUT:
        return _("Breathe out");
    default:
        return "";
    }
}

void breath_draw(cairo_t* cr, const Theme* theme, Rect box, const BreathData* data)
{
    // the words have a place of their own, under the figure
    Rect room = box;
    const double size = fmax(theme->title, 0.055 * fmin(box.w, box.h));
    const bool words = data->words && isfinite(data->pacer);
    const Rect line = words ? cut_bottom(&room, 1.6 * size, 0.0) : rect(0.0, 0.0, 0.0, 0.0);
    const Rect square = rect_square(room);
    const double half = 0.5 * square.w;
    const double x = square.x + half;
    const double y = square.y + half;
    if (half < 2.0) {
        return;
    }
    cairo_save(cr);
    cairo_rectangle(cr, box.x, box.y, box.w, box.h);
    cairo_clip(cr);
    // full lungs: the room that there is
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
    pen_color(cr, theme_mix(theme->panel, theme->line, 0.45));
    pen_circle(cr, x, y, radius_of(1.0 + RING, half));
    cairo_fill(cr);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_DEFAULT);
    const bool person = isfinite(data->person);
    const bool paced = isfinite(data->pacer);
    if (person) {
        const double known = isfinite(data->known) ? fmin(fmax(data->known, 0.0), 1.0) : 0.0;
        draw_person(cr, theme, x, y, radius_of(data->person, half), 0.25 + 0.75 * known);
    }
    if (paced) {
        draw_pacer(cr, theme, x, y, radius_of(data->pacer, half), half, data->left);
    }
    if (!person && !paced) {
        pen_reason(cr, theme, rect(x - 0.6 * half, y - 0.3 * half, 1.2 * half, 0.6 * half),
                   data->reason);
    } else if (words) {
        pen_font(cr, theme, size, false);
        pen_color(cr, theme->ink);
        pen_line(cr, line, 0.5, cue_words(theme, data->cue));
    }
    cairo_restore(cr);
}

Rect breath_reach(Rect box, double fullness)
{
    const Rect square = rect_square(box);
    const double half = 0.5 * square.w;
    const double radius = radius_of(fullness, half) + RING * half + 2.0; // and smooth edges
    return rect_inset(square, fmax(half - radius, 0.0));
}

double breath_fullness(double phase, double in_share)
{
    if (!isfinite(phase)) {
        return phase;
    }
    const double share = isfinite(in_share) ? fmin(fmax(in_share, 0.1), 0.9) : 0.4;
    const double turn = phase - floor(phase);
    const double way = turn < share ? turn / share : (1.0 - turn) / (1.0 - share);
    return 0.5 - 0.5 * cos(PI * way);
}
