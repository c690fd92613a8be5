// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The arrangement that most windows share: views at the left, controls at the right, numbers
/// below. One thread.
///
/// A window's struct begins with a Board; its open, layout, changed and tick call the board's.
#ifndef UI_BOARD_H
#define UI_BOARD_H

#include "ui/window.h"

#define BOARD_NONE UINT32_MAX

/// A number to be shown: a port, and those that tell its quality (0..1) and why it is not known.
typedef struct {
    uint32_t port;
    int decimals;
    uint32_t quality, reason; ///< BOARD_NONE: there is none
    bool zero;                ///< 0 is a value like any other; else it says "not known"
} BoardNumber;

/// What stands on it. As constants of the window.
typedef struct {
    const uint32_t* controls; ///< ports
    int n_controls;
    const BoardNumber* numbers; ///< NULL: none
    int n_numbers;
    double numbers_height; ///< in sizes of the letters
} BoardParts;

typedef struct {
    Window window; ///< first
    const BoardParts* parts;
    int numbers_pane;
    bool stale; ///< the numbers, to be drawn with the next slow tick
    double next_slow_s;
} Board;

/// Adds the numbers' pane and the controls.
void board_open(Window* window, const BoardParts* parts);

/// Gives them their places and takes those from the room.
void board_layout(Window* window, Rect* room);

void board_changed(Window* window, uint32_t port);
void board_tick(Window* window);

/// Draws a breathing figure in its panel; with the pacer's ring where there is one.
void board_lungs(const Window* window, cairo_t* cr, Rect box, FeedLungs* lungs, bool pacer,
                 const char* reason);

/// Moves it on.
void board_move_lungs(Window* window, FeedLungs* lungs, int pane);

/// Draws the signal that comes in, as far back as the port `zoom` says. The title may be NULL.
void board_trace(Window* window, cairo_t* cr, Rect box, FeedTrace* trace, uint32_t zoom,
                 const char* title);

#endif
