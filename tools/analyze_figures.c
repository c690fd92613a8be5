// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tools/analyze_picture.h"

#include "ui/pen.h"
#include "ui/plot.h"
#include "ui/view_numbers.h"
#include "ui/view_poincare.h"
#include "ui/view_spectrum.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char* word(const Picture* picture, Word which)
{
    return word_get(picture->language, which);
}

// ---- The few numbers --------------------------------------------------------------------------

void picture_draw_numbers(cairo_t* cr, const Picture* p, double width, double height)
{
    static const struct {
        HrvMeasure measure;
        int decimals;
        const char* unit;
    } list[] = {{HRV_HEART_RATE, 0, "/min"}, {HRV_RMSSD, 0, "ms"}, {HRV_RESP_AMPLITUDE, 0, "ms"}};
    Number numbers[5];
    for (int i = 0; i < 3; ++i) {
        const HrvReason reason = p->whole->reason[list[i].measure];
        numbers[i] = (Number){.name = i == 2 ? word(p, WORD_RESP_HRV)
                                             : word_measure(p->language, list[i].measure),
                              .value = reason == HRV_OK ? p->whole->value[list[i].measure] : NAN,
                              .decimals = list[i].decimals,
                              .unit = list[i].unit,
                              .quality = NAN,
                              .reason = word_reason(p->language, reason)};
    }
    numbers[3] = (Number){.name = word(p, WORD_BREATHING),
                          .value = p->breath_hz > 0.0 ? 60.0 * p->breath_hz : NAN,
                          .decimals = 1,
                          .unit = "/min",
                          .quality = NAN,
                          .reason = word_reason(p->language, HRV_NO_BREATH)};
    numbers[4] = (Number){.name = word(p, WORD_QUALITY),
                          .value = 100.0 * p->whole->quality,
                          .decimals = 0,
                          .unit = "%",
                          .quality = p->whole->quality};
    const NumbersData data = {numbers, 5, 5};
    numbers_draw(cr, &p->theme, rect(0.0, 0.0, width, height), &data);
}

// ---- Over time --------------------------------------------------------------------------------

typedef struct {
    const char* title;
    const PictureCurve* curve;
    const PictureCurve* odd; // hollow dots; NULL: none
    Color color;
    double low, high; // equal: from the curve
    double least;     // shortest axis
    double share;     // of the height
    double mark;      // a dashed line there; NAN: none
    HrvReason reason; // why there may be nothing
} Strip;

// Minutes, from 2 h on hours
static void draw_times(cairo_t* cr, const Picture* p, const Plot* plot, bool told)
{
    static const double steps[] = {10.0,  30.0,   60.0,   120.0,  300.0,   600.0,
                                   900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0};
    size_t which = 0;
    while (which + 1 < sizeof steps / sizeof *steps && p->duration_s / steps[which] > 12.0) {
        ++which;
    }
    const double step = fmax(steps[which], p->duration_s / 20.0);
    pen_font(cr, &p->theme, p->theme.small, false);
    for (int i = 0; i * step <= p->duration_s + 1e-6; ++i) {
        char text[32];
        const double x = plot_x(plot, i * step);
        const long minutes = lround(i * step / 60.0);
        pen_color(cr, p->theme.line);
        cairo_set_line_width(cr, 0.4);
        cairo_move_to(cr, x, plot->box.y);
        cairo_line_to(cr, x, plot->box.y + plot->box.h);
        cairo_stroke(cr);
        if (p->duration_s >= 7200.0) {
            snprintf(text, sizeof text, "%ld h %02ld", minutes / 60, minutes % 60);
        } else if (step >= 60.0) {
            snprintf(text, sizeof text, "%ld min", minutes);
        } else {
            snprintf(text, sizeof text, "%.0f s", i * step);
        }
        if (told) { // the last one ends with the paper
            const double end = plot->box.x + plot->box.w - x;
            const double width = pen_width(cr, text);
            pen_color(cr, p->theme.faint);
            pen_text(cr, x, plot->box.y + plot->box.h + 1.4 * p->theme.small,
                     end < 0.5 * width ? 1.0 - fmax(end, 0.0) / width : 0.5, text);
        }
    }
}

// The parts of exercises as grounds behind the curves, their names in the first strip
static void draw_spans(cairo_t* cr, const Picture* p, const Plot* plot, bool told)
{
    for (size_t i = 0; i < p->n_exercises; ++i) {
        for (int part = 0; part < EXERCISE_PARTS; ++part) {
            const ExerciseTimes* const times = &p->exercises[i].part[part];
            const double x = plot_x(plot, times->from_s);
            const double w = plot_x(plot, times->to_s) - x;
            if (!(w > 0.0)) {
                continue;
            }
            const bool during = part == EXERCISE_DURING;
            pen_fade(cr, during ? p->theme.pacer : p->theme.faint, during ? 0.20 : 0.10);
            cairo_rectangle(cr, x, plot->box.y, w, plot->box.h);
            cairo_fill(cr);
            if (told) {
                pen_font(cr, &p->theme, p->theme.small, false);
                pen_color(cr, p->theme.faint);
                pen_line(cr, rect(x, plot->box.y, w, 1.4 * p->theme.small), 0.5,
                         word(p, during ? WORD_EXERCISE
                                 : part ? WORD_AFTER
                                        : WORD_BEFORE));
            }
        }
    }
}

static void draw_strip(cairo_t* cr, const Picture* p, Rect box, const Strip* strip, bool first,
                       bool last)
{
    const Theme* const theme = &p->theme;
    Rect room = box;
    const Rect head = cut_top(&room, 1.4 * theme->small, 0.3 * theme->small);
    pen_font(cr, theme, theme->small, true);
    pen_color(cr, theme->ink);
    pen_line(cr, head, 0.0, strip->title);
    Plot plot = {room, 0.0, p->duration_s, strip->low, strip->high};
    if (!(strip->low < strip->high)) {
        PlotSpan span = {0.0, 0.0};
        for (size_t i = 0; i < strip->curve->n; ++i) {
            plot_span_add(&span, strip->curve->value[i]);
        }
        if (!plot_span_close(&span, strip->least, &plot.low, &plot.high)) {
            plot.low = 0.0;
            plot.high = 1.0;
        }
    }
    plot.box.x += 3.2 * theme->small;
    plot.box.w -= 3.2 * theme->small;
    bool any = false;
    for (size_t i = 0; i < strip->curve->n && !any; ++i) {
        any = isfinite(strip->curve->value[i]);
    }
    if (!any) {
        draw_times(cr, p, &plot, last);
        pen_font(cr, theme, theme->small, false);
        pen_color(cr, theme->faint);
        pen_line(cr, plot.box, 0.5, word_reason(p->language, strip->reason));
        return;
    }
    draw_spans(cr, p, &plot, first);
    draw_times(cr, p, &plot, last);
    plot_values(cr, theme, &plot, fmax(2.0, floor(plot.box.h / (1.9 * theme->small))), -1);
    if (isfinite(strip->mark)) {
        const double dash[] = {4.0, 3.0};
        const double y = plot_y(&plot, strip->mark);
        cairo_set_dash(cr, dash, 2, 0.0);
        pen_color(cr, theme->faint);
        cairo_set_line_width(cr, 0.7);
        cairo_move_to(cr, plot.box.x, y);
        cairo_line_to(cr, plot.box.x + plot.box.w, y);
        cairo_stroke(cr);
        cairo_set_dash(cr, NULL, 0, 0.0);
        // beside the title, where no curve runs through it
        pen_font(cr, theme, theme->small, false);
        const double from_x = head.x + head.w - pen_width(cr, word(p, WORD_AS_USUAL));
        pen_line(cr, head, 1.0, word(p, WORD_AS_USUAL));
        cairo_set_dash(cr, dash, 2, 0.0);
        cairo_move_to(cr, from_x - 2.2 * theme->small, head.y + 0.6 * head.h);
        cairo_line_to(cr, from_x - 0.4 * theme->small, head.y + 0.6 * head.h);
        cairo_stroke(cr);
        cairo_set_dash(cr, NULL, 0, 0.0);
    }
    cairo_save(cr);
    cairo_rectangle(cr, plot.box.x, plot.box.y - 1.0, plot.box.w, plot.box.h + 2.0);
    cairo_clip(cr);
    pen_color(cr, strip->color);
    cairo_set_line_width(cr, strip->curve->n > 1500 ? 0.5 : theme->stroke);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    plot_curve(cr, &plot, strip->curve->time_s, strip->curve->value, strip->curve->n);
    for (size_t i = 0; strip->odd && i < strip->odd->n; ++i) {
        pen_color(cr, theme->ink);
        cairo_set_line_width(cr, 0.5);
        pen_circle(cr, plot_x(&plot, strip->odd->time_s[i]), plot_y(&plot, strip->odd->value[i]),
                   1.5);
        cairo_stroke(cr);
    }
    cairo_restore(cr);
}

void picture_draw_time(cairo_t* cr, const Picture* p, double width, double height)
{
    const Theme* const theme = &p->theme;
    const Strip strips[] = {{word(p, WORD_RR), &p->rr_ms, &p->odd_ms, theme->heart, p->rr_low_ms,
                             p->rr_high_ms, 100.0, 0.42, NAN, HRV_NO_BEATS},
                            {word(p, WORD_BREATH_RATE), &p->breath_rate, NULL, theme->person, 0.0,
                             0.0, 6.0, 0.22, NAN, HRV_NO_BREATH},
                            {word(p, WORD_TONE), &p->tone, NULL, theme->tone, 0.0, 1.0, 1.0, 0.22,
                             0.5, p->n_breaths ? HRV_LEARNING : HRV_NO_BREATH},
                            {word(p, WORD_USABLE), &p->usable_percent, NULL, theme->good, 0.0,
                             100.0, 1.0, 0.14, NAN, HRV_NO_BEATS}};
    enum { N = sizeof strips / sizeof *strips };
    const double gap = theme->margin;
    const double whole = height - 1.8 * theme->small - (N - 1) * gap;
    Rect rest = rect(0.0, 0.0, width, height);
    for (int i = 0; i < N; ++i) {
        draw_strip(cr, p, cut_top(&rest, strips[i].share * whole, gap), &strips[i], i == 0,
                   i == N - 1);
    }
}

// ---- The others -------------------------------------------------------------------------------

void picture_draw_part(cairo_t* cr, const Picture* p, double width, double height)
{
    char title[200];
    snprintf(title, sizeof title, word(p, WORD_TWO_MINUTES), pen_clock(p->part_s).text);
    const TachoData data = {.title = title,
                            .beats = p->part_beats,
                            .n_beats = p->n_part_beats,
                            .breaths = p->part_breaths,
                            .n_breaths = p->n_part_breaths,
                            .now_s = p->part_s + fmin(120.0, p->duration_s),
                            .span_s = fmin(120.0, p->duration_s),
                            .clock = true,
                            .reason = word_reason(p->language, HRV_NO_BEATS)};
    tacho_draw(cr, &p->theme, rect(0.0, 0.0, width, height), &data);
}

void picture_draw_poincare(cairo_t* cr, const Picture* p, double width, double height)
{
    const bool known = p->whole->reason[HRV_SD1] == HRV_OK && p->whole->reason[HRV_SD2] == HRV_OK;
    const PoincareData data = {.title = word(p, WORD_POINCARE),
                               .rr_ms = p->pair_ms,
                               .next_ms = p->next_ms,
                               .n = p->n_pairs,
                               .sd1_ms = known ? p->whole->value[HRV_SD1] : NAN,
                               .sd2_ms = known ? p->whole->value[HRV_SD2] : NAN,
                               .reason = word_reason(p->language, HRV_NO_BEATS)};
    poincare_draw(cr, &p->theme, rect(0.0, 0.0, width, height), &data);
}

void picture_spectrum_title(char* text, size_t size, const Picture* p)
{
    snprintf(text, size, word(p, WORD_SPECTRUM), p->n_windows);
    if (p->n_windows == 0) {
        text[strcspn(text, ",")] = '\0'; // nothing to count
    }
}

void picture_draw_spectrum(cairo_t* cr, const Picture* p, double width, double height)
{
    char title[200];
    picture_spectrum_title(title, sizeof title, p);
    // From LF on: what is slower is larger by far, and would hide the rest
    size_t first = 0;
    while (first < p->n_power && (double)(first + 1) * p->step_hz < 0.04) {
        ++first;
    }
    const SpectrumData data = {.title = title,
                               .power = p->power + first,
                               .n = p->n_power - first,
                               .first_hz = (double)(first + 1) * p->step_hz,
                               .step_hz = p->step_hz,
                               .lf_ms2 = p->lf_ms2,
                               .hf_ms2 = p->hf_ms2,
                               .breath_hz = p->breath_hz,
                               .breath_band_hz = p->breath_half_hz,
                               .reason = word_reason(p->language, HRV_TOO_SHORT)};
    spectrum_draw(cr, &p->theme, rect(0.0, 0.0, width, height), &data);
}

// ---- Exercises --------------------------------------------------------------------------------

#define ROW_HEIGHT 15.0
enum { ROWS = 4 };       // of an exercise: heart rate, RMSSD, RespHRV, breath
#define MOST_CHANGE 60.0 // %, of the axis to either side

double picture_exercises_height(const Picture* p)
{
    return (double)p->n_exercises * (ROWS + 2) * ROW_HEIGHT + 1.5 * ROW_HEIGHT;
}

typedef struct {
    const char* name;
    const char* unit;
    int decimals;
    double value[EXERCISE_PARTS];
    const CompareMeasure* change; // NULL: not compared
    bool factor;                  // its change is a factor, else a difference
} Row;

static double percent(const Row* row, double change)
{
    return row->factor ? 100.0 * (change - 1.0) : 100.0 * change / (double)row->change->before;
}

static void draw_change(cairo_t* cr, const Picture* p, Rect box, const Row* row)
{
    const Theme* const theme = &p->theme;
    if (!row->change) {
        return;
    }
    if (row->change->reason != COMPARE_OK || !(row->change->before > 0.0f)) {
        pen_font(cr, theme, theme->small, false);
        pen_color(cr, theme->faint);
        pen_line(cr, box, 0.0, word_compare_reason(p->language, row->change->reason));
        return;
    }
    char text[64];
    const Rect scale = rect(box.x, box.y, 0.62 * box.w, box.h);
    const Plot plot = {scale, -MOST_CHANGE, MOST_CHANGE, 0.0, 1.0};
    const double y = box.y + 0.5 * box.h;
    const double low = fmax(percent(row, (double)row->change->low), -MOST_CHANGE);
    const double high = fmin(percent(row, (double)row->change->high), MOST_CHANGE);
    const double middle = fmin(percent(row, (double)row->change->change), MOST_CHANGE);
    pen_color(cr, theme->line);
    cairo_set_line_width(cr, 0.7);
    cairo_move_to(cr, plot_x(&plot, 0.0), box.y);
    cairo_line_to(cr, plot_x(&plot, 0.0), box.y + box.h);
    cairo_stroke(cr);
    pen_color(cr, theme->ink);
    cairo_set_line_width(cr, 1.2);
    cairo_move_to(cr, plot_x(&plot, low), y);
    cairo_line_to(cr, plot_x(&plot, high), y);
    cairo_stroke(cr);
    pen_color(cr, row->change->clear ? theme->ink : theme->background);
    pen_circle(cr, plot_x(&plot, middle), y, 3.0);
    cairo_fill_preserve(cr);
    pen_color(cr, theme->ink);
    cairo_stroke(cr);
    snprintf(text, sizeof text, "%+.0f %% (%+.0f … %+.0f)",
             percent(row, (double)row->change->change), percent(row, (double)row->change->low),
             percent(row, (double)row->change->high));
    pen_font(cr, theme, theme->small, row->change->clear);
    pen_text(cr, box.x + box.w, y + 0.35 * theme->small, 1.0, text);
}

static void draw_cells(cairo_t* cr, const Picture* p, Rect line, const char* const cell[4],
                       bool bold)
{
    static const double ends[4] = {0.20, 0.31, 0.42, 0.53}; // right edges, the first is left
    pen_font(cr, &p->theme, p->theme.small, bold);
    pen_color(cr, p->theme.ink);
    for (int i = 0; i < 4; ++i) {
        const double y = line.y + 0.5 * line.h + 0.35 * p->theme.small;
        pen_text(cr, i ? line.x + ends[i] * line.w : line.x, y, i ? 1.0 : 0.0, cell[i]);
    }
}

static void draw_exercise(cairo_t* cr, const Picture* p, Rect* rest, size_t index)
{
    const Exercise* const e = &p->exercises[index];
    const ExerciseTimes* const t = e->part;
    const Comparison* const c = &e->comparison;
    const Row rows[ROWS] = {
        {word(p, WORD_HEART_RATE),
         "/min",
         0,
         {t[0].heart_rate_per_min, t[1].heart_rate_per_min, t[2].heart_rate_per_min},
         &c->heart_rate,
         false},
        {"RMSSD", "ms", 0, {t[0].rmssd_ms, t[1].rmssd_ms, t[2].rmssd_ms}, &c->rmssd, true},
        {word(p, WORD_RESP_HRV),
         "ms",
         0,
         {t[0].resp_hrv_ms, t[1].resp_hrv_ms, t[2].resp_hrv_ms},
         &c->resp_hrv,
         true},
        {word(p, WORD_BREATH_RATE),
         "",
         1,
         {t[0].breath_rate_per_min, t[1].breath_rate_per_min, t[2].breath_rate_per_min},
         NULL,
         false}};
    char title[120];
    snprintf(title, sizeof title, "%s %zu, %s", word(p, WORD_EXERCISE), index + 1,
             pen_clock(t[EXERCISE_DURING].to_s > t[EXERCISE_DURING].from_s
                           ? t[EXERCISE_DURING].from_s
                           : t[EXERCISE_BEFORE].from_s)
                 .text);
    const char* const heads[4] = {title, word(p, WORD_BEFORE), word(p, WORD_DURING),
                                  word(p, WORD_AFTER)};
    const Rect head = cut_top(rest, ROW_HEIGHT, 0.0);
    draw_cells(cr, p, head, heads, true);
    pen_text(cr, head.x + 0.57 * head.w, head.y + 0.5 * head.h + 0.35 * p->theme.small, 0.0,
             word(p, WORD_CHANGE));
    for (int i = 0; i < ROWS; ++i) {
        char text[3][48];
        const Rect line = cut_top(rest, ROW_HEIGHT, 0.0);
        for (int part = 0; part < 3; ++part) {
            snprintf(text[part], sizeof text[part], "%s %s",
                     pen_number(rows[i].value[part], rows[i].decimals).text, rows[i].unit);
        }
        const char* const cells[4] = {rows[i].name, text[0], text[1], text[2]};
        draw_cells(cr, p, line, cells, false);
        draw_change(cr, p, rect(line.x + 0.57 * line.w, line.y, 0.43 * line.w, line.h), &rows[i]);
    }
    cut_top(rest, ROW_HEIGHT, 0.0);
}

void picture_draw_exercises(cairo_t* cr, const Picture* p, double width, double height)
{
    Rect rest = rect(0.0, 0.0, width, height);
    for (size_t i = 0; i < p->n_exercises; ++i) {
        draw_exercise(cr, p, &rest, i);
    }
    pen_font(cr, &p->theme, p->theme.small, false);
    pen_color(cr, p->theme.faint);
    pen_line(cr, cut_top(&rest, ROW_HEIGHT, 0.0), 0.0, word(p, WORD_CHANGE_WHY));
}
