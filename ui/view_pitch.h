// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The pitch of the hum, as it goes, between the notes of the drone.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_PITCH_H
#define UI_VIEW_PITCH_H

#include "ui/pen.h"

#include <stddef.h>

typedef struct {
    double time_s;
    double hz; ///< NAN or 0: no hum
} PitchPoint;

typedef struct {
    const char* title;
    const PitchPoint* points; ///< in time order
    size_t n;
    double now_s, span_s;
    const double* notes_hz; ///< of the drone
    size_t n_notes;
    double share; ///< of the last out-breath that was hummed, 0..1; NAN or 0: not shown
    const char* reason;
} PitchData;

void pitch_draw(cairo_t* cr, const Theme* theme, Rect box, const PitchData* data);

#endif
