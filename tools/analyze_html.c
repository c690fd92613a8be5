// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The report as one HTML file that needs nothing beside itself.
#include "tools/analyze_report.h"
#include "ui/pen.h"

#include <cairo/cairo-svg.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char style[] =
    "body { font: 16px/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 800px; "
    "margin: 2em auto; padding: 0 1em }\n"
    "h1 { font-size: 1.7em; margin: 0 } h2 { font-size: 1.15em; margin: 2em 0 .5em; border-top: "
    "1px solid #767676; padding-top: .6em }\n"
    "header p { margin: .2em 0; color: #444 }\n"
    "figure { margin: 1em 0 } svg { display: block; width: 100%; height: auto }\n"
    ".pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5em }\n"
    "table { border-collapse: collapse; width: 100% }\n"
    "th, td { text-align: left; vertical-align: top; padding: .15em .8em .15em 0; border-bottom: "
    "1px solid #ddd; font-weight: normal } td { font-variant-numeric: tabular-nums }\n"
    "thead th { font-weight: 600 }\n"
    ".note { border-left: 4px solid #767676; padding: .3em .8em; margin: 1.5em 0 }\n"
    "@media (max-width: 600px) { .pair { grid-template-columns: 1fr } }\n"
    "@media print { body { margin: 0; max-width: none; font-size: 11px } figure, table { "
    "break-inside: avoid } }\n";

typedef struct {
    char* text;
    size_t n, capacity;
    bool failed;
} Gathered;

static cairo_status_t gather(void* closure, const unsigned char* data, unsigned int length)
{
    Gathered* const all = (Gathered*)closure;
    if (all->n + length + 1 > all->capacity) {
        const size_t capacity = 2 * (all->n + length + 4096);
        char* const larger = realloc(all->text, capacity);
        if (!larger) {
            all->failed = true;
            return CAIRO_STATUS_WRITE_ERROR;
        }
        all->text = larger;
        all->capacity = capacity;
    }
    memcpy(all->text + all->n, data, length);
    all->n += length;
    all->text[all->n] = '\0';
    return CAIRO_STATUS_SUCCESS;
}

static void write_escaped(FILE* file, const char* text)
{
    for (; *text; ++text) {
        switch (*text) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        default:
            fputc(*text, file);
        }
    }
}

// cairo gives the same ids in every drawing: each drawing's get a letter of their own
static void write_with_letter(FILE* file, const char* at, char letter)
{
    static const char* const marks[] = {"id=\"", "href=\"#", "url(#"};
    for (; *at; ++at) {
        size_t length = 0;
        for (int i = 0; i < 3 && !length; ++i) {
            length = !strncmp(at, marks[i], strlen(marks[i])) ? strlen(marks[i]) : 0;
        }
        if (length) {
            fprintf(file, "%.*s%c", (int)length, at, letter);
            at += length - 1;
        } else {
            fputc(*at, file);
        }
    }
}

// A drawing as inline SVG, with the words that stand for it
static bool write_figure(FILE* file, const Picture* picture, PictureDraw draw, double width,
                         double height, char letter, const char* told)
{
    Gathered all = {0};
    cairo_surface_t* const surface =
        cairo_svg_surface_create_for_stream(gather, &all, width, height);
    cairo_t* const cr = cairo_create(surface);
    draw(cr, picture, width, height);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    const bool good = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS && !all.failed;
    cairo_surface_destroy(surface);
    const char* const at = good ? strstr(all.text, "<svg") : NULL;
    if (at) {
        fputs("<figure role=\"img\" aria-label=\"", file);
        write_escaped(file, told);
        fputs("\">\n", file);
        write_with_letter(file, at, letter);
        fputs("</figure>\n", file);
    }
    free(all.text);
    return at != NULL;
}

// ---- Words that stand for drawings ------------------------------------------------------------

static void tell_time(char* text, size_t size, const Picture* p)
{
    char duration[64];
    report_duration(duration, sizeof duration, p->duration_s);
    snprintf(text, size, "%s (%s): %s %.0f–%.0f; %s %.1f ± %.1f; %s; %s",
             word_get(p->language, WORD_OVER_TIME), duration, word_get(p->language, WORD_RR),
             p->rr_low_ms, p->rr_high_ms, word_get(p->language, WORD_BREATH_RATE),
             60.0 * p->breath_hz, 60.0 * p->breath_half_hz, word_get(p->language, WORD_TONE),
             word_get(p->language, WORD_USABLE));
}

static void tell_part(char* text, size_t size, const Picture* p)
{
    char title[200];
    double low = INFINITY;
    double high = -INFINITY;
    size_t normal = 0;
    unsigned breaths = 0;
    for (size_t i = 0; i < p->n_part_beats; ++i) {
        if (p->part_beats[i].normal) {
            low = fmin(low, p->part_beats[i].rr_ms);
            high = fmax(high, p->part_beats[i].rr_ms);
            ++normal;
        }
    }
    for (size_t i = 1; i < p->n_part_breaths; ++i) { // each is fullest once
        breaths += p->part_breaths[i - 1].fullness < 0.5 && p->part_breaths[i].fullness >= 0.5;
    }
    snprintf(title, sizeof title, word_get(p->language, WORD_TWO_MINUTES),
             pen_clock(p->part_s).text);
    snprintf(text, size, "%s: %zu %s, %.0f–%.0f ms; %u %s", title, normal,
             word_get(p->language, WORD_BEATS), normal ? low : 0.0, normal ? high : 0.0, breaths,
             word_get(p->language, WORD_BREATHS));
}

static void tell_spectrum(char* text, size_t size, const Picture* p)
{
    char title[200];
    picture_spectrum_title(title, sizeof title, p);
    if (p->n_windows == 0) {
        snprintf(text, size, "%s: %s", title, word_reason(p->language, HRV_TOO_SHORT));
        return;
    }
    snprintf(text, size, "%s: LF %.0f ms², HF %.0f ms²; %s %.1f", title, p->lf_ms2, p->hf_ms2,
             word_get(p->language, WORD_BREATH_RATE), 60.0 * p->breath_hz);
}

static void tell_numbers(char* text, size_t size, const Picture* p)
{
    static const HrvMeasure list[] = {HRV_HEART_RATE, HRV_RMSSD, HRV_RESP_AMPLITUDE};
    size_t n = 0;
    for (size_t i = 0; i < sizeof list / sizeof *list && n < size; ++i) {
        char value[160];
        report_value(value, sizeof value, p, list[i]);
        n += (size_t)snprintf(text + n, size - n, "%s %s; ", word_measure(p->language, list[i]),
                              value);
    }
    if (n < size) {
        snprintf(text + n, size - n, "%s %.0f %%", word_get(p->language, WORD_QUALITY),
                 100.0 * p->whole->quality);
    }
}

static void tell_exercises(char* text, size_t size, const Picture* p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_exercises && n < size; ++i) {
        const ExerciseTimes* const t = p->exercises[i].part;
        n += (size_t)snprintf(
            text + n, size - n,
            "%s %zu: %s %.0f → %.0f /min, RMSSD %.0f → %.0f ms, %s %.0f → %.0f "
            "ms. ",
            word_get(p->language, WORD_EXERCISE), i + 1, word_get(p->language, WORD_HEART_RATE),
            t[0].heart_rate_per_min, t[2].heart_rate_per_min, t[0].rmssd_ms, t[2].rmssd_ms,
            word_get(p->language, WORD_RESP_HRV), t[0].resp_hrv_ms, t[2].resp_hrv_ms);
    }
}

// ---- Tables -----------------------------------------------------------------------------------

static void write_row(FILE* file, const char* name, const char* value)
{
    fputs("<tr><th scope=\"row\">", file);
    write_escaped(file, name);
    fputs("</th><td>", file);
    write_escaped(file, value);
    fputs("</td></tr>\n", file);
}

static void write_heading(FILE* file, const Picture* p, Word word)
{
    fprintf(file, "<h2>%s</h2>\n", word_get(p->language, word));
}

static void write_measures(FILE* file, const Picture* p)
{
    char value[200];
    write_heading(file, p, WORD_MEASURE);
    fputs("<div class=\"pair\">\n", file);
    for (int half = 0; half < 2; ++half) {
        const int middle = (HRV_N_MEASURES + 1) / 2;
        fputs("<table>\n", file);
        for (int m = half ? middle : 0; m < (half ? HRV_N_MEASURES : middle); ++m) {
            report_value(value, sizeof value, p, (HrvMeasure)m);
            write_row(file, word_measure(p->language, (HrvMeasure)m), value);
        }
        fputs("</table>\n", file);
    }
    fputs("</div>\n", file);
}

static void write_lists(FILE* file, const Picture* p)
{
    const char* name = NULL;
    char value[300];
    write_heading(file, p, WORD_LEFT_OUT);
    fputs("<table>\n", file);
    for (int i = 0; report_left_out(p, i, &name, value, sizeof value); ++i) {
        write_row(file, name, value);
    }
    fputs("</table>\n", file);
    write_heading(file, p, WORD_SETTINGS);
    fputs("<table>\n", file);
    for (int i = 0; report_setting(p, i, &name, value, sizeof value); ++i) {
        write_row(file, name, value);
    }
    fputs("</table>\n", file);
}

static void write_head(FILE* file, const Picture* p)
{
    char duration[64];
    report_duration(duration, sizeof duration, p->duration_s);
    fprintf(file,
            "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s: ",
            word_get(p->language, WORD_LANGUAGE), word_get(p->language, WORD_TITLE));
    write_escaped(file, p->info->name);
    fprintf(file, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<header>\n<h1>%s</h1>\n<p>",
            style, word_get(p->language, WORD_TITLE));
    write_escaped(file, p->info->name);
    fprintf(file, " · %s%s", word_source(p->language, p->info->format),
            *p->info->channel ? " · " : "");
    write_escaped(file, p->info->channel);
    fprintf(file, " · %s · %zu %s · %zu %s</p>\n</header>\n<main>\n", duration, p->n_beats,
            word_get(p->language, WORD_BEATS), p->n_breaths, word_get(p->language, WORD_BREATHS));
    if (p->warning && *p->warning) {
        fprintf(file, "<p class=\"note\">%s: ", word_get(p->language, WORD_WARNING));
        write_escaped(file, p->warning);
        fputs("</p>\n", file);
    }
}

bool report_html(const char* path, const Picture* p)
{
    FILE* const file = fopen(path, "w");
    if (!file) {
        return false;
    }
    char told[1500] = "";
    const double half = 0.5 * (PICTURE_WIDTH - 20.0);
    write_head(file, p);
    tell_numbers(told, sizeof told, p);
    bool good = write_figure(file, p, picture_draw_numbers, PICTURE_WIDTH, 46.0, 'a', told);
    write_heading(file, p, WORD_OVER_TIME);
    tell_time(told, sizeof told, p);
    good = write_figure(file, p, picture_draw_time, PICTURE_WIDTH, 340.0, 'b', told) && good;
    tell_part(told, sizeof told, p);
    good = write_figure(file, p, picture_draw_part, PICTURE_WIDTH, 130.0, 'c', told) && good;
    if (p->n_exercises > 0) {
        fprintf(file, "<h2>%s: %s</h2>\n", word_get(p->language, WORD_EXERCISE),
                word_get(p->language, WORD_CHANGE));
        tell_exercises(told, sizeof told, p);
        good = write_figure(file, p, picture_draw_exercises, PICTURE_WIDTH,
                            picture_exercises_height(p), 'd', told) &&
               good;
    }
    fprintf(file, "<p class=\"note\"><strong>%s</strong></p>\n<div class=\"pair\">\n",
            word_get(p->language, WORD_NOT));
    snprintf(told, sizeof told, "%s: SD1 %.1f ms, SD2 %.1f ms",
             word_get(p->language, WORD_POINCARE), p->whole->value[HRV_SD1],
             p->whole->value[HRV_SD2]);
    good = write_figure(file, p, picture_draw_poincare, half, half, 'e', told) && good;
    tell_spectrum(told, sizeof told, p);
    good = write_figure(file, p, picture_draw_spectrum, half, half, 'f', told) && good;
    fputs("</div>\n", file);
    write_measures(file, p);
    write_lists(file, p);
    write_heading(file, p, WORD_SOURCES);
    fprintf(file, "<p>%s</p>\n</main>\n</body>\n</html>\n",
            word_get(p->language, WORD_SOURCES_LIST));
    good = !ferror(file) && good;
    return fclose(file) == 0 && good;
}
