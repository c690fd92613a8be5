// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   A stretch of a signal at a low rate, as it would be at about 1 kHz.

   A recording at 250 or 360 Hz is analysed at its own rate; only where a beat lies its samples are
   interpolated (windowed sinc, 16 taps, as the bridge does for a live sensor), so that the beat is
   placed as finely as in a host at 48 kHz. Part of the beat detector; all functions are [realtime].
*/

#ifndef TONUS_DSP_BEAT_FINER_H
#define TONUS_DSP_BEAT_FINER_H

#include "dsp/beat_locate.h"

#include <stdint.h>

enum {
    FINER_MOST = 5, ///< samples made of one, at 200 Hz
    FINER_TAPS = 16 ///< of the low rate
};

typedef struct {
    int factor; ///< samples made of one; 1: the signal is fine enough
    float taps[FINER_MOST][FINER_TAPS];
    float ring[LOCATE_RING]; ///< sample k of the low rate is ring[factor k % LOCATE_RING]
} BeatFiner;

/// For a signal at `rate_hz`.
void finer_init(BeatFiner* finer, double rate_hz);

/// Fills the ring around sample position `near` of `base` as far as locate_peak() and the others
/// look when they search `reach` samples to either side.
void finer_fill(BeatFiner* finer, const float base[LOCATE_RING], double near, int reach);

#endif // TONUS_DSP_BEAT_FINER_H
