// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/moving.h"

#include "unit.h"

#include <math.h>

static void is_the_sum_of_the_window(void** state)
{
    (void)state;
    static const int lengths[] = {1, 2, 7, 43, MOVING_MOST};
    for (unsigned l = 0; l < sizeof lengths / sizeof *lengths; ++l) {
        MovingSum moving;
        float values[1000];
        uint32_t seed = 3;
        moving_init(&moving, lengths[l]);
        for (int i = 0; i < 1000; ++i) {
            seed = seed * 1664525u + 1013904223u;
            values[i] = (float)(seed >> 8) * 0x1p-24f;
            double sum = 0.0;
            for (int k = i; k >= 0 && k > i - lengths[l]; --k) {
                sum += (double)values[k];
            }
            assert_true(fabs(moving_add(&moving, values[i]) - sum) < 1e-12);
        }
    }
}

static void forgets_a_glitch_wholly(void** state)
{
    (void)state;
    MovingSum moving;
    moving_init(&moving, 43);
    for (int i = 0; i < 300; ++i) {
        const double sum = moving_add(&moving, i == 100 ? 1e30f : 1e-3f);
        assert_true(sum > (i >= 100 && i < 143 ? 1e29 : 0.0));
        if (i >= 143) {
            assert_true(fabs(sum - 43.0 * (double)1e-3f) < 1e-15);
        }
    }
}

static void keeps_within_bounds(void** state)
{
    (void)state;
    MovingSum moving;
    moving_init(&moving, 0);
    assert_int_equal(moving.length, 1);
    moving_init(&moving, MOVING_MOST + 1);
    assert_int_equal(moving.length, MOVING_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_sum_of_the_window),
        cmocka_unit_test(forgets_a_glitch_wholly),
        cmocka_unit_test(keeps_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
