// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_RESP_H
#define TONUS_DSP_RESP_H

#include "dsp/rr.h"

#include <stdbool.h>
#include <stdint.h>

/**
   Respiratory HRV, breath by breath: NN intervals and starts of in-breaths come in, in any order
   within 20 s, whole breaths come out.

   Of each breath: longest less shortest NN (peak to trough), and the sums for a sine at the
   breath's phase, which may be added over breaths (resp_fit): the amplitude of what is locked to
   the breath, with the share of chance taken off.

   Plain state, no memory of its own; [realtime].
*/

/// Sums over a breath or several: cosine and sine of the phase, NN intervals (ms), each less its
/// mean over its breath
typedef struct {
    double n;                ///< NN intervals
    double breaths;          ///< whole breaths
    double cc, ss, cs;       ///< ...
    double yc, ys, yy;       ///< ms, ms, ms²
    double peak_trough_ms;   ///< Sum over breaths
    double at_15_ms;         ///< Sum over breaths of what it would be at 15 per minute
    double duration_s;       ///< Sum over breaths
    double unit_re, unit_im; ///< Sum of unit vectors: phase of heart rate at the breath
} RespSums;

typedef struct {
    double start_s, end_s;
    RespSums sums;
} RespBreath;

/// Swing of the intervals at a breathing rate (Hz), relative to that of slowest breathing: the
/// sinus node follows the vagus as a low-pass of first order (Hirsch and Bishop 1981)
double resp_vagal_gain(double breath_hz);

/// The rate that values are compared at, Hz: 15 breaths per minute
#define RESP_REFERENCE_HZ 0.25

enum { RESP_INTERVALS = 96, RESP_PENDING = 4 };

typedef struct {
    RrInterval intervals[RESP_INTERVALS]; ///< Ring
    uint32_t n_intervals;
    double starts_s[RESP_PENDING + 1]; ///< Starts of breaths not yet worked off; [0] begins one
    uint32_t n_starts;
} Resp;

void resp_reset(Resp* resp);

/// Tell an interval, or the start of an in-breath; then call resp_next until it returns false
void resp_interval(Resp* resp, const RrInterval* interval);
void resp_start(Resp* resp, double time_s);

/// The next breath whose intervals are all there. Breaths with an interval that is not NN, with
/// less than three of them, or shorter than 1.5 s or longer than 25 s, are passed over
bool resp_next(Resp* resp, RespBreath* breath);

void resp_add(RespSums* sums, const RespSums* more, double sign);

/// Sine fitted to the sums. False where they do not determine it
typedef struct {
    double amplitude_ms; ///< Peak of the sine, chance taken off
    double explained;    ///< 0..1, share of the variance within breaths
    double synchrony;    ///< 0..1, phase locking between breaths, chance taken off
} RespFit;

bool resp_fit(const RespSums* sums, RespFit* fit);

#endif
