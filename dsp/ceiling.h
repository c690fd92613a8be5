// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_CEILING_H
#define TONUS_DSP_CEILING_H

// The last gate before the ear: no sample passes CEILING_PEAK. It looks one block ahead, turns both
// channels down by the same straight ramp and comes back by 5 dB per second at most. Below the
// ceiling it changes nothing, bit for bit. What is not finite becomes silence.

#include <stdint.h>

#define CEILING_BLOCK 64 // frames; also the delay

// Linear: -7 dBFS, which leaves 1 dB for what a converter makes between the samples; see
// docs/algorithms.md
#define CEILING_PEAK 0.44668359f

typedef struct {
    float left[CEILING_BLOCK], right[CEILING_BLOCK]; // the block that is held back
    float needed;                                    // gain that this block needs
    float gain;                                      // at the end of the block before it
    float rise;                                      // factor of the gain per block on its way up
} Ceiling;

void ceiling_init(Ceiling* ceiling, double rate); // [realtime]

// Takes a block, gives the one before it, limited; in place. [realtime]
void ceiling_process(Ceiling* ceiling, float* left, float* right);

#endif
