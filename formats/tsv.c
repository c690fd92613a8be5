// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/tsv.h"

#include "formats/recording.h"

#include <errno.h>
#include <math.h>
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

void tsv_number(Tsv* tsv, double value, int decimals)
{
    begin_field(tsv);
    if (!isfinite(value)) {
        fputs("n/a", tsv->file);
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

bool tsv_flush(Tsv* tsv)
{
    return fflush(tsv->file) == 0;
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
