// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/pacer.h"

#include "dsp/follow.h"
#include "unit.h"

#include <math.h>
#include <string.h>

enum { RATE = 48000, MOST = 20000 };

static struct {
    uint64_t frame;
    PacerPart part;
} told[MOST];
static uint32_t n_told;

static void run(Pacer* pacer, uint64_t from, uint64_t frames, uint32_t block)
{
    PacerEvent events[64];
    for (uint64_t at = 0; at < frames;) {
        const uint32_t n = frames - at < block ? (uint32_t)(frames - at) : block;
        const uint32_t count = pacer_process(pacer, NULL, NULL, n, events, 64);
        for (uint32_t i = 0; i < count && n_told < MOST; ++i, ++n_told) {
            told[n_told].frame = from + at + events[i].frame;
            told[n_told].part = events[i].part;
        }
        at += n;
    }
}

static Pacer* paced(double rate, float in, float hold_in, float out, float hold_out)
{
    Pacer* const pacer = pacer_new(rate);
    assert_non_null(pacer);
    const PacerPattern pattern = {in, hold_in, out, hold_out};
    pacer_set_pattern(pacer, &pattern);
    pacer_set_running(pacer, true);
    n_told = 0;
    return pacer;
}

static void an_hour_drifts_by_no_frame(void** state)
{
    (void)state;
    static const struct {
        double rate;
        float in, out;
    } list[] = {{48000, 4, 6}, {44100, 4, 8}, {44100, 3.7f, 5.3f}, {96000, 4.4f, 6.6f}};
    for (size_t k = 0; k < sizeof list / sizeof *list; ++k) {
        Pacer* const pacer = paced(list[k].rate, list[k].in, 0, list[k].out, 0);
        run(pacer, 0, (uint64_t)(3600.0 * list[k].rate), 65536);
        const double breath = ((double)list[k].in + (double)list[k].out) * list[k].rate;
        assert_true(n_told >= 2 * (uint32_t)(3600.0 * list[k].rate / breath));
        for (uint32_t i = 0; i < n_told; ++i) {
            const double due =
                floor(i / 2) * breath + (i % 2 ? (double)list[k].in * list[k].rate : 0);
            assert_int_equal(told[i].part, i % 2 ? PACER_EXHALE : PACER_INHALE);
            assert_true(fabs((double)told[i].frame - due) < 1.0);
        }
        pacer_free(pacer);
    }
}

static void holds_are_told_and_a_change_waits_for_the_next_breath(void** state)
{
    (void)state;
    Pacer* const pacer = paced(RATE, 4, 4, 4, 4);
    run(pacer, 0, 10 * RATE, 256);
    const PacerPattern next = {2, 0, 3, 0};
    pacer_set_pattern(pacer, &next);
    run(pacer, 10 * RATE, 14 * RATE, 256);
    static const double at[] = {0, 4, 8, 12, 16, 18, 21, 23};
    static const PacerPart part[] = {PACER_INHALE, PACER_HOLD_IN, PACER_EXHALE, PACER_HOLD_OUT,
                                     PACER_INHALE, PACER_EXHALE,  PACER_INHALE, PACER_EXHALE};
    assert_int_equal(n_told, 8);
    for (int i = 0; i < 8; ++i) {
        assert_int_equal(told[i].frame, (uint64_t)(at[i] * RATE));
        assert_int_equal(told[i].part, part[i]);
    }
    pacer_set_running(pacer, false);
    run(pacer, 24 * RATE, 30 * RATE, 256);
    assert_int_equal(n_told, 8);
    assert_false(pacer_state(pacer).running);
    pacer_free(pacer);
}

static void blocks_make_no_difference(void** state)
{
    (void)state;
    static float one[2][12 * RATE], other[2][12 * RATE];
    for (int cue = PACER_WAVES; cue <= PACER_TONE; ++cue) {
        for (int pass = 0; pass < 2; ++pass) {
            float(*const audio)[12 * RATE] = pass ? other : one;
            memset(audio, 0, sizeof one);
            Pacer* const pacer = paced(RATE, 2, 0, 3, 0);
            pacer_set_cue(pacer, (PacerCue)cue);
            uint32_t seed = 7;
            for (uint32_t at = 0; at < 12 * RATE;) {
                seed = seed * 1664525u + 1013904223u;
                uint32_t n = pass ? 1 + (seed >> 16) % 777 : 1024;
                n = n < 12 * RATE - at ? n : 12 * RATE - at;
                PacerEvent events[8];
                pacer_process(pacer, audio[0] + at, audio[1] + at, n, events, 8);
                at += n;
            }
            pacer_free(pacer);
        }
        assert_memory_equal(one, other, sizeof one);
    }
}

static void cues_are_soft(void** state)
{
    (void)state;
    static float left[40 * RATE], right[40 * RATE];
    for (int cue = PACER_SILENT; cue <= PACER_TONE; ++cue) {
        memset(left, 0, sizeof left);
        memset(right, 0, sizeof right);
        Pacer* const pacer = paced(RATE, 4, 0, 6, 0);
        pacer_set_cue(pacer, (PacerCue)cue);
        pacer_set_volume(pacer, -30);
        PacerEvent events[64];
        pacer_process(pacer, left, right, 30 * RATE, events, 64);
        pacer_set_running(pacer, false);
        pacer_process(pacer, left + 30 * RATE, right + 30 * RATE, 10 * RATE, events, 64);
        pacer_free(pacer);

        // Levels in windows of 100 ms: full lungs, empty lungs, and how fast it changes
        double level[400];
        double peak = 0.0, step = 0.0;
        for (int w = 0; w < 400; ++w) {
            double power = 0.0;
            for (int i = w * RATE / 10; i < (w + 1) * RATE / 10; ++i) {
                power += (double)left[i] * (double)left[i] / (RATE / 10);
                peak = fmax(peak, fabs((double)left[i]));
                step = i ? fmax(step, fabs((double)(left[i] - left[i - 1]))) : step;
            }
            level[w] = 10.0 * log10(power + 1e-20);
        }
        if (cue == PACER_SILENT) {
            assert_true(peak == 0.0);
            continue;
        }
        double full = 0.0, empty = 0.0;
        for (int w = -3; w < 4; ++w) {
            full += level[240 + w] / 7.0;
            empty += level[200 + w] / 7.0;
        }
        assert_true(fabs(full + 30.0) < 2.0);
        assert_true(full - empty > 8.0 && full - empty < 14.0);
        assert_true(level[2] < full - 20.0);     // sets in softly
        assert_true(level[340] < -150.0);        // gone 3 s after the stop, and a little
        assert_true(peak < 0.25 && step < 0.02); // no click
    }
}

// A person who breathes a share of the way from their own rate to what is asked of them
static void follow_begins_at_the_own_rate_and_reaches_the_goal(void** state)
{
    (void)state;
    Follow f;
    follow_begin(&f);
    float own = 15.0f;
    float paced_rate = follow_next(&f, own, 6.0f);
    assert_true(fabsf(paced_rate - 15.0f) < 1e-4f);
    float lowest_step = f.step;
    int breaths = 1;
    for (; breaths < 200 && paced_rate > 6.01f; ++breaths) {
        own += 0.7f * (paced_rate - own);
        const float before = paced_rate;
        paced_rate = follow_next(&f, own, 6.0f);
        assert_true(paced_rate >= before * 0.959f && paced_rate <= before * 1.041f);
        if (f.step < lowest_step - 1e-3f) {
            // Steps of 75 % of the person's own rate by then
            assert_true(f.step <= 6.001f || fabsf(f.step / own - 0.75f) < 0.01f);
            lowest_step = f.step;
        }
    }
    assert_true(breaths > 20 && breaths < 100);
    assert_true(fabsf(paced_rate - 6.0f) < 0.02f);
}

static void follow_eases_back_when_the_person_drops_out(void** state)
{
    (void)state;
    Follow f;
    follow_begin(&f);
    float paced_rate = follow_next(&f, 14.0f, 6.0f);
    float least = paced_rate;
    for (int i = 0; i < 12; ++i) { // goes along down to the first step
        paced_rate = follow_next(&f, i < 4 ? 14.0f : paced_rate * 1.02f, 6.0f);
        least = fminf(least, paced_rate);
    }
    assert_true(least < 12.5f);
    float most = 0.0f;
    for (int i = 0; i < 60; ++i) { // and then breathes at 15 whatever is asked
        paced_rate = follow_next(&f, 15.0f, 6.0f);
        most = i > 20 ? fmaxf(most, paced_rate) : 0.0f;
    }
    assert_true(most > least * 1.1f);
    assert_false(f.following);

    // Slower than the goal: led up, not down
    follow_begin(&f);
    float slow = follow_next(&f, 4.0f, 6.0f);
    for (int i = 0; i < 60; ++i) {
        slow = follow_next(&f, slow, 6.0f);
    }
    assert_true(fabsf(slow - 6.0f) < 0.02f);

    // Nobody measured: from a slow normal breath to the goal all the same
    follow_begin(&f);
    float alone = follow_next(&f, 0.0f, 6.0f);
    assert_true(fabsf(alone - 12.0f) < 1e-4f);
    for (int i = 0; i < 80; ++i) {
        alone = follow_next(&f, 0.0f, 6.0f);
    }
    assert_true(fabsf(alone - 6.0f) < 0.02f);
}

static void bars_of_the_host_are_kept(void** state)
{
    (void)state;
    Pacer* const pacer = pacer_new(RATE);
    pacer_set_mode(pacer, PACER_TEMPO);
    pacer_set_bars(pacer, 4);
    PacerTransport t = {.bar = 10.0, .bar_frames = 2.5 * RATE, .rolling = true};
    pacer_transport(pacer, &t);
    pacer_set_running(pacer, true);
    n_told = 0;
    run(pacer, 0, 1, 1); // begins
    t.bar = 10.0 + 1.0 / t.bar_frames;
    pacer_transport(pacer,
                    &t); // bar 10 lies half way in a breath of four bars: already breathing out
    run(pacer, 1, 60 * RATE, 480);
    uint32_t in = 0;
    for (uint32_t i = 0; i < n_told; ++i) {
        if (told[i].part == PACER_INHALE && told[i].frame > 100) {
            // Bars 12, 16, ...: 5 s, 15 s, ... after the beginning
            const double bar = 10.0 + (double)told[i].frame / t.bar_frames;
            assert_true(fabs(bar / 4.0 - floor(bar / 4.0 + 0.5)) * 4.0 * t.bar_frames < 1.5);
            ++in;
        }
    }
    assert_int_equal(in, 6);
    assert_true(fabsf(pacer_state(pacer).rate_per_min - 6.0f) < 1e-3f);

    // The host jumps: half way into a breath, that is in the out-breath
    n_told = 0;
    t.bar = 102.0;
    pacer_transport(pacer, &t);
    run(pacer, 0, 100, 100);
    assert_true(fabsf(pacer_state(pacer).phase - 0.5f) < 0.01f);
    assert_int_equal(pacer_state(pacer).part, PACER_EXHALE);
    pacer_free(pacer);
}

static void wild_settings_are_stood(void** state)
{
    (void)state;
    assert_null(pacer_new(0.0));
    assert_null(pacer_new((double)INFINITY));
    pacer_free(NULL);
    Pacer* const pacer = pacer_new(RATE);
    const PacerPattern wild = {NAN, -INFINITY, 1e30f, -5.0f};
    pacer_set_pattern(pacer, &wild);
    pacer_set_volume(pacer, NAN);
    pacer_set_root(pacer, INFINITY);
    pacer_set_bars(pacer, NAN);
    pacer_person(pacer, NAN, 1.0f);
    pacer_person(pacer, 1e30f, NAN);
    pacer_beat(pacer, NAN, true);
    const PacerTransport t = {(double)NAN, 0.0, true};
    pacer_transport(pacer, &t);
    pacer_set_cue(pacer, PACER_TONE);
    pacer_set_running(pacer, true);
    float x[1000] = {0};
    PacerEvent events[8];
    for (int i = 0; i < 500; ++i) {
        assert_true(pacer_process(pacer, x, NULL, 1000, events, 8) <= 1);
        for (int k = 0; k < 1000; ++k) {
            assert_true(isfinite(x[k]) && fabsf(x[k]) < 1.0f);
            x[k] = 0.0f;
        }
    }
    const PacerState s = pacer_state(pacer);
    assert_true(s.pattern.inhale_s == 4.0f && s.pattern.exhale_s == 30.0f &&
                s.pattern.hold_out_s == 0.0f);
    pacer_free(pacer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_hour_drifts_by_no_frame),
        cmocka_unit_test(holds_are_told_and_a_change_waits_for_the_next_breath),
        cmocka_unit_test(blocks_make_no_difference),
        cmocka_unit_test(cues_are_soft),
        cmocka_unit_test(follow_begins_at_the_own_rate_and_reaches_the_goal),
        cmocka_unit_test(follow_eases_back_when_the_person_drops_out),
        cmocka_unit_test(bars_of_the_host_are_kept),
        cmocka_unit_test(wild_settings_are_stood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
