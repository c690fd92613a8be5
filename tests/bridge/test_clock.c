// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "unit.h"

#include "bridge/clock.h"
#include "bridge/link.h"

#include <math.h>

typedef struct {
    double sd_ms, max_ms;       // of the map around its mean, after 60 s
    double rr_sd_ms, rr_max_ms; // of the length of one second according to it
    double drift_ms;            // mean of the last minute against that after five
} Result;

/// Follows a sensor of `rate` (1 + error) Hz in packets of `n` samples for `seconds`
static Result follow(double rate, double error, unsigned n, const LinkModel* model, double seconds,
                     uint32_t seed)
{
    Link link = link_make(model, seed);
    Clock* const clock = clock_new(rate);
    assert_non_null(clock);
    const double true_rate = rate * (1.0 + error);
    double sum = 0.0;
    double squares = 0.0;
    double count = 0.0;
    double low = INFINITY;
    double high = -INFINITY;
    double rr_squares = 0.0;
    double rr_max = 0.0;
    double early = 0.0;
    double n_early = 0.0;
    double late = 0.0;
    double n_late = 0.0;
    for (uint64_t k = n; (double)k / true_rate < seconds; k += n) {
        const double index = (double)(k - 1);
        const double taken_s = index / true_rate;
        const double at = link_arrival(&link, taken_s + 0.001);
        clock_add(clock, index, at * 1e6 + 1e9);
        if (taken_s < 60.0) {
            continue;
        }
        const ClockFit fit = clock_fit(clock);
        assert_true(fit.locked);
        const double error_ms = (fit.time_us - 1e9) * 1e-3 - taken_s * 1e3;
        sum += error_ms;
        squares += error_ms * error_ms;
        count++;
        low = fmin(low, error_ms);
        high = fmax(high, error_ms);
        const double rr_ms = true_rate / fit.rate * 1000.0 - 1000.0;
        rr_squares += rr_ms * rr_ms;
        rr_max = fmax(rr_max, fabs(rr_ms));
        if (taken_s > 300.0 && taken_s < 360.0) {
            early += error_ms;
            n_early++;
        } else if (taken_s > seconds - 60.0) {
            late += error_ms;
            n_late++;
        }
    }
    clock_free(clock);
    const double mean = sum / count;
    return (Result){sqrt(fmax(squares / count - mean * mean, 0.0)), fmax(high - mean, mean - low),
                    sqrt(rr_squares / count), rr_max,
                    n_late > 0 ? late / n_late - early / n_early : 0.0};
}

static void check(const char* name, Result r, double sd_ms, double rr_sd_ms, double rr_max_ms)
{
    print_message("%s: sd %.3f max %.3f ms, RR sd %.3f max %.3f ms\n", name, r.sd_ms, r.max_ms,
                  r.rr_sd_ms, r.rr_max_ms);
    assert_true(r.sd_ms <= sd_ms);
    assert_true(r.rr_sd_ms <= rr_sd_ms);
    assert_true(r.rr_max_ms <= rr_max_ms);
}

static void test_radio(void** state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 3; seed++) {
        check("strap", follow(130.0, 0.0003, 73, &link_ble, 1200.0, seed), 0.8, 0.1, 0.5);
        check("strap, 1.5 % fast", follow(130.0, 0.015, 73, &link_ble, 1200.0, seed), 0.8, 0.1,
              0.5);
        check("armband", follow(55.0, -0.001, 36, &link_ble, 1200.0, seed), 0.8, 0.12, 0.5);
    }
}

static void test_wire(void** state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 3; seed++) {
        check("500 Hz, USB", follow(500.0, 0.0007, 1, &link_usb1, 300.0, seed), 0.05, 0.05, 0.05);
        check("60 Hz, 16 ms", follow(60.0, -0.0015, 1, &link_usb16, 300.0, seed), 0.06, 0.05, 0.05);
    }
}

static void test_hours(void** state)
{
    (void)state;
    const Result r = follow(130.0, 0.004, 73, &link_ble, 8.0 * 3600.0, 3);
    print_message("eight hours: sd %.3f max %.3f ms, drift %.3f ms\n", r.sd_ms, r.max_ms,
                  r.drift_ms);
    assert_true(fabs(r.drift_ms) < 1.0);
    assert_true(r.sd_ms < 1.0);
}

static void test_wild_rates_and_input(void** state)
{
    (void)state;
    // A device off by more than it may: the rate stays within its tolerance
    Clock* const clock = clock_new(100.0);
    for (unsigned i = 0; i < 6000; i++) {
        clock_add(clock, i, i * 1e6 / 110.0);
    }
    assert_float_equal(clock_fit(clock).rate, 102.5, 1e-6);
    clock_reset(clock);
    assert_true(clock_fit(clock).rate == 0.0);
    // Nonsense in between changes nothing
    for (unsigned i = 0; i < 6000; i++) {
        clock_add(clock, i, i * 1e4);
        clock_add(clock, i, 0.0);
        clock_add(clock, i - 10.0, i * 1e4);
        clock_add(clock, (double)NAN, i * 1e4);
        clock_add(clock, i + 0.5, (double)INFINITY);
    }
    const ClockFit fit = clock_fit(clock);
    assert_float_equal(fit.rate, 100.0, 1e-3); // old bounds are loose by a millionth
    assert_float_equal(fit.time_us, 5999 * 1e4, 1.0);
    assert_true(fit.locked);
    clock_free(clock);
    assert_null(clock_new(0.0));
    assert_null(clock_new((double)NAN));
    clock_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_radio),
        cmocka_unit_test(test_wire),
        cmocka_unit_test(test_hours),
        cmocka_unit_test(test_wild_rates_and_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
