// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Resonance: at which breathing rate does this heart swing most? Scores each paced rate by the
 * published criteria (Shaffer & Meehan 2020): phase synchrony of heart rate and breath,
 * peak-to-trough heart rate, power of the low-frequency band, height of its largest peak,
 * smoothness of the curve, fewest peaks per breath.
 */

#ifndef TONUS_DSP_RESONANCE_H
#define TONUS_DSP_RESONANCE_H

#include <stdbool.h>
#include <stdint.h>

enum { RESONANCE_MAX_RATES = 8 };

typedef struct Resonance Resonance;

typedef struct {
    float rate_per_min;    /* paced */
    float synchrony;       /* 0..1, stability of the phase between heart rate and breath */
    float peak_trough_bpm; /* mean over the breaths */
    float lf_power_bpm2;   /* 0.04..0.15 Hz */
    float lf_peak_bpm2;    /* largest line in that band */
    float smoothness;      /* share of the variance that swings with the breath, 0..1 */
    float peaks_per_breath;
    float score;  /* mean of the six, each relative to the best rate, 0..1 */
    float usable; /* share of the time with sound beats, 0..1 */
    uint32_t breaths;
} ResonanceRate;

typedef struct {
    bool done;          /* the search has come to its end */
    float progress;     /* 0..1 */
    float rate_per_min; /* the best so far, 0 = not known */
    float confidence;   /* 0..1 that it swings more than the second best, times the usable share */
    uint32_t count;     /* rates seen */
    ResonanceRate rates[RESONANCE_MAX_RATES];
} ResonanceResult;

Resonance* resonance_new(void); /* NULL when memory is out */
void resonance_free(Resonance* resonance);
void resonance_reset(Resonance* resonance); /* [realtime] */

/* [realtime] A paced breath begins that belongs to bin 0..RESONANCE_MAX_RATES-1; settled = it
 * counts. */
void resonance_breath(Resonance* resonance, uint32_t bin, float rate_per_min, bool settled);

/* [realtime] A heartbeat at this share (0..1) of the paced breath. */
void resonance_beat(Resonance* resonance, float phase, float rr_ms, bool usable);

/* [realtime] Progress 0..1 and end are the caller's to know. */
ResonanceResult resonance_result(const Resonance* resonance, float progress);

#endif
