// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The drone's sound, measured on what it renders: safe levels, no clicks, no roughness, clean
// spectrum.

#include "dsp/drone.h"

#include "audio.h"
#include "dronesound.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// --- safety --------------------------------------------------------------------------------------

static void test_starts_and_stops_slowly(void** state)
{
    (void)state;
    Drone* const drone = drone_new(TAKE_RATE);
    Take take = take_new(TAKE_RATE, 40.0);
    take_play(&take, drone, 15.0);
    const double full = take_level_db(&take, 12.0, 15.0);
    double tenth_s = 0.0, most_s = 0.0;
    for (double s = 0.0; s < 14.0; s += 0.02) {
        const double db = take_level_db(&take, s, s + 0.05);
        tenth_s = tenth_s == 0.0 && db > full - 20.0 ? s : tenth_s;
        most_s = most_s == 0.0 && db > full - 0.9 ? s : most_s;
    }
    assert_true(most_s - tenth_s >= 0.5);
    assert_true(most_s >= 3.0 && most_s <= 8.0);

    drone_set_playing(drone, false);
    take_play(&take, drone, 24.0);
    double gone_s = 0.0;
    for (double s = 15.0; s < 38.0 && gone_s == 0.0; s += 0.1) {
        gone_s = take_level_db(&take, s, s + 0.1) < full - 30.0 ? s - 15.0 : 0.0;
    }
    assert_true(gone_s >= 3.0 && gone_s <= 8.0);
    assert_true(take_level_db(&take, 25.0, 26.0) < full - 60.0);
    assert_true(drone_state(drone).silent);
    assert_true(take.left[take.n - 1] == 0.0f && take.right[take.n - 1] == 0.0f);

    drone_set_playing(drone, true); // and again
    take.n = 0;
    take_play(&take, drone, 15.0);
    assert_true(fabs(take_level_db(&take, 12.0, 15.0) - full) < 1.0);
    take_free(&take);
    drone_free(drone);
}

// Everything that can happen to a drone in two minutes, abruptly.
static Take play_eventful(double rate, DroneVoicing last_voicing)
{
    Drone* const drone = drone_new(rate);
    Take take = take_new(rate, 140.0);
    drone_set_breath(drone, 0.5, 1.0);
    drone_set_synchrony(drone, 0.5, 1.0);
    drone_set_tone(drone, 0.5, 1.0);
    take_play_breathing(&take, drone, 12.0, 1.5, 1.5);
    drone_set_voicing(drone, DRONE_STRINGS);
    take_play_breathing(&take, drone, 8.0, 4.0, 4.0);
    drone_set_root(drone, 98.0);
    take_play(&take, drone, 0.3);
    drone_set_root(drone, 131.0);
    take_play(&take, drone, 8.0);
    drone_set_tone(drone, 1.0, 1.0);
    drone_set_synchrony(drone, 1.0, 1.0);
    take_play_breathing(&take, drone, 10.0, 1.0, 1.0);
    drone_set_tone(drone, 0.0, 1.0);
    drone_set_synchrony(drone, 0.0, 1.0);
    take_play_breathing(&take, drone, 10.0, 3.0, 5.0);
    drone_key(drone, 48, true);
    drone_key(drone, 55, true);
    drone_key(drone, 64, true);
    take_play(&take, drone, 2.0);
    drone_key(drone, 64, false);
    drone_key(drone, 65, true);
    take_play(&take, drone, 8.0);
    drone_release_keys(drone);
    drone_set_hum(drone, 205.0);
    drone_set_voicing(drone, DRONE_BOWLS);
    take_play(&take, drone, 1.0);
    drone_set_hum(drone, 0.0);
    drone_set_voicing(drone, DRONE_CHOIR);
    take_play(&take, drone, 8.0);
    drone_set_tone(drone, 1.0, 0.0); // the signal is lost
    drone_set_breath(drone, 0.5, 0.0);
    take_play(&take, drone, 6.0);
    drone_set_neutral(drone, true);
    take_play(&take, drone, 8.0);
    drone_set_neutral(drone, false);
    drone_set_volume(drone, -12.0);
    take_play(&take, drone, 5.0);
    drone_set_volume(drone, 12.0);
    take_play(&take, drone, 8.0);
    drone_set_volume(drone, 0.0);
    drone_set_voicing(drone, last_voicing);
    take_play(&take, drone, 10.0);
    drone_set_playing(drone, false); // bypass, and back on the way
    take_play(&take, drone, 4.0);
    drone_set_playing(drone, true);
    take_play(&take, drone, 6.0);
    drone_set_playing(drone, false);
    take_play(&take, drone, 12.0);
    drone_free(drone);
    return take;
}

static void test_level_moves_slowly(void** state)
{
    (void)state;
    Take take = play_eventful(TAKE_RATE, DRONE_ORGAN);
    double lufs[2000];
    const size_t n = audio_momentary(take.left, take.right, take.n, TAKE_RATE, lufs, 2000);
    double worst = 0.0, at_s = 0.0;
    for (size_t i = 1; i < n; ++i) {
        if (fmin(lufs[i], lufs[i - 1]) > -60.0) { // below is silence to a listener
            const double now = 10.0 * fabs(lufs[i] - lufs[i - 1]);
            at_s = now > worst ? 0.1 * (double)i : at_s;
            worst = fmax(worst, now);
        }
    }
    print_message("    fastest change of momentary loudness: %.2f dB/s at %.1f s\n", worst, at_s);
    assert_true(worst > 2.0 && worst <= 5.0);
    take_free(&take);
}

// A click is a step larger than the signal around it has, and energy where the drone has none.
static void test_no_clicks(void** state)
{
    (void)state;
    Take take = play_eventful(TAKE_RATE, DRONE_ORGAN);
    const size_t part = 480; // 10 ms
    const size_t parts = take.n / part;
    double* const step = calloc(parts, sizeof(double));
    double* const bend = calloc(parts, sizeof(double));
    assert_non_null(step);
    assert_non_null(bend);
    for (size_t p = 0; p < parts; ++p) {
        for (size_t i = p * part + (p == 0 ? 2 : 0); i < (p + 1) * part; ++i) {
            const double now = take.left[i], before = take.left[i - 1], old = take.left[i - 2];
            step[p] = fmax(step[p], fabs(now - before));
            bend[p] = fmax(bend[p], fabs(now - 2.0 * before + old));
        }
    }
    for (size_t p = 20; p + 20 < parts; ++p) {
        double around = 0.0, bent = 0.0;
        for (size_t q = p - 20; q <= p + 20; ++q) {
            around = q == p ? around : fmax(around, step[q]);
            bent = q == p ? bent : fmax(bent, bend[q]);
        }
        assert_true(step[p] < 1e-5 || step[p] <= 1.5 * around);
        assert_true(bend[p] < 1e-5 || bend[p] <= 1.5 * bent);
    }
    free(step);
    free(bend);

    for (size_t at = 0; at + 16384 <= take.n; at += 8192) { // 0.34 s each
        AudioSpectrum spectrum = audio_spectrum(take.left + at, 16384, TAKE_RATE);
        const double all = audio_band(&spectrum, 0.0, 24000.0);
        const double high = audio_band(&spectrum, 8000.0, 24000.0);
        assert_true(audio_db(high) < -120.0 || audio_db(high / all) < -60.0);
        audio_spectrum_free(&spectrum);
    }
    take_free(&take);
}

static void test_ceiling(void** state)
{
    (void)state;
    static const double rates[] = {8000.0, 48000.0, 192000.0};
    for (int r = 0; r < 3; ++r) {
        for (int voicing = 0; voicing < DRONE_VOICINGS; voicing += r == 2 ? 3 : 1) {
            Drone* const drone = drone_new(rates[r]);
            Take take = take_new(rates[r], 30.0);
            drone_set_voicing(drone, (DroneVoicing)voicing);
            drone_set_volume(drone, 1e30);
            drone_set_pulse(drone, 0.0);
            drone_set_tone(drone, 1.0, 1.0);
            drone_set_breath(drone, 1.0, 1.0);
            drone_set_synchrony(drone, 1.0, 1.0);
            static const uint8_t keys[] = {36, 43, 48, 60};
            for (int k = 0; k < 4; ++k) {
                drone_key(drone, keys[k], true);
            }
            for (int beat = 0; beat < 25; ++beat) {
                drone_beat(drone);
                drone_breath(drone, beat % 2);
                take_play(&take, drone, 1.0);
                if (beat == 15) {
                    drone_release_keys(drone);
                }
            }
            double lufs = 0.0, peak_db = 0.0;
            float peak = 0.0f;
            for (size_t i = 0; i < take.n; ++i) {
                peak = fmaxf(peak, fmaxf(fabsf(take.left[i]), fabsf(take.right[i])));
            }
            assert_true(20.0 * log10((double)peak) <= -6.9);
            if (audio_loudness(take.left, take.right, take.n, rates[r], &lufs, &peak_db)) {
                assert_true(peak_db <= -6.0);
            }
            assert_true(drone_state(drone).reduction_db >= 0.0f);
            take_free(&take);
            drone_free(drone);
        }
    }
}

static void test_default_loudness(void** state)
{
    (void)state;
    double lufs = 0.0, peak_db = 0.0;
    for (int voicing = 0; voicing < DRONE_VOICINGS; ++voicing) {
        static const double roots_hz[] = {55.0, 82.4, 110.0, 220.0};
        for (size_t i = 0; i < 4; ++i) {
            Take take = take_steady((DroneVoicing)voicing, roots_hz[i], 0.5, TAKE_LIGHT_RATE, 20.0);
            const bool measured =
                audio_loudness(take.left, take.right, take.n, TAKE_LIGHT_RATE, &lufs, &peak_db);
            take_free(&take);
            if (!measured) {
                skip();
            }
            assert_true(fabs(lufs + 30.0) <= 2.0);
        }
    }
}

// --- purity --------------------------------------------------------------------------------------

static void test_spectrum_is_clean(void** state)
{
    (void)state;
    for (int voicing = 0; voicing < DRONE_VOICINGS; ++voicing) {
        for (int i = 0; i < 2; ++i) {
            const double root_hz = i ? 211.3 : 58.7; // also no neighbour of a power of two
            Take take = take_steady((DroneVoicing)voicing, root_hz, 0.5, 44100.0, 24.0);
            float* const mono = take_mono(&take, 0);
            AudioSpectrum spectrum = audio_spectrum(mono, take.n, 44100.0);
            const double all = audio_band(&spectrum, 0.0, 22050.0);
            assert_true(audio_db(audio_band(&spectrum, 0.0, 1.0) / all) < -80.0); // DC
            const double low = audio_db(audio_band(&spectrum, 0.0, 30.0) / all);
            assert_true(low < (voicing == DRONE_OCEAN ? -60.0 : -80.0));
            // Ocean has noise everywhere; the others nothing but clusters within 15 Hz of partials.
            static const double ratios[] = {1, 2, 3, 4, 5, 5.4, 6, 7, 8, 9, 9.6, 10, 12, 13.5, 16};
            for (size_t k = 0; k < spectrum.bins && voicing != DRONE_OCEAN; ++k) {
                const double hz = (double)k * spectrum.hz_per_bin;
                for (size_t p = 0; p < sizeof(ratios) / sizeof(ratios[0]); ++p) {
                    spectrum.power[k] =
                        fabs(hz - ratios[p] * root_hz) < 15.0 ? 0.0 : spectrum.power[k];
                }
            }
            const double rest = audio_db(audio_band(&spectrum, 0.0, 22050.0) / all);
            assert_true(voicing == DRONE_OCEAN || rest < -80.0);
            audio_spectrum_free(&spectrum);
            free(mono);
            take_free(&take);
        }
    }
}

// No roughness: nothing modulates the amplitude of the whole sound at 15 to 150 Hz. Ocean is left
// out: noise has such an envelope by nature.
static double roughness_db(DroneVoicing voicing, double root_hz, double tone, const uint8_t* chord)
{
    Drone* const drone = drone_new(TAKE_RATE);
    assert_non_null(drone);
    drone_set_voicing(drone, voicing);
    drone_reset(drone);
    drone_set_root(drone, root_hz);
    drone_set_tone(drone, tone, 1.0);
    for (int i = 0; chord && i < DRONE_MAX_NOTES && chord[i]; ++i) {
        drone_key(drone, chord[i], true);
    }
    Take take = take_new(TAKE_RATE, 10.0);
    take_play(&take, drone, 10.0);
    take.n = 0;
    take_play(&take, drone, 6.0);
    float* const mono = take_mono(&take, 0);
    const double db = 2.0 * audio_db(audio_modulation(mono, take.n, TAKE_RATE, 15.0, 150.0));
    free(mono);
    take_free(&take);
    drone_free(drone);
    return db;
}

static void test_no_roughness(void** state)
{
    (void)state;
    static const double roots_hz[] = {55.0,  65.4,  73.4,  82.4,  98.0,
                                      110.0, 130.8, 146.8, 164.8, 220.0};
    static const char* const names[] = {"organ", "strings", "bowls", "choir"};
    for (int voicing = 0; voicing < DRONE_OCEAN; ++voicing) {
        double worst_db = -200.0;
        for (size_t r = 0; r < sizeof roots_hz / sizeof *roots_hz; ++r) {
            for (int t = 0; t <= 2; ++t) {
                const double db = roughness_db((DroneVoicing)voicing, roots_hz[r], 0.5 * t, NULL);
                worst_db = fmax(worst_db, db);
            }
        }
        print_message("    %s, roots A1 to A3: modulation %.1f dB\n", names[voicing], worst_db);
        assert_true(worst_db < -40.0);
    }
}

static void test_chords_are_not_rough(void** state)
{
    (void)state;
    // major, minor, fifths, sevenths, close and in the low register, and four semitones in a row
    static const uint8_t chords[][DRONE_MAX_NOTES] = {
        {48, 52, 55, 0},  {45, 48, 52, 0},  {33, 40, 45, 0},  {36, 43, 52, 0},  {60, 64, 67, 0},
        {48, 52, 55, 59}, {50, 53, 57, 60}, {43, 47, 50, 53}, {33, 40, 45, 49}, {48, 49, 50, 51}};
    for (int voicing = 0; voicing < DRONE_OCEAN; ++voicing) {
        double worst_db = -200.0;
        for (size_t c = 0; c < sizeof chords / sizeof *chords; ++c) {
            worst_db = fmax(worst_db, roughness_db((DroneVoicing)voicing, 110.0, 0.5, chords[c]));
        }
        print_message("    voicing %d, ten chords: modulation %.1f dB\n", voicing, worst_db);
        assert_true(worst_db < -40.0);
    }
}

static void test_mono_keeps_it(void** state)
{
    (void)state;
    for (int voicing = 0; voicing < DRONE_VOICINGS; ++voicing) {
        Take take = take_steady((DroneVoicing)voicing, 110.0, 0.5, TAKE_RATE, 12.0);
        float* const mono = take_mono(&take, 0);
        const double loss =
            take_level_db(&take, 0.0, 12.0) - audio_db(audio_mean_square(mono, take.n));
        assert_true(loss > -0.5 && loss < 1.5);
        free(mono);
        take_free(&take);
    }
    Drone* const both = drone_new(TAKE_RATE);
    Drone* const one = drone_new(TAKE_RATE);
    Drone* const none = drone_new(TAKE_RATE);
    float left[512], right[512], single[512];
    for (int block = 0; block < 400; ++block) {
        drone_process(both, left, right, 512);
        drone_process(one, NULL, single, 512);
        drone_process(none, NULL, NULL, 512);
        for (int k = 0; k < 512; ++k) {
            assert_true(single[k] == 0.5f * (left[k] + right[k]));
        }
    }
    drone_process(none, left, NULL, 512);
    drone_process(one, single, NULL, 512);
    assert_memory_equal(left, single, sizeof(left));
    drone_free(both);
    drone_free(one);
    drone_free(none);
}

// In accord the surf is noise as before: the room's modes do not ring through it like metal.
// Between the partials (4 and 6 times 110 Hz) all stripes of 3 Hz are about equally strong
static void test_surf_does_not_ring(void** state)
{
    (void)state;
    enum { FRAMES = 1 << 18 };
    Drone* const drone = drone_new(TAKE_LIGHT_RATE);
    drone_set_voicing(drone, DRONE_OCEAN);
    drone_reset(drone);
    drone_set_tone(drone, 1.0, 1.0);
    drone_set_synchrony(drone, 1.0, 1.0);
    Take take = take_new(TAKE_LIGHT_RATE, 10.0 + FRAMES / TAKE_LIGHT_RATE);
    take_play(&take, drone, 10.0);
    const size_t from = take.n;
    take_play(&take, drone, FRAMES / TAKE_LIGHT_RATE - 0.1);
    AudioSpectrum spectrum = audio_spectrum(take.left + from, take.n - from, TAKE_LIGHT_RATE);
    double mean = 0.0, most = 0.0;
    int stripes = 0;
    for (double hz = 460.0; hz < 640.0; hz += 3.0, ++stripes) {
        const double power = audio_band(&spectrum, hz, hz + 3.0);
        mean += power;
        most = fmax(most, power);
    }
    print_message("    strongest stripe of the surf %.1f dB over the mean\n",
                  10.0 * log10(most * stripes / mean));
    assert_true(10.0 * log10(most * stripes / mean) < 5.0);
    audio_spectrum_free(&spectrum);
    take_free(&take);
    drone_free(drone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts_and_stops_slowly),
        cmocka_unit_test(test_level_moves_slowly),
        cmocka_unit_test(test_no_clicks),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_default_loudness),
        cmocka_unit_test(test_spectrum_is_clean),
        cmocka_unit_test(test_no_roughness),
        cmocka_unit_test(test_chords_are_not_rough),
        cmocka_unit_test(test_mono_keeps_it),
        cmocka_unit_test(test_surf_does_not_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
