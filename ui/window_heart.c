// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus Heart: the simulated person's signal, and what the person is like.
#include "ttl/heart.h"
#include "ui/board.h"
#include "ui/object.h"

static const uint32_t ports[] = {HEART_PORT_SIGNAL,
                                 HEART_PORT_HEART_RATE,
                                 HEART_PORT_BREATH_RATE,
                                 HEART_PORT_INHALE_SHARE,
                                 HEART_PORT_RSA,
                                 HEART_PORT_RSA_NATURAL,
                                 HEART_PORT_MAYER,
                                 HEART_PORT_VERY_SLOW,
                                 HEART_PORT_JITTER,
                                 HEART_PORT_BREATH_JITTER,
                                 HEART_PORT_ECTOPICS,
                                 HEART_PORT_NOISE,
                                 HEART_PORT_WANDER,
                                 HEART_PORT_MOTION,
                                 HEART_PORT_DROPOUTS,
                                 HEART_PORT_AMPLITUDE,
                                 HEART_PORT_AMPLITUDE_MODULATION,
                                 HEART_PORT_BASELINE_MODULATION,
                                 HEART_PORT_POLARITY,
                                 HEART_PORT_SEED,
                                 HEART_PORT_ZOOM,
                                 HEART_PORT_CHANNEL,
                                 HEART_PORT_ENABLED};
static const BoardNumber numbers[] = {
    {HEART_PORT_TRUE_RR, 0, BOARD_NONE, BOARD_NONE, false},
    {HEART_PORT_TRUE_RSA, 0, BOARD_NONE, BOARD_NONE, true},
    {HEART_PORT_TRUE_BREATH_RATE, 1, BOARD_NONE, BOARD_NONE, false},
};
static const BoardParts parts = {ports, sizeof(ports) / sizeof(ports[0]), numbers,
                                 sizeof(numbers) / sizeof(numbers[0]), 5.6};

#define TRACE_S 0.06 // between two drawings: the trace has the whole window here

typedef struct {
    Board board; // first
    FeedTrace trace;
    int trace_pane;
    double next_trace_s;
} HeartWindow;

static void draw_trace(Window* window, cairo_t* cr, Rect box)
{
    HeartWindow* const self = (HeartWindow*)window;
    board_trace(window, cr, box, &self->trace, HEART_PORT_ZOOM, NULL);
}

static void open(Window* window)
{
    HeartWindow* const self = (HeartWindow*)window;
    self->trace_pane = window_pane(window, draw_trace);
    board_open(window, &parts);
}

static void layout(Window* window, Rect room)
{
    HeartWindow* const self = (HeartWindow*)window;
    board_layout(window, &room);
    window->pane[self->trace_pane].box = room;
}

static void object(Window* window, uint32_t term, const WindowObject* object)
{
    HeartWindow* const self = (HeartWindow*)window;
    if (term == UI_TRACE && window_trace(&self->trace, object) &&
        window->now_s >= self->next_trace_s) {
        self->next_trace_s = window->now_s + TRACE_S;
        window_dirty(window, self->trace_pane);
    }
}

static const WindowKind kind = {.uri = HEART_WINDOW_URI,
                                .title = "Tonus Heart",
                                .ports = heart_ports,
                                .texts = heart_texts,
                                .n_ports = HEART_N_PORTS,
                                .size = sizeof(HeartWindow),
                                .width = 980,
                                .height = 560,
                                .open = open,
                                .layout = layout,
                                .changed = board_changed,
                                .object = object,
                                .tick = board_tick};

WINDOW_EXPORT(kind, HEART_WINDOW_URI)
