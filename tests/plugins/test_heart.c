// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tonus Heart in a host: its notes lie on the signal's R peaks, breaths alternate, presets run.

#include "unit.h"

#include "host.h"

#include <math.h>
#include <string.h>

static const size_t minute = 48000 * 60;

static void test_notes_lie_on_the_peaks(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "heart", NULL);
    assert_non_null(host);
    host_set(host, "breath_rate", 6.0f);
    host_run(host, minute, 0);
    const float* const out = host_output(host, "out");
    size_t count = 0;
    const HostEvent* const events = host_events(host, &count);
    int beats = 0, in = 0, out_breaths = 0, held = 0;
    for (size_t i = 0; i < count; ++i) {
        const uint8_t* const body = events[i].body;
        if (!host_event_is_midi(host, &events[i]) || (body[0] & 0x0F) != 15) {
            continue;
        }
        if (body[0] == 0x9F && body[1] == 36 && events[i].frame + 2400 < minute) {
            size_t top = events[i].frame - 2400;
            for (size_t k = top; k < events[i].frame + 2400; ++k) {
                top = out[k] > out[top] ? k : top;
            }
            assert_true(top == events[i].frame || top + 1 == events[i].frame ||
                        top == events[i].frame + 1);
            ++beats;
        } else if (body[0] == 0x9F && body[1] == 48) {
            ++in;
            ++held;
        } else if (body[0] == 0x9F && body[1] == 50) {
            ++out_breaths;
            ++held;
        } else if (body[0] == 0x8F && (body[1] == 48 || body[1] == 50)) {
            --held;
        }
        assert_true(held == 0 || held == 1);
    }
    assert_in_range(beats, 58, 74);
    assert_int_equal(in, 6);
    assert_int_equal(out_breaths, 6);
    assert_true(host_get(host, "true_breath_rate") == 6.0f);
    assert_null(host_fault(host));
    host_free(host);
    host_world_free(world);
}

static void test_off_passes_the_sensor(void** state)
{
    (void)state;
    float ramp[1000];
    for (int i = 0; i < 1000; ++i) {
        ramp[i] = (float)i;
    }
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "heart", NULL);
    host_set(host, "enabled", 0.0f);
    host_input(host, "in", ramp, 1000);
    host_run(host, 1000, 64);
    assert_memory_equal(host_output(host, "out"), ramp, sizeof(ramp));
    size_t count = 1;
    host_events(host, &count);
    assert_int_equal(count, 0);
    host_free(host);
    host_world_free(world);
}

static void test_presets_are_different_people(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    LilvNodes* const presets = host_presets(world, host_world_plugin(world, "heart"));
    assert_true(lilv_nodes_size(presets) >= 8);
    double power[64] = {0.0};
    unsigned n = 0;
    LILV_FOREACH(nodes, i, presets)
    {
        Host* const host = host_new(world, "heart", NULL);
        assert_true(host_load_preset(host, lilv_nodes_get(presets, i)));
        host_run(host, 48000 * 10, 256);
        const float* const out = host_output(host, "out");
        for (size_t k = 0; k < 480000; ++k) {
            power[n] += (double)out[k] * (double)out[k];
        }
        assert_true(isfinite(power[n]) && power[n] > 0.0);
        for (unsigned before = 0; before < n; ++before) {
            assert_true(power[before] != power[n]);
        }
        assert_null(host_fault(host));
        host_free(host);
        ++n;
    }
    lilv_nodes_free(presets);
    host_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notes_lie_on_the_peaks),
        cmocka_unit_test(test_off_passes_the_sensor),
        cmocka_unit_test(test_presets_are_different_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
