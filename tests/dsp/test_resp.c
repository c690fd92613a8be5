// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Breaths with their NN intervals: order of arrival, what is passed over, the fitted sine.

#include "dsp/resp.h"

#include "dsp/random.h"
#include "unit.h"

#include <math.h>

static RrInterval interval(double end_s, double rr_ms, RrType type)
{
    return (RrInterval){end_s, rr_ms, type, true, 1.f};
}

static void test_breaths_wait_for_their_intervals(void** state)
{
    (void)state;
    Resp resp;
    RespBreath breath;
    resp_reset(&resp);
    resp_start(&resp, 0.0);
    resp_start(&resp, 5.0); // told before the beats, as a belt does
    assert_false(resp_next(&resp, &breath));
    for (int i = 1; i <= 6; ++i) {
        const RrInterval now = interval(0.9 * i, 900.0 + 10.0 * i, RR_NORMAL);
        resp_interval(&resp, &now);
        assert_false(resp_next(&resp, &breath)); // the middle of the last one lies before 5 s
    }
    RrInterval last = interval(6.3, 970.0, RR_NORMAL);
    resp_interval(&resp, &last);
    assert_true(resp_next(&resp, &breath));
    assert_float_equal(breath.start_s, 0.0, 0.0);
    assert_float_equal(breath.end_s, 5.0, 0.0);
    assert_float_equal(breath.sums.n, 6.0, 0.0);
    assert_float_equal(breath.sums.peak_trough_ms, 50.0, 1e-9);
    assert_false(resp_next(&resp, &breath));
}

static void test_what_is_passed_over(void** state)
{
    (void)state;
    Resp resp;
    RespBreath breath;
    resp_reset(&resp);
    for (int i = 1; i <= 80; ++i) {
        const RrType type = i == 12 ? RR_ECTOPIC : i == 13 ? RR_EXTRA : RR_NORMAL;
        const RrInterval now = interval(1.0 * i, 1000.0, type);
        resp_interval(&resp, &now);
    }
    const double starts[] = {0.2, 5.2, 10.2, 15.2,
                             16.2}; // ectopic in the third, the last too short
    for (int i = 0; i < 5; ++i) {
        resp_start(&resp, starts[i]);
    }
    resp_start(&resp, 3.0); // out of order: not taken
    resp_start(&resp, NAN);
    assert_true(resp_next(&resp, &breath) && breath.start_s == 0.2);
    assert_true(resp_next(&resp, &breath) && breath.start_s == 5.2);
    assert_false(resp_next(&resp, &breath));
    resp_start(&resp, 50.0); // longer than any breath
    assert_false(resp_next(&resp, &breath));
    resp_start(&resp, 55.0);
    assert_true(resp_next(&resp, &breath) && breath.start_s == 50.0);
}

/// Sums of `n` breaths of `breath_s`: a sine of `amplitude_ms` at the breath's phase, and noise
static RespSums live(int n, double breath_s, double amplitude_ms, double noise_ms, uint32_t seed)
{
    Resp resp;
    RespBreath breath;
    RespSums sums = {0};
    Random random = random_make(seed, 0);
    resp_reset(&resp);
    double t = 0.0, next = 0.0;
    int started = 0;
    while (t < (n + 1) * breath_s) {
        const double rr_ms = 850.0 +
                             amplitude_ms * sin(6.283185307179586 * (t + 0.425) / breath_s + 1.0) +
                             noise_ms * random_normal(&random);
        t += 1e-3 * rr_ms;
        const RrInterval now = interval(t, rr_ms, RR_NORMAL);
        resp_interval(&resp, &now);
        for (; next <= t && started <= n; next += breath_s, ++started) {
            resp_start(&resp, next);
        }
        while (resp_next(&resp, &breath)) {
            resp_add(&sums, &breath.sums, 1.0);
        }
    }
    return sums;
}

static void test_sine(void** state)
{
    (void)state;
    const double lengths_s[] = {3.3, 4.0, 6.0, 10.0};
    for (int i = 0; i < 4; ++i) {
        const RespSums sums = live(12, lengths_s[i], 40.0, 5.0, 3);
        RespFit fit;
        assert_float_equal(sums.breaths, 12.0, 0.0);
        assert_float_equal(sums.duration_s, 12.0 * lengths_s[i], 1e-9);
        assert_true(resp_fit(&sums, &fit));
        assert_float_equal(fit.amplitude_ms, 40.0, 4.0);
        assert_true(fit.explained > 0.9);
        assert_true(fit.synchrony > 0.9);
    }
}

// Noise alone: chance is taken off, on average nothing is left; too little data: no answer
static void test_chance(void** state)
{
    (void)state;
    double power = 0.0, synchrony = 0.0;
    RespFit fit;
    for (uint32_t seed = 1; seed <= 40; ++seed) {
        const RespSums sums = live(12, 4.0, 0.0, 30.0, seed);
        assert_true(resp_fit(&sums, &fit));
        power += fit.amplitude_ms * fit.amplitude_ms / 40.0;
        synchrony += fit.synchrony / 40.0;
    }
    assert_true(power < 0.06 * 900.0);
    assert_true(synchrony < 0.3);
    const RespSums one = live(1, 4.0, 40.0, 1.0, 1);
    assert_false(resp_fit(&one, &fit));
    const RespSums none = {0};
    assert_false(resp_fit(&none, &fit));
}

static void test_sums_come_off_again(void** state)
{
    (void)state;
    const RespSums a = live(5, 4.0, 20.0, 5.0, 1), b = live(7, 6.0, 40.0, 5.0, 2);
    RespSums both = a;
    RespFit should, is;
    resp_add(&both, &b, 1.0);
    resp_add(&both, &a, -1.0);
    assert_true(resp_fit(&b, &should) && resp_fit(&both, &is));
    assert_float_equal(is.amplitude_ms, should.amplitude_ms, 1e-6);
    assert_float_equal(is.synchrony, should.synchrony, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_breaths_wait_for_their_intervals),
        cmocka_unit_test(test_what_is_passed_over),
        cmocka_unit_test(test_sine),
        cmocka_unit_test(test_chance),
        cmocka_unit_test(test_sums_come_off_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
