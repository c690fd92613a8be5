// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The recorder: what is written where, and whether anything was lost.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_RECORDER_H
#define UI_VIEW_RECORDER_H

#include "ui/pen.h"

typedef struct {
    const char* title;
    bool recording;
    const char* file;   ///< NULL or "": none yet
    double seconds;     ///< of this take
    double dropped;     ///< frames lost
    double errors;      ///< of the disk
    double disk_bytes;  ///< still free; NAN: not known
    double bytes_per_s; ///< as it is written; NAN or 0: not known
    const char* reason; ///< why it cannot record; NULL or "": it can
} RecorderData;

void recorder_draw(cairo_t* cr, const Theme* theme, Rect box, const RecorderData* data);

#endif
