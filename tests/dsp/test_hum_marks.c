// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/hum_marks.h"

#include "unit.h"

#include <math.h>
#include <string.h>

#define RATE 16000.0

static HumMarks marks;
static int64_t now; // clock of the newest estimate

static void begin(void)
{
    Pitch* const pitch = pitch_new(RATE);
    assert_non_null(pitch);
    memset(&marks, 0, sizeof marks);
    hum_marks_init(&marks, RATE, pitch);
    pitch_free(pitch);
    assert_true(marks.hop > 0);
    now = 0;
}

static PitchEstimate hum_at(float hz, float db)
{
    const PitchEstimate e = {.hz = hz,
                             .fundamental = 0.5f,
                             .clarity = 0.95f,
                             .low_share = 0.95f,
                             .centre_hz = 250.0f,
                             .low_db = db,
                             .tonal_db = db};
    return e;
}

static void take(PitchEstimate e, bool like)
{
    hum_marks_take(&marks, &e);
    hum_marks_judge(&marks, like);
    now += marks.hop;
}

static void take_for(double seconds, PitchEstimate e, bool like)
{
    for (int i = (int)(seconds * RATE / (double)marks.hop + 0.5); i > 0; --i) {
        take(e, like);
    }
}

static void only_a_hum_is_like_one(void** state)
{
    (void)state;
    begin();
    PitchEstimate e = hum_at(150.0f, -30.0f);
    assert_true(hum_marks_like(&marks, &e, false));
    e.clarity = 0.7f; // enough to go on, not to begin
    assert_false(hum_marks_like(&marks, &e, false));
    assert_true(hum_marks_like(&marks, &e, true));
    e = hum_at(150.0f, -30.0f);
    e.fundamental = 0.0f;
    assert_false(hum_marks_like(&marks, &e, true));
    e = hum_at(60.0f, -30.0f);
    assert_false(hum_marks_like(&marks, &e, true));
    e = hum_at(NAN, -30.0f);
    assert_false(hum_marks_like(&marks, &e, true));
    e = hum_at(150.0f, -30.0f); // an open vowel
    e.low_share = 0.5f;
    e.centre_hz = 600.0f;
    assert_false(hum_marks_like(&marks, &e, true));
    marks.singing = true;
    assert_true(hum_marks_like(&marks, &e, false));
}

static void our_own_pitches_and_the_mains_are_known(void** state)
{
    (void)state;
    begin();
    assert_false(hum_marks_known(&marks, 110.0f));
    const float played[] = {110.0f, NAN, 0.0f, 1e9f};
    hum_marks_set_known(&marks, played, 4);
    assert_int_equal(marks.known_count, 1);
    assert_true(hum_marks_known(&marks, 110.0f));
    assert_true(hum_marks_known(&marks, 331.0f)); // third partial
    assert_true(hum_marks_known(&marks, 55.0f));  // octave below
    assert_false(hum_marks_known(&marks, 130.0f));
    assert_true(hum_marks_mains(100.1f) && hum_marks_mains(180.0f));
    assert_false(hum_marks_mains(110.0f));
}

static void a_rise_stands_over_the_last_moments_only(void** state)
{
    (void)state;
    begin();
    take_for(0.1, hum_at(150.0f, -60.0f), true);
    assert_true(hum_marks_first(&marks)); // over silence
    assert_true(hum_marks_rises(&marks, 6.0f));
    take_for(1.0, hum_at(150.0f, -60.0f), true);
    assert_false(hum_marks_first(&marks));
    assert_false(hum_marks_rises(&marks, 6.0f));
    take(hum_at(150.0f, -52.0f), true);
    assert_true(hum_marks_rises(&marks, 6.0f));
    assert_false(hum_marks_rises(&marks, 9.0f));
    take_for(0.5, hum_at(150.0f, -52.0f), true);
    assert_false(hum_marks_rises(&marks, 6.0f));
    hum_marks_reset(&marks);
    assert_true(hum_marks_first(&marks));
}

static void a_leap_is_not_steady(void** state)
{
    (void)state;
    begin();
    take_for(0.5, hum_at(150.0f, -30.0f), true);
    assert_true(hum_marks_steady(&marks));
    take(hum_at(155.0f, -30.0f), true); // 57 cents
    assert_true(hum_marks_steady(&marks));
    take(hum_at(165.0f, -30.0f), true); // 165 cents
    assert_false(hum_marks_steady(&marks));
    begin();
    take_for(0.5, hum_at(150.0f, -30.0f), false); // no pitch that it could leap from
    take(hum_at(165.0f, -30.0f), true);
    assert_true(hum_marks_steady(&marks));
}

static void slopes_are_measured_and_taken_off(void** state)
{
    (void)state;
    begin();
    const double hop_s = (double)marks.hop / RATE;
    for (int i = 0; i < 100; ++i) { // 120 cents and 6 dB per second, ±1 dB
        const double t = i * hop_s;
        take(hum_at((float)(150.0 * pow(2.0, 0.1 * t)),
                    (float)(-30.0 + 6.0 * t + (i % 2 ? 1.0 : -1.0))),
             true);
    }
    const HumEvenness e = hum_marks_evenness(&marks);
    assert_true(e.like == 1.0f);
    assert_true(fabsf(e.pitch_slope - 120.0f) < 1.0f && e.pitch_sd < 0.1f);
    assert_true(fabsf(e.level_slope - 6.0f) < 0.5f && fabsf(e.level_sd - 1.0f) < 0.02f);
    assert_true(e.centre_sd < 0.01f);
    assert_true(hum_is_even(&e, false));
    assert_false(hum_is_even(&e, true)); // still rising
    take_for(0.05, hum_at(0.0f, -30.0f), false);
    const HumEvenness torn = hum_marks_evenness(&marks);
    assert_true(torn.like < 0.9f && !hum_is_even(&torn, false));
}

static void onset_and_end_are_where_the_level_turns(void** state)
{
    (void)state;
    begin();
    take_for(0.8, hum_at(0.0f, -70.0f), false);
    const int64_t from = now;
    take_for(0.15, hum_at(150.0f, -30.0f), true);
    const int64_t onset = hum_marks_onset(&marks, now);
    assert_true(llabs(onset + marks.lag - from) <= 2 * marks.hop);
    assert_true(hum_marks_breath(&marks, now, onset, -34.0f));
    assert_false(hum_marks_breath(&marks, now, onset, -75.0f)); // it was never that quiet
    take_for(0.85, hum_at(150.0f, -30.0f), true);
    const int64_t to = now;
    take_for(0.3, hum_at(0.0f, -70.0f), false);
    const int64_t end = hum_marks_end(&marks, now, 0.56, -30.0f, to);
    assert_true(llabs(end + marks.lag - to) <= 2 * marks.hop);
    // Another sound as loud took over: the last hum-like estimate
    assert_true(hum_marks_end(&marks, now, 0.56, -70.0f, to) == to - marks.lag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_hum_is_like_one),
        cmocka_unit_test(our_own_pitches_and_the_mains_are_known),
        cmocka_unit_test(a_rise_stands_over_the_last_moments_only),
        cmocka_unit_test(a_leap_is_not_steady),
        cmocka_unit_test(slopes_are_measured_and_taken_off),
        cmocka_unit_test(onset_and_end_are_where_the_level_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
