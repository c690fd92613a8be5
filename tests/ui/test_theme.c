// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Colours that everybody can tell apart, and text that can be read.
#include "ui/theme.h"

#include "unit.h"

#include <math.h>

// WCAG 2.1: relative luminance and contrast ratio
static double linear(double value)
{
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double luminance(Color c)
{
    return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}

static double contrast(Color a, Color b)
{
    const double p = luminance(a) + 0.05;
    const double q = luminance(b) + 0.05;
    return p > q ? p / q : q / p;
}

// Machado, Oliveira and Fernandes 2009 (IEEE TVCG 15:1291), severity 1, on linear RGB
static const double eyes[4][9] = {
    {1, 0, 0, 0, 1, 0, 0, 0, 1},
    {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
    {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
    {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900}};

typedef struct {
    double l, a, b;
} Lab;

static double bend(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116.0;
}

static Lab seen(Color c, const double* eye) // CIE L*a*b*, D65
{
    const double in[] = {linear(c.red), linear(c.green), linear(c.blue)};
    double rgb[3];
    for (int i = 0; i < 3; ++i) {
        rgb[i] = fmax(eye[3 * i] * in[0] + eye[3 * i + 1] * in[1] + eye[3 * i + 2] * in[2], 0.0);
    }
    const double x = bend((0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505);
    const double y = bend(0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]);
    const double z = bend((0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089);
    const Lab lab = {116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)};
    return lab;
}

static double distance(Color a, Color b, const double* eye)
{
    const Lab p = seen(a, eye);
    const Lab q = seen(b, eye);
    return sqrt((p.l - q.l) * (p.l - q.l) + (p.a - q.a) * (p.a - q.a) + (p.b - q.b) * (p.b - q.b));
}

// The least distance of two of the roles, for the eye to which it is least
static double least_distance(const Color* roles, int n)
{
    double least = INFINITY;
    for (int eye = 0; eye < 4; ++eye) {
        for (int i = 0; i < n; ++i) {
            for (int j = 0; j < i; ++j) {
                least = fmin(least, distance(roles[i], roles[j], eyes[eye]));
            }
        }
    }
    return least;
}

static void text_can_be_read(void** state)
{
    const Theme themes[] = {theme_light(1.0), theme_dark(1.0), theme_print()};
    (void)state;
    for (int i = 0; i < 3; ++i) {
        const Theme* const t = &themes[i];
        assert_true(contrast(t->ink, t->panel) >= 7.0); // WCAG AAA
        assert_true(contrast(t->ink, t->background) >= 7.0);
        assert_true(contrast(t->faint, t->panel) >= 4.5); // AA
        assert_true(contrast(t->faint, t->background) >= 4.5);
        const Color shapes[] = {t->person, t->pacer, t->heart, t->tone, t->good, t->warning};
        for (int j = 0; j < 6; ++j) {
            assert_true(contrast(shapes[j], t->panel) >= 3.0); // AA, graphical objects
        }
    }
}

static void roles_stay_apart_for_every_eye(void** state)
{
    const Theme themes[] = {theme_light(1.0), theme_dark(1.0), theme_print()};
    (void)state;
    for (int i = 0; i < 3; ++i) {
        const Theme* const t = &themes[i];
        const Color roles[] = {t->person, t->pacer, t->heart, t->tone};
        const Color figure[] = {t->person, t->pacer};    // they must never be mistaken
        const Color tachogram[] = {t->person, t->heart}; // one lies on the other
        assert_true(least_distance(roles, 4) > 14.0);    // 2.3 is just noticeable
        assert_true(least_distance(figure, 2) > 60.0);
        assert_true(least_distance(tachogram, 2) > 20.0);
    }
    // the measure refuses what such eyes confuse
    const Color red_and_green[] = {{0.72, 0.30, 0.20}, {0.42, 0.44, 0.15}};
    assert_true(least_distance(red_and_green, 2) < 14.0);
}

static void nothing_is_alarming(void** state)
{
    const Theme themes[] = {theme_light(1.0), theme_dark(1.0), theme_print()};
    (void)state;
    for (int i = 0; i < 3; ++i) {
        const Color roles[] = {themes[i].person, themes[i].tone, themes[i].good, themes[i].warning,
                               themes[i].pacer};
        for (int j = 0; j < 5; ++j) { // a red has little green
            assert_true(roles[j].red < 0.6 || roles[j].green > 0.5 * roles[j].red);
        }
    }
}

static void sizes_follow_the_scale(void** state)
{
    (void)state;
    assert_true(fabs(theme_light(2.0).body - 2.0 * theme_light(1.0).body) < 1e-9);
    assert_true(fabs(theme_dark(NAN).body - theme_dark(1.0).body) < 1e-9);
    assert_true(fabs(theme_dark(1e9).scale - 4.0) < 1e-9);
    assert_true(fabs(theme_dark(-3.0).scale - 0.5) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_can_be_read),
        cmocka_unit_test(roles_stay_apart_for_every_eye),
        cmocka_unit_test(nothing_is_alarming),
        cmocka_unit_test(sizes_follow_the_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
