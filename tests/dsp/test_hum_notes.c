// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/hum_notes.h"

#include "unit.h"
#include "voice.h"

#include <math.h>

#define HOP_S 0.004

static HumNotes notes;

// A tone for so long, wandering by ± spread cents at 3 Hz; a gap of silence before it
static void note(double cents, double seconds, double spread, double gap_s)
{
    for (double t = 0.0; t < gap_s; t += HOP_S) {
        hum_notes_take(&notes, false, 0.0f, -80.0f);
    }
    for (double t = 0.0; t < seconds; t += HOP_S) {
        hum_notes_take(&notes, true, (float)(cents + spread * sin(18.85 * t)), -30.0f);
    }
}

static void level_steps_are_a_melody_that_is_forgotten(void** state)
{
    (void)state;
    hum_notes_init(&notes, HOP_S);
    assert_false(hum_notes_music(&notes));
    note(1200, 0.5, 1, 0.0);
    note(1400, 0.5, 1, 0.03);
    assert_false(hum_notes_music(&notes));
    note(1500, 0.5, 1, 0.03);
    note(1700, 0.5, 1, 0.03);
    assert_true(hum_notes_music(&notes));
    note(0, 0, 0, 19.0);
    assert_true(hum_notes_music(&notes));
    note(0, 0, 0, 1.5);
    assert_false(hum_notes_music(&notes));
}

static void a_fainter_moment_parts_notes_as_well(void** state)
{
    (void)state;
    hum_notes_init(&notes, HOP_S);
    for (int i = 0; i < 4; ++i) {
        note(1200 + 200 * i, 0.5, 1, 0.0);
        for (int k = 0; k < 6; ++k) { // the last moments, and the pitch that lags
            hum_notes_take(&notes, true, (float)(1200 + 200 * i), k < 4 ? -45.0f : -30.0f);
        }
    }
    assert_true(hum_notes_music(&notes));
}

static void a_voice_is_no_instrument(void** state)
{
    (void)state;
    hum_notes_init(&notes, HOP_S);
    for (int i = 0; i < 10; ++i) { // it wanders
        note(1200 + 200 * (i % 3), 0.5, 15, 0.05);
    }
    assert_false(hum_notes_music(&notes));
    hum_notes_init(&notes, HOP_S);
    for (int i = 0; i < 10; ++i) { // or slides without losing the tone
        note(1200 + 200 * (i % 3), 0.5, 1, 0.0);
    }
    assert_false(hum_notes_music(&notes));
    hum_notes_init(&notes, HOP_S);
    for (int i = 0; i < 10; ++i) { // or holds each for a breath
        note(1200 + 200 * (i % 3), 2.5, 1, 0.1);
    }
    assert_false(hum_notes_music(&notes));
    hum_notes_init(&notes, HOP_S);
    for (int i = 0; i < 10; ++i) { // or breathes in between
        note(1200 + 200 * (i % 3), 1.0, 1, 0.8);
    }
    assert_false(hum_notes_music(&notes));
}

static void anything_is_stood(void** state)
{
    (void)state;
    hum_notes_init(&notes, HOP_S);
    static const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, 0.0f};
    uint32_t seed = 3;
    for (int i = 0; i < 5000; ++i) {
        hum_notes_take(&notes, voice_random(&seed) < 0.8,
                       wild[(int)(5.0 * voice_random(&seed))] * 1.0f,
                       wild[(int)(5.0 * voice_random(&seed))]);
    }
    note(0, 0, 0, 25.0);
    assert_false(hum_notes_music(&notes));
    for (int i = 0; i < 4; ++i) {
        note(1200 + 200 * i, 0.5, 1, 0.03);
    }
    note(0, 0, 0, 0.1);
    assert_true(hum_notes_music(&notes)); // as good as new
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level_steps_are_a_melody_that_is_forgotten),
        cmocka_unit_test(a_fainter_moment_parts_notes_as_well),
        cmocka_unit_test(a_voice_is_no_instrument),
        cmocka_unit_test(anything_is_stood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
