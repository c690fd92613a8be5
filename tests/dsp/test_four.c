// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Four numbers at a time against one at a time.

#include "dsp/four.h"

#include "unit.h"

#include <math.h>

static void logarithms_are_the_library_s(void** state)
{
    (void)state;
    double worst = 0.0;
    for (double exponent = -41.0; exponent < 41.0; exponent += 0.0007) {
        const float x = (float)exp(exponent);
        const Four is = four_log((Four){x, 2.0f * x, 1.0f, x});
        worst = fmax(worst, fabs((double)is[0] - log((double)x)) / fmax(fabs(log((double)x)), 1.0));
        worst = fmax(worst, fabs((double)is[1] - log(2.0 * (double)x)) /
                                fmax(fabs(log(2.0 * (double)x)), 1.0));
        assert_true(is[2] == 0.0f && is[0] == is[3]);
    }
    assert_true(worst < 2e-7);
}

static void choices_are_made_in_each_place(void** state)
{
    (void)state;
    const Four a = {1.0f, -2.0f, NAN, 4.0f};
    const Four b = {0.5f, 3.0f, 7.0f, INFINITY};
    const Four more = four_larger(a, b), less = four_smaller(a, b), swapped = four_swap_pairs(b);
    assert_true(more[0] == 1.0f && more[1] == 3.0f && more[2] == 7.0f && more[3] == INFINITY);
    assert_true(less[0] == 0.5f && less[1] == -2.0f && less[2] == 7.0f && less[3] == 4.0f);
    assert_true(swapped[0] == 3.0f && swapped[1] == 0.5f && swapped[3] == 7.0f);
    float out[5] = {0.0f};
    four_store(out + 1, four_load((const float[]){1.0f, 2.0f, 3.0f, 4.0f}));
    assert_true(out[0] == 0.0f && out[1] == 1.0f && out[4] == 4.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logarithms_are_the_library_s),
        cmocka_unit_test(choices_are_made_in_each_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
