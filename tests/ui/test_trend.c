// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/trend.h"

#include "unit.h"

#include <math.h>

enum { WIDTH = 400, HEIGHT = 300 };

// How many pixels are of about this colour
static int count_red(cairo_surface_t* surface)
{
    cairo_surface_flush(surface);
    const unsigned char* const data = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    int count = 0;
    for (int y = 0; y < HEIGHT; ++y) {
        for (int x = 0; x < WIDTH; ++x) {
            const unsigned char* const pixel = data + y * stride + 4 * x; // B G R A
            count += pixel[2] > 200 && pixel[1] < 80 && pixel[0] < 80;
        }
    }
    return count;
}

static int draw(const double* times, const double* values, size_t count, double end_s, double high)
{
    cairo_surface_t* const surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t* const cr = cairo_create(surface);
    const Theme theme = theme_print();
    const TrendLine line = {NULL, times, values, count, {1.0, 0.0, 0.0}, 2.0, 0.0};
    const TrendPanel panel = {"Panel", 0.0, high, &line, 1};
    trend_draw(cr, &theme, rect(0.0, 0.0, WIDTH, HEIGHT), "Title", 0.0, end_s, &panel, 1);
    assert_int_equal(cairo_status(cr), CAIRO_STATUS_SUCCESS);
    const int red = count_red(surface);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return red;
}

static void line_is_drawn_and_gaps_are_left(void** state)
{
    (void)state;
    const double times[] = {0, 10, 20, 30, 40};
    const double whole[] = {1, 2, 3, 2, 1};
    const double holed[] = {1, 2, NAN, 2, 1};
    const double nothing[] = {NAN, INFINITY, -INFINITY, NAN, NAN};
    const int all = draw(times, whole, 5, 40.0, 4.0);
    const int some = draw(times, holed, 5, 40.0, 4.0);
    assert_true(all > 300);
    assert_true(some > all / 3 && some < all * 4 / 5);
    assert_int_equal(draw(times, nothing, 5, 40.0, 4.0), 0);
}

static void odd_ranges_are_survived(void** state)
{
    (void)state;
    const double times[] = {0, 10};
    const double flat[] = {5, 5};
    const double huge[] = {-1e30, 1e30};
    assert_true(draw(times, flat, 2, 10.0, 0.0) > 100);
    assert_true(draw(times, huge, 2, 10.0, 0.0) > 100);
    assert_int_equal(draw(times, flat, 0, 10.0, 0.0), 0);
    assert_int_equal(draw(times, flat, 2, 0.0, 0.0), 0); // no time passes
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_is_drawn_and_gaps_are_left),
        cmocka_unit_test(odd_ranges_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
