// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// All of Tonus in one object: sensor and microphone in, drone and events out. The chain from beat
/// to tone, the hum detector, the session with its pacer, and the drone that follows them.
///
/// What one of them finds, the others are told at the next line of a grid of RELAX_GRID frames that
/// is counted from the start; what a sound must not miss (beats, breaths) the drone is told at
/// once. So results do not depend on how the frames are divided into calls.
///
/// Threading: relax_new and relax_free are for the main thread; everything else is real-time safe
/// and belongs to one thread at a time.
#ifndef TONUS_DSP_RELAX_H
#define TONUS_DSP_RELAX_H

#include "dsp/chain.h"
#include "dsp/drone.h"
#include "dsp/hum.h"
#include "dsp/session.h"

typedef struct RelaxImpl Relax;

typedef enum { RELAX_CHAIN, RELAX_HUM, RELAX_SESSION } RelaxEventKind;

typedef struct {
    uint32_t frame; ///< offset in the call (those inside the union count otherwise)
    RelaxEventKind kind;
    union {
        ChainEvent chain;
        HumEvent hum;
        SessionEvent session;
    } of;
} RelaxEvent;

#define RELAX_GRID       256u /* frames */
#define RELAX_MAX_EVENTS 96u  /* in RELAX_GRID frames */

/// Rates as the modules take them. NULL on a bad rate or without memory.
Relax* relax_new(double rate_hz);
void relax_free(Relax* relax);

/// Silence, no signal yet; settings and what was learned of the person stay. [realtime]
void relax_reset(Relax* relax);

/// Off: the sound fades out. On by default. [realtime]
void relax_set_playing(Relax* relax, bool playing);

/// Takes n frames (any n). `left` and `right` are replaced; they must not overlap the inputs.
/// Writes events in time order, at most `capacity`, and returns their number. [realtime]
uint32_t relax_process(Relax* relax, const float* sensor, const float* mic, float* left,
                       float* right, uint32_t n, RelaxEvent* events, uint32_t capacity);

/// The parts, for their settings and states. [realtime]
Chain* relax_chain(const Relax* relax);
Hum* relax_hum(const Relax* relax);
Session* relax_session(const Relax* relax);
Drone* relax_drone(const Relax* relax);

#endif
