// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// RR intervals: what is mended, what is left out, and what must be left alone.

#include "dsp/rr.h"

#include "dsp/random.h"
#include "unit.h"

#include <math.h>

enum { MOST = 4000 };

typedef struct {
    double beats_s[MOST];
    size_t n;
} Series;

typedef struct {
    RrInterval intervals[MOST];
    size_t n;
    int of_type[RR_GAP + 1];
    int pairs;
    bool irregular; // at the end
    bool ever_irregular;
} Result;

static void add(Series* series, double rr_s)
{
    assert_true(series->n < MOST);
    series->beats_s[series->n] = series->n ? series->beats_s[series->n - 1] + rr_s : 1.0;
    ++series->n;
}

static Result* run(const Series* series, bool clean)
{
    Result* const result = calloc(1, sizeof(Result));
    Rr* const rr = rr_new();
    assert_non_null(result);
    assert_non_null(rr);
    rr_set_clean(rr, clean);
    for (size_t i = 0; i < series->n; ++i) {
        RrInterval out[RR_MAX_OUT];
        const RrBeat beat = {series->beats_s[i], 1.f, true, 0.f};
        const uint32_t n = rr_beat(rr, &beat, out);
        assert_true(n <= RR_MAX_OUT);
        for (uint32_t k = 0; k < n; ++k) {
            assert_true(result->n < MOST);
            result->intervals[result->n++] = out[k];
            ++result->of_type[out[k].type];
            result->pairs += out[k].pair;
        }
        result->irregular = rr_irregular(rr);
        result->ever_irregular |= result->irregular;
    }
    rr_free(rr);
    return result;
}

static int not_normal(const Result* result)
{
    return (int)result->n - result->of_type[RR_NORMAL];
}

/// A heart at rest: `n` intervals, respiratory swing (peak to trough, s) at `breath_hz`
static void rest(Series* series, int n, double mean_s, double swing_s, double breath_hz,
                 double jitter_s, uint32_t seed)
{
    Random random = random_make(seed, 0);
    const double from_s = series->n ? series->beats_s[series->n - 1] : 0.0;
    for (int i = 0; i < n; ++i) {
        const double t = series->n ? series->beats_s[series->n - 1] - from_s : 0.0;
        add(series, mean_s + 0.5 * swing_s * sin(6.283185307 * breath_hz * t) +
                        jitter_s * random_normal(&random));
    }
}

static void test_lifecycle(void** state)
{
    (void)state;
    rr_free(NULL);
    Rr* const rr = rr_new();
    RrInterval out[RR_MAX_OUT];
    const RrBeat beats[] = {{1.0, 1.f, true, 0.f},
                            {0.5, 1.f, true, 0.f},
                            {1.0, 1.f, true, 0.f},
                            {NAN, 1.f, true, 0.f},
                            {INFINITY, 1.f, true, 0.f}};
    for (size_t i = 0; i < 5; ++i) { // none of them makes an interval
        assert_int_equal(rr_beat(rr, &beats[i], out), 0);
    }
    assert_false(rr_irregular(rr));
    assert_int_equal(rr_break(rr, out), 0);
    rr_free(rr);
}

static void test_clean_off_leaves_everything(void** state)
{
    (void)state;
    Series series = {.n = 0};
    rest(&series, 30, 0.8, 0.05, 0.25, 0.005, 1);
    add(&series, 0.4);
    add(&series, 1.2);
    add(&series, 1.6);
    rest(&series, 10, 0.8, 0.05, 0.25, 0.005, 2);
    Result* const result = run(&series, false);
    assert_int_equal(result->n, series.n - 1); // no delay
    assert_int_equal(not_normal(result), 0);
    assert_int_equal(result->pairs, series.n - 2);
    for (size_t i = 0; i < result->n; ++i) {
        assert_float_equal(result->intervals[i].rr_ms,
                           1e3 * (series.beats_s[i + 1] - series.beats_s[i]), 1e-9);
    }
    free(result);
}

static void test_rest_is_normal(void** state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        Series series = {.n = 0};
        rest(&series, 600, 0.6 + 0.025 * seed, 0.01 * seed, 0.2 + 0.005 * seed, 0.012, seed);
        Result* const result = run(&series, true);
        assert_int_equal(result->n, series.n - 2); // one beat of delay
        assert_in_range(not_normal(result), 0, 1);
        assert_false(result->ever_irregular);
        free(result);
    }
}

// Swings of 20 to 30 beats per minute, as in trained people breathing slowly, from a calm start
static void test_large_respiratory_swings_are_normal(void** state)
{
    (void)state;
    for (int i = 0; i < 12; ++i) {
        const double breath_hz = (4.0 + 0.5 * i) / 60.0;
        const double swing_per_min = 20.0 + i;
        const double low_s = 60.0 / (65.0 + 0.5 * swing_per_min);
        const double high_s = 60.0 / (65.0 - 0.5 * swing_per_min);
        Series series = {.n = 0};
        rest(&series, 80, 0.92, 0.03, 0.25, 0.01, 7u + (uint32_t)i);
        rest(&series, 300, 0.5 * (low_s + high_s), high_s - low_s, breath_hz, 0.012,
             20u + (uint32_t)i);
        Result* const result = run(&series, true);
        assert_in_range(not_normal(result), 0, 2);
        assert_false(result->ever_irregular);
        free(result);
    }
}

// Cold face, breath held: RR grows by half and more from one beat to the next and stays, then comes
// back within some beats
static void test_diving_reflex_is_normal(void** state)
{
    (void)state;
    Series series = {.n = 0};
    rest(&series, 60, 0.8, 0.04, 0.25, 0.01, 3);
    const double dive[] = {0.82, 1.22, 1.30, 1.45, 1.5, 1.55, 1.5, 1.45, 1.6, 1.5,
                           1.4,  1.3,  1.2,  1.1,  1.0, 0.95, 0.9, 0.85, 0.82};
    for (size_t i = 0; i < sizeof(dive) / sizeof(dive[0]); ++i) {
        add(&series, dive[i]);
    }
    rest(&series, 40, 0.8, 0.04, 0.25, 0.01, 4);
    Result* const result = run(&series, true);
    assert_int_equal(not_normal(result), 0);
    free(result);
}

static void test_missed_and_extra_are_mended(void** state)
{
    (void)state;
    Series series = {.n = 0};
    rest(&series, 40, 0.85, 0.03, 0.25, 0.006, 5);
    add(&series, 1.70); // a beat was not seen
    rest(&series, 20, 0.85, 0.03, 0.25, 0.006, 6);
    add(&series, 0.30); // a beat that was none
    add(&series, 0.55);
    rest(&series, 20, 0.85, 0.03, 0.25, 0.006, 7);
    add(&series, 2.55); // two were not seen
    rest(&series, 20, 0.85, 0.03, 0.25, 0.006, 8);
    Result* const result = run(&series, true);
    assert_int_equal(result->of_type[RR_MISSED], 5);
    assert_int_equal(result->of_type[RR_EXTRA], 1);
    assert_int_equal(result->of_type[RR_ECTOPIC], 0);
    for (size_t i = 0; i < result->n; ++i) {
        assert_float_equal(result->intervals[i].rr_ms, 850.0, 40.0);
        assert_false(result->intervals[i].type == RR_MISSED && result->intervals[i].pair);
    }
    // every instant is covered, in order
    for (size_t i = 1; i < result->n; ++i) {
        const RrInterval* const now = &result->intervals[i];
        assert_float_equal(now->time_s - 1e-3 * now->rr_ms, result->intervals[i - 1].time_s, 1e-9);
    }
    free(result);
}

static int ectopics_seen(const Series* series, const size_t* at, size_t n, Result* result)
{
    int seen = 0;
    for (size_t i = 0; i < n; ++i) {
        for (size_t k = 0; k < result->n; ++k) {
            const RrInterval* const now = &result->intervals[k];
            if (fabs(now->time_s - series->beats_s[at[i]]) < 1e-9) {
                seen += now->type == RR_ECTOPIC;
            }
        }
    }
    return seen;
}

// Premature beats with and without a full pause, single, in pairs, every second and every third
static void test_ectopics(void** state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 10; ++seed) {
        Series series = {.n = 0};
        size_t at[200], n = 0;
        Random random = random_make(seed, 1);
        const double mean_s = 0.65 + 0.03 * seed;
        rest(&series, 30, mean_s, 0.03, 0.25, 0.008, seed);
        for (int i = 0; i < 20; ++i) { // single
            const double early = 0.18 + 0.25 * random_uniform(&random);
            add(&series, mean_s * (1.0 - early));
            at[n++] = series.n - 1;
            add(&series, mean_s * (i % 2 ? 1.0 + early : 1.08)); // ventricular, atrial
            rest(&series, 6 + i % 5, mean_s, 0.03, 0.25, 0.008, seed + 100u + (uint32_t)i);
        }
        for (int i = 0; i < 30; ++i) { // every second, then every third
            add(&series, 0.65 * mean_s);
            at[n++] = series.n - 1;
            add(&series, 1.35 * mean_s);
            if (i > 15) {
                rest(&series, 1, mean_s, 0.0, 0.25, 0.008, seed + 200u + (uint32_t)i);
            }
        }
        rest(&series, 40, mean_s, 0.03, 0.25, 0.008, seed + 300u);
        Result* const result = run(&series, true);
        assert_true(ectopics_seen(&series, at, n, result) >= (int)n - 1);
        assert_in_range(result->of_type[RR_ECTOPIC], 2 * (int)n - 2, 2 * (int)n + 4);
        assert_false(result->irregular);
        free(result);
    }
}

/// 400 beats; every eighth is called doubtful and comes `early_s` before its time
static Result* doubtful(double early_s)
{
    Series series = {.n = 0};
    rest(&series, 400, 0.85, 0.03, 0.25, 0.008, 5);
    Result* const result = calloc(1, sizeof(Result));
    Rr* const rr = rr_new();
    for (size_t i = 0; i < series.n; ++i) {
        RrInterval out[RR_MAX_OUT];
        const bool odd = i % 8 == 7;
        const RrBeat beat = {series.beats_s[i] - (odd ? early_s : 0.0), 1.f, !odd, 0.f};
        const uint32_t n = rr_beat(rr, &beat, out);
        for (uint32_t k = 0; k < n; ++k) {
            ++result->of_type[out[k].type];
        }
        result->n += n;
    }
    rr_free(rr);
    return result;
}

// A detector that doubts beats which come in time is not believed, one that doubts those which do
// not is, also where the interval alone would not tell
static void test_doubtful_beats(void** state)
{
    (void)state;
    Result* result = doubtful(0.0);
    assert_in_range(not_normal(result), 0, 4);
    free(result);
    result = doubtful(0.06); // 7 % early: less than what is called ectopic for sure
    assert_true(result->of_type[RR_ECTOPIC] >= 90);
    assert_true(result->of_type[RR_ECTOPIC] <= 104);
    free(result);
}

// Differences are taken from the better beats, or the better half of them
static void test_pairs_need_quality(void** state)
{
    (void)state;
    Rr* const rr = rr_new();
    int pairs[3] = {0};
    double t = 0.0;
    for (int part = 0; part < 3; ++part) {
        for (int i = 0; i < 200; ++i) {
            RrInterval out[RR_MAX_OUT];
            t += 0.8 + 0.02 * (i % 3);
            const float bad = part == 0 ? 0.97f : part == 1 ? 0.5f : 0.3f;
            const RrBeat beat = {t, 1.f, true, 0.f};
            const uint32_t n = rr_beat(rr, &beat, out);
            rr_quality(rr, i % 10 == 0 ? bad : part == 2 ? 0.6f : 1.f); // told after the beat
            for (uint32_t k = 0; k < n; ++k) {
                assert_int_equal(out[k].type, RR_NORMAL);
                pairs[part] += out[k].pair;
            }
        }
    }
    assert_in_range(pairs[0], 196, 200);
    assert_in_range(pairs[1], 135, 145); // a bad beat spoils two intervals, three differences
    assert_in_range(pairs[2], 110, 145); // others are no better: these count, soon
    rr_free(rr);
}

static void test_gap_and_restart(void** state)
{
    (void)state;
    Series series = {.n = 0};
    rest(&series, 40, 0.9, 0.04, 0.25, 0.01, 1);
    add(&series, 30.0); // the sensor was away; the heart is faster now
    rest(&series, 40, 0.55, 0.02, 0.25, 0.005, 2);
    Result* const result = run(&series, true);
    assert_int_equal(result->of_type[RR_GAP], 1);
    assert_int_equal(not_normal(result), 1);
    for (size_t i = 0; i < result->n; ++i) {
        if (result->intervals[i].type == RR_GAP) {
            assert_float_equal(result->intervals[i].rr_ms, 0.0, 0.0);
            assert_false(result->intervals[i + 1].pair);
        }
    }
    free(result);
}

// At once and for good: a moderate step is believed soon, a steep one (as in supraventricular
// tachycardia) late
static void test_a_fast_run_becomes_the_rhythm(void** state)
{
    (void)state;
    static const struct {
        double mean_s;
        int most;
    } runs[] = {{0.68, 31}, {0.50, 121}, {0.45, 31}};
    for (size_t i = 0; i < 3; ++i) {
        for (uint32_t seed = 1; seed <= 10; ++seed) {
            Series series = {.n = 0};
            rest(&series, 40, 0.9, 0.03, 0.25, 0.01, seed);
            rest(&series, 200, runs[i].mean_s, 0.01, 0.25, 0.005, seed + 20u);
            Result* const result = run(&series, true);
            assert_in_range(not_normal(result), 1, runs[i].most);
            for (size_t k = result->n - 60; k < result->n; ++k) {
                assert_int_equal(result->intervals[k].type, RR_NORMAL);
            }
            free(result);
        }
    }
}

static void test_fibrillation_is_irregular(void** state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 10; ++seed) {
        Series series = {.n = 0};
        Random random = random_make(seed, 3);
        rest(&series, 100, 0.8, 0.05, 0.25, 0.01, seed);
        Result* result = run(&series, true);
        assert_false(result->ever_irregular);
        free(result);
        const double spread = 0.16 + 0.01 * seed; // coefficient of variation
        for (int i = 0; i < 100; ++i) {
            add(&series, fmax(0.7 * (1.0 + spread * random_normal(&random)), 0.3));
        }
        result = run(&series, true);
        assert_true(result->irregular);
        free(result);
        rest(&series, 100, 0.8, 0.05, 0.25, 0.01, seed + 50u);
        result = run(&series, true);
        assert_false(result->irregular);
        free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle),
        cmocka_unit_test(test_clean_off_leaves_everything),
        cmocka_unit_test(test_rest_is_normal),
        cmocka_unit_test(test_large_respiratory_swings_are_normal),
        cmocka_unit_test(test_diving_reflex_is_normal),
        cmocka_unit_test(test_missed_and_extra_are_mended),
        cmocka_unit_test(test_ectopics),
        cmocka_unit_test(test_doubtful_beats),
        cmocka_unit_test(test_pairs_need_quality),
        cmocka_unit_test(test_gap_and_restart),
        cmocka_unit_test(test_a_fast_run_becomes_the_rhythm),
        cmocka_unit_test(test_fibrillation_is_irregular),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
