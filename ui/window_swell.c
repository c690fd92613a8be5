// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus Swell: how the music breathes.
#include "ttl/swell.h"
#include "ui/board.h"

static const uint32_t ports[] = {SWELL_PORT_DEPTH, SWELL_PORT_TILT, SWELL_PORT_SOURCE,
                                 SWELL_PORT_CHANNEL, SWELL_PORT_ENABLED};
enum { N_PORTS = sizeof(ports) / sizeof(ports[0]) };
static const BoardNumber numbers[] = {
    {SWELL_PORT_GAIN, 1, BOARD_NONE, BOARD_NONE, true},
    {SWELL_PORT_PHASE, 2, BOARD_NONE, BOARD_NONE, true},
};
enum { N_NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

typedef struct {
    Window window; // first
    FeedLungs lungs;
    int lungs_pane, numbers_pane;
    bool stale;
    double next_slow_s;
} SwellWindow;

static void draw_lungs(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    SwellWindow* const self = (SwellWindow*)window;
    const BreathData data = feed_lungs_data(&self->lungs, false, _("Waiting for the breath"));
    breath_draw(cr, theme, pen_panel(cr, theme, box, NULL), &data);
    pen_panel_end(cr);
}

static void draw_numbers(Window* window, cairo_t* cr, Rect box)
{
    board_numbers(window, cr, box, numbers, N_NUMBERS);
}

static void open(Window* window)
{
    SwellWindow* const self = (SwellWindow*)window;
    self->lungs_pane = window_pane(window, draw_lungs);
    self->numbers_pane = window_pane(window, draw_numbers);
    window_controls(window, ports, N_PORTS);
}

static void layout(Window* window, Rect room)
{
    SwellWindow* const self = (SwellWindow*)window;
    const Theme* const theme = &window->theme;
    board_side(window, &room, N_PORTS);
    window->pane[self->numbers_pane].box = cut_bottom(&room, 5.6 * theme->body, theme->margin);
    window->pane[self->lungs_pane].box = room;
}

static void changed(Window* window, uint32_t port)
{
    SwellWindow* const self = (SwellWindow*)window;
    self->stale = self->stale || board_has(numbers, N_NUMBERS, port);
    if (port == SWELL_PORT_PHASE || port == SWELL_PORT_LOCKED) {
        feed_lungs(&self->lungs, (double)window->value[SWELL_PORT_PHASE],
                   (double)window->value[SWELL_PORT_LOCKED]);
    }
}

static void tick(Window* window)
{
    SwellWindow* const self = (SwellWindow*)window;
    if (feed_lungs_move(&self->lungs, window->now_s)) {
        window_dirty(window, self->lungs_pane);
    }
    if (self->stale && window->now_s >= self->next_slow_s) {
        self->stale = false;
        self->next_slow_s = window->now_s + 0.5;
        window_dirty(window, self->numbers_pane);
    }
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
