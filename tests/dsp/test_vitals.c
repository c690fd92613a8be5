// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Beats alone make HRV, breathing and tone; a silence ends the series; blocks do not matter.

#include "dsp/vitals.h"

#include "dsp/heart.h"
#include "unit.h"

#include <math.h>
#include <string.h>

#define RATE 8000.0

/// A simulated person's beats, and the breaths if `tell`
static Vitals* live(double seconds, double breaths_per_min, bool tell, uint32_t block)
{
    Heart* const heart = heart_new(RATE, 4);
    Vitals* const vitals = vitals_new(RATE);
    assert_non_null(heart);
    assert_non_null(vitals);
    heart_set_breath_rate(heart, breaths_per_min);
    heart_set_rsa(heart, 80.0);
    const uint64_t end = (uint64_t)(seconds * RATE);
    for (uint64_t now = 0; now < end;) {
        HeartEvent events[64];
        const uint32_t n = end - now < block ? (uint32_t)(end - now) : block;
        const uint32_t k = heart_process(heart, NULL, n, events, 64);
        uint32_t at = 0;
        for (uint32_t i = 0; i < k; ++i) {
            vitals_process(vitals, events[i].frame - at);
            at = events[i].frame;
            if (events[i].kind == HEART_BEAT) {
                vitals_beat(vitals, true, 1.f);
            } else if (events[i].kind == HEART_IN_BREATH && tell) {
                vitals_breath(vitals);
            }
        }
        vitals_process(vitals, n - at);
        now += n;
    }
    heart_free(heart);
    return vitals;
}

static void test_lifecycle(void** state)
{
    (void)state;
    assert_null(vitals_new(0.0));
    assert_null(vitals_new(NAN));
    vitals_free(NULL);
}

static void test_breaths_from_the_beats(void** state)
{
    (void)state;
    Vitals* const alone = live(150.0, 12.0, false, 256);
    Vitals* const told = live(150.0, 12.0, true, 256);
    assert_false(vitals_told_breaths(alone));
    assert_true(vitals_told_breaths(told));
    const HrvMeasures* const a = vitals_measures(alone);
    const HrvMeasures* const b = vitals_measures(told);
    assert_int_equal(a->reason[HRV_RESP], HRV_OK);
    assert_int_equal(b->reason[HRV_RESP], HRV_OK);
    assert_float_equal(a->value[HRV_RESP], b->value[HRV_RESP], 0.15 * b->value[HRV_RESP]);
    assert_true(a->value[HRV_RMSSD] == b->value[HRV_RMSSD]);
    assert_true(vitals_tone(alone).valid);
    vitals_free(alone);
    vitals_free(told);
}

static void test_silence_ends_the_series(void** state)
{
    (void)state;
    Vitals* const vitals = live(60.0, 12.0, true, 256);
    const uint64_t before = vitals_measures(vitals)->n_nn;
    vitals_process(vitals, (uint32_t)(4.0 * RATE));
    assert_int_equal(vitals_measures(vitals)->n_nn, before);
    vitals_process(vitals, (uint32_t)(2.0 * RATE)); // what waited is given out
    assert_int_equal(vitals_measures(vitals)->n_nn, before + 1);
    vitals_beat(vitals, true, 1.f); // no interval across the silence
    vitals_process(vitals, (uint32_t)RATE);
    vitals_beat(vitals, true, 1.f);
    assert_int_equal(vitals_measures(vitals)->n_nn, before + 1);
    vitals_free(vitals);
}

static void test_blocks_do_not_matter(void** state)
{
    (void)state;
    Vitals* const reference = live(100.0, 9.0, false, 256);
    const uint32_t blocks[] = {1, 7, 64, 8000};
    for (int i = 0; i < 4; ++i) {
        Vitals* const vitals = live(100.0, 9.0, false, blocks[i]);
        assert_memory_equal(vitals_measures(vitals), vitals_measures(reference),
                            sizeof(HrvMeasures));
        const ToneState a = vitals_tone(vitals), b = vitals_tone(reference);
        assert_true(a.tone == b.tone && a.learned == b.learned && a.reason == b.reason);
        vitals_free(vitals);
    }
    vitals_free(reference);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle),
        cmocka_unit_test(test_breaths_from_the_beats),
        cmocka_unit_test(test_silence_ends_the_series),
        cmocka_unit_test(test_blocks_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
