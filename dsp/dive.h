// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Dive: what the heart does at an immersion of the face in cold water. Per mark: the rate before,
 * the lowest rate, the time to it and the time back. A real slowing is never taken for a fault of
 * the beats.
 */

#ifndef TONUS_DSP_DIVE_H
#define TONUS_DSP_DIVE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    float rate_before_bpm; /* mean of the 20 s before the mark */
    float lowest_bpm;      /* lowest mean of three beats within 45 s after the mark */
    float drop_bpm;        /* before - lowest, >= 0 */
    float to_lowest_s;     /* mark to lowest */
    float recovery_s;      /* lowest to half way back, 0 = not (yet) back */
    float usable;          /* share of the time with sound beats, 0..1 */
    bool valid;            /* enough sound beats before and after */
    bool done;             /* 60 s have passed */
} DiveMeasure;

enum { DIVE_MAX = 8 }; /* immersions kept of one exercise */

typedef struct Dive Dive;

Dive* dive_new(void); /* NULL when memory is out */
void dive_free(Dive* dive);
void dive_reset(Dive* dive);                          /* [realtime] */
void dive_advance(Dive* dive, double seconds);        /* [realtime] time goes on */
void dive_beat(Dive* dive, float rr_ms, bool usable); /* [realtime] a beat, now */
void dive_mark(Dive* dive);                           /* [realtime] the face goes in, now */
uint32_t dive_count(const Dive* dive); /* [realtime] immersions so far, <= DIVE_MAX */
DiveMeasure dive_measure(const Dive* dive, uint32_t index); /* [realtime] zeros beyond the count */

#endif
