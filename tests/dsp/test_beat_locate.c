// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/beat_locate.h"

#include "unit.h"

#include <math.h>

#define TWO_PI 6.28318530717958648

static float ring[LOCATE_RING];

// A bump 20 samples wide, as an R wave at 1 kHz, with its top at `top`
static void bump(double top, double height)
{
    for (int k = 0; k < LOCATE_RING; ++k) {
        const double d = (k - top) / 10.0;
        ring[k] = (float)(0.1 + height * exp(-0.5 * d * d));
    }
}

static void peaks_between_samples(void** state)
{
    (void)state;
    for (double top = 500.0; top < 502.0; top += 0.0371) {
        bump(top, 0.3);
        assert_true(fabs(locate_peak(ring, top + 1.7, 4, 1.0f) - top) < 1e-4);
        assert_true(fabs(locate_value(ring, top - 1.2, 4, 1.0f) - 0.4) < 1e-5);
        bump(top, -0.3);
        assert_true(fabs(locate_peak(ring, top - 1.7, 4, -1.0f) - top) < 1e-4);
        assert_true(fabs(locate_value(ring, top, 4, -1.0f) + 0.2) < 1e-5);
    }
}

static void no_peak_on_a_slope_or_a_flat_top(void** state)
{
    (void)state;
    for (int k = 0; k < LOCATE_RING; ++k) {
        ring[k] = 0.001f * (float)k;
    }
    assert_true(locate_peak(ring, 300.25, 3, 1.0f) == 300.25);
    for (int k = 0; k < LOCATE_RING; ++k) {
        ring[k] = 0.5f;
    }
    const double flat = locate_peak(ring, 300.25, 3, 1.0f);
    assert_true(flat >= 297.0 && flat <= 303.0);
}

static void crossings_either_way(void** state)
{
    (void)state;
    for (double at = 500.0; at < 501.0; at += 0.0417) {
        for (int sign = -1; sign <= 1; sign += 2) {
            for (int k = 0; k < LOCATE_RING; ++k) {
                ring[k] = (float)(0.2 + 0.1 * sign * sin(TWO_PI * (k - at) / 200.0));
            }
            const double found = locate_crossing(ring, at + 1.3, 4, 0.2, (float)sign);
            assert_true(fabs(found - at) < 1e-4);
        }
    }
    // none within reach
    assert_true(locate_crossing(ring, 520.5, 4, 0.9, 1.0f) == 520.5);
}

static void the_ring_wraps(void** state)
{
    (void)state;
    for (int k = 0; k < LOCATE_RING; ++k) {
        const double d = (k < 512 ? k : k - LOCATE_RING) / 10.0 - 0.0123;
        ring[k] = (float)exp(-0.5 * d * d);
    }
    assert_true(fabs(locate_peak(ring, 5.0 * LOCATE_RING, 4, 1.0f) - 5.0 * LOCATE_RING - 0.123) <
                1e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peaks_between_samples),
        cmocka_unit_test(no_peak_on_a_slope_or_a_flat_top),
        cmocka_unit_test(crossings_either_way),
        cmocka_unit_test(the_ring_wraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
