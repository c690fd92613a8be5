// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Leak: takes what our own drone sends into the microphone out of its signal. The frequencies of
/// the drone's partials are known; amplitude and phase of each are followed by least mean squares
/// (Widrow & Hoff 1960; an adaptive notch for each, Widrow et al. 1975). What is known to change
/// slowly is followed slowly: so a hum on the very same pitch, which sets in at once, stays.
/// A plain struct; all functions are [realtime].

#ifndef TONUS_DSP_LEAK_H
#define TONUS_DSP_LEAK_H

#include <stdint.h>

enum { LEAK_MOST = 48 }; ///< partials, a multiple of 4

typedef struct {
    double rate;       ///< Hz
    uint32_t n;        ///< partials in use; those beyond, up to a multiple of 4, are zero
    uint32_t n_lanes;  ///< n, rounded up to 4
    uint32_t phase;    ///< samples since the last step
    uint32_t in_step;  ///< samples between two steps
    float follow;      ///< share of the error per step
    float slew, floor; ///< largest change per step: of the amplitude, and besides
    float hz[LEAK_MOST];
    float turn_re[LEAK_MOST], turn_im[LEAK_MOST]; ///< rotation per sample
    float re[LEAK_MOST], im[LEAK_MOST];           ///< rotating, length 1
    float amp_re[LEAK_MOST], amp_im[LEAK_MOST];   ///< amplitude
    float sum_re[LEAK_MOST], sum_im[LEAK_MOST];   ///< error against the rotation, this step
    float keep[LEAK_MOST];                        ///< 0: this one is held, 1: it is followed
} Leak;

void leak_init(Leak* leak, double rate);

/// Forgets what leaked; the partials stay.
void leak_reset(Leak* leak);

/// The drone's fundamentals, Hz; what is followed of those that move by less than a semitone goes
/// on.
void leak_set(Leak* leak, const float* fundamentals_hz, uint32_t count);

/// The partials that a tone of this pitch (Hz) has in common are not followed from now on, but go
/// on as they are; 0: none, below 0: all.
void leak_hold(Leak* leak, float hz);

/// Takes a sample; returns it without what leaks.
float leak_step(Leak* leak, float x);

/// Power of what leaks now, full scale = 1.
float leak_power(const Leak* leak);

#endif
