// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The sensor's state in plain words, with what to do.
///
/// Pure drawing of values, inside `box`; belongs to the thread of the cairo context.
#ifndef UI_VIEW_SENSOR_H
#define UI_VIEW_SENSOR_H

#include "ui/pen.h"

/// As the ports "state" of the plugins count them
typedef enum {
    SENSOR_WAITING,
    SENSOR_LEARNING,
    SENSOR_TRACKING,
    SENSOR_POOR,
    SENSOR_LOST,
    SENSOR_CLIPPING,
    SENSOR_N_STATES
} SensorState;

typedef enum { SENSOR_ANY, SENSOR_ECG, SENSOR_PPG } SensorKind;

typedef struct {
    SensorState state; ///< any other value: not known
    SensorKind kind;
    double quality; ///< 0..1; NAN: not known
} SensorData;

void sensor_draw(cairo_t* cr, const Theme* theme, Rect box, const SensorData* data);

/// The state in a few words, and what to do about it ("" when there is nothing to do). For other
/// views and for screen readers.
const char* sensor_words(const Theme* theme, SensorState state);
const char* sensor_advice(const Theme* theme, SensorState state, SensorKind kind);

#endif
