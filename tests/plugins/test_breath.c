// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tonus Breath in a host: behind Tonus Heart and Tonus Beat, from MIDI alone, from a belt; notes
// alternate and are released, values are told beside the ports.

#include "unit.h"

#include "dsp/breath.h"
#include "host.h"

#include <math.h>
#include <string.h>

#define RATE 48000.0

static const size_t minutes2 = 48000 * 120;

/// What another plugin sent goes in at the same frames
static void pass_on(Host* from, Host* to)
{
    size_t count = 0;
    const HostEvent* const events = host_events(from, &count);
    for (size_t i = 0; i < count; ++i) {
        if (host_event_is_midi(from, &events[i])) {
            const uint8_t* const body = events[i].body;
            const bool breath = body[1] == 48 || body[1] == 50; // the truth is not to be passed on
            if ((body[0] & 0xE0) == 0x80 && !breath) {
                host_midi(to, events[i].frame, body, 3);
            }
        }
    }
}

typedef struct {
    int in, out, held, most_held;
    double rate;           // last told, per min
    double sure;           // confidence, last told
    bool told_first;       // it was told before the first breath
    double first_in_s[64]; // starts of in-breaths
} Heard;

static Heard listen(Host* host)
{
    Heard heard = {0};
    size_t count = 0;
    int msb = 0;
    bool sure_told = false;
    const HostEvent* const events = host_events(host, &count);
    for (size_t i = 0; i < count; ++i) {
        const uint8_t* const body = events[i].body;
        if (!host_event_is_midi(host, &events[i])) {
            continue;
        }
        const bool breath = body[1] == 48 || body[1] == 50;
        if (body[0] == 0x9F && breath) {
            heard.told_first = heard.in + heard.out == 0 ? sure_told : heard.told_first;
            if (body[1] == 48 && heard.in < 64) {
                heard.first_in_s[heard.in++] = (double)events[i].frame / RATE;
            }
            heard.out += body[1] == 50;
            ++heard.held;
            heard.most_held = heard.held > heard.most_held ? heard.held : heard.most_held;
        } else if (body[0] == 0x8F && breath) {
            --heard.held;
        } else if (body[0] == 0xBF && body[1] == 25) {
            heard.sure = body[2] / 127.0;
            sure_told = true;
        } else if (body[0] == 0xBF && body[1] == 15) {
            msb = body[2];
        } else if (body[0] == 0xBF && body[1] == 47) {
            heard.rate = (msb << 7 | body[2]) / 256.0;
        }
    }
    return heard;
}

static void behind_heart_and_beat(HostWorld* world, float signal, bool with_signal)
{
    Host* const heart = host_new(world, "heart", NULL);
    Host* const beat = host_new(world, "beat", NULL);
    Host* const breath = host_new(world, "breath", NULL);
    assert_non_null(breath);
    host_set(heart, "signal", signal);
    host_set(heart, "breath_rate", 12.0f);
    host_run(heart, minutes2, 0);
    host_input(beat, "in", host_output(heart, "out"), minutes2);
    host_run(beat, minutes2, 0);
    pass_on(beat, breath);
    if (with_signal) {
        host_input(breath, "in", host_output(beat, "out"), minutes2);
    }
    host_set(breath, "sensor", with_signal ? 0.0f : signal + 1.0f);
    host_run(breath, minutes2, 0);
    const Heard heard = listen(breath);
    assert_in_range(heard.in, 18, 25);
    assert_in_range(heard.out, 18, 25);
    assert_int_equal(heard.most_held, 1);
    assert_true(fabs(heard.rate - 12.0) < 0.3);
    assert_true(fabsf(host_get(breath, "breath_rate") - 12.0f) < 0.3f);
    assert_true(host_get(breath, "confidence") > 0.8f);
    assert_true(fabs(heard.sure - (double)host_get(breath, "confidence")) < 0.03);
    assert_true(heard.told_first);
    assert_true(host_get(breath, "resp_hrv") > 15.0f);
    assert_true(host_get(breath, "source") >= 1.0f && host_get(breath, "source") <= 3.0f);
    if (with_signal) {
        assert_memory_equal(host_output(breath, "out"), host_output(beat, "out"),
                            minutes2 * sizeof(float));
    }
    assert_null(host_fault(breath));
    host_free(breath);
    host_free(beat);
    host_free(heart);
}

static void test_from_beats_and_signal(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    behind_heart_and_beat(world, 0.0f, true);
    behind_heart_and_beat(world, 1.0f, true);
    host_world_free(world);
}

static void test_from_midi_alone(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    behind_heart_and_beat(world, 0.0f, false);
    host_world_free(world);
}

static void test_a_belt_alone(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "breath", NULL);
    float* const belt = (float*)malloc(minutes2 * sizeof(float));
    for (size_t i = 0; i < minutes2; ++i) { // lowest at 0, 8, 16 ... s
        belt[i] = (float)(-0.3 * cos(6.283185307 * (double)i / RATE / 8.0));
    }
    host_input(host, "belt", belt, minutes2);
    host_run(host, minutes2, 0);
    const Heard heard = listen(host);
    const double delay_s = (double)host_get(host, "belt_delay") / 1000.0;
    assert_true(fabs(delay_s - (double)breath_belt_delay(RATE) / RATE) < 1e-6);
    assert_true(heard.in >= 11);
    for (int i = 0; i < heard.in; ++i) {
        assert_true(fabs(remainder(heard.first_in_s[i] - delay_s, 8.0)) < 0.010);
    }
    assert_true(host_get(host, "source") == 4.0f);
    assert_true(fabsf(host_get(host, "breath_rate") - 7.5f) < 0.05f);
    assert_true(fabsf(host_get(host, "in_duration") - 4.0f) < 0.02f);
    assert_null(host_fault(host));
    host_free(host);
    host_world_free(world);
    free(belt);
}

static void test_silence_is_no_breath(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "breath", NULL);
    host_run(host, 48000 * 30, 256);
    size_t count = 1;
    host_events(host, &count);
    assert_int_equal(count, 0);
    assert_true(host_get(host, "confidence") == 0.0f);
    assert_true(host_get(host, "breath_rate") == 0.0f);
    host_free(host);
    host_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_beats_and_signal),
        cmocka_unit_test(test_from_midi_alone),
        cmocka_unit_test(test_a_belt_alone),
        cmocka_unit_test(test_silence_is_no_breath),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
