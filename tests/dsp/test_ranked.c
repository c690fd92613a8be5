// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/ranked.h"

#include "unit.h"

#include <math.h>

static int ascending(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

// Quantiles of the last values, sorted anew each time
static double expected(const double* values, int n, double q)
{
    double sorted[RANKED_VALUES];
    const int held = n < RANKED_VALUES ? n : RANKED_VALUES;
    for (int i = 0; i < held; ++i) {
        sorted[i] = values[n - held + i];
    }
    qsort(sorted, (size_t)held, sizeof(double), ascending);
    const double at = q * (held - 1.0);
    return 0.5 * (sorted[(int)floor(at)] + sorted[(int)ceil(at)]);
}

static double noise(uint32_t* seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (double)(*seed >> 28); // sixteen values: many are equal
}

static void is_as_if_sorted_anew(void** state)
{
    (void)state;
    Ranked ranked = {0};
    double values[500];
    uint32_t seed = 5;
    assert_true(ranked_quantile(&ranked, 0.5) == 0.0);
    for (int i = 0; i < 500; ++i) {
        values[i] = noise(&seed) + (i % 97 == 0 ? 1e6 : 0.0);
        ranked_put(&ranked, values[i]);
        for (double q = 0.0; q <= 1.0; q += 0.1) {
            assert_true(ranked_quantile(&ranked, q) == expected(values, i + 1, q));
        }
    }
}

static void what_comes_takes_the_place_of_what_was_assumed(void** state)
{
    (void)state;
    Ranked ranked = {0};
    double values[200];
    uint32_t seed = 9;
    ranked_assume(&ranked, 12, 3.0);
    for (int i = 0; i < 200; ++i) {
        double known[200 + 12];
        int n = 0;
        values[i] = noise(&seed);
        ranked_put(&ranked, values[i]);
        for (int k = i + 1; k < 12; ++k) {
            known[n++] = 3.0;
        }
        for (int k = 0; k <= i; ++k) {
            known[n++] = values[k];
        }
        assert_true(ranked_quantile(&ranked, 0.5) == expected(known, n, 0.5));
        assert_true(ranked_quantile(&ranked, 0.9) == expected(known, n, 0.9));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_as_if_sorted_anew),
        cmocka_unit_test(what_comes_takes_the_place_of_what_was_assumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
