// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/beat_queue.h"

#include "unit.h"

/// An event that can be told from others
static BeatEvent numbered(int number)
{
    return (BeatEvent){.amplitude = (float)number};
}

static void they_leave_in_time_order_on_their_frames(void** state)
{
    (void)state;
    BeatQueue queue = {.n = 0};
    const uint64_t due[] = {300, 100, 200};
    for (int i = 0; i < 3; ++i) {
        const BeatEvent event = numbered(i);
        beat_queue_add(&queue, due[i], &event);
    }
    BeatEvent events[4];
    assert_int_equal(beat_queue_take(&queue, 0, 100, events, 4), 0); // 100 is not before 100
    assert_int_equal(beat_queue_take(&queue, 64, 201, events, 4), 2);
    assert_true(events[0].amplitude == 1.0F && events[0].frame == 36);
    assert_true(events[1].amplitude == 2.0F && events[1].frame == 136);
    assert_int_equal(beat_queue_take(&queue, 201, 400, events, 4), 1);
    assert_true(events[0].amplitude == 0.0F && events[0].frame == 99);
}

static void those_of_one_frame_keep_their_order(void** state)
{
    (void)state;
    BeatQueue queue = {.n = 0};
    for (int i = 0; i < 3; ++i) {
        const BeatEvent event = numbered(i);
        beat_queue_add(&queue, 7, &event);
    }
    BeatEvent events[3];
    assert_int_equal(beat_queue_take(&queue, 0, 8, events, 3), 3);
    for (int i = 0; i < 3; ++i) {
        assert_true(events[i].amplitude == (float)i && events[i].frame == 7);
    }
}

static void too_many_are_dropped(void** state)
{
    (void)state;
    BeatQueue queue = {.n = 0};
    for (int i = 0; i < 2 * BEAT_QUEUE; ++i) {
        const BeatEvent event = numbered(i);
        beat_queue_add(&queue, (uint64_t)i, &event);
    }
    BeatEvent events[2];
    // What the caller has no room for is lost, too: it does not come on a wrong frame later
    assert_int_equal(beat_queue_take(&queue, 0, 4, events, 2), 2);
    assert_int_equal(queue.n, BEAT_QUEUE - 4);
    assert_int_equal(beat_queue_take(&queue, 4, 100, events, 1), 1);
    assert_true(events[0].amplitude == 4.0F);
    assert_int_equal(queue.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_leave_in_time_order_on_their_frames),
        cmocka_unit_test(those_of_one_frame_keep_their_order),
        cmocka_unit_test(too_many_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
