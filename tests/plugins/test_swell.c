// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tonus Swell in a host: passes every bit at depth 0, follows person or pacer.

#include "unit.h"

#include "host.h"

#include <math.h>
#include <string.h>

enum { RATE = 48000, LENGTH = 64 * RATE };

static float music[LENGTH];

// Breaths of 4 and 6 s from the beginning as these notes
static Host* breathing(HostWorld* world, uint8_t in, uint8_t out)
{
    Host* const host = host_new(world, "swell", NULL);
    assert_non_null(host);
    host_input(host, "in_left", music, LENGTH);
    host_input(host, "in_right", music, LENGTH);
    for (uint64_t k = 0; k < 6; ++k) {
        host_midi(host, k * 10 * RATE, (const uint8_t[]){0x9F, in, 100}, 3);
        host_midi(host, k * 10 * RATE + 4 * RATE, (const uint8_t[]){0x8F, in, 0}, 3);
        host_midi(host, k * 10 * RATE + 4 * RATE, (const uint8_t[]){0x9F, out, 100}, 3);
    }
    host_set(host, "depth", 6.0f);
    host_set(host, "tilt", 0.0f);
    return host;
}

static void depth_zero_passes_every_bit(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = breathing(world, 48, 50);
    host_set(host, "depth", 0.0f);
    host_run(host, 30 * RATE, 0);
    // From the first frame on, though breaths come at once
    assert_memory_equal(host_output(host, "out_left"), music, 30 * RATE * sizeof(float));
    assert_memory_equal(host_output(host, "out_right"), music, 30 * RATE * sizeof(float));
    assert_null(host_fault(host));
    host_free(host);
    host_world_free(world);
}

static void it_follows_person_and_pacer(void** state)
{
    (void)state;
    static const struct {
        uint8_t in, out;
        float source;
        bool moves;
    } list[] = {{48, 50, 0, true},  {60, 62, 0, true},  {48, 50, 1, true},
                {60, 62, 1, false}, {48, 50, 2, false}, {60, 62, 2, true}};
    HostWorld* const world = host_world_new(NULL);
    for (size_t i = 0; i < sizeof list / sizeof *list; ++i) {
        Host* const host = breathing(world, list[i].in, list[i].out);
        host_set(host, "source", list[i].source);
        host_run(host, 60 * RATE, 0);
        const float* const out = host_output(host, "out_right");
        const double empty = 20.0 * log10((double)(out[50 * RATE] / music[50 * RATE]));
        const double full = 20.0 * log10((double)(out[54 * RATE] / music[54 * RATE]));
        assert_true(fabs(full) < 0.1);
        assert_true(list[i].moves ? fabs(empty + 6.0) < 0.2 : empty == 0.0);
        assert_true(host_get(host, "locked") == (list[i].moves ? 1.0f : 0.0f));
        host_free(host);
    }
    host_world_free(world);
}

int main(void)
{
    for (int i = 0; i < LENGTH; ++i) {
        music[i] = 0.3f + 0.2f * (float)(i % 1001) / 1001.0f;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(depth_zero_passes_every_bit),
                                       cmocka_unit_test(it_follows_person_and_pacer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
