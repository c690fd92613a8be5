// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/beat_template.h"

#include "unit.h"

#include <math.h>
#include <string.h>

// Three kinds of beats, `shift` samples late
static void beat(float out[TEMPLATE_SPAN], int kind, int shift, float height)
{
    for (int i = 0; i < TEMPLATE_SPAN; ++i) {
        const float d = (float)(i - TEMPLATE_SPAN / 2 - shift);
        const float narrow = expf(-d * d / 18.0f), wide = expf(-d * d / 200.0f);
        const float late = expf(-(d - 8.0f) * (d - 8.0f) / 18.0f);
        const float both = 2.0f * wide * sinf(d / 4.0f);
        out[i] = height * (kind == 0 ? narrow - 0.3f * late : kind == 1 ? -wide : both);
    }
}

static Likeness learn(Templates* t, int shapes, int kind, int shift, float height)
{
    float signal[TEMPLATE_SPAN];
    beat(signal, kind, shift, height);
    const Likeness l = templates_compare(t, signal);
    templates_learn(t, shapes, signal, &l);
    return l;
}

static void knows_what_it_saw_whatever_its_height(void** state)
{
    (void)state;
    Templates t;
    templates_reset(&t);
    assert_int_equal(learn(&t, TEMPLATE_SHAPES, 0, 0, 0.2f).shape, -1);
    for (int i = 0; i < 5; ++i) {
        const Likeness l = learn(&t, TEMPLATE_SHAPES, 0, i - 2, 0.2f);
        assert_true(l.likeness > 0.999f);
        assert_int_equal(l.shift, i - 2);
        assert_true(fabsf(l.projection - 1.0f) < 0.05f);
        assert_true(l.residual < 0.05f);
    }
    const Likeness twice = learn(&t, TEMPLATE_SHAPES, 0, 0, 0.4f);
    assert_true(twice.likeness > 0.999f && fabsf(twice.projection - 2.0f) < 0.1f);
}

static void each_kind_gets_a_shape(void** state)
{
    (void)state;
    Templates t;
    templates_reset(&t);
    for (int i = 0; i < 40; ++i) {
        const int kind = i % 8 == 7 ? 1 : i % 8 == 3 ? 2 : 0;
        const Likeness l = learn(&t, TEMPLATE_SHAPES, kind, 0, 0.2f);
        if (i >= 24) {
            assert_true(l.likeness > 0.99f);
            assert_true(kind ? l.usual < 0.9f : l.usual > 0.99f);
        }
    }
}

static void a_single_shape_is_kept_from_strangers(void** state)
{
    (void)state;
    Templates t;
    templates_reset(&t);
    for (int i = 0; i < 10; ++i) {
        learn(&t, 1, 0, 0, 0.2f);
    }
    for (int i = 0; i < 4; ++i) {
        assert_true(learn(&t, 1, 1, 0, 0.2f).likeness < 0.5f);
    }
    assert_true(learn(&t, 1, 0, 0, 0.2f).likeness > 0.99f);
    // but not for ever
    for (int i = 0; i < 12; ++i) {
        learn(&t, 1, 1, 0, 0.2f);
    }
    assert_true(learn(&t, 1, 1, 0, 0.2f).likeness > 0.99f);
}

static void silence_is_like_nothing(void** state)
{
    (void)state;
    Templates t;
    float zero[TEMPLATE_SPAN] = {0.0f};
    templates_reset(&t);
    for (int i = 0; i < 3; ++i) {
        const Likeness l = templates_compare(&t, zero);
        assert_true(isfinite(l.likeness) && l.likeness < 0.01f);
        assert_true(isfinite(l.projection) && isfinite(l.residual));
        templates_learn(&t, TEMPLATE_SHAPES, zero, &l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_it_saw_whatever_its_height),
        cmocka_unit_test(each_kind_gets_a_shape),
        cmocka_unit_test(a_single_shape_is_kept_from_strangers),
        cmocka_unit_test(silence_is_like_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
