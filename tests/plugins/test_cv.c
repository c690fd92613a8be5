// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The CV variants in a host: what the plugins without CV say, and the same as control voltages.

#include "unit.h"

#include "host.h"
#include "plugins/events.h"

#include <math.h>
#include <string.h>

enum { RATE = 8000, SECONDS = 150, LENGTH = SECONDS * RATE };

static HostWorld* world;
static Host* heart;

static int make_person(void** state)
{
    (void)state;
    world = host_world_new(NULL);
    HostConfig config = host_config();
    config.rate = RATE;
    heart = host_new(world, "heart", &config);
    assert_non_null(heart);
    host_set(heart, "breath_rate", 6.0f);
    host_run(heart, LENGTH, 0);
    return 0;
}

static int end_person(void** state)
{
    (void)state;
    host_free(heart);
    host_world_free(world);
    return 0;
}

// A plugin that hears the person and, if any, what another one sent
static Host* listener(const char* plugin, const Host* before)
{
    HostConfig config = host_config();
    config.rate = RATE;
    Host* const host = host_new(world, plugin, &config);
    assert_non_null(host);
    host_input(host, "in", host_output(heart, "out"), LENGTH);
    size_t n = 0;
    const HostEvent* const events = before ? host_events(before, &n) : NULL;
    for (size_t i = 0; i < n; ++i) {
        if (host_event_is_midi(before, &events[i])) {
            host_midi(host, events[i].frame, events[i].body, events[i].size);
        }
    }
    host_run(host, LENGTH, 0);
    assert_null(host_fault(host));
    return host;
}

// The variant sends what the plugin sends, at the same frames
static void assert_same_events(const Host* a, const Host* b)
{
    size_t n = 0, m = 0;
    const HostEvent* const one = host_events(a, &n);
    const HostEvent* const other = host_events(b, &m);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; ++i) {
        assert_int_equal(one[i].frame, other[i].frame);
        assert_int_equal(one[i].size, other[i].size);
        assert_memory_equal(one[i].body, other[i].body, one[i].size);
    }
}

// All of a port within 0..1 (or up to `most`), and no step but by gates larger than `step`
static void assert_calm(const Host* host, const char* port, float most, float step)
{
    const float* const cv = host_output(host, port);
    for (size_t i = 0; i < LENGTH; ++i) {
        assert_true(cv[i] >= 0.0f && cv[i] <= most);
        assert_true(i == 0 || fabsf(cv[i] - cv[i - 1]) <= step);
    }
}

static void a_beat_opens_the_gate_at_its_frame(void** state)
{
    (void)state;
    Host* const plain = listener("beat", NULL);
    Host* const host = listener("beat-cv", NULL);
    assert_same_events(plain, host);
    const float* const gate = host_output(host, "gate_cv");
    const float* const fall = host_output(host, "fall_cv");
    size_t n = 0, beats = 0, rises = 0;
    const HostEvent* const events = host_events(host, &n);
    for (size_t i = 0; i < n; ++i) {
        if (host_event_is_midi(host, &events[i]) && events[i].body[0] == 0x9F &&
            events[i].body[1] == NOTE_BEAT) {
            const uint64_t at = events[i].frame;
            assert_true(gate[at] == 1.0f && gate[at - 1] == 0.0f && fall[at] == 1.0f);
            assert_true(at + 2500 >= LENGTH || (gate[at + 799] == 1.0f && gate[at + 800] == 0.0f));
            assert_true(at + 2500 >= LENGTH || fall[at + 2400] == 0.0f);
            ++beats;
        }
    }
    for (size_t i = 1; i < LENGTH; ++i) {
        rises += gate[i] > gate[i - 1];
    }
    assert_true(beats > 120);
    assert_int_equal(beats, rises);
    const float rate = host_get(host, "heart_rate");
    assert_true(fabsf(host_output(host, "heart_rate_cv")[LENGTH - 1] - rate) < 6.0f);
    assert_true(fabsf(host_output(host, "heart_rate_mod")[LENGTH - 1] -
                      (host_output(host, "heart_rate_cv")[LENGTH - 1] - 40.0f) / 80.0f) < 0.01f);
    assert_true(fabsf(host_output(host, "rr_cv")[LENGTH - 1] - 60000.0f / rate) < 80.0f);
    assert_calm(host, "quality_cv", 1.0f, 1.0f / 64.0f + 1e-4f);
    assert_calm(host, "heart_rate_mod", 1.0f, 1.0f / 64.0f + 1e-4f);
    host_free(plain);
    host_free(host);
}

static void the_breath_fills_and_empties(void** state)
{
    (void)state;
    Host* const beat = listener("beat", NULL);
    Host* const plain = listener("breath", beat);
    Host* const host = listener("breath-cv", beat);
    assert_same_events(plain, host);
    const float* const lungs = host_output(host, "lungs_cv");
    const float* const inhaling = host_output(host, "inhaling_cv");
    // at 6 per minute half a cosine over 4 s rises by 0.4 per s at most; three times that while an
    // error is made up
    double low = 1.0, high = 0.0;
    size_t up = 0, turned = 0;
    for (size_t i = 60 * RATE; i < LENGTH; ++i) {
        low = fmin(low, (double)lungs[i]);
        high = fmax(high, (double)lungs[i]);
        assert_true(fabsf(lungs[i] - lungs[i - 1]) < 3.0f * 0.45f / RATE);
        up += inhaling[i] > 0.5f && lungs[i] + 1e-6f < lungs[i - 1];
        turned += inhaling[i] == 1.0f && inhaling[i - 1] < 1.0f;
    }
    assert_true(low < 0.01 && high > 0.99);
    assert_true(up < 10 * 64); // it rises while breathing in, but for the gate's own ramp
    assert_true(turned >= 8 && turned <= 10);
    assert_true(fabsf(host_output(host, "breath_rate_cv")[LENGTH - 1] - 6.0f) < 0.3f);
    assert_true(fabsf(host_output(host, "breath_rate_mod")[LENGTH - 1] - 0.2f) < 0.01f);
    assert_true(fabsf(host_output(host, "confidence_cv")[LENGTH - 1] -
                      host_get(host, "confidence")) < 0.05f);
    assert_true(host_output(host, "resp_hrv_cv")[LENGTH - 1] > 20.0f);
    assert_calm(host, "phase_cv", 1.0f, 1.0f / 64.0f + 1e-4f);
    assert_calm(host, "depth_cv", 1.0f, 1.0f / 64.0f + 1e-4f);
    host_free(host);
    host_free(plain);
    host_free(beat);
}

static void tone_and_measures_are_voltages(void** state)
{
    (void)state;
    static const struct {
        const char *cv, *port;
        float scale;
    } same[] = {{"tone_cv", "tone", 1.0f},           {"synchrony_cv", "synchrony", 1.0f},
                {"quality_cv", "hrv_quality", 1.0f}, {"heart_rate_cv", "heart_rate", 1.0f},
                {"rmssd_cv", "rmssd", 1.0f},         {"rmssd_mod", "rmssd", 0.01f},
                {"resp_hrv_cv", "resp_hrv", 1.0f},   {"resp_hrv_mod", "resp_hrv", 0.005f},
                {"coherence_cv", "coherence", 1.0f}};
    Host* const beat = listener("beat", NULL);
    Host* const breath = listener("breath", beat);
    Host* const plain = listener("hrv", breath);
    Host* const host = listener("hrv-cv", breath);
    assert_same_events(plain, host);
    for (size_t i = 0; i < sizeof same / sizeof *same; ++i) {
        const float port = host_get(host, same[i].port) * same[i].scale;
        const float cv = host_output(host, same[i].cv)[LENGTH - 1];
        if (!(port > 0.0f) || !(fabsf(cv - fminf(port, strstr(same[i].cv, "mod") ? 1.0f : 1e9f)) <
                                0.05f * port + 0.01f)) {
            fail_msg("%s is %f, %s %f", same[i].cv, (double)cv, same[i].port, (double)port);
        }
    }
    assert_calm(host, "tone_cv", 1.0f, 1.0f / 64.0f + 1e-4f);
    // the synchrony goes on to the drone by MIDI
    size_t n = 0, told = 0;
    const HostEvent* const events = host_events(host, &n);
    for (size_t i = 0; i < n; ++i) {
        told += host_event_is_midi(host, &events[i]) && events[i].body[0] == 0xBF &&
                events[i].body[1] == CONTROLLER_SYNCHRONY;
    }
    assert_true(told > 60);
    host_free(host);
    host_free(plain);
    host_free(breath);
    host_free(beat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_beat_opens_the_gate_at_its_frame),
        cmocka_unit_test(the_breath_fills_and_empties),
        cmocka_unit_test(tone_and_measures_are_voltages),
    };
    return cmocka_run_group_tests(tests, make_person, end_person);
}
