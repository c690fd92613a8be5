// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Turns of a belt are placed exactly whatever the rate, scale and offset; a dead belt is known.

#include "dsp/breath_belt.h"

#include "unit.h"

#include <math.h>

#define PI 3.14159265358979324

static void lifecycle(void** state)
{
    (void)state;
    assert_null(belt_new(0.0));
    assert_null(belt_new(NAN));
    assert_null(belt_new(1e7));
    belt_free(NULL);
    BreathBelt* const belt = belt_new(1000.0);
    assert_false(belt_alive(belt));
    assert_true(belt_depth(belt) == 0.0f);
    belt_free(belt);
}

/// Breaths of 4 s, 1.7 s of them in; returns turns found in the last 40 s, worst error in ms
static int breathe(BreathBelt* belt, double rate, double scale, double offset, double* worst_ms)
{
    int turns = 0;
    *worst_ms = 0.0;
    for (int i = 0; i < (int)(60.0 * rate); ++i) {
        const double t = i / rate;
        const double part = t - 4.0 * floor(t / 4.0);
        const double y = part < 1.7 ? -cos(PI * part / 1.7) : cos(PI * (part - 1.7) / 2.3);
        uint32_t ago = 0;
        const BeltTurn turn = belt_frame(belt, (float)(offset + scale * y), &ago);
        if (turn == BELT_NOTHING || t < 20.0) {
            continue;
        }
        assert_true(ago <= (uint32_t)(2.0 * rate));
        const double at = t - ago / rate - (turn == BELT_HIGHEST ? 1.7 : 0.0);
        *worst_ms = fmax(*worst_ms, 1e3 * fabs(at - 4.0 * floor(at / 4.0 + 0.5)));
        ++turns;
    }
    return turns;
}

static void turns_are_placed(void** state)
{
    (void)state;
    const double rates[] = {100.0, 1000.0, 8000.0};
    const double scales[] = {1e-3, 0.5, 300.0};
    for (int i = 0; i < 3; ++i) {
        for (int k = 0; k < 3; ++k) {
            BreathBelt* const belt = belt_new(rates[i]);
            double worst_ms;
            assert_in_range(breathe(belt, rates[i], scales[k], 3.0 * scales[k], &worst_ms), 19, 21);
            assert_true(worst_ms < 12.0); // a sample at 100 Hz and a little
            assert_true(belt_alive(belt));
            assert_float_equal(belt_depth(belt), 1.0f, 0.05);
            belt_free(belt);
        }
    }
}

static void a_dead_belt_is_known(void** state)
{
    (void)state;
    const float dead[] = {0.0f, 0.7f, NAN, INFINITY, 1e30f};
    for (int k = 0; k < 5; ++k) {
        BreathBelt* const belt = belt_new(1000.0);
        double worst_ms;
        breathe(belt, 1000.0, 0.5, 0.0, &worst_ms);
        uint32_t ago;
        for (int i = 0; i < 45000; ++i) { // turns may be half a minute apart
            belt_frame(belt, dead[k], &ago);
        }
        assert_false(belt_alive(belt));
        assert_true(isfinite(belt_depth(belt)));
        assert_in_range(breathe(belt, 1000.0, 0.5, 0.0, &worst_ms), 19, 21);
        assert_true(worst_ms < 5.0);
        assert_true(belt_alive(belt));
        belt_free(belt);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lifecycle),
        cmocka_unit_test(turns_are_placed),
        cmocka_unit_test(a_dead_belt_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
