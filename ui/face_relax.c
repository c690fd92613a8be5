// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/face_relax.h"

#include <math.h>
#include <stddef.h>

// Below these a window is cut differently; at scale 1, pixels
#define WIDE 820.0
#define TALL 600.0

static void put_controls(const Theme* theme, RelaxLayout* layout, Rect bar)
{
    const double gap = theme->margin;
    const double unit = fmin(bar.w / 10.0, 130.0 * theme->scale);
    layout->part[FACE_EXERCISE] = cut_left(&bar, 3.4 * unit, gap);
    layout->part[FACE_START] = cut_left(&bar, 1.8 * unit, gap);
    layout->part[FACE_MARK] = cut_left(&bar, 1.1 * unit, gap);
    layout->part[FACE_MODE] = cut_right(&bar, 1.8 * unit, gap);
}

static void put_sound(const Theme* theme, RelaxLayout* layout, Rect bar)
{
    layout->part[FACE_VOLUME] = rect_column(bar, 0, 3, theme->margin);
    layout->part[FACE_VOICING] = rect_column(bar, 1, 3, theme->margin);
    layout->part[FACE_CUE] = rect_column(bar, 2, 3, theme->margin);
}

// Two columns: what the person does, and what it does to them
static void put_wide(const Theme* theme, RelaxLayout* layout, Rect room)
{
    const double gap = theme->margin;
    const double row = 3.2 * theme->body; // height of a control
    const bool tall = room.h > TALL * theme->scale;
    put_controls(theme, layout, cut_top(&room, row, gap));
    Rect left = cut_left(&room, 0.42 * room.w, gap);
    put_sound(theme, layout, cut_bottom(&left, row, gap));
    if (tall) {
        layout->part[FACE_GUIDE] = cut_bottom(&left, 8.4 * theme->body, gap);
    }
    layout->part[FACE_TIMELINE] = cut_bottom(&left, 8.0 * theme->body, gap);
    layout->part[FACE_BREATH] = left;
    layout->part[FACE_SENSOR] = cut_top(&room, tall ? 4.6 * theme->body : 3.2 * theme->body, gap);
    layout->part[FACE_NUMBERS] =
        cut_bottom(&room, tall ? 7.6 * theme->body : 5.2 * theme->body, gap);
    if (tall) {
        layout->part[FACE_TRACE] = cut_top(&room, 0.26 * room.h, gap);
    }
    layout->part[FACE_TACHO] = cut_top(&room, 0.54 * room.h, gap);
    layout->part[FACE_TONE] = room;
}

// One column: what matters most, as far as there is room
static void put_narrow(const Theme* theme, RelaxLayout* layout, Rect room)
{
    const double gap = 0.7 * theme->margin;
    const double row = 2.6 * theme->body;
    const double h = room.h / theme->scale;
    Rect bar = cut_top(&room, row, gap);
    layout->part[FACE_MODE] = cut_right(&bar, 0.25 * bar.w, gap);
    layout->part[FACE_START] = cut_right(&bar, 0.33 * bar.w, gap);
    layout->part[FACE_EXERCISE] = bar;
    if (h > 300.0) {
        layout->part[FACE_SENSOR] = cut_top(&room, 3.2 * theme->body, gap);
    }
    if (h > 460.0) {
        put_sound(theme, layout, cut_bottom(&room, row, gap));
        layout->part[FACE_TIMELINE] = cut_bottom(&room, 7.6 * theme->body, gap);
    }
    if (h > 640.0) {
        layout->part[FACE_TONE] = cut_bottom(&room, 0.26 * room.h, gap);
        layout->part[FACE_TACHO] = cut_bottom(&room, 0.36 * room.h, gap);
    }
    layout->part[FACE_BREATH] = room;
}

// On whole pixels: edges stay sharp, and a part drawn alone leaves no seam
static void snap(RelaxLayout* layout)
{
    for (int i = 0; i < FACE_N_PARTS; ++i) {
        Rect* const box = &layout->part[i];
        const double right = floor(box->x + box->w);
        const double bottom = floor(box->y + box->h);
        box->x = ceil(box->x);
        box->y = ceil(box->y);
        box->w = fmax(right - box->x, 0.0);
        box->h = fmax(bottom - box->y, 0.0);
    }
}

RelaxLayout relax_face_layout(const Theme* theme, double width, double height, bool person)
{
    RelaxLayout layout = {.person = person};
    Rect room = rect(0.0, 0.0, width, height);
    if (person) {
        Rect bar = rect_inset(room, theme->margin);
        bar = cut_bottom(&bar, 3.2 * theme->body, 0.0);
        const double w = fmin(170.0 * theme->scale, 0.35 * bar.w);
        layout.part[FACE_START] = cut_left(&bar, w, 0.0);
        layout.part[FACE_MODE] = cut_right(&bar, w, 0.0);
        layout.part[FACE_BREATH] = rect_inset(room, 0.04 * fmin(width, height));
        snap(&layout);
        return layout;
    }
    room = rect_inset(room, theme->margin);
    if (width >= WIDE * theme->scale && height >= 0.6 * TALL * theme->scale) {
        put_wide(theme, &layout, room);
    } else {
        put_narrow(theme, &layout, room);
    }
    snap(&layout);
    return layout;
}

static Theme theme_of(const Theme* theme, bool person)
{
    if (!person) {
        return *theme;
    }
    Theme dark = theme_dark(theme->scale);
    dark.text = theme->text;
    dark.font = theme->font;
    dark.background = dark.panel = theme_mix(dark.background, (Color){0.0, 0.0, 0.0}, 0.5);
    dark.line = theme_mix(dark.background, dark.line, 0.6);
    return dark;
}

static void draw_breath_part(cairo_t* cr, const Theme* theme, Rect box, const RelaxData* data)
{
    BreathData breath = data->breath;
    if (data->person) {
        breath.words = false;
        breath_draw(cr, theme, box, &breath);
        return;
    }
    const Rect room = pen_panel(cr, theme, box, NULL);
    breath_draw(cr, theme, room, &breath);
    pen_panel_end(cr);
}

void relax_face_draw_part(cairo_t* cr, const Theme* given, const RelaxLayout* layout, FacePart part,
                          const RelaxData* data)
{
    const Rect box = layout->part[part];
    const Theme theme = theme_of(given, layout->person);
    if (!(box.w >= 1.0 && box.h >= 1.0)) {
        return;
    }
    cairo_save(cr);
    cairo_rectangle(cr, box.x, box.y, box.w, box.h);
    cairo_clip(cr);
    pen_color(cr, theme.background);
    cairo_paint(cr);
    switch (part) {
    case FACE_BREATH:
        draw_breath_part(cr, &theme, box, data);
        break;
    case FACE_SENSOR:
        sensor_draw(cr, &theme, box, &data->sensor);
        break;
    case FACE_TRACE:
        trace_draw(cr, &theme, box, &data->trace);
        break;
    case FACE_TACHO:
        tacho_draw(cr, &theme, box, &data->tacho);
        break;
    case FACE_TONE:
        tone_draw(cr, &theme, box, &data->tone);
        break;
    case FACE_NUMBERS:
        numbers_draw(cr, &theme, box, &data->numbers);
        break;
    case FACE_TIMELINE:
        timeline_draw(cr, &theme, box, &data->timeline);
        break;
    case FACE_GUIDE:
        guide_draw(cr, &theme, box, &data->guide);
        break;
    default:
        if (part < FACE_N_PARTS && (!layout->person || data->awake)) {
            control_draw(cr, &theme, box, &data->controls[part - FACE_N_VIEWS]);
        }
        break;
    }
    cairo_restore(cr);
}

void relax_face_draw(cairo_t* cr, const Theme* theme, double width, double height,
                     const RelaxData* data)
{
    const RelaxLayout layout = relax_face_layout(theme, width, height, data->person);
    const Theme own = theme_of(theme, data->person);
    pen_color(cr, own.background);
    cairo_rectangle(cr, 0.0, 0.0, width, height);
    cairo_fill(cr);
    for (int part = 0; part < FACE_N_PARTS; ++part) {
        if (part < FACE_N_VIEWS || !data->person || data->awake) {
            relax_face_draw_part(cr, theme, &layout, (FacePart)part, data);
        }
    }
}

FacePart relax_face_at(const RelaxLayout* layout, double x, double y)
{
    int part = FACE_N_VIEWS;
    while (part < FACE_N_PARTS && !rect_holds(layout->part[part], x, y)) {
        ++part;
    }
    return (FacePart)part;
}
