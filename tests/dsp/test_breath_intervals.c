// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// What an interval is worth to the breath: odd ones give no difference, the swing is per breath.

#include "dsp/breath_intervals.h"

#include "unit.h"

#include <string.h>

static BreathIntervals steady(int beats, double rr_s)
{
    BreathIntervals rr;
    memset(&rr, 0, sizeof rr);
    intervals_forget(&rr);
    intervals_beat(&rr, 0.0, true);
    for (int i = 0; i < beats; ++i) {
        assert_true(intervals_beat(&rr, rr_s, true));
    }
    return rr;
}

static void differences_are_of_normal_neighbours(void** state)
{
    (void)state;
    BreathIntervals rr = steady(12, 0.9);
    assert_true(rr.pair);
    assert_float_equal(rr.mean_s, 0.9, 1e-9);
    assert_true(intervals_beat(&rr, 0.95, true));
    assert_true(rr.pair);
    assert_float_equal(rr.difference_s, 0.05, 1e-12);
    assert_true(intervals_beat(&rr, 0.6, true)); // premature
    assert_false(rr.valid || rr.pair);
    assert_true(intervals_beat(&rr, 1.2, true)); // its pause
    assert_false(rr.valid || rr.pair);
    assert_true(intervals_beat(&rr, 0.9, true));
    assert_true(rr.valid && !rr.pair); // the one before was none
    assert_true(intervals_beat(&rr, 0.9, true));
    assert_true(rr.pair);
}

static void two_beats_cannot_be_so_near(void** state)
{
    (void)state;
    BreathIntervals rr = steady(12, 0.9);
    const double beats = rr.beats;
    assert_false(intervals_beat(&rr, 0.15, true));
    assert_float_equal(rr.beats, beats, 0.0);
}

static void doubt_makes_strict(void** state)
{
    (void)state;
    BreathIntervals sure = steady(12, 0.9);
    BreathIntervals doubtful = steady(12, 0.9);
    intervals_beat(&sure, 1.08, true); // a fifth longer
    intervals_beat(&doubtful, 1.08, false);
    assert_true(sure.valid);
    assert_false(doubtful.valid);
}

static void a_gap_is_no_interval(void** state)
{
    (void)state;
    BreathIntervals rr = steady(12, 0.9);
    intervals_beat(&rr, 6.0, true);
    assert_false(rr.valid);
    assert_float_equal(rr.mean_s, 0.9, 1e-9);
}

static void the_swing_is_peak_to_trough(void** state)
{
    (void)state;
    static const double breath_s[] = {0.88, 0.92, 0.95, 0.90};
    BreathIntervals rr = steady(12, 0.9);
    intervals_breath(&rr);
    const double before = rr.swing_ms; // of none: nothing varied
    assert_float_equal(before, 0.0, 1e-9);
    for (int k = 0; k < 20; ++k) {
        for (int i = 0; i < 4; ++i) {
            intervals_beat(&rr, breath_s[i], true);
        }
        intervals_breath(&rr);
    }
    assert_float_equal(rr.swing_ms, 70.0, 0.5);
    intervals_beat(&rr, 0.9, true);
    intervals_beat(&rr, 1.0, true);
    intervals_breath(&rr); // of two intervals: not measured
    assert_float_equal(rr.swing_ms, 70.0, 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_of_normal_neighbours),
        cmocka_unit_test(two_beats_cannot_be_so_near),
        cmocka_unit_test(doubt_makes_strict),
        cmocka_unit_test(a_gap_is_no_interval),
        cmocka_unit_test(the_swing_is_peak_to_trough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
