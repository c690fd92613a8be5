// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/words.h"

#include <math.h>
#include <stdint.h>

void words_say(Words* words, const char* text)
{
    while (*text && words->length + 1 < words->size) {
        words->to[words->length++] = *text++;
    }
}

void words_number(Words* words, float x)
{
    char digits[12];
    uint32_t n = 0;
    uint32_t value = (uint32_t)fminf(fabsf(x) + 0.5f, 99999.0f);
    do {
        digits[n++] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value);
    while (n && words->length + 1 < words->size) {
        words->to[words->length++] = digits[--n];
    }
}

void words_tenths(Words* words, float x)
{
    const float tenths = floorf(fminf(fabsf(x), 99999.0f) * 10.0f + 0.5f);
    words_number(words, floorf(tenths / 10.0f));
    words_say(words, ".");
    words_number(words, fmodf(tenths, 10.0f));
}

void words_signed(Words* words, float x)
{
    words_say(words, x < -0.5f ? "-" : x > 0.5f ? "+" : "");
    words_number(words, x);
}

size_t words_end(Words* words)
{
    if (words->size) {
        words->to[words->length] = '\0';
    }
    return words->length;
}
