// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus Swell: how the music breathes.
#include "ttl/swell.h"
#include "ui/board.h"

static const uint32_t ports[] = {SWELL_PORT_DEPTH, SWELL_PORT_TILT, SWELL_PORT_SOURCE,
                                 SWELL_PORT_CHANNEL, SWELL_PORT_ENABLED};
static const BoardNumber numbers[] = {
    {SWELL_PORT_GAIN, 1, BOARD_NONE, BOARD_NONE, true},
    {SWELL_PORT_PHASE, 2, BOARD_NONE, BOARD_NONE, true},
};
static const BoardParts parts = {ports, sizeof(ports) / sizeof(ports[0]), numbers,
                                 sizeof(numbers) / sizeof(numbers[0]), 5.6};

typedef struct {
    Board board; // first
    FeedLungs lungs;
    int lungs_pane;
} SwellWindow;

static void draw_lungs(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    SwellWindow* const self = (SwellWindow*)window;
    board_lungs(window, cr, box, &self->lungs, false, _("Waiting for the breath"));
}

static void open(Window* window)
{
    SwellWindow* const self = (SwellWindow*)window;
    self->lungs_pane = window_pane(window, draw_lungs);
    board_open(window, &parts);
}

static void layout(Window* window, Rect room)
{
    SwellWindow* const self = (SwellWindow*)window;
    board_layout(window, &room);
    window->pane[self->lungs_pane].box = room;
}

static void changed(Window* window, uint32_t port)
{
    SwellWindow* const self = (SwellWindow*)window;
    board_changed(window, port);
    if (port == SWELL_PORT_PHASE || port == SWELL_PORT_LOCKED) {
        feed_lungs(&self->lungs, (double)window->value[SWELL_PORT_PHASE],
                   (double)window->value[SWELL_PORT_LOCKED]);
    }
}

static void tick(Window* window)
{
    SwellWindow* const self = (SwellWindow*)window;
    board_move_lungs(window, &self->lungs, self->lungs_pane);
    board_tick(window);
}

static const WindowKind kind = {.uri = SWELL_WINDOW_URI,
                                .title = "Tonus Swell",
                                .ports = swell_ports,
                                .texts = swell_texts,
                                .n_ports = SWELL_N_PORTS,
                                .size = sizeof(SwellWindow),
                                .width = 720,
                                .height = 440,
                                .open = open,
                                .layout = layout,
                                .changed = changed,
                                .tick = tick};

WINDOW_EXPORT(kind, SWELL_WINDOW_URI)
