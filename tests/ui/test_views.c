// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Every view, drawn from fixed data: as its reference, with no data, with impossible data, in all
/// sizes, languages and colours. `test_views --update` writes the references anew: look at the
/// pictures (./waf pictures) before that.
#include "samples.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// References: the mean brightness of GRID_W x GRID_H fields, two hexadecimal digits each
enum { WIDTH = 480, HEIGHT = 320, GRID_W = 20, GRID_H = 14, EDGE = 16 };
#define REFERENCES "tests/ui/references.txt"

// Fonts differ between machines: one field may differ by this much, and all by that in the mean
#define FIELD_TOLERANCE 30.0
#define MEAN_TOLERANCE  2.5

typedef struct {
    unsigned char field[GRID_W * GRID_H];
} Grid;

static cairo_surface_t* draw(const Sample* sample, const Theme* theme, int w, int h,
                             SampleKind kind)
{
    cairo_surface_t* const surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, w + 2 * EDGE, h + 2 * EDGE);
    cairo_t* const cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1.0, 0.0, 1.0); // nothing of ours has this colour
    cairo_paint(cr);
    pen_color(cr, theme->panel);
    cairo_rectangle(cr, EDGE, EDGE, w, h);
    cairo_fill(cr);
    sample->draw(cr, theme, rect(EDGE, EDGE, w, h), kind);
    if (cairo_status(cr) != CAIRO_STATUS_SUCCESS) {
        fail_msg("%s: %s", sample->name, cairo_status_to_string(cairo_status(cr)));
    }
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    return surface;
}

static const unsigned char* pixel(cairo_surface_t* surface, int x, int y)
{
    return cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface) +
           4 * x; // B G R x
}

static Grid grid_of(cairo_surface_t* surface, int w, int h)
{
    Grid grid;
    for (int field = 0; field < GRID_W * GRID_H; ++field) {
        const int x0 = field % GRID_W * w / GRID_W;
        const int y0 = field / GRID_W * h / GRID_H;
        const int x1 = (field % GRID_W + 1) * w / GRID_W;
        const int y1 = (field / GRID_W + 1) * h / GRID_H;
        double sum = 0.0;
        for (int y = y0; y < y1; ++y) {
            for (int x = x0; x < x1; ++x) {
                const unsigned char* const p = pixel(surface, EDGE + x, EDGE + y);
                sum += 0.114 * p[0] + 0.587 * p[1] + 0.299 * p[2];
            }
        }
        grid.field[field] = (unsigned char)lrint(sum / ((x1 - x0) * (y1 - y0)));
    }
    return grid;
}

static Grid grid(const Sample* sample, SampleKind kind)
{
    const Theme theme = theme_light(1.0);
    cairo_surface_t* const surface = draw(sample, &theme, sample->width, sample->height, kind);
    const Grid result = grid_of(surface, sample->width, sample->height);
    cairo_surface_destroy(surface);
    return result;
}

static bool like(const Grid* a, const Grid* b, double* worst, double* mean)
{
    *worst = *mean = 0.0;
    for (int i = 0; i < GRID_W * GRID_H; ++i) {
        const double off = fabs((double)a->field[i] - (double)b->field[i]);
        *worst = fmax(*worst, off);
        *mean += off / (GRID_W * GRID_H);
    }
    return *worst <= FIELD_TOLERANCE && *mean <= MEAN_TOLERANCE;
}

static bool read_reference(const char* name, Grid* grid)
{
    char line[2 * GRID_W * GRID_H + 64];
    FILE* const file = fopen(REFERENCES, "r");
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file)) {
        const size_t n = strlen(name);
        if (!strncmp(line, name, n) && line[n] == ' ') {
            found = true;
            for (int i = 0; i < GRID_W * GRID_H; ++i) {
                unsigned value = 0;
                found = found && sscanf(line + n + 1 + 2 * i, "%2x", &value) == 1;
                grid->field[i] = (unsigned char)value;
            }
        }
    }
    if (file) {
        fclose(file);
    }
    return found;
}

static int update(void)
{
    size_t n = 0;
    const Sample* const all = samples(&n);
    FILE* const file = fopen(REFERENCES, "w");
    if (!file) {
        return 1;
    }
    for (size_t i = 0; i < n; ++i) {
        const Grid result = grid(&all[i], SAMPLE_USUAL);
        fprintf(file, "%s ", all[i].name);
        for (int j = 0; j < GRID_W * GRID_H; ++j) {
            fprintf(file, "%02x", result.field[j]);
        }
        fputc('\n', file);
    }
    return fclose(file);
}

static void views_look_as_their_references(void** state)
{
    size_t n = 0;
    const Sample* const all = samples(&n);
    (void)state;
    for (size_t i = 0; i < n; ++i) {
        Grid reference;
        double worst = 0.0;
        double mean = 0.0;
        if (!read_reference(all[i].name, &reference)) {
            fail_msg("%s: no reference", all[i].name);
        }
        const Grid usual = grid(&all[i], SAMPLE_USUAL);
        if (!like(&usual, &reference, &worst, &mean)) {
            fail_msg("%s: worst field %.0f, mean %.2f", all[i].name, worst, mean);
        }
        // and the comparison sees when data are missing
        const Grid empty = grid(&all[i], SAMPLE_EMPTY);
        if (like(&empty, &reference, &worst, &mean)) {
            fail_msg("%s: without data it looks the same", all[i].name);
        }
    }
}

static void check_edges(const Sample* sample, cairo_surface_t* surface, int w, int h)
{
    for (int y = 0; y < h + 2 * EDGE; ++y) {
        for (int x = 0; x < w + 2 * EDGE; ++x) {
            const bool inside = x >= EDGE && x < EDGE + w && y >= EDGE && y < EDGE + h;
            const unsigned char* const p = pixel(surface, x, y);
            if (!inside && !(p[0] == 255 && p[1] == 0 && p[2] == 255)) {
                fail_msg("%s: %d x %d: drawn outside, at %d %d", sample->name, w, h, x - EDGE,
                         y - EDGE);
            }
        }
    }
}

// In all sizes, whatever the data: no error, nothing outside the box, twice the same
static void views_stay_in_their_box(void** state)
{
    static const int sizes[][2] = {{1, 1}, {60, 20}, {200, 150}, {480, 320}, {1200, 800}};
    size_t n = 0;
    const Sample* const all = samples(&n);
    (void)state;
    for (size_t i = 0; i < n; ++i) {
        for (int size = 0; size < 5; ++size) {
            for (int kind = 0; kind < SAMPLE_N_KINDS; ++kind) {
                const int w = sizes[size][0];
                const int h = sizes[size][1];
                const Theme theme = size % 2 ? theme_light(1.0) : theme_dark(1.0);
                cairo_surface_t* const once = draw(&all[i], &theme, w, h, (SampleKind)kind);
                cairo_surface_t* const again = draw(&all[i], &theme, w, h, (SampleKind)kind);
                check_edges(&all[i], once, w, h);
                assert_memory_equal(
                    cairo_image_surface_get_data(once), cairo_image_surface_get_data(again),
                    (size_t)cairo_image_surface_get_stride(once) * (size_t)(h + 2 * EDGE));
                cairo_surface_destroy(once);
                cairo_surface_destroy(again);
            }
        }
    }
}

// Pixels that are not the ground's
static int count_drawn(cairo_surface_t* surface, Color ground)
{
    int count = 0;
    for (int y = EDGE; y < EDGE + HEIGHT; ++y) {
        for (int x = EDGE; x < EDGE + WIDTH; ++x) {
            const unsigned char* const p = pixel(surface, x, y);
            count += fabs(p[2] - 255.0 * ground.red) + fabs(p[1] - 255.0 * ground.green) +
                         fabs(p[0] - 255.0 * ground.blue) >
                     60.0;
        }
    }
    return count;
}

// A view without data is no empty field: it says why
static void views_without_data_say_why(void** state)
{
    size_t n = 0;
    const Sample* const all = samples(&n);
    const Theme theme = theme_light(1.0);
    (void)state;
    for (size_t i = 0; i < n; ++i) {
        cairo_surface_t* const surface = draw(&all[i], &theme, WIDTH, HEIGHT, SAMPLE_EMPTY);
        if (count_drawn(surface, theme.panel) < 30) {
            fail_msg("%s: nothing is said", all[i].name);
        }
        cairo_surface_destroy(surface);
    }
}

static void all_looks_and_languages_are_drawn(void** state)
{
    static const char* const languages[] = {"en", "nb", "sv"};
    const char* const bundle = getenv("TONUS_BUNDLE");
    char folder[4096];
    size_t n = 0;
    const Sample* const all = samples(&n);
    (void)state;
    snprintf(folder, sizeof folder, "%s/locale", bundle ? bundle : "build/lv2/tonus.lv2");
    for (int language = 0; language < 3; ++language) {
        Text* const text = text_new(folder, languages[language]);
        assert_true(language == 0 || text != NULL);
        for (int look = 0; look < 4; ++look) {
            Theme theme = look == 0   ? theme_light(1.0)
                          : look == 1 ? theme_dark(1.0)
                          : look == 2 ? theme_dark(2.5)
                                      : theme_print();
            theme.text = text;
            for (size_t i = 0; i < n; ++i) {
                for (int kind = 0; kind < SAMPLE_N_KINDS; ++kind) {
                    cairo_surface_t* const surface =
                        draw(&all[i], &theme, WIDTH, HEIGHT, (SampleKind)kind);
                    check_edges(&all[i], surface, WIDTH, HEIGHT);
                    cairo_surface_destroy(surface);
                }
            }
        }
        text_free(text);
    }
}

int main(int argc, char** argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_look_as_their_references),
        cmocka_unit_test(views_stay_in_their_box),
        cmocka_unit_test(views_without_data_say_why),
        cmocka_unit_test(all_looks_and_languages_are_drawn),
    };
    if (argc == 2 && !strcmp(argv[1], "--update")) {
        return update();
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
