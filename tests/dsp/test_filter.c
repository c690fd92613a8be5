// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/filter.h"

#include "unit.h"

#define PI 3.14159265358979323846

// Gain of a section at a frequency, from its answer to a sine
static double gain(Biquad f, double hz, double rate)
{
    double in = 0.0, out = 0.0;
    for (int i = 0; i < 40000; ++i) {
        const double x = sin(2.0 * PI * hz / rate * i);
        const double y = biquad_step(&f, x);
        if (i >= 20000) {
            in += x * x;
            out += y * y;
        }
    }
    return sqrt(out / in);
}

static void corners_lie_where_they_are_set(void** state)
{
    (void)state;
    const double half_power = sqrt(0.5);
    const Biquad low = biquad_lowpass(21.0, FILTER_BUTTERWORTH_Q, 250.0);
    const Biquad high = biquad_highpass(8.0, FILTER_BUTTERWORTH_Q, 250.0);
    assert_true(fabs(gain(low, 21.0, 250.0) - half_power) < 1e-3);
    assert_true(fabs(gain(high, 8.0, 250.0) - half_power) < 1e-3);
    assert_true(fabs(gain(low, 1.0, 250.0) - 1.0) < 1e-3);
    assert_true(gain(low, 100.0, 250.0) < 0.03);
    assert_true(gain(high, 0.5, 250.0) < 0.005);
}

static void notch_takes_its_middle(void** state)
{
    (void)state;
    const Biquad notch = biquad_notch(55.0, 0.7, 250.0);
    assert_true(gain(notch, 55.0, 250.0) < 1e-3);
    assert_true(gain(notch, 50.0, 250.0) < 0.2 && gain(notch, 60.0, 250.0) < 0.2);
    assert_true(gain(notch, 10.0, 250.0) > 0.95);
}

static void settles_at_once(void** state)
{
    (void)state;
    Biquad high = biquad_highpass(0.5, FILTER_BUTTERWORTH_Q, 250.0);
    Biquad low = biquad_lowpass(8.0, FILTER_BUTTERWORTH_Q, 250.0);
    biquad_settle(&high, 1000.0);
    biquad_settle(&low, 1000.0);
    for (int i = 0; i < 100; ++i) {
        assert_true(fabs(biquad_step(&high, 1000.0)) < 1e-6);
        assert_true(fabs(biquad_step(&low, 1000.0) - 1000.0) < 1e-6);
    }
}

static void rings_down_to_zero(void** state)
{
    (void)state;
    Biquad low = biquad_lowpass(8.0, FILTER_BUTTERWORTH_Q, 250.0);
    biquad_step(&low, 1.0);
    for (int i = 0; i < 5000; ++i) {
        biquad_step(&low, 0.0);
    }
    assert_true(low.z1 == 0.0 && low.z2 == 0.0);
}

static void windows_are_what_they_say(void** state)
{
    (void)state;
    assert_true(filter_sinc(0.0) == 1.0);
    assert_true(fabs(filter_sinc(3.0)) < 1e-15);
    assert_true(fabs(filter_sinc(0.5) - 2.0 / PI) < 1e-15);
    assert_true(fabs(filter_kaiser(0.0, 8.0) - 1.0) < 1e-15);
    assert_true(filter_kaiser(1.0, 8.0) == 0.0 && filter_kaiser(-2.0, 8.0) == 0.0);
    // I0(8 sqrt(0.75)) / I0(8) from tables of the Bessel function
    assert_true(fabs(filter_kaiser(0.5, 8.0) - 0.367) < 2e-3);
}

static void a_pair_is_two_sections(void** state)
{
    (void)state;
    Biquad a = biquad_highpass(8.0, FILTER_BUTTERWORTH_Q, 250.0);
    Biquad b = biquad_highpass(0.5, FILTER_BUTTERWORTH_Q, 250.0);
    BiquadPair pair = biquad_pair(a, b);
    biquad_settle(&a, 3.0);
    biquad_settle(&b, 3.0);
    biquad_pair_settle(&pair, 3.0);
    for (int i = 0; i < 200000; ++i) { // at the end both have rung down
        const double x = i < 1000 ? 3.0 + sin(0.3 * i) : 0.0;
        const Two both = biquad_pair_step(&pair, x);
        assert_true(both[0] == biquad_step(&a, x));
        assert_true(both[1] == biquad_step(&b, x));
    }
    assert_true(pair.z1[0] == 0.0 && pair.z1[1] == 0.0 && pair.z2[0] == 0.0 && pair.z2[1] == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_lie_where_they_are_set),
        cmocka_unit_test(notch_takes_its_middle),
        cmocka_unit_test(settles_at_once),
        cmocka_unit_test(rings_down_to_zero),
        cmocka_unit_test(a_pair_is_two_sections),
        cmocka_unit_test(windows_are_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
