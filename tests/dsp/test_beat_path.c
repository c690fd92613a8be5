// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/beat_path.h"

#include "unit.h"

#include <math.h>

#define RATE  250.0 // Hz
#define DELAY 0.28  // s

static double bell(double t, double at, double width_s)
{
    const double z = (t - at) / width_s;
    return exp(-0.5 * z * z);
}

// An R wave with a T wave every 0.8 s
static float ecg(int i, double t_height)
{
    const double t = fmod(i / RATE, 0.8);
    return (float)(0.2 * bell(t, 0.2, 0.012) + t_height * bell(t, 0.48, 0.045));
}

static void each_beat_is_decided_in_time(void** state)
{
    (void)state;
    static BeatPath path;
    FoundBeat found;
    int n = 0;
    path_init(&path, &path_ecg, RATE, DELAY);
    for (int i = 0; i < 5000; ++i) {
        if (!path_step(&path, ecg(i, 0.05), &found)) {
            continue;
        }
        const double at = fmod(found.mark / RATE, 0.8);
        assert_true(fabs(at - 0.2) < 0.004);
        assert_true((i - found.mark) / RATE <= DELAY + 0.5 / RATE);
        assert_true(n < 4 || found.evidence > 0.0);
        assert_true(n < 6 || (found.reliable && found.likeness > 0.99f && found.usual > 0.99f));
        ++n;
    }
    assert_int_equal(n, 25);
}

static void what_was_weighed_can_be_seen(void** state)
{
    (void)state;
    static BeatPath path;
    FoundBeat found;
    int beats = 0;
    path_init(&path, &path_ecg, RATE, DELAY);
    for (int i = 0; i < 5000; ++i) {
        const uint64_t before = path.decided;
        const bool beat = path_step(&path, ecg(i, 0.15), &found);
        assert_true(path.decided - before <= 1);
        if (beat && beats++) { // the first has nothing to be weighed against
            assert_int_equal(path.decided, before + 1);
            double sum = 0.0;
            for (int k = 0; k < PATH_EVIDENCE; ++k) {
                assert_true(isfinite(path.weighed[k]));
                sum += path_ecg.weights[k] * path.weighed[k];
            }
            assert_true(fabs(sum - found.evidence) < 1e-6);
        }
    }
    assert_true(path.decided > (uint64_t)beats); // T waves were weighed, too
}

static void levels_are_forgotten_on_reset(void** state)
{
    (void)state;
    static BeatPath path;
    FoundBeat found;
    path_init(&path, &path_ecg, RATE, DELAY);
    for (int i = 0; i < 2500; ++i) {
        path_step(&path, ecg(i, 0.05), &found);
    }
    assert_true(path.any && path.sizes.count > 4);
    path_reset(&path);
    assert_false(path.any);
    assert_int_equal(path.sizes.count, 0);
    int n = 0; // a thousandth of the size is found at once
    for (int i = 0; i < 2500; ++i) {
        n += path_step(&path, 0.001f * ecg(i, 0.05), &found);
    }
    assert_true(n >= 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_beat_is_decided_in_time),
        cmocka_unit_test(what_was_weighed_can_be_seen),
        cmocka_unit_test(levels_are_forgotten_on_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
