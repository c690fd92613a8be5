// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tonus (relax) in a host, on the simulated person: what it says is what is true.

#include "unit.h"

#include "host.h"
#include "plugins/events.h"
#include "ttl/beat.h"

#include <math.h>
#include <string.h>

enum { RATE = 48000, SECONDS = 180, LEARNING = 15 };

static const size_t frames = (size_t)RATE * SECONDS;

// Frames of the notes of a kind; `into` has room for 1000
static size_t notes(Host* host, uint8_t note, uint64_t* into)
{
    size_t count = 0;
    size_t n = 0;
    const HostEvent* const events = host_events(host, &count);
    for (size_t i = 0; i < count; ++i) {
        const uint8_t* const body = events[i].body;
        if (host_event_is_midi(host, &events[i]) && body[0] == 0x9F && body[1] == note &&
            n < 1000) {
            into[n++] = events[i].frame;
        }
    }
    return n;
}

// RMSSD of beats from a frame on, ms
static double rmssd(const uint64_t* beats, size_t n, uint64_t from)
{
    double sum = 0.0;
    size_t pairs = 0;
    for (size_t i = 2; i < n; ++i) {
        if (beats[i - 2] >= from) {
            const double d =
                ((double)(beats[i] - beats[i - 1]) - (double)(beats[i - 1] - beats[i - 2]));
            sum += d * d;
            ++pairs;
        }
    }
    assert_true(pairs > 50);
    return sqrt(sum / (double)pairs) * 1000.0 / RATE;
}

static void person(HostWorld* world, float breath_rate, bool ppg)
{
    static uint64_t truth[1000];
    static uint64_t found[1000];
    HostConfig config = host_config();
    Host* const heart = host_new(world, "heart", &config);
    assert_non_null(heart);
    host_set(heart, "signal", ppg ? 1.0f : 0.0f);
    host_set(heart, "breath_rate", breath_rate);
    host_run(heart, frames, 4096);
    config.keep_audio = false;
    Host* const relax = host_new(world, "relax", &config);
    assert_non_null(relax);
    host_input(relax, "in", host_output(heart, "out"), frames);
    host_set(relax, "window", 0.0f);
    host_run(relax, frames, 256);

    const size_t n_truth = notes(heart, 36, truth);
    const size_t n_found = notes(relax, 36, found);
    const long delay = lrint((double)host_get(relax, "delay") * RATE / 1000.0);
    size_t checked = 0;
    for (size_t i = 0; i < n_truth; ++i) {
        if (truth[i] < (uint64_t)LEARNING * RATE || truth[i] > frames - RATE) {
            continue;
        }
        long nearest = RATE;
        for (size_t j = 0; j < n_found; ++j) {
            const long off = labs((long)found[j] - delay - (long)truth[i]);
            nearest = off < nearest ? off : nearest;
        }
        assert_true(nearest <= 1);
        ++checked;
    }
    assert_true(checked > 120);
    const double difference = rmssd(found, n_found, (uint64_t)(LEARNING + 1) * RATE) -
                              rmssd(truth, n_truth, (uint64_t)(LEARNING + 1) * RATE);
    assert_true(fabs(difference) < 0.1);
    assert_true(fabsf(host_get(relax, "breath_rate") - breath_rate) < 0.3f);
    assert_true(host_get(relax, "quality") > 0.8f);
    assert_int_equal(lrintf(host_get(relax, "state")), 2); // tracking
    assert_true(fabs((double)host_get(relax, "rmssd") - rmssd(truth, n_truth, 0)) < 2.0);
    assert_null(host_fault(relax));
    host_free(relax);
    host_free(heart);
}

static void test_what_it_says_is_true(void** state)
{
    (void)state;
    static const float rates[] = {4.5f, 6.0f, 10.0f, 15.0f};
    HostWorld* const world = host_world_new(NULL);
    for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
        person(world, rates[i], false);
        person(world, rates[i], true);
    }
    host_world_free(world);
}

// The quick trigger comes before the note of its beat, and each note says how usual its beat looks
static void test_triggers_and_likeness(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    HostConfig config = host_config();
    Host* const heart = host_new(world, "heart", &config);
    host_run(heart, 30 * (size_t)RATE, 4096);
    config.keep_audio = false;
    Host* const relax = host_new(world, "relax", &config);
    host_input(relax, "in", host_output(heart, "out"), 30 * (size_t)RATE);
    host_run(relax, 30 * (size_t)RATE, 256);
    const double delay = (double)host_get(relax, "delay") * RATE / 1000.0;
    size_t count = 0, beats = 0, triggered = 0, likened = 0, onsets = 0, triggers = 0;
    uint64_t trigger = 0;
    const HostEvent* const events = host_events(relax, &count);
    for (size_t i = 0; i < count; ++i) {
        const uint8_t* const m = events[i].body;
        if (events[i].frame < 15 * (uint64_t)RATE) {
            continue;
        }
        if (!host_event_is_midi(relax, &events[i])) {
            const LV2_Atom_Object_Body* const object = (const LV2_Atom_Object_Body*)events[i].body;
            onsets += events[i].type == host_urid(world, LV2_ATOM__Object) &&
                      object->otype == host_urid(world, BEAT_OBJECT_ONSET) &&
                      events[i].frame == trigger;
            continue;
        }
        if (m[0] == 0xBF && m[1] == CONTROLLER_TRIGGER) {
            trigger = events[i].frame;
            ++triggers;
        } else if (m[0] == 0x9F && m[1] == NOTE_BEAT) {
            const double late = (double)trigger - ((double)events[i].frame - delay);
            ++beats;
            triggered += late >= -0.01 * RATE && late <= 0.1 * RATE;
        } else if (m[0] == 0xBF && m[1] == CONTROLLER_LIKENESS) {
            likened += m[2] > 100;
        }
    }
    assert_true(beats > 10);
    assert_true(triggered >= beats - 1);
    assert_true(onsets >= beats - 1 && onsets == triggers);
    assert_true(likened >= beats - 1 && likened <= beats + 1);
    host_free(relax);
    host_free(heart);
    host_world_free(world);
}

static void test_chord_and_exercise(void** state)
{
    (void)state;
    static uint64_t found[1000];
    const uint8_t key[3] = {0x90, 57, 100};
    HostWorld* const world = host_world_new(NULL);
    Host* const relax = host_new(world, "relax", NULL);
    host_set(relax, "exercise", 1.0f);
    host_set(relax, "start", 1.0f);
    host_midi(relax, 10, key, 3);
    host_run(relax, 10 * RATE, 512);
    assert_int_equal(lrintf(host_get(relax, "phase")), 1); // before
    assert_true(fabsf(host_get(relax, "remaining") - 110.0f) < 0.1f);
    assert_int_equal(notes(relax, 72, found), 1);
    const float* const left = host_output(relax, "out_left");
    double power = 0.0;
    for (size_t i = 9 * RATE; i < 10 * RATE; ++i) {
        power += (double)left[i] * left[i];
    }
    assert_true(power / RATE > 1e-6);
    host_set(relax, "start", 0.0f);
    host_run(relax, RATE, 512);
    assert_int_equal(lrintf(host_get(relax, "phase")), 4); // done
    assert_null(host_fault(relax));
    host_free(relax);
    host_world_free(world);
}

// A strap that sends beats but no signal: true beats of a simulated person, as MIDI alone
static void test_beats_by_midi_are_enough(void** state)
{
    (void)state;
    static uint64_t truth[1000], found[1000];
    const uint64_t length = 100 * RATE;
    const uint8_t quality[3] = {0xBF, 9, 115};
    HostWorld* const world = host_world_new(NULL);
    Host* const heart = host_new(world, "heart", NULL);
    host_set(heart, "breath_rate", 9.0f);
    host_set(heart, "rsa", 60.0f);
    host_run(heart, length, 4096);
    const size_t n_truth = notes(heart, 36, truth);
    Host* const relax = host_new(world, "relax", NULL);
    for (size_t i = 0; i < n_truth; ++i) {
        const uint8_t on[3] = {0x9F, 36, 100};
        const uint8_t off[3] = {0x8F, 36, 0};
        host_midi(relax, truth[i], quality, 3);
        host_midi(relax, truth[i], on, 3);
        host_midi(relax, truth[i] + RATE / 10, off, 3);
    }
    host_run(relax, length, 256);
    assert_int_equal(notes(relax, 36, found), n_truth); // passed on, not told twice
    assert_int_equal(lrintf(host_get(relax, "state")), 2);
    assert_true(fabsf(host_get(relax, "quality") - 115.0f / 127.0f) < 0.02f);
    const double mean_ms =
        1000.0 * (double)(truth[n_truth - 1] - truth[0]) / RATE / (double)(n_truth - 1);
    assert_true(fabs((double)host_get(relax, "heart_rate") - 60000.0 / mean_ms) < 8.0);
    assert_true(fabsf(host_get(relax, "breath_rate") - 9.0f) < 0.3f);
    assert_true(host_get(relax, "rmssd") > 0.0f);
    // the sensor comes back: it counts, what comes by MIDI does not
    host_free(relax);
    Host* const both = host_new(world, "relax", NULL);
    host_input(both, "in", host_output(heart, "out"), length);
    const uint8_t wrong[3] = {0x9F, 36, 100};
    for (uint64_t at = 20 * RATE; at < length; at += RATE / 4) { // 240 bpm
        host_midi(both, at, wrong, 3);
    }
    host_run(both, length, 256);
    assert_true(fabs((double)host_get(both, "heart_rate") - 60000.0 / mean_ms) < 8.0);
    assert_null(host_fault(both));
    host_free(both);
    host_free(heart);
    host_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_it_says_is_true),
        cmocka_unit_test(test_triggers_and_likeness),
        cmocka_unit_test(test_chord_and_exercise),
        cmocka_unit_test(test_beats_by_midi_are_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
