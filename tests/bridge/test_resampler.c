// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "unit.h"

#include "bridge/resampler.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

/// Resamples a function of time in one go; returns the number of output samples
static uint32_t resample(double (*signal)(double), double from, double to, double seconds,
                         float* out)
{
    Resampler* const rs = resampler_new(from / to);
    assert_non_null(rs);
    resampler_set_step(rs, from / to);
    uint32_t n = 0;
    for (uint32_t i = 0; i < seconds * from; i++) {
        uint32_t one = 1;
        const float x = (float)signal(i / from);
        for (uint32_t got = 1; got > 0 || one > 0;) {
            got = resampler_process(rs, &x, &one, out + n, 1);
            n += got;
            if (got == 0) {
                break;
            }
            one = 0;
        }
    }
    resampler_free(rs);
    return n;
}

static float out[4000000];

static double tone_10(double t)
{
    return sin(2.0 * PI * 10.0 * t);
}

static double tone_35(double t)
{
    return sin(2.0 * PI * 35.0 * t);
}

static double tone_4000(double t)
{
    return sin(2.0 * PI * 4000.0 * t);
}

static double constant(double t)
{
    (void)t;
    return 0.7;
}

static void test_tones(void** state)
{
    (void)state;
    // The largest error of a tone well inside the band, beyond the edges of the signal
    static const struct {
        double (*signal)(double);
        double from, to, limit;
    } cases[] = {{tone_10, 130, 48000, 2e-4},       {tone_35, 130, 48000, 2e-3},
                 {tone_35, 360, 44100, 2e-4},       {tone_35, 1000, 192000, 2e-4},
                 {tone_35, 44100, 48000, 2e-4},     {tone_35, 96000, 48000, 2e-4},
                 {tone_35, 192000, 8000, 2e-4},     {tone_10, 60, 8000, 2e-3},
                 {tone_35, 123.456, 44123.45, 2e-3}};
    for (unsigned c = 0; c < sizeof cases / sizeof *cases; c++) {
        const double to = cases[c].to;
        const uint32_t n = resample(cases[c].signal, cases[c].from, to, 4.0, out);
        assert_true(fabs(n / to - 4.0) < 12.0 / fmin(cases[c].from, to));
        double worst = 0.0;
        for (uint32_t i = (uint32_t)(0.5 * to); i < 3.5 * to; i++) {
            worst = fmax(worst, fabs(out[i] - cases[c].signal(i / to)));
        }
        if (worst > cases[c].limit) {
            fail_msg("%g to %g Hz: error %g", cases[c].from, to, worst);
        }
    }
}

static void test_nothing_folds_back(void** state)
{
    (void)state;
    // 4 kHz has no place at 2 kHz
    const uint32_t n = resample(tone_4000, 48000, 2000, 1.0, out);
    for (uint32_t i = 50; i < n - 50; i++) {
        assert_true(fabs(out[i]) < 1e-3);
    }
}

static void test_constant(void** state)
{
    (void)state;
    const uint32_t n = resample(constant, 130, 48000, 2.0, out);
    for (uint32_t i = 48000 / 8; i < n; i++) {
        assert_float_equal(out[i], 0.7, 1e-6);
    }
}

/// A QRS complex: a Gaussian of 10 ms standard deviation
static double r_peak_at;

static double r_peak(double t)
{
    const double u = (t - r_peak_at) / 0.010;
    return exp(-0.5 * u * u);
}

static void test_r_peak_stays(void** state)
{
    (void)state;
    // Wherever the peak lies between two samples, it moves by at most 0.02 ms at 130 Hz
    const double to = 192000.0;
    double worst = 0.0;
    for (unsigned i = 0; i < 40; i++) {
        r_peak_at = 0.5 + i / 40.0 / 130.0;
        const uint32_t n = resample(r_peak, 130.0, to, 0.7, out);
        uint32_t best = 0;
        for (uint32_t k = 0; k < n; k++) {
            best = out[k] > out[best] ? k : best;
        }
        const double a = out[best - 1];
        const double b = out[best];
        const double c = out[best + 1];
        const double bend = a - 2.0 * b + c;
        const double at = (best + (bend != 0.0 ? 0.5 * (a - c) / bend : 0.0)) / to;
        worst = fmax(worst, fabs(at - r_peak_at));
    }
    if (worst > 0.02e-3) {
        fail_msg("the peak moves by %.4f ms", worst * 1e3);
    }
}

static void test_pieces(void** state)
{
    (void)state;
    // Bit for bit the same, however the calls are cut
    enum { IN = 2000 };
    static float in[IN];
    static float whole[200000];
    static float pieces[200000];
    for (unsigned i = 0; i < IN; i++) {
        in[i] = (float)sin(0.1 * i * i / 100.0);
    }
    for (unsigned c = 0; c < 2; c++) {
        const double step = c ? 2.7 : 1.0 / 77.7;
        Resampler* const rs = resampler_new(8.0);
        resampler_set_step(rs, step);
        uint32_t used = IN;
        const uint32_t n = resampler_process(rs, in, &used, whole, 200000);
        assert_int_equal(used, IN);
        resampler_reset(rs);
        uint32_t at = 0;
        uint32_t m = 0;
        for (unsigned k = 0; m < n; k++) {
            uint32_t some = (k * 7) % 13 < IN - at ? (k * 7) % 13 : IN - at;
            m += resampler_process(rs, in + at, &some, pieces + m, (k * 31) % 1000);
            at += some;
        }
        assert_memory_equal(whole, pieces, n * sizeof *whole);
        resampler_free(rs);
    }
}

static void test_changing_ratio(void** state)
{
    (void)state;
    // A rate that wanders by 2 % does not disturb a tone: its phase follows the position
    Resampler* const rs = resampler_new(1.0);
    uint32_t pushed = 0;
    for (unsigned i = 0; i < 200000; i++) {
        resampler_set_step(rs, 130.0 / 48000.0 * (1.0 + 0.02 * sin(i * 1e-4)));
        while (resampler_hungry(rs)) {
            resampler_push(rs, (float)tone_10(pushed++ / 130.0));
        }
        const double position = resampler_position(rs);
        const float y = resampler_pull(rs);
        if (position > 20.0) {
            assert_float_equal(y, tone_10(position / 130.0), 3e-4);
        }
    }
    resampler_free(rs);
}

static void test_long_and_wrong(void** state)
{
    (void)state;
    // Places stay exact over hours: 360 Hz to 48 kHz is 3 to 400
    Resampler* const rs = resampler_new(1.0);
    resampler_set_step(rs, 360.0 / 48000.0);
    for (unsigned i = 0; i < 4000000; i++) {
        while (resampler_hungry(rs)) {
            resampler_push(rs, 0.0f);
        }
        resampler_pull(rs);
    }
    assert_float_equal(resampler_position(rs), 30000.0, 1e-6);
    resampler_free(rs);
    assert_null(resampler_new(0.0));
    assert_null(resampler_new(-1.0));
    assert_null(resampler_new((double)NAN));
    assert_null(resampler_new(1e9));
    resampler_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tones),          cmocka_unit_test(test_nothing_folds_back),
        cmocka_unit_test(test_constant),       cmocka_unit_test(test_r_peak_stays),
        cmocka_unit_test(test_pieces),         cmocka_unit_test(test_changing_ratio),
        cmocka_unit_test(test_long_and_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
