// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A change of the rhythm is seen within a breath of the new one, none is seen where there is none.

#include "dsp/breath_change.h"

#include "dsp/random.h"

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#define TURN 6.28318530717958648
#define RR_S 0.9

enum { OLD = 40, BINS = CHANGE_BINS };

static double per_min(int bin)
{
    return 3.5 * exp(log(34.0 / 3.5) / (BINS - 1) * bin);
}

/// Seconds after the change until it is seen, -1 if it is not; `to` the bin that it is to
static double seen_after(double then_per_min, double noise, uint32_t seed, int* to)
{
    static BreathChange change;
    const float none[BINS] = {0.0f};
    Random random = random_make(seed, 0);
    double turns = 0.0;
    change_init(&change);
    for (int beat = 0; beat < 120; ++beat) {
        const bool later = beat >= 80;
        turns += RR_S / 60.0 * (later ? then_per_min : per_min(OLD));
        const double y = 0.02 * sin(TURN * turns) + noise * random_normal(&random);
        change_beat(&change, (float)RR_S, (float)y, true, OLD, (float)(per_min(OLD) / 60.0), true,
                    1e3f);
        for (int i = 0; i < BINS; ++i) { // the old one first
            const int k = i == 0 ? OLD : i == OLD ? 0 : i;
            const double angle = TURN * per_min(k) / 60.0 * RR_S;
            change_step(&change, (uint32_t)k, (float)cos(angle), (float)sin(angle));
        }
        assert_true(change_count(&change) <= CHANGE_BEATS);
        const int found = change_to(&change, none, (float)(log(34.0 / 3.5) / (BINS - 1)), BINS);
        if (found >= 0) {
            *to = found;
            return later ? (beat - 80 + 1) * RR_S : -2.0;
        }
    }
    return -1.0;
}

static void a_change_is_seen(void** state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 8; ++seed) {
        int to = -1;
        const double after = seen_after(6.0, 0.004, seed, &to);
        assert_true(after > 2.0 && after < 11.0);
        assert_true(per_min(to) < 0.8 * per_min(OLD)); // slower, so far as one breath tells
    }
}

static void the_same_rhythm_is_no_change(void** state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 8; ++seed) {
        int to;
        assert_true(seen_after(per_min(OLD), 0.004, seed, &to) == -1.0);
        assert_true(seen_after(1.05 * per_min(OLD), 0.004, seed, &to) == -1.0);
    }
}

// Intervals that never showed the breath cannot tell that it has gone
static void what_was_not_shown_does_not_change(void** state)
{
    (void)state;
    static BreathChange change;
    const float none[BINS] = {0.0f};
    change_init(&change);
    for (int beat = 0; beat < 60; ++beat) {
        change_beat(&change, 0.9f, beat % 3 ? 0.02f : -0.02f, true, OLD, 0.2f, false, 1e3f);
        for (int i = 0; i < BINS; ++i) {
            change_step(&change, (uint32_t)i, 0.8f, 0.6f);
        }
        assert_int_equal(change_to(&change, none, 0.036f, BINS), -1);
    }
}

// After a change the window grows, so that more of the new rhythm is in it
static void the_window_grows_after_a_change(void** state)
{
    (void)state;
    static BreathChange change;
    change_init(&change);
    for (int beat = 0; beat < 40; ++beat) {
        change_beat(&change, 0.9f, 0.01f, true, OLD, 0.2f, true, 1e3f);
    }
    const uint32_t usual = change_count(&change);
    assert_in_range(usual, 12, 14);
    for (int beat = 0; beat < 14; ++beat) {
        change_beat(&change, 0.9f, 0.01f, true, OLD, 0.2f, true, 0.9f * (float)beat);
    }
    assert_in_range(change_count(&change), usual + 8, usual + 14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_seen),
        cmocka_unit_test(the_same_rhythm_is_no_change),
        cmocka_unit_test(what_was_not_shown_does_not_change),
        cmocka_unit_test(the_window_grows_after_a_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
