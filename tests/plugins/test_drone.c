// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tonus Drone in a host: MIDI moves it, either output alone is enough, presets sound.

#include "unit.h"

#include "host.h"

#include <math.h>

#define RATE 48000

static double rms_db(const float* x, size_t from, size_t n)
{
    double sum = 0.0;
    for (size_t i = from; i < from + n; ++i) {
        sum += (double)x[i] * (double)x[i];
    }
    return 10.0 * log10(sum / (double)n + 1e-15);
}

static void send(Host* host, uint64_t frame, int status, int a, int b)
{
    const uint8_t bytes[3] = {(uint8_t)status, (uint8_t)a, (uint8_t)b};
    host_midi(host, frame, bytes, 3);
}

static void test_midi_moves_it(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "drone", NULL);
    assert_non_null(host);
    send(host, 0, 0xBF, 1, 127);          // tone 1 on channel 16
    send(host, 0, 0xBF, 33, 127);         //
    send(host, 0, 0xBF, 9, 127);          // quality 1
    send(host, 0, 0xBF, 41, 127);         //
    send(host, 0, 0x9F, 48, 100);         // in-breath
    send(host, RATE * 3, 0x8F, 48, 0);    //
    send(host, RATE * 3, 0x9F, 50, 100);  // out-breath
    send(host, RATE * 9, 0x8F, 50, 0);    //
    send(host, RATE * 9, 0x9F, 48, 100);  // in-breath
    send(host, RATE * 15, 0x90, 48, 100); // C on channel 1: the harmony
    send(host, RATE * 20, 0xBF, 9, 0);    // the signal is lost
    send(host, RATE * 20, 0xBF, 25, 10);  // and the breath is only guessed
    host_run(host, RATE * 9, 256);
    assert_true(host_get(host, "tone_now") > 0.98f);
    assert_true(host_get(host, "swell_now") < 0.1f);
    host_run(host, RATE * 5, 256);
    assert_true(host_get(host, "swell_now") > 0.9f);
    assert_true(host_get(host, "note") == 110.0f);
    assert_true(host_get(host, "beating") < 0.11f);
    host_run(host, RATE * 5, 256);
    assert_true(fabsf(host_get(host, "note") - 130.81f) < 0.01f);
    host_run(host, RATE * 8, 256);
    assert_true(fabsf(host_get(host, "tone_now") - 0.5f) < 0.05f);
    size_t passed = 0;
    host_events(host, &passed);
    assert_true(fabsf(host_get(host, "swell_now") - 0.5f) < 0.05f);
    assert_int_equal(passed, 12); // MIDI goes on to the next plugin
    assert_null(host_fault(host));
    host_free(host);
    host_world_free(world);
}

static void test_hum_becomes_the_root(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "drone", NULL);
    send(host, RATE, 0xEE, 0, 80);     // pitch bend on channel 15: half a semitone up
    send(host, RATE, 0x9E, 57, 100);   // A3
    send(host, RATE * 4, 0x8E, 57, 0); //
    host_run(host, RATE * 5, 256);
    assert_true(fabsf(host_get(host, "note") - 113.22f) < 0.1f); // an octave lower
    host_set(host, "hum_follow", 0.0f);
    host_run(host, RATE, 256);
    assert_true(host_get(host, "note") == 110.0f);
    host_free(host);
    host_world_free(world);
}

// Whichever output is connected; and none
static void test_one_output_gets_both(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    for (int connected = 0; connected < 3; ++connected) {
        Host* const host = host_new(world, "drone", NULL);
        float mono[256];
        const HostPort* const right = host_port(host, "out_right");
        const HostPort* const left = host_port(host, "out_left");
        for (int block = 0; block < 2000; ++block) {
            lilv_instance_connect_port(host_instance(host), left->index,
                                       connected == 1 ? mono : NULL);
            lilv_instance_connect_port(host_instance(host), right->index,
                                       connected == 2 ? mono : NULL);
            lilv_instance_run(host_instance(host), 256);
        }
        const double db = connected ? rms_db(mono, 0, 256) : -35.0;
        assert_true(db > -45.0 && db < -25.0);
        host_free(host);
    }
    host_world_free(world);
}

static void test_off_fades(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "drone", NULL);
    host_run(host, RATE * 10, 256);
    host_set(host, "enabled", 0.0f);
    host_run(host, RATE * 20, 256);
    const float* const out = host_output(host, "out_left");
    const double before = rms_db(out, RATE * 9, RATE);
    assert_true(before > -40.0);
    assert_true(rms_db(out, RATE * 12, RATE) > before - 20.0); // not at once
    assert_true(rms_db(out, RATE * 18, RATE) < before - 36.0); // but within 8 s
    assert_true(rms_db(out, RATE * 29, RATE) < -140.0);
    host_free(host);
    host_world_free(world);
}

static void test_presets_sound(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    LilvNodes* const presets = host_presets(world, host_world_plugin(world, "drone"));
    assert_true(lilv_nodes_size(presets) >= 5);
    LILV_FOREACH(nodes, i, presets)
    {
        Host* const host = host_new(world, "drone", NULL);
        assert_true(host_load_preset(host, lilv_nodes_get(presets, i)));
        host_run(host, RATE * 12, 256);
        const double db = rms_db(host_output(host, "out_left"), RATE * 9, RATE * 3);
        assert_true(db > -45.0 && db < -22.0);
        assert_null(host_fault(host));
        host_free(host);
    }
    lilv_nodes_free(presets);
    host_world_free(world);
}

static void test_cv_moves_it(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "drone-cv", NULL);
    assert_non_null(host);
    const size_t n = RATE * 12;
    float* const full = malloc(n * sizeof(float));
    float* const octave = malloc(n * sizeof(float));
    assert_non_null(full);
    assert_non_null(octave);
    for (size_t i = 0; i < n; ++i) {
        full[i] = 1.0f;
        octave[i] = i < n / 2 ? 0.0f : 1.0f;
    }
    host_input(host, "tone_cv", full, n);
    host_input(host, "breath_cv", full, n);
    host_input(host, "pitch_cv", octave, n);
    host_run(host, n / 2, 0);
    assert_true(host_get(host, "note") == 110.0f);
    host_run(host, n / 2, 0);
    assert_true(host_get(host, "note") == 220.0f);
    assert_true(host_output(host, "tone_out")[0] < 0.51f);
    assert_true(host_output(host, "tone_out")[n - 1] > 0.95f);
    assert_true(host_output(host, "swell_out")[n - 1] > 0.95f);
    assert_null(host_fault(host));
    free(full);
    free(octave);
    host_free(host);
    host_world_free(world);
}

// Power of what differs between left and right over that of left, of the upper partials (second
// differences), after 12 s of this synchrony by MIDI
static double space_db(HostWorld* world, uint8_t synchrony)
{
    Host* const host = host_new(world, "drone", NULL);
    assert_non_null(host);
    host_midi(host, 100, (const uint8_t[]){0xBF, 24, synchrony}, 3);
    host_midi(host, 100, (const uint8_t[]){0xBF, 56, synchrony}, 3);
    host_run(host, RATE * 16, 0);
    const float* const left = host_output(host, "out_left");
    const float* const right = host_output(host, "out_right");
    double side = 0.0, all = 0.0;
    for (size_t i = RATE * 12; i < RATE * 16; ++i) {
        const double l = (double)left[i] - 2.0 * (double)left[i - 1] + (double)left[i - 2];
        const double r = (double)right[i] - 2.0 * (double)right[i - 1] + (double)right[i - 2];
        side += 0.5 * (l - r) * (l - r);
        all += l * l;
    }
    host_free(host);
    return 10.0 * log10(side / all);
}

static void test_synchrony_gives_space(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    const double none = space_db(world, 0), full = space_db(world, 127);
    print_message("space %.1f dB, in accord %.1f dB\n", none, full);
    assert_true(full > none + 2.0);
    host_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_synchrony_gives_space),
        cmocka_unit_test(test_midi_moves_it),
        cmocka_unit_test(test_hum_becomes_the_root),
        cmocka_unit_test(test_one_output_gets_both),
        cmocka_unit_test(test_off_fades),
        cmocka_unit_test(test_presets_sound),
        cmocka_unit_test(test_cv_moves_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
