// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The CV variants in jalv: the simulated person, heard by beat-cv, breath-cv and hrv-cv by MIDI,
// whose voltages move drone-cv.

#include "unit.h"

#include "jackworld.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RATE    48000u
#define SECONDS 60u

static void jalv(JackWorld* world, const char* name, const char* uri, const char* last_port)
{
    const char* const words[] = {"jalv", "-x", "-n", name, uri, NULL};
    const pid_t pid = jackworld_spawn(world, words);
    assert_true(pid > 0);
    if (!jackworld_wait_port(world, last_port)) {
        fail_msg("no %s: %s", last_port, jackworld_output(world, pid));
    }
}

static void test_voltages_in_jalv(void** state)
{
    (void)state;
    char reason[200] = "";
    if (!jackworld_has("jalv")) {
        strcpy(reason, "jalv is not there");
    }
    char here[400];
    char lv2_path[512];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(lv2_path, sizeof lv2_path, "%s/build/lv2:/usr/lib/lv2", here);
    setenv("LV2_PATH", lv2_path, 1);
    JackWorld* const world = *reason ? NULL : jackworld_new(RATE, 1024, reason);
    if (!world) {
        print_message("skipped: %s\n", reason);
        skip();
    }
    jalv(world, "heart", "urn:tonus:heart", "heart:out");
    jalv(world, "beat", "urn:tonus:beat-cv", "beat:rr_cv");
    jalv(world, "breath", "urn:tonus:breath-cv", "breath:resp_hrv_cv");
    jalv(world, "hrv", "urn:tonus:hrv-cv", "hrv:coherence_cv");
    jalv(world, "drone", "urn:tonus:drone-cv", "drone:swell_out");
    const char* const audio[] = {
        "beat:gate_cv",    "beat:heart_rate_cv", "breath:lungs_cv", "hrv:tone_cv",
        "drone:swell_out", "drone:out_left",     "hrv:quality_cv",  NULL};
    const char* const midi[] = {"beat:events_out", NULL};
    const char* const links[] = {"heart:out",
                                 "beat:in",
                                 "heart:out",
                                 "breath:in",
                                 "beat:events_out",
                                 "breath:events_in",
                                 "breath:events_out",
                                 "hrv:events_in",
                                 "breath:lungs_cv",
                                 "drone:breath_cv",
                                 "hrv:tone_cv",
                                 "drone:tone_cv",
                                 NULL};
    const uint64_t frames = SECONDS * (uint64_t)RATE;
    assert_true(jackworld_record(world, audio, midi, links, frames, true));

    // each reliable beat opens the gate, at the frame of its note
    const float* const gate = jackworld_audio(world, 0);
    unsigned n = 0, beats = 0;
    const JackEvent* const events = jackworld_events(world, 0, &n);
    for (unsigned i = 0; i < n; ++i) {
        const JackEvent* const e = &events[i];
        if (e->bytes[0] == 0x9F && e->bytes[1] == 36 && e->frame > 0 && e->frame < frames) {
            assert_true(gate[e->frame] == 1.0f && gate[e->frame - 1] == 0.0f);
            ++beats;
        }
    }
    assert_in_range(beats, SECONDS * 40 / 60, SECONDS * 100 / 60);
    const float rate = jackworld_audio(world, 1)[frames - 1];
    assert_true(rate > 40.0f && rate < 110.0f); // beyond ±1, as it is
    // the lungs fill and empty, and the drone swells with them, a little later
    float low[2] = {1.0f, 1.0f}, high[2] = {0.0f, 0.0f};
    for (uint64_t i = frames / 2; i < frames; ++i) {
        for (unsigned k = 0; k < 2; ++k) {
            const float x = jackworld_audio(world, k ? 4 : 2)[i];
            low[k] = fminf(low[k], x);
            high[k] = fmaxf(high[k], x);
        }
    }
    assert_true(low[0] < 0.05f && high[0] > 0.95f);
    assert_true(high[1] - low[1] > 0.3f);
    assert_true(jackworld_audio(world, 6)[frames - 1] > 0.5f);
    double power = 0.0;
    for (uint64_t i = frames - RATE; i < frames; ++i) {
        power += (double)jackworld_audio(world, 5)[i] * (double)jackworld_audio(world, 5)[i];
    }
    assert_true(10.0 * log10(power / RATE) > -50.0);
    const char* const kind =
        jackworld_property(world, "beat:gate_cv", "http://jackaudio.org/metadata/signal-type");
    assert_true(!*kind || !strcmp(kind, "CV")); // where jalv tells it, it says so
    jackworld_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_voltages_in_jalv)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
