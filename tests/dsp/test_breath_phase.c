// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// The phase that follows from the heart's rhythm, and what is learned about a person's own lag.

#include "dsp/breath_phase.h"

#include "unit.h"

#include <math.h>
#include <string.h>

static double wrapped(double turns)
{
    return turns - floor(turns + 0.5);
}

// Intervals alone, at a rate, their differences' oscillation at a phase
static BankResult heart(double per_min, double turns)
{
    BankResult result;
    memset(&result, 0, sizeof result);
    result.rate_per_min = (float)per_min;
    result.confidence = 1.0f;
    result.source[0].phase_turns = (float)turns;
    result.source[0].support = 20.0f;
    return result;
}

static void the_phase_turns_with_the_heart(void** state)
{
    (void)state;
    BreathPhase phase;
    phase_init(&phase);
    const BankResult a = heart(12.0, 0.1);
    const BankResult b = heart(12.0, 0.35);
    const double first = phase_from_bank(&phase, &a, 0.9, 0.9, SHAPE_ECG);
    const double second = phase_from_bank(&phase, &b, 0.9, 0.9, SHAPE_ECG);
    assert_float_equal(wrapped(second - first), 0.25, 1e-5);
}

// At 6 per minute intervals and lungs are opposed: longest as the lungs are empty
static void at_six_per_minute_intervals_oppose_the_breath(void** state)
{
    (void)state;
    BreathPhase phase;
    phase_init(&phase);
    // A sine of intervals, longest now: its differences were largest a quarter ago, half an
    // interval later
    const double at = 0.25 - 0.5 * 0.1 * 0.95;
    const BankResult result = heart(6.0, at);
    const double now = phase_from_bank(&phase, &result, 0.95, 0.95, SHAPE_ECG);
    assert_true(fabs(wrapped(now)) < 0.05); // the in-breath begins
}

static void a_pulse_comes_later_than_its_beat(void** state)
{
    (void)state;
    BreathPhase phase;
    phase_init(&phase);
    const BankResult result = heart(15.0, 0.3);
    const double ecg = phase_from_bank(&phase, &result, 0.9, 0.9, SHAPE_ECG);
    const double pulse = phase_from_bank(&phase, &result, 0.9, 0.9, SHAPE_PPG);
    assert_float_equal(wrapped(pulse - ecg), 0.30 * 0.25, 1e-5); // 0.3 s of 4 s
}

static void what_is_learned_is_per_band_and_stays(void** state)
{
    (void)state;
    BreathPhase phase;
    phase_init(&phase);
    const BankResult fast = heart(15.0, 0.3);
    const BankResult slow = heart(6.0, 0.3);
    const double fast_before = phase_from_bank(&phase, &fast, 0.9, 0.9, SHAPE_ECG);
    const double slow_before = phase_from_bank(&phase, &slow, 0.9, 0.9, SHAPE_ECG);
    for (int i = 0; i < 40; ++i) {
        phase_learn(&phase, 15.0, 0.12, 0.0);
    }
    phase_reset(&phase);
    assert_float_equal(wrapped(phase_from_bank(&phase, &fast, 0.9, 0.9, SHAPE_ECG) - fast_before),
                       0.12, 1e-4);
    assert_float_equal(wrapped(phase_from_bank(&phase, &slow, 0.9, 0.9, SHAPE_ECG) - slow_before),
                       0.0, 1e-6);
}

static void learning_goes_the_short_way_round(void** state)
{
    (void)state;
    BreathPhase phase;
    phase_init(&phase);
    phase_learn(&phase, 15.0, 0.45, 0.0);
    for (int i = 0; i < 400; ++i) {
        phase_learn(&phase, 15.0, -0.45, 0.0);
    }
    assert_float_equal(fabsf(phase.memory.offset_turns[2]), 0.45, 0.01);
    assert_true(phase.memory.offset_turns[2] < 0.0f);
}

static void wild_memory_is_ignored(void** state)
{
    (void)state;
    BreathPhase phase;
    phase_init(&phase);
    const BreathMemory wild = {{NAN, 7.0f, 0.3f}, {1.0f, 1.0f, -2.0f}};
    phase_set_memory(&phase, &wild);
    for (int i = 0; i < BREATH_BANDS; ++i) {
        assert_true(phase.memory.offset_turns[i] == 0.0f && phase.memory.weight[i] == 0.0f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_phase_turns_with_the_heart),
        cmocka_unit_test(at_six_per_minute_intervals_oppose_the_breath),
        cmocka_unit_test(a_pulse_comes_later_than_its_beat),
        cmocka_unit_test(what_is_learned_is_per_band_and_stays),
        cmocka_unit_test(learning_goes_the_short_way_round),
        cmocka_unit_test(wild_memory_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
