// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tone rises and falls with vagal gain, not with the breathing rate alone; it never jumps, learns a
// person's baseline and keeps it.

#include "dsp/tone.h"

#include "toneperson.h"
#include "unit.h"

#include <math.h>
#include <string.h>

#define RATE TONEPERSON_RATE

static void test_lifecycle(void** state)
{
    (void)state;
    assert_null(tone_new(0.0));
    assert_null(tone_new(NAN));
    tone_free(NULL);
    Tone* const tone = tone_new(RATE);
    tone_process(tone, 100000);
    const ToneState now = tone_state(tone);
    assert_true(now.tone == 0.5f);
    assert_false(now.valid);
    assert_int_equal(now.reason, HRV_NO_BEATS);
    assert_true(now.learned == 0.f);
    tone_free(tone);
}

static void test_follows_vagal_gain(void** state)
{
    (void)state;
    for (int drive = 0; drive < TONE_N_DRIVES; ++drive) {
        TonePerson person = toneperson_new((ToneDrive)drive, 11u, 68.0, true);
        toneperson_live(&person, 150.0, 14.0, 40.0); // baseline
        assert_true(vitals_tone(person.vitals).valid);
        double before = 0.0;
        const double up[] = {20.0, 35.0, 60.0, 100.0, 160.0};
        for (int i = 0; i < 5; ++i) {
            const double tone = toneperson_live(&person, 100.0, 14.0, up[i]);
            assert_true(tone > before + 0.03);
            before = tone;
        }
        assert_true(before > 0.75);
        const double down[] = {110.0, 70.0, 40.0, 20.0};
        for (int i = 0; i < 4; ++i) {
            const double tone = toneperson_live(&person, 100.0, 14.0, down[i]);
            assert_true(tone < before - 0.03);
            before = tone;
        }
        assert_true(before < 0.42);
        toneperson_free(&person);
    }
}

// The same gain at 4.5 to 22 breaths per minute: mean over people, and each of them, moves little,
// whether the breaths are known or taken from the beats
static void test_breathing_rate_alone_does_little(void** state)
{
    (void)state;
    enum { RATES = 5, PEOPLE = 4 };
    static const double rates[RATES] = {6.0, 4.5, 10.0, 18.0, 22.0};
    for (int kind = 0; kind < 2 * TONE_N_DRIVES; ++kind) {
        double moved[RATES] = {0};
        for (uint32_t seed = 1; seed <= PEOPLE; ++seed) {
            TonePerson person =
                toneperson_new((ToneDrive)(kind / 2), seed, 60.0 + 3.0 * seed, kind % 2 == 0);
            toneperson_live(&person, 130.0, 15.0, 60.0);
            const double rest = toneperson_live(&person, 120.0, 15.0, 60.0);
            for (int i = 0; i < RATES; ++i) {
                const double change = toneperson_live(&person, 120.0, rates[i], 60.0) - rest;
                if (fabs(change) >= 0.1) {
                    print_error("%d, person %u, %.1f per min: %.3f\n", kind, seed, rates[i],
                                change);
                }
                assert_true(fabs(change) < 0.1);
                moved[i] += change / PEOPLE;
            }
            toneperson_free(&person);
        }
        for (int i = 0; i < RATES; ++i) {
            assert_true(fabs(moved[i]) < 0.05);
        }
    }
}

static void test_never_jumps(void** state)
{
    (void)state;
    TonePerson person = toneperson_new(TONE_RESP, 3u, 70.0, true);
    toneperson_live(&person, 150.0, 12.0, 50.0);
    toneperson_live(&person, 60.0, 12.0, 250.0);
    toneperson_live(&person, 60.0, 6.0, 10.0);
    assert_true(person.fastest < 0.03f); // in 0.1 s: two seconds and more from end to end
    toneperson_free(&person);
}

static void test_without_data_it_glides_to_neutral(void** state)
{
    (void)state;
    TonePerson person = toneperson_new(TONE_RESP, 5u, 70.0, true);
    toneperson_live(&person, 150.0, 12.0, 50.0);
    toneperson_live(&person, 80.0, 12.0, 150.0);
    const float high = vitals_tone(person.vitals).tone;
    assert_true(high > 0.75f);
    vitals_process(person.vitals, (uint32_t)(8.0 * RATE)); // holds
    assert_float_equal(vitals_tone(person.vitals).tone, high, 0.05);
    vitals_process(person.vitals, (uint32_t)(40.0 * RATE));
    assert_float_equal(vitals_tone(person.vitals).tone, 0.5f, 0.01);
    assert_false(vitals_tone(person.vitals).valid);
    assert_int_equal(vitals_tone(person.vitals).reason, HRV_NO_BEATS);
    toneperson_free(&person);
}

static void test_baseline(void** state)
{
    (void)state;
    TonePerson person = toneperson_new(TONE_RESP, 5u, 70.0, true);
    toneperson_live(&person, 50.0, 12.0, 50.0);
    assert_int_equal(vitals_tone(person.vitals).reason, HRV_LEARNING);
    assert_true(vitals_tone(person.vitals).tone == 0.5f);
    assert_in_range((int)(100.f * vitals_tone(person.vitals).learned), 5, 50);
    toneperson_live(&person, 110.0, 12.0, 50.0);
    assert_true(vitals_tone(person.vitals).learned == 1.f);
    ToneBaseline mine;
    vitals_baseline(person.vitals, &mine);
    assert_true(mine.known[TONE_RESP] && mine.known[TONE_RMSSD]);
    assert_float_equal(expf(mine.ln_value[TONE_RESP]), 46.0, 8.0);

    // saved, restored, survives a reset
    TonePerson other = toneperson_new(TONE_RESP, 6u, 70.0, true);
    vitals_set_baseline(other.vitals, &mine);
    vitals_reset(other.vitals);
    const double same_person = toneperson_live(&other, 60.0, 12.0, 50.0);
    assert_float_equal(same_person, 0.5, 0.1);
    assert_true(vitals_tone(other.vitals).valid);
    assert_true(toneperson_live(&other, 90.0, 12.0, 120.0) > 0.7);

    // another person: one click
    vitals_learn(other.vitals);
    assert_int_equal(vitals_tone(other.vitals).reason, HRV_LEARNING);
    toneperson_live(&other, 130.0, 12.0, 120.0);
    assert_float_equal(toneperson_live(&other, 60.0, 12.0, 120.0), 0.5, 0.1);

    const ToneBaseline wild = {.ln_value = {NAN, INFINITY}, .known = {true, true}};
    vitals_set_baseline(other.vitals, &wild);
    vitals_baseline(other.vitals, &mine);
    assert_false(mine.known[TONE_RESP] || mine.known[TONE_RMSSD]);
    toneperson_free(&person);
    toneperson_free(&other);
}

static void test_wild_measures(void** state)
{
    (void)state;
    Tone* const tone = tone_new(RATE);
    const double wild[] = {NAN, INFINITY, -INFINITY, 1e300, -1.0, 0.0};
    for (size_t i = 0; i < 6; ++i) {
        for (size_t k = 0; k < 6; ++k) {
            const HrvRecent recent = {wild[i], wild[k], wild[i], wild[k],
                                      wild[i], wild[k], HRV_OK,  HRV_OK};
            for (int n = 0; n < 200; ++n) {
                tone_update(tone, &recent);
                tone_process(tone, 4000);
            }
            assert_true(tone_state(tone).tone >= 0.f && tone_state(tone).tone <= 1.f);
        }
    }
    tone_free(tone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle),
        cmocka_unit_test(test_follows_vagal_gain),
        cmocka_unit_test(test_breathing_rate_alone_does_little),
        cmocka_unit_test(test_never_jumps),
        cmocka_unit_test(test_without_data_it_glides_to_neutral),
        cmocka_unit_test(test_baseline),
        cmocka_unit_test(test_wild_measures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
