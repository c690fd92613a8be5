// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tonus Guide in a host, with the pacer behind it: every exercise from start to end by MIDI alone.

#include "unit.h"

#include "host.h"

#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/patch/patch.h>

#include <math.h>
#include <string.h>

enum { RATE = 8000 };

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

// The last text that was told of a property; NULL: none. `told` counts them.
static const char* words(Host* host, const char* property, int* told)
{
    size_t count = 0;
    const HostEvent* const events = host_events(host, &count);
    const LV2_URID object_type = host_urid(host_world(host), LV2_ATOM__Object);
    const LV2_URID set = host_urid(host_world(host), LV2_PATCH__Set);
    const LV2_URID about = host_urid(host_world(host), property);
    const char* last = NULL;
    *told = 0;
    for (size_t i = 0; i < count; ++i) {
        const LV2_Atom_Object_Body* const body = (const LV2_Atom_Object_Body*)events[i].body;
        if (events[i].type != object_type || body->otype != set) {
            continue;
        }
        const LV2_Atom *key = NULL, *value = NULL;
        LV2_ATOM_OBJECT_BODY_FOREACH(body, events[i].size, p)
        {
            if (p->key == host_urid(host_world(host), LV2_PATCH__property)) {
                key = &p->value;
            } else if (p->key == host_urid(host_world(host), LV2_PATCH__value)) {
                value = &p->value;
            }
        }
        assert_non_null(key);
        assert_non_null(value);
        if (((const LV2_Atom_URID*)key)->body == about) {
            assert_int_equal(value->type, host_urid(host_world(host), LV2_ATOM__String));
            last = (const char*)(value + 1);
            assert_int_equal(strlen(last) + 1, value->size);
            ++*told;
        }
    }
    return last;
}

static void ask(Host* host, uint64_t frame, const char* property)
{
    union {
        LV2_Atom_Object object;
        uint8_t bytes[256];
    } body;
    LV2_Atom_Forge forge;
    LV2_Atom_Forge_Frame whole;
    LV2_URID_Map map = {host_world(host), (LV2_URID(*)(LV2_URID_Map_Handle, const char*))host_urid};
    lv2_atom_forge_init(&forge, &map);
    lv2_atom_forge_set_buffer(&forge, body.bytes, sizeof body.bytes);
    lv2_atom_forge_object(&forge, &whole, 0, host_urid(host_world(host), LV2_PATCH__Get));
    if (property) {
        lv2_atom_forge_key(&forge, host_urid(host_world(host), LV2_PATCH__property));
        lv2_atom_forge_urid(&forge, host_urid(host_world(host), property));
    }
    lv2_atom_forge_pop(&forge, &whole);
    host_atom(host, frame, body.object.atom.type, &body.object.body, body.object.atom.size);
}

// Beats at 75 bpm, from second `slower_from` on at 66; breathing 12 per min; respiratory HRV 40 ms
static void feed(Host* host, double seconds, double slower_from)
{
    double t = 0.4;
    for (int k = 0; t < seconds; ++k) {
        const uint64_t frame = (uint64_t)(t * RATE);
        const uint16_t breaths = 12 * 256, resp = 40 * 16;
        const uint8_t messages[][3] = {{0x9F, 36, 100},
                                       {0xBF, 15, breaths >> 7},
                                       {0xBF, 47, breaths & 127},
                                       {0xBF, 17, resp >> 7},
                                       {0xBF, 49, resp & 127}};
        for (int i = 0; i < 5; ++i) {
            host_midi(host, frame, messages[i], 3);
        }
        host_midi(host, frame + 800, (const uint8_t[]){0x8F, 36, 0}, 3);
        t += (t < slower_from ? 0.8 : 60.0 / 66.0) + 0.02 * (k % 3 - 1);
    }
}

static Host* guide(HostWorld* world)
{
    HostConfig config = host_config();
    config.rate = RATE;
    config.keep_audio = false;
    Host* const host = host_new(world, "guide", &config);
    assert_non_null(host);
    return host;
}

static void every_exercise_runs_by_midi_alone(void** state)
{
    (void)state;
    static const bool paced[13] = {
        [1] = true, [3] = true, [8] = true, [10] = true, [11] = true, [12] = true};
    HostWorld* const world = host_world_new(NULL);
    for (int exercise = 1; exercise <= 12; ++exercise) {
        Host* const host = guide(world);
        host_set(host, "exercise", (float)exercise);
        host_set(host, "before", 100.0f);
        host_set(host, "duration", 60.0f);
        host_set(host, "after", 100.0f);
        host_set(host, "follow", 0.0f);
        feed(host, 270.0, 160.0);
        host_run(host, RATE, 0);
        assert_true(host_get(host, "phase") == 0.0f);
        host_set(host, "start", 1.0f);
        host_run(host, 269 * RATE, 0);
        // Parts as held notes, each ending where the next begins
        assert_int_equal(nth(host, 0x9F, 72, 0), RATE);
        assert_int_equal(nth(host, 0x8F, 72, 0), 101 * RATE);
        assert_int_equal(nth(host, 0x9F, 74, 0), 101 * RATE);
        assert_int_equal(nth(host, 0x9F, 76, 0), 161 * RATE);
        assert_int_equal(nth(host, 0x8F, 76, 0), 261 * RATE);
        // Paced breaths during the exercise only
        assert_int_equal(nth(host, 0x9F, 60, 0), paced[exercise] ? 101 * RATE : -1);
        assert_int_equal(nth(host, 0x9F, 60, 30), -1);
        if (paced[exercise]) {
            assert_true(nth(host, 0x9F, 62, 0) > 103 * RATE);
            assert_true(nth(host, 0xBF, 22, 0) == 101 * RATE &&
                        nth(host, 0xBF, 22, 1) == 161 * RATE);
        }
        assert_true(host_get(host, "phase") == 4.0f);
        assert_true(host_get(host, "heart_rate_reason") == 0.0f);
        assert_true(fabsf(host_get(host, "change_heart_rate") + 9.0f) < 1.0f);
        assert_true(host_get(host, "change_heart_rate_margin") < 4.0f);
        assert_true(host_get(host, "change_reason") == 0.0f);
        assert_true(host_get(host, "change_low") < host_get(host, "change"));
        assert_true(fabsf(host_get(host, "breath_before") - 12.0f) < 0.1f);
        assert_null(host_fault(host));
        host_free(host);
    }
    host_world_free(world);
}

static void stop_skip_mark_and_pause(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = guide(world);
    host_set(host, "exercise", 9.0f);
    host_set(host, "start", 1.0f);
    host_run(host, 10 * RATE, 0);
    assert_true(fabsf(host_get(host, "elapsed") - 10.0f) < 0.01f);
    host_set(host, "skip", 1.0f);
    host_run(host, 10 * RATE, 0);
    assert_true(host_get(host, "phase") == 2.0f && host_get(host, "remaining") == -1.0f);
    host_set(host, "mark", 1.0f);
    host_run(host, 10 * RATE, 0);
    assert_int_equal(nth(host, 0x9F, 79, 0), 20 * RATE);
    assert_true(host_get(host, "marks") == 1.0f);
    host_set(host, "pause", 1.0f);
    host_run(host, 10 * RATE, 0);
    assert_true(fabsf(host_get(host, "elapsed") - 20.0f) < 0.01f);
    host_set(host, "pause", 0.0f);
    host_run(host, 10 * RATE, 0);
    assert_true(fabsf(host_get(host, "elapsed") - 30.0f) < 0.01f);
    host_set(host, "start", 0.0f);
    host_run(host, RATE, 0);
    assert_true(host_get(host, "phase") == 4.0f);
    assert_int_equal(nth(host, 0x8F, 74, 0), 50 * RATE);
    host_free(host);
    host_world_free(world);
}

// The notes of the guide drive the pacer behind it, frame by frame
static void the_pacer_follows_the_guide(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const first = guide(world);
    host_set(first, "exercise", 10.0f);
    host_set(first, "before", 3.0f);
    host_set(first, "duration", 50.0f);
    host_set(first, "after", 20.0f);
    host_set(first, "follow", 0.0f);
    host_set(first, "start", 1.0f);
    host_run(first, 70 * RATE, 0);
    HostConfig config = host_config();
    config.rate = RATE;
    Host* const second = host_new(world, "pacer", &config);
    size_t count = 0;
    const HostEvent* const events = host_events(first, &count);
    for (size_t i = 0; i < count; ++i) {
        host_midi(second, events[i].frame, events[i].body, events[i].size);
    }
    host_run(second, 21 * RATE, 0); // 18 s into breaths of 12 s
    assert_true(fabsf(host_get(second, "phase") - 0.5f) < 0.001f);
    assert_true(fabsf(host_get(second, "rate") - 5.0f) < 0.001f);
    host_run(second, 39 * RATE, 0);
    assert_true(host_get(second, "part") == 4.0f); // the guide has stopped it
    for (int k = 0; k < 5; ++k) {
        // Only the guide's own notes come out behind it (its first note ended when the lead began)
        assert_int_equal(nth(second, 0x9F, 60, k + 1), nth(first, 0x9F, 60, k));
    }
    host_free(second);
    host_free(first);
    host_world_free(world);
}

// What a person reads: told when it changes, and whenever somebody asks
static void it_speaks_in_plain_words(void** state)
{
    (void)state;
    int told = 0;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = guide(world);
    host_set(host, "exercise", 1.0f);
    host_set(host, "before", 100.0f);
    host_set(host, "duration", 60.0f);
    host_set(host, "after", 100.0f);
    host_set(host, "start", 1.0f);
    feed(host, 270.0, 160.0);
    host_run(host, 30 * RATE, 0);
    assert_non_null(strstr(words(host, "urn:tonus:guide#how", &told), "belly"));
    assert_int_equal(told, 1);
    assert_non_null(strstr(words(host, "urn:tonus:guide#caution", &told), "shallowly"));
    assert_non_null(strstr(words(host, "urn:tonus:guide#hint", &told), "shallowly"));
    assert_string_equal(words(host, "urn:tonus:guide#comparison", &told), "");
    host_run(host, 240 * RATE, 0);
    const char* const sentence = words(host, "urn:tonus:guide#comparison", &told);
    assert_int_equal(told, 2);
    assert_non_null(strstr(sentence, "Your heart beats 9 per minute slower than before (95 % "));
    assert_non_null(strstr(sentence, "RMSSD"));
    assert_non_null(strstr(sentence, "Breaths per minute: 12.0 before, 12.0 after."));
    assert_string_equal(words(host, "urn:tonus:guide#hint", &told), "");
    assert_true(fabsf(host_get(host, "heart_rate_before") - 75.0f) < 0.5f);
    assert_true(fabsf(host_get(host, "heart_rate_after") - 66.0f) < 0.5f);
    ask(host, 270 * RATE + 100, "urn:tonus:guide#comparison");
    ask(host, 270 * RATE + 200, "urn:tonus:guide#nothing");
    ask(host, 270 * RATE + 300, NULL);
    host_run(host, 1000, 7);
    assert_string_equal(words(host, "urn:tonus:guide#comparison", &told), sentence);
    assert_int_equal(told, 4);
    // nothing for ten seconds: look after the sensor; a part left out: no comparison, and why
    host_set(host, "start", 0.0f);
    host_run(host, 100, 0);
    host_set(host, "start", 1.0f);
    host_run(host, 12 * RATE, 0);
    assert_non_null(strstr(words(host, "urn:tonus:guide#hint", &told), "sensor"));
    assert_string_equal(words(host, "urn:tonus:guide#comparison", &told), "");
    host_set(host, "start", 0.0f);
    host_run(host, RATE, 0);
    assert_string_equal(words(host, "urn:tonus:guide#comparison", &told),
                        "Before and after cannot be compared: not measured both before and after.");
    assert_null(host_fault(host));
    host_free(host);
    host_world_free(world);
}

static void each_immersion_has_its_sentence(void** state)
{
    (void)state;
    int told = 0;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = guide(world);
    host_set(host, "exercise", 2.0f);
    host_set(host, "before", 30.0f);
    host_set(host, "start", 1.0f);
    feed(host, 200.0, 60.0); // from 75 to 66 per minute at the first immersion
    host_run(host, 60 * RATE, 0);
    assert_string_equal(words(host, "urn:tonus:guide#result", &told), "");
    host_set(host, "mark", 1.0f);
    host_run(host, 80 * RATE, 0);
    const char* const sentence = words(host, "urn:tonus:guide#result", &told);
    assert_non_null(strstr(sentence, "your heart went down by 9 per minute"));
    assert_true(fabsf(host_get(host, "drop") - 9.0f) < 1.5f);
    host_free(host);
    host_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_speaks_in_plain_words),
        cmocka_unit_test(each_immersion_has_its_sentence),
        cmocka_unit_test(every_exercise_runs_by_midi_alone),
        cmocka_unit_test(stop_skip_mark_and_pause),
        cmocka_unit_test(the_pacer_follows_the_guide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
