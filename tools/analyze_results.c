// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tools/analyze_results.h"

#include "formats/annotation_writer.h"
#include "formats/recording.h"
#include "formats/tsv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// An interval comes one beat after its own, and a lost signal some seconds late
enum { MAX_WAITING = 16 };
#define SAME_S 0.002 // the chain rounds beats to its frames, the table does not

typedef struct {
    double onset_s;
    float quality;
    bool reliable;
} Waiting;

typedef struct {
    void* items;
    size_t n, capacity, size;
    bool failed;
} List;

struct Results {
    double rate;
    Tsv* beat_table;
    Tsv* breath_table;
    Tsv* row_table;
    Tsv* rr_table;
    AnnotationWriter* annotations; // NULL: no samples to count in
    Waiting waiting[MAX_WAITING];
    unsigned n_waiting;
    bool any_beat;
    double last_s;
    ResultBreath breath; // waits for its end
    bool in_breath;
    List beats, breaths, rows;
    double sum[HRV_N_MEASURES]; // over the rows in which the measure is valid, so many:
    uint64_t valid_rows[HRV_N_MEASURES];
    uint64_t spoilt_rows[HRV_N_MEASURES]; // in which artefacts keep it from being
    bool good;
};

// Of a breath that has begun and is not told to end: it was lost on the way when it lasts this many
// times as long as its rate says
#define LOST_BREATHS 3.0

static void add(List* list, const void* item)
{
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity ? 2 * list->capacity : 256;
        void* const larger = realloc(list->items, capacity * list->size);
        if (!larger) {
            list->failed = true;
            return;
        }
        list->items = larger;
        list->capacity = capacity;
    }
    memcpy((char*)list->items + list->n++ * list->size, item, list->size);
}

const char* results_reason(HrvReason reason)
{
    static const char* const words[HRV_N_REASONS] = {
        "ok",          "no_beats",    "too_short", "artefacts",    "irregular", "no_breath",
        "slow_breath", "fast_breath", "aliased",   "no_variation", "learning"};
    return (unsigned)reason < HRV_N_REASONS ? words[reason] : "unknown";
}

static Tsv* open_table(const char* folder, const char* name, const char* columns, char* error)
{
    char path[4300];
    snprintf(path, sizeof path, "%.4200s/%s", folder, name);
    return tsv_open(path, columns, error);
}

static AnnotationWriter* open_annotations(const char* folder, const char* name, char* error)
{
    char path[4600];
    snprintf(path, sizeof path, "%.4200s/%.250s.tonus", folder, name);
    return annotation_create(path, error);
}

static void row_columns(char* text, size_t size)
{
    size_t n = (size_t)snprintf(text, size,
                                "onset\tduration\tn_nn\tcovered_s\tartefacts_percent\tquality\t"
                                "tone\ttone_reason\tbreath_rate_per_min");
    for (int m = 0; m < HRV_N_MEASURES && n < size; ++m) {
        const HrvMeasureInfo* const info = hrv_measure_info((HrvMeasure)m);
        n += (size_t)snprintf(text + n, size - n, "\t%s\t%s_reason", info->name, info->name);
    }
}

Results* results_new(const char* folder, const char* name, double rate_hz, char* error)
{
    Results* const results = calloc(1, sizeof *results);
    char columns[4096];
    if (!results) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: out of memory", folder);
        return NULL;
    }
    row_columns(columns, sizeof columns);
    results->rate = rate_hz;
    results->good = true;
    results->beats.size = sizeof(ResultBeat);
    results->breaths.size = sizeof(ResultBreath);
    results->rows.size = sizeof(ResultRow);
    if (!(results->beat_table =
              open_table(folder, "beats.tsv", "onset\tsample\trr\ttype\tquality", error)) ||
        !(results->breath_table = open_table(
              folder, "breaths.tsv",
              "onset\tduration\tinhale\texhale\trate_per_min\tdepth\tconfidence", error)) ||
        !(results->row_table = open_table(folder, "hrv.tsv", columns, error)) ||
        !(results->rr_table = open_table(folder, "rr.txt", "", error)) ||
        (rate_hz > 0.0 && !(results->annotations = open_annotations(folder, name, error)))) {
        results_free(results);
        return NULL;
    }
    return results;
}

static void write_beat(Results* results, const Waiting* beat, const char* type)
{
    const double rr_ms = results->any_beat ? (beat->onset_s - results->last_s) * 1000.0 : 0.0;
    const bool gap = !(rr_ms > 0.0) || rr_ms > RR_GAP_MS;
    const ResultBeat found = {beat->onset_s, gap ? 0.0 : rr_ms, beat->quality, type};
    tsv_number(results->beat_table, beat->onset_s, 6);
    tsv_number(results->beat_table, results->rate > 0.0 ? rint(beat->onset_s * results->rate) : NAN,
               0);
    tsv_number(results->beat_table, gap ? NAN : rr_ms, 3);
    tsv_text(results->beat_table, type);
    tsv_number(results->beat_table, (double)beat->quality, 3);
    tsv_end_row(results->beat_table);
    if (!gap) {
        tsv_number(results->rr_table, rr_ms, 3);
        tsv_end_row(results->rr_table);
    }
    if (results->annotations && beat->onset_s >= 0.0) {
        // Codes of ecgcodes.h: N, and | for what is no beat
        annotation_write(results->annotations, (uint64_t)rint(beat->onset_s * results->rate),
                         strcmp(type, "extra") ? 1 : 16);
    }
    add(&results->beats, &found);
    results->any_beat = true;
    results->last_s = beat->onset_s;
}

static void write_first(Results* results, const char* type)
{
    write_beat(results, &results->waiting[0], type);
    memmove(results->waiting, results->waiting + 1, --results->n_waiting * sizeof(Waiting));
}

static const char* plain_type(const Waiting* beat)
{
    return beat->reliable ? "normal" : "unreliable";
}

void results_beat(Results* results, double onset_s, float quality, bool reliable)
{
    if (results->n_waiting == MAX_WAITING) {
        write_first(results, plain_type(&results->waiting[0]));
    }
    results->waiting[results->n_waiting++] = (Waiting){onset_s, quality, reliable};
}

void results_interval(Results* results, const RrInterval* interval)
{
    static const char* const types[] = {"normal", "missed", "normal", "ectopic", "first"};
    // The beats before this interval's belong to intervals that were made one: they are extra; all
    // but the first of a series, which ends no interval
    while (results->n_waiting > 0 && results->waiting[0].onset_s < interval->time_s - SAME_S) {
        const bool merged =
            interval->type == RR_EXTRA &&
            results->waiting[0].onset_s > interval->time_s - interval->rr_ms / 1000.0 + SAME_S;
        write_first(results, merged ? "extra" : plain_type(&results->waiting[0]));
    }
    if (results->n_waiting > 0 && fabs(results->waiting[0].onset_s - interval->time_s) <= SAME_S) {
        const bool known = (unsigned)interval->type < sizeof types / sizeof *types;
        const char* const type = known ? types[interval->type] : "normal";
        const bool doubtful = !results->waiting[0].reliable && strcmp(type, "ectopic") != 0;
        write_first(results, doubtful ? "unreliable" : type);
    }
}

static void write_breath(Results* results, double end_s)
{
    ResultBreath* const breath = &results->breath;
    const double most_s = LOST_BREATHS * 60.0 / fmax((double)breath->rate_per_min, 1.0);
    const double length_s = end_s - breath->onset_s;
    breath->duration_s = length_s > 0.0 && length_s < most_s ? length_s : 0.0;
    breath->inhale_s = breath->inhale_s < most_s ? breath->inhale_s : 0.0;
    const bool whole = breath->duration_s > 0.0;
    const bool halved = breath->inhale_s > 0.0;
    tsv_number(results->breath_table, breath->onset_s, 4);
    tsv_number(results->breath_table, whole ? breath->duration_s : NAN, 4);
    tsv_number(results->breath_table, halved ? breath->inhale_s : NAN, 4);
    tsv_number(results->breath_table, halved && whole ? breath->duration_s - breath->inhale_s : NAN,
               4);
    tsv_number(results->breath_table, (double)breath->rate_per_min, 3);
    tsv_number(results->breath_table, (double)breath->depth, 3);
    tsv_number(results->breath_table, (double)breath->confidence, 3);
    tsv_end_row(results->breath_table);
    add(&results->breaths, breath);
}

void results_breath(Results* results, double onset_s, const BreathEvent* breath)
{
    if (breath->type == BREATH_OUT_STARTS) {
        if (results->in_breath && results->breath.inhale_s == 0.0 &&
            onset_s > results->breath.onset_s) {
            results->breath.inhale_s = onset_s - results->breath.onset_s;
        }
        return;
    }
    if (results->in_breath) {
        write_breath(results, onset_s);
    }
    results->in_breath = true;
    results->breath =
        (ResultBreath){onset_s, 0.0, 0.0, breath->rate_per_min, breath->depth, breath->confidence};
}

static float valid(const HrvMeasures* measures, HrvMeasure measure)
{
    return measures->reason[measure] == HRV_OK ? (float)measures->value[measure] : NAN;
}

void results_row(Results* results, double end_s, double window_s, const HrvMeasures* measures,
                 const ToneState* tone, double breath_rate_per_min)
{
    const double start_s = window_s > 0.0 && end_s > window_s ? end_s - window_s : 0.0;
    const double breath = breath_rate_per_min > 0.0 ? breath_rate_per_min : NAN;
    Tsv* const table = results->row_table;
    tsv_number(table, start_s, 3);
    tsv_number(table, end_s - start_s, 3);
    tsv_number(table, (double)measures->n_nn, 0);
    tsv_number(table, measures->covered_s, 3);
    tsv_number(table, measures->artefacts_percent, 2);
    tsv_number(table, measures->quality, 3);
    tsv_number(table, tone->valid ? (double)tone->tone : NAN, 4);
    tsv_text(table, results_reason(tone->reason));
    tsv_number(table, breath, 3);
    for (int m = 0; m < HRV_N_MEASURES; ++m) {
        const bool ok = measures->reason[m] == HRV_OK;
        tsv_number(table, ok ? measures->value[m] : NAN, 6);
        tsv_text(table, results_reason(measures->reason[m]));
        results->sum[m] += ok ? measures->value[m] : 0.0;
        results->valid_rows[m] += ok;
        results->spoilt_rows[m] += measures->reason[m] == HRV_ARTEFACTS;
    }
    tsv_end_row(table);
    const ResultRow row = {end_s, tone->valid ? tone->tone : NAN, valid(measures, HRV_RMSSD),
                           valid(measures, HRV_RESP), (float)breath};
    add(&results->rows, &row);
}

static void take_mean(const Results* results, HrvMeasures* whole, HrvMeasure measure)
{
    if (results->spoilt_rows[measure] > results->valid_rows[measure]) {
        whole->reason[measure] = HRV_ARTEFACTS;
    } else if (results->valid_rows[measure] > 0) {
        whole->value[measure] = results->sum[measure] / (double)results->valid_rows[measure];
        whole->reason[measure] = HRV_OK;
    }
}

void results_whole(const Results* results, HrvMeasures* whole)
{
    static const HrvMeasure of_windows[] = {HRV_VLF,       HRV_LF,       HRV_HF,    HRV_TOTAL,
                                            HRV_LF_HF,     HRV_LF_NU,    HRV_HF_NU, HRV_LF_PEAK,
                                            HRV_SYNCHRONY, HRV_COHERENCE};
    for (size_t i = 0; i < sizeof of_windows / sizeof *of_windows; ++i) {
        take_mean(results, whole, of_windows[i]);
    }
}

bool results_finish(Results* results)
{
    while (results->n_waiting > 0) {
        write_first(results, plain_type(&results->waiting[0]));
    }
    if (results->in_breath) {
        write_breath(results, 0.0); // its end is not known
        results->in_breath = false;
    }
    bool good = !results->beats.failed && !results->breaths.failed && !results->rows.failed;
    Tsv** const tables[] = {&results->beat_table, &results->breath_table, &results->row_table,
                            &results->rr_table};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; ++i) {
        good = tsv_close(*tables[i]) && good;
        *tables[i] = NULL;
    }
    good = annotation_finish(results->annotations) && good;
    results->annotations = NULL;
    return good;
}

void results_free(Results* results)
{
    if (results) {
        tsv_close(results->beat_table);
        tsv_close(results->breath_table);
        tsv_close(results->row_table);
        tsv_close(results->rr_table);
        annotation_finish(results->annotations);
        free(results->beats.items);
        free(results->breaths.items);
        free(results->rows.items);
        free(results);
    }
}

const ResultBeat* results_beats(const Results* results, size_t* n)
{
    *n = results->beats.n;
    return results->beats.items;
}

const ResultBreath* results_breaths(const Results* results, size_t* n)
{
    *n = results->breaths.n;
    return results->breaths.items;
}

const ResultRow* results_rows(const Results* results, size_t* n)
{
    *n = results->rows.n;
    return results->rows.items;
}
