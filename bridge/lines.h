// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Numbers in lines of text as microcontrollers send them: "512", "512,300", "ecg:512 resp:300",
/// "S512"

#ifndef TONUS_BRIDGE_LINES_H
#define TONUS_BRIDGE_LINES_H

#include <stdbool.h>

#define LINES_MAX 16u ///< numbers of a line

typedef struct {
    char text[256];
    unsigned n;
    bool skip; ///< the rest of a line that is too long, or the first one, which may be half
} Lines;

/// `from_middle`: the first line may have lost its beginning and is left out.
void lines_begin(Lines* lines, bool from_middle);

typedef enum { LINES_MORE, LINES_NUMBERS, LINES_UNREADABLE } LinesResult;

/// Takes one byte. At the end of a line LINES_NUMBERS with 1..LINES_MAX values, or LINES_UNREADABLE
/// when there was something else in it; empty lines and lines that begin with # are passed over.
LinesResult lines_byte(Lines* lines, char c, float* values, unsigned* n_values);

#endif
