// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/board.h"
#include "ui/view_numbers.h"

#include <math.h>

#define SLOW_S 0.5 // between two drawings of the numbers: they are to be read

enum { MOST = 8 }; // numbers

// The controls in a column at the right of the room, in more where they do not fit
static void place_controls(Window* window, Rect* room, int n)
{
    const Theme* const theme = &window->theme;
    const double step = controls_row(theme) + 0.7 * theme->margin;
    const int fit = (int)fmax(floor((room->h + 0.7 * theme->margin) / step), 1.0);
    int columns = (n + fit - 1) / fit;
    const double width = 14.0 * theme->body;
    const int most = (int)fmax(floor(0.6 * room->w / width), 1.0);
    columns = columns < most ? columns : most;
    const double whole = fmin(columns * width, 0.6 * room->w);
    const Rect side = cut_right(room, whole, theme->margin);
    controls_place(&window->controls, 0, n, theme, side, columns);
}

static void draw_numbers(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    const BoardNumber* const numbers = ((const Board*)window)->parts->numbers;
    const int n = ((const Board*)window)->parts->n_numbers;
    Number shown[MOST];
    for (int i = 0; i < n && i < MOST; ++i) {
        const BoardNumber* const number = &numbers[i];
        const PortText* const text = &window->kind->texts[number->port];
        const bool reason = number->reason != BOARD_NONE && window->value[number->reason] > 0.5f;
        shown[i] = (Number){.name = _(text->name),
                            .value = number->zero ? (double)window->value[number->port]
                                                  : window_known(window, number->port),
                            .decimals = number->decimals,
                            .unit = *text->unit ? _(text->unit) : "",
                            .quality = number->quality == BOARD_NONE
                                           ? (double)NAN
                                           : (double)window->value[number->quality],
                            .reason = reason ? window_word(window, number->reason) : ""};
    }
    const int count = n < MOST ? n : MOST;
    const NumbersData data = {shown, (size_t)count, count <= 5 ? count : (count + 1) / 2};
    numbers_draw(cr, theme, box, &data);
}

// Is this port one of them, as value, quality or reason?
static bool has(const BoardNumber* numbers, int n, uint32_t port)
{
    for (int i = 0; i < n; ++i) {
        if (numbers[i].port == port || numbers[i].quality == port || numbers[i].reason == port) {
            return true;
        }
    }
    return false;
}

void board_open(Window* window, const BoardParts* parts)
{
    Board* const self = (Board*)window;
    self->parts = parts;
    if (parts->numbers) {
        self->numbers_pane = window_pane(window, draw_numbers);
    }
    window_controls(window, parts->controls, parts->n_controls);
}

void board_layout(Window* window, Rect* room)
{
    const Board* const self = (const Board*)window;
    const Theme* const theme = &window->theme;
    place_controls(window, room, self->parts->n_controls);
    if (self->parts->numbers) {
        window->pane[self->numbers_pane].box =
            cut_bottom(room, self->parts->numbers_height * theme->body, theme->margin);
    }
}

void board_changed(Window* window, uint32_t port)
{
    Board* const self = (Board*)window;
    self->stale = self->stale || has(self->parts->numbers, self->parts->n_numbers, port);
}

void board_tick(Window* window)
{
    Board* const self = (Board*)window;
    if (self->stale && window->now_s >= self->next_slow_s) {
        self->stale = false;
        self->next_slow_s = window->now_s + SLOW_S;
        window_dirty(window, self->numbers_pane);
    }
}

void board_lungs(const Window* window, cairo_t* cr, Rect box, FeedLungs* lungs, bool pacer,
                 const char* reason)
{
    const Theme* const theme = &window->theme;
    const BreathData data = feed_lungs_data(lungs, pacer, reason);
    breath_draw(cr, theme, pen_panel(cr, theme, box, NULL), &data);
    pen_panel_end(cr);
}

void board_move_lungs(Window* window, FeedLungs* lungs, int pane)
{
    if (feed_lungs_move(lungs, window->now_s)) {
        window_dirty(window, pane);
    }
}

void board_trace(Window* window, cairo_t* cr, Rect box, FeedTrace* trace, uint32_t zoom,
                 const char* title)
{
    const Theme* const theme = &window->theme;
    const TraceData data =
        feed_trace_data(trace, (double)window->value[zoom], title, _("Waiting for the signal"));
    trace_draw(cr, theme, box, &data);
}
