// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Steady rates are trusted, rates that jump about are not, and a change that is known is forgiven.

#include "dsp/breath_steady.h"

#include "dsp/random.h"

#include "unit.h"

#include <math.h>

/// `beats` of 0.9 s at a rate that scatters by `scatter` (ln)
static float live(BreathSteady* steady, int beats, float per_min, float scatter, Random* random)
{
    float factor = 0.0f;
    for (int i = 0; i < beats; ++i) {
        factor = steady_take(steady, per_min * expf(scatter * (float)random_normal(random)), 0.9f,
                             false);
        assert_true(factor >= 0.0f && factor <= 1.0f);
    }
    return factor;
}

static void steady_rates_are_trusted(void** state)
{
    (void)state;
    Random random = random_make(1, 0);
    BreathSteady steady = {0};
    assert_true(live(&steady, 40, 15.0f, 0.0f, &random) == 1.0f);
    assert_true(live(&steady, 40, 15.0f, 0.08f, &random) > 0.9f);
}

static void rates_that_jump_are_not(void** state)
{
    (void)state;
    Random random = random_make(2, 0);
    BreathSteady steady = {0};
    live(&steady, 40, 15.0f, 0.0f, &random);
    assert_true(live(&steady, 40, 12.0f, 0.4f, &random) < 0.2f);
    assert_true(live(&steady, 90, 12.0f, 0.0f, &random) > 0.9f); // it comes back
}

static void a_known_change_is_forgiven(void** state)
{
    (void)state;
    Random random = random_make(3, 0);
    for (int known = 0; known < 2; ++known) {
        BreathSteady steady = {0};
        live(&steady, 40, 15.0f, 0.0f, &random);
        steady_take(&steady, 6.0f, 0.9f, known);
        const float after = live(&steady, 10, 6.0f, 0.0f, &random);
        assert_true(known ? after == 1.0f : after < 0.3f);
    }
}

static void no_rate_is_not_trusted(void** state)
{
    (void)state;
    BreathSteady steady = {0};
    assert_true(steady_take(&steady, 0.0f, 0.9f, false) == 0.0f);
    assert_true(steady_take(&steady, NAN, 0.9f, false) == 0.0f);
    assert_true(steady_take(&steady, 12.0f, 0.9f, false) == 1.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_rates_are_trusted),
        cmocka_unit_test(rates_that_jump_are_not),
        cmocka_unit_test(a_known_change_is_forgiven),
        cmocka_unit_test(no_rate_is_not_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
