// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/beat_mark.h"

#include "unit.h"

#include <math.h>
#include <string.h>

#define RATE 250.0 // Hz

static BeatPath path;

// A path that has heard a second of a signal; the candidate's feature peaks at `at`
static Candidate candidate(const PathKind* kind, float (*signal)(int i), int64_t at)
{
    Candidate c;
    FoundBeat found;
    memset(&c, 0, sizeof(c));
    path_init(&path, kind, RATE, 0.28);
    for (int i = 0; i < 300; ++i) {
        path_step(&path, signal(i), &found);
    }
    c.at = at;
    mark_candidate(&path, &c);
    return c;
}

static double bell(double i, double at, double width)
{
    const double z = (i - at) / width;
    return exp(-0.5 * z * z);
}

static float tilted_r_wave(int i)
{
    return (float)(0.3 + 0.001 * i + 0.5 * bell(i, 150.4, 3.0));
}

static float s_wave(int i)
{
    return (float)(0.1 - 0.5 * bell(i, 150.0, 3.0));
}

static float pulse(int i)
{
    return (float)(0.2 / (1.0 + exp(-(i - 150.25) / 6.0)) * exp(-fmax(i - 175.0, 0.0) / 60.0));
}

static void an_r_wave_stands_on_a_tilted_line(void** state)
{
    (void)state;
    const Candidate c = candidate(&path_ecg, tilted_r_wave, 172);
    assert_true(fabs(c.mark - 150.4) < 0.1);
    assert_false(c.down);
    assert_true(fabs((double)c.height - 0.5) < 0.02);
    assert_true(fabs((double)c.base - 0.45) < 0.02);
    assert_true(fabs((double)c.width_s - 7.06 / RATE) < 2.0 / RATE);
}

static void a_wave_down_is_marked_at_its_lowest(void** state)
{
    (void)state;
    const Candidate c = candidate(&path_ecg, s_wave, 172);
    assert_true(fabs(c.mark - 150.0) < 0.1);
    assert_true(c.down);
}

static void a_polarity_set_is_kept(void** state)
{
    (void)state;
    candidate(&path_ecg, s_wave, 172);
    Candidate c;
    memset(&c, 0, sizeof(c));
    c.at = 172;
    path.forced = 1;
    mark_candidate(&path, &c);
    assert_false(c.down);
}

static void a_pulse_is_marked_half_way_up(void** state)
{
    (void)state;
    const Candidate c = candidate(&path_pulse, pulse, 168);
    assert_true(fabs(c.mark - 150.25) < 1.0);
    assert_true(c.foot < 140 && c.top > 160);
    assert_true(c.tilt == 0.0);
    assert_true(fabs((double)c.height - 0.2) < 0.02);
}

// Beats before on a steep line: it is taken off
static void steep_wander_is_taken_off(void** state)
{
    (void)state;
    Candidate c;
    memset(&c, 0, sizeof(c));
    candidate(&path_pulse, pulse, 168);
    for (int i = 0; i < 300; ++i) {
        path.raw[i] -= 0.01f * (float)(i - 150);
    }
    path.raw[20] = 0.1f - 0.01f * (20 - 150);
    path.raw[85] = 0.1f - 0.01f * (85 - 150);
    path.places[0] = 85;
    path.places[1] = 20;
    path.wander = 0.01;
    for (int i = 0; i < RECENT_VALUES; ++i) {
        recent_push(&path.heights, 0.2);
    }
    c.at = 168;
    mark_candidate(&path, &c);
    assert_true(fabs(c.tilt + 0.01) < 0.002);
    assert_true(fabs(c.mark - 150.25) < 2.0);
    assert_true(fabs((double)c.height - 0.2) < 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_r_wave_stands_on_a_tilted_line),
        cmocka_unit_test(a_wave_down_is_marked_at_its_lowest),
        cmocka_unit_test(a_polarity_set_is_kept),
        cmocka_unit_test(a_pulse_is_marked_half_way_up),
        cmocka_unit_test(steep_wander_is_taken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
