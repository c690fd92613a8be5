// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// All of it together: the same whatever the calls, sounding, led through an exercise, unbroken.
#include "dsp/heart.h"
#include "dsp/relax.h"

#include "unit.h"

#include <math.h>
#include <string.h>

enum { RATE = 8000, SECONDS = 40, FRAMES = RATE * SECONDS, MAX_SEEN = 2000 };

typedef struct {
    float left[FRAMES], right[FRAMES];
    uint32_t n_seen;
    struct {
        uint32_t frame;
        RelaxEventKind kind;
    } seen[MAX_SEEN];
} Run;

static float sensor[FRAMES];
static float mic[FRAMES];

// A person's ECG, and a microphone in which they hum twice
static void make_inputs(void)
{
    Heart* const heart = heart_new(RATE, 3);
    assert_non_null(heart);
    heart_set_rsa(heart, 60.0);
    heart_process(heart, sensor, FRAMES, NULL, 0);
    heart_free(heart);
    double phase = 0.0;
    for (uint32_t i = 0; i < FRAMES; ++i) {
        const double t = (double)i / RATE;
        const double in_hum = fmod(t, 20.0) - 8.0; // 8..13 s of each 20
        const double level = fmin(fmax(10.0 * fmin(in_hum, 5.0 - in_hum), 0.0), 1.0);
        phase += 2.0 * 3.14159265358979 * 140.0 / RATE;
        mic[i] = (float)(0.1 * level * (sin(phase) + 0.4 * sin(2.0 * phase + 0.3)));
    }
}

static Relax* begin(void)
{
    Relax* const relax = relax_new(RATE);
    assert_non_null(relax);
    session_set_exercise(relax_session(relax), 1);
    session_set_follow(relax_session(relax), false);
    guide_set_times(session_guide(relax_session(relax)), 5.0f, 30.0f, 5.0f);
    guide_start(session_guide(relax_session(relax)));
    return relax;
}

static void go(Relax* relax, Run* run, uint32_t block)
{
    static RelaxEvent events[4 * RELAX_MAX_EVENTS];
    memset(run, 0, sizeof(*run));
    for (uint32_t at = 0, n = 1; at < FRAMES; at += n) {
        n = block ? block : 1 + at * 7919u % 700u;
        n = n < FRAMES - at ? n : FRAMES - at;
        const uint32_t count = relax_process(relax, sensor + at, mic + at, run->left + at,
                                             run->right + at, n, events, 4 * RELAX_MAX_EVENTS);
        for (uint32_t i = 0; i < count; ++i) {
            assert_true(run->n_seen < MAX_SEEN);
            run->seen[run->n_seen].frame = at + events[i].frame;
            run->seen[run->n_seen++].kind = events[i].kind;
        }
    }
}

static void calls_do_not_matter(void** state)
{
    (void)state;
    static Run one;
    static Run other;
    const uint32_t blocks[] = {1, 64, 0};
    Relax* const relax = begin();
    go(relax, &one, 256);
    relax_free(relax);
    uint32_t kinds[3] = {0, 0, 0};
    for (uint32_t i = 0; i < one.n_seen; ++i) {
        ++kinds[one.seen[i].kind];
        assert_true(i == 0 || one.seen[i].frame >= one.seen[i - 1].frame);
    }
    assert_true(kinds[RELAX_CHAIN] > 60);
    assert_true(kinds[RELAX_HUM] >= 3);
    assert_true(kinds[RELAX_SESSION] > 8);
    for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); ++i) {
        Relax* const again = begin();
        go(again, &other, blocks[i]);
        assert_memory_equal(&one, &other, sizeof(one));
        relax_free(again);
    }
}

static double power(const float* x, uint32_t from_s, uint32_t to_s)
{
    double sum = 0.0;
    for (uint32_t i = from_s * RATE; i < to_s * RATE; ++i) {
        assert_true(isfinite(x[i]) && fabsf(x[i]) < 0.6f);
        sum += (double)x[i] * x[i];
    }
    return sum / ((to_s - from_s) * RATE);
}

static void it_sounds_and_falls_silent(void** state)
{
    (void)state;
    static Run run;
    Relax* const relax = begin();
    go(relax, &run, 256);
    assert_true(power(run.left, 0, 1) < 0.1 * power(run.left, 20, 30)); // it fades in
    assert_true(power(run.left, 20, 30) > 1e-6);
    assert_true(power(run.right, 20, 30) > 1e-6);
    relax_set_playing(relax, false);
    go(relax, &run, 256);
    assert_true(power(run.left, 30, 40) < 1e-12);
    relax_free(relax);
}

static void no_signal_breaks_it(void** state)
{
    (void)state;
    static Run run;
    const float wild[] = {NAN, INFINITY, -1e30f, 1.0f, 0.0f, 1e-42f};
    Relax* const relax = begin();
    for (uint32_t i = 0; i < FRAMES; ++i) {
        if (i / RATE % 8 == 6) {
            sensor[i] = wild[i % 6];
            mic[i] = wild[(i + 3) % 6];
        }
    }
    go(relax, &run, 256);
    power(run.left, 0, SECONDS);
    power(run.right, 0, SECONDS);
    make_inputs();
    go(relax, &run, 256);
    assert_int_equal(chain_state(relax_chain(relax)).state, BEAT_TRACKING);
    assert_true(power(run.left, 20, 30) > 1e-6);
    relax_free(relax);
    relax_free(NULL);
    assert_null(relax_new(-1.0));
}

int main(void)
{
    make_inputs();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_do_not_matter),
        cmocka_unit_test(it_sounds_and_falls_silent),
        cmocka_unit_test(no_signal_breaks_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
