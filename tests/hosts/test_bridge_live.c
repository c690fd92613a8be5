// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// tonus-bridge in real time: what its JACK callback does, whether it keeps up, what a crash leaves

#include "unit.h"

#include "jackworld.h"

#include <jack/jack.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RATE    48000u
#define PROGRAM "build/tonus-bridge"
#define GUARD   "build/tests/traps/rtguard.so"

static char reason[200];
static char folder[64];

static int make_folder(void** state)
{
    (void)state;
    strcpy(folder, "/tmp/tonus-live-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void** state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void nap(double seconds)
{
    const struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&t, NULL);
}

static JackWorld* world;

static void need(JackWorld* made)
{
    world = made;
    if (!world || !jackworld_has(PROGRAM)) {
        print_message("skipped: %s\n", world ? PROGRAM " is not built" : reason);
        skip();
    }
}

static int free_world(void** state)
{
    (void)state;
    jackworld_free(world);
    world = NULL;
    return 0;
}

/// Three people: a simulation, a live sensor, and a device with RR intervals' port idle
static pid_t start(const char* const* more)
{
    const char* argv[24] = {PROGRAM,   "--json",   "sim:",        "person=A",
                            "sim:ppg", "person=B", "jitter=usb1", "drift=1.5",
                            "sim:ecg", "person=C", "jitter=ble",  "noise=-20"};
    unsigned n = 12;
    while (more && *more) {
        argv[n++] = *more++;
    }
    const pid_t pid = jackworld_spawn(world, argv);
    assert_true(pid > 0);
    if (!jackworld_wait_port(world, "tonus-bridge:C beats")) {
        fail_msg("%s", jackworld_output(world, pid));
    }
    return pid;
}

static void test_the_callback_is_real_time(void** state)
{
    (void)state;
    need(jackworld_new(RATE, 64, reason));
    assert_true(jackworld_has(GUARD));
    char report[128];
    snprintf(report, sizeof report, "%s/rtguard", folder);
    setenv("LD_PRELOAD", GUARD, 1);
    setenv("RTGUARD_REPORT", report, 1);
    setenv("RTGUARD_SYSCALLS", "1", 1);
    const pid_t pid = start(NULL);
    unsetenv("LD_PRELOAD");
    unsetenv("RTGUARD_REPORT");
    unsetenv("RTGUARD_SYSCALLS");
    const char* const audio[] = {"tonus-bridge:A ECG", NULL};
    assert_true(jackworld_record(world, audio, NULL, NULL, 6 * RATE, false));
    const int status = jackworld_stop(world, pid);
    uint64_t counts[2] = {0, 1}; // calls, violations
    FILE* const file = fopen(report, "rb");
    assert_true(file && fread(counts, sizeof *counts, 2, file) == 2);
    fclose(file);
    print_message("%llu calls, %llu violations\n", (unsigned long long)counts[0],
                  (unsigned long long)counts[1]);
    if (status != 0) {
        fail_msg("status %d: %s", status, jackworld_output(world, 0));
    }
    assert_true(counts[0] >= 6 * RATE / 64);
    assert_int_equal(counts[1], 0);
}

/// The number that follows the last `"key": ` of the output
static double last_number(const char* output, const char* key)
{
    const char* found = NULL;
    for (const char* p = output; (p = strstr(p, key)); p += strlen(key)) {
        found = p + strlen(key);
    }
    return found ? strtod(found, NULL) : -1.0;
}

static int count_xrun(void* data)
{
    atomic_fetch_add((atomic_uint*)data, 1);
    return 0;
}

static int do_nothing(jack_nframes_t n, void* data)
{
    (void)n;
    (void)data;
    return 0;
}

/// The machine alone: another server of the same kind, with a client that does nothing and counts
/// late blocks.
/// A process of its own, because libjack knows one server in each.
typedef struct {
    pid_t pid;
    int from, to;
} Control;

static _Noreturn void be_control(int from, int to)
{
    atomic_uint xruns = 0;
    char word = '0';
    JackWorld* const alone = jackworld_new_realtime(RATE, 64, reason);
    jack_client_t* const client = alone ? jack_client_open("idle", JackNoStartServer, NULL) : NULL;
    if (client) {
        jack_set_process_callback(client, do_nothing, NULL);
        jack_set_xrun_callback(client, count_xrun, &xruns);
        jack_activate(client);
        word = '1';
    }
    bool well = write(to, &word, 1) == 1 && read(from, &word, 1) == 1;
    atomic_store(&xruns, 0); // counting begins with the first word and ends with the second
    well = well && read(from, &word, 1) == 1;
    const unsigned counted = atomic_load(&xruns);
    well = well && write(to, &counted, sizeof counted) == sizeof counted;
    if (client) {
        jack_client_close(client);
    }
    jackworld_free(alone);
    _exit(!well);
}

/// False where there is no such server
static bool begin_control(Control* control)
{
    int there[2];
    int back[2];
    char word = '0';
    assert_int_equal(pipe(there), 0);
    assert_int_equal(pipe(back), 0);
    control->pid = fork();
    assert_true(control->pid >= 0);
    if (control->pid == 0) {
        close(there[1]);
        close(back[0]);
        be_control(there[0], back[1]);
    }
    close(there[0]);
    close(back[1]);
    control->to = there[1];
    control->from = back[0];
    return read(control->from, &word, 1) == 1 && word == '1';
}

static unsigned end_control(Control* control)
{
    unsigned counted = 0;
    int status;
    assert_true(write(control->to, "e", 1) == 1);
    assert_true(read(control->from, &counted, sizeof counted) == sizeof counted);
    close(control->to);
    close(control->from);
    assert_true(waitpid(control->pid, &status, 0) == control->pid && status == 0);
    return counted;
}

static void test_it_keeps_up(void** state)
{
    (void)state;
    // it times, so it tells of a quiet machine only: for the soak, and for whoever asks
    const char* const asked = getenv("TONUS_SECONDS");
    if (!asked) {
        print_message("TONUS_SECONDS says for how long\n");
        skip();
    }
    const double seconds = strtod(asked, NULL);
    Control control;
    if (!begin_control(&control)) {
        print_message("skipped: no server in real time here\n");
        skip();
    }
    need(jackworld_new_realtime(RATE, 64, reason));
    char log[128];
    snprintf(log, sizeof log, "%s/xruns.csv", folder);
    const char* const more[] = {"--log", log, NULL};
    const pid_t pid = start(more);
    nap(1.0); // connecting and opening ports is not what is asked here
    const double before = last_number(jackworld_output(world, pid), "\"xruns\": ");
    assert_true(write(control.to, "b", 1) == 1);
    nap(seconds);
    const unsigned alone = end_control(&control);
    assert_int_equal(jackworld_stop(world, pid), 0);
    const double xruns = last_number(jackworld_output(world, 0), "\"xruns\": ") - before;
    print_message("%.0f s at 64 frames, jackd -R: xruns with the bridge %.0f, of a server "
                  "beside it with an empty client %u\n",
                  seconds, xruns, alone);
    // A machine that is shared misses blocks now and then whoever runs; one that cannot keep up
    // misses hundreds a second
    assert_true(xruns >= 0.0 && xruns <= 3.0 * alone + 0.01 * seconds);
}

/// Looks through a packet log: no line is half, no packet is left out, and the last came shortly
/// before `end`. Returns the number of lines.
static unsigned look_through(const char* log, const struct timespec* end)
{
    FILE* const file = fopen(log, "r");
    assert_non_null(file);
    char line[300] = "";
    unsigned lines = 0;
    unsigned long long next[4] = {0};
    double arrival = 0.0;
    while (fgets(line, sizeof line, file)) {
        assert_non_null(strchr(line, '\n'));
        unsigned long long index;
        unsigned samples;
        char source[64];
        char channel[8];
        if (lines++ == 0 || sscanf(line, "\"%63[^\"]\",%7[^,],%llu,%u,,%lf,", source, channel,
                                   &index, &samples, &arrival) != 5) {
            assert_int_equal(lines, 1); // the heading
            continue;
        }
        const unsigned which = (source[4] == 'p' ? 0 : 2) + (channel[0] == 'B');
        assert_true(next[which] == 0 || index == next[which]);
        next[which] = index + samples;
    }
    fclose(file);
    const double ago = (double)end->tv_sec + end->tv_nsec * 1e-9 - arrival;
    print_message("%u lines, the last %.3f s before the end\n", lines, ago);
    assert_true(ago < 1.0);
    return lines;
}

static void test_a_killed_bridge_leaves_its_log(void** state)
{
    (void)state;
    need(jackworld_new(RATE, 256, reason));
    char log[128];
    snprintf(log, sizeof log, "%s/killed.csv", folder);
    const char* const more[] = {"--log", log, NULL};
    const pid_t pid = start(more);
    nap(4.0);
    struct timespec now;
    kill(pid, SIGKILL);
    clock_gettime(CLOCK_MONOTONIC, &now); // JACK's clock is the same
    assert_int_equal(jackworld_join(world, pid), -1);
    assert_true(look_through(log, &now) > 300);
}

static void test_it_leaves_a_server_that_hangs(void** state)
{
    (void)state;
    need(jackworld_new(RATE, 256, reason));
    char log[128];
    snprintf(log, sizeof log, "%s/hung.csv", folder);
    const char* const more[] = {"--log", log, NULL};
    const pid_t pid = start(more);
    jackworld_halt_server(world, true);
    nap(1.0); // sensors go on, as the log shall
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    kill(pid, SIGTERM);
    const int status = jackworld_join(world, pid);
    jackworld_halt_server(world, false);
    assert_int_equal(status, 1);
    assert_non_null(strstr(jackworld_output(world, 0), "the JACK server does not answer"));
    look_through(log, &now);
    // Where the server goes on, nothing of the client is left, and the next one takes its place
    for (int i = 0; i < 3000 && jackworld_has_port(world, "tonus-bridge:A ECG"); i++) {
        nap(0.02);
    }
    assert_false(jackworld_has_port(world, "tonus-bridge:A ECG"));
    assert_int_equal(jackworld_stop(world, start(NULL)), 0);
}

static void test_a_signal_ends_it_cleanly(void** state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    need(jackworld_new(RATE, 256, reason));
    for (unsigned i = 0; i < 3; i++) {
        const pid_t pid = start(NULL);
        kill(pid, signals[i]);
        const int status = jackworld_join(world, pid);
        if (status != 0) {
            fail_msg("signal %d: status %d: %s", signals[i], status, jackworld_output(world, 0));
        }
        assert_false(jackworld_has_port(world, "tonus-bridge:A ECG"));
        // Its metadata are gone with it
        assert_string_equal(jackworld_property(world, "tonus-bridge:A ECG", "urn:tonus:unit"), "");
    }
}

/// JACK keeps the metadata of all clients in one database, where two that tidy up at the same time
/// may wait for one another for ever
static void test_several_end_at_the_same_time(void** state)
{
    (void)state;
    enum { N = 12, ROUNDS = 2 };
    need(jackworld_new(RATE, 1024, reason));
    for (unsigned round = 0; round < ROUNDS; round++) {
        pid_t pids[N];
        char name[N][16];
        char port[N][32];
        for (unsigned i = 0; i < N; i++) {
            snprintf(name[i], sizeof name[i], "n%u-%u", round, i);
            snprintf(port[i], sizeof port[i], "%s:ECG", name[i]);
            const char* const argv[] = {PROGRAM, "sim:", "--name", name[i], NULL};
            pids[i] = jackworld_spawn(world, argv);
            assert_true(pids[i] > 0);
        }
        for (unsigned i = 0; i < N; i++) {
            assert_true(jackworld_wait_port(world, port[i]));
        }
        for (unsigned i = 0; i < N; i++) {
            kill(pids[i], SIGTERM);
        }
        for (unsigned i = 0; i < N; i++) {
            assert_int_equal(jackworld_join(world, pids[i]), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_the_callback_is_real_time, free_world),
        cmocka_unit_test_teardown(test_it_keeps_up, free_world),
        cmocka_unit_test_teardown(test_a_killed_bridge_leaves_its_log, free_world),
        cmocka_unit_test_teardown(test_it_leaves_a_server_that_hangs, free_world),
        cmocka_unit_test_teardown(test_a_signal_ends_it_cleanly, free_world),
        cmocka_unit_test_teardown(test_several_end_at_the_same_time, free_world),
    };
    if (getenv("TONUS_SECONDS")) {
        cmocka_set_test_filter("test_it_keeps_up"); // the others are asked each day
    }
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
