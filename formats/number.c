// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

char* number_text(char* text, double value, int decimals)
{
    if (!isfinite(value)) {
        return strcpy(text, "n/a");
    }
    snprintf(text, NUMBER_SIZE, "%.*f", decimals < 0 ? 0 : decimals > 17 ? 17 : decimals, value);
    char* const mark = strpbrk(text, ".,");
    if (mark) {
        *mark = '.';
        size_t n = strlen(text);
        while (text[n - 1] == '0') {
            --n;
        }
        text[n - (text[n - 1] == '.')] = '\0';
    }
    return strcmp(text, "-0") ? text : strcpy(text, "0");
}
