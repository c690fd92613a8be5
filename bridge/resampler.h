// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Band-limited resampling from a sensor's rate to JACK's, at any ratio that may change on the way.
///
/// Each output sample is the sum of the input samples around its place, weighted by a sinc under a
/// Kaiser window (beta 8, eight zero crossings either side: 16 taps). libsamplerate refuses ratios
/// beyond 256, which 130 Hz to 48 kHz exceeds, and soxr takes seconds of delay; this one looks
/// eight input samples ahead. For input rates above the output's the kernel widens with the ratio,
/// so that nothing folds back.
///
/// Weights are divided by their sum: a constant stays that constant exactly.

#ifndef TONUS_BRIDGE_RESAMPLER_H
#define TONUS_BRIDGE_RESAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#define RESAMPLER_HALF_WIDTH 8 ///< input samples (output samples when downsampling)

typedef struct Resampler Resampler;

/// `max_step` is the greatest number of input samples per output sample that will be asked for, up
/// to 4096. NULL on nonsense or without memory.
Resampler* resampler_new(double max_step);

void resampler_free(Resampler* rs);

/// Forgets the input. The next output sample lies at the place of the next input sample. [realtime]
void resampler_reset(Resampler* rs);

/// Forgets the input. The next output sample lies `place` >= 0 input samples after the next input
/// sample. [realtime]
void resampler_begin_at(Resampler* rs, double place);

/// Input samples per output sample, 0 < step <= max_step (clamped); may change with every output
/// sample. [realtime]
void resampler_set_step(Resampler* rs, double step);

/// Is another input sample needed before the next output sample? [realtime]
bool resampler_hungry(const Resampler* rs);

/// Adds one input sample; only when hungry. [realtime]
void resampler_push(Resampler* rs, float x);

/// One output sample; only when not hungry. Before the first input sample lies silence. [realtime]
float resampler_pull(Resampler* rs);

/// Place of the next output sample, in input samples since the reset [realtime]
double resampler_position(const Resampler* rs);

/// Input samples beyond its place that an output sample needs at that step: the look-ahead
/// [realtime]
double resampler_lookahead(double step);

/// For whole signals: takes from `in` what it needs and fills `out` as far as that reaches. `*n_in`
/// is the number of samples there are and becomes the number used; returns the number of samples
/// put out. [realtime]
uint32_t resampler_process(Resampler* rs, const float* in, uint32_t* n_in, float* out,
                           uint32_t n_out);

#endif
