// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tools/analyze_picture.h"

#include "dsp/lomb.h"
#include "ui/view_breath.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLUMNS = 1000,    // of a curve: two for each point of the paper
    MOST_PAIRS = 1200, // of the Poincaré plot
    BINS = 120,        // of the usable signal
    TYPES = 6
};

#define PART_S        120.0
#define WINDOW_S      300.0 // Task Force 1996: short-term recordings of 5 minutes
#define LEAST_S       60.0
#define END_HZ        0.4
#define LF_HZ         0.04
#define HF_HZ         0.15
#define COVERED       0.8 // of a window, by normal intervals
#define BREATH_STEP_S 0.25
#define IN_SHARE      0.45 // of a breath whose parts are not known (dsp/breath_clock.c)

static bool is_normal(const ResultBeat* beat)
{
    return !strcmp(beat->type, "normal") && beat->rr_ms > 0.0;
}

// ---- Curves -----------------------------------------------------------------------------------

static bool take_curve(PictureCurve* curve, size_t most)
{
    curve->time_s = calloc(2 * most + 1, sizeof(double));
    curve->value = curve->time_s ? curve->time_s + most : NULL;
    return curve->time_s != NULL;
}

static void put(PictureCurve* curve, double time_s, double value)
{
    curve->time_s[curve->n] = time_s;
    curve->value[curve->n++] = value;
}

// Many points become the least and the greatest of each column; the drawing is the same
static bool thin(PictureCurve* curve, double duration_s)
{
    if (curve->n <= 4 * COLUMNS) {
        return true;
    }
    PictureCurve thinned = {0};
    if (!take_curve(&thinned, 3 * COLUMNS)) {
        return false;
    }
    size_t i = 0;
    for (int c = 0; c < COLUMNS; ++c) {
        const double end_s = duration_s * (c + 1) / COLUMNS;
        double low = INFINITY;
        double high = -INFINITY;
        double at_s = 0.0;
        bool gap = false;
        for (; i < curve->n && (curve->time_s[i] < end_s || c == COLUMNS - 1); ++i) {
            gap = gap || !isfinite(curve->value[i]);
            at_s = curve->time_s[i];
            low = isfinite(curve->value[i]) ? fmin(low, curve->value[i]) : low;
            high = isfinite(curve->value[i]) ? fmax(high, curve->value[i]) : high;
        }
        if (low <= high) {
            put(&thinned, at_s, low);
            put(&thinned, at_s, high);
        } else if (gap) {
            put(&thinned, at_s, NAN);
        }
    }
    free(curve->time_s);
    *curve = thinned;
    return true;
}

static void count_types(Picture* p, const ResultBeat* beat)
{
    static const char* const types[TYPES] = {"normal", "ectopic",    "missed",
                                             "extra",  "unreliable", "first"};
    for (int t = 0; t < TYPES; ++t) {
        p->n_of_type[t] += !strcmp(beat->type, types[t]);
    }
}

static int by_value(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

// One wild interval must not flatten the curve of all others
static bool judge_range(Picture* p, const ResultBeat* beats, size_t n)
{
    double* const sorted = malloc((n + 1) * sizeof(double));
    size_t count = 0;
    if (!sorted) {
        return false;
    }
    for (size_t i = 0; i < n; ++i) {
        if (is_normal(&beats[i])) {
            sorted[count++] = beats[i].rr_ms;
        }
    }
    qsort(sorted, count, sizeof(double), by_value);
    p->rr_low_ms = count ? sorted[count / 500] : 600.0;
    p->rr_high_ms = count ? sorted[count - 1 - count / 500] : 1200.0;
    const double margin = fmax(0.15 * (p->rr_high_ms - p->rr_low_ms), 20.0);
    p->rr_low_ms -= margin;
    p->rr_high_ms += margin;
    free(sorted);
    return true;
}

static bool make_curves(Picture* p, const Results* results)
{
    size_t n_rows = 0;
    const ResultBeat* const beats = results_beats(results, &p->n_beats);
    const ResultBreath* const breaths = results_breaths(results, &p->n_breaths);
    const ResultRow* const rows = results_rows(results, &n_rows);
    double usable_s[BINS] = {0.0};
    if (!take_curve(&p->rr_ms, p->n_beats) || !take_curve(&p->odd_ms, p->n_beats) ||
        !take_curve(&p->breath_rate, 2 * p->n_breaths) || !take_curve(&p->tone, n_rows) ||
        !take_curve(&p->usable_percent, BINS) || !judge_range(p, beats, p->n_beats)) {
        return false;
    }
    for (size_t i = 0; i < p->n_beats; ++i) {
        const bool normal = is_normal(&beats[i]);
        count_types(p, &beats[i]);
        put(&p->rr_ms, beats[i].onset_s, normal ? beats[i].rr_ms : NAN);
        if (!normal && beats[i].rr_ms > 0.0) {
            put(&p->odd_ms, beats[i].onset_s,
                fmin(fmax(beats[i].rr_ms, p->rr_low_ms), p->rr_high_ms));
        }
        const double bin = beats[i].onset_s / p->duration_s * BINS;
        if (normal && bin >= 0.0 && bin < BINS) {
            usable_s[(int)bin] += beats[i].rr_ms / 1000.0;
        }
    }
    for (size_t i = 0; i < p->n_breaths; ++i) {
        put(&p->breath_rate, breaths[i].onset_s,
            breaths[i].rate_per_min > 0.0f ? (double)breaths[i].rate_per_min : NAN);
        if (!(breaths[i].duration_s > 0.0)) { // lost on the way
            put(&p->breath_rate, breaths[i].onset_s, NAN);
        }
    }
    for (size_t i = 0; i < n_rows; ++i) {
        put(&p->tone, rows[i].time_s, (double)rows[i].tone);
    }
    // Shorter recordings have longer bins, so that each holds several beats
    const int per = (int)fmax(1.0, ceil(10.0 * BINS / fmax(p->duration_s, 1.0)));
    for (int b = 0; b + per <= BINS; b += per) {
        double sum_s = 0.0;
        for (int i = b; i < b + per; ++i) {
            sum_s += usable_s[i];
        }
        const double length_s = p->duration_s * per / BINS;
        put(&p->usable_percent, p->duration_s * (b + 0.5 * per) / BINS,
            fmin(100.0 * sum_s / length_s, 100.0));
    }
    return thin(&p->rr_ms, p->duration_s) && thin(&p->odd_ms, p->duration_s) &&
           thin(&p->breath_rate, p->duration_s);
}

static bool make_pairs(Picture* p, const Results* results)
{
    size_t n = 0;
    const ResultBeat* const beats = results_beats(results, &n);
    const size_t every = n / MOST_PAIRS + 1;
    p->pair_ms = calloc(2 * (n / every + 2), sizeof(double));
    if (!p->pair_ms) {
        return false;
    }
    p->next_ms = p->pair_ms + n / every + 2;
    for (size_t i = 1; i < n; i += every) {
        if (is_normal(&beats[i]) && is_normal(&beats[i - 1])) {
            p->pair_ms[p->n_pairs] = beats[i - 1].rr_ms;
            p->next_ms[p->n_pairs++] = beats[i].rr_ms;
        }
    }
    return true;
}

// ---- Spectrum ---------------------------------------------------------------------------------

// One window into the mean, when enough of it is normal beats
static void add_window(Picture* p, Lomb* lomb, const ResultBeat* beats, size_t n, double from_s,
                       double length_s)
{
    double covered_s = 0.0;
    lomb_begin(lomb, p->step_hz, (uint32_t)p->n_power);
    for (size_t i = 0; i < n && beats[i].onset_s < from_s + length_s; ++i) {
        if (is_normal(&beats[i])) {
            lomb_add(lomb, beats[i].onset_s, beats[i].rr_ms);
            covered_s += beats[i].rr_ms / 1000.0;
        }
    }
    if (covered_s < COVERED * length_s) {
        return;
    }
    while (!lomb_step(lomb, UINT32_MAX)) {
    }
    ++p->n_windows;
    for (size_t k = 0; k < p->n_power; ++k) {
        p->power[k] += (lomb_density(lomb, (uint32_t)k) - p->power[k]) / p->n_windows;
    }
    p->lf_ms2 += (lomb_power(lomb, LF_HZ, HF_HZ) - p->lf_ms2) / p->n_windows;
    p->hf_ms2 += (lomb_power(lomb, HF_HZ, END_HZ) - p->hf_ms2) / p->n_windows;
}

static bool make_spectrum(Picture* p, const Results* results)
{
    size_t n = 0;
    const ResultBeat* const beats = results_beats(results, &n);
    const double length_s = fmin(p->duration_s, WINDOW_S);
    if (length_s < LEAST_S) {
        return true;
    }
    Lomb* const lomb = lomb_new(4096, PICTURE_FREQUENCIES);
    if (!lomb) {
        return false;
    }
    p->step_hz = fmax(0.5 / length_s, END_HZ / (PICTURE_FREQUENCIES - 1));
    p->n_power = (size_t)(END_HZ / p->step_hz) + 1;
    size_t first = 0;
    for (double from_s = 0.0; from_s + length_s <= p->duration_s + 1e-6; from_s += length_s) {
        while (first < n && beats[first].onset_s < from_s) {
            ++first;
        }
        add_window(p, lomb, beats + first, n - first, from_s, length_s);
    }
    lomb_free(lomb);
    if (p->n_windows == 0) {
        p->n_power = 0;
    }

    double sum = 0.0;
    double squares = 0.0;
    size_t count = 0;
    for (size_t i = 0; i < p->breath_rate.n; ++i) {
        const double hz = p->breath_rate.value[i] / 60.0;
        if (isfinite(hz)) {
            sum += hz;
            squares += hz * hz;
            ++count;
        }
    }
    if (count > 2) {
        p->breath_hz = sum / (double)count;
        p->breath_half_hz =
            fmax(sqrt(fmax(squares / (double)count - p->breath_hz * p->breath_hz, 0.0)), 0.005);
    }
    return true;
}

// ---- Two minutes ------------------------------------------------------------------------------

// The stretch with the most normal beats; of equals the one nearest to the middle
static double best_part(const ResultBeat* beats, size_t n, double duration_s)
{
    double best_s = 0.0;
    double most = -1.0;
    size_t first = 0;
    size_t end = 0;
    double usable_s = 0.0;
    for (double from_s = 0.0; from_s + PART_S <= duration_s; from_s += 15.0) {
        while (end < n && beats[end].onset_s < from_s + PART_S) {
            usable_s += is_normal(&beats[end]) ? beats[end].rr_ms / 1000.0 : 0.0;
            ++end;
        }
        while (first < end && beats[first].onset_s < from_s) {
            usable_s -= is_normal(&beats[first]) ? beats[first].rr_ms / 1000.0 : 0.0;
            ++first;
        }
        const double off = fabs(from_s + 0.5 * PART_S - 0.5 * duration_s) / duration_s;
        if (floor(usable_s) - off > most) {
            most = floor(usable_s) - off;
            best_s = from_s;
        }
    }
    return best_s;
}

static double fullness(const ResultBreath* breath, double time_s)
{
    const double whole_s = breath->duration_s;
    if (!(whole_s > 0.0) || time_s > breath->onset_s + whole_s) {
        return NAN;
    }
    const double share = breath->inhale_s > 0.0 ? breath->inhale_s / whole_s : IN_SHARE;
    return breath_fullness((time_s - breath->onset_s) / whole_s, share);
}

static bool make_part(Picture* p, const Results* results)
{
    size_t n_beats = 0;
    size_t n_breaths = 0;
    const ResultBeat* const beats = results_beats(results, &n_beats);
    const ResultBreath* const breaths = results_breaths(results, &n_breaths);
    const size_t steps = (size_t)(PART_S / BREATH_STEP_S) + 1;
    p->part_s = best_part(beats, n_beats, p->duration_s);
    p->part_beats = calloc(n_beats + 1, sizeof *p->part_beats);
    p->part_breaths = calloc(steps, sizeof *p->part_breaths);
    if (!p->part_beats || !p->part_breaths) {
        return false;
    }
    for (size_t i = 0; i < n_beats && beats[i].onset_s < p->part_s + PART_S; ++i) {
        if (beats[i].onset_s >= p->part_s) {
            p->part_beats[p->n_part_beats++] =
                (TachoBeat){beats[i].onset_s, beats[i].rr_ms, is_normal(&beats[i])};
        }
    }
    size_t breath = 0;
    for (size_t i = 0; i < steps && n_breaths > 0; ++i) {
        const double time_s = p->part_s + BREATH_STEP_S * (double)i;
        while (breath + 1 < n_breaths && breaths[breath + 1].onset_s <= time_s) {
            ++breath;
        }
        const bool begun = breaths[breath].onset_s <= time_s;
        p->part_breaths[p->n_part_breaths++] =
            (TachoBreath){time_s, begun ? fullness(&breaths[breath], time_s) : NAN};
    }
    return true;
}

// ---- All --------------------------------------------------------------------------------------

bool picture_make(Picture* picture, const AnalyzeOptions* options, const SourceInfo* info,
                  const Results* results, const HrvMeasures* whole, double duration_s,
                  const char* events)
{
    memset(picture, 0, sizeof *picture);
    picture->language = word_language(options->language);
    picture->options = options;
    picture->info = info;
    picture->whole = whole;
    picture->duration_s = fmax(duration_s, 1.0);
    picture->theme = theme_print();
    if (events) {
        picture->n_exercises =
            exercises_read(events, results, duration_s, picture->exercises, PICTURE_EXERCISES);
    }
    if (!make_curves(picture, results) || !make_pairs(picture, results) ||
        !make_spectrum(picture, results) || !make_part(picture, results)) {
        return false;
    }
    // The drawing's numbers are the table's
    picture->lf_ms2 = whole->reason[HRV_LF] == HRV_OK ? whole->value[HRV_LF] : picture->lf_ms2;
    picture->hf_ms2 = whole->reason[HRV_HF] == HRV_OK ? whole->value[HRV_HF] : picture->hf_ms2;
    return true;
}

void picture_free(Picture* picture)
{
    PictureCurve* const curves[] = {&picture->rr_ms, &picture->odd_ms, &picture->breath_rate,
                                    &picture->tone, &picture->usable_percent};
    for (size_t i = 0; i < sizeof curves / sizeof *curves; ++i) {
        free(curves[i]->time_s);
    }
    free(picture->pair_ms);
    free(picture->part_beats);
    free(picture->part_breaths);
}
