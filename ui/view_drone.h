// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The drone: its voices by pitch, how they stand to each other, how strong it sounds.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_DRONE_H
#define UI_VIEW_DRONE_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    const char* title;
    const char* voicing;    ///< "Organ", …
    const double* notes_hz; ///< its voices, any order
    size_t n_notes;
    double level;       ///< 0..1, as sounding
    double swell;       ///< 0..1, with the breath
    double beating_hz;  ///< of the mistuned partials: 0 pure; NAN: not known
    const char* reason; ///< why it is silent; NULL: it sounds
} DroneData;

void drone_draw(cairo_t* cr, const Theme* theme, Rect box, const DroneData* data);

#endif
