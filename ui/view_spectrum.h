// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The spectrum of the intervals with the bands LF and HF, and where the person breathes.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_SPECTRUM_H
#define UI_VIEW_SPECTRUM_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    const char* title;
    const double* power; ///< ms² per Hz, at first_hz + i step_hz
    size_t n;
    double first_hz, step_hz;
    double lf_ms2, hf_ms2; ///< told in their bands; NAN: not valid
    double breath_hz;      ///< breathing rate; NAN or 0: not known
    double breath_band_hz; ///< half width of the breathing band
    const char* reason;
} SpectrumData;

void spectrum_draw(cairo_t* cr, const Theme* theme, Rect box, const SpectrumData* data);

#endif
