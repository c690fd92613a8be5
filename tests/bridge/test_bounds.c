// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "unit.h"

#include "bridge/bounds.h"
#include "dsp/random.h"

#include <math.h>

static const Slopes slopes = {7500.0, 7900.0};

static void test_under(void** state)
{
    (void)state;
    // Points above a line, two of them on it
    Point points[100];
    Random random = random_make(1, 1);
    for (unsigned i = 0; i < 100; i++) {
        points[i] = (Point){i, 7692.0 * i + 50.0 + 4e4 * random_uniform(&random)};
    }
    points[20].time_us = 7692.0 * 20 + 10.0;
    points[70].time_us = 7692.0 * 70 + 10.0;
    const Line line = bounds_under(points, 100, 50.0, slopes);
    assert_float_equal(line.us_per_sample, 7692.0, 1e-9);
    assert_float_equal(line.at_us, 10.0, 1e-6);
    // A slope that is not possible is not taken, and the line still is under all
    const Slopes narrow = {7700.0, 7900.0};
    const Line steep = bounds_under(points, 100, 50.0, narrow);
    assert_float_equal(steep.us_per_sample, 7700.0, 1e-9);
    for (unsigned i = 0; i < 100; i++) {
        assert_true(line_at(steep, points[i].index) <= points[i].time_us + 1e-6);
    }
    const Line one = bounds_under(points, 1, 0.0, slopes);
    assert_float_equal(line_at(one, 0.0), points[0].time_us, 1e-6);
}

static void test_between(void** state)
{
    (void)state;
    // A corridor of 2 ms: the middle is in its middle, and has its slope
    Point above[50];
    Point below[50];
    for (unsigned i = 0; i < 50; i++) {
        above[i] = (Point){i * 10.0, 7692.0 * i * 10.0 + 1000.0};
        below[i] = (Point){i * 10.0 + 5.0, 7692.0 * (i * 10.0 + 5.0) - 1000.0};
    }
    Line line;
    assert_true(bounds_between(above, 50, below, 50, 250.0, 500.0, slopes, 5000.0, 100.0, &line));
    assert_float_equal(line_at(line, 250.0), 7692.0 * 250.0, 20.0);
    assert_float_equal(line.us_per_sample, 7692.0, 0.1);
    // Too wide to be of use
    assert_false(bounds_between(above, 50, below, 50, 250.0, 500.0, slopes, 1500.0, 100.0, &line));
    // A contradiction is smoothed over if it is small
    below[25].time_us += 2050.0;
    assert_true(bounds_between(above, 50, below, 50, 250.0, 500.0, slopes, 5000.0, 100.0, &line));
    assert_float_equal(line_at(line, 255.0), 7692.0 * 255.0 + 1025.0, 50.0);
    below[25].time_us += 1000.0;
    assert_false(bounds_between(above, 50, below, 50, 250.0, 500.0, slopes, 5000.0, 100.0, &line));
    // Nothing from below: nothing to be in the middle of
    assert_false(bounds_between(above, 50, below, 0, 250.0, 500.0, slopes, 5000.0, 100.0, &line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_under),
        cmocka_unit_test(test_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
