// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tonus Pacer in a host: notes at their frames, thru, the lead of another plugin, the host's bars.

#include "unit.h"

#include "host.h"

#include <lv2/atom/forge.h>
#include <lv2/time/time.h>
#include <math.h>
#include <string.h>

enum { RATE = 48000 };

// Frame of the k-th message with these two bytes, -1 when there is none
static int64_t nth(const Host* host, uint8_t status, uint8_t number, int k)
{
    size_t count = 0;
    const HostEvent* const events = host_events(host, &count);
    for (size_t i = 0; i < count; ++i) {
        if (host_event_is_midi(host, &events[i]) && events[i].body[0] == status &&
            events[i].body[1] == number && k-- == 0) {
            return (int64_t)events[i].frame;
        }
    }
    return -1;
}

static void notes_come_at_their_frames(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "pacer", NULL);
    assert_non_null(host);
    host_set(host, "inhale", 3.0f);
    host_set(host, "hold_in", 1.0f);
    host_set(host, "exhale", 5.0f);
    host_set(host, "channel", 5.0f);
    host_run(host, 42 * RATE, 0);
    for (int k = 0; k < 4; ++k) {
        const int64_t breath = (int64_t)k * 9 * RATE;
        assert_int_equal(nth(host, 0x94, 60, k), breath);
        assert_int_equal(nth(host, 0x84, 60, k), breath + 3 * RATE);
        assert_int_equal(nth(host, 0x94, 62, k), breath + 4 * RATE);
        assert_int_equal(nth(host, 0x84, 62, k), breath + 9 * RATE);
        assert_int_equal(nth(host, 0xB4, 20, k), breath);
    }
    assert_true(fabsf(host_get(host, "rate") - 60.0f / 9.0f) < 0.01f);
    assert_true(fabsf(host_get(host, "phase") - 6.0f / 9.0f) < 0.001f);
    host_set(host, "enabled", 0.0f); // the held note ends, nothing follows
    host_run(host, 20 * RATE, 0);
    assert_int_equal(nth(host, 0x84, 62, 4), 42 * RATE);
    assert_int_equal(nth(host, 0x94, 60, 5), -1);
    assert_null(host_fault(host));
    host_free(host);
    host_world_free(world);
}

// What is held when the channel changes ends on the channel where it began
static void no_note_hangs_on_another_channel(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "pacer", NULL);
    host_set(host, "inhale", 3.0f);
    host_set(host, "exhale", 5.0f);
    host_run(host, 2 * RATE, 0);
    host_set(host, "channel", 3.0f);
    host_run(host, 10 * RATE, 0);
    assert_int_equal(nth(host, 0x9F, 60, 0), 0);
    assert_int_equal(nth(host, 0x8F, 60, 0), 2 * RATE);
    assert_int_equal(nth(host, 0x92, 62, 0), 3 * RATE);
    assert_int_equal(nth(host, 0x82, 62, 0), 8 * RATE);
    assert_int_equal(nth(host, 0x82, 60, 0), 11 * RATE); // of the next in-breath
    host_free(host);
    host_world_free(world);
}

static void the_music_passes_and_the_cue_is_added(void** state)
{
    (void)state;
    static float music[12 * RATE];
    for (int i = 0; i < 12 * RATE; ++i) {
        music[i] = (float)(i % 997) / 1000.0f - 0.5f;
    }
    HostWorld* const world = host_world_new(NULL);
    for (int cue = 0; cue < 3; ++cue) {
        Host* const host = host_new(world, "pacer", NULL);
        host_set(host, "cue", (float)cue);
        host_input(host, "in_left", music, 12 * RATE);
        host_input(host, "in_right", music, 12 * RATE);
        host_run(host, 12 * RATE, 0);
        const float* const out = host_output(host, "out_left");
        double most = 0.0;
        for (int i = 0; i < 12 * RATE; ++i) {
            most = fmax(most, fabs((double)(out[i] - music[i])));
        }
        assert_true(cue ? most > 0.005 && most < 0.1 : most == 0.0);
        host_free(host);
    }
    host_world_free(world);
}

static void another_plugin_leads(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "pacer", NULL);
    host_run(host, 2 * RATE, 0); // its own in-breath has begun
    for (int k = 0; k < 3; ++k) {
        const uint64_t at = (uint64_t)(5 + 12 * k) * RATE;
        const uint16_t in = 4 * 256, out = 8 * 256;
        const uint8_t messages[][3] = {{0xBF, 20, in >> 7},
                                       {0xBF, 52, in & 127},
                                       {0xBF, 21, out >> 7},
                                       {0xBF, 53, out & 127},
                                       {0x9F, 60, 100}};
        for (int i = 0; i < 5; ++i) {
            host_midi(host, at, messages[i], 3);
        }
        host_midi(host, at + 4 * RATE, (const uint8_t[]){0x8F, 60, 0}, 3);
        host_midi(host, at + 4 * RATE, (const uint8_t[]){0x9F, 62, 100}, 3);
        host_midi(host, at + 12 * RATE, (const uint8_t[]){0x8F, 62, 0}, 3);
    }
    host_run(host, 9 * RATE, 0); // 6 s into the led breath
    assert_true(fabsf(host_get(host, "phase") - 0.5f) < 0.001f);
    assert_true(fabsf(host_get(host, "rate") - 5.0f) < 0.001f);
    host_run(host, 26 * RATE, 0);
    // Its own note ended when the lead began; afterwards only the other's notes pass, once each
    assert_int_equal(nth(host, 0x9F, 60, 0), 0);
    assert_int_equal(nth(host, 0x9F, 62, 0), 4 * RATE);
    assert_int_equal(nth(host, 0x8F, 62, 0), 5 * RATE);
    for (int k = 0; k < 3; ++k) {
        assert_int_equal(nth(host, 0x9F, 60, 1 + k), (5 + 12 * k) * RATE);
    }
    assert_int_equal(nth(host, 0x9F, 60, 4), -1);
    host_midi(host, 38 * RATE, (const uint8_t[]){0xBF, 22, 0}, 3);
    host_midi(host, 38 * RATE, (const uint8_t[]){0xBF, 54, 0}, 3);
    host_run(host, 5 * RATE, 0);
    assert_true(host_get(host, "part") == 4.0f && host_get(host, "rate") == 0.0f);
    assert_null(host_fault(host));
    host_free(host);
    host_world_free(world);
}

static void breaths_begin_on_the_bars(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "pacer", NULL);
    host_set(host, "tempo", 1.0f);
    host_set(host, "bars", 2.0f);
    uint8_t buffer[512];
    LV2_URID_Map map = {world, (LV2_URID(*)(LV2_URID_Map_Handle, const char*))host_urid};
    LV2_Atom_Forge forge;
    lv2_atom_forge_init(&forge, &map);
    lv2_atom_forge_set_buffer(&forge, buffer, sizeof buffer);
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_object(&forge, &frame, 0, host_urid(world, LV2_TIME__Position));
    lv2_atom_forge_key(&forge, host_urid(world, LV2_TIME__bar));
    lv2_atom_forge_long(&forge, 7);
    lv2_atom_forge_key(&forge, host_urid(world, LV2_TIME__barBeat));
    lv2_atom_forge_float(&forge, 0.0f);
    lv2_atom_forge_key(&forge, host_urid(world, LV2_TIME__beatsPerBar));
    lv2_atom_forge_float(&forge, 4.0f);
    lv2_atom_forge_key(&forge, host_urid(world, LV2_TIME__beatsPerMinute));
    lv2_atom_forge_float(&forge, 60.0f);
    lv2_atom_forge_key(&forge, host_urid(world, LV2_TIME__speed));
    lv2_atom_forge_float(&forge, 1.0f);
    lv2_atom_forge_pop(&forge, &frame);
    const LV2_Atom* const atom = (const LV2_Atom*)buffer;
    host_atom(host, RATE, atom->type, atom + 1, atom->size);
    host_run(host, 30 * RATE, 0);
    // Bar 7 at 1 s, bars of 4 s: bars 8, 10, 12 at 5, 13, 21 s
    for (int k = 0; k < 3; ++k) {
        const int64_t at = nth(host, 0x9F, 60, k + 1);
        assert_true(llabs(at - (5 + 8 * k) * RATE) <= 1);
    }
    assert_true(fabsf(host_get(host, "rate") - 7.5f) < 0.001f);
    host_free(host);
    host_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_come_at_their_frames),
        cmocka_unit_test(no_note_hangs_on_another_channel),
        cmocka_unit_test(the_music_passes_and_the_cue_is_added),
        cmocka_unit_test(another_plugin_leads),
        cmocka_unit_test(breaths_begin_on_the_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
