// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tonus Hum in a host: a hum becomes a note of its own pitch, bent to the cent.

#include "unit.h"

#include "host.h"
#include "voice.h"

#include <math.h>
#include <string.h>

enum { RATE = 48000 };

static void a_hum_is_a_note_of_its_pitch(void** state)
{
    (void)state;
    static float voice[14 * RATE];
    uint32_t seed = 1;
    voice_noise(voice, 14 * RATE, -65, &seed);
    const Voice hum = {223.0, 4.0, -25, 0.05, 0.1, 0, 0, 0, 'm'}; // 23 cents above note 57
    voice_add(voice, 14 * RATE, 3 * RATE, RATE, &hum, &seed);
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "hum", NULL);
    assert_non_null(host);
    host_input(host, "in", voice, 14 * RATE);
    host_midi(host, RATE, (const uint8_t[]){0x9F, 48, 100}, 3);
    host_midi(host, 3 * RATE, (const uint8_t[]){0x9F, 50, 100}, 3);
    host_midi(host, 11 * RATE, (const uint8_t[]){0x9F, 48, 100}, 3);
    host_run(host, 5 * RATE, 0);
    assert_true(host_get(host, "humming") == 1.0f);
    assert_true(fabs(1200.0 * log2((double)host_get(host, "pitch") / 223.0)) < 5.0);
    assert_true(fabsf(host_get(host, "duration") - 2.0f) < 0.03f);
    host_run(host, 9 * RATE, 0);
    assert_true(host_get(host, "humming") == 0.0f && host_get(host, "pitch") == 0.0f);
    assert_true(fabsf(host_get(host, "duration") - 4.0f) < 0.1f);
    assert_true(fabsf(host_get(host, "share") - 50.0f) < 2.0f);
    assert_memory_equal(host_output(host, "out"), voice, sizeof voice);

    const int64_t delay = llround((double)host_get(host, "delay") * RATE / 1000.0);
    size_t count = 0;
    const HostEvent* const events = host_events(host, &count);
    int on = 0, off = 0, bends = 0;
    for (size_t i = 0; i < count; ++i) {
        const uint8_t* const b = events[i].body;
        if (!host_event_is_midi(host, &events[i]) || (b[0] & 0x0F) != 14) {
            continue; // hums are on the channel below
        }
        const int64_t moment = (int64_t)events[i].frame - delay;
        if ((b[0] & 0xF0) == 0x90) {
            ++on;
            assert_int_equal(b[1], 57);
            assert_true(llabs(moment - 3 * RATE) < RATE / 50); // 20 ms
        } else if ((b[0] & 0xF0) == 0x80) {
            ++off;
            assert_int_equal(b[1], 57);
            assert_true(llabs(moment - 7 * RATE) < RATE / 10);
        } else if ((b[0] & 0xF0) == 0xE0) {
            ++bends;
            const double cents = ((b[1] | b[2] << 7) - 8192) / 8192.0 * 200.0;
            assert_true(moment > 6.8 * RATE || fabs(cents - 23.4) < 5.0);
        }
    }
    assert_int_equal(on, 1);
    assert_int_equal(off, 1);
    assert_true(bends >= 1);
    assert_null(host_fault(host));
    host_free(host);
    host_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_hum_is_a_note_of_its_pitch)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
