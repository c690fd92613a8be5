// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The periodogram against one written out plainly, against scipy's where it is installed, and the
// same whatever the slices.

#include "dsp/lomb.h"

#include "dsp/random.h"
#include "scipy.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 300, F = 400 };
#define DF_HZ 0.001

typedef struct {
    double t[N], y[N];
} Series;

static void make(Series* series, uint32_t seed)
{
    Random random = random_make(seed, 0);
    double t = 1000.0;
    for (int i = 0; i < N; ++i) {
        const double rr = 0.9 + 0.04 * sin(6.2831853 * 0.1 * t) + 0.03 * sin(6.2831853 * 0.27 * t) +
                          0.02 * random_normal(&random) + 0.0003 * (t - 1000.0);
        t += rr;
        if (i % 37 == 5) {
            t += 1.7; // left out
        }
        series->t[i] = t;
        series->y[i] = 1000.0 * rr;
    }
}

static void fill(Lomb* lomb, const Series* series)
{
    lomb_begin(lomb, DF_HZ, F);
    for (int i = 0; i < N; ++i) {
        lomb_add(lomb, series->t[i], series->y[i]);
    }
}

static void detrend(Series* series)
{
    double st = 0.0, sy = 0.0, stt = 0.0, sty = 0.0;
    for (int i = 0; i < N; ++i) {
        st += series->t[i] / N;
        sy += series->y[i] / N;
    }
    for (int i = 0; i < N; ++i) {
        stt += (series->t[i] - st) * (series->t[i] - st);
        sty += (series->t[i] - st) * (series->y[i] - sy);
    }
    for (int i = 0; i < N; ++i) {
        series->y[i] -= sy + sty / stt * (series->t[i] - st);
    }
}

/// Scargle 1982, equation 10, with the time offset tau
static double scargle(const Series* series, double hz)
{
    const double w = 6.283185307179586 * hz;
    double s2 = 0.0, c2 = 0.0, yc = 0.0, ys = 0.0, cc = 0.0, ss = 0.0;
    for (int i = 0; i < N; ++i) {
        s2 += sin(2.0 * w * series->t[i]);
        c2 += cos(2.0 * w * series->t[i]);
    }
    const double tau = atan2(s2, c2) / (2.0 * w);
    for (int i = 0; i < N; ++i) {
        const double c = cos(w * (series->t[i] - tau)), s = sin(w * (series->t[i] - tau));
        yc += series->y[i] * c;
        ys += series->y[i] * s;
        cc += c * c;
        ss += s * s;
    }
    return 0.5 * (yc * yc / cc + ys * ys / ss);
}

static double duration(const Series* series)
{
    return (series->t[N - 1] - series->t[0]) * N / (N - 1.0);
}

static void test_lifecycle(void** state)
{
    (void)state;
    assert_null(lomb_new(0, 1));
    assert_null(lomb_new(1, 0));
    lomb_free(NULL);
    Lomb* const lomb = lomb_new(4, 4);
    lomb_begin(lomb, 0.1, 10);
    assert_int_equal(lomb_frequencies(lomb), 4);
    assert_true(lomb_step(lomb, 1)); // no points: no power
    assert_true(lomb_power(lomb, 0.0, 1.0) == 0.0);
    assert_true(lomb_peak(lomb, 0.0, 1.0) == 0.0);
    lomb_begin(lomb, 0.1, 4);
    for (int i = 0; i < 10; ++i) {
        lomb_add(lomb, 1.0 * i, 5.0);
    }
    assert_int_equal(lomb_points(lomb), 4);
    while (!lomb_step(lomb, 1)) {
    }
    assert_true(lomb_power(lomb, 0.0, 1.0) < 1e-12); // a constant
    assert_true(lomb_density(lomb, 99) == 0.0);
    lomb_free(lomb);
}

static void test_is_scargles(void** state)
{
    (void)state;
    Series series;
    make(&series, 1);
    Lomb* const lomb = lomb_new(N, F);
    fill(lomb, &series);
    while (!lomb_step(lomb, 1000)) {
    }
    detrend(&series);
    for (int k = 0; k < F; ++k) {
        const double should = 2.0 * scargle(&series, (k + 1) * DF_HZ) * duration(&series) / N;
        assert_float_equal(lomb_density(lomb, (uint32_t)k), should, 1e-6 * (should + 1.0));
    }
    assert_float_equal(lomb_peak(lomb, 0.04, 0.15), 0.1, 0.0011);
    assert_float_equal(lomb_power(lomb, 0.09, 0.11), 800.0, 60.0);
    assert_float_equal(lomb_power(lomb, 0.1005, 0.1015) + lomb_power(lomb, 0.1015, 0.1032),
                       lomb_power(lomb, 0.1005, 0.1032), 1e-9);
    lomb_free(lomb);
}

// Each step stops when its work is done, and the result is the same
static void test_slices_do_not_matter(void** state)
{
    (void)state;
    Series series;
    make(&series, 2);
    Lomb* const lomb = lomb_new(N, F);
    double reference[F];
    const uint32_t units[] = {100000000, 24, 100, 257};
    for (size_t u = 0; u < 4; ++u) {
        fill(lomb, &series);
        uint32_t steps = 1;
        while (!lomb_step(lomb, units[u])) {
            ++steps;
        }
        assert_true(steps >= (uint32_t)(0.9 * N * F) / units[u]);
        for (uint32_t k = 0; k < F; ++k) {
            if (u == 0) {
                reference[k] = lomb_density(lomb, k);
            }
            assert_true(lomb_density(lomb, k) == reference[k]);
        }
    }
    lomb_free(lomb);
}

// Band powers within 1 % of scipy.signal.lombscargle's, the spectrum integrated on a finer grid
static void test_agrees_with_scipy(void** state)
{
    (void)state;
    Series series;
    make(&series, 3);
    double bands[3];
    if (!scipy_bands(series.t, series.y, N, bands)) {
        skip();
    }
    const double vlf = bands[0], lf = bands[1], hf = bands[2];
    Lomb* const lomb = lomb_new(N, F);
    fill(lomb, &series);
    while (!lomb_step(lomb, 1000)) {
    }
    assert_float_equal(lomb_power(lomb, 0.0033, 0.04), vlf, 0.01 * vlf);
    assert_float_equal(lomb_power(lomb, 0.04, 0.15), lf, 0.01 * lf);
    assert_float_equal(lomb_power(lomb, 0.15, 0.4), hf, 0.01 * hf);
    lomb_free(lomb);
}

static void test_steps_are_foreseen(void** state)
{
    (void)state;
    static Series series;
    make(&series, 3);
    Lomb* const lomb = lomb_new(N, F);
    static const uint32_t units[] = {1, 24, 25, 100, 256, 1000000};
    for (size_t u = 0; u < sizeof(units) / sizeof(*units); ++u) {
        for (int n = 0; n < 70; ++n) {
            const uint32_t f = 1 + (uint32_t)n * 13u % 90u;
            lomb_begin(lomb, DF_HZ, f);
            for (int i = 0; i < n; ++i) {
                lomb_add(lomb, series.t[i], series.y[i]);
            }
            uint32_t steps = 1;
            while (!lomb_step(lomb, units[u])) {
                ++steps;
            }
            assert_int_equal(steps, lomb_steps((uint32_t)n, f, units[u]));
        }
    }
    lomb_free(lomb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle),
        cmocka_unit_test(test_is_scargles),
        cmocka_unit_test(test_slices_do_not_matter),
        cmocka_unit_test(test_agrees_with_scipy),
        cmocka_unit_test(test_steps_are_foreseen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
