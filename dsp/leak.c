// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/leak.h"

#include "dsp/four.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

// Time constant: partials 2 Hz apart and more hardly take from one another, and what swells with a
// breath is followed
#define FOLLOW_S 0.3
// Amplitudes change by so much of themselves in a second: the partners beat with up to 2 Hz at a
// third of the partial's strength, while a hum multiplies it within some hundredths of a second
#define SLEW_PER_S 2.0
// and besides by so much of full scale (-60 dB), or nothing would ever begin
#define FLOOR_PER_S 0.001
// Between two steps of the amplitudes
#define STEP_S 0.004
// Highest partial that is looked after, Hz: what lies above is too faint in a drone
#define HIGHEST_HZ 1200.0F
// Lowest, Hz: the drone has nothing below
#define LOWEST_HZ 36.0F
// Nearer than this, Hz: one and the same
#define SAME_HZ 1.0F
// A partial that moves by less than this share is the same one
#define MOVES 0.05F
// A tone within this of a partial, Hz, would be taken for it
#define HELD_HZ 8.0F

// What the drone's voicings are made of (see voicing.c), over the fundamental
static const float ratios[] = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F,  5.4F,  6.0F, 7.0F,
                               8.0F, 9.0F, 9.6F, 10.F, 12.0F, 13.5F, 16.0F};
enum { RATIOS = sizeof ratios / sizeof *ratios };

void leak_init(Leak* const l, const double rate)
{
    memset(l, 0, sizeof(*l));
    l->rate = rate;
    l->in_step = (uint32_t)(STEP_S * rate + 0.5);
    l->in_step = l->in_step ? l->in_step : 1U;
    const double step_s = l->in_step / rate;
    l->follow = (float)(2.0 * step_s / FOLLOW_S / l->in_step);
    l->slew = (float)(SLEW_PER_S * step_s);
    l->floor = (float)(FLOOR_PER_S * step_s);
}

void leak_reset(Leak* const l)
{
    l->phase = 0;
    memset(l->amp_re, 0, sizeof(l->amp_re));
    memset(l->amp_im, 0, sizeof(l->amp_im));
    memset(l->sum_re, 0, sizeof(l->sum_re));
    memset(l->sum_im, 0, sizeof(l->sum_im));
    for (uint32_t i = 0; i < l->n; ++i) {
        l->re[i] = l->keep[i] = 1.0F;
        l->im[i] = 0.0F;
    }
}

// Takes over from the old partial next to it, or begins anew
static void place(Leak* const l, const Leak* const old, const float hz)
{
    const uint32_t at = l->n++;
    const double turn = 6.283185307179586 * (double)hz / l->rate;
    l->hz[at] = hz;
    l->turn_re[at] = (float)cos(turn);
    l->turn_im[at] = (float)sin(turn);
    l->re[at] = l->keep[at] = 1.0F;
    float nearest = MOVES * hz;
    for (uint32_t i = 0; i < old->n; ++i) {
        const float distance = fabsf(old->hz[i] - hz);
        if (distance < nearest) {
            nearest = distance;
            l->re[at] = old->re[i];
            l->im[at] = old->im[i];
            l->amp_re[at] = old->amp_re[i];
            l->amp_im[at] = old->amp_im[i];
            l->keep[at] = old->keep[i];
        }
    }
}

void leak_set(Leak* const l, const float* const fundamentals_hz, const uint32_t count)
{
    const Leak old = *l;
    const float highest = fminf(HIGHEST_HZ, 0.45F * (float)l->rate);
    leak_init(l, old.rate);
    l->phase = old.phase;
    // The strongest partials of all first
    for (uint32_t k = 0; k < RATIOS; ++k) {
        for (uint32_t i = 0; i < count && l->n < LEAK_MOST; ++i) {
            const float hz = ratios[k] * fundamentals_hz[i];
            bool fresh = hz > LOWEST_HZ && hz < highest;
            for (uint32_t j = 0; fresh && j < l->n; ++j) {
                fresh = fabsf(l->hz[j] - hz) > SAME_HZ;
            }
            if (fresh) {
                place(l, &old, hz);
            }
        }
    }
    l->n_lanes = (l->n + 3U) / 4U * 4U;
}

void leak_hold(Leak* const l, const float hz)
{
    for (uint32_t i = 0; i < l->n; ++i) {
        const float nearest = hz > 0.0F ? hz * fmaxf(1.0F, floorf(l->hz[i] / hz + 0.5F)) : 0.0F;
        const bool held = hz < 0.0F || (hz > 0.0F && fabsf(nearest - l->hz[i]) < HELD_HZ);
        l->keep[i] = held ? 0.0F : 1.0F;
    }
}

// The amplitudes follow, none faster than it may
static void follow(Leak* const l)
{
    for (uint32_t i = 0; i < l->n; ++i) {
        float re = l->follow * l->keep[i] * l->sum_re[i];
        float im = l->follow * l->keep[i] * l->sum_im[i];
        const float most =
            l->floor + l->slew * sqrtf(l->amp_re[i] * l->amp_re[i] + l->amp_im[i] * l->amp_im[i]);
        const float length = sqrtf(re * re + im * im);
        const float gain = length > most ? most / length : 1.0F;
        l->amp_re[i] += gain * re;
        l->amp_im[i] += gain * im;
        if (fabsf(l->amp_re[i]) + fabsf(l->amp_im[i]) < 1e-12F) {
            l->amp_re[i] = l->amp_im[i] = 0.0F;
        }
        l->sum_re[i] = l->sum_im[i] = 0.0F;
        // Back to length 1
        const float length2 = l->re[i] * l->re[i] + l->im[i] * l->im[i];
        l->re[i] *= 1.5F - 0.5F * length2;
        l->im[i] *= 1.5F - 0.5F * length2;
    }
}

float leak_step(Leak* const l, const float x)
{
    if (!l->n) {
        return x;
    }
    Four sum = four_all(0.0F);
    for (uint32_t i = 0; i < l->n_lanes; i += 4U) {
        sum += four_load(l->amp_re + i) * four_load(l->re + i) -
               four_load(l->amp_im + i) * four_load(l->im + i);
    }
    const float rest = x - (sum[0] + sum[1] + sum[2] + sum[3]);
    const Four error = four_all(rest);
    for (uint32_t i = 0; i < l->n_lanes; i += 4U) {
        const Four re = four_load(l->re + i), im = four_load(l->im + i);
        const Four turn_re = four_load(l->turn_re + i), turn_im = four_load(l->turn_im + i);
        four_store(l->sum_re + i, four_load(l->sum_re + i) + error * re);
        four_store(l->sum_im + i, four_load(l->sum_im + i) - error * im);
        four_store(l->re + i, re * turn_re - im * turn_im);
        four_store(l->im + i, re * turn_im + im * turn_re);
    }
    if (++l->phase >= l->in_step) {
        l->phase = 0;
        follow(l);
    }
    return rest;
}

float leak_power(const Leak* const l)
{
    float sum = 0.0F;
    for (uint32_t i = 0; i < l->n; ++i) {
        sum += l->amp_re[i] * l->amp_re[i] + l->amp_im[i] * l->amp_im[i];
    }
    return 0.5F * sum;
}
