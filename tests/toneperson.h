// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A simulated person whose beats go through all that makes the tone: what tests and benches see
/// it move by.

#ifndef TONUS_TESTS_TONEPERSON_H
#define TONUS_TESTS_TONEPERSON_H

#include "dsp/heart.h"
#include "dsp/vitals.h"

#include <stdbool.h>

#define TONEPERSON_RATE 1000.0 ///< Hz

typedef struct {
    Heart* heart;
    Vitals* vitals;
    bool told;     ///< breaths are told; else they are taken from the beats
    float last;    ///< tone one step before
    float fastest; ///< largest change in 0.1 s
} TonePerson;

/// Whose respiratory swing follows the breath's rate as the sinus node's response to the vagus does
TonePerson toneperson_new(ToneDrive drive, uint32_t seed, double heart_rate, bool told);
void toneperson_free(TonePerson* person);

/// Lives on for `seconds`, with a swing of `rsa_ms` at 15 breaths per minute; returns the mean tone
/// of the second half
double toneperson_live(TonePerson* person, double seconds, double breaths_per_min, double rsa_ms);

#endif
