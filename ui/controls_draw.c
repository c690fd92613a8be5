// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controls.h"

#include <math.h>
#include <stdio.h>

static void value_text(const Control* control, const Theme* theme, char* text, size_t size)
{
    const PortText* const words = control->text;
    const int point = controls_point(control);
    const bool on_point =
        words->n_points && fabsf(words->points[point].value - control->value) < 0.01f;
    if (words->enumeration || on_point) {
        snprintf(text, size, "%s", words->n_points ? _(words->points[point].label) : "");
        return;
    }
    const float range = control->info->maximum - control->info->minimum;
    const int decimals = words->integer || range >= 100.0f ? 0 : range >= 5.0f ? 1 : 2;
    const float value = control->value;
    snprintf(text, size, "%.*f%s%s", decimals,
             fabsf(value) < 0.5f * powf(10.0f, (float)-decimals) ? 0.0 : (double)value,
             *words->unit ? " " : "", *words->unit ? _(words->unit) : "");
}

static void draw_control(const Controls* controls, int index, cairo_t* cr, const Theme* theme)
{
    const Control* const control = &controls->item[index];
    const bool on = control->value > 0.5f;
    char text[128];
    value_text(control, theme, text, sizeof(text));
    const ControlData data = {
        .kind = control->on ? CONTROL_BUTTON : control->kind,
        .label = _(!control->on ? control->text->name
                   : on         ? control->on
                                : control->off),
        .value = text,
        .share = (double)controls_share(control, control->value),
        .on = on && !control->primary &&
              (control->kind == CONTROL_SWITCH || control->kind == CONTROL_BUTTON),
        .primary = control->primary && !on && !control->disabled,
        .focused = index == controls->focus && controls->has_keyboard,
        .hovered = index == controls->hover,
        .disabled = control->disabled,
    };
    control_draw(cr, theme, control->box, &data);
}

static void draw_menu(const Controls* controls, cairo_t* cr, const Theme* theme)
{
    const Control* const control = &controls->item[controls->menu];
    const Rect box = controls->menu_box;
    const int n = control->text->n_points;
    const double row = (box.h - 8.0) / n;
    pen_color(cr, theme_mix(theme->panel, theme->ink, 0.06));
    pen_round(cr, box, 0.6 * theme->radius);
    cairo_fill_preserve(cr);
    cairo_set_line_width(cr, 1.0);
    pen_color(cr, theme->line);
    cairo_stroke(cr);
    pen_font(cr, theme, fmin(theme->body, 0.7 * row), false);
    for (int i = 0; i < n; ++i) {
        const Rect line = rect(box.x + 4.0, box.y + 4.0 + i * row, box.w - 8.0, row);
        if (i == controls->menu_at) {
            pen_color(cr, theme->person);
            pen_round(cr, line, 0.4 * theme->radius);
            cairo_fill(cr);
        }
        pen_color(cr, i != controls->menu_at ? theme->ink
                      : theme->dark          ? theme->background
                                             : theme->panel);
        pen_line(cr, rect_inset(line, 0.1 * row), 0.0, _(control->text->points[i].label));
    }
}

void controls_draw(const Controls* controls, cairo_t* cr, const Theme* theme, Rect area)
{
    for (int i = 0; i < controls->n && !controls->hidden; ++i) {
        if (rect_meets(controls->item[i].box, area)) {
            draw_control(controls, i, cr, theme);
        }
    }
    if (controls->menu >= 0 && rect_meets(controls->menu_box, area)) {
        draw_menu(controls, cr, theme);
    }
}
