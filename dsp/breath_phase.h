// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// From the phases of the sources to the phase of the breath. Heart rate lags the breath by an
/// angle that depends on the rate and the sensor (Angelone & Coulter 1964; Saul et al. 1989); how
/// the shapes lie against it differs between people and is learned while they go together. What
/// pacer, hum or belt teach is added. A plain struct; all functions are [realtime].

#ifndef TONUS_DSP_BREATH_PHASE_H
#define TONUS_DSP_BREATH_PHASE_H

#include "dsp/breath.h"
#include "dsp/breath_bank.h"
#include "dsp/breath_shape.h"

typedef struct {
    BreathMemory memory;
    ShapeKind kind;                          // that the usual lags below are for
    double re[BANK_SHAPES], im[BANK_SHAPES]; // mean lag of each shape, length: how steady it is
    double at_beat; ///< turns, 0 = start of the in-breath, unwrapped; without what was learned
} BreathPhase;

void phase_init(BreathPhase* phase);
void phase_reset(BreathPhase* phase); ///< the memory stays

/// Phase of the breath at the bank's last beat, in turns. rr_s: the interval before that beat,
/// rr_mean_s: the usual one.
double phase_from_bank(BreathPhase* phase, const BankResult* result, double rr_s, double rr_mean_s,
                       ShapeKind kind);

/// The true phase was `ahead` turns ahead of at_beat's extrapolation. The weight of the new is at
/// least least_gain.
void phase_learn(BreathPhase* phase, double rate_per_min, double ahead, double least_gain);

void phase_set_memory(BreathPhase* phase, const BreathMemory* memory);

#endif
