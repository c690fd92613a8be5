// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Guide: runs one exercise: before at rest, the exercise, after at rest; measures before and after
 * and compares what may be compared. It decides when the pacer runs, how, and whether the drone
 * sounds; it makes no sound itself.
 *
 * Threads: everything but new and free may be called from the audio thread.
 */

#ifndef TONUS_DSP_GUIDE_H
#define TONUS_DSP_GUIDE_H

#include "dsp/compare.h"
#include "dsp/dive.h"
#include "dsp/exercise.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Guide Guide;

typedef enum {
    GUIDE_IDLE = 0,
    GUIDE_BEFORE = 1,
    GUIDE_EXERCISE = 2,
    GUIDE_AFTER = 3,
    GUIDE_DONE = 4
} GuidePhase;

typedef enum {
    GUIDE_PHASE = 0, /* value: the GuidePhase that begins */
    GUIDE_PAUSE,     /* value: 1 paused, 0 goes on */
    GUIDE_MARK,      /* value: number of the mark, from 1 */
    GUIDE_HINT,      /* value: the hints that now hold */
    GUIDE_PACE       /* value: 1 the pacer starts or its pattern changed, 0 it stops */
} GuideEventKind;

typedef struct {
    uint32_t frame; /* offset in this call */
    GuideEventKind kind;
    uint32_t value;
} GuideEvent;

/* Hints, soft and to be read, never sounded as an alarm; a set of bits. */
enum {
    GUIDE_HINT_DIZZY = 1,   /* slow breathing: breathe more shallowly; stop if dizzy */
    GUIDE_HINT_RATE = 2,    /* the heart is above the ceiling: go easier */
    GUIDE_HINT_CAUTION = 4, /* this exercise has a caution to be read */
    GUIDE_HINT_SIGNAL = 8,  /* no sound beats for 10 s: look after the sensor */
    GUIDE_HINT_REST = 16    /* rest before the next immersion */
};

typedef struct {
    GuidePhase phase;
    bool paused;
    float elapsed_s;          /* of this phase */
    float remaining_s;        /* of this phase, -1 = open end */
    float total_elapsed_s;    /* since the start, pauses left out */
    bool pace;                /* the pacer should run */
    bool search;              /* as a resonance search */
    float inhale_s, exhale_s; /* at this pattern, 0 = free */
    bool drone;               /* the drone should sound */
    uint32_t hints;
    uint32_t marks;
    const Exercise* exercise;
} GuideState;

Guide* guide_new(double rate); /* Hz, 1000..1e6, else NULL */
void guide_free(Guide* guide);
void guide_reset(Guide* guide); /* [realtime] back to idle, settings kept */

/* [realtime] Settings for the next start. Unknown ids leave the exercise as it was. Times < 0 =
 * those of the table, 0 = skip that part (exercise: until stopped). */
void guide_set_exercise(Guide* guide, uint32_t id);
void guide_set_times(Guide* guide, float before_s, float exercise_s, float after_s);
void guide_set_ceiling(Guide* guide, float bpm); /* < 0 = that of the table, 0 = none */

/* [realtime] What a person or therapist does, now. Start during a run starts anew. */
void guide_start(Guide* guide);
void guide_stop(Guide* guide); /* ends at once; a comparison made so far stays */
void guide_pause(Guide* guide, bool paused);
void guide_skip(Guide* guide); /* to the next phase; ends an open exercise */
void guide_mark(Guide* guide); /* immersion, or the therapist's mark */

/* [realtime] What is measured, now. A beat ends the interval rr_ms; usable if both its beats are
 * sound. */
void guide_beat(Guide* guide, float rr_ms, bool usable);
void guide_breath(Guide* guide, float rate_per_min, float resp_hrv_ms, float confidence);

/* [realtime] Goes on by n frames; events as usual, 16 suffice. */
uint32_t guide_process(Guide* guide, uint32_t n, GuideEvent* events, uint32_t capacity);

GuideState guide_state(const Guide* guide); /* [realtime] */
/* [realtime] After beside before, and the exercise beside before (refused when that was paced or
 * moving). Empty until there is something to compare. */
Comparison guide_comparison(const Guide* guide);
Comparison guide_during(const Guide* guide);
DiveMeasure guide_dive(const Guide* guide, uint32_t i); /* [realtime] i-th immersion */
DiveMeasure guide_last_dive(const Guide* guide);        /* [realtime] zeros when there was none */

#endif
