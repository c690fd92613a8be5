// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   Four numbers at a time: the vector registers that every processor has, through gcc's and clang's
   vector extension. The same results everywhere. All functions are [realtime].
*/

#ifndef TONUS_DSP_FOUR_H
#define TONUS_DSP_FOUR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef float Four __attribute__((vector_size(16)));
typedef int32_t FourInt __attribute__((vector_size(16)));

/// Two of double precision
typedef double Two __attribute__((vector_size(16)));
typedef int64_t TwoInt __attribute__((vector_size(16)));

/// From and to any four floats in a row
static inline Four four_load(const float* const from)
{
    Four all;
    memcpy(&all, from, sizeof(all));
    return all;
}

static inline void four_store(float* const to, const Four all)
{
    memcpy(to, &all, sizeof(all));
}

static inline Four four_all(const float x)
{
    return (Four){x, x, x, x};
}

/// Where the mask (of a comparison) is set a, else b
static inline Four four_choose(const FourInt mask, const Four a, const Four b)
{
    return (Four)(((FourInt)a & mask) | ((FourInt)b & ~mask));
}

/// The second where the first is not a number
static inline Four four_larger(const Four a, const Four b)
{
    return four_choose(a > b, a, b);
}

static inline Four four_smaller(const Four a, const Four b)
{
    return four_choose(a < b, a, b);
}

static inline Four four_sqrt(const Four a)
{
    return (Four){sqrtf(a[0]), sqrtf(a[1]), sqrtf(a[2]), sqrtf(a[3])};
}

/// Neighbours change places: 1 0 3 2
static inline Four four_swap_pairs(const Four a)
{
#if defined(__clang__) || __GNUC__ >= 12
    return __builtin_shufflevector(a, a, 1, 0, 3, 2);
#else
    return __builtin_shuffle(a, (FourInt){1, 0, 3, 2});
#endif
}

/// Natural logarithm of positive normal numbers, relative error below 2e-7 of 1: mantissa by a
/// polynomial (S. Moshier, Cephes, logf)
static inline Four four_log(const Four x)
{
    const FourInt bits = (FourInt)x;
    Four m = (Four)((bits & 0x007FFFFF) | 0x3F000000); // 0.5..1
    const FourInt low = m < 0.707106781f;
    const Four e = __builtin_convertvector((bits >> 23) - 126 + low, Four);
    m = m - 1.0f + (Four)((FourInt)m & low);
    const Four z = m * m;
    Four y = m * 7.0376836292e-2f - 1.1514610310e-1f;
    y = y * m + 1.1676998740e-1f;
    y = y * m - 1.2420140846e-1f;
    y = y * m + 1.4249322787e-1f;
    y = y * m - 1.6668057665e-1f;
    y = y * m + 2.0000714765e-1f;
    y = y * m - 2.4999993993e-1f;
    y = y * m + 3.3333331174e-1f;
    y = y * m * z - 2.12194440e-4f * e - 0.5f * z;
    return m + y + 0.693359375f * e;
}

#endif // TONUS_DSP_FOUR_H
