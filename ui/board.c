// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/board.h"
#include "ui/view_numbers.h"

#include <math.h>

enum { MOST = 8 }; // numbers

void board_side(Window* window, Rect* room, int n)
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

void board_numbers(Window* window, cairo_t* cr, Rect box, const BoardNumber* numbers, int n)
{
    const Theme* const theme = &window->theme;
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

bool board_has(const BoardNumber* numbers, int n, uint32_t port)
{
    for (int i = 0; i < n; ++i) {
        if (numbers[i].port == port || numbers[i].quality == port || numbers[i].reason == port) {
            return true;
        }
    }
    return false;
}
