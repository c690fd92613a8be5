// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// HRV against plain sums over the same intervals, windows, reasons, and the same results whatever
// the blocks.

#include "dsp/hrv.h"

#include "hrvseries.h"

#include <math.h>
#include <string.h>

typedef struct {
    double mean, sdnn, rmssd, sdsd, nn50, pnn20;
} Plain;

/// Two passes over the list, the intervals that lie wholly in the last `window_s`
static Plain plain(const Series* series, double window_s)
{
    Plain p = {0};
    size_t first = 0;
    while (series->list[first].time_s - 1e-3 * series->list[first].rr_ms < series->t - window_s) {
        ++first;
    }
    const double n = (double)(series->n - first), pairs = n - 1.0;
    double mean_step = 0.0;
    for (size_t i = first; i < series->n; ++i) {
        p.mean += series->list[i].rr_ms / n;
    }
    for (size_t i = first; i < series->n; ++i) {
        p.sdnn += pow(series->list[i].rr_ms - p.mean, 2.0) / (n - 1.0);
        if (i > first) {
            const double step = series->list[i].rr_ms - series->list[i - 1].rr_ms;
            p.rmssd += step * step / pairs;
            mean_step += step / pairs;
            p.nn50 += fabs(step) > 50.0;
            p.pnn20 += 100.0 * (fabs(step) > 20.0) / pairs;
        }
    }
    for (size_t i = first + 1; i < series->n; ++i) {
        const double step = series->list[i].rr_ms - series->list[i - 1].rr_ms;
        p.sdsd += pow(step - mean_step, 2.0) / (pairs - 1.0);
    }
    p.sdnn = sqrt(p.sdnn);
    p.rmssd = sqrt(p.rmssd);
    p.sdsd = sqrt(p.sdsd);
    return p;
}

static void same(double is, double should)
{
    assert_true(fabs(is - should) <= 1e-6 * fabs(should) + 1e-12);
}

static void compare(const HrvMeasures* m, const Plain* p)
{
    same(m->value[HRV_MEAN_RR], p->mean);
    same(m->value[HRV_HEART_RATE], 60000.0 / p->mean);
    same(m->value[HRV_SDNN], p->sdnn);
    same(m->value[HRV_RMSSD], p->rmssd);
    same(m->value[HRV_LN_RMSSD], log(p->rmssd));
    same(m->value[HRV_SDSD], p->sdsd);
    same(m->value[HRV_NN50], p->nn50);
    same(m->value[HRV_PNN20], p->pnn20);
    same(m->value[HRV_SD1], p->sdsd / sqrt(2.0));
    same(m->value[HRV_SD2], sqrt(2.0 * p->sdnn * p->sdnn - 0.5 * p->sdsd * p->sdsd));
}

static void test_lifecycle(void** state)
{
    (void)state;
    assert_null(hrv_new(0.0));
    assert_null(hrv_new(NAN));
    assert_null(hrv_new(1e9));
    hrv_free(NULL);
    Hrv* const hrv = hrv_new(SERIES_RATE);
    const HrvMeasures* const m = hrv_measures(hrv);
    for (int i = 0; i < HRV_N_MEASURES; ++i) {
        assert_int_equal(m->reason[i], HRV_NO_BEATS);
        assert_true(m->value[i] == 0.0);
        assert_non_null(hrv_measure_info((HrvMeasure)i)->name);
    }
    for (int i = 0; i < HRV_N_REASONS; ++i) {
        assert_true(strlen(hrv_reason_text((HrvReason)i)) > 4);
        for (int k = 0; k < i; ++k) {
            assert_string_not_equal(hrv_reason_text((HrvReason)i), hrv_reason_text((HrvReason)k));
        }
    }
    assert_string_equal(hrv_reason_text((HrvReason)99), "Unknown reason");
    assert_string_equal(hrv_reason_text((HrvReason)-1), "Unknown reason");
    assert_null(hrv_measure_info(HRV_N_MEASURES));
    hrv_free(hrv);
}

static void test_time_domain_is_exact(void** state)
{
    (void)state;
    static Series series;
    const float windows[] = {0.f, 30.f, 60.f, 300.f};
    for (size_t i = 0; i < 4; ++i) {
        series_start(&series, 5);
        Hrv* const hrv = hrv_new(SERIES_RATE);
        hrv_set_window(hrv, windows[i]);
        for (int k = 0; k < 40; ++k) {
            series_feed(hrv, &series, 20.0, 40.0, 0.1 + 0.01 * k, 1.0 + k);
            if (k > 3) {
                const Plain p = plain(&series, windows[i] > 0.f ? (double)windows[i] : 1e9);
                if (windows[i] == 30.f) { // too short for some, which is said
                    assert_int_equal(hrv_measures(hrv)->reason[HRV_SDNN], HRV_TOO_SHORT);
                    same(hrv_measures(hrv)->value[HRV_RMSSD], p.rmssd);
                } else {
                    compare(hrv_measures(hrv), &p);
                }
            }
        }
        hrv_free(hrv);
    }
}

// A day of beats, one outlier: the sums do not drift
static void test_long_sums_do_not_drift(void** state)
{
    (void)state;
    Hrv* const all = hrv_new(SERIES_RATE);
    Hrv* const sliding = hrv_new(SERIES_RATE);
    hrv_set_window(all, 0.f);
    hrv_set_window(sliding, 60.f);
    double t = 0.0, mean = 0.0, m2 = 0.0, steps = 0.0, before = 0.0;
    const int n = 100000;
    Random random = random_make(9, 0);
    double last[80] = {0};
    for (int i = 0; i < n; ++i) {
        const double rr = i == 500 ? 3900.0 : 900.0 + 0.5 * random_normal(&random);
        t += 1e-3 * rr;
        const RrInterval interval = {t, rr, RR_NORMAL, i > 0, 1.f};
        hrv_interval(all, &interval, false);
        hrv_interval(sliding, &interval, false);
        const double delta = rr - mean;
        mean += delta / (i + 1.0);
        m2 += delta * (rr - mean);
        steps += i > 0 ? (rr - before) * (rr - before) : 0.0;
        before = rr;
        last[i % 80] = rr;
    }
    same(hrv_measures(all)->value[HRV_MEAN_RR], mean);
    same(hrv_measures(all)->value[HRV_SDNN], sqrt(m2 / (n - 1.0)));
    same(hrv_measures(all)->value[HRV_RMSSD], sqrt(steps / (n - 1.0)));

    const uint64_t held = hrv_measures(sliding)->n_nn;
    double late = 0.0;
    for (uint64_t i = 1; i < held; ++i) {
        const double step = last[((uint64_t)n - i) % 80] - last[((uint64_t)n - i - 1) % 80];
        late += step * step / (double)(held - 1);
    }
    assert_in_range(held, 64, 68);
    same(hrv_measures(sliding)->value[HRV_RMSSD], sqrt(late));
    hrv_free(all);
    hrv_free(sliding);
}

static void test_a_changed_window_is_followed(void** state)
{
    (void)state;
    static Series series;
    series_start(&series, 3);
    Hrv* const hrv = hrv_new(SERIES_RATE);
    hrv_set_window(hrv, 300.f);
    series_feed(hrv, &series, 400.0, 30.0, 0.25, 10.0);
    const float windows[] = {60.f, 300.f, 0.f, 120.f};
    for (size_t i = 0; i < 4; ++i) {
        hrv_set_window(hrv, windows[i]);
        hrv_process(hrv, (uint32_t)(0.5 * SERIES_RATE)); // worked off within half a second
        const RrInterval* const interval = series_next(&series, 850.0);
        hrv_interval(hrv, interval, false);
        const Plain p = plain(&series, windows[i] > 0.f ? (double)windows[i] : 1e9);
        compare(hrv_measures(hrv), &p);
    }
    hrv_free(hrv);
}

static void test_breaths(void** state)
{
    (void)state;
    static Series series;
    series_start(&series, 4);
    Hrv* const hrv = hrv_new(SERIES_RATE);
    assert_int_equal(hrv_measures(hrv)->reason[HRV_RESP], HRV_NO_BEATS);
    series_feed(hrv, &series, 40.0, 30.0, 0.2, 2.0);
    assert_int_equal(hrv_measures(hrv)->reason[HRV_RESP], HRV_NO_BREATH);
    for (int i = 0; i < 20; ++i) {
        hrv_breath(hrv, 40.0 + 5.0 * i, 12.f, 1.f);
        series_feed(hrv, &series, 40.0 + 5.0 * (i + 1) - series.t, 30.0, 0.2, 2.0);
    }
    const HrvMeasures* const m = hrv_measures(hrv);
    assert_int_equal(m->reason[HRV_RESP], HRV_OK);
    assert_float_equal(m->value[HRV_RESP], 57.0, 4.0);
    assert_float_equal(m->value[HRV_RESP_AMPLITUDE], 60.0, 2.0);
    assert_float_equal(m->value[HRV_RESP_POWER], 450.0, 30.0);
    assert_true(m->value[HRV_SYNCHRONY] > 0.95);
    assert_float_equal(hrv_breath_rate(hrv), 12.0, 0.1);
    assert_int_equal(hrv_recent(hrv).resp_reason, HRV_OK);
    assert_float_equal(hrv_recent(hrv).breath_hz, 0.2, 0.001);

    series_feed(hrv, &series, 40.0, 30.0, 0.2, 2.0); // the belt falls off
    assert_int_equal(m->reason[HRV_RESP], HRV_NO_BREATH);
    assert_true(hrv_breath_rate(hrv) == 0.0);
    hrv_free(hrv);
}

// Breaths that have nothing to do with the heart: no synchrony, little power, though peak to trough
// is what it is
static void test_breaths_without_respiratory_hrv(void** state)
{
    (void)state;
    double synchrony = 0.0, power = 0.0;
    static Series series;
    for (uint32_t seed = 1; seed <= 10; ++seed) {
        series_start(&series, seed);
        Hrv* const hrv = hrv_new(SERIES_RATE);
        for (int i = 0; i < 30; ++i) {
            hrv_breath(hrv, 4.0 * i, 15.f, 1.f);
            series_feed(hrv, &series, 4.0 * (i + 1) - series.t, 0.0, 0.2, 30.0);
        }
        synchrony += hrv_measures(hrv)->value[HRV_SYNCHRONY] / 10.0;
        power += hrv_measures(hrv)->value[HRV_RESP_POWER] / 10.0;
        hrv_free(hrv);
    }
    assert_true(synchrony < 0.3);
    assert_true(power < 0.1 * 900.0);
}

static void test_reasons(void** state)
{
    (void)state;
    static Series series;
    series_start(&series, 4);
    Hrv* const hrv = hrv_new(SERIES_RATE);
    hrv_set_window(hrv, 300.f);
    const HrvMeasures* const m = hrv_measures(hrv);
    series_feed(hrv, &series, 20.0, 30.0, 0.2, 2.0);
    assert_int_equal(m->reason[HRV_RMSSD], HRV_TOO_SHORT);
    assert_int_equal(m->overall, HRV_TOO_SHORT);
    assert_int_equal(m->reason[HRV_MEAN_RR], HRV_OK);
    series_feed(hrv, &series, 15.0, 30.0, 0.2, 2.0);
    assert_int_equal(m->reason[HRV_RMSSD], HRV_OK);
    assert_int_equal(m->reason[HRV_SDNN], HRV_TOO_SHORT);
    series_feed(hrv, &series, 100.0, 30.0, 0.2, 2.0);
    assert_int_equal(m->reason[HRV_LF], HRV_OK);
    assert_int_equal(m->reason[HRV_VLF], HRV_TOO_SHORT);

    hrv_breath(hrv, series.t, 6.f, 0.4f);
    assert_int_equal(m->reason[HRV_HF], HRV_OK);
    for (int i = 0; i < 8; i++) { // not quite sure, but likely
        hrv_breath(hrv, series.t, 6.f, 0.68f);
    }
    assert_int_equal(m->reason[HRV_HF], HRV_SLOW_BREATH);
    hrv_breath(hrv, series.t, 6.f, 1.f);
    assert_int_equal(m->reason[HRV_HF], HRV_SLOW_BREATH);
    assert_int_equal(m->reason[HRV_LF_HF], HRV_SLOW_BREATH);
    assert_int_equal(m->reason[HRV_LF], HRV_OK);
    assert_true(m->value[HRV_HF] == 0.0);
    assert_int_equal(m->overall, HRV_SLOW_BREATH);
    for (int i = 0; i < 12; ++i) {
        hrv_breath(hrv, series.t, 28.f, 1.f);
    }
    assert_int_equal(m->reason[HRV_HF], HRV_FAST_BREATH);
    for (int i = 0; i < 12; ++i) {
        hrv_breath(hrv, series.t, 40.f, 1.f);
    }
    assert_int_equal(m->reason[HRV_HF], HRV_ALIASED);
    assert_int_equal(m->reason[HRV_RESP], HRV_ALIASED);

    hrv_process(hrv, (uint32_t)(11 * SERIES_RATE));
    for (int i = 0; i < HRV_N_MEASURES; ++i) {
        assert_int_equal(m->reason[i], HRV_NO_BEATS);
    }
    assert_true(m->quality == 0.0);

    series_feed(hrv, &series, 5.0, 30.0, 0.2, 2.0);
    assert_int_equal(m->reason[HRV_RMSSD], HRV_OK);
    RrInterval bad = *series_next(&series, 850.0);
    hrv_interval(hrv, &bad, true);
    assert_int_equal(m->reason[HRV_RMSSD], HRV_IRREGULAR);
    assert_int_equal(m->reason[HRV_MEAN_RR], HRV_OK);
    for (int i = 0; i < 100; ++i) {
        bad = *series_next(&series, 850.0);
        bad.type = RR_ECTOPIC;
        bad.pair = false;
        hrv_interval(hrv, &bad, false);
    }
    assert_int_equal(m->reason[HRV_RMSSD], HRV_ARTEFACTS);
    assert_true(m->artefacts_percent > 25.0);
    assert_true(m->quality == 0.0);
    hrv_free(hrv);

    Hrv* const flat = hrv_new(SERIES_RATE); // a clock: no logarithm, no ratio
    series_start(&series, 4);
    series_feed(flat, &series, 120.0, 0.0, 0.2, 0.0);
    assert_int_equal(hrv_measures(flat)->reason[HRV_LN_RMSSD], HRV_NO_VARIATION);
    assert_int_equal(hrv_measures(flat)->reason[HRV_STRESS], HRV_NO_VARIATION);
    assert_int_equal(hrv_measures(flat)->reason[HRV_RMSSD], HRV_OK);
    hrv_free(flat);
}

// Everything since the start does not go stale: it is a result
static void test_all_since_the_start_stays(void** state)
{
    (void)state;
    static Series series;
    series_start(&series, 4);
    Hrv* const hrv = hrv_new(SERIES_RATE);
    hrv_set_window(hrv, 0.f);
    series_feed(hrv, &series, 100.0, 30.0, 0.2, 2.0);
    const double rmssd = hrv_measures(hrv)->value[HRV_RMSSD];
    hrv_process(hrv, (uint32_t)(60 * SERIES_RATE));
    assert_true(hrv_measures(hrv)->value[HRV_RMSSD] == rmssd);
    assert_true(hrv_measures(hrv)->quality == 0.0);
    hrv_free(hrv);
}

static void test_shape(void** state)
{
    (void)state;
    Hrv* const hrv = hrv_new(SERIES_RATE);
    hrv_set_window(hrv, 0.f);
    // 60 intervals of 805 ms, 20 of 755, 20 of 905: AMo 60 %, Mo 0.825 s, MxDMn 0.15 s
    double t = 0.0;
    for (int i = 0; i < 100; ++i) {
        const double rr = i % 5 < 3 ? 805.0 : i % 5 == 3 ? 755.0 : 905.0;
        t += 1e-3 * rr;
        const RrInterval interval = {t, rr, RR_NORMAL, i > 0, 1.f};
        hrv_interval(hrv, &interval, false);
    }
    same(hrv_measures(hrv)->value[HRV_STRESS], 60.0 / (2.0 * 0.825 * 0.15));
    same(hrv_measures(hrv)->value[HRV_RANGE], 150.0);
    hrv_free(hrv);
}

// Bit for bit the same, however the frames are divided
static void test_blocks_do_not_matter(void** state)
{
    (void)state;
    static HrvMeasures reference;
    const uint32_t blocks[] = {256, 1, 7, 64, 8192, 0};
    for (size_t b = 0; b < 6; ++b) {
        static Series series;
        series_start(&series, 6);
        Random sizes = random_make(1, 1);
        Hrv* const hrv = hrv_new(SERIES_RATE);
        uint64_t frame = 0;
        double breath = 0.0;
        while (series.t < 150.0) {
            const RrInterval* const interval =
                series_next(&series, series_rest_ms(&series, 30.0, 0.2, 8.0));
            const uint64_t at = (uint64_t)(interval->time_s * SERIES_RATE);
            while (frame < at) {
                uint32_t n = blocks[b] ? blocks[b] : 1u + (uint32_t)(3000 * random_uniform(&sizes));
                n = n < at - frame ? n : (uint32_t)(at - frame);
                hrv_process(hrv, n);
                frame += n;
            }
            hrv_interval(hrv, interval, false);
            if (series.t > breath) {
                hrv_breath(hrv, breath, 12.f, 1.f);
                breath += 5.0;
            }
        }
        if (b == 0) {
            memcpy(&reference, hrv_measures(hrv), sizeof(reference));
        }
        assert_memory_equal(&reference, hrv_measures(hrv), sizeof(reference));
        hrv_free(hrv);
    }
}

static void test_wild_input(void** state)
{
    (void)state;
    Hrv* const hrv = hrv_new(SERIES_RATE);
    const double wild[] = {NAN, INFINITY, -INFINITY, 1e30, -1e30, 0.0, -5.0};
    for (size_t i = 0; i < 7; ++i) {
        for (size_t k = 0; k < 7; ++k) {
            const RrInterval interval = {wild[i], wild[k], RR_NORMAL, true, (float)wild[k]};
            hrv_interval(hrv, &interval, false);
            hrv_breath(hrv, wild[i], (float)wild[k], (float)wild[k]);
            hrv_set_window(hrv, (float)wild[k]);
            hrv_process(hrv, 5000);
        }
    }
    hrv_set_window(hrv, 60.f);
    for (int i = 0; i < HRV_N_MEASURES; ++i) {
        assert_true(isfinite(hrv_measures(hrv)->value[i]));
    }
    hrv_reset(hrv);
    static Series series;
    series_start(&series, 1);
    series_feed(hrv, &series, 100.0, 30.0, 0.25, 2.0);
    const Plain p = plain(&series, 60.0);
    compare(hrv_measures(hrv), &p);
    hrv_free(hrv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle),
        cmocka_unit_test(test_time_domain_is_exact),
        cmocka_unit_test(test_long_sums_do_not_drift),
        cmocka_unit_test(test_a_changed_window_is_followed),
        cmocka_unit_test(test_breaths),
        cmocka_unit_test(test_breaths_without_respiratory_hrv),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_all_since_the_start_stays),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_blocks_do_not_matter),
        cmocka_unit_test(test_wild_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
