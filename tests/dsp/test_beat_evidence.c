// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/beat_evidence.h"

#include "unit.h"

#include <math.h>
#include <string.h>

#define RATE 250.0 // Hz

static BeatPath path;

// Ten seconds of R waves every 0.8 s; the last one at sample 2450
static void learn(void)
{
    FoundBeat found;
    path_init(&path, &path_ecg, RATE, 0.28);
    for (int i = 0; i < 2500; ++i) {
        const double z = (fmod(i / RATE, 0.8) - 0.2) / 0.012;
        path_step(&path, (float)(0.2 * exp(-0.5 * z * z)), &found);
    }
    assert_true(path.any);
}

// A wave so long after the last beat, so large against it
static Evidence evidence(double since_s, double size)
{
    Evidence e;
    Candidate c;
    float signal[TEMPLATE_SPAN];
    memset(&c, 0, sizeof(c));
    c.at = path.last + (int64_t)lround(since_s * RATE);
    c.point = c.at - 20;
    c.deadline = path.now - 1;
    c.size = (float)(size * path_level(&path, &path.sizes, 0.0));
    c.slope = (float)(size * path.last_slope);
    c.quiet = (float)path.quiet;
    c.height = (float)(size * 0.2);
    c.width_s = (float)recent_median(&path.widths, 0.02);
    for (int i = 0; i < TEMPLATE_SPAN; ++i) {
        signal[i] = (float)size * path.templates.shape[0].tap[i < TEMPLATE_TAPS ? i : 0];
    }
    evidence_gather(&path, &c, signal, &e);
    for (int i = 0; i < PATH_EVIDENCE; ++i) {
        assert_true(isfinite(e.value[i]) && fabs(e.value[i]) < 5.0);
    }
    return e;
}

static void time_and_size_are_relative(void** state)
{
    (void)state;
    learn();
    const Evidence e = evidence(0.8, 1.0);
    assert_true(fabs(e.since - 0.8) < 0.01);
    assert_true(fabs(e.ratio - 1.0) < 0.02);
    assert_true(fabs(e.size - 1.0) < 0.01);
    assert_true(e.noise >= 0.0 && e.noise < 0.1);
    assert_true(e.value[0] == 1.0);
    assert_true(e.value[25] > 0.5 && e.value[24] == 0.0); // on the beat of a steady rhythm
}

static void a_beat_in_time_speaks_for_itself(void** state)
{
    (void)state;
    learn();
    const Evidence in_time = evidence(0.8, 1.0);
    const Evidence early = evidence(0.3, 1.0);
    const Evidence small = evidence(0.8, 0.15);
    const double odds = evidence_odds(&path_ecg, &in_time);
    assert_true(odds > evidence_odds(&path_ecg, &early) + 1.0);
    assert_true(odds > evidence_odds(&path_ecg, &small) + 1.0);
}

// Nothing in the signal may make it infinite or no number
static void extremes_stay_within_bounds(void** state)
{
    (void)state;
    learn();
    evidence(0.8, 0.0);
    evidence(0.8, 1e12);
    evidence(1000.0, 1.0);
    path.last_base = 1e30;
    path.quiet = 1e-9;
    evidence(0.01, 1e-12);
    Candidate c;
    Evidence e;
    float signal[TEMPLATE_SPAN] = {0.0f};
    memset(&c, 0, sizeof(c));
    c.at = path.now - 30;
    c.deadline = path.now - 1;
    c.height = -1.0f; // a parabola over a kink
    evidence_gather(&path, &c, signal, &e);
    for (int i = 0; i < PATH_EVIDENCE; ++i) {
        assert_true(isfinite(e.value[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_and_size_are_relative),
        cmocka_unit_test(a_beat_in_time_speaks_for_itself),
        cmocka_unit_test(extremes_stay_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
