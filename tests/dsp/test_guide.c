// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/guide.h"

#include "unit.h"

#include <math.h>
#include <string.h>

enum { RATE = 8000, MOST = 400 };

static struct {
    uint64_t frame;
    GuideEventKind kind;
    uint32_t value;
} told[MOST];
static uint32_t n_told;

// A heart at the guide: rate by the caller's hand, beats as the clock goes
typedef struct {
    Guide* guide;
    uint64_t now;
    double next; // frame of the next beat
    double bpm;
    double breaths; // per min
} Person;

static Person person(double bpm)
{
    Guide* const guide = guide_new(RATE);
    assert_non_null(guide);
    n_told = 0;
    const Person p = {guide, 0, RATE, bpm, 14.0};
    return p;
}

static void go(Person* p, double seconds)
{
    const uint64_t end = p->now + (uint64_t)(seconds * RATE + 0.5);
    GuideEvent events[16];
    while (p->now < end) {
        uint64_t to = p->next < (double)end ? (uint64_t)p->next : end;
        to = to > p->now ? to : p->now + 1;
        const uint32_t count = guide_process(p->guide, (uint32_t)(to - p->now), events, 16);
        for (uint32_t i = 0; i < count && n_told < MOST; ++i, ++n_told) {
            told[n_told].frame = p->now + events[i].frame;
            told[n_told].kind = events[i].kind;
            told[n_told].value = events[i].value;
        }
        p->now = to;
        if (p->bpm > 0.0 && (double)p->now >= p->next) {
            const double rr_ms = 60000.0 / p->bpm;
            guide_beat(p->guide, (float)rr_ms + (p->now / 7 % 2 ? 15.0f : -15.0f), true);
            guide_breath(p->guide, (float)p->breaths, 40.0f, 0.9f);
            p->next += rr_ms / 1000.0 * RATE;
        }
    }
}

static int64_t when(GuideEventKind kind, uint32_t value)
{
    for (uint32_t i = 0; i < n_told; ++i) {
        if (told[i].kind == kind && told[i].value == value) {
            return (int64_t)told[i].frame;
        }
    }
    return -1;
}

static void every_exercise_runs_from_before_to_after(void** state)
{
    (void)state;
    assert_true(exercise_count() >= 12);
    for (uint32_t i = 0; i < exercise_count(); ++i) {
        const Exercise* const e = exercise_at(i);
        Person p = person(70);
        guide_set_exercise(p.guide, e->id);
        guide_start(p.guide);
        go(&p, (double)e->before_s + 1.0);
        assert_int_equal(guide_state(p.guide).phase, GUIDE_EXERCISE);
        const bool paced = e->inhale_s > 0.0f;
        assert_int_equal(guide_state(p.guide).pace, paced);
        assert_int_equal(when(GUIDE_PHASE, GUIDE_EXERCISE), (int64_t)((double)e->before_s * RATE));
        assert_int_equal(when(GUIDE_PACE, 1), paced ? (int64_t)((double)e->before_s * RATE) : -1);
        if (e->exercise_s > 0.0f) {
            go(&p, (double)e->exercise_s);
        } else {
            assert_true(guide_state(p.guide).remaining_s == -1.0f);
            go(&p, 1000.0);
            assert_int_equal(guide_state(p.guide).phase, GUIDE_EXERCISE);
            guide_mark(p.guide);
            go(&p, 1.0);
            assert_true(when(GUIDE_MARK, 1) > 0);
            guide_skip(p.guide);
            go(&p, 1.0);
        }
        assert_int_equal(guide_state(p.guide).phase, GUIDE_AFTER);
        assert_false(guide_state(p.guide).pace);
        p.bpm = 64;
        go(&p, (double)e->after_s + 2.0);
        assert_int_equal(guide_state(p.guide).phase, GUIDE_DONE);
        const Comparison c = guide_comparison(p.guide);
        assert_int_equal(c.heart_rate.reason, COMPARE_OK);
        assert_true(c.heart_rate.clear && fabsf(c.heart_rate.change + 6.0f) < 0.6f);
        assert_int_equal(c.rmssd.reason, COMPARE_OK);
        const Comparison during = guide_during(p.guide);
        assert_int_equal(during.rmssd.reason, e->moving ? COMPARE_MOVING
                                              : paced   ? COMPARE_PACED
                                                        : COMPARE_OK);
        guide_free(p.guide);
    }
}

static void times_can_be_set_parts_skipped_and_all_stopped(void** state)
{
    (void)state;
    Person p = person(70);
    guide_set_exercise(p.guide, 1);
    guide_set_times(p.guide, 0.0f, 30.0f, 20.0f);
    guide_start(p.guide);
    go(&p, 10.0);
    assert_int_equal(guide_state(p.guide).phase, GUIDE_EXERCISE);
    assert_true(fabsf(guide_state(p.guide).remaining_s - 20.0f) < 0.01f);
    guide_pause(p.guide, true);
    go(&p, 100.0);
    assert_true(guide_state(p.guide).paused && !guide_state(p.guide).pace);
    assert_true(fabsf(guide_state(p.guide).elapsed_s - 10.0f) < 0.01f);
    guide_pause(p.guide, false);
    go(&p, 20.5);
    assert_int_equal(guide_state(p.guide).phase, GUIDE_AFTER);
    guide_skip(p.guide);
    go(&p, 0.1);
    assert_int_equal(guide_state(p.guide).phase, GUIDE_DONE);

    guide_start(p.guide); // anew, and stopped in the middle
    go(&p, 5.0);
    assert_true(guide_state(p.guide).pace);
    guide_stop(p.guide);
    n_told = 0;
    go(&p, 0.1);
    assert_true(when(GUIDE_PACE, 0) >= 0 && when(GUIDE_PHASE, GUIDE_DONE) >= 0);
    assert_false(guide_state(p.guide).pace || guide_state(p.guide).drone);
    guide_free(p.guide);
}

static void hints_come_softly_and_go(void** state)
{
    (void)state;
    Person p = person(80);
    guide_set_exercise(p.guide, 7);
    guide_set_times(p.guide, 0.0f, 300.0f, 0.0f);
    guide_start(p.guide);
    go(&p, 20.0);
    assert_int_equal(guide_state(p.guide).hints & GUIDE_HINT_RATE, 0);
    p.bpm = 135;
    go(&p, 25.0);
    assert_true(guide_state(p.guide).hints & GUIDE_HINT_RATE);
    p.bpm = 100;
    go(&p, 40.0);
    assert_false(guide_state(p.guide).hints & GUIDE_HINT_RATE);
    p.bpm = 0; // the cable comes off
    go(&p, 12.0);
    assert_true(guide_state(p.guide).hints & GUIDE_HINT_SIGNAL);
    guide_free(p.guide);

    Person breather = person(70);
    guide_set_exercise(breather.guide, 1);
    guide_start(breather.guide);
    go(&breather, 1.0);
    assert_true(guide_state(breather.guide).hints & GUIDE_HINT_CAUTION);
    guide_skip(breather.guide);
    go(&breather, 1.0);
    assert_true(guide_state(breather.guide).hints & GUIDE_HINT_DIZZY);
    guide_free(breather.guide);
}

static void a_dive_is_measured(void** state)
{
    (void)state;
    Person p = person(75);
    guide_set_exercise(p.guide, 2);
    guide_set_times(p.guide, 30.0f, 240.0f, 0.0f);
    guide_start(p.guide);
    go(&p, 60.0);
    guide_mark(p.guide);
    for (int i = 0; i < 60; ++i) { // down to 50 bpm within 15 s, back within another 20
        p.bpm = i < 15 ? 75.0 - 25.0 * i / 15.0 : fmin(75.0, 50.0 + 25.0 * (i - 15) / 20.0);
        go(&p, 1.0);
        if (i == 5) {
            assert_true(guide_state(p.guide).hints & GUIDE_HINT_REST);
        }
    }
    go(&p, 5.0);
    const DiveMeasure m = guide_dive(p.guide, 0);
    assert_true(m.valid && m.done);
    assert_true(fabsf(m.rate_before_bpm - 75.0f) < 1.0f);
    assert_true(fabsf(m.lowest_bpm - 51.0f) < 2.5f && fabsf(m.drop_bpm - 24.0f) < 2.5f);
    assert_true(fabsf(m.to_lowest_s - 15.0f) < 3.0f);
    assert_true(fabsf(m.recovery_s - 11.0f) < 4.0f);
    assert_false(guide_state(p.guide).hints & GUIDE_HINT_REST);
    assert_true(guide_dive(p.guide, 1).drop_bpm == 0.0f && !guide_dive(p.guide, 99).valid);
    // One long interval alone, that is a missed beat, is no dive
    guide_mark(p.guide);
    guide_beat(p.guide, 1600.0f, false);
    go(&p, 50.0);
    assert_true(guide_last_dive(p.guide).drop_bpm < 5.0f);
    guide_free(p.guide);
}

static void blocks_make_no_difference(void** state)
{
    (void)state;
    GuideState whole = {0};
    Comparison first = {0};
    for (uint32_t pass = 0; pass < 2; ++pass) {
        Guide* const guide = guide_new(RATE);
        guide_set_exercise(guide, 6);
        guide_set_times(guide, 70.0f, 61.3f, 70.0f);
        guide_start(guide);
        GuideEvent events[16];
        for (uint32_t t = 0; t < 220 * RATE;) {
            const uint32_t to_beat = 6400 - t % 6400;
            const uint32_t block = pass ? 97 : 6400;
            const uint32_t n = to_beat < block ? to_beat : block;
            guide_process(guide, n, events, 16);
            t += n;
            if (t % 6400 == 0) {
                guide_beat(guide, 800.0f + (float)(t / 6400 % 5) * 9.0f, true);
                guide_breath(guide, 12.0f, 30.0f, 1.0f);
            }
        }
        const GuideState s = guide_state(guide);
        const Comparison c = guide_comparison(guide);
        if (pass) {
            assert_int_equal(s.phase, whole.phase);
            assert_true(s.total_elapsed_s == whole.total_elapsed_s);
            assert_true(c.rmssd.change == first.rmssd.change && c.rmssd.low == first.rmssd.low);
            assert_true(c.heart_rate.change == first.heart_rate.change);
        }
        whole = s;
        first = c;
        guide_free(guide);
    }
    assert_int_equal(first.rmssd.reason, COMPARE_OK);
}

static void wild_settings_are_stood(void** state)
{
    (void)state;
    assert_null(guide_new(0.0));
    guide_free(NULL);
    Guide* const guide = guide_new(RATE);
    guide_set_exercise(guide, 99);
    guide_set_times(guide, NAN, INFINITY, -INFINITY);
    guide_set_ceiling(guide, NAN);
    guide_beat(guide, NAN, true);
    guide_beat(guide, 1e30f, true);
    guide_breath(guide, NAN, NAN, NAN);
    guide_mark(guide);
    guide_skip(guide);
    guide_pause(guide, true);
    assert_int_equal(guide_state(guide).phase, GUIDE_IDLE);
    for (int i = 0; i < 100; ++i) {
        guide_start(guide);
        guide_mark(guide);
        guide_skip(guide);
        guide_pause(guide, i % 2);
    }
    GuideEvent events[16];
    assert_true(guide_process(guide, 1000, events, 16) <= 16);
    assert_int_equal(guide_state(guide).exercise->id, 1);
    assert_null(exercise_by_id(0));
    assert_null(exercise_at(1000));
    guide_free(guide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_exercise_runs_from_before_to_after),
        cmocka_unit_test(times_can_be_set_parts_skipped_and_all_stopped),
        cmocka_unit_test(hints_come_softly_and_go),
        cmocka_unit_test(a_dive_is_measured),
        cmocka_unit_test(blocks_make_no_difference),
        cmocka_unit_test(wild_settings_are_stood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
