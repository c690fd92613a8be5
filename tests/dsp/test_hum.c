// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/hum.h"

#include "dsp/drone.h"
#include "unit.h"
#include "voice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RATE = 16000, MOST = 4096 }; // a low rate keeps the tests quick; one test uses 48 kHz

typedef struct {
    HumEvent event[MOST]; // frame = true moment, counted from the beginning
    uint32_t count;
} Heard;

static Heard heard;

static void take(const HumEvent* events, uint32_t count, uint32_t at, uint32_t delay)
{
    for (uint32_t i = 0; i < count && heard.count < MOST; ++i, ++heard.count) {
        heard.event[heard.count] = events[i];
        heard.event[heard.count].frame = at + events[i].frame - delay;
    }
}

static void listen_with(Hum* hum, const float* x, size_t n, double rate)
{
    HumEvent events[64];
    for (size_t at = 0; at < n; at += 1024) {
        const uint32_t m = (uint32_t)(n - at < 1024 ? n - at : 1024);
        take(events, hum_process(hum, x + at, m, events, 64), (uint32_t)at, hum_delay(rate));
    }
}

static void listen(const float* x, size_t n, double rate, bool singing)
{
    Hum* const hum = hum_new(rate);
    assert_non_null(hum);
    heard.count = 0;
    hum_set_singing(hum, singing);
    listen_with(hum, x, n, rate);
    hum_free(hum);
}

static uint32_t starts(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < heard.count; ++i) {
        count += heard.event[i].kind == HUM_START;
    }
    return count;
}

// False hums in so many minutes: fewer than one per ten minutes
static void assert_quiet(const char* what, size_t n, double rate)
{
    const double minutes = (double)n / rate / 60.0;
    if (starts() >= 1 && (double)starts() >= minutes / 10.0) {
        print_message("%s: %u false hums in %.1f minutes, first at %.2f s\n", what, starts(),
                      minutes, heard.event[0].frame / rate);
    }
    assert_true(starts() == 0 || (double)starts() < minutes / 10.0);
}

static float* room(double seconds, double rate, double noise_db, uint32_t* seed, size_t* n)
{
    *n = (size_t)(seconds * rate);
    float* const x = (float*)calloc(*n, sizeof(float));
    assert_non_null(x);
    voice_noise(x, *n, noise_db, seed);
    return x;
}

static void hums_are_found_at_their_moment(void** state)
{
    (void)state;
    enum { HUMS = 60 };
    size_t n = 0;
    uint32_t seed = 11;
    float* const x = room(HUMS * 6.0, RATE, -62, &seed, &n);
    size_t from[HUMS], to[HUMS];
    for (int i = 0; i < HUMS; ++i) {
        const Voice voice = {.hz = 68.0 * pow(390.0 / 68.0, voice_random(&seed)),
                             .seconds = 1.2 + 2.3 * voice_random(&seed),
                             .level_db = -40.0 + 24.0 * voice_random(&seed),
                             .attack_s = 0.02 + 0.08 * voice_random(&seed),
                             .release_s = 0.05 + 0.15 * voice_random(&seed),
                             .vibrato_cents = 12.0 * voice_random(&seed),
                             .jitter_cents = 6.0,
                             .drift_cents = 60.0 * (voice_random(&seed) - 0.5),
                             .vowel = 'm'};
        from[i] = (size_t)((i * 6.0 + 1.5 + 0.5 * voice_random(&seed)) * RATE);
        voice_breath(x + i * 6 * RATE, RATE, RATE, -52, &seed);
        to[i] = from[i] + voice_add(x, n, from[i], RATE, &voice, &seed);
    }
    listen(x, n, RATE, false);
    int found = 0, onsets = 0, ends = 0;
    for (int i = 0; i < HUMS; ++i) {
        bool began = false;
        for (uint32_t k = 0; k < heard.count; ++k) {
            const double begin_s = ((double)heard.event[k].frame - (double)from[i]) / RATE;
            const double end_s = ((double)heard.event[k].frame - (double)to[i]) / RATE;
            if (heard.event[k].kind == HUM_START && fabs(begin_s) < 0.5) {
                began = true;
                onsets += fabs(begin_s) <= 0.020;
            } else if (heard.event[k].kind == HUM_END && fabs(end_s) < 0.1) {
                ++ends;
            }
        }
        found += began;
    }
    print_message("found %d, within 20 ms %d, ends within 100 ms %d of %d\n", found, onsets, ends,
                  HUMS);
    assert_true(found >= HUMS * 98 / 100);
    assert_true(onsets >= HUMS * 95 / 100);
    assert_true(ends >= HUMS * 95 / 100);
    assert_true((int)starts() <= HUMS + 1); // none is torn into pieces
    free(x);
}

// One hum after another, with a quick breath of 0.75 s between them
static void quick_breaths_suffice(void** state)
{
    (void)state;
    size_t n = 0;
    uint32_t seed = 21, hums = 0;
    float* const x = room(240.0, RATE, -62, &seed, &n);
    for (double at = 1.0; at < 234.0; ++hums) {
        Voice voice =
            voice_hum(90.0 * pow(3.5, voice_random(&seed)), 2.0 + 2.0 * voice_random(&seed), -28);
        voice.jitter_cents = 6.0;
        voice_add(x, n, (size_t)(at * RATE), RATE, &voice, &seed);
        at += voice.seconds + 0.75;
    }
    listen(x, n, RATE, false);
    assert_true(hums > 55);
    assert_true(starts() >= hums * 98 / 100 && starts() <= hums);
    free(x);
}

static void state_tells_pitch_duration_and_share(void** state)
{
    (void)state;
    const double rate = 48000.0;
    size_t n = 0;
    uint32_t seed = 12;
    float* const x = room(14.0, rate, -65, &seed, &n);
    Voice voice = voice_hum(164.8, 6.0, -28);
    voice_add(x, n, (size_t)(4.0 * rate), rate, &voice, &seed);
    Hum* const hum = hum_new(rate);
    HumEvent events[8];
    bool was_humming = false;
    for (uint32_t at = 0; at + 480 <= n; at += 480) {
        if (at == (uint32_t)(1.0 * rate) || at == (uint32_t)(12.0 * rate)) {
            hum_breath(hum, true);
        } else if (at == (uint32_t)(4.0 * rate)) {
            hum_breath(hum, false);
        }
        hum_process(hum, x + at, 480, events, 8);
        const HumState s = hum_state(hum);
        const double t = at / rate - 4.0;
        if (t > 0.16 && t < 5.7) {
            assert_true(fabs(1200.0 * log2((double)s.pitch_hz / 164.8)) < 5.0);
        }
        if (t > 0.55 && t < 6.4) {
            was_humming = was_humming || s.humming;
            assert_true(s.humming && (t > 6.0 || fabs((double)s.duration_s - t) < 0.06));
            assert_true((t > 5.7 ||
                         (s.steadiness_cents < 5.0f && s.clarity > 0.9f && s.low_share > 0.85f)));
        }
    }
    const HumState s = hum_state(hum);
    assert_true(was_humming && !s.humming && s.pitch_hz == 0.0f);
    assert_true(fabs((double)s.duration_s - 6.0) < 0.1);
    assert_true(fabs((double)s.share - 0.75) < 0.02);
    assert_true(s.hums_per_min == 1.0f && s.quality == 1.0f);
    hum_free(hum);
    free(x);
}

static void speech_is_no_hum(void** state)
{
    (void)state;
    static const struct {
        const char* language;
        int speed, pitch;
    } people[] = {{"en", 160, 50},    {"en-us", 120, 30}, {"en+f3", 150, 60}, {"de", 140, 40},
                  {"nb", 140, 50},    {"sv+f2", 130, 50}, {"fr", 110, 50},    {"it+m3", 120, 20},
                  {"en+f2", 110, 70}, {"es", 130, 40}};
    double rate = 0.0;
    size_t total = 0;
    uint32_t seed = 13;
    uint32_t false_hums = 0;
    for (size_t i = 0; i < sizeof people / sizeof *people; ++i) {
        size_t n = 0;
        float* const x =
            voice_speech(people[i].language, people[i].speed, people[i].pitch, &n, &rate);
        if (!x) {
            print_message("espeak-ng is not installed\n");
            skip();
        }
        voice_noise(x, n, -65, &seed);
        listen(x, n, rate, false);
        false_hums += starts();
        total += n;
        free(x);
    }
    print_message("%.1f minutes of speech, %u false hums\n", (double)total / rate / 60.0,
                  false_hums);
    assert_true((double)total / rate > 600.0);
    assert_true(false_hums < 1 || (double)false_hums < (double)total / rate / 600.0);
}

static void open_vowels_count_only_when_singing_does(void** state)
{
    (void)state;
    enum { NOTES = 20 };
    size_t n = 0;
    uint32_t seed = 14;
    float* const x = room(NOTES * 5.0, RATE, -60, &seed, &n);
    for (int i = 0; i < NOTES; ++i) {
        Voice voice = voice_hum(110.0 * pow(3.0, voice_random(&seed)), 3.0, -25);
        voice.vowel = "aoei"[i % 4];
        voice.vibrato_cents = 15.0;
        voice_add(x, n, (size_t)((i * 5.0 + 1.5) * RATE), RATE, &voice, &seed);
    }
    listen(x, n, RATE, false);
    assert_int_equal(starts(), 0);
    listen(x, n, RATE, true);
    assert_true(starts() >= NOTES * 95 / 100);
    free(x);
}

static void noise_and_breathing_are_no_hum(void** state)
{
    (void)state;
    size_t n = 0;
    uint32_t seed = 15;
    float* const x = room(600.0, RATE, -40, &seed, &n);
    for (size_t at = 0; at + 8 * RATE < n; at += 8 * RATE) {
        voice_breath(x + at, 2 * RATE, RATE, -45 + 25 * voice_random(&seed), &seed);
        voice_breath(x + at + 3 * RATE, 4 * RATE, RATE, -50 + 20 * voice_random(&seed), &seed);
    }
    listen(x, n, RATE, false);
    assert_quiet("breathing", n, RATE);
    free(x);
}

static void the_mains_are_no_hum(void** state)
{
    (void)state;
    static const double mains[] = {50, 60, 100, 120, 49.96, 60.02};
    for (size_t i = 0; i < sizeof mains / sizeof *mains; ++i) {
        size_t n = 0;
        uint32_t seed = 16;
        float* const x = room(60.0, RATE, -60, &seed, &n);
        voice_mains(x, n, RATE, mains[i], -38);
        listen(x, n, RATE, false);
        assert_quiet("mains", n, RATE);
        free(x);
    }
}

// Our own drone in the microphone, fading in, changing tone and following a breath
static void the_drone_is_no_hum_but_a_hum_over_it_is(void** state)
{
    (void)state;
    static const double roots[] = {55, 73.4, 98, 110, 146.8, 220};
    size_t total = 0;
    uint32_t false_hums = 0, hums = 0, found = 0;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; ++i) {
        size_t n = 0;
        uint32_t seed = 17 + (uint32_t)i;
        float* const x = room(100.0, RATE, -66, &seed, &n);
        Drone* const drone = drone_new(RATE);
        drone_set_root(drone, roots[i]);
        drone_set_voicing(drone, (DroneVoicing)(i % 4));
        drone_set_volume(drone, 6.0);
        float left[256], right[256];
        for (size_t at = 0; at + 256 <= n; at += 256) {
            if (at / 256 % 312 == 0) {
                drone_breath(drone, at / 256 % 624 == 0);
                drone_set_tone(drone, voice_random(&seed), 1.0);
                drone_set_breath(drone, 1.0, 1.0);
            }
            drone_process(drone, left, right, 256);
            for (int k = 0; k < 256; ++k) {
                x[at + (size_t)k] += 0.3f * (left[k] + right[k]);
            }
        }
        drone_free(drone);

        Hum* const hum = hum_new(RATE);
        const float known[] = {(float)roots[i], (float)(1.5 * roots[i]), (float)(2.0 * roots[i])};
        hum_set_known(hum, known, 3);
        heard.count = 0;
        listen_with(hum, x, n, RATE);
        false_hums += starts();
        total += n;

        // Hums in tune with the drone, and out of tune, 20 and 10 dB above what leaks
        double power = 0.0;
        for (size_t k = n / 2; k < n; ++k) {
            power += 2.0 * (double)x[k] * (double)x[k] / (double)n;
        }
        for (int k = 0; k < 6; ++k) {
            double hz = roots[i] * (k % 2 ? 2.0 : 2.37);
            hz = hz > 390.0 ? 0.5 * hz : hz;
            Voice voice = voice_hum(hz, 5.0, 10.0 * log10(power) + (k < 3 ? 20.0 : 10.0));
            voice.jitter_cents = 5.0;
            voice_add(x, n, (size_t)((20 + 12 * k) * RATE), RATE, &voice, &seed);
        }
        hum_reset(hum);
        heard.count = 0;
        listen_with(hum, x, n, RATE);
        found += starts() < 6 ? starts() : 6;
        hums += 6;
        hum_free(hum);
        free(x);
    }
    print_message("%.1f minutes of drone, %u false hums; %u of %u hums over it found\n",
                  (double)total / RATE / 60.0, false_hums, found, hums);
    assert_true((double)total / RATE >= 600.0);
    assert_int_equal(false_hums, 0);
    assert_true(found >= hums * 98 / 100);
}

static void chords_are_no_hum(void** state)
{
    (void)state;
    size_t n = 0;
    uint32_t seed = 18;
    float* const x = room(300.0, RATE, -65, &seed, &n);
    for (int i = 0; i < 100; ++i) {
        static const double steps[] = {1.0, 1.25, 1.5, 2.0};
        const double root = 110.0 * pow(2.0, floor(voice_random(&seed) * 12.0) / 12.0);
        for (int k = 0; k < 4; ++k) {
            const Voice voice = {root * steps[k], 2.9, -30, 0.02, 0.3, 0, 0, 0, 'u'};
            voice_add(x, n, (size_t)(i * 3) * RATE, RATE, &voice, &seed);
        }
    }
    listen(x, n, RATE, false);
    assert_quiet("chords", n, RATE);
    free(x);
}

static void blocks_make_no_difference(void** state)
{
    (void)state;
    size_t n = 0;
    uint32_t seed = 19;
    float* const x = room(20.0, RATE, -60, &seed, &n);
    for (int i = 0; i < 3; ++i) {
        Voice voice = voice_hum(140, 3.0, -25);
        voice.jitter_cents = 8.0;
        voice_add(x, n, (size_t)((i * 6 + 2) * RATE), RATE, &voice, &seed);
    }
    for (size_t i = 0; i < n; ++i) { // and what leaks of our own drone
        x[i] += 0.004F * (float)sin(6.283185307179586 * 93.0 * (double)i / RATE);
    }
    x[5 * RATE] = NAN;
    x[5 * RATE + 1] = INFINITY;
    x[5 * RATE + 2] = 1e30f;
    Hum* const hum = hum_new(RATE);
    const float root_hz = 93.0F;
    hum_set_known(hum, &root_hz, 1);
    heard.count = 0;
    listen_with(hum, x, n, RATE);
    static Heard whole;
    whole = heard;
    const HumState state_whole = hum_state(hum);
    assert_true(whole.count >= 6);
    hum_reset(hum);
    heard.count = 0;
    for (size_t at = 0; at < n;) {
        size_t m = 1 + (size_t)(voice_random(&seed) * 200.0);
        m = m < n - at ? m : n - at;
        HumEvent events[8];
        take(events, hum_process(hum, x + at, (uint32_t)m, events, 8), (uint32_t)at,
             hum_delay(RATE));
        at += m;
    }
    const HumState state_parts = hum_state(hum);
    assert_true(state_parts.level_db == state_whole.level_db);
    hum_free(hum);
    assert_int_equal(heard.count, whole.count);
    assert_memory_equal(heard.event, whole.event, whole.count * sizeof(HumEvent));
    free(x);
}

static void silence_and_wild_input_are_stood(void** state)
{
    (void)state;
    assert_null(hum_new(0.0));
    assert_null(hum_new((double)NAN));
    hum_free(NULL);
    Hum* const hum = hum_new(RATE);
    float x[256];
    HumEvent events[8];
    static const float wild[] = {0.0f, NAN, INFINITY, -INFINITY, 1e30f, 1e-40f};
    for (size_t k = 0; k < sizeof wild / sizeof *wild; ++k) {
        for (int i = 0; i < 256; ++i) {
            x[i] = wild[k];
        }
        for (int i = 0; i < 200; ++i) {
            assert_int_equal(hum_process(hum, x, 256, events, 8), 0);
        }
        const HumState s = hum_state(hum);
        assert_true(isfinite(s.pitch_hz) && isfinite(s.level_db) && isfinite(s.steadiness_cents));
        assert_false(s.humming);
    }
    hum_free(hum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hums_are_found_at_their_moment),
        cmocka_unit_test(quick_breaths_suffice),
        cmocka_unit_test(state_tells_pitch_duration_and_share),
        cmocka_unit_test(speech_is_no_hum),
        cmocka_unit_test(open_vowels_count_only_when_singing_does),
        cmocka_unit_test(noise_and_breathing_are_no_hum),
        cmocka_unit_test(the_mains_are_no_hum),
        cmocka_unit_test(the_drone_is_no_hum_but_a_hum_over_it_is),
        cmocka_unit_test(chords_are_no_hum),
        cmocka_unit_test(blocks_make_no_difference),
        cmocka_unit_test(silence_and_wild_input_are_stood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
