// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The whole way in real time with the shortest usual blocks: a simulated person, tonus-bridge, and
// in jalv both the plugin Tonus and the chain of beat, hrv and drone, under jackd -R at 64 frames.
// No block may come late. TONUS_LIVE_SECONDS says for how long. A machine too busy for the server
// alone cannot tell: then the test is skipped.

#include "unit.h"

#include "jackworld.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE    48000u
#define PERIOD  64u
#define SECONDS 60u
#define TRIES   3 // one of these must be free of late blocks

static JackWorld* world;

static int close_world(void** state)
{
    (void)state;
    jackworld_free(world);
    world = NULL;
    return 0;
}

static unsigned seconds(void)
{
    const char* const given = getenv("TONUS_LIVE_SECONDS");
    return given ? (unsigned)atoi(given) : SECONDS;
}

/// Late blocks of the server alone
static unsigned late_without_us(void)
{
    static const char* const audio[] = {"system:capture_1", NULL};
    assert_true(
        jackworld_record(world, audio, NULL, NULL, (1 + seconds()) * (uint64_t)RATE, false));
    return jackworld_xruns(world);
}

static void start(const char* prefix, const char* name)
{
    char client[64], uri[64], port[64];
    snprintf(client, sizeof client, "t-%s", name);
    snprintf(uri, sizeof uri, "urn:tonus:%s%s", prefix, name);
    snprintf(port, sizeof port, "t-%s:events_out", name);
    const char* const words[] = {"jalv", "-x", "-n", client, uri, NULL};
    const pid_t pid = jackworld_spawn(world, words);
    assert_true(pid > 0);
    if (!jackworld_wait_port(world, port)) {
        fail_msg("no %s: %s", port, jackworld_output(world, pid));
    }
}

static unsigned notes(unsigned track, int first, int last)
{
    unsigned count = 0, sum = 0;
    const JackEvent* const events = jackworld_events(world, track, &count);
    for (unsigned i = 0; i < count; i++) {
        const uint8_t* const b = events[i].bytes;
        sum += b[0] == 0x9F && b[1] >= first && b[1] <= last && b[2] > 0;
    }
    return sum;
}

/// A server in real time that finds the plugins of these bundles. Skips where there is none.
static void open_world(const char* bundles)
{
    char reason[200] = "jalv or tonus-bridge is not there";
    const bool have = jackworld_has("jalv") && jackworld_has("build/tonus-bridge");
    world = have ? jackworld_new_realtime(RATE, PERIOD, reason) : NULL;
    if (!world) {
        print_message("skipped: %s\n", reason);
        skip();
    }
    char here[400], path[512];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(path, sizeof path, "%s/%s:/usr/lib/lv2", here, bundles);
    setenv("LV2_PATH", path, 1);
}

static void test_no_block_is_late(void** state)
{
    (void)state;
    open_world("build/lv2");
    static const char* const bridge[] = {"build/tonus-bridge", "sim:ecg", "heart_rate=70", NULL};
    assert_true(jackworld_spawn(world, bridge) > 0);
    assert_true(jackworld_wait_port(world, "tonus-bridge:ECG"));
    static const char* const plugins[] = {"relax", "beat", "hrv", "drone"};
    for (unsigned i = 0; i < 4; i++) {
        start("", plugins[i]);
    }
    static const char* const audio[] = {"t-relax:out_left", "t-drone:out_left", NULL};
    static const char* const midi[] = {"t-relax:events_out", "t-drone:events_out", NULL};
    static const char* const links[] = {"tonus-bridge:ECG", "t-relax:in",        "tonus-bridge:ECG",
                                        "t-beat:in",        "t-beat:events_out", "t-hrv:events_in",
                                        "t-hrv:events_out", "t-drone:events_in", NULL};
    unsigned late = 1;
    for (int i = 0; i < TRIES && late; i++) {
        assert_true(
            jackworld_record(world, audio, midi, links, (1 + seconds()) * (uint64_t)RATE, false));
        late = jackworld_xruns(world);
        print_message("# %u s at %u frames: %u late blocks\n", seconds(), PERIOD, late);
    }
    // and it is the whole way: beats leave both ends
    const unsigned least = seconds() / 2;
    assert_true(notes(0, 36, 37) >= least);
    assert_true(notes(1, 36, 37) >= least);
    jackworld_stop_all(world);
    const unsigned alone = late_without_us(); // told in any case: what this machine can do
    print_message("# the server alone, %u s: %u late blocks\n", seconds(), alone);
    if (late) {
        if (alone) {
            print_message("skipped: this machine is too busy to tell\n");
            skip();
        }
        fail_msg("%u late blocks", late);
    }
}

/// A plugin that is slow now and then must be seen, and the same host without that must do better.
static void test_a_slow_plugin_is_late(void** state)
{
    static const char* const bad[] = {"slow", "good"};
    unsigned late[2] = {0, 0};
    (void)state;
    open_world("build/tests/bad");
    for (unsigned i = 0; i < 2; i++) {
        char port[32];
        snprintf(port, sizeof port, "t-%s:out", bad[i]);
        const char* const audio[] = {port, NULL};
        start("bad:", bad[i]);
        assert_true(jackworld_record(world, audio, NULL, NULL, 11 * (uint64_t)RATE, false));
        late[i] = jackworld_xruns(world);
        print_message("# bad %s, 10 s: %u late blocks\n", bad[i], late[i]);
        jackworld_stop_all(world);
    }
    assert_true(late[0] >= 8);
    assert_true(late[0] > late[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_no_block_is_late, close_world),
        cmocka_unit_test_teardown(test_a_slow_plugin_is_late, close_world)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
