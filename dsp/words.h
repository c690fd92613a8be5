// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Plain sentences put together within bounds, without stdio and without memory: what does not fit
/// is left out.
///
/// Everything here is real-time safe.
#ifndef TONUS_DSP_WORDS_H
#define TONUS_DSP_WORDS_H

#include <stddef.h>

typedef struct {
    char* to;
    size_t size; ///< bytes, with the closing zero
    size_t length;
} Words;

/// Begins an empty text.
static inline Words words_into(char* to, size_t size)
{
    const Words words = {to, size, 0};
    return words;
}

void words_say(Words* words, const char* text);
void words_number(Words* words, float x); ///< magnitude, rounded to a whole number
void words_tenths(Words* words, float x); ///< magnitude, one place after the point
void words_signed(Words* words, float x); ///< whole number with its sign

/// Closes the text with a zero; returns its length. A size of 0 is left alone.
size_t words_end(Words* words);

#endif
