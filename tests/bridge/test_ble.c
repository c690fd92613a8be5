// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What straps say, byte by byte; then the source ble with a BlueZ of our own on a private bus

#include "unit.h"

#include "bluezworld.h"
#include "bridge/polar.h"
#include "bridge/source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void nap_ms(unsigned ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static void test_heart_rate(void** state)
{
    (void)state;
    HeartRate h;
    assert_true(heart_rate_parse((const uint8_t[]){0x00, 72}, 2, &h));
    assert_true(h.bpm == 72 && h.n_rr == 0);
    // 16 bits, energy in between (often overlooked), two RR of 1024 and 512 / 1024 s
    assert_true(
        heart_rate_parse((const uint8_t[]){0x19, 0x2C, 0x01, 9, 9, 0x00, 0x04, 0x00, 0x02}, 9, &h));
    assert_true(h.bpm == 300 && h.n_rr == 2 && h.rr_ms[0] == 1000.0 && h.rr_ms[1] == 500.0);
    assert_false(heart_rate_parse((const uint8_t[]){0x01, 72}, 2, &h));
    assert_false(heart_rate_parse((const uint8_t[]){0x08, 72, 0}, 3, &h));
    assert_false(heart_rate_parse((const uint8_t[]){0x10}, 1, &h));
    uint8_t many[64] = {0x10, 60};
    assert_true(heart_rate_parse(many, sizeof many, &h));
    assert_true(h.n_rr <= 12);
}

static void test_pmd(void** state)
{
    (void)state;
    PmdFrame f;
    // 2 samples: -1 and 8388607 microvolts, at 3 s
    uint8_t ecg[16] = {0x00, 0x00, 0x5E, 0xD0, 0xB2, 0,    0,    0,
                       0,    0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F};
    assert_true(pmd_parse(ecg, sizeof ecg, &f));
    assert_true(f.kind == PMD_ECG && f.n == 2 && f.x[0] == -1.0f && f.x[1] == 8388607.0f);
    assert_float_equal(f.device_s, 3.0, 1e-9);
    assert_false(pmd_parse(ecg, 15, &f)); // cut
    assert_false(pmd_parse(ecg, 10, &f));
    ecg[9] = 0x07;
    assert_false(pmd_parse(ecg, sizeof ecg, &f)); // unknown frame type
    // PPG: reference 100 200 300 (ambient 5), then two steps of 3 bits, least significant bits
    // first: +1 -1 +2 0, then -3 +1 0 +1
    const int steps[8] = {1, -1, 2, 0, -3, 1, 0, 1};
    uint8_t ppg[10 + 12 + 2 + 3] = {0x01, 0,   0, 0, 0,    0, 0, 0, 0, 0x80, 100, 0,
                                    0,    200, 0, 0, 0x2C, 1, 0, 5, 0, 0,    3,   2};
    for (unsigned i = 0; i < 24; i++) {
        const unsigned bit = (unsigned)steps[i / 3] >> i % 3 & 1;
        ppg[24 + i / 8] |= (uint8_t)(bit << i % 8);
    }
    assert_true(pmd_parse(ppg, sizeof ppg, &f));
    assert_true(f.kind == PMD_PPG && f.n == 3);
    assert_true(f.x[0] == 600.0f && f.x[1] == 602.0f && f.x[2] == 600.0f);
    assert_false(pmd_parse(ppg, sizeof ppg - 1, &f));
    ppg[22] = 0;
    assert_false(pmd_parse(ppg, sizeof ppg, &f));
    uint8_t command[16];
    assert_int_equal(pmd_start_command(PMD_ECG, command), 10);
    assert_memory_equal(command, "\x02\x00\x00\x01\x82\x00\x01\x01\x0E\x00", 10);
}

#ifdef HAVE_SYSTEMD

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + t.tv_nsec * 1e-3;
}

typedef struct {
    unsigned samples, gaps, beats, wrong;
    uint64_t next;
    uint64_t lost;
    float last;
    double last_beat_us, worst_interval_ms;
    SourceCounts counts;
    unsigned beats_before; // the first sample
    double first_us;       // when that came
    double delay_s;
    char message[SOURCE_TEXT], messages[1000]; // the last, and all of them
} Heard;

static BluezWorld* bus;

/// Listens to a strap in that mode until it has heard so many samples and beats
static Heard listen_with(const char* mode, const char* option, double full_scale, float modulus,
                         unsigned samples, unsigned beats)
{
    Heard heard = {0};
    if (!bluezworld_begin(bus, mode)) {
        print_message("skipped: no dbus-daemon, or no python3-dbus and python3-gi\n");
        skip();
    }
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    Source* const source = source_open("ble:Polar H10", &option, option != NULL, error, &usage);
    assert_non_null(source);
    const double begin_us = now_us();
    assert_true(source_start(source, &(SourceHost){now_us, NULL, NULL, NULL}));
    const SourceChannel* const channel = source_channel(source, 0);
    const bool look = samples + beats == 0; // for a moment
    for (unsigned ms = 0;
         ms < (look ? 1500 : 20000) && (look || heard.samples < samples || heard.beats < beats);
         ms++) {
        StreamPacket packet;
        while (channel && stream_get(channel->stream, &packet)) {
            heard.first_us = heard.first_us > 0.0 ? heard.first_us : now_us() - begin_us;
            heard.gaps += heard.samples > 0 && packet.index != heard.next;
            heard.lost += heard.samples > 0 ? packet.index - heard.next : 0;
            heard.next = packet.index + packet.n;
            for (unsigned i = 0; i < packet.n; i++) {
                const float x = roundf(packet.x[i] * (float)full_scale);
                heard.wrong += heard.samples > 0 && x != fmodf(heard.last + 1.0f, modulus);
                heard.last = x;
                heard.samples++;
            }
        }
        SourceBeat beat;
        while (source_next_beat(source, &beat)) {
            assert_true(beat.reliable && fabs(beat.rr_ms - 799.8) < 0.1);
            heard.beats++;
            heard.beats_before += heard.samples == 0;
            heard.last_beat_us = beat.time_us;
        }
        char message[SOURCE_TEXT];
        source_message(source, message);
        if (strcmp(message, heard.message) != 0 && strlen(heard.messages) + SOURCE_TEXT < 1000) {
            strcpy(heard.message, message);
            strcat(strcat(heard.messages, message), "; ");
        }
        nap_ms(1);
    }
    heard.counts = source_counts(source);
    StreamMap map = {0};
    if (channel && stream_map(channel->stream, &map)) {
        heard.delay_s = map.delay_s;
    }
    source_close(source);
    bluezworld_end(bus);
    return heard;
}

static Heard listen_to(const char* mode, unsigned samples, unsigned beats)
{
    return listen_with(mode, NULL, 5000.0, 1000.0f, samples, beats);
}

static void test_a_strap(void** state)
{
    (void)state;
    const Heard heard = listen_to("plain", 800, 6);
    assert_true(heard.samples >= 800 && heard.beats >= 6);
    assert_int_equal(heard.gaps, 0);
    assert_int_equal(heard.wrong, 0);
    assert_int_equal(heard.counts.connections, 1);
    assert_int_equal(heard.counts.battery, 87);
}

static void test_a_strap_that_another_program_holds(void** state)
{
    (void)state;
    Heard heard = listen_to("held", 400, 3);
    assert_true(heard.samples >= 400 && heard.beats >= 3);
    assert_int_equal(heard.wrong, 0);
    heard = listen_to("busy", 0, 0); // not even signals: say so
    assert_int_equal(heard.samples, 0);
    if (!strstr(heard.messages, "another program")) {
        fail_msg("%s", heard.messages);
    }
}

static void test_a_packet_is_lost(void** state)
{
    (void)state;
    const Heard heard = listen_to("gap", 400, 0);
    assert_int_equal(heard.gaps, 1);
    assert_int_equal(heard.lost, 20);
    assert_int_equal(heard.counts.lost, 20);
}

static void test_a_strap_comes_back(void** state)
{
    (void)state;
    const Heard heard = listen_to("drop", 1500, 8);
    assert_true(heard.samples >= 1500);
    assert_int_equal(heard.counts.connections, 2);
    assert_int_equal(heard.gaps, 1);
    assert_non_null(strstr(heard.messages, "is gone, trying again"));
}

static void test_attempts_are_spaced(void** state)
{
    (void)state;
    const Heard heard = listen_to("refuse", 20, 0);
    assert_true(heard.first_us > 3e6); // one second, then two
    assert_int_equal(heard.counts.connections, 1);
    assert_non_null(strstr(heard.messages, "pair it once"));
}

static void test_ecg_comes_late(void** state)
{
    (void)state;
    const Heard heard = listen_to("late", 100, 6);
    assert_int_equal(heard.wrong, 0);
    assert_true(heard.beats_before >= 4); // beats do not wait for it
    assert_non_null(strstr(heard.messages, "waiting for ECG"));
}

static void test_packets_of_all_sizes(void** state)
{
    (void)state;
    static const struct {
        const char* mode;
        unsigned n;
    } cases[] = {{"mtu23", 3}, {"mtu70", 19}, {"mtu517", 73}};
    for (unsigned i = 0; i < 3; i++) {
        const Heard heard = listen_to(cases[i].mode, 300, 0);
        assert_int_equal(heard.wrong, 0);
        assert_int_equal(heard.gaps, 0);
        // Short packets, short latency: their span, the radio's jitter, the resampler's look-ahead
        assert_float_equal(heard.delay_s, cases[i].n / 130.0 + 0.15 + 8.0 / 130.0, 1e-6);
    }
}

static void test_rates_that_are_off(void** state)
{
    (void)state;
    static const char* const modes[] = {"fast", "slow"};
    for (unsigned i = 0; i < 2; i++) {
        const Heard heard = listen_to(modes[i], 700, 0);
        assert_int_equal(heard.wrong, 0);
        assert_int_equal(heard.gaps, 0); // the device's stamps are no reason to see losses
        assert_int_equal(heard.counts.lost, 0);
    }
}

static void test_an_armband(void** state)
{
    (void)state;
    // Scaled by its first ten seconds: only what follows has a scale, and that is not known here
    const Heard heard = listen_with("ppg", "signal=ppg", 1.0, 1.0f, 100, 0);
    assert_true(heard.samples >= 100);
    assert_int_equal(heard.gaps, 0);
    assert_int_equal(heard.counts.lost, 0);
    assert_float_equal(heard.delay_s, 36.0 / 55.0 + 0.15 + 8.0 / 55.0, 1e-6);
}

static void test_beats_alone(void** state)
{
    (void)state;
    const Heard heard = listen_with("plain", "signal=none", 1.0, 1.0f, 0, 5);
    assert_true(heard.beats >= 5);
    assert_int_equal(heard.counts.samples, heard.counts.packets);
}

static int start_bus(void** state)
{
    (void)state;
    bus = bluezworld_new();
    return 0;
}

static int stop_bus(void** state)
{
    (void)state;
    bluezworld_free(bus);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heart_rate),
        cmocka_unit_test(test_pmd),
        cmocka_unit_test(test_a_strap),
        cmocka_unit_test(test_a_strap_that_another_program_holds),
        cmocka_unit_test(test_a_packet_is_lost),
        cmocka_unit_test(test_a_strap_comes_back),
        cmocka_unit_test(test_attempts_are_spaced),
        cmocka_unit_test(test_ecg_comes_late),
        cmocka_unit_test(test_packets_of_all_sizes),
        cmocka_unit_test(test_rates_that_are_off),
        cmocka_unit_test(test_an_armband),
        cmocka_unit_test(test_beats_alone),
    };
    return cmocka_run_group_tests(tests, start_bus, stop_bus);
}

#else

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_heart_rate),
                                       cmocka_unit_test(test_pmd)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
