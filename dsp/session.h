// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A guide and the pacer that it leads: one exercise from its rest before to its rest after.
///
/// Threading: session_new and session_free are for the main thread; everything else is real-time
/// safe and belongs to one thread at a time.
#ifndef TONUS_DSP_SESSION_H
#define TONUS_DSP_SESSION_H

#include "dsp/guide.h"
#include "dsp/pacer.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct SessionImpl Session;

typedef enum {
    SESSION_GUIDE, ///< `guide` happened
    SESSION_PART,  ///< a part of the paced breath begins: `part`, with `pattern` of this breath
    SESSION_PACING ///< the pacer has started (`on`) or stopped
} SessionEventKind;

typedef struct {
    uint32_t frame; ///< offset in the call
    SessionEventKind kind;
    GuideEvent guide;
    PacerPart part;
    PacerPattern pattern;
    bool on;
} SessionEvent;

/// Events of 256 frames at most.
#define SESSION_MAX_EVENTS 32u

/// Rate in Hz, 1000..1e6. NULL else or without memory.
Session* session_new(double rate_hz);
void session_free(Session* session);
void session_reset(Session* session); ///< back to idle, settings kept [realtime]

/// Whether pacing begins at the person's own rate (default) or at the exercise's. [realtime]
void session_set_follow(Session* session, bool follow);

/// Chooses the exercise; 0 stops what runs: the person is left to themselves. [realtime]
void session_set_exercise(Session* session, uint32_t id);

/// A beat that ends the interval rr_ms; a breathing rate. Now. [realtime]
void session_beat(Session* session, float rr_ms, bool usable);
void session_breath(Session* session, float rate_per_min, float resp_hrv_ms, float confidence);

/// Goes on by n frames; the pacer's cue is added to left and right (each may be NULL). Writes
/// events in time order, at most `capacity`, and returns their number. [realtime]
uint32_t session_process(Session* session, float* left, float* right, uint32_t n,
                         SessionEvent* events, uint32_t capacity);

/// The two, for their settings and states. [realtime]
Guide* session_guide(const Session* session);
Pacer* session_pacer(const Session* session);

#endif
