// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_BREATH_INTERNAL_H
#define TONUS_DSP_BREATH_INTERNAL_H

#include "dsp/breath.h"
#include "dsp/breath_bank.h"
#include "dsp/breath_clock.h"
#include "dsp/breath_hum.h"
#include "dsp/breath_intervals.h"
#include "dsp/breath_phase.h"
#include "dsp/breath_shape.h"
#include "dsp/breath_turns.h"

/**
   What dsp/breath.c (from beats to breaths) and dsp/breath_anchors.c (what is known better: hums,
   cues, a belt) share.
*/

#define BREATH_TELL_FROM 0.7 ///< confidence from which breaths are told

struct BreathImpl {
    double rate;
    uint32_t tick;  // frames
    uint32_t steps; // of the bank in a tick
    uint64_t now;   // frames since reset
    uint64_t next_tick;
    uint32_t delay; // of the beats, frames
    bool aligned;
    BreathSensor sensor;

    BreathBank bank;
    BreathClock clock;
    BreathPhase phase;
    BreathHum hum;
    BreathShape* shape;
    BreathTurns turns;
    bool has_signal; // `in` was given in the last call

    // The beat that waits for the signal after it
    bool waiting;
    uint64_t waiting_at; // frame of the signal it lies on
    double fraction;     // that it lies beyond that frame
    BreathBeat beat;

    BreathIntervals intervals;
    uint64_t last_at, concluded_at; // last beat taken, and the one that the phase refers to
    double last_fraction;
    double last_rr_s; // interval before it, or the mean

    // What is told
    double confidence; // of the rate, before fading
    double rate_per_min;
    double usual[BANK_SOURCES]; // amplitudes, running means
    double known_s;             // for how long they are followed
    double depth;
    double present; // the swing of the last breath against the usual one, 0..1
    BreathSource source;
    bool telling;
    double hush_s; // for how long confidence has been low
    bool event_due;
    uint64_t event_at;
    BreathEventType event_type;
    bool inhaling;
    uint64_t turned_at; // last event's frame, 0: none
    double in_s, out_s;
};

/// A leading hum's rate in place of the heart's
void breath_follow_hum(Breath* breath);

/// The belt has just turned: that teaches the phase
void breath_turned(Breath* breath);

#endif
