// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_SIEVE_H
#define TONUS_DSP_SIEVE_H

// Keeps partials from being rough to each other. Two sines 15 to 150 Hz apart make the envelope
// beat at their distance, which the ear takes for danger (Arnal 2015; Taffou 2021): the lesser of
// the two is made so faint that the beating stays below SIEVE_DB of the whole. Which one is the
// lesser is given by a rank that does not change with the sound, so that nothing jumps to and fro.
//
// One partial is judged at each call of sieve_judge, so that the work is level. Plain data; all
// functions are [realtime].

#include <stdbool.h>
#include <stdint.h>

#define SIEVE_MOST 96      // partials
#define SIEVE_DB   (-53.0) // of each pair; several pairs at one distance may add up to -40

typedef struct {
    float hz;
    float amplitude; // as it would be without the sieve, linear; 0: there is none
    float rank;      // higher ones stay as they are
    float goal;      // log2 of the factor that it is to have, <= 0
    float now;       // log2 of the factor that it has
} SievePartial;

typedef struct {
    uint32_t n, next;
    float follow; // share of the way per sieve_factor
    SievePartial partial[SIEVE_MOST];
} Sieve;

// n <= SIEVE_MOST; step_s: between two calls of sieve_factor for the same partial.
void sieve_init(Sieve* sieve, uint32_t n, double step_s);

// What the partial is now; returns the factor (0..1) for its amplitude.
float sieve_factor(Sieve* sieve, uint32_t index, float hz, float amplitude, float rank);

// The factor without moving it.
float sieve_now(const Sieve* sieve, uint32_t index);

// The partial keeps its factor, and the others need not mind it.
void sieve_leave(Sieve* sieve, uint32_t index);

// The partial is gone.
void sieve_forget(Sieve* sieve, uint32_t index);

// Judges one more partial; power: of the whole sound, the sum of squared amplitudes.
void sieve_judge(Sieve* sieve, double power);

#endif
