// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_SINEBANK_H
#define TONUS_DSP_SINEBANK_H

// Many slowly changing partials at little cost.
//
// A partial is three sines: one in the middle and two partners, detuned by the same number of Hz
// upwards (left) and downwards (right). They beat with the middle one, in each ear and in mono.
// Amplitudes move geometrically (straight in dB), at most SINEBANK_SLEW_DB_PER_S, so that nothing
// can click; below SINEBANK_FLOOR a partial costs nothing.
//
// Frames are rendered in blocks of SINEBANK_BLOCK. A partial takes new values when it is set, for
// SINEBANK_STRIDE blocks; set a quarter of the partials before each block.
//
// Method: complex rotation, four successive samples in a vector register, the amplitude's growth
// within the rotation. Everything but new and free is [realtime].

#include <stdbool.h>
#include <stdint.h>

#define SINEBANK_BLOCK  64 // frames
#define SINEBANK_STRIDE 4  // blocks between two settings of a partial

#define SINEBANK_FLOOR         3e-6f   // linear: -110 dBFS
#define SINEBANK_SLEW_DB_PER_S 1000.0f // fastest change of a partial: sidebands within 20 Hz

typedef struct Sinebank Sinebank;

// NULL when memory is short. rate in Hz.
Sinebank* sinebank_new(double rate, uint32_t partials);
void sinebank_free(Sinebank* bank);
void sinebank_reset(Sinebank* bank); // all silent, phases as at the start

typedef struct {
    double hz;       // of the middle sine, > 0 and below half the rate
    float spread_hz; // distance of the partners, >= 0
    float amplitude; // of the middle sine, linear
    float partners;  // of each partner relative to the middle sine, 0..1
} SinebankPartial;

// Where the partial is to be after SINEBANK_STRIDE blocks.
void sinebank_set(Sinebank* bank, uint32_t index, const SinebankPartial* partial);

// False when the partial has faded to nothing.
bool sinebank_sounds(const Sinebank* bank, uint32_t index);

// Renders one block: middle sines, left and right partners; replaces what the buffers hold. They
// are aligned to 16 bytes.
void sinebank_process(Sinebank* bank, float* middle, float* left, float* right);

#endif
