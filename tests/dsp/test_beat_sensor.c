// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/beat_sensor.h"

#include "unit.h"

#include <math.h>

#define RATE 250.0 // Hz

// A bell every second, so wide (s)
static void feed(SensorGuess* guess, double seconds, double width_s, double height)
{
    for (int i = 0; i < (int)(seconds * RATE); ++i) {
        const double z = (fmod(i / RATE, 1.0) - 0.5) / width_s;
        sensor_step(guess, (float)(height * exp(-0.5 * z * z)));
    }
}

// A sawtooth-like pulse: fast rise, slow fall
static void feed_pulse(SensorGuess* guess, double seconds, double height)
{
    for (int i = 0; i < (int)(seconds * RATE); ++i) {
        const double t = fmod(i / RATE, 1.0);
        sensor_step(guess, (float)(height * (t < 0.15 ? t / 0.15 : 1.0 - (t - 0.15) / 0.85)));
    }
}

static void narrow_waves_are_an_ecg(void** state)
{
    (void)state;
    SensorGuess guess;
    sensor_init(&guess, RATE);
    assert_int_equal(guess.looks, 0);
    feed(&guess, 5.0, 0.012, 0.2);
    assert_true(guess.looks > 5);
    assert_false(guess.pulse);
    feed_pulse(&guess, 8.0, 0.2); // another sensor on the same line
    assert_true(guess.pulse);
    sensor_reset(&guess);
    assert_int_equal(guess.looks, 0);
}

static void pulses_have_a_side_up(void** state)
{
    (void)state;
    SensorGuess guess;
    sensor_init(&guess, RATE);
    feed_pulse(&guess, 5.0, 0.2);
    assert_true(guess.pulse);
    assert_false(guess.upside);
    sensor_reset(&guess);
    feed_pulse(&guess, 5.0, -0.2);
    assert_true(guess.pulse);
    assert_true(guess.upside);
}

static void silence_is_nothing(void** state)
{
    (void)state;
    SensorGuess guess;
    sensor_init(&guess, RATE);
    for (int i = 0; i < 2500; ++i) {
        sensor_step(&guess, 0.3f);
    }
    assert_int_equal(guess.looks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(narrow_waves_are_an_ecg),
        cmocka_unit_test(pulses_have_a_side_up),
        cmocka_unit_test(silence_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
