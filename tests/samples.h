// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Fixed data for every view, to be drawn in tests and measurements: as usual, none at all, and
/// values as no sensor should give them.
#ifndef TESTS_SAMPLES_H
#define TESTS_SAMPLES_H

#include "ui/face_relax.h"

#include <stddef.h>

typedef enum { SAMPLE_USUAL, SAMPLE_EMPTY, SAMPLE_EXTREME, SAMPLE_N_KINDS } SampleKind;

typedef struct {
    const char* name;
    int width, height; ///< that suit it
    void (*draw)(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind);
} Sample;

/// All views. The data are made anew in static memory: one thread.
const Sample* samples(size_t* n);

/// The face's data of one kind; valid until the next call of any sample.
RelaxData sample_relax(SampleKind kind);

#endif
