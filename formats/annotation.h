// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Reader of annotation files in the MIT format (.atr), after annot(5) of the WFDB Applications
/// Guide

#ifndef TONUS_FORMATS_ANNOTATION_H
#define TONUS_FORMATS_ANNOTATION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t sample; ///< frame number in the record
    int code;        ///< 1..49, see annot(5)
    int subtype;
    int channel;
    int number;
    char aux[256]; ///< free text, "" when there is none
} Annotation;

typedef struct AnnotationFile AnnotationFile;

/// NULL with one line in `error` (RECORDING_ERROR_SIZE bytes)
AnnotationFile* annotation_open(const char* path, char* error);

/// The next annotation in the file's order; false at its end (also where a file is cut)
bool annotation_next(AnnotationFile* file, Annotation* annotation);

void annotation_close(AnnotationFile* file);

/// The mnemonic of a code as in annot(5): "N", "V", "[", ...; "" for unknown codes
const char* annotation_symbol(int code);

/// Does the code mark a heartbeat of any kind?
bool annotation_is_beat(int code);

#endif
