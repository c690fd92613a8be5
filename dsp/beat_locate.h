// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   Fine location of a fiducial point between the samples of a band-limited signal at about 1 kHz.

   A polynomial through seven samples is exact to far below a microsecond for what an ECG or a pulse
   holds below 150 Hz; a parabola alone is not at 192 kHz. Part of the beat detector; all functions
   are [realtime].
*/

#ifndef TONUS_DSP_BEAT_LOCATE_H
#define TONUS_DSP_BEAT_LOCATE_H

#include <stdint.h>

enum {
    LOCATE_RING = 1024 ///< samples of the ring that is searched
};

/// The peak (`sign` 1) or trough (-1) next to sample position `near`, at most `reach` samples off.
double locate_peak(const float ring[LOCATE_RING], double near, int reach, float sign);

/// Where the signal crosses `level` next to `near`, upwards (`sign` 1) or downwards (-1), at most
/// `reach` samples off.
double locate_crossing(const float ring[LOCATE_RING], double near, int reach, double level,
                       float sign);

/// The largest (`sign` 1) or smallest (-1) value around `near`, between the samples.
double locate_value(const float ring[LOCATE_RING], double near, int reach, float sign);

#endif // TONUS_DSP_BEAT_LOCATE_H
