// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A screen of one's own for tests of windows: Xvfb, as a child process that ends with the test.
#ifndef TONUS_TESTS_XWORLD_H
#define TONUS_TESTS_XWORLD_H

#include <stdbool.h>

/// Starts Xvfb and sets DISPLAY. False where there is none.
bool xworld_start(void);

void xworld_stop(void);

/// Runs a command line of xdotool and waits for it. False where it is not installed, or fails.
bool xworld_do(const char* words);

#endif
