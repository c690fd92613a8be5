// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Hum: finds humming in a microphone's signal. A hum is periodic between 65 and 400 Hz, low (mouth
 * closed), steady, begins with a rise that a drone or the mains never makes, and lasts no longer
 * than a breath.
 *
 * Time: like a beat, a hum's start and end are told by an event exactly hum_delay() frames after
 * they happened, so that their distance is right whatever the block size.
 */

#ifndef TONUS_DSP_HUM_H
#define TONUS_DSP_HUM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Hum Hum;

typedef enum { HUM_START = 0, HUM_END = 1 } HumEventKind;

typedef struct {
    uint32_t frame; /* offset in this call = true moment + hum_delay() */
    HumEventKind kind;
    float pitch_hz;   /* of the hum now (start) or its median (end) */
    float duration_s; /* of the hum at its end, 0 at its start */
    float share;      /* at the end: of the out-breath, 0..1, 0 = not known */
} HumEvent;

typedef struct {
    bool humming;           /* between start and end event */
    float pitch_hz;         /* now, 0 = none; valid 150 ms after the onset */
    float clarity;          /* 0..1 */
    float low_share;        /* 0..1 */
    float level_db;         /* dBFS */
    float steadiness_cents; /* standard deviation of the pitch over the last half second, drift
                               taken off */
    float duration_s;       /* of this hum, or of the last one */
    float share;            /* of the out-breath hummed, last breath, 0..1, 0 = not known */
    float hums_per_min;     /* over the last minute */
    float quality;          /* 0..1, 0 = no usable microphone signal */
} HumState;

Hum* hum_new(double rate); /* Hz, 1000..1e6, else NULL */
void hum_free(Hum* hum);
void hum_reset(Hum* hum); /* [realtime] settings kept */

uint32_t
hum_delay(double rate); /* frames between a start or end and its event, constant for a rate */

/* [realtime] Singing on open vowels counts too (default: no, closed mouth only). */
void hum_set_singing(Hum* hum, bool counts);

/*
 * [realtime] The fundamentals that Tonus itself plays into the room (drone, tone cue), in Hz; what
 * leaks of them and their partials is taken out of the signal (see leak.h), and at these pitches a
 * sound counts only if it stands 3 dB above the whole leak. At most 8.
 */
void hum_set_known(Hum* hum, const float* fundamentals_hz, uint32_t count);

/* [realtime] An in-breath (true) or out-breath (false) of the person or the pacer begins now: for
 * the share. */
void hum_breath(Hum* hum, bool inhaling);

/* [realtime] Takes n frames; returns the number of events written, in time order. 4 suffice for 256
 * frames. */
uint32_t hum_process(Hum* hum, const float* in, uint32_t n, HumEvent* events, uint32_t capacity);

HumState hum_state(const Hum* hum); /* [realtime] */

#endif
