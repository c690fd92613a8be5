// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/leak.h"

#include "dsp/voicing.h"
#include "unit.h"

#include <math.h>

#define RATE 8000.0
enum { SECOND = 8000 };

static double at(double hz, int i, double phase)
{
    return sin(6.283185307179586 * fmod(hz * i / RATE, 1.0) + phase);
}

static double db(double power)
{
    return 10.0 * log10(power + 1e-20);
}

// A root with partials that beat slowly and swell by 4 dB per second
static double drone(int i)
{
    const double swell = exp2(0.66 * sin(6.283185307179586 * 0.16 * i / RATE));
    return 0.02 * swell *
           (at(110.0, i, 0.3) + 0.03 * at(110.2, i, 0) + 0.2 * at(330.0, i, 1.0) +
            0.05 * at(330.9, i, 2.0) + 0.05 * at(594.0, i, 1.0));
}

static void nothing_known_changes_nothing(void** state)
{
    (void)state;
    Leak leak;
    leak_init(&leak, RATE);
    for (int i = 0; i < 1000; ++i) {
        const float x = (float)drone(i);
        assert_true(leak_step(&leak, x) == x);
    }
    assert_true(leak_power(&leak) == 0.0F);
}

static void what_is_known_is_taken_out(void** state)
{
    (void)state;
    Leak leak;
    leak_init(&leak, RATE);
    const float root = 110.0F;
    leak_set(&leak, &root, 1);
    double before = 0.0, after = 0.0, told = 0.0;
    for (int i = 0; i < 20 * SECOND; ++i) {
        const double x = drone(i);
        const double rest = (double)leak_step(&leak, (float)x);
        if (i > 5 * SECOND) {
            before += x * x;
            after += rest * rest;
            told += (double)leak_power(&leak);
        }
    }
    print_message("taken out: %.1f dB\n", db(before) - db(after));
    assert_true(db(before) - db(after) > 18.0);
    assert_true(fabs(db(told) - db(before)) < 0.5);
    leak_reset(&leak);
    assert_true(leak_power(&leak) == 0.0F);
}

// A voice in unison with the root, 8 dB above it, is hardly touched when it sets in, and not at all
// while its pitch is held; another partial is still followed meanwhile
static void a_voice_in_unison_stays(void** state)
{
    (void)state;
    Leak leak;
    leak_init(&leak, RATE);
    const float root = 110.0F;
    leak_set(&leak, &root, 1);
    int i = 0;
    for (; i < 6 * SECOND; ++i) {
        leak_step(&leak, (float)drone(i));
    }
    double voice = 0.0, heard = 0.0;
    for (; i < 11 * SECOND; ++i) {
        if (i == 6 * SECOND + SECOND / 20) {
            leak_hold(&leak, root);
        }
        const double v = 0.05 * at(110.0, i, 2.0);
        const double rest = (double)leak_step(&leak, (float)(v + drone(i)));
        voice += v * v;
        heard += v * rest;
    }
    print_message("left of the voice: %.2f\n", heard / voice);
    assert_true(heard > 0.8 * voice);
    leak_hold(&leak, 0.0F);
    for (double power = 0.0; i < 14 * SECOND; ++i) { // and is forgotten afterwards
        const double rest = (double)leak_step(&leak, (float)drone(i));
        power += rest * rest;
        if (i == 14 * SECOND - 1) {
            assert_true(db(power / (3 * SECOND)) < -50.0);
        }
    }
}

// A root that glides by a third of a semitone loses nothing
static void a_glide_is_followed(void** state)
{
    (void)state;
    Leak leak;
    leak_init(&leak, RATE);
    double phase = 0.0, power = 0.0;
    for (int i = 0; i < 12 * SECOND; ++i) {
        const double t = i / RATE;
        const double hz = 110.0 * exp2((t < 6.0 ? 0.0 : t > 7.0 ? 1.0 : t - 6.0) / 36.0);
        const float root = (float)hz;
        if (i % 32 == 0) {
            leak_set(&leak, &root, 1);
        }
        phase += 6.283185307179586 * hz / RATE;
        const double rest = (double)leak_step(&leak, (float)(0.03 * sin(phase)));
        power += i > 6 * SECOND ? rest * rest / (6 * SECOND) : 0.0;
    }
    print_message("left of a gliding root: %.1f dBFS of %.1f\n", db(power), db(0.5 * 0.03 * 0.03));
    assert_true(db(power) < -50.0);
}

// Whatever a voicing is made of is known, as far as it matters below 1.2 kHz at 70 Hz
static void all_voicings_are_known(void** state)
{
    (void)state;
    Leak leak;
    leak_init(&leak, RATE);
    const float root = 70.0F;
    leak_set(&leak, &root, 1);
    for (uint32_t v = 0; v < 5; ++v) {
        const VoicingPartial* const partial = voicing_get(v)->partial;
        for (int k = 0; k < VOICING_PARTIALS && partial[k].ratio > 0.0F; ++k) {
            bool found = false;
            for (uint32_t i = 0; i < leak.n; ++i) {
                found = found || fabsf(leak.hz[i] - root * partial[k].ratio) < 0.01F;
            }
            assert_true(found);
        }
    }
}

static void wild_fundamentals_are_stood(void** state)
{
    (void)state;
    Leak leak;
    leak_init(&leak, RATE);
    const float wild[8] = {NAN, INFINITY, -1.0F, 1e30F, 40.0F, 41.7F, 55.3F, 71.9F};
    leak_set(&leak, wild, 8);
    assert_true(leak.n > 20 && leak.n <= LEAK_MOST);
    for (int i = 0; i < SECOND; ++i) {
        assert_true(isfinite(leak_step(&leak, i % 100 ? 0.0F : 16.0F)));
    }
    leak_set(&leak, NULL, 0);
    assert_int_equal(leak.n, 0);
    assert_true(leak_step(&leak, 0.25F) == 0.25F);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_known_changes_nothing),
        cmocka_unit_test(what_is_known_is_taken_out),
        cmocka_unit_test(a_voice_in_unison_stays),
        cmocka_unit_test(a_glide_is_followed),
        cmocka_unit_test(all_voicings_are_known),
        cmocka_unit_test(wild_fundamentals_are_stood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
