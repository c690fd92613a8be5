// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The bank finds the rate of made beat series, in intervals or shapes, weighs what contradicts, and
// recovers from wild values; its work comes in equal pieces.

#include "dsp/breath_bank.h"

#include "dsp/random.h"

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#define TURN 6.28318530717958648
#define RR_S 0.9

typedef struct {
    BreathBank* bank;
    Random random;
    double t;
    double interval_s; // amplitude of the differences' sine
    double height;     // of the first shape's sine
    double noise;      // of both, as a share of 0.02 s or of 1
} Series;

static Series series_new(double interval_s, double height, double noise, uint32_t seed)
{
    Series s = {(BreathBank*)malloc(sizeof(BreathBank)),
                random_make(seed, 0),
                0.0,
                interval_s,
                height,
                noise};
    assert_non_null(s.bank);
    bank_init(s.bank);
    return s;
}

static void beat(Series* s, double per_min)
{
    const double angle = TURN * per_min / 60.0 * s->t;
    const BankBeat now = {
        .dt_s = (float)RR_S,
        .rr_s = (float)RR_S,
        .interval_valid = s->interval_s > 0.0,
        .difference_s =
            (float)(s->interval_s * sin(angle) + 0.02 * s->noise * random_normal(&s->random)),
        .shape = {s->height > 0.0
                      ? (float)(1.0 + s->height * cos(angle) + s->noise * random_normal(&s->random))
                      : NAN,
                  NAN, NAN},
    };
    bank_beat(s->bank, &now);
    int pieces = 0;
    while (bank_busy(s->bank)) {
        ++pieces;
        assert_true(bank_step(s->bank) == !bank_busy(s->bank));
    }
    assert_int_equal(pieces, BANK_STEPS);
    s->t += RR_S;
}

static void finds_the_rate(void** state)
{
    (void)state;
    const double rates[] = {5.0, 9.0, 14.0, 22.0};
    for (int kind = 0; kind < 2; ++kind) {
        for (int i = kind; i < 4; ++i) { // shapes at 5 per min are like Mayer waves
            Series s = series_new(kind ? 0.0 : 0.02, kind ? 0.2 : 0.0, kind ? 0.05 : 0.25, 1);
            for (int k = 0; k < 100; ++k) {
                beat(&s, rates[i]);
            }
            const BankResult* const r = &s.bank->result;
            assert_float_equal(r->rate_per_min, rates[i], 0.02 * rates[i]);
            assert_true(r->confidence > 0.8f);
            assert_true(r->source[kind].support > 3.0f);
            assert_true(r->source[2].support == 0.0f); // never measured
            free(s.bank);
        }
    }
}

static void noise_is_no_rhythm(void** state)
{
    (void)state;
    double sure = 0.0;
    for (uint32_t seed = 1; seed <= 8; ++seed) {
        Series s = series_new(1e-6, 0.0, 1.0, seed);
        for (int k = 0; k < 120; ++k) {
            beat(&s, 12.0);
            sure += k >= 40 ? (double)s.bank->result.confidence / (8.0 * 80.0) : 0.0;
        }
        free(s.bank);
    }
    assert_true(sure < 0.4);
}

// Half a beat's interval is the fastest breath that beats can show
static void no_faster_than_two_beats(void** state)
{
    (void)state;
    Series s = series_new(0.02, 0.0, 0.25, 4);
    for (int k = 0; k < 100; ++k) {
        BankBeat now = {.dt_s = 1.5f,
                        .rr_s = 1.5f,
                        .interval_valid = true,
                        .difference_s = k % 2 ? 0.03f : -0.03f,
                        .shape = {NAN, NAN, NAN}};
        bank_beat(s.bank, &now);
        while (bank_busy(s.bank)) {
            bank_step(s.bank);
        }
        assert_true(s.bank->result.rate_per_min < 20.8f);
    }
    free(s.bank);
}

static void recovers_from_wild_values(void** state)
{
    (void)state;
    Series s = series_new(0.02, 0.2, 0.1, 5);
    const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 1e-40f, 0.0f};
    for (int k = 0; k < 70; ++k) {
        const float v = wild[k % 7], w = wild[(k / 7) % 7];
        const BankBeat now = {v, w, true, w, {v, w, v}};
        bank_beat(s.bank, &now);
        while (bank_busy(s.bank)) {
            bank_step(s.bank);
        }
        assert_true(isfinite(s.bank->result.rate_per_min));
        assert_true(s.bank->result.confidence >= 0.0f && s.bank->result.confidence <= 1.0f);
    }
    for (int k = 0; k < 200; ++k) {
        beat(&s, 14.0);
    }
    assert_float_equal(s.bank->result.rate_per_min, 14.0f, 0.4);
    free(s.bank);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_rate),
        cmocka_unit_test(noise_is_no_rhythm),
        cmocka_unit_test(no_faster_than_two_beats),
        cmocka_unit_test(recovers_from_wild_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
