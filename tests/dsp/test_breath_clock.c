// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The breath's clock never runs backwards, makes up errors, tells each turn once and waits when
// led.

#include "dsp/breath_clock.h"

#include "dsp/random.h"

#include "unit.h"

#include <math.h>

#define DT_S 0.002

static void tells_each_turn_once(void** state)
{
    (void)state;
    BreathClock clock;
    clock_init(&clock);
    clock_aim(&clock, 0.0, 0.25, true);
    int in = 0, out = 0;
    ClockEvent last = CLOCK_NOTHING;
    for (int i = 0; i < (int)(40.0 / DT_S + 10.0); ++i) {
        double when_s = -1.0;
        const ClockEvent event = clock_advance(&clock, DT_S, &when_s);
        if (event != CLOCK_NOTHING) {
            assert_true(event != last); // they alternate
            assert_true(when_s >= 0.0 && when_s <= DT_S * 1.0001);
            last = event;
        }
        in += event == CLOCK_IN_STARTS;
        out += event == CLOCK_OUT_STARTS;
    }
    assert_int_equal(in, 10);
    assert_int_equal(out, 10);
}

static void never_runs_backwards(void** state)
{
    (void)state;
    Random random = random_make(1, 0);
    BreathClock clock;
    clock_init(&clock);
    double before = 0.0;
    for (int i = 0; i < 100000; ++i) {
        if (i % 450 == 0) {
            clock_aim(&clock, random_uniform(&random), 0.05 + 0.5 * random_uniform(&random), false);
        }
        double when_s;
        const ClockEvent event = clock_advance(&clock, DT_S, &when_s);
        assert_true(clock.phase >= 0.0 && clock.phase < 1.0);
        assert_true(clock.phase >= before || event == CLOCK_IN_STARTS);
        assert_true(clock_fullness(&clock) >= 0.0 && clock_fullness(&clock) <= 1.0);
        before = clock.phase;
    }
}

static void errors_are_made_up(void** state)
{
    (void)state;
    BreathClock clock;
    clock_init(&clock);
    clock_aim(&clock, 0.5, 0.2, true);
    clock_aim(&clock, 0.6, 0.2, false);
    double when_s;
    for (int i = 0; i < (int)(1.5 / DT_S + 0.5); ++i) {
        clock_advance(&clock, DT_S, &when_s);
    }
    assert_float_equal(clock.phase, 0.6 + 0.2 * 1.5, 0.005);
}

static void waits_when_led(void** state)
{
    (void)state;
    BreathClock clock;
    clock_init(&clock);
    clock.led = true;
    clock_turn(&clock, true, 0.25);
    double when_s;
    for (int i = 0; i < 5000; ++i) {
        assert_int_equal(clock_advance(&clock, DT_S, &when_s), CLOCK_NOTHING);
        assert_true(clock.phase < clock.in_share);
    }
    assert_float_equal(clock_fullness(&clock), 1.0, 1e-3);
    clock_turn(&clock, false, 0.25);
    assert_true(clock.phase == clock.in_share);
    for (int i = 0; i < 5000; ++i) {
        clock_advance(&clock, DT_S, &when_s);
    }
    assert_float_equal(clock_fullness(&clock), 0.0, 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_each_turn_once),
        cmocka_unit_test(never_runs_backwards),
        cmocka_unit_test(errors_are_made_up),
        cmocka_unit_test(waits_when_led),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
