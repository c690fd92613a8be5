// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tonus Beat in a host: each beat's note exactly the delay after it, on the channel set, and a
// provisional event within 100 ms of it, as a controller and as an object of its own.

#include "unit.h"

#include "host.h"
#include "plugins/events.h"
#include "ttl/beat.h"

#include "dsp/heart.h"

#include <math.h>

enum { RATE = 48000, SECONDS = 30, LENGTH = SECONDS * RATE, MOST = 100 };

static float ecg[LENGTH];
static double truth[MOST]; // frames
static size_t n_truth;

static void make_person(void)
{
    Heart* const heart = heart_new(RATE, 21);
    assert_non_null(heart);
    for (uint32_t i = 0; i < LENGTH; i += 480) {
        HeartEvent events[32];
        const uint32_t n = heart_process(heart, ecg + i, 480, events, 32);
        for (uint32_t k = 0; k < n; ++k) {
            if (events[k].kind == HEART_BEAT) {
                assert_true(n_truth < MOST);
                truth[n_truth++] = i + events[k].frame + events[k].offset;
            }
        }
    }
    heart_free(heart);
}

static Host* run(HostWorld* world, float align, float channel)
{
    Host* const host = host_new(world, "beat", NULL);
    assert_non_null(host);
    host_input(host, "in", ecg, LENGTH);
    host_set(host, "align", align);
    host_set(host, "channel", channel);
    host_run(host, LENGTH, 0);
    assert_null(host_fault(host));
    return host;
}

// Events of a kind that lie `low`..`high` frames after a moment
static int after(const Host* host, double moment, double low, double high,
                 bool (*is)(const Host*, const HostEvent*))
{
    size_t n = 0;
    int found = 0;
    const HostEvent* const events = host_events(host, &n);
    for (size_t i = 0; i < n; ++i) {
        const double late = (double)events[i].frame - moment;
        found += late >= low && late <= high && is(host, &events[i]);
    }
    return found;
}

static bool is_message(const Host* host, const HostEvent* event, uint8_t status, uint8_t number)
{
    const uint8_t* const m = event->body;
    return host_event_is_midi(host, event) && m[0] == status && m[1] == number;
}

static bool is_beat_on_5(const Host* host, const HostEvent* event)
{
    return is_message(host, event, 0x94, NOTE_BEAT) || is_message(host, event, 0x94, NOTE_ODD_BEAT);
}

static bool is_trigger_on_16(const Host* host, const HostEvent* event)
{
    return is_message(host, event, 0xBF, CONTROLLER_TRIGGER);
}

static bool is_onset(const Host* host, const HostEvent* event)
{
    const LV2_Atom_Object_Body* const body = (const LV2_Atom_Object_Body*)event->body;
    return event->type == host_urid(host_world(host), LV2_ATOM__Object) &&
           event->size == sizeof(*body) &&
           body->otype == host_urid(host_world(host), BEAT_OBJECT_ONSET);
}

static void a_note_lies_exactly_the_delay_after_its_beat(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = run(world, 1.0f, 5.0f);
    const double delay = (double)host_get(host, "latency");
    assert_true(delay > 0.0 && delay <= 0.35 * RATE);
    assert_true(fabs((double)host_get(host, "delay") * RATE / 1000.0 - delay) < 1.0);
    int found = 0;
    for (size_t i = 0; i < n_truth && truth[i] + delay < LENGTH - 2; ++i) {
        const int here = after(host, truth[i] + delay, -1.0, 1.0, is_beat_on_5);
        assert_true(here == 1 || truth[i] < 3.0 * RATE);
        found += here;
    }
    assert_true(found > 25);
    assert_memory_equal(host_output(host, "out") + (size_t)delay, ecg,
                        (LENGTH - (size_t)delay) * sizeof(float));
    host_free(host);
    host_world_free(world);
}

static void something_tells_a_beat_within_100_ms(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = run(world, 0.0f, 16.0f);
    assert_true(host_get(host, "latency") == 0.0f);
    int found = 0;
    for (size_t i = 0; i < n_truth; ++i) {
        if (truth[i] < 8.0 * RATE || truth[i] > LENGTH - 0.2 * RATE) {
            continue;
        }
        assert_int_equal(after(host, truth[i], 0.0, 0.1 * RATE, is_trigger_on_16), 1);
        assert_int_equal(after(host, truth[i], 0.0, 0.1 * RATE, is_onset), 1);
        ++found;
    }
    assert_true(found > 15);
    host_free(host);
    host_world_free(world);
}

static void nothing_begins_while_it_is_off(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "beat", NULL);
    host_input(host, "in", ecg, LENGTH);
    host_set(host, "enabled", 0.0f);
    host_run(host, LENGTH, 256);
    size_t n = 0;
    (void)host_events(host, &n);
    assert_int_equal(n, 0); // nor does a note end that never began
    assert_memory_equal(host_output(host, "out"), ecg, LENGTH * sizeof(float));
    host_free(host);
    host_world_free(world);
}

int main(void)
{
    make_person();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_lies_exactly_the_delay_after_its_beat),
        cmocka_unit_test(something_tells_a_beat_within_100_ms),
        cmocka_unit_test(nothing_begins_while_it_is_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
