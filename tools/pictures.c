// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// tonus-pictures: draws each view from the simulated person, without a screen, for the manual.
#include "tools/pictures_person.h"

#include "ui/face_relax.h"

#include <cairo/cairo-svg.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void pad(cairo_t* cr, const Theme* theme, double w, double h)
{
    pen_color(cr, theme->background);
    cairo_rectangle(cr, 0.0, 0.0, w, h);
    cairo_fill(cr);
}

#define VIEW(name, call, value)                                                                    \
    static void draw_##name(cairo_t* cr, const Theme* theme, double w, double h,                   \
                            const Scene* scene)                                                    \
    {                                                                                              \
        pad(cr, theme, w, h);                                                                      \
        call(cr, theme, rect_inset(rect(0.0, 0.0, w, h), theme->margin), &scene->value);           \
    }

static void draw_breath(cairo_t* cr, const Theme* theme, double w, double h, const Scene* scene)
{
    pad(cr, theme, w, h);
    const Rect box = rect_inset(rect(0.0, 0.0, w, h), theme->margin);
    breath_draw(cr, theme, pen_panel(cr, theme, box, NULL), &scene->relax.breath);
    pen_panel_end(cr);
}

VIEW(trace, trace_draw, relax.trace)
VIEW(tacho, tacho_draw, relax.tacho)
VIEW(intervals, tacho_draw, intervals)
VIEW(tone, tone_draw, relax.tone)
VIEW(numbers, numbers_draw, relax.numbers)
VIEW(timeline, timeline_draw, relax.timeline)
VIEW(sensor, sensor_draw, relax.sensor)
VIEW(guide, guide_draw, relax.guide)
VIEW(changes, guide_draw, changes)
VIEW(beat, beat_draw, beat)
VIEW(poincare, poincare_draw, poincare)
VIEW(spectrum, spectrum_draw, spectrum)
VIEW(pitch, pitch_draw, pitch)
VIEW(pacer, pacer_draw, pacer)
VIEW(drone, drone_draw, drone)
VIEW(recorder, recorder_draw, recorder)

static void draw_inline(cairo_t* cr, const Theme* theme, double w, double h, const Scene* scene)
{
    Rect room = rect(0.0, 0.0, w, h);
    pad(cr, theme, w, h);
    room = rect_inset(room, theme->margin);
    inline_beat_draw(cr, theme, rect_row(room, 0, 3, theme->margin), &scene->small);
    inline_breath_draw(cr, theme, rect_row(room, 1, 3, theme->margin), &scene->small);
    inline_relax_draw(cr, theme, rect_row(room, 2, 3, theme->margin), &scene->small);
}

static void draw_relax(cairo_t* cr, const Theme* theme, double w, double h, const Scene* scene)
{
    relax_face_draw(cr, theme, w, h, &scene->relax);
}

static void draw_person(cairo_t* cr, const Theme* theme, double w, double h, const Scene* scene)
{
    RelaxData data = scene->relax;
    data.person = true;
    relax_face_draw(cr, theme, w, h, &data);
}

static void draw_empty(cairo_t* cr, const Theme* theme, double w, double h, const Scene* scene)
{
    Scene empty = *scene;
    person_scene_empty(&empty, theme->text);
    relax_face_draw(cr, theme, w, h, &empty.relax);
}

static const struct {
    const char* name;
    int width, height;
    void (*draw)(cairo_t*, const Theme*, double, double, const Scene*);
} pictures[] = {{"relax", 1200, 800, draw_relax},
                {"relax-small", 480, 640, draw_relax},
                {"relax-person", 1200, 800, draw_person},
                {"relax-empty", 1200, 800, draw_empty},
                {"breath", 400, 400, draw_breath},
                {"trace", 640, 180, draw_trace},
                {"tachogram", 640, 260, draw_tacho},
                {"intervals", 640, 260, draw_intervals},
                {"tone", 640, 220, draw_tone},
                {"numbers", 800, 132, draw_numbers},
                {"timeline", 520, 140, draw_timeline},
                {"sensor", 420, 90, draw_sensor},
                {"guide", 420, 200, draw_guide},
                {"before-after", 520, 124, draw_changes},
                {"beat", 360, 300, draw_beat},
                {"poincare", 360, 360, draw_poincare},
                {"spectrum", 560, 300, draw_spectrum},
                {"pitch", 560, 300, draw_pitch},
                {"pacer", 520, 240, draw_pacer},
                {"drone", 420, 280, draw_drone},
                {"recorder", 480, 220, draw_recorder},
                {"inline", 150, 160, draw_inline}};

static bool save(const char* folder, const char* look, size_t i, const Theme* theme,
                 const Scene* scene, bool svg)
{
    char path[4096];
    const int w = pictures[i].width;
    const int h = pictures[i].height;
    snprintf(path, sizeof path, "%s/%s-%s.%s", folder, pictures[i].name, look, svg ? "svg" : "png");
    cairo_surface_t* const surface = svg ? cairo_svg_surface_create(path, w, h)
                                         : cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t* const cr = cairo_create(surface);
    pictures[i].draw(cr, theme, w, h, scene);
    bool good = cairo_status(cr) == CAIRO_STATUS_SUCCESS &&
                (svg || cairo_surface_write_to_png(surface, path) == CAIRO_STATUS_SUCCESS);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    good = good && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    if (!good) {
        fprintf(stderr, "tonus-pictures: %s cannot be written\n", path);
    }
    return good;
}

static int usage(FILE* to)
{
    fprintf(to, "usage: tonus-pictures [--out DIR] [--language LANGUAGE] [--locale DIR]\n");
    return to == stdout ? 0 : 2;
}

int main(int argc, char** argv)
{
    const char* out = "build/pictures";
    const char* language = "en";
    const char* locale = "build/lv2/tonus.lv2/locale";
    for (int i = 1; i < argc; ++i) {
        const char** const to = !strcmp(argv[i], "--out")        ? &out
                                : !strcmp(argv[i], "--language") ? &language
                                : !strcmp(argv[i], "--locale")   ? &locale
                                                                 : NULL;
        if (!strcmp(argv[i], "--help")) {
            return usage(stdout);
        }
        if (!to || i + 1 == argc) {
            return usage(stderr);
        }
        *to = argv[++i];
    }
    if (mkdir(out, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "tonus-pictures: %s: %s\n", out, strerror(errno));
        return 1;
    }
    Text* const text = text_new(locale, language);
    Person* const person = person_new(text);
    bool good = person != NULL;
    for (size_t i = 0; good && i < sizeof pictures / sizeof *pictures; ++i) {
        Theme light = theme_light(1.0);
        Theme dark = theme_dark(1.0);
        light.text = dark.text = text;
        const Scene* const scene = person_scene(person);
        good = save(out, "light", i, &light, scene, false) &&
               save(out, "dark", i, &dark, scene, false) &&
               save(out, "light", i, &light, scene, true);
    }
    person_free(person);
    text_free(text);
    return good ? 0 : 1;
}
