// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_RANDOM_H
#define TONUS_DSP_RANDOM_H

// Repeatable random numbers for simulation and sound synthesis; the caller holds the state.
// Everything here is [realtime]: no loop, no library call.
//
// Source: xorshift64* (Vigna 2016, doi:10.1145/2845077), seeded through one step of splitmix64 so
// that neighbouring seeds give unrelated streams.

#include <stdint.h>

typedef struct {
    uint64_t state; // never 0
} Random;

// A stream of its own for each (seed, stream) pair.
static inline Random random_make(uint32_t seed, uint32_t stream)
{
    uint64_t z = ((uint64_t)seed << 32) + stream + UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return (Random){z ? z : 1};
}

static inline uint64_t random_bits(Random* random)
{
    uint64_t x = random->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return x * UINT64_C(0x2545F4914F6CDD1D);
}

// Uniform in [0, 1).
static inline double random_uniform(Random* random)
{
    return (double)(random_bits(random) >> 11) * 0x1p-53;
}

// Mean 0, standard deviation 1, bell-shaped: the sum of four uniforms (Irwin-Hall), hence never
// beyond +-3.46, which keeps a simulated sensor within its range.
static inline double random_normal(Random* random)
{
    const uint64_t bits = random_bits(random);
    const double sum = (double)(bits & 0xFFFF) + (double)((bits >> 16) & 0xFFFF) +
                       (double)((bits >> 32) & 0xFFFF) + (double)(bits >> 48);
    return (sum - 131070.0) * (1.7320508075688772 / 65536.0); // sd of the sum: 65536 * sqrt(4/12)
}

#endif
