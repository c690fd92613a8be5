// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// One rate of the bank (breath_bank.h): what it makes of a beat. Its Kalman filters are turned on
/// to the beat, what they expect is compared with what came, and the noise that they leave is
/// learned. All functions are [realtime] and O(1).

#ifndef TONUS_DSP_BREATH_BIN_H
#define TONUS_DSP_BREATH_BIN_H

#include "dsp/breath_bank.h"

/// Expected variance of the breath in the differences of intervals, relative to the noise
#define BIN_INTERVAL_GAIN 0.4f

enum { BIN_A, BIN_B }; ///< states of a shape's oscillation: in phase, and a quarter ahead

/// Of a bin that is all zero: nothing is known
void bin_init(BankBin* bin);

/// The beat that `bank` is at. keep: share of an oscillation that is left since the beat before;
/// c, s: cosine and sine of the angle that it has turned, times keep
void bin_step(const BreathBank* bank, BankBin* bin, float keep, float c, float s);

#endif
