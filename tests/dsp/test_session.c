// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/session.h"

#include "unit.h"

#include <string.h>

enum { RATE = 8000 };

typedef struct {
    uint64_t phase_at[5], pacing_on, pacing_off, first_part, last_part;
    uint32_t parts;
    double cue_power; // of the sound added while pacing
} Seen;

static void run(Session* session, Seen* seen, double seconds, uint32_t block, uint64_t* now)
{
    float left[700];
    float right[700];
    SessionEvent events[4 * SESSION_MAX_EVENTS];
    const uint64_t end = *now + (uint64_t)(seconds * RATE);
    while (*now < end) {
        const uint32_t n = end - *now < block ? (uint32_t)(end - *now) : block;
        memset(left, 0, sizeof(left));
        memset(right, 0, sizeof(right));
        const uint32_t count =
            session_process(session, left, right, n, events, 4 * SESSION_MAX_EVENTS);
        for (uint32_t i = 0; i < count; ++i) {
            const uint64_t at = *now + events[i].frame;
            if (events[i].kind == SESSION_GUIDE && events[i].guide.kind == GUIDE_PHASE) {
                seen->phase_at[events[i].guide.value] = at;
            } else if (events[i].kind == SESSION_PACING && events[i].on) {
                seen->pacing_on = at;
            } else if (events[i].kind == SESSION_PACING) {
                seen->pacing_off = at;
            } else if (events[i].kind == SESSION_PART) {
                seen->first_part = seen->parts++ ? seen->first_part : at;
                seen->last_part = at;
            }
        }
        for (uint32_t i = 0; i < n; ++i) {
            seen->cue_power += (double)left[i] * left[i];
        }
        *now += n;
    }
}

static Session* begin(void)
{
    Session* const session = session_new(RATE);
    assert_non_null(session);
    session_set_exercise(session, 1);
    session_set_follow(session, false);
    guide_set_times(session_guide(session), 10.0f, 40.0f, 10.0f);
    pacer_set_cue(session_pacer(session), PACER_WAVES);
    guide_start(session_guide(session));
    return session;
}

static void pacer_goes_with_the_exercise(void** state)
{
    (void)state;
    Seen seen;
    uint64_t now = 0;
    memset(&seen, 0, sizeof(seen));
    Session* const session = begin();
    run(session, &seen, 70.0, 256, &now);
    assert_int_equal(seen.phase_at[GUIDE_EXERCISE], 10 * RATE);
    assert_int_equal(seen.phase_at[GUIDE_AFTER], 50 * RATE);
    assert_int_equal(seen.phase_at[GUIDE_DONE], 60 * RATE);
    assert_int_equal(seen.pacing_on, 10 * RATE);
    assert_int_equal(seen.pacing_off, 50 * RATE);
    assert_int_equal(seen.first_part, 10 * RATE);
    assert_true(seen.parts >= 8 && seen.parts <= 9); // 4 s in, 6 s out
    assert_true(seen.last_part < 50 * RATE);
    assert_true(seen.cue_power > 0.0);
    session_free(session);
}

static void calls_do_not_matter(void** state)
{
    (void)state;
    Seen a;
    Seen b;
    uint64_t now_a = 0;
    uint64_t now_b = 0;
    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    Session* const one = begin();
    Session* const other = begin();
    run(one, &a, 55.0, 700, &now_a);
    run(other, &b, 55.0, 13, &now_b);
    assert_memory_equal(&a, &b, offsetof(Seen, cue_power));
    session_free(one);
    session_free(other);
}

static void free_exercise_stops_it(void** state)
{
    (void)state;
    Seen seen;
    uint64_t now = 0;
    memset(&seen, 0, sizeof(seen));
    Session* const session = begin();
    run(session, &seen, 20.0, 256, &now);
    assert_int_equal(guide_state(session_guide(session)).phase, GUIDE_EXERCISE);
    session_set_exercise(session, 0);
    run(session, &seen, 1.0, 256, &now);
    assert_true(seen.pacing_off >= 20 * RATE && seen.pacing_off < 21 * RATE);
    const uint32_t parts = seen.parts;
    run(session, &seen, 20.0, 256, &now);
    assert_int_equal(seen.parts, parts);
    session_reset(session);
    assert_int_equal(guide_state(session_guide(session)).phase, GUIDE_IDLE);
    session_free(session);
    session_free(NULL);
    assert_null(session_new(0.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pacer_goes_with_the_exercise),
        cmocka_unit_test(calls_do_not_matter),
        cmocka_unit_test(free_exercise_stops_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
