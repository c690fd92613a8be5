// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_HEARTWAVE_H
#define TONUS_DSP_HEARTWAVE_H

// The shapes of the simulated person's ECG and pulse wave between two known beats.
//
// Every wave has compact support, so that around an R peak, and along a pulse's upslope, nothing
// but that wave moves: the truth of a clean signal is exact by construction.
// All functions are [realtime], pure and finite for finite beats in rising order of time.

#include <stdbool.h>

typedef struct {
    double time_s;    // R peak
    double rr_s;      // since the previous R peak
    double amplitude; // R over the baseline, or pulse height; 0 = nothing is drawn
    double baseline;  // level below the R peak, level of the pulse's foot
    bool ectopic;
} HeartwaveBeat;

// Pulse transit time: from the R peak to the middle of the upslope at a finger, s. The sum of the
// pre-ejection period (about 0.1 s) and the transit to the finger (about 0.15 s).
#define HEARTWAVE_TRANSIT_S 0.25

// Shortest interval that the shapes allow, s (240 per minute).
#define HEARTWAVE_SHORTEST_RR_S 0.25

// ECG at time_s, last.time_s <= time_s <= next.time_s. R is 1 x amplitude over the baseline.
double heartwave_ecg(const HeartwaveBeat* last, const HeartwaveBeat* next, double time_s);

// Pulse wave at time_s for the same times, previous being the beat before last.
// The foot lies on the baseline, the top 1 x amplitude over it.
double heartwave_ppg(const HeartwaveBeat* previous, const HeartwaveBeat* last,
                     const HeartwaveBeat* next, double time_s);

#endif
