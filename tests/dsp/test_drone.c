// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What the drone does with what it is told: a mapping whose steps can be heard, notes, and the laws
// of the house. How it sounds is measured in test_drone_sound.c.

#include "dsp/drone.h"

#include "audio.h"
#include "dronesound.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void test_wrong_arguments(void** state)
{
    (void)state;
    assert_null(drone_new(0.0));
    assert_null(drone_new(NAN));
    assert_null(drone_new(INFINITY));
    drone_free(NULL);
}

// --- the mapping ---------------------------------------------------------------------------------

// Thresholds of hearing, with their sources in docs/algorithms.md
#define JND_LEVEL_DB   1.0
#define JND_PARTIAL_DB 2.0
#define JND_RATE       1.25 // ratio
#define JND_CENTROID   1.10 // ratio

static void test_tone_is_heard(void** state)
{
    (void)state;
    for (int voicing = 0; voicing < DRONE_OCEAN; ++voicing) {
        double before_lufs = 0.0, before_fifth = 0.0, before_octave = 0.0, before_hz = 0.0;
        for (int i = 0; i <= 4; ++i) {
            Take take = take_steady((DroneVoicing)voicing, 110.0, 0.25 * i, TAKE_LIGHT_RATE, 90.0);
            double lufs[1000], mean = 0.0;
            const size_t n =
                audio_momentary(take.left, take.right, take.n, TAKE_LIGHT_RATE, lufs, 1000);
            for (size_t k = 0; k < n; ++k) {
                mean += lufs[k] / (double)n;
            }
            AudioSpectrum spectrum = audio_spectrum(take.left, take.n, TAKE_LIGHT_RATE);
            const double ground = audio_partial_db(&spectrum, 110.0);
            const double fifth = audio_partial_db(&spectrum, 330.0) - ground;
            const double octave = audio_partial_db(&spectrum, 880.0) - ground;
            double beat_hz = 0.0;
            audio_modulation_at(take.left, take.n, TAKE_LIGHT_RATE, 330.0, 12.0, 0.07, 10.0,
                                &beat_hz);
            print_message("    voicing %d tone %.2f: %.1f LUFS, fifth %.1f, octave %.1f dB, beats "
                          "%.2f Hz\n",
                          voicing, 0.25 * i, mean, fifth, octave, beat_hz);
            if (i > 0) {
                assert_true(mean - before_lufs > JND_LEVEL_DB);
                assert_true(fifth - before_fifth > JND_PARTIAL_DB);
                assert_true(octave - before_octave > JND_PARTIAL_DB);
                assert_true(before_hz / beat_hz > JND_RATE);
            }
            before_lufs = mean;
            before_fifth = fifth;
            before_octave = octave;
            before_hz = beat_hz;
            audio_spectrum_free(&spectrum);
            take_free(&take);
        }
        assert_true(before_hz < 0.15); // 2 to 0.1 Hz
    }
}

// Centroid of the partials' amplitudes over the root, in a stretch of a second.
static double centroid(const Take* take, double from_s, double root_hz)
{
    AudioSpectrum spectrum =
        audio_spectrum(take->left + (size_t)(from_s * take->rate), 16384, take->rate);
    double sum = 0.0, weighted = 0.0;
    for (int k = 1; k <= 16; ++k) {
        const double a = sqrt(audio_band(&spectrum, (k - 0.2) * root_hz, (k + 0.2) * root_hz));
        sum += a;
        weighted += a * k;
    }
    audio_spectrum_free(&spectrum);
    return weighted / sum;
}

static void test_breath_is_heard(void** state)
{
    (void)state;
    for (int voicing = 0; voicing < DRONE_OCEAN; ++voicing) {
        Drone* const drone = drone_new(TAKE_LIGHT_RATE);
        drone_set_voicing(drone, (DroneVoicing)voicing);
        drone_reset(drone);
        drone_set_tone(drone, 0.5, 1.0);
        drone_set_breath(drone, 0.5, 1.0);
        Take take = take_new(TAKE_LIGHT_RATE, 70.0);
        take_play_breathing(&take, drone, 60.0, 4.0, 6.0);
        double lufs[1000];
        audio_momentary(take.left, take.right, take.n, TAKE_LIGHT_RATE, lufs, 1000);
        for (int breath = 2; breath < 5; ++breath) {
            // Full lungs at 4 s of each 10, empty ones at 10; the sound may lag a little.
            const double full_s = 10.0 * breath + 4.0, empty_s = 10.0 * breath + 10.0;
            const double brighter =
                centroid(&take, full_s - 0.2, 110.0) / centroid(&take, empty_s - 0.2, 110.0);
            const double louder = lufs[(int)(10.0 * full_s)] - lufs[(int)(10.0 * empty_s)];
            if (breath == 2) {
                print_message("    voicing %d: full lungs %.1f dB louder, centroid x %.2f\n",
                              voicing, louder, brighter);
            }
            assert_true(brighter > JND_CENTROID || voicing == DRONE_BOWLS);
            assert_true(louder > 2.0 * JND_LEVEL_DB && louder < 4.5);
        }
        take_free(&take);
        drone_free(drone);
    }
}

static void test_unknown_fades_to_the_middle(void** state)
{
    (void)state;
    Drone* const drone = drone_new(TAKE_RATE);
    Take take = take_new(TAKE_RATE, 60.0);
    drone_set_tone(drone, 1.0, 1.0);
    drone_set_breath(drone, 0.5, 1.0);
    drone_beat(drone);
    take_play(&take, drone, 4.0);
    drone_breath(drone, true);
    drone_beat(drone);
    take_play(&take, drone, 4.5);
    assert_true(drone_state(drone).tone > 0.9f);
    assert_true(drone_state(drone).swell > 0.9f);
    take_play(&take, drone, 0.4); // then no beat for 5 s: the sensor is lost
    take_play(&take, drone, 4.6);
    assert_true(fabsf(drone_state(drone).tone - 0.5f) < 0.05f);
    assert_true(fabsf(drone_state(drone).swell - 0.5f) < 0.05f);
    drone_beat(drone);
    take_play(&take, drone, 4.0);
    assert_true(drone_state(drone).tone > 0.9f);
    take_free(&take);
    drone_free(drone);
}

// A rhythm that nobody is sure of makes no swell; one that is known does, and it comes back slowly
static void test_breaths_made_up_are_not_heard(void** state)
{
    (void)state;
    Drone* const drone = drone_new(TAKE_LIGHT_RATE);
    drone_set_breath(drone, 0.5, 1.0);
    static const double trusts[] = {0.2, 0.9, NAN};
    for (int i = 0; i < 3; ++i) {
        drone_set_breath_trust(drone, trusts[i]);
        Take take = take_new(TAKE_LIGHT_RATE, 40.0);
        take_play_breathing(&take, drone, 20.0, 2.0, 3.0);
        float least = 1.0f, most = 0.0f;
        for (int k = 0; k < 50; ++k) {
            if (k % 25 == 0 || k % 25 == 10) {
                drone_breath(drone, k % 25 == 0);
            }
            take_play(&take, drone, 0.2);
            least = fminf(least, drone_state(drone).swell);
            most = fmaxf(most, drone_state(drone).swell);
        }
        assert_true(i == 1 ? most - least > 0.7f : most - least < 0.05f);
        take_free(&take);
    }
    drone_free(drone);
}

static void test_neutral_tells_nothing(void** state)
{
    (void)state;
    Take take[2];
    for (int i = 0; i < 2; ++i) {
        Drone* const drone = drone_new(TAKE_LIGHT_RATE);
        drone_set_neutral(drone, true);
        drone_set_tone(drone, i, 1.0);
        drone_set_synchrony(drone, i, 1.0);
        drone_set_breath(drone, 1.0, i);
        take[i] = take_new(TAKE_LIGHT_RATE, 60.0);
        take_play_breathing(&take[i], drone, 60.0, 2.0 + i, 3.0);
        drone_free(drone);
    }
    assert_memory_equal(take[0].left, take[1].left, take[0].n * sizeof(float));
    assert_memory_equal(take[0].right, take[1].right, take[0].n * sizeof(float));
    double lufs[700], least = 0.0, most = -100.0; // but it lives
    const size_t n =
        audio_momentary(take[0].left, take[0].right, take[0].n, TAKE_LIGHT_RATE, lufs, 700);
    for (size_t i = 150; i < n; ++i) {
        least = fmin(least, lufs[i]);
        most = fmax(most, lufs[i]);
    }
    assert_true(most - least > 1.0 && most - least < 6.0);
    take_free(&take[0]);
    take_free(&take[1]);
}

static void test_pulse(void** state)
{
    (void)state;
    for (int on = 0; on < 2; ++on) {
        Drone* const drone = drone_new(TAKE_RATE);
        Take take = take_new(TAKE_RATE, 20.0);
        drone_set_pulse(drone, on ? -24.0 : -60.0);
        for (int beat = 0; beat < 20; ++beat) {
            drone_beat(drone);
            take_play(&take, drone, 1.0);
        }
        AudioSpectrum spectrum = audio_spectrum(take.left + 480000, 480000, TAKE_RATE);
        const double pulse = audio_partial_db(&spectrum, 55.0) - audio_partial_db(&spectrum, 110.0);
        if (on) { // a Gaussian of 0.25 s every 2 s has 8 dB less power than its top
            assert_true(pulse > -38.0 && pulse < -26.0);
        } else {
            assert_true(pulse < -80.0);
        }
        audio_spectrum_free(&spectrum);
        take_free(&take);
        drone_free(drone);
    }
}

// --- notes ---------------------------------------------------------------------------------------

static void test_chords_and_tuning(void** state)
{
    (void)state;
    Drone* const drone = drone_new(TAKE_RATE);
    Take take = take_new(TAKE_RATE, 50.0);
    drone_key(drone, 64, true); // C E G, in any order
    drone_key(drone, 48, true);
    drone_key(drone, 55, true);
    take_play(&take, drone, 1.0);
    DroneState s = drone_state(drone);
    assert_int_equal(s.n_notes, 3);
    // the fifth an octave higher, the third two: in close position they would be rough
    assert_true(fabsf(s.note_hz[1] / s.note_hz[0] - 3.0f) < 1e-5f);
    assert_true(fabsf(s.note_hz[2] / s.note_hz[0] - 5.0f) < 1e-5f);
    drone_set_tuning(drone, 432.0, false, false);
    take_play(&take, drone, 8.0);
    s = drone_state(drone);
    assert_true(fabsf(s.note_hz[0] - 432.0f * exp2f(-21.0f / 12.0f)) < 1e-3f);
    assert_true(fabsf(s.note_hz[1] / s.note_hz[0] - exp2f(19.0f / 12.0f)) < 1e-5f);
    AudioSpectrum spectrum = audio_spectrum(take.left + take.n - 131072, 131072, TAKE_RATE);
    for (int i = 0; i < 3; ++i) {
        assert_true(audio_partial_db(&spectrum, (double)s.note_hz[i]) > -50.0);
    }
    assert_true(audio_partial_db(&spectrum, 110.0) < -80.0); // the root is silent
    audio_spectrum_free(&spectrum);
    drone_release_keys(drone);
    drone_set_hum(drone, 185.0); // F sharp: steady for half a second, then it is the root
    take_play(&take, drone, 0.4);
    assert_true(drone_state(drone).note_hz[0] == 110.0f);
    take_play(&take, drone, 0.4);
    assert_true(fabsf(drone_state(drone).note_hz[0] - 92.5f) < 1e-3f);
    drone_set_hum(drone, 0.0);
    take_play(&take, drone, 5.0);
    assert_true(fabsf(drone_state(drone).note_hz[0] - 92.5f) < 1e-3f);
    drone_set_tuning(drone, 440.0, true, true);
    take_play(&take, drone, 0.1);
    assert_true(fabsf(drone_state(drone).note_hz[0] - 440.0f * exp2f(-27.0f / 12.0f)) < 1e-3f);
    // Both ends of A4's range sound, and nothing beyond
    static const double tunings[][2] = {{416, 416}, {466, 466}, {400, 416}, {500, 466}};
    for (int i = 0; i < 4; ++i) {
        drone_set_tuning(drone, tunings[i][0], true, true);
        take_play(&take, drone, i < 2 ? 7.0 : 0.1);
        const double hz = (double)drone_state(drone).note_hz[0];
        const double a4_hz = tunings[i][1];
        const double note = round(12.0 * log2(92.5 / a4_hz)); // the hum's, over A4
        assert_true(fabs(hz - a4_hz * exp2(note / 12.0)) < 1e-3);
        if (i < 2) {
            spectrum = audio_spectrum(take.left + take.n - 131072, 131072, TAKE_RATE);
            assert_true(audio_partial_db(&spectrum, hz) > -40.0);
            audio_spectrum_free(&spectrum);
        }
    }
    take_free(&take);
    drone_free(drone);
}

// --- laws of the house ---------------------------------------------------------------------------

static void play_script(Drone* drone, float* left, float* right, size_t n, uint32_t block)
{
    uint32_t random = 7;
    size_t next = 0;
    int event = 0;
    for (size_t at = 0; at < n;) {
        if (at == next) { // something happens each 0.37 s, at a frame of its own
            switch (event++ % 6) {
            case 0:
                drone_breath(drone, true);
                break;
            case 1:
                drone_set_tone(drone, 0.1 * (event % 10), 1.0);
                break;
            case 2:
                drone_set_voicing(drone, (DroneVoicing)(event % DRONE_VOICINGS));
                break;
            case 3:
                drone_breath(drone, false);
                break;
            case 4:
                drone_key(drone, (uint8_t)(40 + event % 30), event % 4 != 0);
                break;
            default:
                drone_beat(drone);
                drone_set_pulse(drone, -20.0);
                break;
            }
            next += 17761;
        }
        random = random * 1664525u + 1013904223u;
        size_t some = block ? block : 1 + (random >> 16) % 900;
        some = some < n - at ? some : n - at;
        some = some < next - at ? some : next - at;
        drone_process(drone, left + at, right + at, (uint32_t)some);
        at += some;
    }
}

static void test_block_size_does_not_matter(void** state)
{
    (void)state;
    const size_t n = 480000;
    float* const reference[2] = {malloc(n * sizeof(float)), malloc(n * sizeof(float))};
    float* const other[2] = {malloc(n * sizeof(float)), malloc(n * sizeof(float))};
    static const uint32_t blocks[] = {64, 1, 7, 63, 256, 8192, 0};
    for (size_t b = 0; b < sizeof(blocks) / sizeof(blocks[0]); ++b) {
        Drone* const drone = drone_new(TAKE_RATE);
        drone_set_breath(drone, 0.5, 1.0);
        play_script(drone, b ? other[0] : reference[0], b ? other[1] : reference[1], n, blocks[b]);
        drone_free(drone);
        if (b) {
            assert_memory_equal(other[0], reference[0], n * sizeof(float));
            assert_memory_equal(other[1], reference[1], n * sizeof(float));
        }
    }
    for (int i = 0; i < 2; ++i) {
        free(reference[i]);
        free(other[i]);
    }
}

static void test_wild_settings_stay_finite(void** state)
{
    (void)state;
    static const double wild[] = {NAN, INFINITY, -INFINITY, 1e30, -1e30, 1e-40, 0.0};
    static const double rates[] = {1234.5, 8000.0, 11025.0, 384000.0};
    for (size_t r = 0; r < 4; ++r) {
        Drone* const drone = drone_new(rates[r]);
        float left[300], right[300];
        for (size_t w = 0; w < 7; ++w) {
            drone_set_volume(drone, wild[w]);
            drone_set_root(drone, wild[w]);
            drone_set_hum(drone, wild[w]);
            drone_set_tuning(drone, wild[w], w % 2, w % 3);
            drone_set_tone(drone, wild[w], wild[w]);
            drone_set_breath(drone, wild[w], wild[w]);
            drone_set_breath_phase(drone, wild[w]);
            drone_set_synchrony(drone, wild[w], wild[w]);
            drone_set_pulse(drone, wild[w]);
            drone_set_voicing(drone, (DroneVoicing)(w * 1000));
            drone_key(drone, (uint8_t)(w * 40), true);
            for (int block = 0; block < 100; ++block) {
                drone_process(drone, left, right, 300);
                for (int k = 0; k < 300; ++k) {
                    assert_true(fabsf(left[k]) < 0.5f && fabsf(right[k]) < 0.5f);
                    assert_true(fpclassify(left[k]) != FP_SUBNORMAL);
                }
            }
        }
        drone_free(drone);
    }
}

static void test_reset_repeats(void** state)
{
    (void)state;
    Drone* const drone = drone_new(TAKE_RATE);
    Take a = take_new(TAKE_RATE, 10.0), b = take_new(TAKE_RATE, 10.0);
    drone_set_voicing(drone, DRONE_OCEAN);
    drone_reset(drone);
    take_play(&a, drone, 10.0);
    drone_reset(drone);
    take_play(&b, drone, 10.0);
    assert_memory_equal(a.left, b.left, a.n * sizeof(float));
    take_free(&a);
    take_free(&b);
    drone_free(drone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_tone_is_heard),
        cmocka_unit_test(test_breath_is_heard),
        cmocka_unit_test(test_unknown_fades_to_the_middle),
        cmocka_unit_test(test_breaths_made_up_are_not_heard),
        cmocka_unit_test(test_neutral_tells_nothing),
        cmocka_unit_test(test_pulse),
        cmocka_unit_test(test_chords_and_tuning),
        cmocka_unit_test(test_block_size_does_not_matter),
        cmocka_unit_test(test_wild_settings_stay_finite),
        cmocka_unit_test(test_reset_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
