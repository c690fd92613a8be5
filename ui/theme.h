// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Colours by role, type and measure for all views. A plain value; any thread.
///
/// The roles stay apart for every common kind of colour blindness (after Okabe and Ito 2008, "Color
/// Universal Design"), and nothing is told by hue alone: the person is a filled shape, the pacer a
/// line, an odd beat hollow. There is no red: nothing that Tonus shows is an alarm.
#ifndef UI_THEME_H
#define UI_THEME_H

#include "ui/text.h"

#include <stdbool.h>

typedef struct {
    double red, green, blue; ///< 0..1
} Color;

typedef struct {
    Color background; ///< of the window
    Color panel;      ///< of a view in it
    Color line;       ///< axes, hairlines
    Color ink;        ///< text and what matters
    Color faint;      ///< labels, units, what is not known
    Color person;     ///< the person's own breath
    Color glow;       ///< the middle of the person's breath
    Color pacer;      ///< the pacer's breath
    Color heart;      ///< beats and intervals
    Color tone;       ///< vagal tone
    Color good;       ///< all is well
    Color warning;    ///< wants a look, without haste
    const Text* text; ///< catalogue of the words; NULL: English. Set it after theme_light and so on
    const char* font; ///< family
    double scale;     ///< 1: 96 dots per inch; all lengths below hold it already
    double small;     ///< sizes of type: labels
    double body;      ///< text
    double title;     ///< headings
    double large;     ///< values to be read from a chair
    double margin;    ///< around and between views
    double stroke;    ///< width of a curve
    double radius;    ///< of a panel's corners
    bool dark;
    bool print; ///< white paper: no panels, thinner lines
} Theme;

/// For windows; `scale` is clamped to 0.5..4, 1 when it is not a number.
Theme theme_light(double scale);
Theme theme_dark(double scale);

/// For paper: ink on white, lengths in points.
Theme theme_print(void);

/// A colour between two, `share` (0..1) of the second.
Color theme_mix(Color first, Color second, double share);

#endif
