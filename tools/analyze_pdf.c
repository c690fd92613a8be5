// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The report as a page of paper.
#include "tools/analyze_report.h"

#include "ui/pen.h"

#include <cairo/cairo-pdf.h>

#include <math.h>
#include <stdio.h>

#define PAGE_WIDTH  595.0 // A4, points
#define PAGE_HEIGHT 842.0
#define MARGIN      36.0
#define SMALL       7.0
#define LINE        9.3

static void place(cairo_t* cr, const Picture* p, PictureDraw draw, Rect box)
{
    cairo_save(cr);
    cairo_rectangle(cr, box.x, box.y, box.w, box.h);
    cairo_clip(cr);
    cairo_translate(cr, box.x, box.y);
    draw(cr, p, box.w, box.h);
    cairo_restore(cr);
}

static void write_head(cairo_t* cr, const Picture* p, Rect* rest)
{
    char text[700];
    char duration[64];
    report_duration(duration, sizeof duration, p->duration_s);
    pen_font(cr, &p->theme, 17.0, true);
    pen_color(cr, p->theme.ink);
    pen_line(cr, cut_top(rest, 20.0, 2.0), 0.0, word_get(p->language, WORD_TITLE));
    snprintf(text, sizeof text, "%s · %s%s%s · %s · %zu %s · %zu %s", p->info->name,
             word_source(p->language, p->info->format), *p->info->channel ? " · " : "",
             p->info->channel, duration, p->n_beats, word_get(p->language, WORD_BEATS),
             p->n_breaths, word_get(p->language, WORD_BREATHS));
    pen_font(cr, &p->theme, p->theme.small, false);
    pen_color(cr, p->theme.faint);
    pen_line(cr, cut_top(rest, 12.0, 6.0), 0.0, text);
}

static void write_pair(cairo_t* cr, const Picture* p, Rect line, const char* name,
                       const char* value)
{
    pen_font(cr, &p->theme, SMALL, false);
    pen_color(cr, p->theme.faint);
    pen_line(cr, rect(line.x, line.y, 0.60 * line.w, line.h), 0.0, name);
    pen_color(cr, p->theme.ink);
    pen_line(cr, rect(line.x + 0.62 * line.w, line.y, 0.38 * line.w, line.h), 0.0, value);
}

static void write_heading(cairo_t* cr, const Picture* p, Rect line, Word word)
{
    pen_font(cr, &p->theme, 8.0, true);
    pen_color(cr, p->theme.ink);
    pen_line(cr, line, 0.0, word_get(p->language, word));
}

// Three columns: two of measures, one of what was left out and of the settings
static void write_lists(cairo_t* cr, const Picture* p, Rect box)
{
    char value[300];
    const char* name = NULL;
    const int rows = (HRV_N_MEASURES + 1) / 2;
    write_heading(cr, p, rect(box.x, box.y, 0.6 * box.w, 11.0), WORD_MEASURE);
    for (int m = 0; m < HRV_N_MEASURES; ++m) {
        const Rect column = rect_column(box, m / rows, 3, 14.0);
        report_value(value, sizeof value, p, (HrvMeasure)m);
        write_pair(cr, p, rect(column.x, column.y + 12.0 + LINE * (m % rows), column.w, LINE),
                   word_measure(p->language, (HrvMeasure)m), value);
    }
    Rect column = rect_column(box, 2, 3, 14.0);
    write_heading(cr, p, cut_top(&column, 11.0, 1.0), WORD_LEFT_OUT);
    for (int i = 0; report_left_out(p, i, &name, value, sizeof value); ++i) {
        write_pair(cr, p, cut_top(&column, LINE, 0.0), name, value);
    }
    cut_top(&column, 3.0, 0.0);
    write_heading(cr, p, cut_top(&column, 11.0, 1.0), WORD_SETTINGS);
    for (int i = 0; report_setting(p, i, &name, value, sizeof value); ++i) {
        write_pair(cr, p, cut_top(&column, LINE, 0.0), name, value);
    }
}

static bool exercises_fit(const Picture* p, Rect rest)
{
    return p->n_exercises > 0 && picture_exercises_height(p) < 0.45 * rest.h;
}

static void draw_page(cairo_t* cr, const Picture* p)
{
    Rect rest = rect(MARGIN, MARGIN, PAGE_WIDTH - 2.0 * MARGIN, PAGE_HEIGHT - 2.0 * MARGIN);
    write_head(cr, p, &rest);
    if (p->warning && *p->warning) {
        pen_font(cr, &p->theme, p->theme.small, false);
        pen_line(cr, cut_top(&rest, 12.0, 2.0), 0.0, p->warning);
    }
    place(cr, p, picture_draw_numbers, cut_top(&rest, 36.0, 8.0));
    const Rect foot = cut_bottom(&rest, 48.0, 4.0);
    const Rect lists = cut_bottom(&rest, 166.0, 6.0);
    const Rect plots = cut_bottom(&rest, 150.0, 10.0);
    // What is left: the whole recording, and its exercises or two minutes of it
    const double exercises = picture_exercises_height(p);
    const bool fit = exercises_fit(p, rest);
    if (fit) {
        place(cr, p, picture_draw_exercises, cut_bottom(&rest, exercises, 6.0));
    } else {
        place(cr, p, picture_draw_part, cut_bottom(&rest, 84.0, 8.0));
    }
    place(cr, p, picture_draw_time, rest);
    place(cr, p, picture_draw_poincare, rect_column(plots, 0, 2, 20.0));
    place(cr, p, picture_draw_spectrum, rect_column(plots, 1, 2, 20.0));
    write_lists(cr, p, lists);
    Rect lines = foot;
    pen_font(cr, &p->theme, 8.0, true);
    pen_color(cr, p->theme.ink);
    const double height = pen_paragraph(cr, lines, 0.0, word_get(p->language, WORD_NOT));
    cut_top(&lines, height, 2.0);
    pen_font(cr, &p->theme, 6.0, false);
    pen_color(cr, p->theme.faint);
    pen_paragraph(cr, lines, 0.0, word_get(p->language, WORD_SOURCES_LIST));
    if (p->n_exercises > 0 && !fit) { // several exercises: a sheet of their own
        cairo_show_page(cr);
        Rect page = rect(MARGIN, MARGIN, PAGE_WIDTH - 2.0 * MARGIN, PAGE_HEIGHT - 2.0 * MARGIN);
        write_head(cr, p, &page);
        place(cr, p, picture_draw_exercises, page);
    }
}

bool report_pdf(const char* path, const Picture* picture)
{
    char title[400];
    Picture page = *picture; // the same with smaller type
    const Picture* const p = &page;
    page.theme.small = 7.5;
    page.theme.body = 8.5;
    page.theme.large = 17.0;
    page.theme.margin = 7.0;
    page.theme.stroke = 0.8;
    cairo_surface_t* const surface = cairo_pdf_surface_create(path, PAGE_WIDTH, PAGE_HEIGHT);
    // The same input gives the same bytes: no date
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2026-01-01T00:00:00Z");
    snprintf(title, sizeof title, "%s: %s", word_get(p->language, WORD_TITLE), p->info->name);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_t* const cr = cairo_create(surface);
    draw_page(cr, p);
    const bool drawn = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    const bool good = drawn && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    return good;
}
