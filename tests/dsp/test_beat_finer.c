// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Stretches of a signal at a low rate, made finer.

#include "dsp/beat_finer.h"

#include "unit.h"

#include <math.h>

#define PI 3.141592653589793

static void fine_signals_are_left_alone(void** state)
{
    (void)state;
    static BeatFiner finer;
    finer_init(&finer, 1000.0);
    assert_int_equal(finer.factor, 1);
    finer_init(&finer, 360.0);
    assert_int_equal(finer.factor, 3);
    finer_init(&finer, 250.0);
    assert_int_equal(finer.factor, 4);
    finer_init(&finer, 200.0);
    assert_int_equal(finer.factor, 5);
}

static void what_lies_between_is_the_signal(void** state)
{
    (void)state;
    static BeatFiner finer;
    static float base[LOCATE_RING];
    static const double rates[] = {200.0, 250.0, 360.0, 500.0};
    for (int r = 0; r < 4; ++r) {
        finer_init(&finer, rates[r]);
        for (double hz = 1.0; hz < 0.3 * rates[r]; hz += 7.3) {
            // the ring has gone round more than once
            for (int64_t k = 2000; k < 2000 + LOCATE_RING; ++k) {
                base[k % LOCATE_RING] = (float)sin(2.0 * PI * hz * (double)k / rates[r]);
            }
            finer_fill(&finer, base, 2500.4, 2);
            for (int64_t k = 2497 * finer.factor; k <= 2503 * finer.factor; ++k) {
                const double is = (double)finer.ring[k % LOCATE_RING];
                const double should = sin(2.0 * PI * hz * (double)k / (rates[r] * finer.factor));
                assert_true(fabs(is - should) < 1e-3);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fine_signals_are_left_alone),
        cmocka_unit_test(what_lies_between_is_the_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
