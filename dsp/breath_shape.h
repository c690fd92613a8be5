// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What a beat looks like in the sensor's signal: height, level under it, and the mean level since
/// the beat before. Breathing moves all three (Charlton et al. 2018, "Breathing rate estimation
/// from the electrocardiogram and photoplethysmogram: a review"). Works on a short history at about
/// 250 Hz; tells an ECG from a pulse wave by where the beat lies: on the extreme of an R peak, or
/// half-way up the upslope.
///
/// Threading: shape_new and shape_free are for the main thread; the rest is [realtime].

#ifndef TONUS_DSP_BREATH_SHAPE_H
#define TONUS_DSP_BREATH_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct BreathShapeImpl BreathShape;

/// Seconds of signal needed after a beat before shape_take() may be called.
#define SHAPE_AFTER_S 0.3

typedef enum { SHAPE_UNKNOWN, SHAPE_ECG, SHAPE_PPG } ShapeKind;

typedef struct {
    float height, level, mean; ///< input units; NAN when there was no sound signal
} BeatShape;

/// NULL for a rate outside 100..1e6 Hz or without memory.
BreathShape* shape_new(double rate);
void shape_free(BreathShape* shape);
void shape_reset(BreathShape* shape); ///< what it is set to stays

/// SHAPE_UNKNOWN: find out.
void shape_set_kind(BreathShape* shape, ShapeKind kind);
ShapeKind shape_kind(const BreathShape* shape);

/// Takes n frames of signal. Any values.
void shape_process(BreathShape* shape, const float* in, uint32_t n);

/// The beat that lies `ago` frames back, SHAPE_AFTER_S..1 s. About 1 µs.
BeatShape shape_take(BreathShape* shape, uint32_t ago);

#endif
