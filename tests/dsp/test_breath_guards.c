// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What the breath estimator must not do: invent breaths where there are none, follow the heart's
// second harmonic in humming, go beyond what beats can show, take a belt for upright.

#include "dsp/breath.h"
#include "dsp/heart.h"
#include "dsp/random.h"

#include "unit.h"

#include <math.h>
#include <string.h>

enum { RATE = 1000, DELAY = 300, TOLD = 4 };

#define TURN 6.28318530717958648

/// Beats whose intervals swing with the lungs as the caller moves them, with 6 ms of noise and a
/// Mayer wave of 8 ms (both usual at rest)
typedef struct {
    Breath* breath;
    Random random;
    double now_s, beat_s;
    double turns;    // breath phase
    double swing_s;  // amplitude of the intervals' sine
    double mean_s;   // interval
    int in_told;     // in-breaths told so far
    double sure_sum; // of the confidence, per frame
} Person;

static void person_begin(Person* p, uint32_t seed)
{
    memset(p, 0, sizeof *p);
    p->breath = breath_new(RATE);
    assert_non_null(p->breath);
    breath_set_beat_delay(p->breath, DELAY);
    p->random = random_make(seed, 1);
    p->swing_s = 0.035;
    p->mean_s = 0.9;
}

static void person_frame(Person* p, double per_min)
{
    if (p->now_s >= p->beat_s + 0.001 * DELAY) {
        const BreathBeat beat = {true, 1.0f, NAN, NAN};
        breath_beat(p->breath, &beat);
        p->beat_s += p->mean_s + p->swing_s * sin(TURN * p->turns) +
                     0.008 * sin(TURN * 0.1 * p->beat_s) + 0.006 * random_normal(&p->random);
    }
    BreathEvent told[TOLD];
    const uint32_t n = breath_process(p->breath, NULL, NULL, 1, told, TOLD);
    for (uint32_t i = 0; i < n; ++i) {
        p->in_told += told[i].type == BREATH_IN_STARTS;
    }
    p->turns += per_min / 60.0 / RATE;
    p->now_s += 1.0 / RATE;
    p->sure_sum += (double)breath_state(p->breath).confidence;
}

static void person_run(Person* p, double seconds, double per_min)
{
    for (int i = 0; i < (int)(seconds * RATE); ++i) {
        person_frame(p, per_min);
    }
}

// A held breath is seen as soon as a breath is missing; the one that was foretold may still be told
static void a_pause_is_not_filled_with_breaths(void** state)
{
    (void)state;
    enum { PEOPLE = 16 };
    double sure = 0.0;
    int told = 0;
    for (uint32_t seed = 1; seed <= PEOPLE; ++seed) {
        Person p;
        person_begin(&p, seed);
        person_run(&p, 90.0, 14.0);
        assert_true(breath_state(p.breath).confidence > 0.8f);
        const double swing_s = p.swing_s;
        p.swing_s = 0.0; // the breath is held
        p.in_told = 0;
        person_run(&p, 10.0, 0.0);
        assert_true(p.in_told <= 3);
        told += p.in_told;
        p.in_told = 0;
        p.sure_sum = 0.0;
        person_run(&p, 45.0, 0.0);
        sure += p.sure_sum / (45.0 * RATE) / PEOPLE;
        assert_true(p.in_told <= 1);
        told += p.in_told;
        p.swing_s = swing_s;
        person_run(&p, 60.0, 14.0); // median 30 s, the slowest of 64 people 48 s
        assert_true(breath_state(p.breath).told);
        assert_true(breath_state(p.breath).confidence > 0.6f);
        assert_true(fabsf(breath_state(p.breath).rate_per_min - 14.0f) < 1.0f);
        breath_free(p.breath);
    }
    if (sure > 0.06 || told > 2.2 * PEOPLE) {
        print_error("confidence %.2f, %d breaths in %d pauses\n", sure, told, PEOPLE);
    }
    assert_true(sure < 0.06);
    assert_true(told < 2.2 * PEOPLE);
}

static void talking_is_not_a_rhythm(void** state)
{
    (void)state;
    enum { PEOPLE = 24 };
    double steady = 0.0;
    double talking = 0.0;
    int breathed = 0;
    int told = 0;
    for (uint32_t seed = 1; seed <= PEOPLE; ++seed) {
        Person p;
        person_begin(&p, seed);
        person_run(&p, 60.0, 14.0);
        p.sure_sum = 0.0;
        person_run(&p, 60.0, 14.0);
        steady += p.sure_sum / (60.0 * RATE) / PEOPLE;
        Random lengths = random_make(seed, 9);
        const double from_s = p.now_s;
        p.sure_sum = 0.0;
        p.in_told = 0;
        while (p.now_s < from_s + 90.0) { // short in-breaths, long and uneven phrases
            const double breath_s = 2.0 + 7.0 * random_uniform(&lengths);
            p.swing_s = 0.01 + 0.03 * random_uniform(&lengths);
            person_run(&p, breath_s, 60.0 / breath_s);
            ++breathed;
        }
        talking += p.sure_sum / ((p.now_s - from_s) * RATE) / PEOPLE;
        told += p.in_told;
        breath_free(p.breath);
    }
    if (steady < 0.97 || talking > 0.58 || told > 0.6 * breathed) {
        print_error("confidence %.2f when steady, %.2f when talking, %d breaths told of %d\n",
                    steady, talking, told, breathed);
    }
    assert_true(steady > 0.97);
    assert_true(talking < 0.58);
    assert_true(told < 0.6 * breathed); // what is told is less than there was
}

// A sigh is a breath, and a slow one: the rate may dip, but not stay away
static void a_sigh_passes(void** state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 8; ++seed) {
        Person p;
        person_begin(&p, seed);
        person_run(&p, 90.0, 15.0);
        const double swing_s = p.swing_s;
        p.swing_s = 2.2 * swing_s;
        p.in_told = 0;
        person_run(&p, 6.0, 10.0);
        p.swing_s = swing_s;
        for (int i = 0; i < 60; ++i) {
            person_run(&p, 1.0, 15.0);
            const BreathState now = breath_state(p.breath);
            const float most = i < 8 ? 4.5f : i < 20 ? 2.5f : 1.5f;
            if (now.confidence > 0.5f && fabsf(now.rate_per_min - 15.0f) > most) {
                print_error("seed %u, %d s after: %.1f\n", seed, i + 1, (double)now.rate_per_min);
            }
            assert_true(now.confidence <= 0.5f || fabsf(now.rate_per_min - 15.0f) <= most);
        }
        assert_in_range(p.in_told, 14, 17); // 1 and 15 were breathed
        breath_free(p.breath);
    }
}

static void no_breath_is_faster_than_two_beats(void** state)
{
    (void)state;
    Person p;
    person_begin(&p, 3);
    p.mean_s = 1.4; // 43 per min: at most 21 breaths
    for (int i = 0; i < 120; ++i) {
        person_run(&p, 1.0, 28.0);
        assert_true(breath_state(p.breath).rate_per_min <= 0.5f * 60.0f / 1.4f * 1.08f);
    }
    breath_free(p.breath);
}

// In slow chanting the heart swings at twice the breath's rate (OM: Inbaraj et al. 2022)
static void hums_win_over_the_second_harmonic(void** state)
{
    (void)state;
    Person p;
    person_begin(&p, 2);
    int near = 0;
    for (int i = 0; i < 120 * RATE; ++i) {
        if (i % (15 * RATE) == 5 * RATE) {
            breath_hum(p.breath, true); // 4 per min
        }
        if (i % (15 * RATE) == 14 * RATE) {
            breath_hum(p.breath, false);
        }
        person_frame(&p, 8.0);
        const BreathState now = breath_state(p.breath);
        near += i >= 60 * RATE && fabsf(now.rate_per_min - 4.0f) < 0.3f &&
                now.source == BREATH_FROM_HUM;
    }
    assert_int_equal(near, 60 * RATE);
    breath_free(p.breath);
}

// A thermistor or a belt worn the wrong way falls with the in-breath; the heart knows.
static void a_belt_is_turned_over(void** state)
{
    (void)state;
    for (int inverted = 0; inverted < 2; ++inverted) {
        Heart* const heart = heart_new(RATE, 4);
        Breath* const breath = breath_new(RATE);
        uint32_t due[8];
        uint32_t waiting = 0;
        int right = 0;
        int wrong = 0;
        heart_set_breath_rate(heart, 14.0);
        heart_reset(heart);
        breath_set_beat_delay(breath, DELAY);
        for (uint32_t i = 0; i < 180 * RATE; ++i) {
            HeartEvent event;
            float sample;
            if (heart_process(heart, &sample, 1, &event, 1) && event.kind == HEART_BEAT &&
                waiting < 8) {
                due[waiting++] = i + DELAY;
            }
            if (waiting > 0 && due[0] <= i) {
                const BreathBeat beat = {true, 1.0f, NAN, NAN};
                breath_beat(breath, &beat);
                memmove(due, due + 1, --waiting * sizeof *due);
            }
            const double phase = heart_state(heart).breath_phase;
            const double part = phase < 0.4 ? phase / 0.4 : 1.0 + (phase - 0.4) / 0.6;
            const float belt = (float)((inverted ? 1.0 : -1.0) * cos(0.5 * TURN * part));
            BreathEvent told[TOLD];
            const uint32_t n = breath_process(breath, NULL, &belt, 1, told, TOLD);
            for (uint32_t k = 0; k < n; ++k) {
                if (i > 120 * RATE && told[k].type == BREATH_IN_STARTS) {
                    const double then =
                        phase - 14.0 / 60.0 * (double)told[k].age_frames / (double)RATE;
                    const double away = fabs(then - floor(then + 0.5));
                    right += away < 0.05;
                    wrong += away >= 0.05;
                }
            }
        }
        assert_int_equal(breath_state(breath).source, BREATH_FROM_BELT);
        assert_in_range(right, 12, 15);
        assert_int_equal(wrong, 0);
        heart_free(heart);
        breath_free(breath);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pause_is_not_filled_with_breaths),
        cmocka_unit_test(talking_is_not_a_rhythm),
        cmocka_unit_test(a_sigh_passes),
        cmocka_unit_test(no_breath_is_faster_than_two_beats),
        cmocka_unit_test(hums_win_over_the_second_harmonic),
        cmocka_unit_test(a_belt_is_turned_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
