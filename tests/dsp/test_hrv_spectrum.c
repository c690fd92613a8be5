// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Bands, lines and coherence of HRV's spectrum, against what was put in and against scipy.

#include "hrvseries.h"

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
    char points[] = "/tmp/tonus-hrv-XXXXXX";
    const int fd = mkstemp(points);
    assert_true(fd >= 0);
    FILE* const file = fdopen(fd, "w");
    for (size_t i = 0; i < series.n; ++i) {
        fprintf(file, "%.9f %.9f\n", series.list[i].time_s, series.list[i].rr_ms);
    }
    fclose(file);
    char command[2048];
    snprintf(command, sizeof(command),
             "/usr/bin/python3 -c 'import numpy as n, scipy.signal as s\n"
             "t,y=n.loadtxt(\"%s\").T\nk=t-y/1000>=t[-1]-300\nt=t[k]; y=y[k]\n"
             "y=y-n.polyval(n.polyfit(t,y,1),t)\n"
             "f=n.arange(1,8001)*0.4/8000\np=s.lombscargle(t-t[0],y,2*n.pi*f)\n"
             "d=2*p*(t[-1]-t[0])*len(t)/(len(t)-1)/len(t)\n"
             "b=lambda a,c: n.trapz(d[(f>=a)&(f<=c)],f[(f>=a)&(f<=c)])\n"
             "print(b(.0033,.04),b(.04,.15),b(.15,.4))' 2>/dev/null",
             points);
    FILE* const pipe = popen(command, "r");
    double vlf = 0.0, lf = 0.0, hf = 0.0;
    const int got = pipe ? fscanf(pipe, "%lf %lf %lf", &vlf, &lf, &hf) : 0;
    if (pipe) {
        pclose(pipe);
    }
    remove(points);
    if (got != 3) {
        print_message("no scipy for /usr/bin/python3 here\n");
        hrv_free(hrv);
        skip();
    }
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
