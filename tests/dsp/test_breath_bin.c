// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// One oscillator of the bank: it follows its own rhythm, leaves less noise at it than beside it,
// and shrugs at odd values.

#include "dsp/breath_bin.h"
#include "dsp/random.h"

#include "unit.h"

#include <math.h>
#include <string.h>

#define TURN 6.28318530717958648
#define RR_S 0.9

/// What a bin at `per_min` makes of `beats` differences that swing with 15 per min by 0.03 s, in
/// noise of 5 ms, every `odd`-th of them 0.5 s off
static BankBin follow(double per_min, int beats, int odd)
{
    static BreathBank bank;
    Random random = random_make(3, 0);
    bank_init(&bank);
    BankBin bin;
    memset(&bin, 0, sizeof bin);
    bin_init(&bin);
    bank.fade = expf((float)-RR_S / 20.0f);
    bank.fade_new = expf((float)-RR_S / 6.5f);
    const float keep = expf((float)-RR_S / 25.0f);
    const float angle = (float)(TURN * per_min / 60.0 * RR_S);
    for (int i = 1; i <= beats; ++i) {
        const double y = 0.03 * cos(TURN * 0.25 * RR_S * i) + 0.005 * random_normal(&random);
        bank.use[0] = true;
        bank.y[0] = (float)(odd && i % odd == 0 ? y + 0.5 : y);
        bank.count[0] = (uint32_t)i;
        bank.scale[0] = 1e-3f;
        bin_step(&bank, &bin, keep, keep * cosf(angle), keep * sinf(angle));
        assert_true(isfinite(bin.rr_a) && isfinite(bin.v[0]) && bin.rr_p[0] > 0.0f);
    }
    return bin;
}

static void it_follows_its_own_rhythm(void** state)
{
    (void)state;
    enum { BEATS = 100 };
    const BankBin bin = follow(15.0, BEATS, 0);
    const double phase = atan2((double)bin.rr_b, (double)bin.rr_a) / TURN;
    const double truth = 0.25 * RR_S * BEATS;
    const double away = phase - truth - floor(phase - truth + 0.5);
    assert_true(fabs(away) < 0.02);
    // What it forgets between beats makes it smaller than the swing; others see still less of it
    const float size = hypotf(bin.rr_a, bin.rr_b);
    assert_true(size > 0.6f * 0.03f && size < 1.05f * 0.03f);
    const BankBin other = follow(11.0, BEATS, 0);
    assert_true(hypotf(other.rr_a, other.rr_b) < 0.5f * size);
}

static void it_leaves_least_noise_at_its_own_rhythm(void** state)
{
    (void)state;
    const float right = follow(15.0, 100, 0).v[0];
    assert_true(right < 3.0f * 0.005f * 0.005f);
    assert_true(follow(11.0, 100, 0).v[0] > 3.0f * right);
    assert_true(follow(20.0, 100, 0).v[0] > 3.0f * right);
}

static void odd_values_count_little(void** state)
{
    (void)state;
    const BankBin bin = follow(15.0, 100, 17);
    const BankBin even = follow(15.0, 100, 0);
    assert_float_equal(hypotf(bin.rr_a, bin.rr_b), hypotf(even.rr_a, even.rr_b), 0.008);
    assert_true(bin.v[0] < 0.1f * 0.5f * 0.5f / 17.0f); // a tenth of what they are on average
}

static void without_measurements_it_fades_to_not_known(void** state)
{
    (void)state;
    static BreathBank bank;
    bank_init(&bank);
    BankBin bin = follow(15.0, 100, 0);
    const float before = hypotf(bin.rr_a, bin.rr_b);
    const float keep = expf((float)-RR_S / 25.0f);
    for (int i = 0; i < 100; ++i) {
        bin_step(&bank, &bin, keep, keep, 0.0f);
    }
    assert_true(hypotf(bin.rr_a, bin.rr_b) < 0.1f * before);
    assert_float_equal(bin.rr_p[0], BIN_INTERVAL_GAIN, 0.02 * (double)BIN_INTERVAL_GAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_follows_its_own_rhythm),
        cmocka_unit_test(it_leaves_least_noise_at_its_own_rhythm),
        cmocka_unit_test(odd_values_count_little),
        cmocka_unit_test(without_measurements_it_fades_to_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
