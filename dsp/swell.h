// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Swell: lets any music breathe. A gain and a tilt filter follow the breath, locked to its in- and
 * out-breaths, without look-ahead. The music is never louder than it came: full lungs leave it as
 * it is, empty lungs take depth dB away and darken it. At depth 0 every sample passes bit for bit.
 */

#ifndef TONUS_DSP_SWELL_H
#define TONUS_DSP_SWELL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Swell Swell;

typedef struct {
    float phase; /* of the locked breath, 0 = start of in-breath, 0.5 = start of out-breath, < 1 */
    float gain_db; /* now, <= 0 */
    bool locked;   /* a breath is followed; else the music goes back to plain within about 4 s */
} SwellState;

Swell* swell_new(double rate); /* Hz, 1000..1e6, else NULL */
void swell_free(Swell* swell);
void swell_reset(Swell* swell); /* [realtime] settings kept */

void swell_set_depth(Swell* swell, float depth_db); /* [realtime] 0..6 dB, slewed */
void swell_set_tilt(
    Swell* swell,
    float tilt_db); /* [realtime] treble lost at empty lungs, 0..6 dB, scaled by depth/6 */

/* [realtime] An in-breath (true) or out-breath (false) begins now. */
void swell_breath(Swell* swell, bool inhaling);

/* [realtime] n frames; out may be in. */
void swell_process(Swell* swell, const float* in_left, const float* in_right, float* out_left,
                   float* out_right, uint32_t n);

SwellState swell_state(const Swell* swell); /* [realtime] */

#endif
