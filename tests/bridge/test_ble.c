// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What straps say, byte by byte; then the source ble with a BlueZ of our own on a private bus

#include "unit.h"

#include "bridge/polar.h"
#include "bridge/source.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

static char folder[64];
static pid_t bus_pid;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + t.tv_nsec * 1e-3;
}

static pid_t run(const char* const* argv, int* out)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(argv[0], (char* const*)argv);
        _exit(127);
    }
    close(ends[1]);
    *out = ends[0];
    return pid;
}

static int start_bus(void** state)
{
    (void)state;
    strcpy(folder, "/tmp/tonus-bus-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    char path[128];
    char address[128];
    char config[160];
    snprintf(path, sizeof path, "%s/bus.conf", folder);
    snprintf(address, sizeof address, "unix:path=%s/bus", folder);
    FILE* const file = fopen(path, "w");
    fprintf(file,
            "<busconfig><type>system</type><listen>%s</listen><auth>EXTERNAL</auth><policy "
            "context=\"default\">"
            "<allow user=\"*\"/><allow own=\"*\"/><allow send_destination=\"*\"/><allow "
            "receive_sender=\"*\"/></policy></busconfig>",
            address);
    fclose(file);
    snprintf(config, sizeof config, "--config-file=%s", path);
    setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
    const char* const argv[] = {"dbus-daemon", config, "--nofork", "--print-address", NULL};
    int out;
    char line[200];
    bus_pid = run(argv, &out);
    if (read(out, line, sizeof line) <= 0) { // it prints its address once it is there
        waitpid(bus_pid, NULL, 0);
        bus_pid = 0;
    }
    close(out);
    return 0;
}

static int stop_bus(void** state)
{
    (void)state;
    if (bus_pid > 0) {
        kill(bus_pid, SIGTERM);
        waitpid(bus_pid, NULL, 0);
    }
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

typedef struct {
    unsigned samples, gaps, beats, wrong;
    uint64_t next;
    uint64_t lost;
    float last;
    double last_beat_us, worst_interval_ms;
    SourceCounts counts;
} Heard;

/// Listens to a strap in that mode until it has heard so many samples and beats
static Heard listen_to(const char* mode, unsigned samples, unsigned beats)
{
    Heard heard = {0};
    int out = -1;
    char line[16] = "";
    const char* const argv[] = {"/usr/bin/python3", "tests/bridge/fake_bluez.py", mode, NULL};
    const pid_t pid = bus_pid > 0 ? run(argv, &out) : 0;
    if (pid <= 0 || read(out, line, sizeof line) <= 0 || strncmp(line, "ready", 5) != 0) {
        if (pid > 0) {
            kill(pid, SIGTERM);
            waitpid(pid, NULL, 0);
        }
        print_message("skipped: no dbus-daemon, or no python3-dbus and python3-gi\n");
        skip();
    }
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    Source* const source = source_open("ble:Polar H10", NULL, 0, error, &usage);
    assert_non_null(source);
    assert_true(source_start(source, &(SourceHost){now_us, NULL, NULL, NULL}));
    for (unsigned ms = 0; ms < 20000 && (heard.samples < samples || heard.beats < beats); ms++) {
        StreamPacket packet;
        while (stream_get(source_channel(source, 0)->stream, &packet)) {
            heard.gaps += heard.samples > 0 && packet.index != heard.next;
            heard.lost += heard.samples > 0 ? packet.index - heard.next : 0;
            heard.next = packet.index + packet.n;
            for (unsigned i = 0; i < packet.n; i++) {
                const float x = roundf(packet.x[i] * 5000.0f);
                heard.wrong += heard.samples > 0 && x != fmodf(heard.last + 1.0f, 1000.0f);
                heard.last = x;
                heard.samples++;
            }
        }
        SourceBeat beat;
        while (source_next_beat(source, &beat)) {
            assert_true(beat.reliable && fabs(beat.rr_ms - 799.8) < 0.1);
            heard.beats++;
            heard.last_beat_us = beat.time_us;
        }
        nap_ms(1);
    }
    heard.counts = source_counts(source);
    source_close(source);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    close(out);
    return heard;
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
    const Heard heard = listen_to("held", 400, 3);
    assert_true(heard.samples >= 400 && heard.beats >= 3);
    assert_int_equal(heard.wrong, 0);
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
