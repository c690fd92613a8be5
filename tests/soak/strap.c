// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A strap as they are in life, for three and a half minutes in real time: no ECG for 25 s, gone at
/// 150 s, back 5 s later. What its ports play, and that they keep their connections.
#include "unit.h"

#include "bluezworld.h"
#include "jackworld.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RATE = 8000, SECONDS = 205 };

/// When quality became `value` for a second or more for the first time from `from` on, in seconds;
/// INFINITY: never. A busy machine may miss moments.
static double first(const float* quality, double from_s, float value)
{
    uint64_t since = 0;
    for (uint64_t i = (uint64_t)(from_s * RATE); i < (uint64_t)RATE * SECONDS; i++) {
        since = quality[i] != value ? 0 : since ? since : i;
        if (since && i - since >= RATE) {
            return (double)since / RATE;
        }
    }
    return (double)INFINITY;
}

static BluezWorld* bus;
static JackWorld* world;

static int free_worlds(void** state)
{
    (void)state;
    jackworld_free(world);
    bluezworld_end(bus);
    bluezworld_free(bus);
    return 0;
}

static void test_a_strap(void** state)
{
    (void)state;
    char reason[200] = "no dbus-daemon, or no python3-dbus and python3-gi";
    bus = bluezworld_new();
    world = jackworld_new(RATE, 64, reason);
    if (!world || !bluezworld_begin(bus, "lifelike")) {
        print_message("skipped: %s\n", reason);
        skip();
    }
    const char* const argv[] = {"build/tonus-bridge", "ble:Polar H10", "--json", NULL};
    const pid_t pid = jackworld_spawn(world, argv);
    assert_true(pid > 0 && jackworld_wait_port(world, "tonus-bridge:ECG"));
    const char* const audio[] = {"tonus-bridge:ECG", "tonus-bridge:quality", NULL};
    const char* const midi[] = {"tonus-bridge:beats", NULL};
    assert_true(jackworld_record(world, audio, midi, NULL, (uint64_t)RATE * SECONDS, false));
    const float* const ecg = jackworld_audio(world, 0);
    const float* const quality = jackworld_audio(world, 1);
    const double good_s = first(quality, 0.0, 1.0f);
    const double lost_s = first(quality, good_s + 1.0, 0.0f);
    const double again_s = first(quality, lost_s, 1.0f);
    double silent_s = lost_s; // when it was silent after the loss
    while (silent_s < again_s && ecg[(uint64_t)(silent_s * RATE)] != 0.0f) {
        silent_s += 0.01;
    }
    unsigned n;
    unsigned early = 0; // beats do not wait for the ECG
    const JackEvent* const events = jackworld_events(world, 0, &n);
    for (unsigned i = 0; i < n; i++) {
        early += events[i].bytes[0] == 0x9F && events[i].frame < 20 * RATE;
    }
    print_message(
        "quality 1 at %.1f s, 0 at %.1f s, silence at %.2f s, 1 again at %.1f s; %u beats in "
        "the first 20 s\n",
        good_s, lost_s, silent_s, again_s, early);
    assert_true(good_s > 40.0 && good_s < 60.0); // 25 s late, 20 s of learning
    assert_true(lost_s > 145.0 && lost_s < 155.0);
    assert_true(silent_s - lost_s > 0.3 && silent_s - lost_s < 1.5); // held, then faded
    assert_true(again_s > lost_s + 20.0 && isfinite(again_s));
    assert_true(early > 15);
    for (uint64_t i = 0; i < (uint64_t)RATE * SECONDS; i++) {
        assert_true(fabsf(ecg[i]) <= 1.0f);
    }
    // It was connected all the while: what came after the loss has been recorded
    bool moved = false;
    for (uint64_t i = (uint64_t)(again_s * RATE); i < (uint64_t)RATE * SECONDS; i++) {
        moved = moved || fabsf(ecg[i]) > 0.05f;
    }
    assert_true(moved);
    assert_int_equal(jackworld_stop(world, pid), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(test_a_strap, free_worlds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
