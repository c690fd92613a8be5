// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view_sensor.h"

#include <math.h>
#include <stddef.h>

// It is always the sensor that wants something, never the heart: a person may read this
const char* sensor_words(const Theme* theme, SensorState state)
{
    switch (state) {
    case SENSOR_WAITING:
        return _("No signal on input 1");
    case SENSOR_LEARNING:
        return _("Finding the heartbeat");
    case SENSOR_TRACKING:
        return _("The heartbeat is clear");
    case SENSOR_POOR:
        return _("The signal is unsteady");
    case SENSOR_LOST:
        return _("The sensor needs a look");
    case SENSOR_CLIPPING:
        return _("The signal is too strong");
    default:
        return _("not known");
    }
}

const char* sensor_advice(const Theme* theme, SensorState state, SensorKind kind)
{
    switch (state) {
    case SENSOR_WAITING:
        return kind == SENSOR_PPG ? _("Connect tonus-bridge:PPG to it.")
                                  : _("Connect tonus-bridge:ECG to it.");
    case SENSOR_LEARNING:
        return _("This takes a few seconds.");
    case SENSOR_POOR:
    case SENSOR_LOST:
        return kind == SENSOR_PPG   ? _("Rest the hand, warm it, and see that the clip sits well.")
               : kind == SENSOR_ECG ? _("Moisten the electrodes and see that they sit well.")
                                    : _("See that the sensor sits well.");
    case SENSOR_CLIPPING:
        return _("Turn its level down a little.");
    default:
        return "";
    }
}

// A disc for what is well, half a disc on the way, a ring for what wants a look
static void draw_sign(cairo_t* cr, const Theme* theme, double x, double y, double radius,
                      SensorState state)
{
    const bool well = state == SENSOR_TRACKING;
    const bool coming = state == SENSOR_LEARNING || state == SENSOR_POOR;
    pen_color(cr, well ? theme->good : coming ? theme->pacer : theme->warning);
    cairo_set_line_width(cr, 1.2 * theme->stroke);
    pen_circle(cr, x, y, radius);
    if (well) {
        cairo_fill_preserve(cr);
    }
    cairo_stroke(cr);
    if (coming) {
        cairo_arc(cr, x, y, radius, 0.5 * PI, 1.5 * PI);
        cairo_fill(cr);
    }
}

void sensor_draw(cairo_t* cr, const Theme* theme, Rect box, const SensorData* data)
{
    Rect room = pen_panel(cr, theme, box, NULL);
    const Rect sign = cut_left(&room, 1.3 * theme->body, 0.6 * theme->margin);
    const char* const advice = sensor_advice(theme, data->state, data->kind);
    const double line = 1.5 * theme->body;
    const bool two = *advice && room.h >= 1.9 * line;
    if (data->state == SENSOR_TRACKING || data->state == SENSOR_POOR) {
        const Rect bars = cut_right(&room, 1.8 * theme->body, 0.5 * theme->margin);
        pen_quality(cr, theme,
                    rect(bars.x, room.y + 0.5 * room.h - 0.5 * theme->body, bars.w, theme->body),
                    data->quality);
    }
    const double top = room.y + 0.5 * (room.h - (two ? 2.0 : 1.0) * line);
    draw_sign(cr, theme, sign.x + 0.5 * sign.w, top + 0.5 * line, 0.42 * theme->body, data->state);
    pen_font(cr, theme, theme->body, true);
    pen_color(cr, theme->ink);
    pen_line(cr, rect(room.x, top, room.w, line), 0.0, sensor_words(theme, data->state));
    if (two) {
        pen_font(cr, theme, theme->body, false);
        pen_color(cr, theme->faint);
        pen_line(cr, rect(room.x, top + line, room.w, line), 0.0, advice);
    }
    pen_panel_end(cr);
}
