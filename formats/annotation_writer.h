// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Writer of annotation files in the MIT format, after annot(5) of the WFDB Applications Guide

#ifndef TONUS_FORMATS_ANNOTATION_WRITER_H
#define TONUS_FORMATS_ANNOTATION_WRITER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct AnnotationWriter AnnotationWriter;

/// NULL with one line in `error` (RECORDING_ERROR_SIZE bytes)
AnnotationWriter* annotation_create(const char* path, char* error);

/// Samples must not go back; one that does is written at the last one's place. `code` 1..49.
void annotation_write(AnnotationWriter* writer, uint64_t sample, int code);

/// Ends and closes the file; false when not everything was written. NULL is fine.
bool annotation_finish(AnnotationWriter* writer);

#endif
