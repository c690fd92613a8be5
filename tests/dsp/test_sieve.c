// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The sieve: of two partials that would be rough to each other the lesser one becomes faint.

#include "unit.h"

#include "dsp/sieve.h"

#include <math.h>

static double db(float factor)
{
    return 20.0 * log10((double)factor);
}

// Lets n partials settle; factors come back
static void settle(Sieve* sieve, uint32_t n, const float* hz, const float* amplitude,
                   const float* rank, float* factor)
{
    double power = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        power += (double)amplitude[i] * (double)amplitude[i];
    }
    for (int step = 0; step < 2000; ++step) {
        for (uint32_t i = 0; i < n; ++i) {
            factor[i] = sieve_factor(sieve, i, hz[i], amplitude[i], rank[i]);
            sieve_judge(sieve, power);
        }
    }
}

static void the_lesser_gives_way(void** state)
{
    (void)state;
    Sieve sieve;
    sieve_init(&sieve, 8, 0.005);
    const float hz[] = {110.0f, 220.0f, 330.0f, 331.0f};
    const float amplitude[] = {1.0f, 0.3f, 0.2f, 0.2f};
    const float rank[] = {100.0f, -10.0f, -5.0f, -20.0f};
    float factor[4];
    settle(&sieve, 4, hz, amplitude, rank, factor);
    const double power = 1.0 + 0.09 + 0.04 + 0.04;
    assert_true(factor[0] == 1.0f && factor[2] == 1.0f && factor[3] == 1.0f); // one per second
    const double pair_db = db(factor[1]) + db(0.3f) - 20.0 * log10(power);
    assert_true(fabs(pair_db - SIEVE_DB) < 0.1);
    assert_true(fabs(db(sieve_now(&sieve, 1)) - db(factor[1])) < 0.2);
}

static void far_and_faint_ones_stay(void** state)
{
    (void)state;
    Sieve sieve;
    sieve_init(&sieve, 8, 0.005);
    const float hz[] = {200.0f, 370.0f, 420.0f, 290.0f};
    const float amplitude[] = {1.0f, 0.5f, 0.002f, 0.001f};
    const float rank[] = {4.0f, 3.0f, 2.0f, 1.0f};
    float factor[4];
    settle(&sieve, 4, hz, amplitude, rank, factor);
    for (int i = 0; i < 4; ++i) {
        assert_true(factor[i] == 1.0f);
    }
}

static void it_moves_slowly_and_forgets(void** state)
{
    (void)state;
    Sieve sieve;
    sieve_init(&sieve, 2, 0.005);
    const float hz[] = {110.0f, 200.0f};
    float before = 1.0f;
    for (int step = 0; step < 400; ++step) {
        sieve_factor(&sieve, 0, hz[0], 1.0f, 2.0f);
        const float now = sieve_factor(&sieve, 1, hz[1], 1.0f, 1.0f);
        assert_true(now <= before && db(now) > db(before) - 1.0);
        sieve_judge(&sieve, 2.0);
        sieve_judge(&sieve, 2.0);
        before = now;
    }
    assert_true(db(before) < -40.0);
    sieve_leave(&sieve, 0); // it fades: the other may come back
    for (int step = 0; step < 600; ++step) {
        before = sieve_factor(&sieve, 1, hz[1], 1.0f, 1.0f);
        sieve_judge(&sieve, 2.0);
    }
    assert_true(before > 0.99f);
    sieve_forget(&sieve, 1);
    assert_true(sieve_now(&sieve, 1) == 1.0f);
    sieve_judge(&sieve, 0.0); // silence is fine
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lesser_gives_way),
        cmocka_unit_test(far_and_faint_ones_stay),
        cmocka_unit_test(it_moves_slowly_and_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
