// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The few numbers: name, value with unit, quality, and the reason where there is no value.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_NUMBERS_H
#define UI_VIEW_NUMBERS_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    const char* name;
    double value; ///< NAN: there is none, see `reason`
    int decimals;
    const char* unit;   ///< "" for none
    double quality;     ///< 0..1, four small bars; NAN: not shown
    const char* reason; ///< why there is no value, in words; NULL or "": not known
} Number;

typedef struct {
    const Number* numbers;
    size_t n;
    int columns; ///< 0: as fit
} NumbersData;

void numbers_draw(cairo_t* cr, const Theme* theme, Rect box, const NumbersData* data);

#endif
