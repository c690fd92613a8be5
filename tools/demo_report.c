// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/demo_report.h"

#include "ui/trend.h"

#include <cairo/cairo-svg.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MATCH_S 0.150 /* ANSI/AAMI EC57: a beat is found when it lies this near */

typedef struct {
    double* values;
    size_t count, room;
} Series;

enum { N_MEASURES = sizeof(ReportMeasures) / sizeof(double) };

struct ReportImpl {
    const char* input;
    Series beats, reliable, breaths, true_beats, true_breaths;
    Series measures[N_MEASURES]; // the fields of ReportMeasures in their order
    bool full;                   // memory ran out
};

static void push(Report* report, Series* series, double value)
{
    if (series->count == series->room) {
        const size_t room = series->room ? 2 * series->room : 256;
        double* const values = (double*)realloc(series->values, room * sizeof(double));
        if (!values) {
            report->full = true;
            return;
        }
        series->values = values;
        series->room = room;
    }
    series->values[series->count++] = value;
}

Report* report_new(const char* input)
{
    Report* const report = (Report*)calloc(1, sizeof(Report));
    if (report) {
        report->input = input;
    }
    return report;
}

void report_free(Report* report)
{
    if (report) {
        free(report->beats.values);
        free(report->reliable.values);
        free(report->breaths.values);
        free(report->true_beats.values);
        free(report->true_breaths.values);
        for (int i = 0; i < N_MEASURES; ++i) {
            free(report->measures[i].values);
        }
        free(report);
    }
}

void report_beat(Report* report, double time_s, bool reliable)
{
    push(report, &report->beats, time_s);
    push(report, &report->reliable, reliable ? 1.0 : 0.0);
}

void report_breath(Report* report, double time_s)
{
    push(report, &report->breaths, time_s);
}

void report_true_beat(Report* report, double time_s)
{
    push(report, &report->true_beats, time_s);
}

void report_true_breath(Report* report, double time_s)
{
    push(report, &report->true_breaths, time_s);
}

void report_measures(Report* report, const ReportMeasures* measures)
{
    double values[N_MEASURES];
    memcpy(values, measures, sizeof(values));
    for (int i = 0; i < N_MEASURES; ++i) {
        // what is not known is shown as 0, which is no value for these
        const bool unknown = i >= 1 && i <= 5 && i != 3 && !(values[i] > 0.0);
        push(report, &report->measures[i], unknown ? NAN : values[i]);
    }
}

static FILE* open_table(const char* folder, const char* name)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE* const file = fopen(path, "w");
    if (!file) {
        fprintf(stderr, "tonus-demo: %s: %s\n", path, strerror(errno));
    }
    return file;
}

static bool close_table(FILE* file, const char* folder)
{
    const bool fine = !ferror(file);
    if (fclose(file) != 0 || !fine) {
        fprintf(stderr, "tonus-demo: %s: %s\n", folder, strerror(errno));
        return false;
    }
    return true;
}

static bool write_beats(const Report* report, const char* folder)
{
    FILE* const file = open_table(folder, "beats.tsv");
    if (!file) {
        return false;
    }
    fprintf(file, "onset\trr_ms\treliable\n");
    for (size_t i = 0; i < report->beats.count; ++i) {
        const double* const times = report->beats.values;
        fprintf(file, "%.6f\t", times[i]);
        if (i) {
            fprintf(file, "%.3f", (times[i] - times[i - 1]) * 1000.0);
        } else {
            fprintf(file, "n/a");
        }
        fprintf(file, "\t%d\n", report->reliable.values[i] > 0.5);
    }
    return close_table(file, folder);
}

static bool write_breaths(const Report* report, const char* folder)
{
    FILE* const file = open_table(folder, "breaths.tsv");
    if (!file) {
        return false;
    }
    fprintf(file, "onset\trate_per_min\n");
    for (size_t i = 0; i < report->breaths.count; ++i) {
        const double* const times = report->breaths.values;
        fprintf(file, "%.6f\t", times[i]);
        if (i) {
            fprintf(file, "%.3f\n", 60.0 / (times[i] - times[i - 1]));
        } else {
            fprintf(file, "n/a\n");
        }
    }
    return close_table(file, folder);
}

static bool write_measures(const Report* report, const char* folder)
{
    FILE* const file = open_table(folder, "measures.tsv");
    if (!file) {
        return false;
    }
    fprintf(file, "time_s\theart_rate_bpm\tbreath_rate_per_min\tbreath_confidence\trmssd_ms\t"
                  "resp_hrv_ms\ttone\tbeat_quality\thrv_quality\n");
    for (size_t i = 0; i < report->measures[0].count; ++i) {
        for (int j = 0; j < N_MEASURES; ++j) {
            const double value = report->measures[j].values[i];
            if (isfinite(value)) {
                fprintf(file, "%.4f", value);
            } else {
                fprintf(file, "n/a");
            }
            fputc(j + 1 == N_MEASURES ? '\n' : '\t', file);
        }
    }
    return close_table(file, folder);
}

// The rate between one time and the next, told at the later one; NAN above `most_s`
static Series rates(Report* into, const Series* times, double most_s)
{
    Series series = {0};
    for (size_t i = 0; i < times->count; ++i) {
        const double gap = i ? times->values[i] - times->values[i - 1] : 0.0;
        push(into, &series, gap > 0.0 && gap < most_s ? 60.0 / gap : NAN);
    }
    return series;
}

static bool draw(const Report* report, const char* folder)
{
    char path[4096];
    Report scratch = {0};
    snprintf(path, sizeof(path), "%s/relax.svg", folder);
    Series heart = rates(&scratch, &report->beats, 3.0);
    Series true_breath = rates(&scratch, &report->true_breaths, 30.0);
    const Series* const m = report->measures;
    const double start = m[0].count ? m[0].values[0] : 0.0;
    const double end = m[0].count ? m[0].values[m[0].count - 1] : 1.0;
    const Theme theme = theme_print();
    const TrendLine heart_lines[] = {
        {"beat by beat", report->beats.values, heart.values, heart.count, theme.heart, 1.0, 0.0}};
    const TrendLine breath_lines[] = {
        {"true", report->true_breaths.values, true_breath.values, true_breath.count,
         theme_mix(theme.line, theme.faint, 0.4), 3.0, 0.0},
        {"found", m[0].values, m[2].values, m[0].count, theme.person, 1.6, 0.0}};
    const TrendLine hrv_lines[] = {
        {"respiratory HRV", m[0].values, m[5].values, m[0].count, theme.person, 1.6, 0.0},
        {"RMSSD", m[0].values, m[4].values, m[0].count, theme.heart, 1.6, 5.0}};
    const TrendLine tone_lines[] = {
        {NULL, m[0].values, m[6].values, m[0].count, theme.tone, 2.2, 0.0}};
    const size_t skip = report->true_breaths.count ? 0 : 1; // nothing is true of a recording
    const TrendPanel panels[] = {
        {"Heart rate (bpm)", 0.0, 0.0, heart_lines, 1},
        {"Breathing (per minute)", 0.0, 24.0, breath_lines + skip, 2 - skip},
        {"Heart-rate variability (ms)", 0.0, 0.0, hrv_lines, 2},
        {"Tone (0.5 = own baseline)", 0.0, 1.0, tone_lines, 1},
    };
    const double width = 900.0;
    const double height = 760.0;
    cairo_surface_t* const surface = cairo_svg_surface_create(path, width, height);
    cairo_t* const cr = cairo_create(surface);
    trend_draw(cr, &theme, rect(0.0, 0.0, width, height),
               report->input ? report->input : "A simulated person relaxes", start,
               fmax(end, start + 1.0), panels, sizeof(panels) / sizeof(*panels));
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    const cairo_status_t status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    free(heart.values);
    free(true_breath.values);
    if (status != CAIRO_STATUS_SUCCESS) {
        fprintf(stderr, "tonus-demo: %s: %s\n", path, cairo_status_to_string(status));
        return false;
    }
    return true;
}

bool report_write(const Report* report, const char* folder)
{
    if (report->full) {
        fprintf(stderr, "tonus-demo: out of memory\n");
        return false;
    }
    return write_beats(report, folder) && write_breaths(report, folder) &&
           write_measures(report, folder) && draw(report, folder);
}

// Mean of the finite values in [start_s, end_s); NAN when there are none
static double mean_between(const Series* times, const Series* values, double start_s, double end_s)
{
    double sum = 0.0;
    size_t n = 0;
    for (size_t i = 0; i < times->count; ++i) {
        if (times->values[i] >= start_s && times->values[i] < end_s &&
            isfinite(values->values[i])) {
            sum += values->values[i];
            ++n;
        }
    }
    return n ? sum / (double)n : NAN;
}

// RMSSD of all beats that follow each other within 3 s, ms
static double rmssd_of(const Series* beats, double start_s)
{
    double sum = 0.0;
    size_t n = 0;
    for (size_t i = 2; i < beats->count; ++i) {
        const double* const times = beats->values;
        if (times[i - 2] >= start_s) {
            const double difference = (times[i] - 2.0 * times[i - 1] + times[i - 2]) * 1000.0;
            sum += difference * difference;
            ++n;
        }
    }
    return n ? sqrt(sum / (double)n) : NAN;
}

static int ascending(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

typedef struct {
    size_t found, missed, extra; // found: matched one to one
    double median_ms, p95_ms;    // of the timing error's size
} Match;

// Matches found beats with true ones from start_s on, in time order; both lists may be walked once
static Match match_beats(const Series* found, const Series* truth, double start_s)
{
    Match match = {0, 0, 0, NAN, NAN};
    double* const errors = (double*)malloc((truth->count + 1) * sizeof(double));
    size_t i = 0;
    size_t j = 0;
    while (errors && (i < found->count || j < truth->count)) {
        const double f = i < found->count ? found->values[i] : INFINITY;
        const double t = j < truth->count ? truth->values[j] : INFINITY;
        if (fabs(f - t) <= MATCH_S) {
            if (t >= start_s) {
                errors[match.found++] = fabs(f - t) * 1000.0;
            }
            ++i;
            ++j;
        } else if (f < t) {
            match.extra += f >= start_s;
            ++i;
        } else {
            match.missed += t >= start_s;
            ++j;
        }
    }
    if (match.found) {
        qsort(errors, match.found, sizeof(double), ascending);
        match.median_ms = errors[match.found / 2];
        match.p95_ms = errors[(size_t)(0.95 * (double)(match.found - 1))];
    }
    free(errors);
    return match;
}

static void print_row(const char* name, const char* unit, double found, double truth)
{
    char numbers[2][32] = {"-", "-"};
    const double values[2] = {found, truth};
    for (int i = 0; i < 2; ++i) {
        if (isfinite(values[i])) {
            snprintf(numbers[i], sizeof(numbers[i]), "%.1f", values[i]);
        }
    }
    printf("%-34s %10s %10s  %s\n", name, numbers[0], numbers[1], unit);
}

void report_print(const Report* report, const char* folder)
{
    const double settle_s = 10.0; // the detector learns the signal first
    const bool known = report->true_beats.count > 0;
    Report scratch = {0};
    const Series* const m = report->measures;
    Series true_rates = rates(&scratch, &report->true_breaths, 30.0);
    const double end = m[0].count ? m[0].values[m[0].count - 1] : 0.0;
    // the last true beats may still be on their way through the delay
    Series truth = report->true_beats;
    while (truth.count && truth.values[truth.count - 1] > end - 0.5) {
        --truth.count;
    }
    Series found = report->beats;
    while (known && found.count && found.values[found.count - 1] > end - 0.5) {
        --found.count;
    }
    printf("%-34s %10s %10s\n", "", "found", known ? "true" : "");
    print_row("beats", "", (double)found.count, known ? (double)truth.count : NAN);
    if (known) {
        const Match match = match_beats(&found, &truth, settle_s);
        printf("  after the first %.0f s: %zu found, %zu missed, %zu extra\n", settle_s,
               match.found, match.missed, match.extra);
        printf("  timing error: median %.3f ms, 95 %% below %.3f ms\n", match.median_ms,
               match.p95_ms);
    }
    Series all_rates = rates(&scratch, &report->beats, 3.0);
    Series all_true = rates(&scratch, &report->true_beats, 3.0);
    print_row("heart rate", "bpm", mean_between(&report->beats, &all_rates, settle_s, end),
              mean_between(&report->true_beats, &all_true, settle_s, end));
    print_row("RMSSD, all intervals", "ms", rmssd_of(&found, settle_s), rmssd_of(&truth, settle_s));
    for (int third = 0; third < 3; ++third) {
        char name[64];
        const double from = fmax(end * third / 3.0, third ? 0.0 : fmin(40.0, end / 6.0));
        const double to = end * (third + 1) / 3.0;
        snprintf(name, sizeof(name), "breathing, %.0f to %.0f s", from, to);
        print_row(name, "per minute", mean_between(&m[0], &m[2], from, to),
                  mean_between(&report->true_breaths, &true_rates, from, to));
    }
    printf("%-34s %10.2f            0.5 = own baseline\n", "tone, last 30 s",
           mean_between(&m[0], &m[6], end - 30.0, end + 1.0));
    printf("\nIn %s: drone.wav, beats.tsv, breaths.tsv, measures.tsv, relax.svg\n", folder);
    free(true_rates.values);
    free(all_rates.values);
    free(all_true.values);
}
