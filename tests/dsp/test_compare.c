// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/compare.h"

#include "unit.h"
#include "voice.h"

#include <math.h>
#include <string.h>

// A part of so many seconds: heart rate, size of the beat-to-beat swing, breathing rate
static Part part(double seconds, double bpm, double swing_ms, double breaths, bool paced,
                 uint32_t seed)
{
    Part p;
    part_begin(&p, paced, false);
    double t = 0.0, next = 0.3;
    part_breath(&p, (float)breaths, (float)(2.0 * swing_ms), 0.9f);
    for (int i = 1; t < seconds; ++i) {
        t = 0.1 * i;
        part_advance(&p, 0.1);
        if (i % 50 == 0) {
            part_breath(&p, (float)breaths, (float)(2.0 * swing_ms), 0.9f);
        }
        if (t >= next) {
            const double rr = 60000.0 / bpm + swing_ms * (2.0 * voice_random(&seed) - 1.0);
            part_beat(&p, (float)rr, true);
            next += rr / 1000.0;
        }
    }
    return p;
}

static void a_slower_heart_is_told_with_its_interval(void** state)
{
    (void)state;
    const Part before = part(120, 72, 40, 14, false, 1);
    const Part after = part(120, 66, 40, 14, false, 2);
    const Comparison c = compare_parts(&before, &after);
    assert_true(c.present);
    assert_int_equal(c.heart_rate.reason, COMPARE_OK);
    assert_true(fabs((double)c.heart_rate.change + 6.0) < 0.5 && c.heart_rate.clear);
    assert_true(c.heart_rate.low < c.heart_rate.change && c.heart_rate.change < c.heart_rate.high);
    assert_int_equal(c.rmssd.reason, COMPARE_OK);
    assert_false(c.rmssd.clear);
    assert_true(c.rmssd.low < 1.0f && c.rmssd.high > 1.0f);
    char text[400];
    const size_t length = compare_sentence(&c, text, sizeof text);
    assert_int_equal(length, strlen(text));
    assert_non_null(
        strstr(text, "Your heart beats 6 per minute slower than before (95 % interval: -"));
    assert_non_null(strstr(text, "No clear change of RMSSD"));
    assert_non_null(strstr(text, "14.0 before, 14.0 after"));
}

static void a_doubled_rmssd_is_clear(void** state)
{
    (void)state;
    const Part before = part(120, 70, 20, 12, false, 3);
    const Part after = part(120, 70, 40, 12.5, false, 4);
    const Comparison c = compare_parts(&before, &after);
    assert_true(c.rmssd.clear && c.rmssd.change > 1.7f && c.rmssd.change < 2.3f);
    assert_true(c.resp_hrv.clear && fabsf(c.resp_hrv.change - 2.0f) < 0.05f);
    assert_false(c.heart_rate.clear);
    char text[400];
    compare_sentence(&c, text, sizeof text);
    assert_non_null(strstr(text, "RMSSD is larger by "));
    assert_non_null(strstr(text, "No clear change of the heart rate"));
}

// After a paced exercise the breath told is still the paced one, until the new one is known
static void the_breath_of_the_exercise_is_not_that_of_the_rest(void** state)
{
    (void)state;
    const Part before = part(60, 70, 30, 13, false, 31);
    Part after = {0};
    part_begin(&after, false, false);
    for (int i = 1; i <= 66 * 10; ++i) {
        const bool paced = i < 180;
        part_advance(&after, 0.1);
        part_breath(&after, paced ? 6.0f : 13.0f, paced ? 90.0f : 60.0f,
                    !paced && i < 300 ? 0.3f : 0.9f);
        if (i % 9 == 0) {
            part_beat(&after, i % 18 ? 910.0f : 890.0f, true);
        }
    }
    const Comparison c = compare_parts(&before, &after);
    assert_float_equal(c.breath_after, 13.0, 1e-4);
    assert_int_equal(c.rmssd.reason, COMPARE_OK);
    assert_int_equal(c.resp_hrv.reason, COMPARE_OK);
    assert_float_equal(c.resp_hrv.after, 60.0, 1e-3);
}

static void what_is_not_comparable_is_not_compared(void** state)
{
    (void)state;
    const Part rest = part(120, 70, 30, 14, false, 5);
    static const struct {
        double seconds, breaths;
        bool paced;
        CompareReason rate, vagal;
    } list[] = {{120, 6, true, COMPARE_OK, COMPARE_PACED},
                {120, 9, false, COMPARE_OK, COMPARE_BREATHING},
                {120, 0, false, COMPARE_OK, COMPARE_NO_BREATHING},
                {40, 14, false, COMPARE_TOO_SHORT, COMPARE_TOO_SHORT}};
    char text[400];
    for (size_t i = 0; i < sizeof list / sizeof *list; ++i) {
        const Part other = part(list[i].seconds, 70, 30, list[i].breaths, list[i].paced, 6);
        for (int turn = 0; turn < 2; ++turn) { // either way round
            const Comparison c = turn ? compare_parts(&other, &rest) : compare_parts(&rest, &other);
            assert_int_equal(c.heart_rate.reason, list[i].rate);
            assert_int_equal(c.rmssd.reason, list[i].vagal);
            assert_int_equal(c.resp_hrv.reason, list[i].vagal);
            assert_false(c.rmssd.clear);
            compare_sentence(&c, text, sizeof text);
            assert_non_null(strstr(text, compare_reason_text(list[i].vagal)));
        }
    }
    // A minute is long enough, and beats that lie half outside of it are not missing
    const Part minute = part(60, 70, 30, 14, false, 9);
    assert_int_equal(compare_parts(&rest, &minute).rmssd.reason, COMPARE_OK);
    assert_int_equal(compare_parts(&minute, &rest).heart_rate.reason, COMPARE_OK);
    const Part less = part(58, 70, 30, 14, false, 9);
    assert_int_equal(compare_parts(&rest, &less).rmssd.reason, COMPARE_TOO_SHORT);
    Part lossy = part(120, 70, 30, 14, false, 7);
    lossy.usable_s *= 0.8;
    assert_int_equal(compare_parts(&rest, &lossy).rmssd.reason, COMPARE_ARTEFACTS);
    Part walking = part(120, 70, 30, 14, false, 8);
    walking.moving = true;
    assert_int_equal(compare_parts(&rest, &walking).heart_rate.reason, COMPARE_MOVING);
    Part none;
    part_begin(&none, false, false);
    assert_int_equal(compare_parts(&none, &rest).heart_rate.reason, COMPARE_NOT_MEASURED);
}

// Two parts of one and the same person: the 95 % interval must hold "no change" nearly always
static void an_unchanged_person_has_not_changed(void** state)
{
    (void)state;
    int clear_rate = 0, clear_rmssd = 0;
    for (uint32_t i = 0; i < 100; ++i) {
        const Part a = part(120, 68, 35, 13, false, 100 + 2 * i);
        const Part b = part(120, 68, 35, 13, false, 101 + 2 * i);
        const Comparison c = compare_parts(&a, &b);
        clear_rate += c.heart_rate.clear;
        clear_rmssd += c.rmssd.clear;
    }
    assert_true(clear_rate <= 8 && clear_rmssd <= 8);
}

static void wild_values_and_short_texts_are_stood(void** state)
{
    (void)state;
    Part p;
    part_begin(&p, false, false);
    part_advance(&p, (double)NAN);
    part_advance(&p, -5.0);
    part_beat(&p, NAN, true);
    part_beat(&p, -1.0f, true);
    part_beat(&p, 1e30f, true);
    part_breath(&p, NAN, NAN, NAN);
    assert_true(p.seconds == 0.0 && p.rr_count == 0);
    const Comparison c = compare_parts(&p, &p);
    char text[8];
    memset(text, 'x', sizeof text);
    assert_true(compare_sentence(&c, text, 5) == 4 && text[4] == '\0' && text[5] == 'x');
    assert_int_equal(compare_sentence(&c, text, 0), 0);
    for (int i = -1; i < 20; ++i) {
        assert_true(strlen(compare_reason_text((CompareReason)i)) > 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slower_heart_is_told_with_its_interval),
        cmocka_unit_test(a_doubled_rmssd_is_clear),
        cmocka_unit_test(the_breath_of_the_exercise_is_not_that_of_the_rest),
        cmocka_unit_test(what_is_not_comparable_is_not_compared),
        cmocka_unit_test(an_unchanged_person_has_not_changed),
        cmocka_unit_test(wild_values_and_short_texts_are_stood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
