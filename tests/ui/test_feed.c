// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a window makes of what it was told: the shape of the beats.
#include "ui/feed.h"

#include "unit.h"

#include <math.h>
#include <string.h>

enum { COLUMNS = 1000, BEAT_EVERY = 90 };
#define COLUMN_S 0.01

// A trace with a wave of this height each BEAT_EVERY columns, on a ground that wanders
static void fill(FeedTrace* feed, double height)
{
    for (int i = 0; i < COLUMNS; ++i) {
        const double wave = height * exp(-pow((i % BEAT_EVERY - 45) / 3.0, 2.0));
        const double ground = 0.3 * sin(i / 200.0);
        const float low = (float)(ground + fmin(wave, 0.0) - 0.01);
        const float high = (float)(ground + fmax(wave, 0.0) + 0.01);
        feed_trace(feed, COLUMN_S, &low, &high, 1);
        if (i % BEAT_EVERY == 75) { // told 30 columns late, as a detector does
            feed_mark(feed, 30.0 * COLUMN_S, true);
        }
    }
}

static void beats_have_their_shape(void** state)
{
    (void)state;
    static FeedTrace feed;
    for (int turn = 0; turn < 2; ++turn) { // upright, inverted
        const double height = turn ? -1.0 : 1.0;
        float usual[FEED_SHAPE];
        float last[FEED_SHAPE];
        double likeness = 0.0;
        memset(&feed, 0, sizeof(feed));
        assert_int_equal(feed_shape(&feed, 15.0, usual, last, &likeness), 0);
        fill(&feed, height);
        assert_in_range(feed_shape(&feed, 15.0, usual, last, &likeness), 8, 12);
        assert_true(likeness > 0.98);
        const int middle = FEED_SHAPE / 2;
        assert_true(height * (double)usual[middle] > 0.8);
        assert_true(fabs((double)usual[5]) < 0.2 && fabs((double)usual[FEED_SHAPE - 5]) < 0.2);
        assert_in_range(feed_shape(&feed, 3.0, usual, last, &likeness), 2, 4);
    }
}

static void an_odd_beat_is_told(void** state)
{
    (void)state;
    static FeedTrace feed;
    float usual[FEED_SHAPE];
    float last[FEED_SHAPE];
    double likeness = 0.0;
    fill(&feed, 1.0);
    for (int i = 0; i < 80; ++i) { // a wide one the other way, which nobody trusts
        const float value = (float)(-0.8 * exp(-pow((i - 40) / 12.0, 2.0)));
        feed_trace(&feed, COLUMN_S, &value, &value, 1);
    }
    feed_mark(&feed, 40.0 * COLUMN_S, false);
    assert_true(feed_shape(&feed, 15.0, usual, last, &likeness) > 5);
    assert_true(likeness < 0.5);
    assert_true((double)usual[FEED_SHAPE / 2] > 0.8); // it is no part of what is usual
}

static void gaps_have_no_shape(void** state)
{
    (void)state;
    static FeedTrace feed;
    float usual[FEED_SHAPE];
    float last[FEED_SHAPE];
    double likeness = 0.0;
    for (int i = 0; i < 400; ++i) {
        const float value = NAN;
        feed_trace(&feed, COLUMN_S, &value, &value, 1);
    }
    feed_mark(&feed, 1.0, true);
    feed_mark(&feed, 2.0, true);
    feed_mark(&feed, 3.9, true);
    assert_int_equal(feed_shape(&feed, 15.0, usual, last, &likeness), 0);
    assert_true(likeness <= 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beats_have_their_shape),
        cmocka_unit_test(an_odd_beat_is_told),
        cmocka_unit_test(gaps_have_no_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
