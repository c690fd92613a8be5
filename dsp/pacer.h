// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Pacer: paces the breath. A clock of in-breath, hold, out-breath and hold, counted in frames
 * without drift, with a soft cue that may be added to the sound. It may begin at the person's own
 * rate and lead them to the goal, search for the person's resonance rate, or follow the host's
 * bars.
 *
 * Sources: goal in steps of 75 % of the person's own rate: Leslie et al. 2019; rates and scoring of
 * the search: Shaffer & Meehan 2020 (10.3389/fnins.2020.570400) and, for the slide, Fisher & Lehrer
 * 2021.
 *
 * Threads: everything but new and free may be called from the audio thread; nothing there allocates
 * or waits.
 */

#ifndef TONUS_DSP_PACER_H
#define TONUS_DSP_PACER_H

#include "dsp/resonance.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Pacer Pacer;

typedef enum {
    PACER_INHALE = 0,
    PACER_HOLD_IN = 1,
    PACER_EXHALE = 2,
    PACER_HOLD_OUT = 3
} PacerPart;

typedef enum {
    PACER_FIXED = 0, /* the pattern as it is set */
    PACER_FOLLOW,    /* from the person's own rate to the pattern's */
    PACER_STEPS,     /* resonance search, six rates of two minutes */
    PACER_SLIDE,     /* resonance search, 78 breaths from 6.75 to 4.25 per minute */
    PACER_TEMPO      /* whole bars of the host */
} PacerMode;

typedef enum { PACER_SILENT = 0, PACER_WAVES = 1, PACER_TONE = 2 } PacerCue;

/* One breath in seconds. In- and out-breath are kept within 0.5..30 s, holds within 0..30 s. */
typedef struct {
    float inhale_s, hold_in_s, exhale_s, hold_out_s;
} PacerPattern;

/* Where the host is. */
typedef struct {
    double bar;        /* bars since the start of the music, with fraction, at this frame */
    double bar_frames; /* length of one bar in frames, > 0 */
    bool rolling;
} PacerTransport;

typedef struct {
    uint32_t frame; /* offset in this call */
    PacerPart part; /* the part that begins there */
} PacerEvent;

typedef struct {
    bool running;
    PacerPart part;
    float phase;          /* share of the breath gone, 0..1, 0 = start of the in-breath */
    float fullness;       /* 0 empty .. 1 full lungs, smooth */
    float rate_per_min;   /* now paced */
    float goal_per_min;   /* where it leads */
    bool following;       /* the person breathes with the pacer (12 %, three breaths) */
    PacerPattern pattern; /* of this breath */
} PacerState;

/* NULL when rate is not within 1000..1e6 Hz or memory is out. */
Pacer* pacer_new(double rate);
void pacer_free(Pacer* pacer);
void pacer_reset(Pacer* pacer); /* [realtime] as new, settings kept */

/* [realtime] Settings. A pattern, mode or number of bars that changes takes effect with the next
 * in-breath. */
void pacer_set_pattern(Pacer* pacer, const PacerPattern* pattern);
void pacer_set_mode(Pacer* pacer, PacerMode mode);
void pacer_set_cue(Pacer* pacer, PacerCue cue);
void pacer_set_volume(Pacer* pacer,
                      float level_db);         /* of the cue at full lungs, dBFS RMS, -60..-12 */
void pacer_set_root(Pacer* pacer, float hz);   /* of the tone cue, 55..440 Hz */
void pacer_set_bars(Pacer* pacer, float bars); /* per breath in PACER_TEMPO, 0.25..16 */

/* [realtime] Starts with an in-breath at this frame, or stops: the clock at once, the cue within 3
 * s. */
void pacer_set_running(Pacer* pacer, bool running);

/* [realtime] Somebody else paces: an in-breath of this pattern begins now. */
void pacer_sync(Pacer* pacer, const PacerPattern* pattern);

/* [realtime] The host's position, now. */
void pacer_transport(Pacer* pacer, const PacerTransport* transport);

/* [realtime] The person's own breathing as measured now; confidence 0..1, below 0.5 it is not used.
 */
void pacer_person(Pacer* pacer, float rate_per_min, float confidence);

/* [realtime] A heartbeat, now, for the search; rr_ms is the interval that it ends, usable if both
 * ends are sound. */
void pacer_beat(Pacer* pacer, float rr_ms, bool usable);

/*
 * [realtime] Goes on by n frames. The cue is added to left and right (each may be NULL). Writes the
 * parts that begin within these frames to events, at most capacity, and returns their number. 8
 * suffice for 256 frames.
 */
uint32_t pacer_process(Pacer* pacer, float* left, float* right, uint32_t n, PacerEvent* events,
                       uint32_t capacity);

PacerState pacer_state(const Pacer* pacer); /* [realtime] */

/* [realtime] The search as far as it has come. */
ResonanceResult pacer_resonance(const Pacer* pacer);

#endif
