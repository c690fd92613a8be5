// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// How a window's entry gets what a person types: all of it while it is open.
#ifndef UI_TYPING_H
#define UI_TYPING_H

#include "ui/window.h"

/// A character, as X11Calls tells it to the window `data`. True: the entry took it.
bool typing_character(void* data, uint32_t character);

/// A key. Any is the entry's while it is open; F opens it.
bool typing_key(Window* window, int code);

/// A click: into the entry it opens it, beside it leaves it. True: it was into the entry.
bool typing_press(Window* window, double x, double y);

#endif
