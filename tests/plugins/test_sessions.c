// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Every exercise from start to end through Tonus (relax), with the simulated person, who breathes
// with the pacer and hums when asked to: the sound, the announcements and the comparison.

#include "unit.h"

#include "host.h"
#include "plugins/events.h"
#include "voice.h"

#include <lv2/atom/atom.h>
#include <lv2/atom/util.h>
#include <lv2/patch/patch.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RATE = 16000, START = 15, BEFORE = 75, EXERCISE = 45, AFTER = 75, END = 230 }; // s
enum { LENGTH = END * RATE };

typedef struct {
    int id;
    bool paced, hums, moving;
    float in_s, out_s;
} Session;

static const Session sessions[] = {
    {1, true, false, false, 4, 6},  {2, false, false, true, 0, 0},  {3, true, true, false, 4, 8},
    {4, false, false, true, 0, 0},  {5, false, false, true, 0, 0},  {6, false, false, false, 0, 0},
    {7, false, false, true, 0, 0},  {8, true, false, false, 4, 6},  {9, false, false, true, 0, 0},
    {10, true, false, false, 4, 8}, {11, true, true, false, 4, 10}, {12, true, false, false, 4, 6},
};

static HostWorld* world;

static Host* plugin(const char* name)
{
    HostConfig config = host_config();
    config.rate = RATE;
    Host* const host = host_new(world, name, &config);
    assert_non_null(host);
    return host;
}

// The person: at rest 13 breaths per minute, while paced the pacer's rate; the heart slows with
// the cold water
static Host* person(const Session* s)
{
    Host* const heart = plugin("heart");
    host_set(heart, "seed", (float)(40 + s->id));
    host_set(heart, "breath_rate", 13.0f);
    host_run(heart, (uint64_t)(START + BEFORE) * RATE, 0);
    if (s->paced) {
        host_set(heart, "breath_rate", 60.0f / (s->in_s + s->out_s));
    }
    host_run(heart, 20 * RATE, 0);
    host_set(heart, "heart_rate", s->id == 2 ? 52.0f : 68.0f);
    host_run(heart, (EXERCISE - 20) * RATE, 0);
    host_set(heart, "heart_rate", 65.0f);
    host_set(heart, "breath_rate", 13.0f);
    host_run(heart, (uint64_t)(END - START - BEFORE - EXERCISE) * RATE, 0);
    return heart;
}

// Hums on the out-breath, as long as the pacing at the exercise's rate goes
static float* microphone(const Session* s, int* n_hums)
{
    uint32_t seed = 5;
    float* const mic = calloc(LENGTH, sizeof(float));
    assert_non_null(mic);
    voice_noise(mic, LENGTH, -66, &seed);
    *n_hums = 0;
    for (double at = START + BEFORE; s->hums && at + s->in_s + s->out_s < START + BEFORE + EXERCISE;
         at += (double)(s->in_s + s->out_s)) {
        Voice hum = voice_hum(146.8, (double)s->out_s - 1.0, -28);
        hum.jitter_cents = 5.0;
        voice_add(mic, LENGTH, (size_t)((at + (double)s->in_s) * RATE), RATE, &hum, &seed);
        ++*n_hums;
    }
    return mic;
}

static int64_t nth(const Host* host, uint8_t status, uint8_t number, int k)
{
    size_t count = 0;
    const HostEvent* const events = host_events(host, &count);
    for (size_t i = 0; i < count; ++i) {
        if (host_event_is_midi(host, &events[i]) && events[i].body[0] == status &&
            (number == 0 || events[i].body[1] == number) && k-- == 0) {
            return (int64_t)events[i].frame;
        }
    }
    return -1;
}

// The text that was told last
static const char* words(Host* host, const char* property)
{
    size_t count = 0;
    const HostEvent* const events = host_events(host, &count);
    const char* last = "";
    for (size_t i = 0; i < count; ++i) {
        const LV2_Atom_Object_Body* const body = (const LV2_Atom_Object_Body*)events[i].body;
        if (events[i].type != host_urid(world, LV2_ATOM__Object) ||
            body->otype != host_urid(world, LV2_PATCH__Set)) {
            continue;
        }
        LV2_URID about = 0;
        const char* text = "";
        LV2_ATOM_OBJECT_BODY_FOREACH(body, events[i].size, p)
        {
            if (p->key == host_urid(world, LV2_PATCH__property)) {
                about = ((const LV2_Atom_URID*)&p->value)->body;
            } else if (p->key == host_urid(world, LV2_PATCH__value)) {
                text = (const char*)(&p->value + 1);
            }
        }
        last = about == host_urid(world, property) ? text : last;
    }
    return last;
}

// Finite, below the ceiling, and no step that stands out of the sound around it. The cue is noise,
// whose largest steps are five times the usual ones; a click is far more.
static void assert_sound(const Session* s, const float* x)
{
    const size_t part = RATE / 100;
    const size_t parts = LENGTH / part;
    double* const rms = calloc(parts, sizeof(double));
    double* const most = calloc(parts, sizeof(double));
    assert_non_null(rms);
    assert_non_null(most);
    for (size_t p = 0; p < parts; ++p) {
        for (size_t i = p * part + (p == 0 ? 1 : 0); i < (p + 1) * part; ++i) {
            assert_true(fabsf(x[i]) < 0.5f); // NaN fails, too
            const double step = (double)x[i] - (double)x[i - 1];
            rms[p] += step * step / (double)part;
            most[p] = fmax(most[p], fabs(step));
        }
    }
    for (size_t p = 15; p + 15 < parts; ++p) {
        double around = 0.0;
        for (size_t q = p - 15; q <= p + 15; ++q) {
            around += q == p ? 0.0 : rms[q] / 30.0;
        }
        if (most[p] > 1e-4 && most[p] > 8.0 * sqrt(around)) {
            fail_msg("exercise %d: a click at %.2f s", s->id, (double)p / 100.0);
        }
    }
    free(rms);
    free(most);
}

static void assert_announced(const Session* s, const Host* relax, double from_s, double end_s)
{
    assert_int_equal(nth(relax, 0x9F, NOTE_BEFORE, 0), START * RATE);
    assert_int_equal(nth(relax, 0x8F, NOTE_BEFORE, 0), (int64_t)(from_s * RATE));
    assert_int_equal(nth(relax, 0x9F, NOTE_EXERCISE, 0), (int64_t)(from_s * RATE));
    assert_int_equal(nth(relax, 0x8F, NOTE_EXERCISE, 0), (int64_t)(end_s * RATE));
    assert_int_equal(nth(relax, 0x9F, NOTE_AFTER, 0), (int64_t)(end_s * RATE));
    assert_int_equal(nth(relax, 0x8F, NOTE_AFTER, 0), (int64_t)((end_s + AFTER) * RATE));
    assert_int_equal(nth(relax, 0x9F, NOTE_AFTER, 1), -1);
    const int64_t first = nth(relax, 0x9F, NOTE_PACED_IN, 0);
    assert_int_equal(first, s->paced ? (int64_t)(from_s * RATE) : -1);
    if (s->paced) {
        assert_true(nth(relax, 0x9F, NOTE_PACED_OUT, 1) > first);
        for (int k = 0, at = 0; at >= 0; ++k) { // nobody paces afterwards
            at = (int)nth(relax, 0x9F, NOTE_PACED_IN, k);
            assert_true(at < (int64_t)(end_s * RATE));
        }
    }
}

static void assert_compared(const Session* s, Host* relax)
{
    const char* const sentence = words(relax, "urn:tonus:relax#comparison");
    const int reason = (int)lrintf(host_get(relax, "change_reason"));
    const int heart_reason = (int)lrintf(host_get(relax, "heart_rate_reason"));
    print_message("%2d: %s %s\n", s->id, sentence, words(relax, "urn:tonus:relax#result"));
    assert_int_equal(heart_reason, 0);
    assert_non_null(strstr(sentence, "95 % interval"));
    assert_true((reason == 0) == !strstr(sentence, "not compared"));
    assert_true(reason == 0 || host_get(relax, "change") == 0.0f);
    const float change = host_get(relax, "change_heart_rate");
    assert_true(fabsf(change) < 12.0f && host_get(relax, "change_heart_rate_margin") > 0.0f);
    assert_true(fabsf(host_get(relax, "heart_rate_after") - host_get(relax, "heart_rate_before") -
                      change) < 0.01f);
    assert_true(strlen(words(relax, "urn:tonus:relax#how")) > 20);
}

static void run_session(const Session* s)
{
    int n_hums = 0;
    Host* const heart = person(s);
    float* const mic = microphone(s, &n_hums);
    Host* const relax = plugin("relax");
    host_input(relax, "in", host_output(heart, "out"), LENGTH);
    host_input(relax, "mic", mic, LENGTH);
    host_set(relax, "exercise", (float)s->id);
    host_set(relax, "before", BEFORE);
    host_set(relax, "exercise_time", s->id == 9 ? -1.0f : EXERCISE);
    host_set(relax, "after", AFTER);
    host_set(relax, "follow", 0.0f);
    host_set(relax, "voicing", (float)(s->id % 4));
    double from_s = START + BEFORE, end_s = from_s + EXERCISE;
    host_run(relax, START * RATE, 0);
    assert_true(host_get(relax, "phase") == 0.0f);
    host_set(relax, "start", 1.0f);
    host_run(relax, 10 * RATE, 0);
    if (s->id == 6) { // paused for ten seconds
        host_set(relax, "pause", 1.0f);
        host_run(relax, 10 * RATE, 0);
        host_set(relax, "pause", 0.0f);
        from_s += 10.0;
        end_s += 10.0;
    }
    host_run(relax, (uint64_t)(from_s * RATE) + 20 * RATE - host_frame(relax), 0);
    assert_true(host_get(relax, "phase") == 2.0f);
    host_set(relax, "mark", 1.0f); // the face goes into the water; the therapist's mark
    host_run(relax, RATE, 0);
    host_set(relax, "mark", 0.0f);
    host_run(relax, (uint64_t)(end_s * RATE) - host_frame(relax), 0);
    assert_true(host_get(relax, "marks") == 1.0f);
    if (s->id == 9) { // open-ended: the therapist goes on
        assert_true(host_get(relax, "remaining") == -1.0f);
        host_set(relax, "skip", 1.0f);
    }
    host_run(relax, LENGTH - host_frame(relax), 0);

    assert_true(host_get(relax, "phase") == 4.0f);
    assert_announced(s, relax, from_s, end_s);
    assert_compared(s, relax);
    assert_sound(s, host_output(relax, "out_left"));
    assert_sound(s, host_output(relax, "out_right"));
    if (s->id == 2) {
        assert_true(host_get(relax, "drop") > 8.0f && host_get(relax, "drop") < 25.0f);
        assert_non_null(strstr(words(relax, "urn:tonus:relax#result"), "your heart went down by"));
    } else if (s->id == 12) {
        assert_true(strlen(words(relax, "urn:tonus:relax#result")) > 20);
    }
    int found = 0;
    while (nth(relax, 0x9E, 0, found) >= 0) {
        ++found;
    }
    assert_int_equal(found, n_hums);
    assert_null(host_fault(relax));
    host_free(relax);
    host_free(heart);
    free(mic);
}

static void every_exercise_runs_from_start_to_end(void** state)
{
    (void)state;
    world = host_world_new(NULL);
    for (size_t i = 0; i < sizeof sessions / sizeof *sessions; ++i) {
        run_session(&sessions[i]);
    }
    host_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_exercise_runs_from_start_to_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
