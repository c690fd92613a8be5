// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/beat_recent.h"

#include "unit.h"

#include <math.h>

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-12;
}

static void empty_gives_the_other_value(void** state)
{
    (void)state;
    const Recent r = {0};
    assert_true(recent_median(&r, 3.0) == 3.0);
    assert_true(recent_upper(&r, 4.0) == 4.0);
    assert_true(recent_regularity(&r, 1.0) == 0.0);
}

static void only_the_last_values_count(void** state)
{
    (void)state;
    Recent r = {0};
    for (int i = 0; i < 20; ++i) {
        recent_push(&r, i < 12 ? 1000.0 : i);
    }
    assert_int_equal(r.count, RECENT_VALUES);
    assert_true(near(recent_median(&r, 0.0), 15.5));
    assert_true(near(recent_upper(&r, 0.0), 18.0));
}

static void every_other_value_wrong_spares_the_upper_level(void** state)
{
    (void)state;
    Recent r = {0};
    for (int i = 0; i < 8; ++i) {
        recent_push(&r, i & 1 ? 1.0 : 0.05);
    }
    assert_true(near(recent_upper(&r, 0.0), 1.0));
}

static void a_clock_is_regular(void** state)
{
    (void)state;
    Recent clock = {0}, wild = {0};
    for (int i = 0; i < 8; ++i) {
        recent_push(&clock, 0.8);
        recent_push(&wild, i & 1 ? 0.6 : 1.0);
    }
    assert_true(near(recent_regularity(&clock, 0.8), 1.0));
    assert_true(recent_regularity(&wild, 0.8) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_gives_the_other_value),
        cmocka_unit_test(only_the_last_values_count),
        cmocka_unit_test(every_other_value_wrong_spares_the_upper_level),
        cmocka_unit_test(a_clock_is_regular),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
