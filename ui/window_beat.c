// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus Beat: the signal with its beats, their shape, the sensor's
/// state, the numbers.
#include "ttl/beat.h"
#include "ui/feed.h"
#include "ui/object.h"
#include "ui/view_beat.h"
#include "ui/view_numbers.h"
#include "ui/view_sensor.h"
#include "ui/window.h"

#include <math.h>

#define SHAPE_SPAN_S 15.0 // of the beats that are usual: as far back as the trace is kept

typedef struct {
    Window window; // first
    FeedTrace trace;
    FeedTacho tacho;
    int trace_pane, tacho_pane, shape_pane, sensor_pane, numbers_pane;
    double next_slow_s; // the tachogram moves once a second
} BeatWindow;

static void draw_trace(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    BeatWindow* const self = (BeatWindow*)window;
    const TraceData data = feed_trace_data(&self->trace, (double)window->value[BEAT_PORT_ZOOM],
                                           NULL, _("Waiting for the signal"));
    trace_draw(cr, theme, box, &data);
}

static void draw_tacho(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    BeatWindow* const self = (BeatWindow*)window;
    const TachoData data = feed_tacho_data(&self->tacho, window->now_s, 120.0, _("Intervals"),
                                           _("Waiting for heartbeats"));
    tacho_draw(cr, theme, box, &data);
}

static void draw_shape(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    const BeatWindow* const self = (const BeatWindow*)window;
    float usual[FEED_SHAPE];
    float last[FEED_SHAPE];
    double likeness = 0.0;
    const bool known = feed_shape(&self->trace, SHAPE_SPAN_S, usual, last, &likeness) > 0;
    const BeatData data = {_("Beat"),
                           usual,
                           last,
                           known ? FEED_SHAPE : 0,
                           FEED_SHAPE * self->trace.column_s,
                           (double)window->value[BEAT_PORT_QUALITY],
                           likeness,
                           _("Waiting for heartbeats")};
    beat_draw(cr, theme, box, &data);
}

static void draw_sensor(Window* window, cairo_t* cr, Rect box)
{
    const SensorData data = {(SensorState)lrintf(window->value[BEAT_PORT_STATE]),
                             (SensorKind)lrintf(window->value[BEAT_PORT_SENSOR]),
                             (double)window->value[BEAT_PORT_QUALITY]};
    sensor_draw(cr, &window->theme, box, &data);
}

static void draw_numbers(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    const Number numbers[] = {
        {_("Heart rate"), window_known(window, BEAT_PORT_HEART_RATE), 0, _("bpm"),
         (double)window->value[BEAT_PORT_QUALITY], _("Waiting for heartbeats")},
        {_("Interval"), window_known(window, BEAT_PORT_RR), 0, _("ms"), (double)NAN, ""},
        {_("Delay"), window_known(window, BEAT_PORT_DELAY), 0, _("ms"), (double)NAN, ""},
    };
    const NumbersData data = {numbers, 3, 3};
    numbers_draw(cr, theme, box, &data);
}

static void open(Window* window)
{
    static const uint32_t ports[] = {BEAT_PORT_SENSOR,  BEAT_PORT_POLARITY, BEAT_PORT_ZOOM,
                                     BEAT_PORT_CHANNEL, BEAT_PORT_ALIGN,    BEAT_PORT_ENABLED};
    BeatWindow* const self = (BeatWindow*)window;
    self->trace_pane = window_pane(window, draw_trace);
    self->tacho_pane = window_pane(window, draw_tacho);
    self->shape_pane = window_pane(window, draw_shape);
    self->sensor_pane = window_pane(window, draw_sensor);
    self->numbers_pane = window_pane(window, draw_numbers);
    window_controls(window, ports, 6);
}

static void layout(Window* window, Rect room)
{
    BeatWindow* const self = (BeatWindow*)window;
    const Theme* const theme = &window->theme;
    const Rect side = cut_right(&room, fmin(15.0 * theme->body, 0.3 * room.w), theme->margin);
    controls_place(&window->controls, 0, 6, theme, side, 1);
    window->pane[self->sensor_pane].box = cut_top(&room, 4.6 * theme->body, theme->margin);
    window->pane[self->numbers_pane].box = cut_bottom(&room, 5.2 * theme->body, theme->margin);
    window->pane[self->trace_pane].box = cut_top(&room, 0.55 * room.h, theme->margin);
    window->pane[self->shape_pane].box =
        cut_right(&room, fmin(1.2 * room.h, 0.4 * room.w), theme->margin);
    window->pane[self->tacho_pane].box = room;
}

static void changed(Window* window, uint32_t port)
{
    BeatWindow* const self = (BeatWindow*)window;
    if (port == BEAT_PORT_STATE || port == BEAT_PORT_SENSOR || port == BEAT_PORT_QUALITY) {
        window_dirty(window, self->sensor_pane);
    }
    if (port == BEAT_PORT_HEART_RATE || port == BEAT_PORT_RR || port == BEAT_PORT_QUALITY) {
        window_dirty(window, self->numbers_pane);
    }
}

static void object(Window* window, uint32_t term, const WindowObject* object)
{
    BeatWindow* const self = (BeatWindow*)window;
    if (term == UI_TRACE && window_trace(&self->trace, object)) {
        window_dirty(window, self->trace_pane);
    } else if (term == UI_BEAT) {
        window_beat(window, &self->trace, &self->tacho, object);
        window_dirty(window, self->tacho_pane);
        window_dirty(window, self->shape_pane);
    }
}

static void tick(Window* window)
{
    BeatWindow* const self = (BeatWindow*)window;
    if (window->now_s >= self->next_slow_s && self->tacho.n_beats) {
        self->next_slow_s = window->now_s + 1.0;
        window_dirty(window, self->tacho_pane);
    }
}

static const WindowKind kind = {.uri = BEAT_WINDOW_URI,
                                .title = "Tonus Beat",
                                .ports = beat_ports,
                                .texts = beat_texts,
                                .n_ports = BEAT_N_PORTS,
                                .size = sizeof(BeatWindow),
                                .width = 860,
                                .height = 600,
                                .open = open,
                                .layout = layout,
                                .changed = changed,
                                .object = object,
                                .tick = tick};

WINDOW_EXPORT(kind, BEAT_WINDOW_URI)
