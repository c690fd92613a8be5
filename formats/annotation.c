// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/annotation.h"

#include "formats/recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Pseudo-annotations of the MIT format
enum { LAST_CODE = 49, SKIP = 59, NUM = 60, SUB = 61, CHN = 62, AUX = 63 };

struct AnnotationFile {
    FILE* file;
    int64_t sample;      // of the last annotation
    int channel, number; // these hold on until they change
    uint16_t ahead;      // a word that belongs to the next annotation
    bool has_ahead;
};

AnnotationFile* annotation_open(const char* path, char* error)
{
    AnnotationFile* const file = calloc(1, sizeof *file);
    if (!file) {
        snprintf(error, RECORDING_ERROR_SIZE, "out of memory");
        return NULL;
    }
    file->file = fopen(path, "rb");
    if (!file->file) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: %s", path, strerror(errno));
        free(file);
        return NULL;
    }
    return file;
}

static bool next_word(AnnotationFile* file, uint16_t* word)
{
    if (file->has_ahead) {
        file->has_ahead = false;
        *word = file->ahead;
        return true;
    }
    const int low = getc(file->file);
    const int high = getc(file->file);
    *word = (uint16_t)((high & 0xFF) << 8 | (low & 0xFF));
    return low != EOF && high != EOF;
}

static void read_aux(AnnotationFile* file, unsigned n, char* aux)
{
    unsigned length = 0;
    for (unsigned i = 0; i < n + n % 2; i++) {
        const int c = getc(file->file);
        if (c == EOF) {
            break;
        }
        if (i < n && c && length < 255) {
            aux[length++] = (char)c;
        }
    }
    aux[length] = '\0';
}

bool annotation_next(AnnotationFile* file, Annotation* annotation)
{
    uint16_t word;
    memset(annotation, 0, sizeof *annotation);
    // Time steps, then the annotation itself
    for (;;) {
        if (!next_word(file, &word) || word == 0) {
            return false;
        }
        const int code = word >> 10;
        const int value = word & 0x3FF;
        if (code == SKIP) {
            uint16_t high;
            uint16_t low;
            if (!next_word(file, &high) || !next_word(file, &low)) {
                return false;
            }
            file->sample += (int32_t)((uint32_t)high << 16 | low);
        } else if (code == 0 || (code > LAST_CODE && code < SKIP)) { // a step that marks nothing
            file->sample += value;
        } else if (code < SKIP) {
            file->sample += value;
            annotation->code = code;
            break;
        } else if (code == AUX) {
            read_aux(file, (unsigned)value, annotation->aux); // text of no annotation: passed over
            annotation->aux[0] = '\0';
        }
    }
    // What belongs to it follows it
    while (next_word(file, &word)) {
        const int code = word >> 10;
        const int value = (word & 0x3FF) >= 512 ? (word & 0x3FF) - 1024 : word & 0x3FF;
        if (code == NUM) {
            file->number = value;
        } else if (code == SUB) {
            annotation->subtype = value;
        } else if (code == CHN) {
            file->channel = word & 0x3FF;
        } else if (code == AUX) {
            read_aux(file, word & 0x3FF, annotation->aux);
        } else {
            file->ahead = word;
            file->has_ahead = true;
            break;
        }
    }
    annotation->sample = file->sample > 0 ? (uint64_t)file->sample : 0;
    annotation->channel = file->channel;
    annotation->number = file->number;
    return true;
}

void annotation_close(AnnotationFile* file)
{
    if (file) {
        fclose(file->file);
        free(file);
    }
}

const char* annotation_symbol(int code)
{
    static const char symbols[50][3] = {
        "",  "N", "L", "R", "a", "V",  "F", "J", "A", "S", "E", "j", "/", "Q", "~", "",  "|",
        "",  "s", "T", "*", "D", "\"", "=", "p", "B", "^", "t", "+", "u", "?", "!", "[", "]",
        "e", "n", "@", "x", "f", "(",  ")", "r", "",  "",  "",  "",  "",  "",  "",  ""};
    return code >= 0 && code < 50 ? symbols[code] : "";
}

bool annotation_is_beat(int code)
{
    const char* const symbol = annotation_symbol(code);
    return *symbol && strchr("NLRaVFJASEj/QB?enfr", *symbol) != NULL;
}
