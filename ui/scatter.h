// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A Poincaré plot: each interval against the one after it, on equal axes.
/// Knows values only; draws into any cairo context. Belongs to the thread of that context.
#ifndef UI_SCATTER_H
#define UI_SCATTER_H

#include <cairo/cairo.h>

#include <stddef.h>

/// Draws into size × size points, on white. Pairs of which either value is not finite are left out.
void scatter_draw(cairo_t* cr, double size, const char* title, const double* x, const double* y,
                  size_t count);

#endif
