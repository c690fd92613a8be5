// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/tsv.h"

#include "formats/recording.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Tsv {
    FILE* file;
    bool in_row;
};

Tsv* tsv_open(const char* path, const char* columns, char* error)
{
    Tsv* const tsv = calloc(1, sizeof *tsv);
    if (!tsv || !(tsv->file = fopen(path, "wb"))) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: %s", path,
                 tsv ? strerror(errno) : "out of memory");
        free(tsv);
        return NULL;
    }
    if (*columns) {
        fprintf(tsv->file, "%s\n", columns);
    }
    return tsv;
}

static void begin_field(Tsv* tsv)
{
    if (tsv->in_row) {
        putc('\t', tsv->file);
    }
    tsv->in_row = true;
}

// A number as printf would round it, without zeros at its end; such numbers fill the files, and
// this takes a tenth of printf's time. False where a double does not hold all digits.
static bool print_short(FILE* file, double value, int decimals)
{
    static const double scales[] = {1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    enum { MOST_DECIMALS = sizeof scales / sizeof *scales - 1, ROOM = 24 };
    if (decimals > MOST_DECIMALS || !(fabs(value) < 1e9)) {
        return false;
    }
    const double size = fabs(value);
    const double scaled = size * scales[decimals];
    double whole = floor(scaled);
    if (scaled - whole == 0.5) { // a tie, or rounded to one: what was rounded off tells
        const double rest = fma(size, scales[decimals], -scaled);
        whole += rest > 0.0 || (rest == 0.0 && fmod(whole, 2.0) == 1.0) ? 1.0 : 0.0;
    } else {
        whole += scaled - whole > 0.5 ? 1.0 : 0.0;
    }
    uint64_t digits = (uint64_t)whole;
    int left = decimals;
    while (left > 0 && digits % 10 == 0) {
        digits /= 10;
        left--;
    }
    char text[ROOM];
    char* at = text + ROOM;
    const bool zero = digits == 0;
    for (; left > 0; left--, digits /= 10) {
        *--at = (char)('0' + digits % 10);
        if (left == 1) {
            *--at = '.';
        }
    }
    do {
        *--at = (char)('0' + digits % 10);
        digits /= 10;
    } while (digits > 0);
    if (value < 0.0 && !zero) {
        *--at = '-';
    }
    fwrite(at, 1, (size_t)(text + ROOM - at), file);
    return true;
}

void tsv_number(Tsv* tsv, double value, int decimals)
{
    begin_field(tsv);
    if (!isfinite(value)) {
        fputs("n/a", tsv->file);
        return;
    }
    if (decimals >= 0 && print_short(tsv->file, value, decimals)) {
        return;
    }
    char text[400];
    snprintf(text, sizeof text, "%.*f", decimals < 0 ? 0 : decimals > 17 ? 17 : decimals, value);
    char* const mark = strpbrk(text, ".,");
    if (mark) {
        *mark = '.';
        size_t n = strlen(text);
        while (text[n - 1] == '0') {
            n--;
        }
        text[n - (text[n - 1] == '.')] = '\0';
    }
    fputs(strcmp(text, "-0") ? text : "0", tsv->file);
}

void tsv_text(Tsv* tsv, const char* text)
{
    begin_field(tsv);
    for (; *text; text++) {
        putc(*text == '\t' || *text == '\n' || *text == '\r' ? ' ' : *text, tsv->file);
    }
}

void tsv_end_row(Tsv* tsv)
{
    putc('\n', tsv->file);
    tsv->in_row = false;
}

bool tsv_close(Tsv* tsv)
{
    if (!tsv) {
        return true;
    }
    const bool good = !ferror(tsv->file);
    const bool closed = fclose(tsv->file) == 0;
    free(tsv);
    return good && closed;
}
