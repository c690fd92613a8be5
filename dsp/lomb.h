// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_LOMB_H
#define TONUS_DSP_LOMB_H

#include <stdbool.h>
#include <stdint.h>

/**
   Lomb-Scargle periodogram of unevenly spaced points, in slices of equal work.

   Points are added one by one, then lomb_step does so many units of work at a time until the
   spectrum stands. The linear trend is removed, there is no taper and no interpolation. The result
   is a one-sided power spectral density: its integral over frequency is the variance, whatever the
   spacing (Lomb 1976, Scargle 1982; the sums of each frequency by rotating one phasor per point).

   Threads: lomb_new and lomb_free not real-time, everything else [realtime].
*/

typedef struct Lomb Lomb;

/// NULL if there is no memory or a size is 0
Lomb* lomb_new(uint32_t max_points, uint32_t max_frequencies);
void lomb_free(Lomb* lomb);

/// Start over: frequencies df, 2 df, ... n df (Hz); n is cut to the maximum
void lomb_begin(Lomb* lomb, double df_hz, uint32_t n_frequencies);

/// A point: time (s), value. Ignored beyond the maximum, or once lomb_step was called
void lomb_add(Lomb* lomb, double time_s, double value);

/// Do at most `units` of work (one: one point at one frequency; below 24 counts as 24); true when
/// the spectrum stands
bool lomb_step(Lomb* lomb, uint32_t units);

/// Calls of lomb_step with `units` that a spectrum of so many points takes
uint32_t lomb_steps(uint32_t n_points, uint32_t n_frequencies, uint32_t units);

/// Density at (k + 1) df, in value² per Hz, once lomb_step returned true; 0 for k out of range
double lomb_density(const Lomb* lomb, uint32_t k);
uint32_t lomb_frequencies(const Lomb* lomb);
double lomb_df(const Lomb* lomb);
uint32_t lomb_points(const Lomb* lomb);

/// Power between two frequencies (Hz), the cells at the edges in part
double lomb_power(const Lomb* lomb, double from_hz, double to_hz);

/// Frequency of the highest density between two frequencies (Hz), 0 if there is none
double lomb_peak(const Lomb* lomb, double from_hz, double to_hz);

#endif
