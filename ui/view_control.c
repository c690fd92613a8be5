// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_control.h"

#include <math.h>

static Color ink_of(const Theme* theme, const ControlData* data)
{
    return data->disabled ? theme_mix(theme->line, theme->faint, 0.6) : theme->ink;
}

static void draw_ground(cairo_t* cr, const Theme* theme, Rect box, const ControlData* data)
{
    const bool filled = (data->primary || data->on) && !data->disabled;
    const Color plain = theme_mix(theme->panel, theme->line, data->hovered ? 0.75 : 0.45);
    pen_color(cr, filled ? theme_mix(theme->pacer, theme->ink, data->hovered ? 0.12 : 0.0) : plain);
    pen_round(cr, box, theme->radius);
    cairo_fill(cr);
}

static void draw_focus(cairo_t* cr, const Theme* theme, Rect box)
{
    pen_color(cr, theme->ink);
    cairo_set_line_width(cr, 2.0 * theme->scale);
    pen_round(cr, rect_inset(box, theme->scale), theme->radius);
    cairo_stroke(cr);
}

static void draw_button(cairo_t* cr, const Theme* theme, Rect box, const ControlData* data)
{
    const bool filled = (data->primary || data->on) && !data->disabled;
    draw_ground(cr, theme, box, data);
    pen_font(cr, theme, data->primary ? theme->title : theme->body, data->primary);
    pen_color(cr, filled ? theme->dark ? theme->background : theme->panel : ink_of(theme, data));
    pen_line(cr, rect_inset(box, 0.5 * theme->margin), 0.5, data->label ? data->label : "");
}

static void draw_arrow(cairo_t* cr, const Theme* theme, Rect box, double direction)
{
    const double reach = 0.28 * theme->body;
    const double x = box.x + 0.5 * box.w;
    const double y = box.y + 0.5 * box.h;
    cairo_move_to(cr, x - 0.5 * direction * reach, y - reach);
    cairo_line_to(cr, x + 0.5 * direction * reach, y);
    cairo_line_to(cr, x - 0.5 * direction * reach, y + reach);
    cairo_set_line_width(cr, theme->stroke);
    cairo_stroke(cr);
}

static void draw_choice(cairo_t* cr, const Theme* theme, Rect box, const ControlData* data)
{
    draw_ground(cr, theme, box, data);
    Rect room = box;
    const double side = fmin(2.0 * theme->body, 0.25 * box.w);
    pen_color(cr, data->disabled ? theme->line : theme->faint);
    draw_arrow(cr, theme, cut_left(&room, side, 0.0), -1.0);
    draw_arrow(cr, theme, cut_right(&room, side, 0.0), 1.0);
    const bool two = box.h >= 1.2 * theme->small + 1.4 * theme->body && data->label && *data->label;
    if (two) {
        const double top = 0.5 * (box.h - 1.3 * theme->small - 1.4 * theme->body);
        cut_top(&room, top, 0.0);
        pen_font(cr, theme, theme->small, false);
        pen_color(cr, theme->faint);
        pen_line(cr, cut_top(&room, 1.3 * theme->small, 0.0), 0.5, data->label);
        room.h = 1.4 * theme->body;
    }
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, ink_of(theme, data));
    pen_line(cr, room, 0.5, data->value ? data->value : "");
}

static Rect slide_of(const Theme* theme, Rect box)
{
    const double pad = fmin(theme->margin, 0.1 * box.w);
    return rect(box.x + pad, box.y, box.w - 2.0 * pad, box.h);
}

static void draw_slider(cairo_t* cr, const Theme* theme, Rect box, const ControlData* data)
{
    draw_ground(cr, theme, box, data);
    Rect room = slide_of(theme, box);
    const Color ink = ink_of(theme, data);
    const bool two = box.h >= 1.2 * theme->small + theme->body;
    if (two) {
        cut_top(&room, 0.14 * box.h, 0.0);
        const Rect head = cut_top(&room, 1.3 * theme->small, 0.0);
        Rect value = head;
        pen_font(cr, theme, theme->small, false);
        const double width = data->value ? pen_width(cr, data->value) : 0.0;
        pen_color(cr, ink);
        const Rect right = cut_right(&value, fmin(width, value.w) + 0.5, 0.3 * theme->margin);
        pen_line(cr, right, 1.0, data->value ? data->value : "");
        pen_color(cr, theme->faint);
        pen_line(cr, value, 0.0, data->label ? data->label : "");
    }
    const double share = isfinite(data->share) ? fmin(fmax(data->share, 0.0), 1.0) : 0.0;
    const double h = 4.0 * theme->scale;
    const double y = room.y + 0.5 * (room.h - h) - (two ? 0.06 * box.h : 0.0);
    pen_color(cr, theme_mix(theme->line, theme->faint, 0.35));
    pen_round(cr, rect(room.x, y, room.w, h), 0.5 * h);
    cairo_fill(cr);
    pen_color(cr, data->disabled ? theme->line : theme->pacer);
    pen_round(cr, rect(room.x, y, fmax(share * room.w, h), h), 0.5 * h);
    cairo_fill(cr);
    pen_color(cr, ink);
    pen_circle(cr, room.x + share * room.w, y + 0.5 * h, 1.7 * h);
    cairo_fill(cr);
}

static void draw_switch(cairo_t* cr, const Theme* theme, Rect box, const ControlData* data)
{
    ControlData ground = *data;
    ground.on = ground.primary = false;
    draw_ground(cr, theme, box, &ground);
    Rect room = slide_of(theme, box);
    const double h = fmin(1.3 * theme->body, 0.8 * box.h);
    const Rect at = cut_right(&room, 1.8 * h, 0.5 * theme->margin);
    const Rect slot = rect(at.x, at.y + 0.5 * (at.h - h), at.w, h);
    pen_color(cr, data->on && !data->disabled ? theme->pacer
                                              : theme_mix(theme->line, theme->faint, 0.35));
    pen_round(cr, slot, 0.5 * h);
    cairo_fill(cr);
    pen_color(cr, theme->dark ? theme->ink : theme->panel);
    pen_circle(cr, slot.x + (data->on ? slot.w - 0.5 * h : 0.5 * h), slot.y + 0.5 * h, 0.38 * h);
    cairo_fill(cr);
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, ink_of(theme, data));
    pen_line(cr, room, 0.0, data->label ? data->label : "");
}

void control_draw(cairo_t* cr, const Theme* theme, Rect box, const ControlData* data)
{
    if (box.w < 1.0 || box.h < 1.0) {
        return;
    }
    cairo_save(cr);
    cairo_rectangle(cr, box.x, box.y, box.w, box.h);
    cairo_clip(cr);
    switch (data->kind) {
    case CONTROL_CHOICE:
        draw_choice(cr, theme, box, data);
        break;
    case CONTROL_SLIDER:
        draw_slider(cr, theme, box, data);
        break;
    case CONTROL_SWITCH:
        draw_switch(cr, theme, box, data);
        break;
    default:
        draw_button(cr, theme, box, data);
        break;
    }
    if (data->focused) {
        draw_focus(cr, theme, box);
    }
    cairo_restore(cr);
}

double control_share_at(const Theme* theme, Rect box, double x)
{
    const Rect slide = slide_of(theme, box);
    return slide.w > 0.0 ? fmin(fmax((x - slide.x) / slide.w, 0.0), 1.0) : 0.0;
}
