// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// tonus-bridge as a program, in a private JACK server

#include "unit.h"

#include "bridge/resampler.h"
#include "jackworld.h"

#include <jack/jack.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RATE     48000u
#define PROGRAM  "build/tonus-bridge"
#define PATIENCE 6000 // naps of 10 ms, on a machine that is busy

static JackWorld* world;
static char reason[200];
static char folder[64];

static int set_up(void** state)
{
    (void)state;
    strcpy(folder, "/tmp/tonus-bridge-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    world = jackworld_has(PROGRAM) ? jackworld_new(RATE, 256, reason) : NULL;
    if (!jackworld_has(PROGRAM)) {
        strcpy(reason, PROGRAM " is not built");
    }
    return 0;
}

/// A test that failed must not leave its bridge to the next
static int stop_all(void** state)
{
    (void)state;
    if (world) {
        jackworld_stop_all(world);
    }
    return 0;
}

static int tear_down(void** state)
{
    (void)state;
    char command[128];
    jackworld_free(world);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void need_world(void)
{
    if (!world) {
        print_message("skipped: %s\n", reason);
        skip();
    }
}

/// Starts the bridge with up to six words and waits for its port.
static pid_t start(const char* const* words, const char* port)
{
    const char* argv[8] = {PROGRAM};
    for (unsigned i = 0; words[i]; i++) {
        argv[i + 1] = words[i];
        assert_true(i < 6);
    }
    const pid_t pid = jackworld_spawn(world, argv);
    assert_true(pid > 0);
    if (port && !jackworld_wait_port(world, port)) {
        fail_msg("no port %s: %s", port, jackworld_output(world, pid));
    }
    return pid;
}

/// A table of a test signal in mV at 360 Hz
#define SAMPLES 7200
static float signal_mv[SAMPLES];

static const char* write_signal(void)
{
    static char word[128];
    char path[100];
    snprintf(path, sizeof path, "%s/signal.csv", folder);
    FILE* const file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "ECG (mV)\n");
    for (int i = 0; i < SAMPLES; i++) {
        const double t = i / 360.0;
        const double u = (t - floor(t) - 0.3) / 0.01;
        signal_mv[i] = (float)(1.5 * exp(-0.5 * u * u) + 0.2 * cos(2.0 * t));
        char text[32];
        snprintf(text, sizeof text, "%.6f", signal_mv[i]);
        signal_mv[i] = (float)strtod(text, NULL);
        fprintf(file, "%s\n", text);
    }
    fclose(file);
    snprintf(word, sizeof word, "file:%s", path);
    return word;
}

static void test_a_file_arrives_unharmed(void** state)
{
    (void)state;
    need_world();
    const char* const words[] = {write_signal(), "rate=360", "wait=connect", NULL};
    const pid_t pid = start(words, "tonus-bridge:ECG");
    const char* const audio[] = {"tonus-bridge:quality", "tonus-bridge:PPG", "tonus-bridge:ECG",
                                 NULL};
    const uint64_t frames = 22 * RATE;
    assert_true(jackworld_record(world, audio, NULL, NULL, frames, true));
    const float* const quality = jackworld_audio(world, 0);
    const float* const ppg = jackworld_audio(world, 1);
    const float* const ecg = jackworld_audio(world, 2);

    // What the resampler makes of the samples, 5 mV = 1.0, must come out bit for bit, without a gap
    static float expected[21 * RATE];
    float scaled[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        scaled[i] = signal_mv[i] * (1.0f / 5.0f);
    }
    Resampler* const rs = resampler_new(1.0);
    resampler_set_step(rs, 360.0 / RATE);
    uint32_t used = SAMPLES;
    const uint32_t n = resampler_process(rs, scaled, &used, expected, 21 * RATE);
    resampler_free(rs);
    assert_true(n > 19 * RATE);
    uint64_t begin = 0;
    while (begin < frames && quality[begin] == 0.0f) {
        begin++;
    }
    assert_true(begin + 20 * RATE < frames);
    const uint32_t faded_in = RATE / 5;
    for (uint32_t i = faded_in; i < n; i++) {
        if (ecg[begin + i] != expected[i]) {
            fail_msg("frame %u: %.9g, not %.9g", i, ecg[begin + i], expected[i]);
        }
    }
    for (uint64_t i = 0; i < frames; i++) {
        assert_true(ppg[i] == 0.0f && fabsf(ecg[i]) <= 1.0f);
        assert_true(quality[i] == (i >= begin && i < begin + n ? 1.0f : 0.0f));
    }
    assert_true(ecg[frames - 1] == 0.0f); // after the end it fades away
    assert_int_equal(jackworld_stop(world, pid), 0);
}

static void test_ports(void** state)
{
    (void)state;
    need_world();
    const char* const words[] = {"--name=b", "--latency-offset", "100", write_signal(),
                                 "rate=360", "wait=connect",     NULL};
    const pid_t pid = start(words, "b:beats");
    static const char* const ports[] = {"b:ECG", "b:PPG", "b:BELT", "b:quality"};
    for (unsigned i = 0; i < 4; i++) {
        assert_true(jackworld_wait_port(world, ports[i]));
        for (int k = 0;
             k < PATIENCE &&
             !*jackworld_property(world, ports[i], "http://jackaudio.org/metadata/signal-type");
             k++) {
            const struct timespec t = {0, 10000000};
            nanosleep(&t, NULL);
        }
        assert_string_equal(
            jackworld_property(world, ports[i], "http://jackaudio.org/metadata/signal-type"), "CV");
    }
    assert_string_equal(jackworld_property(world, "b:ECG", "urn:tonus:unit"), "mV");
    assert_string_equal(jackworld_property(world, "b:ECG", "urn:tonus:full-scale"), "5");
    for (int k = 0; k < PATIENCE && jackworld_latency(world, "b:beats") != 4800; k++) {
        const struct timespec t = {0, 10000000};
        nanosleep(&t, NULL);
    }
    assert_int_equal(jackworld_latency(world, "b:ECG"), 4800);
    assert_int_equal(jackworld_latency(world, "b:beats"), 4800);
    assert_int_equal(jackworld_stop(world, pid), 0);
}

static void test_the_simulated_person(void** state)
{
    (void)state;
    need_world();
    const char* const words[] = {"sim:ecg", "heart_rate=60", "wait=connect", "--json", NULL};
    const pid_t pid = start(words, "tonus-bridge:BELT");
    const char* const audio[] = {"tonus-bridge:BELT", "tonus-bridge:ECG", NULL};
    assert_true(jackworld_record(world, audio, NULL, NULL, 30 * RATE, true));
    const float* const ecg = jackworld_audio(world, 1);
    unsigned peaks = 0;
    for (uint64_t i = RATE; i < 30 * RATE; i++) {
        peaks += ecg[i - 1] < 0.1f && ecg[i] >= 0.1f;
        assert_true(fabsf(ecg[i]) < 0.5f);
    }
    assert_in_range(peaks, 27, 31);
    assert_int_equal(jackworld_stop(world, pid), 0);
    assert_non_null(strstr(jackworld_output(world, 0), "\"state\": \"running\""));
}

static void test_it_plays_in_real_time(void** state)
{
    (void)state;
    need_world();
    const char* const words[] = {write_signal(), "rate=360", "wait=connect", NULL};
    const pid_t pid = start(words, "tonus-bridge:ECG");
    const char* const audio[] = {"tonus-bridge:quality", "tonus-bridge:ECG", NULL};
    assert_true(jackworld_record(world, audio, NULL, NULL, 5 * RATE, false));
    const float* const quality = jackworld_audio(world, 0);
    uint64_t begin = 0;
    while (begin < 4 * RATE && quality[begin] == 0.0f) {
        begin++;
    }
    for (uint64_t i = begin; i < 5 * RATE; i++) {
        assert_true(quality[i] == 1.0f);
    }
    assert_true(begin < 4 * RATE);
    assert_int_equal(jackworld_stop(world, pid), 0);
}

static void test_it_ends_with_the_file(void** state)
{
    (void)state;
    need_world();
    char path[100];
    snprintf(path, sizeof path, "%s/short.csv", folder);
    FILE* const file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 100; i++) {
        fprintf(file, "%d\n", i % 10);
    }
    fclose(file);
    char word[128];
    snprintf(word, sizeof word, "file:%s", path);
    const char* const words[] = {word, "rate=200", "port=ppg", "--until-end", NULL};
    const pid_t pid = start(words, NULL);
    const int status = jackworld_join(world, pid);
    if (status != 0) {
        fail_msg("status %d: %s", status, jackworld_output(world, 0));
    }
}

/// Another program of which one port can be connected to; NULL ports where it has none yet
static jack_client_t* open_other(void)
{
    jack_client_t* const other = jack_client_open("other", JackNoStartServer, NULL);
    assert_non_null(other);
    assert_non_null(jack_port_register(other, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0));
    assert_int_equal(jack_activate(other), 0);
    return other;
}

static bool connected(const char* from, const char* to, double seconds)
{
    for (double waited = 0.0; waited <= seconds; waited += 0.05) {
        const struct timespec t = {0, 50000000};
        jack_client_t* const eye = jack_client_open("eye", JackNoStartServer, NULL);
        const jack_port_t* const port = eye ? jack_port_by_name(eye, from) : NULL;
        const bool is = port && jack_port_connected_to(port, to);
        if (eye) {
            jack_client_close(eye);
        }
        if (is) {
            return true;
        }
        nanosleep(&t, NULL);
    }
    return false;
}

static void test_a_new_server_is_joined(void** state)
{
    (void)state;
    need_world();
    const char* const words[] = {"sim:", NULL};
    const pid_t pid = start(words, "tonus-bridge:ECG");
    jack_client_t* other = open_other();
    assert_true(jackworld_connect(world, "tonus-bridge:ECG", "system:playback_1")); // it is active
    assert_true(jackworld_connect(world, "tonus-bridge:ECG", "system:playback_2"));
    assert_true(jackworld_connect(world, "tonus-bridge:BELT", "other:in"));
    const struct timespec more_than_grace = {2, 500000000};
    nanosleep(&more_than_grace, NULL);
    assert_int_equal(jack_disconnect(other, "tonus-bridge:ECG", "system:playback_2"), 0);
    nanosleep(&more_than_grace, NULL);
    jack_client_close(other); // a program that ends with, or before, the server
    assert_true(jackworld_restart_server(world));
    assert_true(jackworld_wait_port(world, "tonus-bridge:ECG"));
    // What was connected is connected again, what a person had taken apart is not
    assert_true(connected("tonus-bridge:ECG", "system:playback_1", 30.0));
    assert_false(connected("tonus-bridge:ECG", "system:playback_2", 0.5));
    // Also with a program that comes later; and once only
    other = open_other();
    assert_true(connected("tonus-bridge:BELT", "other:in", 30.0));
    assert_int_equal(jack_disconnect(other, "tonus-bridge:BELT", "other:in"), 0);
    assert_false(connected("tonus-bridge:BELT", "other:in", 1.0));
    jack_client_close(other);
    const char* const audio[] = {"tonus-bridge:quality", NULL};
    assert_true(jackworld_record(world, audio, NULL, NULL, RATE, true));
    assert_true(jackworld_audio(world, 0)[RATE - 1] == 1.0f);
    assert_int_equal(jackworld_stop(world, pid), 0);
}

static void test_wrong_words(void** state)
{
    (void)state;
    need_world();
    static const struct {
        const char* words[4];
        int status;
        const char* says;
    } cases[] = {
        {{NULL}, 2, "no source"},
        {{"nonsense", NULL}, 2, "nonsense"},
        {{"--nonsense", NULL}, 2, "--nonsense"},
        {{"file:/nonexistent.csv", NULL}, 1, "/nonexistent.csv: No such file"},
        {{"file:", NULL}, 2, "path"},
        {{"sim:", "color=red", NULL}, 2, "color"},
        {{"sim:", "heart_rate=fast", NULL}, 2, "heart_rate"},
        {{"sim:foot", NULL}, 2, "foot"},
        {{"sim:", "sim:", NULL}, 2, "person="},
        {{"sim:", "--latency-offset", "soon", NULL}, 2, "soon"},
        {{"sim:", "--name", "a:b", NULL}, 2, "a:b"},
        {{"--help", NULL}, 0, "Usage:"},
        {{"--version", NULL}, 0, "tonus-bridge"},
        {{"list", NULL}, 0, ""},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pid_t pid = start(cases[i].words, NULL);
        const int status = jackworld_join(world, pid);
        const char* const output = jackworld_output(world, 0);
        if (status != cases[i].status || !strstr(output, cases[i].says)) {
            fail_msg("case %u: status %d, \"%s\"", i, status, output);
        }
        const char* const line_end = strchr(output, '\n');
        assert_true(status == 0 || (line_end && line_end[1] == '\0')); // one line
    }
}

static void test_without_a_server(void** state)
{
    (void)state;
    need_world();
    char* const server = strdup(getenv("JACK_DEFAULT_SERVER"));
    setenv("JACK_DEFAULT_SERVER", "tonus-no-such-server", 1);
    const char* const words[] = {"sim:", NULL};
    const pid_t pid = start(words, NULL);
    assert_int_equal(jackworld_join(world, pid), 1);
    const char* const output = jackworld_output(world, 0);
    assert_non_null(strstr(output, "no JACK server"));
    assert_true(strchr(output, '\n')[1] == '\0');
    setenv("JACK_DEFAULT_SERVER", server, 1);
    free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_a_file_arrives_unharmed, stop_all),
        cmocka_unit_test_teardown(test_ports, stop_all),
        cmocka_unit_test_teardown(test_the_simulated_person, stop_all),
        cmocka_unit_test_teardown(test_it_plays_in_real_time, stop_all),
        cmocka_unit_test_teardown(test_it_ends_with_the_file, stop_all),
        cmocka_unit_test_teardown(test_a_new_server_is_joined, stop_all),
        cmocka_unit_test_teardown(test_wrong_words, stop_all),
        cmocka_unit_test_teardown(test_without_a_server, stop_all),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
