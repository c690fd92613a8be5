// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Notices that the breath has another rate now, long before a bank that remembers half a minute
/// does: over the last dozen seconds of beat-interval differences each rate is fitted together with
/// the rate of before (least squares, two sines). The breath has changed when the old rhythm has
/// fallen silent and another one explains what there is. Unlike a filter's predictions such a fit
/// looks back, so one breath of the new rhythm is nearly enough.
///
/// A plain struct; all functions are [realtime]. The caller spreads change_step() over time.

#ifndef TONUS_DSP_BREATH_CHANGE_H
#define TONUS_DSP_BREATH_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CHANGE_BINS = 64,  ///< rates at most, a power of two
    CHANGE_BEATS = 40, ///< differences looked at, at most: 12 s at 200 beats per min
};

typedef struct {
    float y[CHANGE_BEATS]; // differences, s; ring
    float age_s[CHANGE_BEATS];
    float c[CHANGE_BEATS][CHANGE_BINS], s[CHANGE_BEATS][CHANGE_BINS]; // phasors at those beats
    float now_c[CHANGE_BINS], now_s[CHANGE_BINS];
    // What is the same for all bins: weight, old cosine and sine and difference times weight of
    // each beat from the newest on; sums of the old sine with itself, with the ridge, of squares
    // and of weights
    float shared[CHANGE_BEATS][4];
    float old_m[3], old_b[2], square, count;
    float before; // squares that the old sine alone leaves
    uint32_t n, newest;
    float window_s;              // what is looked at
    bool use;                    // the beat being worked in has a difference
    uint32_t old;                // bin of the rate of before
    bool shown;                  // the differences have shown that rate
    float usual, gain;           // amplitude of its sine, running mean, s
    float nats[CHANGE_BINS];     // by which old and new together explain more than old alone
    float residual[CHANGE_BINS]; // variance that this rate leaves, s²
    float a[CHANGE_BINS], b[CHANGE_BINS]; // its sine at the last beat: in and a quarter ahead, s
    float left[CHANGE_BINS];              // amplitude that is left of the old one, s
} BreathChange;

void change_init(BreathChange* change);

/// A beat, dt_s after the one before; difference_s of its interval if `use`. old: the bin of the
/// rate that is told, old_per_s that rate; shown: the intervals have shown that rhythm; changed_s:
/// time since a change was seen.
void change_beat(BreathChange* change, float dt_s, float difference_s, bool use, uint32_t old,
                 float old_per_s, bool shown, float changed_s);

/// The n-th bin to be worked on after a beat, or the turn of a bin: the old one first, and always
/// four neighbours one after another, so that they can be fitted together.
static inline uint32_t change_nth(const BreathChange* change, uint32_t n)
{
    return n ^ change->old;
}

/// The bin's share of the work; c, s: cosine and sine of the angle it has turned since the beat
/// before. Each bin once after each beat, in the order of change_nth().
void change_step(BreathChange* change, uint32_t bin, float c, float s);

/// The bin that the breath has changed to, or -1. others: nats per bin from what is not the
/// intervals; step_ln: ln of the ratio between bins.
int change_to(const BreathChange* change, const float* others, float step_ln, uint32_t bins);

/// For so many s after a change the fits are of what came since, and tell more than the bank.
#define CHANGE_FITS_S 14.0f

/// Differences that the fits are from.
uint32_t change_count(const BreathChange* change);

#endif
