// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The arrangement that most windows share: views at the left, controls at the right, numbers
/// below. One thread.
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

/// Places the first n controls in a column at the right of the room, in more where they do not fit,
/// and takes that from the room.
void board_side(Window* window, Rect* room, int n);

/// Draws numbers, with the ports' names and units.
void board_numbers(Window* window, cairo_t* cr, Rect box, const BoardNumber* numbers, int n);

/// Is this port one of them, as value, quality or reason?
bool board_has(const BoardNumber* numbers, int n, uint32_t port);

#endif
