// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// How well ectopic beats and irregular rhythm are told from annotated beat times alone, and how
/// near RMSSD from the raw signal (resampled to 4 kHz as by the bridge, then beat and hrv) comes to
/// that of the annotation's normal-to-normal pairs.
/// Usage: accuracy_hrv [DATA], see unit_data_folder().
#include "bridge/resampler.h"
#include "dsp/beat.h"
#include "dsp/rr.h"
#include "dsp/vitals.h"
#include "formats/annotation.h"
#include "formats/recording.h"
#include "unit.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define HOST_RATE_HZ  4000.0 // the detector decides at 250 Hz and places at 1 kHz, whatever the host
#define FULL_SCALE_MV 5.0

enum { MAX_NAMES = 128, MAX_BEATS = 12000, CODES = 64, BLOCK = 256, PATH_SIZE = 1200 };

typedef struct {
    double time_s;
    char symbol; // of annotation_symbol
    bool irregular, flutter;
} Truth;

typedef struct {
    Truth beats[MAX_BEATS];
    size_t n;
} Reference;

static int by_name(const void* a, const void* b)
{
    return strcmp((const char*)a, (const char*)b);
}

static int list(const char* folder, const char* ending, char names[MAX_NAMES][64])
{
    DIR* const dir = opendir(folder);
    int n = 0;
    if (!dir) {
        return 0;
    }
    for (struct dirent* e = readdir(dir); e && n < MAX_NAMES; e = readdir(dir)) {
        const size_t length = strlen(e->d_name), tail = strlen(ending);
        if (length > tail && length - tail < 63 && !strcmp(e->d_name + length - tail, ending)) {
            snprintf(names[n++], 64, "%.*s", (int)(length - tail), e->d_name);
        }
    }
    closedir(dir);
    qsort(names, (size_t)n, 64, by_name);
    return n;
}

static bool read_reference(Reference* reference, const char* path, double rate_hz)
{
    char error[RECORDING_ERROR_SIZE];
    AnnotationFile* const file = annotation_open(path, error);
    if (!file) {
        return false;
    }
    static Annotation annotation;
    bool irregular = false, flutter = false;
    reference->n = 0;
    while (annotation_next(file, &annotation) && reference->n < MAX_BEATS) {
        const char* const symbol = annotation_symbol(annotation.code);
        if (!strcmp(symbol, "+") && annotation.aux[0] == '(') {
            irregular = !strncmp(annotation.aux, "(AFIB", 5) || !strncmp(annotation.aux, "(AFL", 4);
        }
        flutter = !strcmp(symbol, "[") || (flutter && strcmp(symbol, "]"));
        if (annotation_is_beat(annotation.code)) {
            reference->beats[reference->n++] =
                (Truth){(double)annotation.sample / rate_hz, symbol[0], irregular, flutter};
        }
    }
    annotation_close(file);
    return reference->n > 0;
}

static bool is_ectopic(char symbol)
{
    return strchr("VAaJSEF", symbol) != NULL; // supraventricular, ventricular, fusion (AAMI)
}

static bool is_normal(char symbol)
{
    return strchr("NLRBej/", symbol) != NULL;
}

// ---- ectopic beats

typedef struct {
    size_t seen, missed, wrong, left; // ectopic beats, normal beats
} Count;

typedef struct {
    Count all;
    size_t seen_of[CODES], of[CODES];
    size_t irregular_in, in, irregular_out, out;
} Ectopics;

static void score_ectopics(const Reference* r, Ectopics* e, bool shapes_known)
{
    static bool flagged[MAX_BEATS + 1];
    static bool irregular[MAX_BEATS + 1];
    memset(flagged, 0, sizeof(flagged));
    memset(irregular, 0, sizeof(irregular));
    Rr* const rr = rr_new();
    size_t at = 1;
    for (size_t i = 0; i < r->n; ++i) {
        RrInterval out[RR_MAX_OUT];
        const bool odd = shapes_known && strchr("VEF", r->beats[i].symbol);
        const RrBeat beat = {r->beats[i].time_s, 1.f, !odd, 0.f};
        const uint32_t n = rr_beat(rr, &beat, out);
        irregular[i] = rr_irregular(rr);
        for (uint32_t k = 0; k < n; ++k) { // all true intervals that end by then
            for (; at < r->n && r->beats[at].time_s < out[k].time_s + 1e-6; ++at) {
                flagged[at] = out[k].type != RR_NORMAL;
            }
            flagged[at - 1] |= out[k].type != RR_NORMAL;
        }
    }
    rr_free(rr);
    for (size_t i = 5; i + 3 < r->n; ++i) { // of a beat: the interval before or after it
        const Truth* const b = &r->beats[i];
        const bool seen = flagged[i] || flagged[i + 1];
        e->in += b->irregular;
        e->irregular_in += b->irregular && irregular[i];
        e->out += !b->irregular && !b->flutter;
        e->irregular_out += !b->irregular && !b->flutter && irregular[i];
        if (b->irregular || b->flutter) {
            continue;
        }
        if (is_ectopic(b->symbol)) {
            e->all.seen += seen;
            e->all.missed += !seen;
            e->of[b->symbol & 63]++;
            e->seen_of[b->symbol & 63] += seen;
        } else if (is_normal(b->symbol) && is_normal(b[-1].symbol) && is_normal(b[1].symbol)) {
            e->all.wrong += seen;
            e->all.left += !seen;
        }
    }
}

static double percent(size_t part, size_t rest)
{
    return part + rest ? 100.0 * (double)part / (double)(part + rest) : 0.0;
}

static void ectopics(const char* data)
{
    static char names[MAX_NAMES][64];
    static Reference reference;
    static Ectopics by_time, by_shape;
    char folder[900], path[PATH_SIZE];
    snprintf(folder, sizeof(folder), "%.800s/mitdb", data);
    const int n = list(folder, ".atr", names);
    for (int i = 0; i < n; ++i) {
        snprintf(path, sizeof(path), "%s/%.63s.atr", folder, names[i]);
        if (read_reference(&reference, path, 360.0)) {
            score_ectopics(&reference, &by_time, false);
            score_ectopics(&reference, &by_shape, true);
        }
    }
    if (!n) {
        printf("no records with beat labels in %s\n", folder);
        return;
    }
    printf("Ectopic beats from annotated times (fibrillation and flutter left out)\n");
    printf("%-44s %8s %8s\n", "", "Se %", "Sp %");
    const Ectopics* const both[] = {&by_time, &by_shape};
    for (int k = 0; k < 2; ++k) {
        const Count* const c = &both[k]->all;
        printf("%-44s %8.2f %8.3f\n",
               k ? "  with V, E and F told by shape (note 37)" : "  from the intervals alone",
               percent(c->seen, c->missed), percent(c->left, c->wrong));
        printf("    by label:");
        for (const char* s = "VAaJSEF"; *s; ++s) {
            const size_t of = both[k]->of[*s & 63];
            printf("  %c %.1f of %zu", *s,
                   of ? 100.0 * (double)both[k]->seen_of[*s & 63] / (double)of : 0.0, of);
        }
        printf("\n");
    }
    printf("%-44s %8.2f %%\n", "Irregular rhythm told, of beats in fibrillation",
           percent(by_time.irregular_in, by_time.in - by_time.irregular_in));
    printf("%-44s %8.2f %%\n\n", "  told, of the other beats",
           percent(by_time.irregular_out, by_time.out - by_time.irregular_out));
}

// ---- RMSSD from the signal

typedef struct {
    double rmssd_ms;
    HrvReason reason;
    double artefacts_percent;
} Found;

static void process(Beat* beat, Vitals* vitals, const float* block)
{
    BeatEvent events[8];
    const uint32_t n = beat_process(beat, block, BLOCK, events, 8);
    uint32_t at = 0;
    for (uint32_t i = 0; i < n; ++i) {
        vitals_process(vitals, events[i].frame - at);
        at = events[i].frame;
        if (events[i].kind == BEAT_EVENT_BEAT) {
            vitals_beat(vitals, events[i].reliable, events[i].quality);
        }
    }
    vitals_process(vitals, BLOCK - at);
}

// RMSSD of the whole recording
static bool measure(const char* path, const char* column, double rate_hz, double scale,
                    Found* found)
{
    char error[RECORDING_ERROR_SIZE];
    Recording* const recording = recording_open(path, rate_hz, error);
    if (!recording) {
        return false;
    }
    const int channel = column ? recording_find(recording, column, error) : 0;
    if (channel < 0 || !recording_select(recording, (unsigned)channel)) {
        recording_close(recording);
        return false;
    }
    const double step = recording_channel(recording, (unsigned)channel)->rate / HOST_RATE_HZ;
    Resampler* const resampler = resampler_new(1.0);
    Beat* const beat = beat_new(HOST_RATE_HZ);
    Vitals* const vitals = vitals_new(HOST_RATE_HZ);
    vitals_set_window(vitals, 0.f);
    resampler_set_step(resampler, step);
    static float in[4096];
    static float block[BLOCK];
    uint32_t filled = 0;
    for (size_t n; (n = recording_read(recording, in, 4096)) > 0;) {
        for (size_t i = 0; i < n; ++i) {
            resampler_push(resampler, isfinite(in[i]) ? in[i] * (float)scale : 0.f);
            while (!resampler_hungry(resampler)) {
                block[filled++] = resampler_pull(resampler);
                if (filled == BLOCK) {
                    process(beat, vitals, block);
                    filled = 0;
                }
            }
        }
    }
    const HrvMeasures* const m = vitals_measures(vitals);
    found->rmssd_ms = m->value[HRV_RMSSD];
    found->reason = m->reason[HRV_RMSSD];
    found->artefacts_percent = m->artefacts_percent;
    vitals_free(vitals);
    beat_free(beat);
    resampler_free(resampler);
    recording_close(recording);
    return true;
}

// RMSSD over pairs of intervals between normal beats, ms; 0 where there are few
static double truth_rmssd(const Reference* r)
{
    double sum = 0.0;
    size_t n = 0;
    for (size_t i = 0; i + 2 < r->n; ++i) {
        const Truth* const b = &r->beats[i];
        const double first = b[1].time_s - b[0].time_s, second = b[2].time_s - b[1].time_s;
        if (is_normal(b[0].symbol) && is_normal(b[1].symbol) && is_normal(b[2].symbol) &&
            first < 2.0 && second < 2.0) {
            sum += (second - first) * (second - first);
            ++n;
        }
    }
    return n > 60 ? 1e3 * sqrt(sum / (double)n) : 0.0;
}

// The same of beats without labels: what rr takes for normal, ms. Ectopic beats leave no pulse
static double cleaned_rmssd(const Reference* r)
{
    Rr* const rr = rr_new();
    double sum = 0.0, before_ms = 0.0;
    size_t pairs = 0;
    for (size_t i = 0; i < r->n; ++i) {
        RrInterval out[RR_MAX_OUT];
        const RrBeat beat = {r->beats[i].time_s, 1.f, true, 0.f};
        const uint32_t n = r->beats[i].symbol == 'N' ? rr_beat(rr, &beat, out) : rr_break(rr, out);
        for (uint32_t k = 0; k < n; ++k) {
            const double step = out[k].rr_ms - before_ms;
            sum += out[k].pair ? step * step : 0.0;
            pairs += out[k].pair;
            before_ms = out[k].rr_ms;
        }
    }
    const bool irregular = rr_irregular(rr);
    rr_free(rr);
    return pairs > 60 && !irregular ? sqrt(sum / (double)pairs) : 0.0;
}

// Beats as sample numbers, and spans to leave out; a beat within one breaks the chain of intervals
static bool read_samples(Reference* reference, const char* stem, double rate_hz)
{
    char path[PATH_SIZE + 16];
    double from[512], to[512];
    size_t spans = 0;
    snprintf(path, sizeof(path), "%s_beats.excl", stem);
    FILE* file = fopen(path, "r");
    while (file && spans < 512 && fscanf(file, "%lf%*[ ,\t]%lf", &from[spans], &to[spans]) == 2) {
        ++spans;
    }
    if (file) {
        fclose(file);
    }
    snprintf(path, sizeof(path), "%s_beats.txt", stem);
    file = fopen(path, "r");
    if (!file) {
        return false;
    }
    double sample = 0.0;
    reference->n = 0;
    while (reference->n < MAX_BEATS && fscanf(file, "%lf", &sample) == 1) {
        bool out = false;
        for (size_t i = 0; i < spans; ++i) {
            out |= sample >= from[i] && sample <= to[i];
        }
        reference->beats[reference->n++] = (Truth){sample / rate_hz, out ? '?' : 'N', false, false};
    }
    fclose(file);
    return reference->n > 0;
}

static int by_size(const void* a, const void* b)
{
    const double x = *(const double*)a, y = *(const double*)b;
    return (x > y) - (x < y);
}

static void rmssd(const char* data, bool pulse)
{
    static char names[MAX_NAMES][64];
    static Reference reference;
    static double errors[MAX_NAMES];
    char folder[900], path[PATH_SIZE];
    snprintf(folder, sizeof(folder), "%.800s/%s", data, pulse ? "bidmc" : "mitdb");
    const int n = list(folder, pulse ? "_signals.csv.gz" : ".atr", names);
    int n_errors = 0, refused = 0;
    printf("RMSSD from the %s, ms\n", pulse ? "pulse (PPG) against the ECG's beats" : "raw ECG");
    for (int i = 0; i < n; ++i) {
        Found found = {0};
        bool known;
        if (pulse) {
            snprintf(path, sizeof(path), "%s/%.63s", folder, names[i]);
            known = read_samples(&reference, path, 125.0);
            snprintf(path, sizeof(path), "%s/%.63s_signals.csv.gz", folder, names[i]);
            known = known && measure(path, "pleth", 125.0, 1.0, &found);
        } else {
            snprintf(path, sizeof(path), "%s/%.63s.atr", folder, names[i]);
            known = read_reference(&reference, path, 360.0);
            snprintf(path, sizeof(path), "%s/%.63s.hea", folder, names[i]);
            known = known && measure(path, NULL, 0.0, 1.0 / FULL_SCALE_MV, &found);
        }
        const double truth = !known  ? 0.0
                             : pulse ? cleaned_rmssd(&reference)
                                     : truth_rmssd(&reference);
        if (!(truth > 0.0)) {
            continue;
        }
        const bool valid = found.reason == HRV_OK;
        printf("  %-12s truth %7.2f  found %7.2f  artefacts %5.1f %%  %s\n", names[i], truth,
               found.rmssd_ms, found.artefacts_percent, valid ? "" : hrv_reason_text(found.reason));
        fflush(stdout);
        refused += !valid;
        if (valid) {
            errors[n_errors++] = fabs(found.rmssd_ms - truth);
        }
    }
    if (n_errors) {
        qsort(errors, (size_t)n_errors, sizeof(double), by_size);
        printf(
            "  median error %.2f ms over %d recordings (asked: %s), refused with a reason: %d\n\n",
            errors[n_errors / 2], n_errors, pulse ? "2.8" : "1.0", refused);
    }
}

int main(int argc, char** argv)
{
    const char* const data = argc > 1 ? argv[1] : unit_data_folder();
    ectopics(data);
    rmssd(data, false);
    rmssd(data, true);
    return 0;
}
