// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// What teaches the phase: hums, a pacer that the person follows, a belt; and what does not.

#include "dsp/breath.h"

#include "unit.h"

#include <math.h>

enum { RATE = 1000, DELAY = 300 };

#define TURN 6.28318530717958648

typedef enum { NO_CUES, CUES, OTHER_CUES, HUMS, BELT } Anchor;

/// 150 s of breathing at 12 per min; the heart lags it by `lag` turns more than is usual
static BreathMemory live(Anchor anchor, double lag, float* least_weight)
{
    Breath* const breath = breath_new(RATE);
    assert_non_null(breath);
    breath_set_beat_delay(breath, DELAY);
    double beat_s = 0.0;
    double before = 0.0;
    for (int i = 0; i < 150 * RATE; ++i) {
        const double now_s = (double)i / RATE;
        if (now_s >= beat_s + 0.001 * DELAY) {
            const BreathBeat beat = {true, 1.0f, NAN, NAN};
            breath_beat(breath, &beat);
            // As dsp/breath_phase has it: longest 1.08 turns less 0.65 s after the in-breath
            const double at = 0.2 * beat_s - (1.08 - 0.65 * 0.2) - lag;
            beat_s += 0.95 + 0.04 * cos(TURN * at);
        }
        const double per_s = anchor == OTHER_CUES ? 0.1 : 0.2;
        const double phase = now_s * per_s - floor(now_s * per_s);
        if ((anchor == CUES || anchor == OTHER_CUES) && phase < before) {
            breath_cue(breath, true);
        }
        if (anchor == HUMS && phase >= 0.45 && before < 0.45) {
            breath_hum(breath, true);
        }
        before = phase;
        const double part = phase < 0.45 ? phase / 0.45 : 1.0 + (phase - 0.45) / 0.55;
        const float belt = (float)-cos(0.5 * TURN * part);
        BreathEvent events[4];
        breath_process(breath, NULL, anchor == BELT ? &belt : NULL, 1, events, 4);
    }
    BreathMemory memory;
    breath_memory(breath, &memory);
    *least_weight = memory.weight[1];
    breath_free(breath);
    return memory;
}

static void without_an_anchor_nothing_is_learned(void** state)
{
    (void)state;
    float weight = -1.0f;
    live(NO_CUES, 0.1, &weight);
    assert_float_equal(weight, 0.0, 0.0);
}

static void each_anchor_teaches_the_lag(void** state)
{
    (void)state;
    static const Anchor anchors[] = {CUES, HUMS, BELT};
    for (int i = 0; i < 3; ++i) {
        float weight = 0.0f;
        const BreathMemory none = live(anchors[i], 0.0, &weight);
        assert_true(weight > 5.0f);
        const BreathMemory late = live(anchors[i], 0.1, &weight);
        assert_true(weight > 5.0f);
        const float learned = late.offset_turns[1] - none.offset_turns[1];
        if (fabsf(learned - 0.1f) > 0.04f) {
            print_error("anchor %d: %.3f\n", (int)anchors[i], (double)learned);
        }
        assert_float_equal(learned, 0.1, 0.04);
    }
}

static void a_pacer_that_nobody_follows_teaches_nothing(void** state)
{
    (void)state;
    float weight = -1.0f;
    live(OTHER_CUES, 0.1, &weight);
    assert_float_equal(weight, 0.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_anchor_nothing_is_learned),
        cmocka_unit_test(each_anchor_teaches_the_lag),
        cmocka_unit_test(a_pacer_that_nobody_follows_teaches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
