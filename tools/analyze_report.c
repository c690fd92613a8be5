// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tools/analyze_report.h"

#include "formats/recording.h"
#include "ui/scatter.h"
#include "ui/trend.h"

#include <cairo/cairo-pdf.h>
#include <cairo/cairo-svg.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH        760.0 // points, of the drawings
#define TREND_HEIGHT 560.0
#define SCATTER_SIZE 360.0
#define PAGE_WIDTH   842.0 // A4 across, points
#define PAGE_HEIGHT  1191.0

enum {
    WORD_TITLE,
    WORD_RECORDING,
    WORD_DURATION,
    WORD_BEATS,
    WORD_BREATHS,
    WORD_LEFT_OUT,
    WORD_QUALITY,
    WORD_MEASURE,
    WORD_VALUE,
    WORD_WHY_NOT,
    WORD_TREND,
    WORD_RR,
    WORD_BREATH_RATE,
    WORD_TONE,
    WORD_POINCARE,
    WORD_SETTINGS,
    WORD_NOT,
    WORD_SOURCES,
    N_WORDS
};

static const char* const words[3][N_WORDS] = {
    {"Heart and breath", "Recording", "Duration", "Beats", "Breaths", "Mended or left out",
     "Quality", "Measure", "Value", "Why there is no value", "Over time", "RR interval (ms)",
     "Breaths per minute", "Tone (0 to 1)", "Each interval against the next (ms)", "Settings",
     "Tone is respiratory heart-rate variability relative to the person's own baseline. It is not "
     "a "
     "measurement of the vagus nerve. Tonus is not a medical device.",
     "Measures: Task Force of the ESC and NASPE (1996), Circulation 93:1043; artefacts after "
     "Lipponen and Tarvainen (2019), J Med Eng Technol 43:173; spectrum after Lomb (1976) and "
     "Scargle (1982)."},
    {"Hjerte og pust", "Opptak", "Varighet", "Hjerteslag", "Åndedrag", "Rettet eller utelatt",
     "Kvalitet", "Mål", "Verdi", "Hvorfor verdien mangler", "Over tid", "RR-intervall (ms)",
     "Åndedrag per minutt", "Tone (0 til 1)", "Hvert intervall mot det neste (ms)", "Innstillinger",
     "Tone er respiratorisk hjertefrekvensvariasjon i forhold til personens eget utgangspunkt. Det "
     "er ikke en måling av vagusnerven. Tonus er ikke medisinsk utstyr.",
     "Mål: Task Force of the ESC and NASPE (1996), Circulation 93:1043; artefakter etter Lipponen "
     "og Tarvainen (2019), J Med Eng Technol 43:173; spektrum etter Lomb (1976) og Scargle "
     "(1982)."},
    {"Hjärta och andning", "Inspelning", "Längd", "Hjärtslag", "Andetag", "Lagat eller utelämnat",
     "Kvalitet", "Mått", "Värde", "Varför värdet saknas", "Över tid", "RR-intervall (ms)",
     "Andetag per minut", "Ton (0 till 1)", "Varje intervall mot nästa (ms)", "Inställningar",
     "Ton är respiratorisk hjärtfrekvensvariabilitet i förhållande till personens eget "
     "utgångsläge. Det är ingen mätning av vagusnerven. Tonus är ingen medicinteknisk produkt.",
     "Mått: Task Force of the ESC and NASPE (1996), Circulation 93:1043; artefakter enligt "
     "Lipponen och Tarvainen (2019), J Med Eng Technol 43:173; spektrum enligt Lomb (1976) och "
     "Scargle (1982)."}};

// What is drawn, as arrays
typedef struct {
    const char* const* word;
    double duration_s;
    double *beat_s, *rr_ms; // NAN: not a normal interval
    double* next_rr_ms;
    double* odd_ms; // the intervals left out
    size_t n_beats;
    double *breath_s, *breath_rate;
    size_t n_breaths;
    double *row_s, *tone;
    size_t n_rows;
    double* memory;
} Picture;

static bool collect(Picture* picture, const Results* results)
{
    const ResultBeat* const beats = results_beats(results, &picture->n_beats);
    const ResultBreath* const breaths = results_breaths(results, &picture->n_breaths);
    const ResultRow* const rows = results_rows(results, &picture->n_rows);
    const size_t n = 4 * picture->n_beats + 2 * picture->n_breaths + 2 * picture->n_rows;
    double* at = picture->memory = malloc((n + 1) * sizeof(double));
    if (!at) {
        return false;
    }
    double** const arrays[] = {&picture->beat_s, &picture->rr_ms,    &picture->next_rr_ms,
                               &picture->odd_ms, &picture->breath_s, &picture->breath_rate,
                               &picture->row_s,  &picture->tone};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; ++i) {
        *arrays[i] = at;
        at += i < 4 ? picture->n_beats : i < 6 ? picture->n_breaths : picture->n_rows;
    }
    for (size_t i = 0; i < picture->n_beats; ++i) {
        const bool normal = !strcmp(beats[i].type, "normal") && beats[i].rr_ms > 0.0;
        picture->beat_s[i] = beats[i].onset_s;
        picture->rr_ms[i] = normal ? beats[i].rr_ms : NAN;
        picture->odd_ms[i] = !normal && beats[i].rr_ms > 0.0 ? beats[i].rr_ms : NAN;
        picture->next_rr_ms[i] = NAN;
        if (i > 0) {
            picture->next_rr_ms[i - 1] = picture->rr_ms[i];
        }
    }
    for (size_t i = 0; i < picture->n_breaths; ++i) {
        picture->breath_s[i] = breaths[i].onset_s;
        picture->breath_rate[i] =
            breaths[i].rate_per_min > 0.0f ? (double)breaths[i].rate_per_min : NAN;
    }
    for (size_t i = 0; i < picture->n_rows; ++i) {
        picture->row_s[i] = rows[i].time_s;
        picture->tone[i] = (double)rows[i].tone;
    }
    return true;
}

static void draw_trend(cairo_t* cr, const Picture* p)
{
    const TrendLine beats[] = {
        {NULL, p->beat_s, p->rr_ms, p->n_beats, 0.0, 0.27, 0.55, 1.0, 0.0},
        {p->word[WORD_LEFT_OUT], p->beat_s, p->odd_ms, p->n_beats, 0.75, 0.1, 0.1, 0.0, 0.0}};
    const TrendLine breaths = {NULL, p->breath_s, p->breath_rate, p->n_breaths, 0.0, 0.4, 0.2,
                               1.5,  0.0};
    const TrendLine tone = {NULL, p->row_s, p->tone, p->n_rows, 0.45, 0.15, 0.5, 2.0, 0.0};
    const TrendPanel panels[] = {{p->word[WORD_RR], 0.0, 0.0, beats, 2},
                                 {p->word[WORD_BREATH_RATE], 0.0, 0.0, &breaths, 1},
                                 {p->word[WORD_TONE], 0.0, 1.0, &tone, 1}};
    trend_draw(cr, WIDTH, TREND_HEIGHT, p->word[WORD_TREND], 0.0, fmax(p->duration_s, 1.0), panels,
               sizeof panels / sizeof *panels);
}

static void draw_scatter(cairo_t* cr, const Picture* p)
{
    scatter_draw(cr, SCATTER_SIZE, p->word[WORD_POINCARE], p->rr_ms, p->next_rr_ms, p->n_beats);
}

// ---- HTML -------------------------------------------------------------------------------------

typedef struct {
    char* text;
    size_t n, capacity;
    bool failed;
} Text;

static cairo_status_t gather(void* closure, const unsigned char* data, unsigned int length)
{
    Text* const text = (Text*)closure;
    if (text->n + length + 1 > text->capacity) {
        const size_t capacity = 2 * (text->n + length + 4096);
        char* const larger = realloc(text->text, capacity);
        if (!larger) {
            text->failed = true;
            return CAIRO_STATUS_WRITE_ERROR;
        }
        text->text = larger;
        text->capacity = capacity;
    }
    memcpy(text->text + text->n, data, length);
    text->n += length;
    text->text[text->n] = '\0';
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

// The picture as inline SVG. Each picture's ids get a letter of their own: those that cairo gives
// are the same in every picture.
static bool write_svg(FILE* file, const Picture* picture, void (*draw)(cairo_t*, const Picture*),
                      double width, double height, char letter, const char* told)
{
    Text text = {0};
    cairo_surface_t* const surface =
        cairo_svg_surface_create_for_stream(gather, &text, width, height);
    cairo_t* const cr = cairo_create(surface);
    draw(cr, picture);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    const bool good = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS && !text.failed;
    cairo_surface_destroy(surface);
    const char* at = good ? strstr(text.text, "<svg") : NULL;
    if (at) {
        fputs("<figure role=\"img\" aria-label=\"", file);
        write_escaped(file, told);
        fputs("\">\n", file);
        for (; *at; ++at) {
            static const char* const marks[] = {"id=\"", "href=\"#", "url(#"};
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
        fputs("</figure>\n", file);
    }
    free(text.text);
    return at != NULL;
}

static void write_fact(FILE* file, const char* name, const char* value)
{
    fputs("<tr><th scope=\"row\">", file);
    write_escaped(file, name);
    fputs("</th><td>", file);
    write_escaped(file, value);
    fputs("</td></tr>\n", file);
}

static void write_facts(FILE* file, const Picture* p, const SourceInfo* info,
                        const HrvMeasures* whole)
{
    char text[600];
    fputs("<table>\n", file);
    snprintf(text, sizeof text, "%s (%s%s%s)", info->name, info->format, *info->channel ? ", " : "",
             info->channel);
    write_fact(file, p->word[WORD_RECORDING], text);
    snprintf(text, sizeof text, "%.0f min %.0f s", floor(p->duration_s / 60.0),
             fmod(p->duration_s, 60.0));
    write_fact(file, p->word[WORD_DURATION], text);
    snprintf(text, sizeof text, "%zu", p->n_beats);
    write_fact(file, p->word[WORD_BEATS], text);
    snprintf(text, sizeof text, "%zu", p->n_breaths);
    write_fact(file, p->word[WORD_BREATHS], text);
    snprintf(text, sizeof text, "%.1f %%", whole->artefacts_percent);
    write_fact(file, p->word[WORD_LEFT_OUT], text);
    snprintf(text, sizeof text, "%.2f", whole->quality);
    write_fact(file, p->word[WORD_QUALITY], text);
    fputs("</table>\n", file);
}

static void write_measures(FILE* file, const Picture* p, const HrvMeasures* whole)
{
    fprintf(file,
            "<table>\n<tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
            "<th scope=\"col\">%s</th></tr>\n",
            p->word[WORD_MEASURE], p->word[WORD_VALUE], p->word[WORD_WHY_NOT]);
    for (int m = 0; m < HRV_N_MEASURES; ++m) {
        const HrvMeasureInfo* const measure = hrv_measure_info((HrvMeasure)m);
        const bool ok = whole->reason[m] == HRV_OK;
        fprintf(file, "<tr><th scope=\"row\">%s</th><td>", measure->name);
        if (ok) {
            fprintf(file, "%.4g %s", whole->value[m], measure->unit);
        }
        fputs("</td><td>", file);
        write_escaped(file, ok ? "" : hrv_reason_text(whole->reason[m]));
        fputs("</td></tr>\n", file);
    }
    fputs("</table>\n", file);
}

static bool write_html(const char* path, const Picture* p, const AnalyzeOptions* options,
                       const SourceInfo* info, const HrvMeasures* whole)
{
    FILE* const file = fopen(path, "w");
    if (!file) {
        return false;
    }
    char told[600];
    fprintf(file,
            "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s: ",
            options->language, p->word[WORD_TITLE]);
    write_escaped(file, info->name);
    fputs("</title>\n<style>\nbody { font: 16px/1.5 sans-serif; color: #111; background: #fff; "
          "max-width: 780px; margin: 2em auto; padding: 0 1em }\n"
          "table { border-collapse: collapse; margin: 1em 0 }\n"
          "th, td { text-align: left; padding: .2em 1em .2em 0; border-bottom: 1px solid #bbb }\n"
          "figure { margin: 1em 0 }\nsvg { max-width: 100%; height: auto }\n</style>\n"
          "</head>\n<body>\n<main>\n",
          file);
    fprintf(file, "<h1>%s</h1>\n", p->word[WORD_TITLE]);
    write_facts(file, p, info, whole);
    fprintf(file, "<p><strong>%s</strong></p>\n<h2>%s</h2>\n", p->word[WORD_NOT],
            p->word[WORD_TREND]);
    snprintf(told, sizeof told, "%s; %s; %s. %s: %zu, %s: %zu", p->word[WORD_RR],
             p->word[WORD_BREATH_RATE], p->word[WORD_TONE], p->word[WORD_BEATS], p->n_beats,
             p->word[WORD_BREATHS], p->n_breaths);
    bool good = write_svg(file, p, draw_trend, WIDTH, TREND_HEIGHT, 'a', told);
    snprintf(told, sizeof told, "%s. SD1 %.1f ms, SD2 %.1f ms", p->word[WORD_POINCARE],
             whole->value[HRV_SD1], whole->value[HRV_SD2]);
    good = write_svg(file, p, draw_scatter, SCATTER_SIZE, SCATTER_SIZE, 'b', told) && good;
    fprintf(file, "<h2>%s</h2>\n", p->word[WORD_MEASURE]);
    write_measures(file, p, whole);
    fprintf(file, "<h2>%s</h2>\n<p>tonus-analyze %s; window %g s, step %g s, clean %s, %g Hz</p>\n",
            p->word[WORD_SETTINGS], TONUS_VERSION, options->window_s, options->step_s,
            options->clean ? "on" : "off", info->chain_hz);
    fprintf(file, "<p>%s</p>\n</main>\n</body>\n</html>\n", p->word[WORD_SOURCES]);
    good = !ferror(file) && good;
    return fclose(file) == 0 && good;
}

// ---- PDF --------------------------------------------------------------------------------------

static void pdf_line(cairo_t* cr, double* y, double size, const char* text)
{
    cairo_set_font_size(cr, size);
    cairo_move_to(cr, 41.0, *y);
    cairo_show_text(cr, text);
    *y += size * 1.5;
}

static void pdf_measures(cairo_t* cr, const HrvMeasures* whole, double x, double y)
{
    cairo_set_font_size(cr, 10.0);
    for (int m = 0; m < HRV_N_MEASURES; ++m) {
        const HrvMeasureInfo* const measure = hrv_measure_info((HrvMeasure)m);
        char text[160];
        if (whole->reason[m] == HRV_OK) {
            snprintf(text, sizeof text, "%s  %.4g %s", measure->name, whole->value[m],
                     measure->unit);
        } else {
            snprintf(text, sizeof text, "%s  - (%s)", measure->name,
                     results_reason(whole->reason[m]));
        }
        cairo_move_to(cr, x, y + 13.0 * m);
        cairo_show_text(cr, text);
    }
}

// A sentence in lines that fit the page
static void pdf_paragraph(cairo_t* cr, double* y, const char* text)
{
    char line[160];
    while (*text) {
        size_t n = strlen(text);
        if (n > 130) {
            n = 130;
            while (n > 1 && text[n] != ' ') {
                --n;
            }
        }
        snprintf(line, sizeof line, "%.*s", (int)n, text);
        pdf_line(cr, y, 10.0, line);
        text += n;
        text += *text == ' ';
    }
}

static bool write_pdf(const char* path, const Picture* p, const SourceInfo* info,
                      const HrvMeasures* whole)
{
    char text[700];
    double y = 50.0;
    cairo_surface_t* const surface = cairo_pdf_surface_create(path, PAGE_WIDTH, PAGE_HEIGHT);
    // The same input gives the same bytes: no date
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2026-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, p->word[WORD_TITLE]);
    cairo_t* const cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 0.07, 0.07, 0.07);
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    pdf_line(cr, &y, 20.0, p->word[WORD_TITLE]);
    snprintf(text, sizeof text, "%s: %s (%s). %s: %.0f s. %s: %zu. %s: %zu. %s: %.1f %%. %s: %.2f",
             p->word[WORD_RECORDING], info->name, info->format, p->word[WORD_DURATION],
             p->duration_s, p->word[WORD_BEATS], p->n_beats, p->word[WORD_BREATHS], p->n_breaths,
             p->word[WORD_LEFT_OUT], whole->artefacts_percent, p->word[WORD_QUALITY],
             whole->quality);
    pdf_paragraph(cr, &y, text);
    pdf_paragraph(cr, &y, p->word[WORD_NOT]);
    cairo_save(cr);
    cairo_rectangle(cr, 41.0, y, WIDTH, TREND_HEIGHT);
    cairo_clip(cr);
    cairo_translate(cr, 41.0, y);
    draw_trend(cr, p);
    cairo_restore(cr);
    y += TREND_HEIGHT + 14.0;
    cairo_save(cr);
    cairo_rectangle(cr, 41.0, y, SCATTER_SIZE, SCATTER_SIZE);
    cairo_clip(cr);
    cairo_translate(cr, 41.0, y);
    draw_scatter(cr, p);
    cairo_restore(cr);
    cairo_set_source_rgb(cr, 0.07, 0.07, 0.07);
    pdf_measures(cr, whole, 41.0 + SCATTER_SIZE + 30.0, y + 12.0);
    y += SCATTER_SIZE + 20.0;
    pdf_paragraph(cr, &y, p->word[WORD_SOURCES]);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    const bool good = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    return good;
}

bool report_write(const char* folder, const AnalyzeOptions* options, const SourceInfo* info,
                  const Results* results, const HrvMeasures* whole, double duration_s, char* error)
{
    char path[4300];
    const int language = !strcmp(options->language, "no")   ? 1
                         : !strcmp(options->language, "sv") ? 2
                                                            : 0;
    Picture picture = {.word = words[language], .duration_s = duration_s};
    bool good = collect(&picture, results);
    snprintf(path, sizeof path, "%.4200s/report.html", folder);
    good = good && write_html(path, &picture, options, info, whole);
    snprintf(path, sizeof path, "%.4200s/report.pdf", folder);
    good = good && write_pdf(path, &picture, info, whole);
    if (!good) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: the report cannot be written", folder);
    }
    free(picture.memory);
    return good;
}
