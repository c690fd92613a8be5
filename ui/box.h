// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Rectangles, and how a window is cut into them. Plain values; x to the right, y down.
#ifndef UI_BOX_H
#define UI_BOX_H

#include <math.h>
#include <stdbool.h>

typedef struct {
    double x, y, w, h;
} Rect;

static inline Rect rect(double x, double y, double w, double h)
{
    const Rect box = {x, y, fmax(w, 0.0), fmax(h, 0.0)};
    return box;
}

/// Smaller by `margin` on each side; never negative.
static inline Rect rect_inset(Rect box, double margin)
{
    const double x = fmin(margin, 0.5 * box.w);
    const double y = fmin(margin, 0.5 * box.h);
    return rect(box.x + x, box.y + y, box.w - 2.0 * x, box.h - 2.0 * y);
}

/// Cuts `size` off one side of what `rest` holds (all of it when there is less), and leaves `gap`.
static inline Rect cut_top(Rect* rest, double size, double gap)
{
    const double h = fmin(size, rest->h);
    const Rect cut = rect(rest->x, rest->y, rest->w, h);
    *rest = rect(rest->x, rest->y + h + gap, rest->w, rest->h - h - gap);
    return cut;
}

static inline Rect cut_bottom(Rect* rest, double size, double gap)
{
    const double h = fmin(size, rest->h);
    const Rect cut = rect(rest->x, rest->y + rest->h - h, rest->w, h);
    *rest = rect(rest->x, rest->y, rest->w, rest->h - h - gap);
    return cut;
}

static inline Rect cut_left(Rect* rest, double size, double gap)
{
    const double w = fmin(size, rest->w);
    const Rect cut = rect(rest->x, rest->y, w, rest->h);
    *rest = rect(rest->x + w + gap, rest->y, rest->w - w - gap, rest->h);
    return cut;
}

static inline Rect cut_right(Rect* rest, double size, double gap)
{
    const double w = fmin(size, rest->w);
    const Rect cut = rect(rest->x + rest->w - w, rest->y, w, rest->h);
    *rest = rect(rest->x, rest->y, rest->w - w - gap, rest->h);
    return cut;
}

/// The i-th of n equal parts side by side, or one below the other.
static inline Rect rect_column(Rect box, int i, int n, double gap)
{
    const double w = (box.w - (n - 1) * gap) / n;
    return rect(box.x + i * (w + gap), box.y, w, box.h);
}

static inline Rect rect_row(Rect box, int i, int n, double gap)
{
    const double h = (box.h - (n - 1) * gap) / n;
    return rect(box.x, box.y + i * (h + gap), box.w, h);
}

/// The largest square in the middle.
static inline Rect rect_square(Rect box)
{
    const double side = fmin(box.w, box.h);
    return rect(box.x + 0.5 * (box.w - side), box.y + 0.5 * (box.h - side), side, side);
}

static inline bool rect_holds(Rect box, double x, double y)
{
    return x >= box.x && x < box.x + box.w && y >= box.y && y < box.y + box.h;
}

/// Whether two boxes share some room.
static inline bool rect_meets(Rect a, Rect b)
{
    return a.w > 0.0 && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

#endif
