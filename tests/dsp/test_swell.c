// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/swell.h"

#include "unit.h"
#include "voice.h"

#include <math.h>
#include <string.h>

enum { RATE = 48000, BREATHS = 8, BREATH = 10 * RATE, LENGTH = BREATHS * BREATH };

static float in[2][LENGTH], out[2][LENGTH];

// Music (a tone and noise) through the swell, 4 s in, 6 s out, in blocks of at most `block`
static void run(float depth, float tilt, bool breathing, uint32_t block)
{
    uint32_t seed = 3;
    memset(in, 0, sizeof in);
    for (int side = 0; side < 2; ++side) {
        voice_noise(in[side], LENGTH, -40, &seed);
        for (int i = 0; i < LENGTH; ++i) {
            in[side][i] += 0.1f * sinf((float)(i % 480) * (float)(2.0 * 3.14159265 / 480.0));
        }
    }
    Swell* const swell = swell_new(RATE);
    assert_non_null(swell);
    swell_set_depth(swell, depth);
    swell_set_tilt(swell, tilt);
    swell_reset(swell);
    for (uint32_t at = 0; at < LENGTH;) {
        const uint32_t in_breath = at % BREATH;
        if (breathing && (in_breath == 0 || in_breath == 4 * RATE)) {
            swell_breath(swell, in_breath == 0);
        }
        uint32_t n = in_breath < 4 * RATE ? 4 * RATE - in_breath : BREATH - in_breath;
        n = n < block ? n : block;
        swell_process(swell, in[0] + at, in[1] + at, out[0] + at, out[1] + at, n);
        at += n;
    }
    swell_free(swell);
}

static double gain_db(uint32_t at)
{
    double power_in = 0.0, power_out = 0.0;
    for (uint32_t i = at - 2400; i < at + 2400; ++i) {
        power_in += (double)in[0][i] * (double)in[0][i];
        power_out += (double)out[0][i] * (double)out[0][i];
    }
    return 10.0 * log10(power_out / power_in);
}

static void depth_zero_passes_every_bit(void** state)
{
    (void)state;
    run(0.0f, 6.0f, true, 256);
    assert_memory_equal(in, out, sizeof in);
    run(6.0f, 6.0f, false, 256); // nobody breathes
    assert_memory_equal(in, out, sizeof in);

    // From some depth to 0: after the fade every bit passes, also with the breath going on
    Swell* const swell = swell_new(RATE);
    swell_breath(swell, true);
    swell_process(swell, in[0], in[1], out[0], out[1], 4 * RATE);
    swell_set_depth(swell, 0.0f);
    swell_breath(swell, false);
    swell_process(swell, in[0] + 4 * RATE, in[1] + 4 * RATE, out[0] + 4 * RATE, out[1] + 4 * RATE,
                  BREATH);
    assert_memory_equal(in[0] + 8 * RATE, out[0] + 8 * RATE, RATE * sizeof(float));
    assert_true(memcmp(in[0], out[0], 4 * RATE * sizeof(float)) != 0);
    swell_free(swell);
}

static void the_music_breathes_in_phase(void** state)
{
    (void)state;
    run(6.0f, 0.0f, true, 256);
    for (uint32_t k = 4; k < BREATHS; ++k) {
        assert_true(fabs(gain_db(k * BREATH) + 6.0) < 0.15);           // empty at the in-breath
        assert_true(fabs(gain_db(k * BREATH + 4 * RATE)) < 0.15);      // full at the out-breath
        assert_true(fabs(gain_db(k * BREATH + 2 * RATE) + 3.0) < 0.5); // half way between
        assert_true(fabs(gain_db(k * BREATH + 7 * RATE) + 3.0) < 0.5);
    }
    for (int i = 0; i < LENGTH; ++i) {
        assert_true(fabsf(out[0][i]) <= fabsf(in[0][i]) * 1.0001f); // never louder than it came
    }
}

static void the_gain_never_jumps(void** state)
{
    (void)state;
    // A steady signal shows the gain itself; breaths of all lengths, some said twice
    static float one[2][600], to[2][600];
    for (int i = 0; i < 600; ++i) {
        one[0][i] = one[1][i] = 1.0f;
    }
    Swell* const swell = swell_new(RATE);
    swell_set_depth(swell, 6.0f);
    swell_set_tilt(swell, 0.0f);
    uint32_t seed = 9;
    bool inhaling = false;
    double last = 0.0, steepest = 0.0;
    uint32_t until = 0;
    for (uint32_t t = 0; t < 300 * RATE; t += 600) {
        if (t >= until) {
            inhaling = voice_random(&seed) < 0.1 ? inhaling : !inhaling;
            swell_breath(swell, inhaling);
            until = t + (uint32_t)((0.8 + 6.0 * voice_random(&seed)) * RATE);
        }
        swell_process(swell, one[0], one[1], to[0], to[1], 600);
        for (int i = 0; i < 600; ++i) {
            steepest = t > RATE ? fmax(steepest, fabs((double)to[0][i] - last)) : 0.0;
            last = (double)to[0][i];
        }
    }
    assert_true(steepest * RATE < 2.0); // no faster than 0.5 in 250 ms
    assert_true(swell_state(swell).locked);
    for (int i = 0; i < 30 * RATE / 600; ++i) { // the breath is lost: back to plain music
        swell_process(swell, one[0], one[1], to[0], to[1], 600);
    }
    assert_false(swell_state(swell).locked);
    assert_true(to[0][599] > 0.98f);
    swell_free(swell);
}

static void tilt_takes_the_treble_only(void** state)
{
    (void)state;
    run(6.0f, 6.0f, true, 256);
    const double with_tilt = gain_db(5 * BREATH);
    assert_true(with_tilt < -6.05 &&
                with_tilt > -12.0); // the noise is quieter by more, the tone is not
}

static void blocks_make_no_difference(void** state)
{
    (void)state;
    static float kept[2][LENGTH];
    run(4.0f, 3.0f, true, 1024);
    memcpy(kept, out, sizeof kept);
    run(4.0f, 3.0f, true, 77);
    assert_memory_equal(kept, out, sizeof kept);
}

static void wild_input_leaves_no_trace(void** state)
{
    (void)state;
    assert_null(swell_new(0.0));
    swell_free(NULL);
    Swell* const swell = swell_new(RATE);
    swell_set_depth(swell, NAN);
    swell_set_tilt(swell, INFINITY);
    swell_breath(swell, true);
    float x[2][64];
    static const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, 1e-40f};
    for (int i = 0; i < 64; ++i) {
        x[0][i] = x[1][i] = wild[i % 5];
    }
    swell_process(swell, x[0], x[1], x[0], x[1], 64);
    for (int k = 0; k < 2000; ++k) {
        for (int i = 0; i < 64; ++i) {
            assert_true(isfinite(x[0][i]) && fabsf(x[0][i]) < 1.0f);
            x[0][i] = x[1][i] = 0.5f;
        }
        swell_process(swell, x[0], x[1], x[0], x[1], 64);
    }
    assert_true(x[0][0] > 0.2f && x[0][0] <= 0.5f);
    swell_free(swell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_zero_passes_every_bit),
        cmocka_unit_test(the_music_breathes_in_phase),
        cmocka_unit_test(the_gain_never_jumps),
        cmocka_unit_test(tilt_takes_the_treble_only),
        cmocka_unit_test(blocks_make_no_difference),
        cmocka_unit_test(wild_input_leaves_no_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
