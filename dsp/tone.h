// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_TONE_H
#define TONUS_DSP_TONE_H

#include "dsp/hrv.h"

#include <stdbool.h>
#include <stdint.h>

/**
   Tone: where a person's respiratory HRV or RMSSD stands, relative to their own baseline.

   0..1 with 0.5 at the baseline, on a logarithmic scale: twice the baseline is 0.72, half of it
   0.28. What a change of the breathing rate alone does to the measure is taken off (low-pass of the
   sinus node's response to the vagus, Hirsch and Bishop 1981). It is not a measurement of the vagus
   nerve. Averaged over four breaths; it never jumps; without usable data it holds, then glides
   to 0.5.

   Threads: tone_new and tone_free not real-time, everything else [realtime], one thread at a time.
*/

typedef enum {
    TONE_RESP,  ///< Respiratory HRV, peak to trough per breath
    TONE_RMSSD, ///< RMSSD of the last minute
    TONE_N_DRIVES
} ToneDrive;

/// A person's baseline: plain data, to be saved and restored as it is
typedef struct {
    float ln_value[TONE_N_DRIVES]; ///< ln(ms), corrected to 15 breaths per minute
    bool known[TONE_N_DRIVES];
    float shown_ms[TONE_N_DRIVES]; ///< the same in ms, 0 while not known; follows from the others
} ToneBaseline;

typedef struct {
    float tone;       ///< 0..1
    bool valid;       ///< Follows data now
    HrvReason reason; ///< HRV_OK when valid; HRV_LEARNING while the baseline is learned
    float learned;    ///< 0..1, progress of learning
} ToneState;

typedef struct Tone Tone;

/// `rate` in Hz, 200..768000. NULL on a bad rate or no memory
Tone* tone_new(double rate);
void tone_free(Tone* tone);
/// Forget everything but the drive and the baseline
void tone_reset(Tone* tone);

void tone_set_drive(Tone* tone, ToneDrive drive);

/// A different person, or a fresh start: learn the baseline from the next 60..120 s
void tone_learn(Tone* tone);

void tone_baseline(const Tone* tone, ToneBaseline* baseline);
/// Values that are not finite count as not known
void tone_set_baseline(Tone* tone, const ToneBaseline* baseline);

/// Take the latest measures: call it after each hrv_interval and each hrv_breath
void tone_update(Tone* tone, const HrvRecent* recent);

/// Let `n` frames pass: the tone glides on a fixed grid of frames
void tone_process(Tone* tone, uint32_t n);

ToneState tone_state(const Tone* tone);

#endif
