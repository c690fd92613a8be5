// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What drawing the views costs: the whole face of Tonus Relax at 1200 x 800, each part of it, and
/// what a window draws per second when only that is drawn which changes. The least processor time
/// of many runs.
#include "samples.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { WIDTH = 1200, HEIGHT = 800, RUNS = 60 };

// How often a window draws each part anew, per second: a figure that moves at 30, a trace at 25
// (as often as the plugin tells), the rest when its values change
static const double often[FACE_N_VIEWS] = {
    [FACE_BREATH] = 30.0, [FACE_SENSOR] = 0.5,  [FACE_TRACE] = 25.0,   [FACE_TACHO] = 2.0,
    [FACE_TONE] = 2.0,    [FACE_NUMBERS] = 2.0, [FACE_TIMELINE] = 1.0, [FACE_GUIDE] = 0.1};

static double clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static double whole_ms(cairo_t* cr, const Theme* theme, const RelaxData* data)
{
    double least = INFINITY;
    for (int run = 0; run < RUNS; ++run) {
        const double start = clock_ms();
        relax_face_draw(cr, theme, WIDTH, HEIGHT, data);
        cairo_surface_flush(cairo_get_target(cr));
        least = fmin(least, clock_ms() - start);
    }
    return least;
}

static double part_ms(cairo_t* cr, const Theme* theme, const RelaxData* data, FacePart part)
{
    const RelaxLayout layout = relax_face_layout(theme, WIDTH, HEIGHT, data->person);
    double least = INFINITY;
    for (int run = 0; run < RUNS; ++run) {
        const double start = clock_ms();
        relax_face_draw_part(cr, theme, &layout, part, data);
        cairo_surface_flush(cairo_get_target(cr));
        least = fmin(least, clock_ms() - start);
    }
    return least;
}

int main(void)
{
    static const char* const names[FACE_N_VIEWS] = {"breath", "sensor",  "trace",    "tachogram",
                                                    "tone",   "numbers", "timeline", "guide"};
    cairo_surface_t* const surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t* const cr = cairo_create(surface);
    const Theme theme = theme_dark(1.0);
    RelaxData data = sample_relax(SAMPLE_USUAL);
    printf("views at %d x %d, ms per drawing (asked: the whole <= 8)\n", WIDTH, HEIGHT);
    printf("%-18s %6.2f\n", "whole", whole_ms(cr, &theme, &data));
    double sum = 0.0;
    for (int part = 0; part < FACE_N_VIEWS; ++part) {
        const double ms = part_ms(cr, &theme, &data, (FacePart)part);
        sum += ms * often[part];
        printf("%-18s %6.2f   at %4.1f per second: %5.2f %%\n", names[part], ms, often[part],
               0.1 * ms * often[part]);
    }
    printf("%-18s %32.2f %% of a core (asked: <= 5)\n", "therapist's mode", 0.1 * sum);
    data.person = true;
    const double person = part_ms(cr, &theme, &data, FACE_BREATH);
    printf("%-18s %6.2f   at 30.0 per second: %5.2f %%\n", "person's mode", person, 3.0 * person);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return 0;
}
