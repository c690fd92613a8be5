// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The breath's phase as a clock that never runs backwards: it advances at the breathing rate and
/// is pulled towards targets, faster or slower, but never in reverse and never by a jump while
/// breaths are being told. A plain struct; all functions are [realtime].

#ifndef TONUS_DSP_BREATH_CLOCK_H
#define TONUS_DSP_BREATH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    double phase;    ///< turns, 0..1, 0 = start of the in-breath
    double per_s;    ///< turns per s
    double behind;   ///< turns still to be made up (negative: to be waited for)
    double in_share; ///< of the cycle
    bool led;        ///< wait before each turn until clock_turn() tells it
} BreathClock;

typedef enum { CLOCK_NOTHING, CLOCK_IN_STARTS, CLOCK_OUT_STARTS } ClockEvent;

void clock_init(BreathClock* clock);

/// Where the phase should be now and how fast the breath is. `jump`: be there at once.
void clock_aim(BreathClock* clock, double phase, double per_s, bool jump);

/// The turn is now: the in-breath starts (or the out-breath). per_s: speed until the next turn.
void clock_turn(BreathClock* clock, bool in_starts, double per_s);

/// Goes on by dt_s; at most one event, `when_s` into the step. Steps are much shorter than a
/// breath.
ClockEvent clock_advance(BreathClock* clock, double dt_s, double* when_s);

/// How full the lungs are at this phase, 0..1: half a cosine up, half a cosine down.
double clock_fullness(const BreathClock* clock);

#endif
