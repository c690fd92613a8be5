// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_VITALS_H
#define TONUS_DSP_VITALS_H

#include "dsp/hrv.h"
#include "dsp/tone.h"

#include <stdbool.h>
#include <stdint.h>

/**
   From beats and breaths that are told as they come, to HRV and tone: rr, hrv and tone wired
   together for whoever gets his beats from elsewhere (MIDI notes, a file of intervals). Where no
   breaths are told, they are taken from the beat intervals.

   Beats and breaths happen "now", between two calls of vitals_process. RR intervals are differences
   of whole frames: exact.

   Threads: vitals_new and vitals_free not real-time, everything else [realtime], one thread.
*/

typedef struct Vitals Vitals;

/// `rate` in Hz, 1000..768000. NULL on a bad rate or no memory
Vitals* vitals_new(double rate);
void vitals_free(Vitals* vitals);
/// Forget the series; settings and the tone's baseline stay
void vitals_reset(Vitals* vitals);

void vitals_set_clean(Vitals* vitals, bool clean);      ///< see rr_set_clean
void vitals_set_window(Vitals* vitals, float window_s); ///< see hrv_set_window
void vitals_set_drive(Vitals* vitals, ToneDrive drive); ///< see tone_set_drive
void vitals_learn(Vitals* vitals);                      ///< see tone_learn
/// Beats are told this many frames after they happened, breaths at once (default 0, at most 2 s)
void vitals_set_beat_delay(Vitals* vitals, uint32_t frames);

void vitals_beat(Vitals* vitals, bool reliable, float quality);
/// How good the beat told last was (0..1), where that comes after it
void vitals_quality(Vitals* vitals, float quality);

/// [realtime] The same for how like it is to the usual beat, 0..1
void vitals_likeness(Vitals* vitals, float likeness);

/// An in-breath begins
void vitals_breath(Vitals* vitals);
/// The breathing rate as the breath estimator gives it (1/min); without it, it is taken from the
/// in-breaths
void vitals_breath_rate(Vitals* vitals, float rate_per_min);

/// How sure the breath is, 0..1, before the breaths it is about; 1 where it is never told. Below
/// 0.5 a breath is not used
void vitals_breath_confidence(Vitals* vitals, float confidence);

void vitals_process(Vitals* vitals, uint32_t n);

/// True while breaths come from outside
bool vitals_told_breaths(const Vitals* vitals);

const HrvMeasures* vitals_measures(const Vitals* vitals);
/// See hrv_breath_rate
double vitals_breathing(const Vitals* vitals);
/// See hrv_lines
uint32_t vitals_lines(const Vitals* vitals, const float** density, double* line_hz);
ToneState vitals_tone(const Vitals* vitals);
void vitals_baseline(const Vitals* vitals, ToneBaseline* baseline);
void vitals_set_baseline(Vitals* vitals, const ToneBaseline* baseline);

#endif
