// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Breaths from a belt: its turns, each told a constant time after it happened, the lengths of in-
/// and out-breath, and whether the belt is to be trusted.
///
/// Threading: turns_new and turns_free are for the main thread; the rest is [realtime]. Frames are
/// counted by the caller and given as `now`.

#ifndef TONUS_DSP_BREATH_TURNS_H
#define TONUS_DSP_BREATH_TURNS_H

#include "dsp/breath_belt.h"

/// From a turn to its telling, s: what placing it takes, in noise, too.
#define TURNS_DELAY_S 0.6

enum { TURNS_QUEUE = 4 };

typedef struct {
    BeltTurn kind;
    uint64_t at;     ///< frame at which it happened
    uint64_t due_at; ///< frame at which it is told
} Turn;

typedef struct {
    BreathBelt* belt;
    double rate; // frames per s
    uint32_t delay;
    Turn queue[TURNS_QUEUE];
    uint32_t waiting;
    uint64_t last_at; // last told turn
    BeltTurn last_kind;
    double in_s, out_s; // mean lengths; 0: unknown
    uint32_t told;
    float sign;  // 1: the belt rises with the in-breath, -1: it falls
    double vote; // for the sign, from what the heart says of the breath
} BreathTurns;

/// False for a bad rate or without memory.
bool turns_new(BreathTurns* turns, double rate);
void turns_free(BreathTurns* turns);
void turns_reset(BreathTurns* turns);

/// One frame of belt, the frame `now`. True: a turn was placed, turns_newest() knows it.
bool turns_frame(BreathTurns* turns, float value, uint64_t now);
const Turn* turns_newest(const BreathTurns* turns);

/// By the heart's phase a lowest turn came `away` turns off the start of the in-breath. A belt, or
/// a thermistor, may be the other way up: when lowest turns come in the middle of breaths again and
/// again, it is turned over and begins anew. True: it is the right way up, so far as is known.
bool turns_vote(BreathTurns* turns, double away);

/// Frame at which the next turn is to be told; UINT64_MAX: none waits.
uint64_t turns_due(const BreathTurns* turns);

/// Takes the turn that is due.
Turn turns_take(BreathTurns* turns);

/// The belt leads: whole breaths were seen, and the next turn is not long overdue.
bool turns_lead(const BreathTurns* turns, uint64_t now);

double turns_per_s(const BreathTurns* turns); ///< breaths per s; 0: unknown

#endif
