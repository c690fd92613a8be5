// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/pitch.h"

#include "unit.h"
#include "voice.h"

#include <math.h>
#include <string.h>

enum { SECOND = 48000 };

static PitchEstimate estimates[2000];

static uint32_t listen(const float* x, uint32_t n, double rate)
{
    Pitch* const pitch = pitch_new(rate);
    assert_non_null(pitch);
    const uint32_t count = pitch_process(pitch, x, n, estimates, 2000);
    pitch_free(pitch);
    return count;
}

static double cents(double hz, double of)
{
    return 1200.0 * log2(hz / of);
}

static void steady_tones_are_found_within_five_cents_after_150_ms(void** state)
{
    (void)state;
    static const double tones[] = {65.5, 70,  82.4, 98,  110, 130.8, 147, 175,
                                   196,  220, 262,  294, 330, 370,   399};
    static float x[SECOND];
    for (size_t t = 0; t < sizeof tones / sizeof *tones; ++t) {
        uint32_t seed = 1;
        memset(x, 0, sizeof x);
        const Voice voice = {tones[t], 1.0, -30, 0.01, 0.01, 0, 0, 0, 'm'};
        voice_add(x, SECOND, 0, SECOND, &voice, &seed);
        voice_noise(x, SECOND, -70, &seed);
        const uint32_t count = listen(x, SECOND * 98 / 100, SECOND);
        assert_true(count > 200);
        for (uint32_t i = 0; i < count; ++i) {
            if (estimates[i].frame > SECOND * 15 / 100) {
                assert_true(fabs(cents((double)estimates[i].hz, tones[t])) < 5.0);
                assert_true(estimates[i].clarity > 0.95f);
                assert_true(estimates[i].low_share > 0.8f);
            }
        }
    }
}

static void what_is_no_voice_is_not_clear(void** state)
{
    (void)state;
    static float x[SECOND];
    uint32_t seed = 2;
    memset(x, 0, sizeof x);
    voice_noise(x, SECOND, -30, &seed);
    double clarity = 0.0;
    const uint32_t count = listen(x, SECOND, SECOND);
    for (uint32_t i = 0; i < count; ++i) {
        clarity += (double)estimates[i].clarity / count;
    }
    assert_true(clarity < 0.55);

    // The mains are seen as what they are, below every voice
    memset(x, 0, sizeof x);
    voice_mains(x, SECOND, SECOND, 50.0, -40);
    const uint32_t mains = listen(x, SECOND, SECOND);
    assert_true(fabs(cents((double)estimates[mains - 1].hz, 50.0)) < 10.0);

    // A chord has a period, but no power at it
    memset(x, 0, sizeof x);
    static const double chord[] = {220, 330, 440};
    for (int i = 0; i < 3; ++i) {
        Voice voice = voice_hum(chord[i], 1.0, -30);
        voice_add(x, SECOND, 0, SECOND, &voice, &seed);
    }
    const uint32_t last = listen(x, SECOND * 8 / 10, SECOND);
    assert_true(fabs(cents((double)estimates[last - 1].hz, 110.0)) < 10.0);
    assert_true(estimates[last - 1].fundamental < 0.05f);

    memset(x, 0, sizeof x);
    const uint32_t silent = listen(x, SECOND, SECOND);
    assert_true(estimates[silent - 1].clarity == 0.0f && estimates[silent - 1].hz == 0.0f);
    assert_true(estimates[silent - 1].low_db <= -140.0f);
}

static void a_vowel_is_less_low_than_a_hum(void** state)
{
    (void)state;
    static float x[SECOND];
    float share[2];
    for (int i = 0; i < 2; ++i) {
        uint32_t seed = 3;
        memset(x, 0, sizeof x);
        Voice voice = voice_hum(150, 1.0, -30);
        voice.vowel = i ? 'a' : 'm';
        voice_add(x, SECOND, 0, SECOND, &voice, &seed);
        const uint32_t count = listen(x, SECOND * 8 / 10, SECOND);
        share[i] = estimates[count - 1].low_share;
    }
    assert_true(share[0] > 0.9f && share[1] < 0.65f);
}

static void blocks_make_no_difference(void** state)
{
    (void)state;
    static float x[SECOND];
    static PitchEstimate whole[2000];
    uint32_t seed = 4;
    memset(x, 0, sizeof x);
    Voice voice = voice_hum(123, 1.0, -30);
    voice_add(x, SECOND, 0, SECOND, &voice, &seed);
    x[20000] = NAN;
    x[20001] = INFINITY;
    x[20002] = -1e30f;
    const uint32_t count = listen(x, SECOND, SECOND);
    memcpy(whole, estimates, sizeof whole);
    assert_true(isfinite(whole[count - 1].hz) &&
                fabs(cents((double)whole[count - 1].hz, 123)) < 60);

    Pitch* const pitch = pitch_new(SECOND);
    uint32_t found = 0;
    for (uint32_t at = 0; at < SECOND;) {
        uint32_t n = 1 + (uint32_t)(voice_random(&seed) * 300.0);
        n = n < SECOND - at ? n : SECOND - at;
        PitchEstimate part[16];
        const uint32_t here = pitch_process(pitch, x + at, n, part, 16);
        for (uint32_t i = 0; i < here; ++i, ++found) {
            part[i].frame += at;
            assert_memory_equal(&part[i], &whole[found], sizeof(PitchEstimate));
        }
        at += n;
    }
    assert_int_equal(found, count);
    pitch_reset(pitch);
    assert_int_equal(pitch_process(pitch, x, SECOND, estimates, 2000), count);
    assert_memory_equal(estimates, whole, count * sizeof(PitchEstimate));
    pitch_free(pitch);
}

static void wrong_rates_are_refused(void** state)
{
    (void)state;
    static const double rates[] = {0.0, -48000.0, (double)NAN, (double)INFINITY, 999.0, 2e6};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; ++i) {
        assert_null(pitch_new(rates[i]));
    }
    pitch_free(NULL);
    static const double odd[] = {1000.0, 1234.5, 8000.0, 11025.0, 44100.0, 96000.0, 384000.0};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; ++i) {
        Pitch* const pitch = pitch_new(odd[i]);
        assert_non_null(pitch);
        assert_true(pitch_hop(pitch) > 0);
        pitch_free(pitch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_tones_are_found_within_five_cents_after_150_ms),
        cmocka_unit_test(what_is_no_voice_is_not_clear),
        cmocka_unit_test(a_vowel_is_less_low_than_a_hum),
        cmocka_unit_test(blocks_make_no_difference),
        cmocka_unit_test(wrong_rates_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
