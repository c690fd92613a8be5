// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The composition of Tonus Relax's window: what lies where, and that a part drawn alone is drawn
/// as in the whole.
#include "ui/face_relax.h"

#include "samples.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static const int sizes[][2] = {{200, 150}, {320, 480},  {480, 640},   {820, 400},
                               {900, 500}, {1200, 800}, {1920, 1080}, {600, 1200}};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

static bool is_shown(Rect box)
{
    return box.w >= 1.0 && box.h >= 1.0;
}

static bool overlap(Rect a, Rect b)
{
    return a.x + 0.01 < b.x + b.w && b.x + 0.01 < a.x + a.w && a.y + 0.01 < b.y + b.h &&
           b.y + 0.01 < a.y + a.h;
}

static void parts_lie_beside_each_other(void** state)
{
    (void)state;
    for (int size = 0; size < N_SIZES; ++size) {
        for (int big = 0; big < 2; ++big) {
            const double scale = big ? 1.7 : 1.0;
            const double w = sizes[size][0] * scale;
            const double h = sizes[size][1] * scale;
            const Theme theme = theme_light(scale);
            const RelaxLayout layout = relax_face_layout(&theme, w, h, false);
            for (int i = 0; i < FACE_N_PARTS; ++i) {
                const Rect a = layout.part[i];
                if (!is_shown(a)) {
                    continue;
                }
                assert_true(a.x >= 0.0 && a.y >= 0.0);
                assert_true(a.x + a.w <= w + 0.01 && a.y + a.h <= h + 0.01);
                for (int j = 0; j < i; ++j) {
                    if (is_shown(layout.part[j]) && overlap(a, layout.part[j])) {
                        fail_msg("%g x %g: parts %d and %d overlap", w, h, i, j);
                    }
                }
            }
        }
    }
}

// In any window one can follow the breath, choose, start, stop and change the mode
static void the_needful_is_always_there(void** state)
{
    static const FacePart needed[] = {FACE_BREATH, FACE_EXERCISE, FACE_START, FACE_MODE};
    const Theme theme = theme_dark(1.0);
    (void)state;
    for (int size = 0; size < N_SIZES; ++size) {
        const RelaxLayout layout = relax_face_layout(&theme, sizes[size][0], sizes[size][1], false);
        for (int i = 0; i < 4; ++i) {
            const Rect box = layout.part[needed[i]];
            assert_true(box.w >= 30.0 && box.h >= 20.0);
        }
    }
    const RelaxLayout whole = relax_face_layout(&theme, 1200.0, 800.0, false);
    for (int i = 0; i < FACE_N_PARTS; ++i) {
        assert_true(is_shown(whole.part[i]));
    }
}

static void clicks_find_their_control(void** state)
{
    const Theme theme = theme_light(1.0);
    (void)state;
    for (int person = 0; person < 2; ++person) {
        const RelaxLayout layout = relax_face_layout(&theme, 1200.0, 800.0, person);
        for (int i = FACE_N_VIEWS; i < FACE_N_PARTS; ++i) {
            const Rect box = layout.part[i];
            if (is_shown(box)) {
                assert_int_equal(relax_face_at(&layout, box.x + 0.5 * box.w, box.y + 0.5 * box.h),
                                 i);
            }
        }
        assert_int_equal(relax_face_at(&layout, 1.0, 1.0), FACE_N_PARTS);
        assert_int_equal(relax_face_at(&layout, -5.0, 1e9), FACE_N_PARTS);
        assert_int_equal(relax_face_at(&layout, NAN, NAN), FACE_N_PARTS);
    }
}

static cairo_surface_t* draw(const RelaxData* data, int w, int h)
{
    cairo_surface_t* const surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t* const cr = cairo_create(surface);
    const Theme theme = theme_light(1.0);
    relax_face_draw(cr, &theme, w, h, data);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    return surface;
}

// A window that draws only what changed shows what a window that draws all shows
static void parts_make_the_whole(void** state)
{
    (void)state;
    for (int size = 0; size < N_SIZES; ++size) {
        for (int person = 0; person < 2; ++person) {
            const int w = sizes[size][0];
            const int h = sizes[size][1];
            const Theme theme = theme_light(1.0);
            const RelaxLayout layout = relax_face_layout(&theme, w, h, person);
            RelaxData data = sample_relax(SAMPLE_EMPTY);
            data.person = person;
            cairo_surface_t* const parts = draw(&data, w, h);
            data = sample_relax(SAMPLE_USUAL);
            data.person = person;
            cairo_surface_t* const whole = draw(&data, w, h);
            cairo_t* const cr = cairo_create(parts);
            for (int i = 0; i < FACE_N_PARTS; ++i) {
                if (i < FACE_N_VIEWS || !person) {
                    relax_face_draw_part(cr, &theme, &layout, (FacePart)i, &data);
                }
            }
            cairo_destroy(cr);
            cairo_surface_flush(parts);
            assert_memory_equal(cairo_image_surface_get_data(parts),
                                cairo_image_surface_get_data(whole),
                                (size_t)cairo_image_surface_get_stride(whole) * (size_t)h);
            cairo_surface_destroy(parts);
            cairo_surface_destroy(whole);
        }
    }
}

// Mean brightness, 0..1
static double brightness(cairo_surface_t* surface)
{
    const unsigned char* const data = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    const int w = cairo_image_surface_get_width(surface);
    const int h = cairo_image_surface_get_height(surface);
    double sum = 0.0;
    for (int y = 0; y < h; ++y) {
        for (int x = 0; x < w; ++x) {
            sum += data[y * stride + 4 * x + 1];
        }
    }
    return sum / (255.0 * w * h);
}

// Whatever the theme; and numbers and controls have no effect on it until the pointer moves
static void the_persons_mode_is_one_dark_figure(void** state)
{
    RelaxData data = sample_relax(SAMPLE_USUAL);
    (void)state;
    data.person = true;
    data.breath.person = 0.5;
    cairo_surface_t* const figure = draw(&data, 1200, 800);
    assert_true(brightness(figure) < 0.3);
    RelaxData bare = {.person = true, .breath = data.breath};
    bare.breath.words = false;
    cairo_surface_t* const alone = draw(&bare, 1200, 800);
    const size_t bytes = (size_t)cairo_image_surface_get_stride(alone) * 800u;
    assert_memory_equal(cairo_image_surface_get_data(figure), cairo_image_surface_get_data(alone),
                        bytes);
    data.awake = true;
    cairo_surface_t* const awake = draw(&data, 1200, 800);
    assert_memory_not_equal(cairo_image_surface_get_data(figure),
                            cairo_image_surface_get_data(awake), bytes);
    cairo_surface_destroy(figure);
    cairo_surface_destroy(alone);
    cairo_surface_destroy(awake);
}

// The person's disc fills the pacer's ring when they breathe together, and only then
static void disc_and_ring_meet(void** state)
{
    static const double fullness[] = {0.0, 0.25, 0.5, 0.75, 1.0};
    (void)state;
    double before = 0.0;
    for (int i = 0; i < 5; ++i) {
        RelaxData data = {.person = true};
        data.breath.person = fullness[i];
        data.breath.known = 1.0;
        data.breath.pacer = NAN;
        data.breath.left = NAN;
        cairo_surface_t* const disc = draw(&data, 400, 400);
        data.breath.person = NAN;
        data.breath.pacer = fullness[i];
        cairo_surface_t* const ring = draw(&data, 400, 400);
        double reach[2] = {0.0, 0.0}; // to the right of the middle, pixels
        for (int x = 200; x < 400; ++x) {
            const size_t at = 200u * (size_t)cairo_image_surface_get_stride(disc) + 4u * (size_t)x;
            const unsigned char* const d = cairo_image_surface_get_data(disc) + at;
            const unsigned char* const r = cairo_image_surface_get_data(ring) + at;
            reach[0] = d[2] > 45 ? x - 200.0 : reach[0];  // red of the disc
            reach[1] = r[0] > 120 ? x - 200.0 : reach[1]; // blue of the ring
        }
        assert_true(fabs(reach[0] - reach[1]) < 12.0);
        assert_true(reach[1] > before + (i ? 10.0 : 40.0)); // a step of a quarter is seen
        before = reach[1];
        cairo_surface_destroy(disc);
        cairo_surface_destroy(ring);
    }
}

// The person's figure drawn only as far as it reaches is the same as all of it drawn anew
static void the_rest_of_the_figure_stays(void** state)
{
    (void)state;
    static const double steps[][2] = {{0.0, 0.2}, {0.1, 0.25}, {0.7, 0.2}, {1.0, 0.9}, {0.1, 0.0}};
    const Theme theme = theme_light(1.0);
    for (int size = 0; size < N_SIZES; ++size) {
        const int w = sizes[size][0];
        const int h = sizes[size][1];
        const Rect box = relax_face_layout(&theme, w, h, true).part[FACE_BREATH];
        RelaxData data = sample_relax(SAMPLE_USUAL);
        data.person = true;
        data.breath.person = data.breath.pacer = 0.5;
        cairo_surface_t* const kept = draw(&data, w, h);
        for (size_t i = 0; i < sizeof steps / sizeof *steps; ++i) {
            double reach = fmax(data.breath.person, data.breath.pacer);
            data.breath.person = steps[i][0];
            data.breath.pacer = steps[i][1];
            reach = fmax(reach, fmax(steps[i][0], steps[i][1]));
            const Rect part = breath_reach(box, reach);
            cairo_t* const cr = cairo_create(kept);
            cairo_rectangle(cr, floor(part.x), floor(part.y), ceil(part.w) + 1.0,
                            ceil(part.h) + 1.0); // as windows do
            cairo_clip(cr);
            relax_face_draw(cr, &theme, w, h, &data);
            cairo_destroy(cr);
            cairo_surface_t* const whole = draw(&data, w, h);
            cairo_surface_flush(kept);
            assert_memory_equal(cairo_image_surface_get_data(kept),
                                cairo_image_surface_get_data(whole),
                                (size_t)(h * cairo_image_surface_get_stride(whole)));
            cairo_surface_destroy(whole);
        }
        cairo_surface_destroy(kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_lie_beside_each_other),
        cmocka_unit_test(the_needful_is_always_there),
        cmocka_unit_test(clicks_find_their_control),
        cmocka_unit_test(parts_make_the_whole),
        cmocka_unit_test(the_persons_mode_is_one_dark_figure),
        cmocka_unit_test(disc_and_ring_meet),
        cmocka_unit_test(the_rest_of_the_figure_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
