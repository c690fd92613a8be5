// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Beat intervals as the breath needs them: which may be used, the difference to the one before,
/// the usual length, and the swing within a breath. A plain struct; all functions are [realtime].

#ifndef TONUS_DSP_BREATH_INTERVALS_H
#define TONUS_DSP_BREATH_INTERVALS_H

#include <stdbool.h>
#include <stdint.h>

enum { INTERVALS_KEPT = 9 };

typedef struct {
    bool any;            ///< there was a beat
    bool valid;          ///< the last interval is one between two normal beats
    double last_s;       ///< length of the last interval
    double difference_s; ///< to the one before; to be used when pair
    bool pair;
    double mean_s;   ///< running mean of the median
    double swing_ms; ///< longest less shortest within a breath, mean of some breaths; 0: unknown
    double beats;    ///< so far
    double kept_s[INTERVALS_KEPT];
    uint32_t n;
    bool reliable;                // the last beat
    double longest_s, shortest_s; // in this breath
    uint32_t in_breath;
} BreathIntervals;

void intervals_forget(BreathIntervals* intervals);

/// A beat, `since_s` after the one before. False: too near to be another one, it is left out.
bool intervals_beat(BreathIntervals* intervals, double since_s, bool reliable);

/// A breath is over.
void intervals_breath(BreathIntervals* intervals);

#endif
