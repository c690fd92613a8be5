// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_bin.h"

#include "dsp/four.h"

#include <math.h>

static inline float larger(const float x, const float y)
{
    return x > y ? x : y;
}

static inline float smaller(const float x, const float y)
{
    return x < y ? x : y;
}

// Tuned on a part of the recordings at hand, looked at on the others (docs/algorithms.md). The
// variances are relative to the variance of the measurement noise, which is learned.

// Expected variance of the breath in the differences of intervals, and in the shapes.
static const float interval_gain = BIN_INTERVAL_GAIN;
static const float shape_gain = 0.3f;
// Of it the second harmonic: breaths are no sines, least of all a ventilator's.
static const float harmonic_share = 0.2f;
// Expected variance of Mayer waves in the shapes.
static const float slow_gain = 6.0f;
// Growth of the level's variance, per s.
static const float drift_per_s = 1.0f;
// Degrees of freedom of Student's t: lower is more robust against odd beats.
static const float freedom = 4.0f;
#define LEVEL_VARIANCE 100.0f // of the unknown level at the start
#define TINY           1e-20f

enum { A, B, HA, HB, SA, SB, LEVEL };

void bin_init(BankBin* const bin)
{
    bin->rr_p[0] = bin->rr_p[2] = interval_gain;
    bin->p[A][A] = bin->p[B][B] = shape_gain;
    bin->p[HA][HA] = bin->p[HB][HB] = shape_gain * harmonic_share;
    bin->p[SA][SA] = bin->p[SB][SB] = slow_gain;
    bin->p[LEVEL][LEVEL] = LEVEL_VARIANCE;
}

static void turn(float* const a, float* const b, const float c, const float s)
{
    const float before = *a;
    *a = c * before - s * *b;
    *b = s * before + c * *b;
    if (fabsf(*a) + fabsf(*b) < TINY) {
        *a = *b = 0.0f;
    }
}

// Evidence and noise variance from a prediction error; returns how much the beat is trusted, 0..1.
static float judge(const BreathBank* const bank, BankBin* const bin, const int source,
                   const float error, const float s)
{
    const uint32_t n = bank->count[source] - (source > 0);
    if (n < 4) {
        bin->v[source] = bin->v_new[source] = bank->scale[source];
    }
    const float v = larger(bin->v[source], 1e-18f);
    const float z = error * error / (s * v);
    const float trust = smaller((freedom + 1.0f) / (freedom + z), 1.0f);
    if (n > 3) {
        const float gain = larger(1.0f - bank->fade, 1.0f / (float)n);
        bin->v[source] = v + gain * (z * trust - 1.0f) * v;
        bin->spread[source] += gain * (logf(s) - bin->spread[source]);
        const float v_new = larger(bin->v_new[source], 1e-18f);
        const float z_new = error * error / (s * v_new);
        const float gain_new = larger(1.0f - bank->fade_new, 1.0f / (float)n);
        const float trust_new = smaller((freedom + 1.0f) / (freedom + z_new), 1.0f);
        bin->v_new[source] = v_new + gain_new * (z_new * trust_new - 1.0f) * v_new;
    }
    return trust;
}

static void step_interval(const BreathBank* const bank, BankBin* const bin, const float keep,
                          const float c, const float s)
{
    float* const p = bin->rr_p;
    turn(&bin->rr_a, &bin->rr_b, c, s);
    const float aa = c * c * p[0] - 2.0f * c * s * p[1] + s * s * p[2];
    const float bb = s * s * p[0] + 2.0f * c * s * p[1] + c * c * p[2];
    const float ab = c * s * (p[0] - p[2]) + (c * c - s * s) * p[1];
    const float fresh = interval_gain * (1.0f - keep * keep);
    p[0] = aa + fresh;
    p[1] = ab;
    p[2] = bb + fresh;
    if (!bank->use[0]) {
        return;
    }
    const float variance = p[0] + 1.0f;
    const float error = bank->y[0] - bin->rr_a;
    const float trust = judge(bank, bin, 0, error, variance);
    const float certain = p[0] + 1.0f / larger(trust, 1e-6f);
    const float ka = p[0] / certain;
    const float kb = p[1] / certain;
    bin->rr_a += ka * error;
    bin->rr_b += kb * error;
    p[2] -= kb * p[1];
    p[1] -= ka * p[1];
    p[0] -= ka * p[0];
}

enum { HALVES = BANK_ROW / 4 }; // a row of the covariance is two registers

// A row turned by the rotations of the three oscillations
typedef struct {
    Four straight[HALVES], across[HALVES];
} Turn;

static Turn make_turn(const float c[3], const float s[3])
{
    return (Turn){{{c[0], c[0], c[1], c[1]}, {c[2], c[2], 1.0f, 0.0f}},
                  {{-s[0], s[0], -s[1], s[1]}, {-s[2], s[2], 0.0f, 0.0f}}};
}

static Four turned(const Turn* const turn, const int h, const Four row)
{
    return turn->straight[h] * row + turn->across[h] * four_swap_pairs(row);
}

static void turn_states(float x[BANK_ROW], const Turn* const turn)
{
    for (int h = 0; h < HALVES; ++h) {
        const Four now = turned(turn, h, four_load(x + 4 * h));
        const FourInt large = (now > TINY) | (now < -TINY);
        four_store(x + 4 * h, (Four)((FourInt)now & large));
    }
}

// The covariance on both sides
static void turn_covariance(float p[BANK_STATES][BANK_ROW], const Turn* const turn,
                            const float c[3], const float s[3])
{
    for (int h = 0; h < HALVES; ++h) {
        const int at = 4 * h;
        for (int i = 0; i < 3; ++i) {
            const Four a = four_load(&p[2 * i][at]);
            const Four b = four_load(&p[2 * i + 1][at]);
            four_store(&p[2 * i][at], turned(turn, h, c[i] * a - s[i] * b));
            four_store(&p[2 * i + 1][at], turned(turn, h, s[i] * a + c[i] * b));
        }
        four_store(&p[LEVEL][at], turned(turn, h, four_load(&p[LEVEL][at])));
    }
}

// judge() for all shapes at once; places as in the sources, the first of which is left alone
static Four judge_shapes(const BreathBank* const bank, BankBin* const bin, const Four error,
                         const float s)
{
    FourInt n = {0};
    FourInt use = {0};
    for (int i = 1; i < BANK_SOURCES; ++i) {
        n[i] = (int32_t)bank->count[i] - 1;
        use[i] = bank->use[i] ? -1 : 0;
    }
    const FourInt young = use & (n < 4);
    const FourInt known = use & (n > 3);
    const Four one = four_all(1.0f);
    const Four least = four_all(1e-18f);
    const Four scale = four_load(bank->scale);
    const Four square = error * error / s;
    const Four each = one / four_larger(__builtin_convertvector(n, Four), one);
    const Four spread = four_load(bin->spread);

    const Four v = four_choose(young, scale, four_load(bin->v));
    const Four noise = four_larger(v, least);
    const Four z = square / noise;
    const Four trust = four_smaller((freedom + 1.0f) / (freedom + z), one);
    const Four gain = four_larger(four_all(1.0f - bank->fade), each);
    four_store(bin->v, four_choose(known, noise + gain * (z * trust - 1.0f) * noise, v));
    four_store(bin->spread,
               four_choose(known, spread + gain * (four_log(four_all(s)) - spread), spread));

    const Four v_new = four_choose(young, scale, four_load(bin->v_new));
    const Four noise_new = four_larger(v_new, least);
    const Four z_new = square / noise_new;
    const Four trust_new = four_smaller((freedom + 1.0f) / (freedom + z_new), one);
    const Four gain_new = four_larger(four_all(1.0f - bank->fade_new), each);
    four_store(
        bin->v_new,
        four_choose(known, noise_new + gain_new * (z_new * trust_new - 1.0f) * noise_new, v_new));
    return trust;
}

static void step_shapes(const BreathBank* const bank, BankBin* const bin, const float keep,
                        const float c, const float s)
{
    // The second harmonic's angle is the double one, damped once
    const float damped = larger(keep, TINY);
    const float cosines[3] = {c, (c * c - s * s) / damped, bank->keep_slow * bank->slow_c};
    const float sines[3] = {s, 2.0f * c * s / damped, bank->keep_slow * bank->slow_s};
    const Turn turn = make_turn(cosines, sines);
    for (int i = 0; i < BANK_SHAPES; ++i) {
        turn_states(bin->x[i], &turn);
    }
    const float fresh = shape_gain * (1.0f - keep * keep);
    const float fresh_slow = slow_gain * (1.0f - bank->keep_slow * bank->keep_slow);
    turn_covariance(bin->p, &turn, cosines, sines);
    bin->p[A][A] += fresh;
    bin->p[B][B] += fresh;
    bin->p[HA][HA] += harmonic_share * fresh;
    bin->p[HB][HB] += harmonic_share * fresh;
    bin->p[SA][SA] += fresh_slow;
    bin->p[SB][SB] += fresh_slow;
    bin->p[LEVEL][LEVEL] =
        smaller(bin->p[LEVEL][LEVEL] + drift_per_s * bank->beat.dt_s, LEVEL_VARIANCE);
    if (!bank->use[1] && !bank->use[2] && !bank->use[3]) {
        return;
    }
    float reach[BANK_ROW]; // covariance of each state with the measurement
    float share[BANK_ROW]; // over the variance of the measurement
    for (int h = 0; h < HALVES; ++h) {
        const int at = 4 * h;
        four_store(&reach[at], four_load(&bin->p[A][at]) + four_load(&bin->p[HA][at]) +
                                   four_load(&bin->p[SA][at]) + four_load(&bin->p[LEVEL][at]));
    }
    const float explained = reach[A] + reach[HA] + reach[SA] + reach[LEVEL];
    const float variance = explained + 1.0f;
    Four error = {0.0f};
    for (int i = 0; i < BANK_SHAPES; ++i) {
        const float* const x = bin->x[i];
        error[i + 1] = bank->use[i + 1] ? bank->y[i + 1] - (x[A] + x[HA] + x[SA] + x[LEVEL]) : 0.0f;
    }
    const Four trust = judge_shapes(bank, bin, error, variance);
    const Four gain = error / (explained + 1.0f / four_larger(trust, four_all(1e-6f)));
    for (int i = 0; i < BANK_SHAPES; ++i) { // by nothing where there was no measurement
        for (int h = 0; h < HALVES; ++h) {
            float* const x = &bin->x[i][4 * h];
            four_store(x, four_load(x) + gain[i + 1] * four_load(&reach[4 * h]));
        }
    }
    for (int h = 0; h < HALVES; ++h) {
        four_store(&share[4 * h], four_load(&reach[4 * h]) / variance);
    }
    for (int i = 0; i < BANK_STATES; ++i) {
        for (int h = 0; h < HALVES; ++h) {
            float* const p = &bin->p[i][4 * h];
            four_store(p, four_load(p) - share[i] * four_load(&reach[4 * h]));
        }
    }
}

void bin_step(const BreathBank* const bank, BankBin* const bin, const float keep, const float c,
              const float s)
{
    step_interval(bank, bin, keep, c, s);
    if (bank->count[1] > 0 || bank->count[2] > 0 || bank->count[3] > 0) {
        step_shapes(bank, bin, keep, c, s);
    }
}
