// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The breathing shape: the person's breath and the pacer's in one figure, to be followed from
/// across a room. The person is a filled disc that grows with the in-breath, the pacer a ring; they
/// breathe together when the disc fills the ring. To be drawn on the colour of a panel.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_BREATH_H
#define UI_VIEW_BREATH_H

#include "ui/pen.h"

typedef enum { BREATH_NO_CUE, BREATH_CUE_IN, BREATH_CUE_HOLD, BREATH_CUE_OUT } BreathCue;

typedef struct {
    double person;      ///< how full the lungs are, 0..1; NAN: not known
    double known;       ///< 0..1, how sure that is: the disc is as strong
    double pacer;       ///< how full the pacer asks them to be, 0..1; NAN: it rests
    double left;        ///< share of the pacer's part that is still to come, 0..1; NAN: not shown
    BreathCue cue;      ///< what the words say, if there are any
    bool words;         ///< "Breathe in" … in the figure
    const char* reason; ///< why nothing can be shown, when both are unknown; NULL: nothing is said
} BreathData;

void breath_draw(cairo_t* cr, const Theme* theme, Rect box, const BreathData* data);

/// What of the box a figure without words covers while nothing in it is fuller than that; the rest
/// stays as it was drawn.
Rect breath_reach(Rect box, double fullness);

/// How full the lungs are at a phase of the breath (0..1, 0 = start of the in-breath) when
/// `in_share` of it is in-breath; smooth, 0..1. For those who only know the phase.
double breath_fullness(double phase, double in_share);

#endif
