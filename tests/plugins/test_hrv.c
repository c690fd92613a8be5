// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tonus HRV in a host: exact from MIDI beats alone, reasons instead of wrong numbers, state kept.

#include "unit.h"

#include "dsp/hrv.h"
#include "dsp/random.h"
#include "host.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RATE 48000.0

enum { CHANNEL = 15 };

static void note(Host* host, double time_s, int number)
{
    const uint64_t frame = (uint64_t)llrint(time_s * RATE);
    const uint8_t on[3] = {0x90 | CHANNEL, (uint8_t)number, 100};
    host_midi(host, frame, on, 3);
}

/// Respiratory rhythm: n beats, breaths of `breath_s`, swing of `swing_s` from trough to peak.
/// Returns the time of the last beat
static double person(Host* host, double from_s, double until_s, double breath_s, double swing_s)
{
    double t = from_s, next_breath = from_s;
    while (t < until_s) {
        while (next_breath <= t) {
            note(host, next_breath, 48);
            next_breath += breath_s;
        }
        note(host, t, 36);
        t += 0.9 - 0.5 * swing_s * cos(6.283185307 * (t - from_s) / breath_s - 2.0);
    }
    return t;
}

static bool read_series(const char* name, double* rr_ms, size_t* n)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/nn/%s", unit_data_folder(), name);
    FILE* const file = fopen(path, "r");
    if (!file) {
        return false;
    }
    *n = 0;
    while (*n < 5000 && fscanf(file, "%lf%*[, \r\n]", &rr_ms[*n]) >= 1) {
        ++*n;
    }
    fclose(file);
    return true;
}

// Published values of public series: through MIDI notes at 48 kHz, cleaning off, all since the
// start
static void test_published_series(void** state)
{
    (void)state;
    static const struct {
        const char* name;
        size_t n;
        float mean, sdnn, rmssd, pnn50;
    } series[] = {
        {"hrvanalysis_nn_ms.txt", 1000, 718.248f, 43.113075f, 19.519401f, 2.402402f},
        {"pyhrv_long_nn_ms.txt", 4684, 768.438f, 85.357f, 60.523f, 28.571f},
    };
    static double rr_ms[5000];
    for (size_t i = 0; i < 2; ++i) {
        size_t n = 0;
        if (!read_series(series[i].name, rr_ms, &n)) {
            skip();
        }
        assert_int_equal(n, series[i].n);
        HostWorld* const world = host_world_new(NULL);
        Host* const host = host_new(world, "hrv", NULL);
        host_set(host, "window", 0.f);
        host_set(host, "clean", 0.f);
        double t = 1.0;
        note(host, t, 36);
        for (size_t k = 0; k < n; ++k) {
            t += 1e-3 * rr_ms[k];
            note(host, t, 36);
        }
        host_run(host, (uint64_t)((t + 2.0) * RATE), 1024);
        assert_float_equal(host_get(host, "mean_rr"), series[i].mean, 0.001);
        assert_float_equal(host_get(host, "sdnn"), series[i].sdnn, 0.001);
        assert_float_equal(host_get(host, "rmssd"), series[i].rmssd, 0.001);
        assert_float_equal(host_get(host, "pnn50"), series[i].pnn50, 0.001);
        assert_float_equal(host_get(host, "ln_rmssd"), logf(series[i].rmssd), 0.001);
        assert_float_equal(host_get(host, "heart_rate"), 60000.f / series[i].mean, 0.01);
        // The person of the first series breathes at 8 to 9 per min towards the end
        const int reason = (int)host_get(host, "hrv_reason");
        assert_true(reason == HRV_OK || reason == HRV_SLOW_BREATH);
        assert_null(host_fault(host));
        host_free(host);
        host_world_free(world);
    }
}

static int count_values(Host* host, int controller, double* last, double scale)
{
    size_t n = 0;
    int found = 0, msb = 0;
    const HostEvent* const events = host_events(host, &n);
    for (size_t i = 0; i < n; ++i) {
        const uint8_t* const b = events[i].body;
        if (host_event_is_midi(host, &events[i]) && b[0] == (0xB0 | CHANNEL)) {
            if (b[1] == controller) {
                msb = b[2];
            } else if (b[1] == controller + 32) {
                ++found;
                *last = (msb << 7 | b[2]) / scale;
            }
        }
    }
    return found;
}

static void test_beats_and_breaths(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "hrv", NULL);
    assert_float_equal(host_get(host, "tone"), 0.5f, 1e-6);
    host_run(host, 4800, 256);
    assert_float_equal(host_get(host, "hrv_reason"), (float)HRV_NO_BEATS, 0.0);
    person(host, 1.0, 180.0, 5.0, 0.06);
    host_run(host, (uint64_t)(180.0 * RATE), 256);

    assert_float_equal(host_get(host, "heart_rate"), 66.7f, 0.3);
    assert_float_equal(host_get(host, "resp_hrv"), 57.f, 4.0);
    assert_float_equal(host_get(host, "hf"), 450.f, 25.0); // half the square of 30 ms
    assert_true(host_get(host, "synchrony") > 0.95f);
    assert_float_equal(host_get(host, "hf_reason"), 0.f, 0.0);
    assert_float_equal(host_get(host, "artefacts"), 0.f, 0.0);
    assert_true(host_get(host, "hrv_quality") > 0.95f);
    assert_float_equal(host_get(host, "tone_reason"), 0.f, 0.0);
    assert_float_equal(host_get(host, "learned"), 100.f, 0.0);
    assert_float_equal(host_get(host, "tone"), 0.5f, 0.05);

    double last = 0.0;
    assert_true(count_values(host, 1, &last, 16383.0) >= 1); // it hardly moves
    assert_float_equal(last, host_get(host, "tone"), 0.002);
    assert_true(count_values(host, 16, &last, 16.0) > 100);
    assert_float_equal(last, host_get(host, "rmssd"), 0.1);
    assert_true(count_values(host, 17, &last, 16.0) > 100);
    assert_float_equal(last, host_get(host, "resp_hrv"), 1.0);
    assert_true(count_values(host, 14, &last, 64.0) > 100);
    assert_float_equal(last, 66.7, 0.3);
    assert_true(count_values(host, 9, &last, 16383.0) > 100);
    assert_null(host_fault(host));
    host_free(host);
    host_world_free(world);
}

// Nobody's number is shown twice: what a beat detector sends already is left to it
static void test_leaves_others_values_alone(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "hrv", NULL);
    for (int i = 0; i < 60; ++i) {
        const uint64_t frame = (uint64_t)(i * RATE);
        const uint8_t heart_rate[3] = {0xB0 | CHANNEL, 14, 30};
        const uint8_t quality[3] = {0xB0 | CHANNEL, 9, 99};
        host_midi(host, frame, heart_rate, 3);
        host_midi(host, frame, quality, 3);
        note(host, i, 36);
    }
    host_run(host, (uint64_t)(60 * RATE), 256);
    double last = 0.0;
    assert_int_equal(count_values(host, 14, &last, 64.0), 0); // no LSB came in
    assert_int_equal(count_values(host, 9, &last, 16383.0), 0);
    host_free(host);
    host_world_free(world);
}

static void test_reasons(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* host = host_new(world, "hrv", NULL);
    person(host, 1.0, 150.0, 10.0, 0.2); // six breaths per minute
    host_run(host, (uint64_t)(150.0 * RATE), 1024);
    assert_float_equal(host_get(host, "hf"), 0.f, 0.0);
    assert_float_equal(host_get(host, "hf_reason"), (float)HRV_SLOW_BREATH, 0.0);
    assert_true(host_get(host, "lf") > 3000.f);
    assert_float_equal(host_get(host, "artefacts"), 0.f, 0.0);
    host_free(host);

    host = host_new(world, "hrv", NULL);
    for (int i = 0; i < 150; ++i) {
        note(host, 1.0 + 0.8 * i, 36);
    }
    host_run(host, (uint64_t)(120.0 * RATE), 1024);
    assert_float_equal(host_get(host, "resp_hrv"), 0.f, 0.0);
    assert_float_equal(host_get(host, "resp_reason"), (float)HRV_NO_BREATH, 0.0);
    assert_float_equal(host_get(host, "tone_reason"), (float)HRV_NO_BREATH, 0.0);
    host_run(host, (uint64_t)(30.0 * RATE), 1024); // the sensor falls off
    assert_float_equal(host_get(host, "hrv_reason"), (float)HRV_NO_BEATS, 0.0);
    assert_float_equal(host_get(host, "rmssd"), 0.f, 0.0);
    assert_float_equal(host_get(host, "hrv_quality"), 0.f, 0.0);
    assert_float_equal(host_get(host, "tone"), 0.5f, 0.01);
    host_free(host);

    host = host_new(world, "hrv", NULL);
    Random random = random_make(3, 0);
    double t = 1.0;
    for (int i = 0; i < 200; ++i) { // as in atrial fibrillation
        note(host, t, 36);
        t += 0.75 + 0.16 * random_normal(&random) * 0.8;
    }
    host_run(host, (uint64_t)(t * RATE), 1024);
    assert_float_equal(host_get(host, "hrv_reason"), (float)HRV_IRREGULAR, 0.0);
    assert_float_equal(host_get(host, "rmssd"), 0.f, 0.0);
    assert_true(host_get(host, "heart_rate") > 70.f);
    host_free(host);
    host_world_free(world);
}

// The learned baseline is the person's: it survives the session, and "learn" forgets it
static void test_state(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    Host* host = host_new(world, "hrv", NULL);
    assert_true(host_has_state(host));
    HostState* const empty = host_save(host);
    assert_int_equal(empty->count, 0);
    double t = person(host, 1.0, 180.0, 4.0, 0.05);
    host_run(host, (uint64_t)(180.0 * RATE), 256);
    HostState* const saved = host_save(host);
    assert_int_equal(saved->status, LV2_STATE_SUCCESS);
    assert_int_equal(saved->count, 2);

    Host* const other = host_new(world, "hrv", NULL);
    assert_int_equal(host_restore(other, saved), LV2_STATE_SUCCESS);
    HostState* again = host_save(other);
    assert_true(host_state_equal(saved, again));
    host_state_free(again);
    host_run(other, 48000, 256);
    again = host_save(other);
    assert_true(host_state_equal(saved, again));
    host_state_free(again);
    assert_float_equal(host_get(other, "learned"), 100.f, 0.0);

    // twice the baseline, and no learning before it shows
    person(other, 1.5, 90.0, 4.0, 0.10);
    host_run(other, (uint64_t)(89.0 * RATE), 256);
    assert_float_equal(host_get(other, "tone_reason"), 0.f, 0.0);
    assert_float_equal(host_get(other, "tone"), 0.72f, 0.05);
    double told = 0.0;
    assert_true(count_values(other, 1, &told, 16383.0) > 10);
    assert_float_equal(told, host_get(other, "tone"), 0.002);

    person(host, t, t + 10.0, 4.0, 0.05);
    host_set(host, "learn", 1.f);
    host_run(host, (uint64_t)(2.0 * RATE), 256);
    again = host_save(host);
    assert_int_equal(again->count, 0);
    assert_float_equal(host_get(host, "tone_reason"), (float)HRV_LEARNING, 0.0);
    host_state_free(again);

    assert_int_equal(host_restore(other, empty), LV2_STATE_SUCCESS);
    host_run(other, 4800, 256);
    assert_true(host_get(other, "learned") < 1.f);

    const float wild = INFINITY;
    HostState* const odd = host_state_new();
    host_state_set(odd, saved->properties[0].key, saved->properties[0].type, &wild, sizeof(wild));
    host_restore(other, odd);
    host_run(other, 4800, 256);
    assert_true(host_get(other, "learned") < 1.f);
    host_state_free(odd);
    host_state_free(saved);
    host_state_free(empty);
    host_free(host);
    host_free(other);
    host_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_series),
        cmocka_unit_test(test_beats_and_breaths),
        cmocka_unit_test(test_leaves_others_values_alone),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
