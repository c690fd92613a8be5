// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus Breath: the breath as a figure, the intervals with the breath behind them,
/// the signal.
#include "ttl/breath.h"
#include "ui/board.h"
#include "ui/object.h"

#include <math.h>

static const uint32_t ports[] = {BREATH_PORT_SENSOR, BREATH_PORT_ALIGN, BREATH_PORT_FORGET,
                                 BREATH_PORT_ZOOM,   BREATH_PORT_SPAN,  BREATH_PORT_CHANNEL,
                                 BREATH_PORT_ENABLED};
static const BoardNumber numbers[] = {
    {BREATH_PORT_BREATH_RATE, 1, BREATH_PORT_CONFIDENCE, BOARD_NONE, false},
    {BREATH_PORT_RESP_HRV, 0, BREATH_PORT_CONFIDENCE, BOARD_NONE, false},
    {BREATH_PORT_IN_DURATION, 1, BOARD_NONE, BOARD_NONE, false},
    {BREATH_PORT_OUT_DURATION, 1, BOARD_NONE, BOARD_NONE, false},
};
static const BoardParts parts = {ports, sizeof(ports) / sizeof(ports[0]), numbers,
                                 sizeof(numbers) / sizeof(numbers[0]), 5.6};

typedef struct {
    Board board; // first
    FeedTrace trace;
    FeedTacho tacho;
    FeedLungs lungs;
    int lungs_pane, trace_pane, tacho_pane;
    double next_slow_s;
} BreathWindow;

static void draw_lungs(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    BreathWindow* const self = (BreathWindow*)window;
    board_lungs(window, cr, box, &self->lungs, false, _("Waiting for the breath"));
}

static void draw_trace(Window* window, cairo_t* cr, Rect box)
{
    BreathWindow* const self = (BreathWindow*)window;
    board_trace(window, cr, box, &self->trace, BREATH_PORT_ZOOM, NULL);
}

static void draw_tacho(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    BreathWindow* const self = (BreathWindow*)window;
    const TachoData data =
        feed_tacho_data(&self->tacho, window->now_s, 60.0 * (double)window->value[BREATH_PORT_SPAN],
                        _("Heartbeat intervals and breath"), _("Waiting for heartbeats"));
    tacho_draw(cr, theme, box, &data);
}

static void open(Window* window)
{
    BreathWindow* const self = (BreathWindow*)window;
    self->lungs_pane = window_pane(window, draw_lungs);
    self->trace_pane = window_pane(window, draw_trace);
    self->tacho_pane = window_pane(window, draw_tacho);
    board_open(window, &parts);
}

static void layout(Window* window, Rect room)
{
    BreathWindow* const self = (BreathWindow*)window;
    const Theme* const theme = &window->theme;
    board_layout(window, &room);
    window->pane[self->tacho_pane].box = cut_bottom(&room, 0.42 * room.h, theme->margin);
    window->pane[self->lungs_pane].box = cut_left(&room, fmin(room.h, 0.5 * room.w), theme->margin);
    window->pane[self->trace_pane].box = room;
}

static void changed(Window* window, uint32_t port)
{
    BreathWindow* const self = (BreathWindow*)window;
    board_changed(window, port);
    if (port == BREATH_PORT_BREATH_PHASE || port == BREATH_PORT_CONFIDENCE) {
        feed_lungs(&self->lungs, (double)window->value[BREATH_PORT_BREATH_PHASE],
                   (double)window->value[BREATH_PORT_CONFIDENCE]);
    } else if (port == BREATH_PORT_SPAN || port == BREATH_PORT_ZOOM) {
        window_relayout(window);
    }
}

static void object(Window* window, uint32_t term, const WindowObject* object)
{
    BreathWindow* const self = (BreathWindow*)window;
    if (term == UI_TRACE && window_trace(&self->trace, object)) {
        window_dirty(window, self->trace_pane);
    } else if (term == UI_BEAT && window_beat(window, &self->trace, &self->tacho, object)) {
        window_dirty(window, self->tacho_pane);
    }
}

static void tick(Window* window)
{
    BreathWindow* const self = (BreathWindow*)window;
    board_move_lungs(window, &self->lungs, self->lungs_pane);
    feed_breath(&self->tacho, window->now_s, self->lungs.person);
    board_tick(window);
    if (window->now_s < self->next_slow_s) {
        return;
    }
    self->next_slow_s = window->now_s + 1.0;
    if (self->tacho.n_beats) {
        window_dirty(window, self->tacho_pane);
    }
}

static const WindowKind kind = {.uri = BREATH_WINDOW_URI,
                                .title = "Tonus Breath",
                                .ports = breath_ports,
                                .texts = breath_texts,
                                .n_ports = BREATH_N_PORTS,
                                .size = sizeof(BreathWindow),
                                .width = 940,
                                .height = 640,
                                .open = open,
                                .layout = layout,
                                .changed = changed,
                                .object = object,
                                .tick = tick};

WINDOW_EXPORT(kind, BREATH_WINDOW_URI)
