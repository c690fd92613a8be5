// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What tests measure on rendered sound: spectra, envelopes, steps.
#ifndef TESTS_AUDIO_H
#define TESTS_AUDIO_H

#include <stdbool.h>
#include <stddef.h>

/// A power spectrum (Blackman-Harris window). power[k] at k * hz_per_bin; the sum over the bins of
/// a sine's main lobe is its mean square.
typedef struct {
    size_t bins;
    double hz_per_bin;
    double* power;
} AudioSpectrum;

/// Of the first 2^k <= n samples, k as large as possible. Ends the process when memory is short.
AudioSpectrum audio_spectrum(const float* x, size_t n, double rate);
void audio_spectrum_free(AudioSpectrum* spectrum);

/// Mean square between two frequencies.
double audio_band(const AudioSpectrum* spectrum, double from_hz, double to_hz);

double audio_db(double power); ///< 10 lg, never below -300

/// Level of the partial at a frequency: what is within 12 Hz of it.
double audio_partial_db(const AudioSpectrum* spectrum, double hz);

double audio_mean_square(const float* x, size_t n);

/// Depth of the strongest amplitude modulation between two rates, as a spectral line of the whole
/// signal's envelope (Hilbert), relative to the envelope's mean (1 = fully modulated).
double audio_modulation(const float* x, size_t n, double rate, double from_hz, double to_hz);

/// The same for the part of the signal within half_hz around a frequency; *line_hz, when not NULL,
/// is the rate of the strongest modulation.
double audio_modulation_at(const float* x, size_t n, double rate, double hz, double half_hz,
                           double from_hz, double to_hz, double* line_hz);

/// Loudness after ITU-R BS.1770 with libebur128. False where the library is missing.
bool audio_loudness(const float* left, const float* right, size_t n, double rate,
                    double* integrated_lufs, double* true_peak_db);

/// Momentary loudness (400 ms) each 100 ms, in LUFS; returns how many were written. K weighting of
/// our own, so that no library is needed.
size_t audio_momentary(const float* left, const float* right, size_t n, double rate, double* lufs,
                       size_t capacity);

#endif
