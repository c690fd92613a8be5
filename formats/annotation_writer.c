// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/annotation_writer.h"

#include "formats/recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_SKIP = 59, MAX_STEP = 1023 };

struct AnnotationWriter {
    FILE* file;
    uint64_t last;
};

AnnotationWriter* annotation_create(const char* path, char* error)
{
    AnnotationWriter* const writer = calloc(1, sizeof *writer);
    if (!writer || !(writer->file = fopen(path, "wb"))) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: %s", path,
                 writer ? strerror(errno) : "out of memory");
        free(writer);
        return NULL;
    }
    return writer;
}

static void word(AnnotationWriter* writer, uint32_t value)
{
    putc((int)(value & 0xFF), writer->file);
    putc((int)(value >> 8 & 0xFF), writer->file);
}

void annotation_write(AnnotationWriter* writer, uint64_t sample, int code)
{
    uint64_t step = sample > writer->last ? sample - writer->last : 0;
    writer->last += step;
    while (step > MAX_STEP) {
        const uint32_t part = step < 0x7FFFFFFF ? (uint32_t)step : 0x7FFFFFFF;
        word(writer, (uint32_t)CODE_SKIP << 10);
        word(writer, part >> 16); // the upper half first, as on a PDP-11
        word(writer, part & 0xFFFF);
        step -= part;
    }
    word(writer, (uint32_t)code << 10 | (uint32_t)step);
}

bool annotation_finish(AnnotationWriter* writer)
{
    if (!writer) {
        return true;
    }
    word(writer, 0);
    const bool good = !ferror(writer->file);
    const bool closed = fclose(writer->file) == 0;
    free(writer);
    return good && closed;
}
