// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_SURF_H
#define TONUS_DSP_SURF_H

// Soft surf: noise between about 120 Hz and a cutoff that follows the breath, independent left and
// right but for a common part. Plain data, [realtime].

#include <stdint.h>

#define SURF_BLOCK 64 // frames

typedef struct {
    double rate;
    uint32_t noise[3][4];        // four xorshift generators each for left, right, common
    double high[2][4];           // states of two high-pass sections per channel
    double low[2][4];            // states of two low-pass sections per channel
    double high_b[3], high_a[2]; // their coefficients
    float level;                 // as sounding, linear
    double cutoff_hz;            // for which the coefficients below are
    double low_b[3], low_a[2];
} Surf;

void surf_init(Surf* surf, double rate);

// Adds one block. `common`: share of the power that left and right have in common, 0..1, their
// correlation. `level` is the RMS of each channel aimed at, K-weighted, at the block's end;
// cutoff 200..4000 Hz.
void surf_add(Surf* surf, float level, double cutoff_hz, double common, float* left, float* right);

#endif
