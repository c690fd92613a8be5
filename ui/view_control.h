// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a window is worked with: buttons, choices, sliders and switches, drawn as values. Where a
/// click leads is the window's affair.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_CONTROL_H
#define UI_VIEW_CONTROL_H

#include "ui/pen.h"

typedef enum {
    CONTROL_BUTTON, ///< `label`
    CONTROL_CHOICE, ///< `label` above `value`; its left and right quarter step, the rest may list
    CONTROL_SLIDER, ///< `label` and `value` above the slide
    CONTROL_SWITCH  ///< `label` beside the switch
} ControlKind;

typedef struct {
    ControlKind kind;
    const char* label;
    const char* value; ///< as text, with its unit
    double share;      ///< of a slider, 0..1
    bool on;           ///< of a switch; of a button that stays down
    bool primary;      ///< the one that the eye shall find
    bool focused;      ///< the keyboard works it
    bool hovered;
    bool disabled;
} ControlData;

void control_draw(cairo_t* cr, const Theme* theme, Rect box, const ControlData* data);

/// A slider's share where the pointer is.
double control_share_at(const Theme* theme, Rect box, double x);

#endif
