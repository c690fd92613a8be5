// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Lowers the sampling rate by a whole factor, without delay: sample k of the output belongs to
/// frame k × factor of the input. For files, not for live use: it looks ahead.

#ifndef TONUS_FORMATS_DOWNSAMPLE_H
#define TONUS_FORMATS_DOWNSAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How a signal at `rate_hz` is kept in records: every factor-th frame, about 1000 per second, and
/// as many samples per record as make it last one second, or nearly so at odd rates.
typedef struct {
    unsigned factor;
    unsigned samples; ///< per record
    double record_s;  ///< exactly factor × samples / rate
} RecordShape;

RecordShape downsample_shape(double rate_hz);

typedef struct Downsample Downsample;

/// NULL without memory or with factor 0
Downsample* downsample_new(unsigned factor);
void downsample_free(Downsample* down);

/// One frame in; true when one sample comes out. Samples come DOWNSAMPLE_AHEAD of themselves late.
#define DOWNSAMPLE_AHEAD 8u
bool downsample_push(Downsample* down, float in, float* out);

#endif
