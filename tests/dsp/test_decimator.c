// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/decimator.h"

#include "unit.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

// Feed a whole signal in blocks; returns the number of outputs
static uint32_t run(Decimator* d, const float* in, uint32_t n, uint32_t block, float* out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n;) {
        const uint32_t most = i + block < n ? block : n - i;
        bool ready = false;
        float y = 0.0f;
        i += decimator_feed(d, in + i, most, &y, &ready);
        if (ready) {
            out[count++] = y;
        }
    }
    return count;
}

// Largest departure of the output from the input sine, late by the stated delay
static double error_at(uint32_t factor, double part_of_output_rate)
{
    enum { N = 48000 };
    static float in[N], out[N];
    const double w = 2.0 * PI * part_of_output_rate / factor;
    for (int i = 0; i < N; ++i) {
        in[i] = (float)sin(w * i);
    }
    Decimator* const d = decimator_new(factor);
    const uint32_t count = run(d, in, N, 256, out);
    double worst = 0.0;
    for (uint32_t k = 20; k < count; ++k) {
        const double at = (double)(k + 1) * factor - 1.0 - decimator_delay(d);
        worst = fmax(worst, fabs(out[k] - sin(w * at)));
    }
    decimator_free(d);
    return worst;
}

static void passes_the_band_late_by_a_known_delay(void** state)
{
    (void)state;
    const uint32_t factors[] = {2, 4, 8, 11, 48, 96};
    for (size_t i = 0; i < sizeof(factors) / sizeof(*factors); ++i) {
        assert_true(error_at(factors[i], 0.01) < 2e-4);
        assert_true(error_at(factors[i], 0.17) < 5e-4);
    }
}

static void stops_what_would_fold_into_the_band(void** state)
{
    (void)state;
    enum { N = 48000, FACTOR = 48 };
    static float in[N], out[N];
    for (int i = 0; i < N; ++i) {
        in[i] = (float)sin(2.0 * PI * 0.9 / FACTOR * i);
    }
    Decimator* const d = decimator_new(FACTOR);
    const uint32_t count = run(d, in, N, 100, out);
    for (uint32_t k = 16; k < count; ++k) {
        assert_true(fabsf(out[k]) < 3e-4f);
    }
    decimator_free(d);
}

static void does_not_depend_on_the_blocks(void** state)
{
    (void)state;
    enum { N = 5000 };
    static float in[N], whole[N], cut[N];
    for (int i = 0; i < N; ++i) {
        in[i] = (float)(0.3 + sin(i * 0.01) + 0.1 * ((i * 7919) % 101));
    }
    const uint32_t blocks[] = {1, 2, 7, 47, 64, 1000};
    for (uint32_t factor = 1; factor < 60; factor += 13) {
        Decimator* const d = decimator_new(factor);
        const uint32_t count = run(d, in, N, N, whole);
        assert_int_equal(count, N / factor);
        for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); ++i) {
            decimator_reset(d);
            assert_int_equal(run(d, in, N, blocks[i], cut), count);
            assert_memory_equal(whole, cut, count * sizeof(float));
        }
        decimator_free(d);
    }
}

static void forgets_a_bad_frame_when_told(void** state)
{
    (void)state;
    enum { N = 2000, FACTOR = 10 };
    static float in[N], out[N];
    for (int i = 0; i < N; ++i) {
        in[i] = 1.0f;
    }
    in[500] = NAN;
    Decimator* const d = decimator_new(FACTOR);
    uint32_t k = 0, spoilt = 0, bad = 0;
    for (uint32_t i = 0; i < N;) {
        bool ready = false;
        i += decimator_feed(d, in + i, N - i, &out[k], &ready);
        if (!isfinite(out[k])) {
            ++bad;
            decimator_reset_sums(d);
            spoilt = DECIMATOR_SPAN;
        }
        if (!spoilt) {
            assert_true(k < 8 || fabsf(out[k] - 1.0f) < 1e-5f);
        } else {
            --spoilt;
        }
        ++k;
    }
    assert_int_equal(bad, 1);
    decimator_free(d);
}

static void refuses_absurd_factors(void** state)
{
    (void)state;
    assert_null(decimator_new(0));
    assert_null(decimator_new(1000000));
    decimator_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_the_band_late_by_a_known_delay),
        cmocka_unit_test(stops_what_would_fold_into_the_band),
        cmocka_unit_test(does_not_depend_on_the_blocks),
        cmocka_unit_test(forgets_a_bad_frame_when_told),
        cmocka_unit_test(refuses_absurd_factors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
