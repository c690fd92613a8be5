// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The simulated person: its truth is exact, its rhythm is what was set, blocks do not matter.

#include "dsp/heart.h"

#include "unit.h"

#include <math.h>
#include <string.h>

#define MAX_EVENTS 4000

typedef struct {
    float* out;
    HeartEvent* events; // frames counted from the start of the run
    uint32_t n_events;
    uint32_t n;
} Run;

static Run run_heart(Heart* heart, uint32_t n, uint32_t block)
{
    Run run = {malloc(n * sizeof(float)), malloc(MAX_EVENTS * sizeof(HeartEvent)), 0, n};
    assert_non_null(run.out);
    assert_non_null(run.events);
    uint32_t random = 1;
    for (uint32_t at = 0; at < n;) {
        random = random * 1664525u + 1013904223u;
        uint32_t size = block ? block : 1 + (random >> 16) % 700;
        size = size < n - at ? size : n - at;
        HeartEvent* const events = run.events + run.n_events;
        const uint32_t k =
            heart_process(heart, run.out + at, size, events, MAX_EVENTS - run.n_events);
        for (uint32_t i = 0; i < k; ++i) {
            assert_true(events[i].frame < size);
            assert_true(events[i].offset >= -0.5 && events[i].offset < 0.5);
            events[i].frame += at;
        }
        run.n_events += k;
        at += size;
    }
    return run;
}

static void free_run(Run* run)
{
    free(run->out);
    free(run->events);
}

static double time_of(const HeartEvent* event)
{
    return (double)event->frame + event->offset;
}

static void test_wrong_arguments(void** state)
{
    (void)state;
    assert_null(heart_new(0.0, 1));
    assert_null(heart_new(-48000.0, 1));
    assert_null(heart_new(NAN, 1));
    assert_null(heart_new(INFINITY, 1));
    heart_free(NULL);
}

static void test_ecg_truth_is_the_maximum(void** state)
{
    (void)state;
    static const double rates[] = {44100.0, 48000.0, 96000.0, 192000.0};
    for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); ++r) {
        Heart* const heart = heart_new(rates[r], 7);
        assert_non_null(heart);
        heart_set_rsa(heart, 120.0);
        heart_set_modulation(heart, 0.4, 0.8);
        Run run = run_heart(heart, (uint32_t)(30.0 * rates[r]), 4096);
        const long reach = (long)(0.1 * rates[r]);
        int beats = 0;
        for (uint32_t i = 0; i < run.n_events; ++i) {
            const long frame = (long)run.events[i].frame;
            if (run.events[i].kind != HEART_BEAT || frame + reach >= (long)run.n) {
                continue;
            }
            // In single precision the top may be a few equal samples wide: their middle counts.
            long first = frame - reach, last = first;
            for (long k = frame - reach; k < frame + reach; ++k) {
                if (run.out[k] > run.out[first]) {
                    first = last = k;
                } else if (run.out[k] == run.out[first]) {
                    last = k;
                }
            }
            const double found = 0.5 * (double)(first + last);
            assert_true(fabs(found - time_of(&run.events[i])) <= 0.51);
            ++beats;
        }
        assert_in_range(beats, 28, 38);
        free_run(&run);
        heart_free(heart);
    }
}

static void test_ppg_truth_is_the_middle_of_the_upslope(void** state)
{
    (void)state;
    static const double rates[] = {8000.0, 44100.0, 48000.0, 192000.0};
    for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); ++r) {
        for (int inverted = 0; inverted < 2; ++inverted) {
            Heart* const heart = heart_new(rates[r], 3);
            heart_set_signal(heart, HEART_PPG);
            heart_set_inverted(heart, inverted);
            heart_set_modulation(heart, 0.4, 0.8);
            Run run = run_heart(heart, (uint32_t)(20.0 * rates[r]), 4096);
            const float sign = inverted ? -1.0f : 1.0f;
            const long reach = (long)(0.1 * rates[r]);
            int beats = 0;
            for (uint32_t i = 0; i < run.n_events; ++i) {
                const long frame = (long)run.events[i].frame;
                if (run.events[i].kind != HEART_BEAT || frame + reach >= (long)run.n) {
                    continue;
                }
                long top = frame;
                for (long k = frame; k < frame + reach; ++k) {
                    top = sign * run.out[k] > sign * run.out[top] ? k : top;
                }
                long foot = frame;
                for (long k = frame - reach; k < frame; ++k) {
                    foot = sign * run.out[k] < sign * run.out[foot] ? k : foot;
                }
                const double middle = 0.5 * ((double)run.out[top] + (double)run.out[foot]);
                long k = foot;
                while (k < top && sign * (run.out[k + 1] - (float)middle) < 0.0f) {
                    ++k;
                }
                const double found = (double)k + (middle - (double)run.out[k]) /
                                                     (double)(run.out[k + 1] - run.out[k]);
                assert_true(fabs(found - time_of(&run.events[i])) < 0.05);
                ++beats;
            }
            assert_in_range(beats, 18, 26);
            free_run(&run);
            heart_free(heart);
        }
    }
}

static void test_intervals_are_the_time_between_beats(void** state)
{
    (void)state;
    Heart* const heart = heart_new(48000.0, 5);
    heart_set_ectopics(heart, 5.0);
    Run run = run_heart(heart, 48000 * 60, 4096);
    const HeartEvent* before = NULL;
    double latest = -1.0;
    for (uint32_t i = 0; i < run.n_events; ++i) {
        const HeartEvent* const event = &run.events[i];
        assert_true(time_of(event) >= latest);
        latest = time_of(event);
        if (event->kind != HEART_BEAT) {
            continue;
        }
        if (before) {
            const double rr_ms = (time_of(event) - time_of(before)) / 48.0;
            assert_true(fabs(rr_ms - event->rr_ms) < 1e-6);
        } else {
            assert_true(event->rr_ms == 0.0);
        }
        before = event;
    }
    free_run(&run);
    heart_free(heart);
}

// Swing of RR over a breath and its lag behind the volume, by least squares on a pure rhythm.
static void fit_rsa(double breath_rate, double reference, double* swing_ms, double* lag_degrees)
{
    const double rate = 4000.0;
    Heart* const heart = heart_new(rate, 2);
    heart_set_slow_waves(heart, 0.0, 0.0);
    heart_set_jitter(heart, 0.0);
    heart_set_rsa(heart, 80.0);
    heart_set_rsa_reference(heart, reference);
    heart_set_breath_rate(heart, breath_rate);
    heart_set_inhale_share(heart, 0.5); // then volume and RR are plain sines
    Run run = run_heart(heart, (uint32_t)(240.0 * rate), 4096);
    double cc = 0.0, ss = 0.0, highest = 0.0, lowest = 1e9;
    int beats = 0;
    for (uint32_t i = 0; i < run.n_events; ++i) {
        const HeartEvent* const event = &run.events[i];
        if (event->kind != HEART_BEAT || event->rr_ms == 0.0) {
            continue;
        }
        const double middle_s = time_of(event) / rate - 0.5e-3 * event->rr_ms;
        const double phase = 6.283185307179586 * breath_rate / 60.0 * middle_s;
        cc += (event->rr_ms - 60e3 / 66.0) * cos(phase);
        ss += (event->rr_ms - 60e3 / 66.0) * sin(phase);
        highest = fmax(highest, event->rr_ms);
        lowest = fmin(lowest, event->rr_ms);
        ++beats;
    }
    assert_true(beats > 200);
    *swing_ms = highest - lowest;
    // Volume is -cos(phase): RR opposite to the volume (lag 0) is +cos(phase).
    *lag_degrees = atan2(ss, cc) * 57.29577951308232;
    free_run(&run);
    heart_free(heart);
}

static void test_rsa(void** state)
{
    (void)state;
    double slow_ms = 0.0, fast_ms = 0.0, slow_lag = 0.0, fast_lag = 0.0;
    fit_rsa(6.0, 0.0, &slow_ms, &slow_lag);
    fit_rsa(15.0, 0.0, &fast_ms, &fast_lag);
    assert_true(fabs(slow_ms - 80.0) < 2.0); // as set, whatever the rate
    assert_true(fabs(fast_ms - 80.0) < 4.0); // few beats in a breath: the extremes are missed
    assert_true(fabs(slow_lag) < 6.0);       // in phase with the volume at 0.1 Hz
    assert_true(fast_lag > 25.0 && fast_lag < 50.0);
    fit_rsa(6.0, 15.0, &slow_ms, &slow_lag); // set at 15 per minute, breathing slower: larger
    assert_true(slow_ms > 1.5 * 80.0 && slow_ms < 2.0 * 80.0);
}

static void test_breath_times(void** state)
{
    (void)state;
    Heart* const heart = heart_new(48000.0, 5);
    heart_set_breath_rate(heart, 7.5);
    heart_set_inhale_share(heart, 0.4);
    Run run = run_heart(heart, 48000 * 40, 0);
    int in = 0, out = 0;
    for (uint32_t i = 0; i < run.n_events; ++i) {
        const double s = time_of(&run.events[i]) / 48000.0;
        if (run.events[i].kind == HEART_IN_BREATH) {
            assert_true(fabs(s - 8.0 * in++) < 1e-6);
        } else if (run.events[i].kind == HEART_OUT_BREATH) {
            assert_true(fabs(s - 8.0 * out++ - 3.2) < 1e-6);
        }
    }
    assert_int_equal(in, 5);
    assert_int_equal(out, 5);
    free_run(&run);
    heart_free(heart);
}

static void test_rates_glide(void** state)
{
    (void)state;
    Heart* const heart = heart_new(8000.0, 5);
    heart_set_heart_rate(heart, 60.0);
    heart_set_breath_rate(heart, 15.0);
    Run run = run_heart(heart, 8000, 64);
    free_run(&run);
    heart_set_heart_rate(heart, 90.0);
    heart_set_breath_rate(heart, 6.0);
    double before = heart_state(heart).heart_rate_per_min;
    assert_true(fabs(before - 60.0) < 1e-9);
    for (int i = 0; i < 100; ++i) {
        run = run_heart(heart, 800, 64);
        free_run(&run);
        const double now = heart_state(heart).heart_rate_per_min;
        assert_true(now > before && now - before < 1.6); // at most 30 per minute / 2 s * 0.1 s
        before = now;
    }
    assert_true(fabs(heart_state(heart).heart_rate_per_min - 90.0) < 0.3);
    assert_true(fabs(heart_state(heart).breath_rate_per_min - 6.0) < 0.1);
    heart_free(heart);
}

static void test_ectopics_and_dropouts(void** state)
{
    (void)state;
    Heart* const heart = heart_new(2000.0, 11);
    heart_set_ectopics(heart, 6.0);
    heart_set_dropouts(heart, 3.0);
    Run run = run_heart(heart, 2000 * 600, 4096);
    int ectopics = 0, lost = 0, beats = 0;
    double before_ms = 0.0;
    for (uint32_t i = 0; i < run.n_events; ++i) {
        const HeartEvent* const event = &run.events[i];
        if (event->kind != HEART_BEAT) {
            continue;
        }
        ++beats;
        lost += event->lost;
        if (event->lost) {
            assert_true(run.out[event->frame] == 0.0f);
        }
        if (event->ectopic) {
            ++ectopics;
            assert_true(event->rr_ms < 0.85 * before_ms);
        }
        before_ms = event->rr_ms;
    }
    assert_in_range(ectopics, 35, 80); // 60 asked for
    assert_in_range(lost, beats / 25, beats / 6);
    free_run(&run);
    heart_free(heart);
}

// RMS of the difference to the clean signal, in dB of the signal's power as defined.
static double measured_noise_db(int kind, double db)
{
    const double rate = 8000.0;
    const uint32_t n = (uint32_t)rate * 200;
    Heart* const heart = heart_new(rate, 4);
    Run clean = run_heart(heart, n, 4096);
    heart_reset(heart);
    void (*const set[])(Heart*, double) = {heart_set_noise, heart_set_wander, heart_set_motion};
    set[kind](heart, db);
    Run noisy = run_heart(heart, n, 4096);
    double sum = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        const double d = (double)noisy.out[i] - (double)clean.out[i];
        sum += d * d;
    }
    for (uint32_t i = 0; i < clean.n_events; ++i) { // noise leaves the person as they were
        assert_memory_equal(&clean.events[i].offset, &noisy.events[i].offset, sizeof(double));
    }
    free_run(&clean);
    free_run(&noisy);
    heart_free(heart);
    return 10.0 * log10(sum / n / (0.24 * 0.24 / 8.0));
}

static void test_noise_level(void** state)
{
    (void)state;
    assert_true(fabs(measured_noise_db(0, -20.0) + 20.0) < 0.3);
    assert_true(fabs(measured_noise_db(1, -10.0) + 10.0) < 2.0); // 200 s hold few slow waves
    assert_true(fabs(measured_noise_db(2, -6.0) + 6.0) < 2.0);
    assert_true(measured_noise_db(0, -120.0) < -300.0);
}

static void test_block_size_does_not_matter(void** state)
{
    (void)state;
    static const uint32_t blocks[] = {1, 7, 64, 256, 8192, 0};
    for (int signal = 0; signal < 2; ++signal) {
        Run reference = {0};
        for (size_t b = 0; b < sizeof(blocks) / sizeof(blocks[0]); ++b) {
            Heart* const heart = heart_new(44100.0, 9);
            heart_set_signal(heart, signal ? HEART_PPG : HEART_ECG);
            heart_set_noise(heart, -10.0);
            heart_set_motion(heart, -10.0);
            heart_set_ectopics(heart, 10.0);
            heart_set_dropouts(heart, 5.0);
            Run run = run_heart(heart, 44100 * 20, blocks[b]);
            heart_free(heart);
            if (b == 0) {
                reference = run;
                continue;
            }
            assert_memory_equal(run.out, reference.out, run.n * sizeof(float));
            assert_int_equal(run.n_events, reference.n_events);
            for (uint32_t i = 0; i < run.n_events; ++i) {
                assert_int_equal(run.events[i].frame, reference.events[i].frame);
                assert_true(run.events[i].offset == reference.events[i].offset);
            }
            free_run(&run);
        }
        free_run(&reference);
    }
}

static void test_seeds_and_reset(void** state)
{
    (void)state;
    Heart* const heart = heart_new(8000.0, 1);
    Run first = run_heart(heart, 80000, 64);
    heart_reset(heart);
    Run again = run_heart(heart, 80000, 64);
    heart_set_seed(heart, 2);
    Run other = run_heart(heart, 80000, 64);
    assert_memory_equal(first.out, again.out, 80000 * sizeof(float));
    assert_true(memcmp(first.out, other.out, 80000 * sizeof(float)) != 0);
    free_run(&first);
    free_run(&again);
    free_run(&other);
    heart_free(heart);
}

static void test_wild_settings_stay_finite(void** state)
{
    (void)state;
    static const double wild[] = {NAN, INFINITY, -INFINITY, 1e30, -1e30, 1e-40, 0.0};
    static const double rates[] = {1234.5, 8000.0, 384000.0};
    for (size_t r = 0; r < 3; ++r) {
        Heart* const heart = heart_new(rates[r], 1);
        for (size_t w = 0; w < sizeof(wild) / sizeof(wild[0]); ++w) {
            for (int signal = 0; signal < 2; ++signal) {
                heart_set_signal(heart, signal ? HEART_PPG : HEART_ECG);
                heart_set_heart_rate(heart, wild[w]);
                heart_set_breath_rate(heart, wild[w]);
                heart_set_inhale_share(heart, wild[w]);
                heart_set_breath_jitter(heart, wild[w]);
                heart_set_rsa(heart, wild[w]);
                heart_set_rsa_reference(heart, wild[w]);
                heart_set_slow_waves(heart, wild[w], wild[w]);
                heart_set_jitter(heart, wild[w]);
                heart_set_ectopics(heart, wild[w]);
                heart_set_amplitude(heart, wild[w]);
                heart_set_modulation(heart, wild[w], wild[w]);
                heart_set_noise(heart, wild[w]);
                heart_set_wander(heart, wild[w]);
                heart_set_motion(heart, wild[w]);
                heart_set_dropouts(heart, wild[w]);
                Run run = run_heart(heart, 20000, 512);
                for (uint32_t i = 0; i < run.n; ++i) {
                    assert_true(isfinite(run.out[i]) && fabsf(run.out[i]) < 100.0f);
                }
                free_run(&run);
            }
        }
        heart_free(heart);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_ecg_truth_is_the_maximum),
        cmocka_unit_test(test_ppg_truth_is_the_middle_of_the_upslope),
        cmocka_unit_test(test_intervals_are_the_time_between_beats),
        cmocka_unit_test(test_rsa),
        cmocka_unit_test(test_breath_times),
        cmocka_unit_test(test_rates_glide),
        cmocka_unit_test(test_ectopics_and_dropouts),
        cmocka_unit_test(test_noise_level),
        cmocka_unit_test(test_block_size_does_not_matter),
        cmocka_unit_test(test_seeds_and_reset),
        cmocka_unit_test(test_wild_settings_stay_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
