// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/breath.h"
#include "dsp/heart.h"

#include "unit.h"

#include <math.h>
#include <string.h>

enum { RATE = 1000, CHUNK = 50, DELAY = 300, WAITING = 8, TOLD = 4 };

/// A simulated person whose beats are told DELAY frames after they happened.
typedef struct {
    Heart* heart;
    Breath* breath;
    uint32_t due[WAITING];
    uint32_t waiting, now;
    bool signal; // give it to the estimator, too
} Session;

static void session_begin(Session* s, HeartSignal kind, double breaths_per_min, uint32_t seed)
{
    memset(s, 0, sizeof *s);
    s->heart = heart_new(RATE, seed);
    s->breath = breath_new(RATE);
    s->signal = true;
    assert_non_null(s->heart);
    assert_non_null(s->breath);
    heart_set_signal(s->heart, kind);
    heart_set_breath_rate(s->heart, breaths_per_min);
    heart_reset(s->heart);
    breath_set_beat_delay(s->breath, DELAY);
}

static void session_end(Session* s)
{
    heart_free(s->heart);
    breath_free(s->breath);
}

// One frame, so that beats fall where they belong.
static void session_step(Session* s, float belt, bool worn, BreathEvent* last)
{
    float sample = 0.0f;
    HeartEvent event;
    if (heart_process(s->heart, &sample, 1, &event, 1) && event.kind == HEART_BEAT &&
        s->waiting < WAITING) {
        s->due[s->waiting++] = s->now + DELAY;
    }
    if (s->waiting > 0 && s->due[0] <= s->now) {
        const BreathBeat beat = {true, 1.0f, NAN, NAN};
        breath_beat(s->breath, &beat);
        memmove(s->due, s->due + 1, --s->waiting * sizeof *s->due);
    }
    BreathEvent told[TOLD];
    if (breath_process(s->breath, s->signal ? &sample : NULL, worn ? &belt : NULL, 1, told, TOLD) &&
        last) {
        *last = told[0];
    }
    ++s->now;
}

static void session_run(Session* s, double seconds, BreathEvent* last)
{
    const uint32_t until = s->now + (uint32_t)(seconds * RATE);
    while (s->now < until) {
        session_step(s, 0.0f, false, last);
    }
}

static void check_rate(HeartSignal kind, double per_min, bool signal)
{
    Session s;
    session_begin(&s, kind, per_min, 7);
    s.signal = signal;
    session_run(&s, 90.0, NULL);
    double sum = 0.0;
    for (int i = 0; i < 60; ++i) {
        session_run(&s, 1.0, NULL);
        const BreathState state = breath_state(s.breath);
        sum += fabs((double)state.rate_per_min - per_min) / 60.0;
        assert_true(state.confidence >= 0.0f && state.confidence <= 1.0f);
    }
    if (sum > 0.3) {
        print_error("%s at %.1f per min: off by %.2f\n", kind == HEART_ECG ? "ECG" : "PPG", per_min,
                    sum);
    }
    assert_true(sum <= 0.3);
    assert_true(breath_state(s.breath).resp_hrv_ms > 20.0f);
    session_end(&s);
}

static void follows_slow_and_usual_breathing(void** state)
{
    (void)state;
    const double rates[] = {4.5, 6.0, 10.0, 15.0};
    for (size_t i = 0; i < 4; ++i) {
        check_rate(HEART_ECG, rates[i], true);
        check_rate(HEART_PPG, rates[i], true);
        check_rate(HEART_ECG, rates[i], false);
    }
}

static void knows_an_ecg_from_a_pulse(void** state)
{
    (void)state;
    Session s;
    session_begin(&s, HEART_ECG, 12.0, 1);
    session_run(&s, 20.0, NULL);
    assert_int_equal(breath_state(s.breath).sensor, BREATH_SENSOR_ECG);
    session_end(&s);
    session_begin(&s, HEART_PPG, 12.0, 1);
    session_run(&s, 20.0, NULL);
    assert_int_equal(breath_state(s.breath).sensor, BREATH_SENSOR_PPG);
    session_end(&s);
}

static void tells_in_and_out_in_turn(void** state)
{
    (void)state;
    Session s;
    session_begin(&s, HEART_ECG, 12.0, 3);
    session_run(&s, 40.0, NULL);
    float phase = breath_state(s.breath).phase;
    int breaths = 0;
    int last = -1;
    for (int i = 0; i < 60 * RATE; ++i) {
        BreathEvent event = {.confidence = -1.0f};
        session_run(&s, 1.0 / RATE, &event);
        const BreathState now = breath_state(s.breath);
        const float step = now.phase - phase;
        assert_true(step >= 0.0f || step < -0.9f); // never backwards
        phase = now.phase;
        if (event.confidence >= 0.0f) {
            assert_int_not_equal(event.type, last);
            last = (int)event.type;
            breaths += event.type == BREATH_IN_STARTS;
        }
    }
    assert_in_range(breaths, 11, 13);
    assert_true(breath_state(s.breath).in_s > 1.0f && breath_state(s.breath).out_s > 1.5f);
    session_end(&s);
}

static void falls_silent_without_beats(void** state)
{
    (void)state;
    Session s;
    session_begin(&s, HEART_PPG, 14.0, 5);
    session_run(&s, 60.0, NULL);
    assert_true(breath_state(s.breath).confidence > 0.5f);
    BreathEvent told[TOLD];
    const float zero[CHUNK] = {0.0f};
    uint32_t late = 0;
    for (int i = 0; i < 60 * RATE / CHUNK; ++i) {
        const uint32_t n = breath_process(s.breath, zero, NULL, CHUNK, told, TOLD);
        late += i > 30 * RATE / CHUNK ? n : 0;
    }
    assert_int_equal(late, 0);
    assert_true(breath_state(s.breath).confidence == 0.0f);
    assert_true(breath_state(s.breath).rate_per_min == 0.0f);
    assert_int_equal(breath_state(s.breath).source, BREATH_FROM_NOTHING);
    session_end(&s);
}

static void survives_any_signal(void** state)
{
    (void)state;
    const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 1e-40f, 3.0f};
    Session s;
    session_begin(&s, HEART_ECG, 12.0, 2);
    session_run(&s, 30.0, NULL);
    uint32_t random = 1;
    for (int i = 0; i < 20 * RATE; ++i) {
        random = random * 1664525u + 1013904223u;
        BreathEvent told[TOLD];
        breath_process(s.breath, &wild[random >> 16 & 3 ? random % 7 : 6], NULL, 1, told, TOLD);
        if (random >> 24 == 0) {
            const BreathBeat beat = {(random & 64) != 0, NAN, wild[random % 5], wild[random % 7]};
            breath_beat(s.breath, &beat);
            breath_hum(s.breath, random & 128);
            breath_cue(s.breath, random & 256);
        }
        const BreathState now = breath_state(s.breath);
        assert_true(isfinite(now.rate_per_min) && isfinite(now.phase) && isfinite(now.depth) &&
                    isfinite(now.resp_hrv_ms) && isfinite(now.confidence));
    }
    s.waiting = 0;
    session_run(&s, 90.0, NULL); // and recovers
    assert_true(fabsf(breath_state(s.breath).rate_per_min - 12.0f) < 0.3f);
    session_end(&s);
}

// The same course of events, cut into different calls.
static uint64_t fingerprint(uint32_t block)
{
    Heart* const heart = heart_new(RATE, 11);
    Breath* const breath = breath_new(RATE);
    enum { TOTAL = 60 * RATE };
    static float signal[TOTAL];
    static uint32_t beats[200];
    uint32_t n_beats = 0;
    heart_set_signal(heart, HEART_PPG);
    for (uint32_t i = 0; i < TOTAL; ++i) {
        HeartEvent event;
        if (heart_process(heart, signal + i, 1, &event, 1) && event.kind == HEART_BEAT) {
            beats[n_beats++] = i + DELAY;
        }
    }
    uint64_t hash = 1469598103934665603u;
    uint32_t next = 0;
    uint32_t random = 5;
    for (uint32_t i = 0; i < TOTAL;) {
        random = random * 1664525u + 1013904223u;
        uint32_t n = block ? block : 1 + (random >> 8) % 700;
        n = n < TOTAL - i ? n : TOTAL - i;
        if (next < n_beats && beats[next] == i) {
            const BreathBeat beat = {true, 1.0f, NAN, NAN};
            breath_beat(breath, &beat);
            ++next;
        }
        if (next < n_beats && beats[next] - i < n) {
            n = beats[next] - i;
        }
        BreathEvent told[64];
        const uint32_t m = breath_process(breath, signal + i, NULL, n, told, 64);
        for (uint32_t k = 0; k < m; ++k) {
            uint32_t bits[3] = {i + told[k].frame, (uint32_t)told[k].type, 0};
            memcpy(&bits[2], &told[k].rate_per_min, 4);
            for (int b = 0; b < 3; ++b) {
                hash = (hash ^ bits[b]) * 1099511628211u;
            }
        }
        i += n;
    }
    heart_free(heart);
    breath_free(breath);
    return hash;
}

static void does_not_depend_on_the_block_size(void** state)
{
    (void)state;
    const uint64_t reference = fingerprint(64);
    const uint32_t blocks[] = {1, 7, 256, 8192, 0};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; ++i) {
        assert_true(fingerprint(blocks[i]) == reference);
    }
}

static void hums_tell_the_breath_without_beats(void** state)
{
    (void)state;
    Breath* const breath = breath_new(RATE);
    const float zero[RATE] = {0.0f};
    int out_breaths = 0;
    for (int i = 0; i < 120; ++i) { // a hum every 12 s: 5 per min
        if (i % 12 == 0) {
            breath_hum(breath, true);
        }
        if (i % 12 == 8) {
            breath_hum(breath, false);
        }
        BreathEvent told[TOLD];
        const uint32_t n = breath_process(breath, zero, NULL, RATE, told, TOLD);
        for (uint32_t k = 0; k < n; ++k) {
            if (told[k].type == BREATH_OUT_STARTS && i > 60) {
                ++out_breaths;
                const double at = fmod(i + told[k].frame / (double)RATE, 12.0);
                assert_true(at < 0.5 || at > 11.5);
            }
        }
    }
    assert_in_range(out_breaths, 4, 6);
    assert_int_equal(breath_state(breath).source, BREATH_FROM_HUM);
    assert_true(fabsf(breath_state(breath).rate_per_min - 5.0f) < 0.05f);
    breath_free(breath);
}

static double noise(uint32_t* random)
{
    double sum = 0.0; // twelve uniform ones: nearly normal
    for (int i = 0; i < 12; ++i) {
        *random = *random * 1664525u + 1013904223u;
        sum += (*random >> 8) / 16777216.0 - 0.5;
    }
    return sum;
}

static int ascending(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

// Irregular breaths of two half cosines on a belt, their turns known; noise relative to the swing.
static double belt_error_ms(double per_min, double noise_share, uint32_t* n_told, uint32_t* n_true)
{
    enum { MOST = 600 };
    static double turn_s[MOST];
    double errors[MOST];
    uint32_t random = 17;
    uint32_t n = 0;
    for (double t = 0.0; t < 180.0 && n + 2 < MOST;) {
        const double whole_s = 60.0 / per_min * (1.0 + 0.1 * noise(&random));
        turn_s[n++] = t;
        turn_s[n++] = t + 0.42 * whole_s;
        t += whole_s;
    }
    Breath* const breath = breath_new(RATE);
    uint32_t told = 0;
    uint32_t k = 0;
    int last = -1;
    for (uint32_t i = 0; (double)i / RATE < turn_s[n - 1]; ++i) {
        const double t = (double)i / RATE;
        k += t >= turn_s[k + 1];
        const double wave = cos(3.14159265 * (t - turn_s[k]) / (turn_s[k + 1] - turn_s[k]));
        const float belt =
            (float)(5.0 + (k % 2 ? wave : -wave) + 2.0 * noise_share * noise(&random));
        BreathEvent event;
        if (breath_process(breath, NULL, &belt, 1, &event, 1)) {
            const double at = t - (double)event.age_frames / RATE;
            double best = 9.0;
            for (uint32_t j = event.type == BREATH_OUT_STARTS; j < n; j += 2) {
                best = fabs(at - turn_s[j]) < fabs(best) ? at - turn_s[j] : best;
            }
            assert_int_not_equal(event.type, last);
            last = (int)event.type;
            errors[told++] = 1000.0 * fabs(best);
        }
    }
    const BreathState state = breath_state(breath);
    assert_int_equal(state.source, BREATH_FROM_BELT);
    assert_true(fabs((double)state.rate_per_min - per_min) < 0.2 * per_min);
    assert_true(state.in_s < state.out_s);
    breath_free(breath);
    *n_told = told;
    *n_true = n;
    qsort(errors, told, sizeof *errors, ascending);
    return told ? errors[told / 2] : 1e9;
}

static void a_belt_is_exact(void** state)
{
    (void)state;
    const double rates[] = {4.5, 6.0, 12.0, 20.0};
    for (int i = 0; i < 4; ++i) {
        uint32_t told = 0;
        uint32_t all = 0;
        assert_true(belt_error_ms(rates[i], 0.0, &told, &all) < 10.0);
        assert_true(told + 9 >= all);
        assert_true(belt_error_ms(rates[i], 0.005, &told, &all) < 30.0);
        assert_true(told + 9 >= all);
    }
}

static void the_belt_delay_is_constant(void** state)
{
    (void)state;
    Breath* const breath = breath_new(RATE);
    int late = 0;
    int told = 0;
    for (int i = 0; i < 120 * RATE; ++i) {
        const float belt = (float)cos(6.2831853 * i / (5.0 * RATE));
        BreathEvent event;
        if (breath_process(breath, NULL, &belt, 1, &event, 1)) {
            ++told;
            late += event.age_frames != breath_belt_delay(RATE);
            const int at = (i - (int)event.age_frames) % (5 * RATE);
            const int turn = event.type == BREATH_IN_STARTS ? 5 * RATE / 2 : 0;
            assert_in_range(abs(at - turn) % (5 * RATE - 3), 0, 3);
        }
    }
    assert_in_range(told, 38, 46);
    assert_int_equal(late, 0);
    breath_free(breath);
}

static void a_belt_teaches_the_phase(void** state)
{
    (void)state;
    Session s;
    session_begin(&s, HEART_ECG, 15.0, 4);
    for (int i = 0; i < 90 * RATE;
         ++i) { // the belt of a person whose heart lags by the usual and more
        const HeartState truth = heart_state(s.heart);
        const double x = truth.breath_phase < 0.4 ? truth.breath_phase / 0.4
                                                  : 1.0 - (truth.breath_phase - 0.4) / 0.6;
        session_step(&s, (float)-cos(3.14159265 * x), true, NULL);
    }
    BreathMemory memory;
    breath_memory(s.breath, &memory);
    assert_true(memory.weight[2] > 5.0f);
    // Taken off: from the heart alone in-breaths now start where they did on the belt
    double worst = 0.0;
    for (int i = 0; i < 60 * RATE; ++i) {
        BreathEvent event = {.confidence = -1.0f};
        session_step(&s, 0.0f, false, &event);
        if (event.confidence >= 0.0f && event.type == BREATH_IN_STARTS && i > 30 * RATE) {
            const double phase = heart_state(s.heart).breath_phase;
            worst = fmax(worst, fmin(phase, 1.0 - phase));
        }
    }
    assert_true(worst < 0.08);
    assert_int_equal(breath_state(s.breath).source == BREATH_FROM_BELT, 0);
    session_end(&s);
}

static void refuses_bad_arguments(void** state)
{
    (void)state;
    assert_null(breath_new(0.0));
    assert_null(breath_new(NAN));
    assert_null(breath_new(1e9));
    breath_free(NULL);
    Breath* const breath = breath_new(48000.0);
    const BreathMemory wild = {{NAN, 1e30f, 0.25f}, {1.0f, 1.0f, 5.0f}};
    BreathMemory kept;
    breath_set_memory(breath, &wild);
    breath_memory(breath, &kept);
    assert_true(kept.offset_turns[0] == 0.0f && kept.offset_turns[1] == 0.0f);
    assert_true(kept.offset_turns[2] == 0.25f && kept.weight[2] == 5.0f);
    breath_free(breath);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_slow_and_usual_breathing),
        cmocka_unit_test(knows_an_ecg_from_a_pulse),
        cmocka_unit_test(tells_in_and_out_in_turn),
        cmocka_unit_test(falls_silent_without_beats),
        cmocka_unit_test(survives_any_signal),
        cmocka_unit_test(does_not_depend_on_the_block_size),
        cmocka_unit_test(hums_tell_the_breath_without_beats),
        cmocka_unit_test(a_belt_is_exact),
        cmocka_unit_test(the_belt_delay_is_constant),
        cmocka_unit_test(a_belt_teaches_the_phase),
        cmocka_unit_test(refuses_bad_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
