// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tools/analyze_report.h"

#include "formats/recording.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void report_duration(char* text, size_t size, double seconds)
{
    const long s = lround(seconds);
    if (s >= 3600) {
        snprintf(text, size, "%ld h %ld min", s / 3600, s / 60 % 60);
    } else {
        snprintf(text, size, "%ld min %ld s", s / 60, s % 60);
    }
}

void report_value(char* text, size_t size, const Picture* p, HrvMeasure measure)
{
    const HrvReason reason = p->whole->reason[measure];
    if (reason != HRV_OK) {
        snprintf(text, size, "– (%s)", word_reason(p->language, reason));
        return;
    }
    const double value = p->whole->value[measure];
    const int decimals = fabs(value) >= 100.0  ? 0
                         : fabs(value) >= 10.0 ? 1
                         : fabs(value) >= 1.0  ? 2
                                               : 3;
    static const char* const typed[][2] = {
        {"ms2", "ms²"}, {"1/min", "/min"}, {"1/s2", "s⁻²"}, {"ln(ms)", ""}};
    const char* unit = hrv_measure_info(measure)->unit;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; ++i) {
        unit = strcmp(unit, typed[i][0]) ? unit : typed[i][1];
    }
    snprintf(text, size, "%.*f%s%s", measure == HRV_NN50 ? 0 : decimals, value, *unit ? " " : "",
             unit);
}

bool report_setting(const Picture* p, int index, const char** name, char* text, size_t size)
{
    const SourceInfo* const info = p->info;
    static const char* const sensors[] = {"auto", "ECG", "PPG"};
    static const Word names[] = {WORD_PROGRAM, WORD_SENSOR,        WORD_CHANNEL,  WORD_RATE,
                                 WORD_WINDOW,  WORD_ARTEFACTS_OUT, WORD_CORRECTED};
    const int last = (int)(sizeof names / sizeof *names) - 1;
    if (index > last) {
        return false;
    }
    *name = word_get(p->language, names[index]);
    switch (names[index]) {
    case WORD_PROGRAM:
        snprintf(text, size, "%s", TONUS_VERSION);
        break;
    case WORD_SENSOR: {
        const char* const told =
            word_source(p->language, info->kind == SOURCE_BELT    ? "belt"
                                     : info->kind == SOURCE_BEATS ? info->format
                                                                  : sensors[info->sensor]);
        const bool found = info->kind == SOURCE_SENSOR && info->found != info->sensor;
        snprintf(text, size, "%s%s%s%s", told, found ? " (" : "", found ? sensors[info->found] : "",
                 found ? ")" : "");
        break;
    }
    case WORD_CHANNEL:
        snprintf(text, size, "%s%s%s%s", *info->channel ? info->channel : "–",
                 *info->unit ? " (" : "", info->unit, *info->unit ? ")" : "");
        break;
    case WORD_RATE:
        if (info->rate_hz > 0.0) {
            snprintf(text, size, "%g Hz", info->rate_hz);
        } else {
            snprintf(text, size, "–");
        }
        break;
    case WORD_WINDOW:
        snprintf(text, size, "%g s, %g s", p->options->window_s, p->options->step_s);
        break;
    case WORD_ARTEFACTS_OUT:
        snprintf(text, size, "%s", word_get(p->language, p->options->clean ? WORD_YES : WORD_NO));
        break;
    default:
        snprintf(text, size, "%s", word_get(p->language, p->options->beats ? WORD_YES : WORD_NO));
    }
    return true;
}

bool report_left_out(const Picture* p, int index, const char** name, char* text, size_t size)
{
    static const Word types[] = {WORD_NORMAL, WORD_ECTOPIC,    WORD_MISSED,
                                 WORD_EXTRA,  WORD_UNRELIABLE, WORD_FIRST};
    enum { TYPES = sizeof types / sizeof *types };
    if (index < TYPES) {
        const double share =
            p->n_beats ? 100.0 * (double)p->n_of_type[index] / (double)p->n_beats : 0.0;
        *name = word_get(p->language, types[index]);
        snprintf(text, size, "%zu (%.1f %%)", p->n_of_type[index], share);
    } else if (index == TYPES) {
        *name = word_get(p->language, WORD_COVERED);
        snprintf(text, size, "%.1f %%",
                 fmin(100.0 * p->whole->covered_s / fmax(p->duration_s, 1.0), 100.0));
    } else if (index == TYPES + 1) {
        *name = word_get(p->language, WORD_MISSING_SAMPLES);
        snprintf(text, size, "%llu", (unsigned long long)p->info->missing);
    } else {
        return false;
    }
    return true;
}

// The views' words come with the bundle, beside this program where it was built or installed
static Text* catalogue(int language)
{
    static const char* const codes[] = {"en", "nb", "sv"};
    static const char* const places[] = {"lv2/tonus.lv2/locale", "../lib/lv2/tonus.lv2/locale",
                                         "../lib64/lv2/tonus.lv2/locale"};
    char program[2048];
    char folder[2200];
    const ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    Text* text = NULL;
    if (n > 0 && language > 0) {
        program[n] = '\0';
        char* const slash = strrchr(program, '/');
        for (size_t i = 0; slash && !text && i < sizeof places / sizeof *places; ++i) {
            snprintf(folder, sizeof folder, "%.*s/%s", (int)(slash - program), program, places[i]);
            text = text_new(folder, codes[language]);
        }
    }
    return text;
}

bool report_write(const char* folder, const AnalyzeOptions* options, const SourceInfo* info,
                  const char* warning, const Results* results, const HrvMeasures* whole,
                  double duration_s, const char* events, char* error)
{
    char path[4300];
    Picture* const picture = calloc(1, sizeof *picture);
    bool good = picture && picture_make(picture, options, info, results, whole, duration_s, events);
    Text* const text = picture ? catalogue(picture->language) : NULL;
    if (good) {
        picture->warning = warning;
        picture->theme.text = text;
        snprintf(path, sizeof path, "%.4200s/report.html", folder);
        good = report_html(path, picture);
        snprintf(path, sizeof path, "%.4200s/report.pdf", folder);
        good = report_pdf(path, picture) && good;
    }
    if (!good) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: the report cannot be written", folder);
    }
    if (picture) {
        picture_free(picture);
    }
    text_free(text);
    free(picture);
    return good;
}
