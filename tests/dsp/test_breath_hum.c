// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// Three hums at like distances lead; two, or uneven ones, do not; a hum that stays away ends it.

#include "dsp/breath_hum.h"

#include "unit.h"

static void three_alike_lead(void** state)
{
    (void)state;
    BreathHum hum;
    hum_forget(&hum);
    assert_true(hum_start(&hum, 5.0));
    assert_false(hum_leads(&hum));
    assert_true(hum_start(&hum, 15.0));
    assert_false(hum_leads(&hum));
    assert_true(hum_start(&hum, 25.0));
    assert_true(hum_leads(&hum));
    assert_float_equal(hum.per_s, 0.1, 1e-12);
    assert_float_equal(hum_since(&hum, 27.5), 2.5, 1e-12);
}

static void uneven_ones_do_not(void** state)
{
    (void)state;
    static const double times_s[] = {0.0, 10.0, 16.0, 26.0, 32.0};
    BreathHum hum;
    hum_forget(&hum);
    for (int i = 0; i < 5; ++i) {
        hum_start(&hum, times_s[i]);
        assert_false(hum_leads(&hum));
    }
}

static void a_hum_in_two_pieces_is_one(void** state)
{
    (void)state;
    BreathHum hum;
    hum_forget(&hum);
    hum_start(&hum, 0.0);
    hum_start(&hum, 10.0);
    assert_false(hum_start(&hum, 11.5));
    hum_start(&hum, 20.0);
    assert_true(hum_leads(&hum));
    assert_float_equal(hum.per_s, 0.1, 1e-12);
}

static void what_stays_away_leads_no_more(void** state)
{
    (void)state;
    BreathHum hum;
    hum_forget(&hum);
    for (int i = 0; i < 4; ++i) {
        hum_start(&hum, 10.0 * i);
    }
    hum_check(&hum, 46.0);
    assert_true(hum_leads(&hum));
    hum_check(&hum, 48.0);
    assert_false(hum_leads(&hum));
    hum_start(&hum, 50.0); // it takes three again
    assert_false(hum_leads(&hum));
}

static void a_steady_pacer_is_known_by_its_rate(void** state)
{
    (void)state;
    BreathHum hum;
    hum_forget(&hum);
    assert_false(hum_cue(&hum, 0.0, true));
    assert_false(hum_cue(&hum, 4.0, false)); // out-breaths tell no rate
    assert_false(hum_cue(&hum, 10.0, true));
    assert_true(hum_cue(&hum, 20.0, true));
    assert_float_equal(hum.paced_per_s, 0.1, 1e-12);
    assert_false(hum_cue(&hum, 25.0, true)); // another pace
    assert_true(hum_cue(&hum, 30.0, true));
    assert_false(hum_cue(&hum, 100.0, true)); // it had stopped
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_alike_lead),
        cmocka_unit_test(uneven_ones_do_not),
        cmocka_unit_test(a_hum_in_two_pieces_is_one),
        cmocka_unit_test(what_stays_away_leads_no_more),
        cmocka_unit_test(a_steady_pacer_is_known_by_its_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
