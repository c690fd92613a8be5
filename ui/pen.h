// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What all views draw with: colours, text that stays in its place, panels. Belongs to the thread
/// of the cairo context.
#ifndef UI_PEN_H
#define UI_PEN_H

#include "ui/box.h"
#include "ui/theme.h"

#include <cairo/cairo.h>

#define PI 3.14159265358979323846

/// Sets the colour, opaque or with an opacity (0..1).
void pen_color(cairo_t* cr, Color color);
void pen_fade(cairo_t* cr, Color color, double opacity);

/// Sets the font at a size of the theme's.
void pen_font(cairo_t* cr, const Theme* theme, double size, bool bold);

double pen_width(cairo_t* cr, const char* text); ///< of a line, in the font that is set

/// One line at a baseline; `align` 0: begins at x, 0.5: its middle, 1: its end.
void pen_text(cairo_t* cr, double x, double y, double align, const char* text);

/// One line, in the middle of the box's height; shortened with an ellipsis where it does not fit.
void pen_line(cairo_t* cr, Rect box, double align, const char* text);

/// Words wrapped into the box, from its top; what does not fit ends in an ellipsis. Returns the
/// height used.
double pen_paragraph(cairo_t* cr, Rect box, double align, const char* text);

/// A path: a rectangle with round corners; a full circle.
void pen_round(cairo_t* cr, Rect box, double radius);
void pen_circle(cairo_t* cr, double x, double y, double radius);

/// A panel with its heading (NULL: none). Returns the room inside. Clips to the panel: call
/// pen_panel_end when done.
Rect pen_panel(cairo_t* cr, const Theme* theme, Rect box, const char* title);
void pen_panel_end(cairo_t* cr);

/// In place of what cannot be shown: the reason in words, calm and in the middle.
void pen_reason(cairo_t* cr, const Theme* theme, Rect box, const char* reason);

/// Quality as four bars, as on a telephone; nothing when it is not a number.
void pen_quality(cairo_t* cr, const Theme* theme, Rect box, double quality);

/// A number as text, "–" when it is not finite; at most 31 characters and the closing zero.
typedef struct {
    char text[32];
} PenNumber;
PenNumber pen_number(double value, int decimals);
PenNumber pen_clock(double seconds); ///< m:ss

#endif
