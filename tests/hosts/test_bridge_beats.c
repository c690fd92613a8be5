// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A strap that knows nothing but RR intervals: its beats as MIDI on a JACK port, in the vocabulary
// of the plugin Tonus Beat; and its ports when it goes away

#include "unit.h"

#include "bluezworld.h"
#include "bridge/midi.h"
#include "jackworld.h"

#include <stdio.h>
#include <string.h>

#define RATE    48000u
#define PROGRAM "build/tonus-bridge"

static BluezWorld* bus;
static JackWorld* world;

static int set_up(void** state)
{
    (void)state;
    char reason[200] = "";
    bus = bluezworld_new();
    world = jackworld_has(PROGRAM) ? jackworld_new(RATE, 256, reason) : NULL;
    if (!world) {
        print_message("%s\n", reason);
    }
    return 0;
}

static int tear_down(void** state)
{
    (void)state;
    jackworld_free(world);
    bluezworld_free(bus);
    return 0;
}

static int end_case(void** state)
{
    (void)state;
    if (world) {
        jackworld_stop_all(world);
    }
    bluezworld_end(bus);
    return 0;
}

static pid_t start(const char* mode, const char* option)
{
    if (!world || !bluezworld_begin(bus, mode)) {
        print_message("skipped: no jackd, no dbus-daemon, or no python3-dbus and python3-gi\n");
        skip();
    }
    const char* const argv[] = {PROGRAM, "ble:Polar H10", option, "--json", NULL};
    const pid_t pid = jackworld_spawn(world, argv);
    assert_true(pid > 0 && jackworld_wait_port(world, "tonus-bridge:beats"));
    return pid;
}

static void test_beats_as_midi(void** state)
{
    (void)state;
    const pid_t pid = start("plain", "signal=none");
    const char* const midi[] = {"tonus-bridge:beats", NULL};
    assert_true(jackworld_record(world, NULL, midi, NULL, 6 * RATE, false));
    unsigned n;
    const JackEvent* const events = jackworld_events(world, 0, &n);
    unsigned beats = 0;
    unsigned hanging = 0;
    bool sounding = false;
    int values[64] = {0};
    uint64_t last = 0;
    for (unsigned i = 0; i < n; i++) {
        const uint8_t* const b = events[i].bytes;
        assert_int_equal(events[i].size, 3);
        assert_int_equal(b[0] & 0x0F, MIDI_CHANNEL);
        assert_true(events[i].frame >= last);
        last = events[i].frame;
        if ((b[0] & 0xF0) == 0x90) {
            assert_int_equal(b[1], MIDI_NOTE_BEAT);
            hanging += sounding; // a note ends before the next
            sounding = true;
            beats++;
        } else if ((b[0] & 0xF0) == 0x80) {
            sounding = false;
        } else {
            assert_int_equal(b[0] & 0xF0, 0xB0);
            assert_true(b[1] < 64);
            values[b[1]] = b[2];
        }
    }
    // The strap's time runs four times as fast: at least ten beats in six seconds, less the delay
    assert_in_range(beats, 8, 40);
    assert_true(hanging <= 2); // but where the recorder itself missed a block
    const double rr_ms = (values[MIDI_RR] * 128 + values[MIDI_RR + 32]) / 4.0;
    const double bpm = (values[MIDI_HEART_RATE] * 128 + values[MIDI_HEART_RATE + 32]) / 64.0;
    assert_float_equal(rr_ms, 799.8, 0.3);
    assert_float_equal(bpm, 75.0, 0.1);
    assert_int_equal(values[MIDI_QUALITY] * 128 + values[MIDI_QUALITY + 32], 16383);
    assert_int_equal(jackworld_stop(world, pid), 0);
}

static void test_ports_stay_when_the_strap_goes(void** state)
{
    (void)state;
    const pid_t pid = start("drop", "signal=ecg");
    assert_true(jackworld_connect(world, "tonus-bridge:ECG", "system:playback_1"));
    // It goes after 1.5 s, comes back a second later, and is found again; the port is recorded
    // all the while
    const char* const audio[] = {"tonus-bridge:ECG", "tonus-bridge:quality", NULL};
    assert_true(jackworld_record(world, audio, NULL, NULL, 9 * RATE, false));
    assert_true(jackworld_has_port(world, "tonus-bridge:ECG"));
    // The strap's time is four times too fast for a true clock, so only: nothing is trusted yet,
    // nothing is beyond its range, and announced latency is there
    for (unsigned i = 0; i < 9 * RATE; i++) {
        const float x = jackworld_audio(world, 0)[i];
        assert_true(x >= -1.0f && x <= 1.0f);
        assert_true(jackworld_audio(world, 1)[i] == 0.0f);
    }
    const int expected = (int)((20 / 130.0 + 0.15 + 8 / 130.0) * RATE + 0.5);
    assert_int_equal(jackworld_latency(world, "tonus-bridge:ECG"), expected);
    assert_int_equal(jackworld_stop(world, pid), 0);
    const char* const output = jackworld_output(world, 0);
    if (!strstr(output, "\"connections\": 2")) {
        fail_msg("%s", output);
    }
    assert_non_null(strstr(output, "\"battery_percent\": 87"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_beats_as_midi, end_case),
        cmocka_unit_test_teardown(test_ports_stay_when_the_strap_goes, end_case),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
