// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What the beats of Tonus Beat are good for once they are RR intervals: ectopic beats and
/// fibrillation told in recordings with labels, from the annotated times and from the signal; and
/// the RMSSD of camera pulses against a chest strap.
/// Usage: accuracy_beats_rr [DATA], see unit_data_folder().
///
/// A labelled beat counts as seen when one of its two intervals is not RR_NORMAL. Specificity is
/// over normal beats between normal beats. Fibrillation and flutter are left out.
#include "recorded.h"
#include "unit.h"

#include "dsp/rr.h"
#include "formats/annotation.h"
#include "formats/recording.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 8000, LABELS = 128, PATH_SIZE = 1200 };

typedef struct {
    double time_s;
    char symbol;
    bool left_out;     // flutter
    bool fibrillation; // or atrial flutter
} Truth;

typedef struct {
    size_t seen[LABELS], of[LABELS];
    size_t wrong, normal;
    size_t irregular_in, in, irregular_out, out; // beats in fibrillation, and the others
} Ectopics;

static size_t read_truth(const char* path, double rate, Truth* truth)
{
    char error[RECORDING_ERROR_SIZE];
    AnnotationFile* const file = annotation_open(path, error);
    static Annotation a;
    bool fibrillation = false, flutter = false;
    size_t n = 0;
    while (file && annotation_next(file, &a) && n < MOST) {
        const char* const symbol = annotation_symbol(a.code);
        if (!strcmp(symbol, "+") && a.aux[0] == '(') {
            fibrillation = !strncmp(a.aux, "(AFIB", 5) || !strncmp(a.aux, "(AFL", 4);
        }
        flutter = !strcmp(symbol, "[") || (flutter && strcmp(symbol, "]") != 0);
        if (annotation_is_beat(a.code)) {
            truth[n++] = (Truth){(double)a.sample / rate, symbol[0], flutter, fibrillation};
        }
    }
    if (file) {
        annotation_close(file);
    }
    return n;
}

static bool is_normal(char symbol)
{
    return strchr("NLRBej/", symbol) != NULL;
}

// The beats (those of truth, or those found) through the cleaning: which are in a marked interval
static void mark(const RrBeat* beats, size_t n, bool* marked, bool* irregular)
{
    Rr* const rr = rr_new();
    size_t at = 1;
    memset(marked, 0, (n + 1) * sizeof(bool));
    for (size_t i = 0; i < n; ++i) {
        RrInterval out[RR_MAX_OUT];
        const uint32_t count = rr_beat(rr, &beats[i], out);
        irregular[i] = rr_irregular(rr);
        for (uint32_t k = 0; k < count; ++k) { // all intervals that end by then
            for (; at < n && beats[at].time_s < out[k].time_s + 1e-6; ++at) {
                marked[at] = out[k].type != RR_NORMAL;
            }
            marked[at - 1] |= out[k].type != RR_NORMAL;
        }
    }
    rr_free(rr);
    for (size_t i = 0; i < n; ++i) { // of a beat: the interval before or after it
        marked[i] |= marked[i + 1];
    }
}

// `found_of`: the beat of each of the truth's; NULL: the same
static void score(const Truth* truth, size_t n, const int* found_of, const bool* marked,
                  const bool* irregular, Ectopics* e)
{
    for (size_t i = 5; i + 3 < n; ++i) {
        const Truth* const t = &truth[i];
        const int k = found_of ? found_of[i] : (int)i;
        if (t->left_out || (k < 0 && is_normal(t->symbol))) {
            continue;
        }
        const bool told = k >= 0 && irregular[k];
        e->in += t->fibrillation;
        e->irregular_in += t->fibrillation && told;
        e->out += !t->fibrillation;
        e->irregular_out += !t->fibrillation && told;
        if (t->fibrillation) {
            continue;
        }
        if (strchr("VAaJSEF", t->symbol)) {
            e->of[(int)t->symbol]++;
            e->seen[(int)t->symbol] += k >= 0 && marked[k];
        } else if (is_normal(t->symbol) && is_normal(t[-1].symbol) && is_normal(t[1].symbol)) {
            e->normal++;
            e->wrong += marked[k];
        }
    }
}

static void tell(const char* what, const Ectopics* e)
{
    const char* const kinds[] = {"VAaJS", "VAaJSEF"};
    const char* const names[] = {"premature (V, A, a, J, S)", "all (and fusion, escape)"};
    for (int k = 0; k < 2; ++k) {
        size_t seen = 0, of = 0;
        for (const char* s = kinds[k]; *s; ++s) {
            seen += e->seen[(int)*s];
            of += e->of[(int)*s];
        }
        printf("%-20s %-28s Se %6.2f %% (asked 97)   Sp %6.2f %% (asked 99.5)\n", what, names[k],
               of ? 100.0 * (double)seen / (double)of : 0.0,
               e->normal ? 100.0 - 100.0 * (double)e->wrong / (double)e->normal : 0.0);
    }
    printf("  by label:");
    for (const char* s = kinds[1]; *s; ++s) {
        if (e->of[(int)*s]) {
            printf("  %c %.1f of %zu", *s,
                   100.0 * (double)e->seen[(int)*s] / (double)e->of[(int)*s], e->of[(int)*s]);
        }
    }
    printf("\n  rhythm told to be irregular: %.1f %% of the beats in fibrillation, %.1f %% of the "
           "others\n",
           e->in ? 100.0 * (double)e->irregular_in / (double)e->in : 0.0,
           e->out ? 100.0 * (double)e->irregular_out / (double)e->out : 0.0);
    fflush(stdout);
}

static void ectopics(HostWorld* world, const char* data)
{
    static Truth truth[MOST];
    static RrBeat beats[2 * MOST];
    static bool marked[2 * MOST], irregular[2 * MOST];
    static Ectopics by_time, by_signal;
    char folder[1000], path[PATH_SIZE];
    snprintf(folder, sizeof(folder), "%s/mitdb", data);
    const Names names = recorded_names(folder, ".hea");
    for (int i = 0; i < names.n; ++i) {
        Signal signal;
        snprintf(path, sizeof(path), "%s/%s.hea", folder, names.name[i]);
        if (!signal_read(&signal, path, NULL, 0.0, 0.2)) {
            continue;
        }
        snprintf(path, sizeof(path), "%s/%s.atr", folder, names.name[i]);
        const size_t n = read_truth(path, signal.rate, truth);
        Reference reference = {0};
        for (size_t k = 0; k < n; ++k) {
            beats[k] = (RrBeat){truth[k].time_s, 1.f, true, 0.f};
            reference_add(&reference, truth[k].time_s, true, false);
        }
        mark(beats, n, marked, irregular);
        score(truth, n, NULL, marked, irregular, &by_time);

        Beats found = recorded_beats(world, &signal, 0.0f);
        Score match = score_beats(&found, &reference, 0.0, 0.0);
        const size_t m = found.n < 2 * MOST - 1 ? found.n : 2 * MOST - 1;
        for (size_t k = 0; k < m; ++k) {
            beats[k] =
                (RrBeat){found.time_s[k], found.quality[k], found.reliable[k], found.likeness[k]};
        }
        mark(beats, m, marked, irregular);
        score(truth, n, match.found_of, marked, irregular, &by_signal);
        score_free(&match);
        beats_free(&found);
        reference_free(&reference);
        signal_free(&signal);
    }
    if (names.n) {
        tell("annotated times", &by_time);
        tell("from the signal", &by_signal);
    }
}

// Over differences that the cleaning lets pass
static double rmssd_ms(const RrBeat* beats, size_t n)
{
    Rr* const rr = rr_new();
    double sum = 0.0, before = 0.0;
    size_t pairs = 0;
    for (size_t i = 0; i < n; ++i) {
        RrInterval out[RR_MAX_OUT];
        const uint32_t count = rr_beat(rr, &beats[i], out);
        for (uint32_t k = 0; k < count; ++k) {
            if (out[k].pair) {
                sum += (out[k].rr_ms - before) * (out[k].rr_ms - before);
                ++pairs;
            }
            before = out[k].rr_ms;
        }
    }
    rr_free(rr);
    return pairs ? sqrt(sum / (double)pairs) : 0.0;
}

static void camera(HostWorld* world, const char* data)
{
    static RrBeat beats[2 * MOST];
    double error[100];
    size_t n_errors = 0;
    for (int subject = 1; subject < 100; ++subject) {
        char path[PATH_SIZE];
        snprintf(path, sizeof(path), "%s/welltory/subject_%02d/RR.txt", data, subject);
        FILE* const file = fopen(path, "r");
        if (!file) {
            continue;
        }
        size_t n = 0;
        double rr_ms, time_s = 0.0;
        for (; n < MOST && fscanf(file, "%lf", &rr_ms) == 1; ++n) {
            beats[n] = (RrBeat){time_s += 1e-3 * rr_ms, 1.f, true, 0.f};
        }
        fclose(file);
        const double truth = rmssd_ms(beats, n);

        // The colour whose beats are the best, which is known without the truth
        double best = -1.0, found_ms = 0.0;
        const char* colour = "";
        snprintf(path, sizeof(path), "%s/welltory/subject_%02d/PPG.csv", data, subject);
        static const char* const colours[] = {"R", "G", "B"};
        for (int c = 0; c < 3; ++c) {
            Signal signal;
            if (!signal_read(&signal, path, colours[c], 0.0, 1.0 / 256.0)) {
                continue;
            }
            Beats found = recorded_beats(world, &signal, 0.0f);
            double quality = 0.0;
            for (size_t k = 0; k < found.n && k < 2 * MOST; ++k) {
                beats[k] = (RrBeat){found.time_s[k], found.quality[k], found.reliable[k],
                                    found.likeness[k]};
                quality += (double)found.quality[k] / (double)found.n;
            }
            if (quality > best && found.n > n / 2) {
                best = quality;
                colour = colours[c];
                found_ms = rmssd_ms(beats, found.n < 2 * MOST ? found.n : 2 * MOST);
            }
            beats_free(&found);
            signal_free(&signal);
        }
        printf("  camera %02d, %s: RMSSD %6.1f ms, chest strap %6.1f ms\n", subject, colour,
               found_ms, truth);
        error[n_errors++] = fabs(found_ms - truth);
    }
    if (n_errors) {
        printf("RMSSD of camera pulses against a chest strap: median error %.1f ms (asked 6)\n",
               score_quantile(error, n_errors, 0.5));
    }
}

int main(int argc, char** argv)
{
    const char* const data = argc > 1 ? argv[1] : unit_data_folder();
    HostWorld* const world = host_world_new(NULL);
    camera(world, data);
    ectopics(world, data);
    host_world_free(world);
    return 0;
}
