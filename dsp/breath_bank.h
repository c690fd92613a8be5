// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A bank of oscillators that explains beat-by-beat series by breathing.
///
/// Each bin stands for one breathing rate and keeps, per source, a Kalman filter: for the
/// successive differences of the beat intervals an oscillation in white noise; for the shapes
/// (height, level under the beat, mean level) an oscillation and its second harmonic on top of what
/// is not breath, a slow resonance near 0.1 Hz (Mayer waves) and a drifting level. How well a bin
/// predicts each next beat is its evidence. Noise levels are marginalised (Student's t), so a
/// source that shows no rhythm says nothing, and sources may be added up. Where the breath changes
/// suddenly, breath_change.h sees it sooner and the bank begins anew.
///
/// After the frequency-tracking oscillator banks of Van Zaen et al. 2014 and the dynamic linear
/// models of West & Harrison 1997 (Bayesian Forecasting and Dynamic Models); see
/// docs/algorithms.md.
///
/// A plain struct without pointers; all functions are [realtime] and O(1) but where said. The work
/// after a beat is spread: the caller calls bank_step() BANK_STEPS times.

#ifndef TONUS_DSP_BREATH_BANK_H
#define TONUS_DSP_BREATH_BANK_H

#include "dsp/breath_change.h"
#include "dsp/breath_steady.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    BANK_BINS = 64,  ///< breathing rates, evenly spaced in their logarithm
    BANK_SHAPES = 3, ///< height, level under the beat, mean level
    BANK_SOURCES = 1 + BANK_SHAPES,
    BANK_STEPS = BANK_BINS + 2, ///< pieces that the work after a beat is cut into
    BANK_STATES = 7, ///< of a shape: oscillation 2, harmonic 2, slow resonance 2, level 1
    BANK_ROW = 8     ///< the same with a place left free
};

/// Lowest and highest rate, per min. Below: LF and VLF waves look alike; above: few adults.
#define BANK_LOWEST_PER_MIN  3.5f
#define BANK_HIGHEST_PER_MIN 34.0f

/// What a beat brought. Values that are not finite count as missing.
typedef struct {
    float dt_s;               ///< time since the beat before, any size
    float rr_s;               ///< running mean interval, s: no breath is faster than two beats
    bool interval_valid;      ///< difference may be used
    float difference_s;       ///< this interval minus the one before
    float shape[BANK_SHAPES]; ///< any unit, NAN: unknown
} BankBeat;

/// One source's view at the best rate, at the time of the last beat.
typedef struct {
    float phase_turns; ///< of the source's own oscillation, 0 = its maximum
    float amplitude;   ///< s or the shape's unit
    float support;     ///< nats by which the source prefers the best rate to the average rate
} BankSource;

typedef struct {
    float rate_per_min; ///< most probable; 0 before the first result
    float confidence; ///< probability of the rates within 12 % of it, less where little speaks for
                      ///< any rate or it changes all the time
    BankSource source[BANK_SOURCES];
} BankResult;

typedef struct {
    float rr_a, rr_b;                 // oscillation of the differences, s
    float rr_p[3];                    // its covariance over the noise variance: aa, ab, bb
    float v[BANK_SOURCES];            // noise variances
    float evidence[BANK_SOURCES];     // nats, fading
    float evidence_new[BANK_SOURCES]; // of the last seconds
    float sum;                        // of all sources, nats, fading and kept near the best
    float spread[BANK_SOURCES];       // running mean of ln of the expected spread
    float v_new[BANK_SOURCES];        // noise variances of the last seconds
    float sum_new;                    // evidence of the last seconds
    float x[BANK_SHAPES][BANK_ROW];
    float p[BANK_STATES][BANK_ROW]; // common to all shapes: they are measured together
} BankBin;

typedef struct {
    BankBin bin[BANK_BINS];
    BankBin follower;       // at the best rate, quicker to follow: for the phase
    float omega[BANK_BINS]; // rad/s
    float prior[BANK_BINS]; // nats
    BankBeat beat;          // being worked in
    float y[BANK_SOURCES];  // what was measured, shapes relative to their origin
    bool use[BANK_SOURCES];
    uint32_t count[BANK_SOURCES]; // measurements so far
    float scale[BANK_SOURCES];    // variance of successive differences
    float origin[BANK_SHAPES];    // first value
    float last[BANK_SHAPES];
    float slow_c, slow_s, keep_slow, fade, fade_new; // factors of this beat
    uint32_t next;                                   // step to be done next; BANK_STEPS: idle
    float weight[BANK_SOURCES];                      // fading number of measurements
    float weight_new[BANK_SOURCES];                  // of the last seconds
    uint32_t best;                                   // bin of the result
    BreathChange change;
    BreathSteady steady;
    float changed_s;  // since the last change
    float changing_s; // for how long a change has been seen
    BankResult result;
} BreathBank;

/// Main thread or real time; about 50 µs.
void bank_init(BreathBank* bank);

/// A beat. If the work on the one before is not done it is done now (bounded, but a lump).
void bank_beat(BreathBank* bank, const BankBeat* beat);

/// True while bank_step has something to do.
static inline bool bank_busy(const BreathBank* bank)
{
    return bank->next < BANK_STEPS;
}

/// Does the next piece of a beat's work. True: that was the last one, the result is new.
bool bank_step(BreathBank* bank);

#endif
