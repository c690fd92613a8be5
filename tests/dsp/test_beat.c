// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/beat.h"
#include "dsp/heart.h"
#include "dsp/random.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 1000 };

// A signal with the true times of its beats, in frames
typedef struct {
    double rate;
    uint32_t n;
    float* signal;
    double truth[MOST];
    uint32_t n_truth;
} Person;

typedef struct {
    double time[MOST]; // frames, D taken off
    BeatEvent event[MOST];
    uint32_t n;
    uint32_t provisional;
    double provisional_at[MOST];
} Heard;

typedef void (*Settings)(Heart* heart);

static Person person_new(double rate, double seconds, Settings settings)
{
    Person p = {.rate = rate, .n = (uint32_t)(rate * seconds)};
    p.signal = (float*)malloc(p.n * sizeof(float));
    Heart* const heart = heart_new(rate, 11);
    assert_non_null(heart);
    if (settings) {
        settings(heart);
    }
    heart_reset(heart);
    for (uint32_t i = 0; i < p.n;) {
        HeartEvent events[64];
        const uint32_t m = p.n - i < 512 ? p.n - i : 512;
        const uint32_t count = heart_process(heart, p.signal + i, m, events, 64);
        for (uint32_t k = 0; k < count; ++k) {
            if (events[k].kind == HEART_BEAT && !events[k].lost) {
                p.truth[p.n_truth++] = i + events[k].frame + events[k].offset;
            }
        }
        i += m;
    }
    heart_free(heart);
    return p;
}

static void person_free(Person* p)
{
    free(p->signal);
}

// block 0: random lengths
static void hear(Beat* beat, const Person* p, uint32_t block, Heard* heard)
{
    Random random = random_make(3, 0);
    memset(heard, 0, sizeof(*heard));
    for (uint32_t i = 0; i < p->n;) {
        BeatEvent events[64];
        uint32_t m = block ? block : 1U + (uint32_t)(random_bits(&random) % 700U);
        m = m < p->n - i ? m : p->n - i;
        const uint32_t count = beat_process(beat, p->signal + i, m, events, 64);
        for (uint32_t k = 0; k < count; ++k) {
            assert_true(events[k].frame < m);
            if (events[k].kind == BEAT_EVENT_PROVISIONAL) {
                assert_true(heard->provisional < MOST);
                heard->provisional_at[heard->provisional++] = (double)i + events[k].frame;
                continue;
            }
            assert_true(heard->n < MOST);
            assert_true(events[k].quality >= 0.0f && events[k].quality <= 1.0f);
            assert_true(isfinite(events[k].amplitude) && isfinite(events[k].baseline));
            heard->time[heard->n] = (double)i + events[k].frame - beat_delay(p->rate);
            heard->event[heard->n] = events[k];
            ++heard->n;
        }
        i += m;
    }
}

typedef struct {
    uint32_t found, missed, extra;
    double worst; // frames
} Score;

// Compare within `from_s` and half a second before the end; a match is within 50 ms
static Score score(const Person* p, const Heard* h, double from_s)
{
    Score s = {0, 0, 0, 0.0};
    const double to = p->n - 0.5 * p->rate, from = from_s * p->rate;
    const double reach = 0.05 * p->rate;
    for (uint32_t i = 0; i < p->n_truth; ++i) {
        if (p->truth[i] < from || p->truth[i] > to) {
            continue;
        }
        double best = 1e30;
        for (uint32_t k = 0; k < h->n; ++k) {
            best = fmin(best, fabs(h->time[k] - p->truth[i]));
        }
        if (best <= reach) {
            ++s.found;
            s.worst = fmax(s.worst, best);
        } else {
            ++s.missed;
        }
    }
    for (uint32_t k = 0; k < h->n; ++k) {
        double best = 1e30;
        for (uint32_t i = 0; i < p->n_truth; ++i) {
            best = fmin(best, fabs(h->time[k] - p->truth[i]));
        }
        s.extra += best > reach && h->time[k] > from && h->time[k] < to;
    }
    return s;
}

static Score score_of(double rate, double seconds, Settings settings, double from_s)
{
    static Heard heard;
    Person p = person_new(rate, seconds, settings);
    Beat* const beat = beat_new(rate);
    assert_non_null(beat);
    hear(beat, &p, 256, &heard);
    const Score s = score(&p, &heard, from_s);
    beat_free(beat);
    person_free(&p);
    return s;
}

static void as_pulse(Heart* h)
{
    heart_set_signal(h, HEART_PPG);
}

static void inverted(Heart* h)
{
    heart_set_inverted(h, true);
}

static void inverted_pulse(Heart* h)
{
    heart_set_signal(h, HEART_PPG);
    heart_set_inverted(h, true);
}

static void every_clean_beat_within_a_frame_at_every_rate(void** state)
{
    (void)state;
    const double rates[] = {1234.5, 8000, 11025, 44100, 48000, 96000, 192000};
    const Settings kinds[] = {NULL, as_pulse, inverted, inverted_pulse};
    for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
        for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); ++k) {
            const Score s = score_of(rates[i], 20.0, kinds[k], 3.0);
            assert_true(s.found >= 15);
            assert_int_equal(s.missed, 0);
            assert_int_equal(s.extra, 0);
            assert_true(s.worst <= 1.0);
        }
    }
}

static void the_first_beat_is_found(void** state)
{
    (void)state;
    const Score s = score_of(48000.0, 10.0, NULL, 0.0);
    assert_int_equal(s.missed, 0);
    assert_int_equal(s.extra, 0);
}

static void slow(Heart* h)
{
    heart_set_heart_rate(h, 25.0);
}

static void fast(Heart* h)
{
    heart_set_heart_rate(h, 200.0);
}

static void slow_and_fast_hearts(void** state)
{
    (void)state;
    const Settings kinds[] = {slow, fast};
    for (size_t k = 0; k < 2; ++k) {
        const Score s = score_of(8000.0, 60.0, kinds[k], 5.0);
        assert_true(s.found >= 20);
        assert_int_equal(s.missed, 0);
        assert_int_equal(s.extra, 0);
    }
}

static void wandering(Heart* h)
{
    heart_set_wander(h, 20.0); // ten times the R wave
}

static void a_wandering_baseline(void** state)
{
    (void)state;
    const Score s = score_of(8000.0, 60.0, wandering, 5.0);
    assert_true(s.missed <= 1);
    assert_true(s.extra <= 1);
}

// Mains hum as large as the R wave
static void hum_is_heard_through(void** state)
{
    (void)state;
    static Heard heard;
    const double mains[] = {50.0, 60.0};
    for (size_t k = 0; k < 2; ++k) {
        Person p = person_new(8000.0, 40.0, NULL);
        for (uint32_t i = 0; i < p.n; ++i) {
            p.signal[i] += (float)(0.2 * sin(6.28318530717958648 * mains[k] * i / p.rate));
        }
        Beat* const beat = beat_new(p.rate);
        hear(beat, &p, 256, &heard);
        const Score s = score(&p, &heard, 5.0);
        assert_true(s.found > 30);
        assert_int_equal(s.missed, 0);
        assert_int_equal(s.extra, 0);
        beat_free(beat);
        person_free(&p);
    }
}

// No rhythm in it: few beats, none of them called reliable
static void noise_is_no_heart(void** state)
{
    (void)state;
    static Heard heard;
    Person p = {.rate = 8000.0, .n = 480000};
    p.signal = (float*)malloc(p.n * sizeof(float));
    Random random = random_make(9, 0);
    for (uint32_t i = 0; i < p.n; ++i) {
        p.signal[i] = 0.1f * (float)(random_bits(&random) >> 40) / 16777216.0f;
    }
    Beat* const beat = beat_new(p.rate);
    hear(beat, &p, 256, &heard);
    assert_true(heard.n < 20);
    for (uint32_t k = 0; k < heard.n; ++k) {
        assert_false(heard.event[k].reliable);
    }
    assert_true(beat_quality(beat) < 0.3f);
    beat_free(beat);
    person_free(&p);
}

static void blocks_change_nothing(void** state)
{
    (void)state;
    static Heard whole, cut;
    Person p = person_new(8000.0, 12.0, as_pulse);
    const uint32_t blocks[] = {1, 7, 64, 256, 0};
    Beat* const beat = beat_new(p.rate);
    hear(beat, &p, 8192, &whole);
    assert_true(whole.n > 8);
    for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); ++i) {
        beat_reset(beat);
        hear(beat, &p, blocks[i], &cut);
        assert_int_equal(whole.n, cut.n);
        assert_int_equal(whole.provisional, cut.provisional);
        for (uint32_t k = 0; k < whole.n; ++k) {
            assert_true(whole.time[k] == cut.time[k]);
            assert_true(whole.event[k].quality == cut.event[k].quality);
            assert_true(whole.event[k].amplitude == cut.event[k].amplitude);
            assert_true(whole.event[k].fraction == cut.event[k].fraction);
        }
    }
    beat_free(beat);
    person_free(&p);
}

// Put something into 10..12 s of a signal and ask for every beat from 15 s on
static void spoil(float (*with)(float x, uint32_t i))
{
    static Heard heard;
    const Settings kinds[] = {NULL, as_pulse};
    for (size_t k = 0; k < 2; ++k) {
        Person p = person_new(8000.0, 40.0, kinds[k]);
        for (uint32_t i = 80000; i < 96000; ++i) {
            p.signal[i] = with(p.signal[i], i);
        }
        Beat* const beat = beat_new(p.rate);
        hear(beat, &p, 256, &heard);
        const Score s = score(&p, &heard, 15.0);
        assert_true(s.found > 20);
        assert_int_equal(s.missed, 0);
        assert_int_equal(s.extra, 0);
        assert_int_equal(beat_state(beat), BEAT_TRACKING);
        assert_true(beat_quality(beat) > 0.7f);
        beat_free(beat);
        person_free(&p);
    }
}

static float nans(float x, uint32_t i)
{
    return i % 3 ? x : NAN;
}

static float infinite(float x, uint32_t i)
{
    (void)x;
    return i & 1 ? INFINITY : -INFINITY;
}

static float huge(float x, uint32_t i)
{
    return i == 80001 ? 1e30f : x;
}

static float dead(float x, uint32_t i)
{
    (void)x;
    (void)i;
    return 0.0f;
}

static float rail(float x, uint32_t i)
{
    (void)x;
    return (i / 1000) & 1 ? 1.0f : -1.0f;
}

static float tiny(float x, uint32_t i)
{
    (void)x;
    return i & 1 ? 1e-40f : -1e-40f;
}

static void bad_input_passes(void** state)
{
    (void)state;
    spoil(nans);
    spoil(infinite);
    spoil(huge);
    spoil(dead);
    spoil(rail);
    spoil(tiny);
}

// A line that is dead at first, or for so long that all is learnt anew, may come back from far off:
// from a rail, or with an offset. The step is no signal to learn from.
static void a_line_comes_back_from_far_off(void** state)
{
    (void)state;
    static Heard heard;
    static const struct {
        double from_s, to_s; // dead
        float level;
    } lines[] = {{0.0, 0.001, 5.0f}, {0.0, 1.0, -0.4f}, {10.0, 15.0, 1.0f}, {10.0, 15.0, -30.0f}};
    const Settings kinds[] = {NULL, as_pulse};
    for (size_t i = 0; i < 8; ++i) {
        Person p = person_new(8000.0, 30.0, kinds[i & 1]);
        for (uint32_t k = (uint32_t)(lines[i / 2].from_s * p.rate);
             k < (uint32_t)(lines[i / 2].to_s * p.rate); ++k) {
            p.signal[k] = lines[i / 2].level;
        }
        Beat* const beat = beat_new(p.rate);
        hear(beat, &p, 256, &heard);
        const Score s = score(&p, &heard, lines[i / 2].to_s + 3.0);
        assert_true(s.found > 8);
        assert_int_equal(s.missed, 0);
        assert_int_equal(s.extra, 0);
        beat_free(beat);
        person_free(&p);
    }
}

static void no_beats_in_a_dead_line(void** state)
{
    (void)state;
    static Heard heard;
    const float levels[] = {0.0f, 0.7f, -1e20f, NAN};
    for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); ++i) {
        Person p = {.rate = 8000.0, .n = 80000};
        p.signal = (float*)malloc(p.n * sizeof(float));
        for (uint32_t k = 0; k < p.n; ++k) {
            p.signal[k] = levels[i];
        }
        Beat* const beat = beat_new(p.rate);
        hear(beat, &p, 256, &heard);
        assert_int_equal(heard.n, 0);
        assert_int_equal(beat_state(beat), BEAT_WAITING);
        assert_true(beat_quality(beat) == 0.0f);
        beat_free(beat);
        person_free(&p);
    }
}

static void sensor_and_polarity_are_found(void** state)
{
    (void)state;
    static Heard heard;
    const Settings kinds[] = {NULL, inverted, as_pulse, inverted_pulse};
    for (size_t k = 0; k < 4; ++k) {
        Person p = person_new(8000.0, 5.0, kinds[k]);
        Beat* const beat = beat_new(p.rate);
        assert_int_equal(beat_sensor(beat), BEAT_AUTO_SENSOR);
        hear(beat, &p, 256, &heard);
        assert_int_equal(beat_sensor(beat), k < 2 ? BEAT_ECG : BEAT_PPG);
        assert_int_equal(beat_polarity(beat), k & 1 ? BEAT_INVERTED : BEAT_UPRIGHT);
        beat_set_sensor(beat, BEAT_PPG);
        assert_int_equal(beat_sensor(beat), BEAT_PPG);
        beat_free(beat);
        person_free(&p);
    }
}

// While it is found out what the sensor is, both paths may see the same beat
static void no_beat_is_told_by_both_paths(void** state)
{
    (void)state;
    static Heard heard;
    const Settings kinds[] = {NULL, inverted, as_pulse, inverted_pulse};
    for (size_t k = 0; k < 4; ++k) {
        Person p = person_new(8000.0, 12.0, kinds[k]);
        Beat* const beat = beat_new(p.rate);
        hear(beat, &p, 256, &heard);
        assert_true(heard.n > 9);
        for (uint32_t i = 1; i < heard.n; ++i) {
            assert_true(heard.time[i] - heard.time[i - 1] > 0.25 * p.rate);
        }
        beat_free(beat);
        person_free(&p);
    }
}

static void a_held_signal_is_called_a_staircase(void** state)
{
    (void)state;
    static Heard heard;
    Person p = person_new(48000.0, 15.0, NULL);
    Beat* const beat = beat_new(p.rate);
    hear(beat, &p, 256, &heard);
    assert_false(beat_is_staircase(beat));
    const float smooth = beat_quality(beat);
    for (uint32_t i = 0; i < p.n; ++i) {
        p.signal[i] = p.signal[i - i % 384]; // 125 Hz
    }
    beat_reset(beat);
    hear(beat, &p, 256, &heard);
    assert_true(beat_is_staircase(beat));
    assert_true(beat_quality(beat) < 0.7f * smooth);
    beat_free(beat);
    person_free(&p);
}

static void the_trigger_comes_soon(void** state)
{
    (void)state;
    static Heard heard;
    Person p = person_new(48000.0, 30.0, NULL);
    Beat* const beat = beat_new(p.rate);
    hear(beat, &p, 256, &heard);
    uint32_t early = 0, all = 0;
    for (uint32_t i = 0; i < p.n_truth; ++i) {
        if (p.truth[i] < 8.0 * p.rate || p.truth[i] > 29.0 * p.rate) {
            continue;
        }
        ++all;
        for (uint32_t k = 0; k < heard.provisional; ++k) {
            const double late = (heard.provisional_at[k] - p.truth[i]) / p.rate;
            early += late > 0.0 && late <= 0.1;
        }
    }
    assert_true(all > 15);
    assert_int_equal(early, all);
    beat_free(beat);
    person_free(&p);
}

static void rates_are_checked(void** state)
{
    (void)state;
    assert_null(beat_new(0.0));
    assert_null(beat_new(NAN));
    assert_null(beat_new(-48000.0));
    assert_null(beat_new(1e9));
    beat_free(NULL);
    assert_true(beat_delay(48000.0) <= 16800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_clean_beat_within_a_frame_at_every_rate),
        cmocka_unit_test(the_first_beat_is_found),
        cmocka_unit_test(slow_and_fast_hearts),
        cmocka_unit_test(a_wandering_baseline),
        cmocka_unit_test(hum_is_heard_through),
        cmocka_unit_test(noise_is_no_heart),
        cmocka_unit_test(blocks_change_nothing),
        cmocka_unit_test(bad_input_passes),
        cmocka_unit_test(a_line_comes_back_from_far_off),
        cmocka_unit_test(no_beats_in_a_dead_line),
        cmocka_unit_test(sensor_and_polarity_are_found),
        cmocka_unit_test(no_beat_is_told_by_both_paths),
        cmocka_unit_test(a_held_signal_is_called_a_staircase),
        cmocka_unit_test(the_trigger_comes_soon),
        cmocka_unit_test(rates_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
