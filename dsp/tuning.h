// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_TUNING_H
#define TONUS_DSP_TUNING_H

// Notes and frequencies. Pure functions, all [realtime].

#include <stdint.h>

// Equal temperament: Hz of a MIDI note (0..127), a4_hz being note 69.
double tuning_equal_hz(uint8_t note, double a4_hz);

// Just intonation over a tonic: the tonic is as in equal temperament, the others stand in the
// ratios of Ptolemy's scale and its usual completion (16/15 9/8 6/5 5/4 4/3 45/32 3/2 8/5 5/3 9/5
// 15/8).
double tuning_just_hz(uint8_t note, uint8_t tonic, double a4_hz);

// The nearest note of equal temperament, in Hz. hz > 0.
double tuning_snap_hz(double hz, double a4_hz);

// hz in the octave [low, 2 low). Both > 0.
double tuning_fold_hz(double hz, double low);

#endif
