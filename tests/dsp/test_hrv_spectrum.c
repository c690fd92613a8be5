// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Bands, lines and coherence of HRV's spectrum, against what was put in and against scipy.

#include "hrvseries.h"
#include "scipy.h"

#include <stdio.h>
#include <stdlib.h>

static void same(double is, double should)
{
    assert_true(fabs(is - should) <= 1e-6 * fabs(should) + 1e-12);
}

// A sine of amplitude a has the power a² / 2, in the band where it lies
static void test_bands(void** state)
{
    (void)state;
    static Series series;
    const struct {
        double hz;
        HrvMeasure band;
    } sines[] = {{0.02, HRV_VLF}, {0.10, HRV_LF}, {0.25, HRV_HF}, {0.33, HRV_HF}};
    for (size_t i = 0; i < 4; ++i) {
        series_start(&series, 2);
        Hrv* const hrv = hrv_new(SERIES_RATE);
        hrv_set_window(hrv, 300.f);
        series_feed(hrv, &series, 305.0, 30.0, sines[i].hz, 0.0);
        hrv_process(hrv, (uint32_t)(3 * SERIES_RATE));
        const HrvMeasures* const m = hrv_measures(hrv);
        assert_float_equal(m->value[sines[i].band], 450.0, 22.0);
        assert_float_equal(m->value[HRV_TOTAL], 450.0, 22.0);
        const double both = m->value[HRV_LF] + m->value[HRV_HF];
        same(m->value[HRV_LF_NU], 100.0 * m->value[HRV_LF] / both);
        same(m->value[HRV_HF_NU], 100.0 * m->value[HRV_HF] / both);
        same(m->value[HRV_LF_HF], m->value[HRV_LF] / m->value[HRV_HF]);
        if (sines[i].band == HRV_LF) {
            assert_float_equal(m->value[HRV_LF_PEAK], 0.10, 0.002);
        }
        hrv_free(hrv);
    }
}

// What is shown has its peak where the sine is, and the same power under it
static void test_lines(void** state)
{
    (void)state;
    static Series series;
    const float* density = NULL;
    double line_hz = 0.0;
    const double sines_hz[] = {0.10, 0.25};
    for (size_t i = 0; i < 2; ++i) {
        series_start(&series, 2);
        Hrv* const hrv = hrv_new(SERIES_RATE);
        hrv_set_window(hrv, 300.f);
        assert_int_equal(hrv_lines(hrv, &density, &line_hz), 0);
        series_feed(hrv, &series, 305.0, 30.0, sines_hz[i], 0.0);
        hrv_process(hrv, (uint32_t)(3 * SERIES_RATE));
        const uint32_t n = hrv_lines(hrv, &density, &line_hz);
        assert_in_range(n, 32, 128);
        assert_float_equal(n * line_hz, 0.40, 0.02);
        double power = 0.0;
        uint32_t highest = 0;
        for (uint32_t k = 0; k < n; ++k) {
            power += (double)density[k] * line_hz;
            highest = density[k] > density[highest] ? k : highest;
        }
        assert_float_equal((highest + 0.5) * line_hz, sines_hz[i], 1.01 * line_hz);
        assert_float_equal(power, 450.0, 30.0);
        hrv_reset(hrv);
        assert_int_equal(hrv_lines(hrv, &density, &line_hz), 0);
        hrv_free(hrv);
    }
}

static void test_coherence(void** state)
{
    (void)state;
    static Series series;
    double ratio[2];
    for (int noisy = 0; noisy < 2; ++noisy) {
        series_start(&series, 2);
        Hrv* const hrv = hrv_new(SERIES_RATE);
        series_feed(hrv, &series, 100.0, noisy ? 10.0 : 40.0, 0.1, noisy ? 30.0 : 3.0);
        hrv_process(hrv, (uint32_t)(1 * SERIES_RATE));
        assert_int_equal(hrv_measures(hrv)->reason[HRV_COHERENCE], HRV_OK);
        ratio[noisy] = hrv_measures(hrv)->value[HRV_COHERENCE];
        hrv_free(hrv);
    }
    assert_true(ratio[0] > 5.0);
    assert_true(ratio[1] < 1.0);
}

// What is shown as VLF, LF and HF, within 1 % of scipy.signal.lombscargle's: window, linear trend,
// scale and bands, too
static void test_agrees_with_scipy(void** state)
{
    (void)state;
    static Series series;
    Hrv* const hrv = hrv_new(SERIES_RATE);
    hrv_set_window(hrv, 300.f);
    series_start(&series, 21);
    double drift_ms = 0.0;
    uint64_t frame = 0;
    while (series.t < 340.0) {
        drift_ms = 0.98 * drift_ms + 6.0 * random_normal(&series.random);
        const double rr_ms = series_rest_ms(&series, 30.0, 0.095, 8.0) + drift_ms +
                             25.0 * sin(6.283185307179586 * 0.26 * series.t) + 0.1 * series.t;
        const RrInterval* const interval = series_next(&series, rr_ms);
        const uint64_t at = (uint64_t)(interval->time_s * SERIES_RATE);
        hrv_process(hrv, (uint32_t)(at - frame));
        frame = at;
        hrv_interval(hrv, interval, false);
    }
    hrv_process(hrv, (uint32_t)(4.0 * SERIES_RATE)); // the spectrum of the last beats gets ready
    static double time_s[SERIES_MOST], rr_ms[SERIES_MOST];
    size_t n = 0;
    const double last_s = series.list[series.n - 1].time_s;
    for (size_t i = 0; i < series.n; ++i) {
        const RrInterval* const r = &series.list[i];
        if (r->time_s - r->rr_ms / 1000.0 >= last_s - 300.0) { // lies whole within the window
            time_s[n] = r->time_s;
            rr_ms[n++] = r->rr_ms;
        }
    }
    double bands[3];
    if (!scipy_bands(time_s, rr_ms, n, bands)) {
        hrv_free(hrv);
        skip();
    }
    const double vlf = bands[0], lf = bands[1], hf = bands[2];
    const HrvMeasures* const m = hrv_measures(hrv);
    const struct {
        HrvMeasure which;
        double should;
    } list[] = {{HRV_VLF, vlf},       {HRV_LF, lf},
                {HRV_HF, hf},         {HRV_TOTAL, vlf + lf + hf},
                {HRV_LF_HF, lf / hf}, {HRV_LF_NU, 100.0 * lf / (lf + hf)}};
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); ++i) {
        assert_int_equal(m->reason[list[i].which], HRV_OK);
        assert_float_equal(m->value[list[i].which], list[i].should, 0.01 * list[i].should);
    }
    hrv_free(hrv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bands),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_coherence),
        cmocka_unit_test(test_agrees_with_scipy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
