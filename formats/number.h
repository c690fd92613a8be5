// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Numbers as text with a point, whatever the locale of the process is.

#ifndef TONUS_FORMATS_NUMBER_H
#define TONUS_FORMATS_NUMBER_H

#include <stddef.h>

#define NUMBER_SIZE 340 ///< bytes that hold any number

/// At most `decimals` (0..17) digits after the point, zeros at the end left out; "n/a" for what is
/// not finite. Returns `text` (NUMBER_SIZE bytes).
char* number_text(char* text, double value, int decimals);

#endif
