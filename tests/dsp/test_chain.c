// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The way of the signal, whole: a simulated person in, and what is known of them out.
#include "dsp/chain.h"
#include "dsp/heart.h"

#include "unit.h"

#include <math.h>
#include <string.h>

enum { RATE = 8000, MAX_TOLD = 4000 };

typedef struct {
    ChainEvent events[MAX_TOLD];
    uint32_t count;
    double true_s[MAX_TOLD]; // beats
    uint32_t n_true;
} Log;

static void log_all(Log* log, uint64_t start, const ChainEvent* events, uint32_t n)
{
    for (uint32_t i = 0; i < n; ++i) {
        assert_true(log->count < MAX_TOLD);
        log->events[log->count] = events[i];
        // time told, in frames since the start, for comparisons
        log->events[log->count++].frame += (uint32_t)start;
    }
}

// `seconds` of a person breathing at `breath_rate`, in calls of `block` frames (0: irregular)
static void run(Chain* chain, Log* log, double breath_rate, double seconds, uint32_t block)
{
    static float signal[RATE];
    static ChainEvent events[RATE / CHAIN_CHUNK * CHAIN_MAX_EVENTS + CHAIN_MAX_EVENTS];
    HeartEvent truth[64];
    Heart* const heart = heart_new(RATE, 7);
    assert_non_null(heart);
    heart_set_breath_rate(heart, breath_rate);
    heart_set_rsa(heart, 60.0);
    heart_set_slow_waves(heart, 0.0, 0.0);
    heart_reset(heart);
    for (uint32_t second = 0; second < (uint32_t)seconds; ++second) {
        const uint32_t n_truth = heart_process(heart, signal, RATE, truth, 64);
        for (uint32_t i = 0; i < n_truth; ++i) {
            if (truth[i].kind == HEART_BEAT) {
                log->true_s[log->n_true++] =
                    (double)second + ((double)truth[i].frame + truth[i].offset) / RATE;
            }
        }
        for (uint32_t at = 0, step = 1; at < RATE; at += step) {
            step = block ? block : 1 + (at * 7919u + second * 104729u) % 700u;
            step = step < RATE - at ? step : RATE - at;
            const uint32_t n = chain_process(chain, signal + at, NULL, step, events,
                                             sizeof(events) / sizeof(*events));
            log_all(log, (uint64_t)second * RATE + at, events, n);
        }
    }
    heart_free(heart);
}

static void beats_are_where_they_happened(void** state)
{
    (void)state;
    static Log log;
    memset(&log, 0, sizeof(log));
    Chain* const chain = chain_new(RATE);
    run(chain, &log, 12.0, 60.0, 256);
    uint32_t checked = 0;
    for (uint32_t i = 0; i < log.count; ++i) {
        if (log.events[i].kind != CHAIN_BEAT || log.events[i].time_s < 10.0) {
            continue;
        }
        double nearest = 1.0;
        for (uint32_t j = 0; j < log.n_true; ++j) {
            nearest = fmin(nearest, fabs(log.true_s[j] - log.events[i].time_s));
        }
        assert_true(nearest < 1.01 / RATE);
        // told a constant time later
        assert_true(fabs(log.events[i].frame - log.events[i].time_s * RATE -
                         (double)beat_delay(RATE)) < 1e-6);
        ++checked;
    }
    assert_true(checked > 40);
    chain_free(chain);
}

static void measures_are_the_person_s(void** state)
{
    (void)state;
    static Log log;
    memset(&log, 0, sizeof(log));
    Chain* const chain = chain_new(RATE);
    run(chain, &log, 6.0, 150.0, 256);
    const ChainState now = chain_state(chain);
    double sum = 0.0;
    uint32_t n = 0;
    for (uint32_t i = 2; i < log.n_true; ++i) {
        if (log.true_s[i - 2] > 90.0) {
            const double d = log.true_s[i] - 2.0 * log.true_s[i - 1] + log.true_s[i - 2];
            sum += d * d * 1e6;
            ++n;
        }
    }
    assert_int_equal(now.state, BEAT_TRACKING);
    assert_int_equal(now.sensor, BEAT_ECG);
    assert_true(fabs(now.breath.rate_per_min - 6.0f) < 0.3f);
    assert_int_equal(now.recent.rmssd_reason, HRV_OK);
    assert_true(fabs(now.recent.rmssd_ms - sqrt(sum / n)) < 1.0); // the last minute, about
    assert_true(fabs(now.heart_rate_per_min - 66.0) < 8.0);
    assert_true(now.tone.tone >= 0.0f && now.tone.tone <= 1.0f);
    assert_false(now.irregular);
    chain_free(chain);
}

static void calls_do_not_matter(void** state)
{
    (void)state;
    static Log whole;
    static Log parts;
    memset(&whole, 0, sizeof(whole));
    memset(&parts, 0, sizeof(parts));
    Chain* const a = chain_new(RATE);
    Chain* const b = chain_new(RATE);
    run(a, &whole, 10.0, 45.0, RATE);
    run(b, &parts, 10.0, 45.0, 0);
    assert_int_equal(whole.count, parts.count);
    for (uint32_t i = 0; i < whole.count; ++i) {
        assert_int_equal(whole.events[i].kind, parts.events[i].kind);
        assert_int_equal(whole.events[i].frame, parts.events[i].frame);
        assert_true(whole.events[i].time_s == parts.events[i].time_s);
        assert_true(whole.events[i].rr_ms == parts.events[i].rr_ms);
    }
    const ChainState x = chain_state(a);
    const ChainState y = chain_state(b);
    assert_memory_equal(x.measures->value, y.measures->value, sizeof(x.measures->value));
    assert_true(x.tone.tone == y.tone.tone && x.breath.phase == y.breath.phase);
    // and a reset chain says the same once more
    static Log again;
    memset(&again, 0, sizeof(again));
    chain_reset(a);
    run(a, &again, 10.0, 45.0, RATE);
    assert_int_equal(again.count, whole.count);
    chain_free(a);
    chain_free(b);
}

static void silence_ends_what_is_known(void** state)
{
    (void)state;
    static Log log;
    static float nothing[RATE];
    static ChainEvent events[256 * CHAIN_MAX_EVENTS];
    memset(&log, 0, sizeof(log));
    Chain* const chain = chain_new(RATE);
    run(chain, &log, 12.0, 60.0, 256);
    assert_true(chain_state(chain).heart_rate_per_min > 0.0);
    bool gap = false;
    for (int second = 0; second < 20; ++second) {
        for (int i = 0; i < RATE; ++i) {
            nothing[i] = second % 2 ? NAN : 0.0f;
        }
        const uint32_t n = chain_process(chain, nothing, NULL, RATE, events, 256);
        for (uint32_t i = 0; i < n; ++i) {
            gap = gap || events[i].kind == CHAIN_INTERVAL;
            assert_true(events[i].kind != CHAIN_BEAT || second < 1);
        }
    }
    const ChainState now = chain_state(chain);
    assert_true(now.heart_rate_per_min == 0.0);
    assert_true(now.beat_quality == 0.0f);
    assert_true(gap); // the interval that waited was told
    memset(&log, 0, sizeof(log));
    run(chain, &log, 12.0, 20.0, 256);
    assert_true(chain_state(chain).heart_rate_per_min > 0.0);
    chain_free(chain);
}

// Beats without a signal: taken where they are told, the same whatever the calls
static void beats_may_be_told(void** state)
{
    (void)state;
    static const float nothing[RATE];
    static ChainEvent events[64 * CHAIN_MAX_EVENTS];
    double tones[2];
    for (int pass = 0; pass < 2; ++pass) {
        Chain* const chain = chain_new(RATE);
        assert_non_null(chain);
        uint32_t told = 0;
        uint64_t now = 0;
        for (int beat = 0; beat < 120; ++beat) {
            const double s = 0.9 + 0.05 * sin(6.283185307 * (double)now / RATE / 6.0);
            uint32_t left = (uint32_t)(s * RATE);
            chain_beat(chain, true, 0.9f);
            now += left;
            while (left) {
                const uint32_t n = pass && left > 100 ? left - 100 : left;
                const uint32_t got = chain_process(chain, nothing, NULL, n, events, 64);
                for (uint32_t i = 0; i < got; ++i) {
                    if (events[i].kind == CHAIN_BEAT) {
                        assert_true(events[i].told && events[i].frame == 0);
                        ++told;
                    }
                }
                left -= n;
            }
        }
        assert_int_equal(told, 120);
        const ChainState state_now = chain_state(chain);
        assert_int_equal(state_now.state, BEAT_TRACKING);
        assert_true(state_now.beat_quality == 0.9f);
        assert_true(fabs(state_now.heart_rate_per_min - 66.7) < 4.0);
        assert_true(fabsf(state_now.breath.rate_per_min - 10.0f) < 0.5f);
        tones[pass] = (double)state_now.tone.tone;
        chain_free(chain);
    }
    assert_true(tones[0] == tones[1]);
}

// 360 Hz, a recording's rate: a frame lasts 2.8 ms, beats and intervals are to be much finer
static void beats_lie_between_frames_at_low_rates(void** state)
{
    (void)state;
    enum { LOW = 360, EVERY = 3, SECONDS = 60 };
    static float fine[LOW * EVERY];
    static float signal[LOW];
    static ChainEvent events[8 * CHAIN_MAX_EVENTS];
    static double true_s[200];
    HeartEvent truth[64];
    uint32_t n_true = 0;
    uint32_t checked = 0;
    double worst_s = 0.0;
    double off_s[2] = {0.0, 0.0};
    Heart* const heart = heart_new(LOW * EVERY, 7);
    Chain* const chain = chain_new(LOW);
    assert_true(heart && chain);
    for (uint32_t second = 0; second < SECONDS; ++second) {
        const uint32_t told = heart_process(heart, fine, LOW * EVERY, truth, 64);
        for (uint32_t i = 0; i < told; ++i) {
            if (truth[i].kind == HEART_BEAT) {
                true_s[n_true++] =
                    (double)second + ((double)truth[i].frame + truth[i].offset) / (LOW * EVERY);
            }
        }
        for (uint32_t i = 0; i < LOW; ++i) {
            signal[i] = fine[i * EVERY];
        }
        const uint32_t n = chain_process(chain, signal, NULL, LOW, events, 8 * CHAIN_MAX_EVENTS);
        for (uint32_t i = 0; i < n; ++i) {
            double nearest = 1.0;
            if (events[i].kind != CHAIN_BEAT || events[i].time_s < 10.0) {
                continue;
            }
            assert_true(events[i].time_s == events[i].exact_s);
            for (uint32_t j = 0; j < n_true; ++j) {
                const double away = events[i].time_s - true_s[j];
                nearest = fabs(away) < fabs(nearest) ? away : nearest;
            }
            off_s[0] = off_s[1];
            off_s[1] = nearest;
            worst_s = fmax(worst_s, checked ? fabs(off_s[1] - off_s[0]) : 0.0); // of an interval
            ++checked;
        }
    }
    assert_true(checked > 40);
    assert_true(worst_s < 0.0005);
    heart_free(heart);
    chain_free(chain);
}

// A person with ectopic beats and noise, and two stretches without a signal, the last one long
static void hard_times(Heart* heart, float* signal, uint32_t frames, uint32_t every,
                       uint32_t second)
{
    static float fine[RATE];
    HeartEvent truth[64];
    heart_process(heart, fine, frames * every, truth, 64);
    for (uint32_t i = 0; i < frames; ++i) {
        signal[i] = fine[i * every];
    }
    if ((second > 40 && second < 55) || (second > 210 && second < 260)) {
        memset(signal, 0, frames * sizeof(*signal));
    }
}

static void compare_states(Chain* live, Chain* lazy)
{
    const ChainState x = chain_state(live);
    const ChainState y = chain_state(lazy);
    assert_memory_equal(x.measures->value, y.measures->value, sizeof(x.measures->value));
    assert_memory_equal(x.measures->reason, y.measures->reason, sizeof(x.measures->reason));
    assert_true(x.measures->quality == y.measures->quality);
    assert_true(x.measures->covered_s == y.measures->covered_s);
    assert_int_equal(x.measures->n_nn, y.measures->n_nn);
    assert_int_equal(x.measures->overall, y.measures->overall);
    assert_true(x.tone.tone == y.tone.tone);
}

static void lazy_measures_are_the_live_ones(void** state)
{
    (void)state;
    static float signal[RATE];
    static ChainEvent events[RATE / CHAIN_CHUNK * CHAIN_MAX_EVENTS + CHAIN_MAX_EVENTS];
    static const double rates[] = {RATE, 360.0, 200.0};
    static const uint32_t every[] = {1, 3, 5}; // the simulated person begins at 1 kHz
    static const float windows_s[] = {120.0f, 30.0f, 0.0f};
    for (int r = 0; r < 3; ++r) {
        const uint32_t frames = (uint32_t)rates[r];
        Chain* const live = chain_new(rates[r]);
        Chain* const lazy = chain_new(rates[r]);
        Heart* const heart = heart_new(rates[r] * every[r], 3);
        assert_true(live && lazy && heart);
        heart_set_ectopics(heart, 1.0);
        heart_set_noise(heart, -25.0);
        heart_set_rsa(heart, 60.0);
        chain_set_lazy(lazy, true);
        chain_set_window(live, windows_s[r]);
        chain_set_window(lazy, windows_s[r]);
        uint32_t known = 0;
        for (uint32_t second = 0; second < 390; ++second) {
            hard_times(heart, signal, frames, every[r], second);
            chain_process(live, signal, NULL, frames, events, sizeof(events) / sizeof(*events));
            chain_process(lazy, signal, NULL, frames, events, sizeof(events) / sizeof(*events));
            if (second == 320) {
                chain_set_window(live, 60.0f);
                chain_set_window(lazy, 60.0f);
            }
            // by the second, then at longer and longer intervals
            if (second < 100 || second % 7 == 0 || second == 389) {
                compare_states(live, lazy);
                known += chain_state(lazy).measures->reason[r ? HRV_RMSSD : HRV_LF] == HRV_OK;
            }
        }
        assert_true(known > 2);
        chain_free(live);
        chain_free(lazy);
        heart_free(heart);
    }
}

static void bad_rates_are_refused(void** state)
{
    (void)state;
    assert_null(chain_new(0.0));
    assert_null(chain_new(NAN));
    chain_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beats_are_where_they_happened),
        cmocka_unit_test(measures_are_the_person_s),
        cmocka_unit_test(calls_do_not_matter),
        cmocka_unit_test(silence_ends_what_is_known),
        cmocka_unit_test(beats_may_be_told),
        cmocka_unit_test(beats_lie_between_frames_at_low_rates),
        cmocka_unit_test(lazy_measures_are_the_live_ones),
        cmocka_unit_test(bad_rates_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
