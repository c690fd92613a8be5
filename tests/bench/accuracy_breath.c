// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// How well the breath is followed: on recordings with a belt (ds210) or with breaths marked by
/// hand (BIDMC), beats found by Tonus itself. Everything causal: a window of 32
/// s is judged by the rate that is shown at its end. Usage: accuracy_breath [DATA], see
/// unit_data_folder(). With TONUS_BENCH_EACH set every recording gets a line; with
/// TONUS_BENCH_EVERY=N only every N-th is taken, from the N-th on.
#include "breathscore.h"
#include "dsp/filter.h"
#include "formats/table.h"
#include "unit.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_S 32.0
#define STRIDE_S 8.0

enum { MOST_FILES = 512 };

// --- ds210: a belt

/// Zero-phase 0.05..1 Hz
static void clean_belt(double* x, size_t n, double rate)
{
    for (int pass = 0; pass < 2; ++pass) {
        Biquad high = biquad_highpass(0.05, FILTER_BUTTERWORTH_Q, rate);
        Biquad low = biquad_lowpass(1.0, FILTER_BUTTERWORTH_Q, rate);
        biquad_settle(&high, x[0]);
        for (size_t i = 0; i < n; ++i) {
            x[i] = biquad_step(&low, biquad_step(&high, x[i]));
        }
        for (size_t i = 0; i < n / 2; ++i) {
            const double keep = x[i];
            x[i] = x[n - 1 - i];
            x[n - 1 - i] = keep;
        }
    }
}

/// Peak count of a window ("count-orig", Schäfer & Kratky 2008), kept where the spectrum agrees
/// within 2 per min; NAN else. x: 4 Hz.
static double belt_rate(const double* x, size_t n)
{
    double peaks[256];
    size_t where[256];
    size_t n_peaks = 0;
    for (size_t i = 1; i + 1 < n && n_peaks < 256; ++i) {
        if (x[i] > x[i - 1] && x[i] >= x[i + 1]) {
            where[n_peaks] = i;
            peaks[n_peaks++] = x[i];
        }
    }
    double sorted[256];
    memcpy(sorted, peaks, n_peaks * sizeof *peaks);
    breathscore_sort(sorted, n_peaks);
    const double least = n_peaks ? 0.2 * sorted[(size_t)(0.75 * (double)(n_peaks - 1))] : 0.0;
    double sum = 0.0;
    int whole = 0;
    size_t last = 0;
    bool has_last = false;
    for (size_t k = 0; k < n_peaks; ++k) {
        if (peaks[k] <= least) {
            continue;
        }
        int troughs = 0;
        for (size_t i = last + 1; has_last && i < where[k]; ++i) {
            troughs += x[i] < 0.0 && x[i] < x[i - 1] && x[i] <= x[i + 1];
        }
        if (has_last && troughs == 1) {
            sum += (double)(where[k] - last) / 4.0;
            ++whole;
        }
        last = where[k];
        has_last = true;
    }
    if (whole == 0) {
        return NAN;
    }
    const double counted = 60.0 * whole / sum;
    double mean = 0.0;
    for (size_t i = 0; i < n; ++i) {
        mean += x[i] / (double)n;
    }
    double smooth[256];
    for (size_t i = 0; i < n; ++i) {
        const double window = 0.54 - 0.46 * cos(6.28318530718 * (double)i / (double)(n - 1));
        smooth[i] = window * (x[i] - mean);
    }
    double best = 0.0;
    double best_power = -1.0;
    for (double per_min = 4.0; per_min <= 42.0; per_min += 0.1) {
        const double twice = 2.0 * cos(6.28318530718 * per_min / 60.0 / 4.0);
        double newest = 0.0; // Goertzel
        double before = 0.0;
        for (size_t i = 0; i < n; ++i) {
            const double now = smooth[i] + twice * newest - before;
            before = newest;
            newest = now;
        }
        const double power = newest * newest + before * before - twice * newest * before;
        if (power > best_power) {
            best_power = power;
            best = per_min;
        }
    }
    return fabs(counted - best) <= 2.0 ? counted : NAN;
}

/// Lowest points between turns of at least half a standard deviation, s
static size_t belt_starts(const double* x, size_t n, double rate, double* starts)
{
    double power = 0.0;
    for (size_t i = 0; i < n; ++i) {
        power += x[i] * x[i] / (double)n;
    }
    const double least = 0.5 * sqrt(power);
    size_t found = 0;
    size_t low = 0;
    size_t high = 0;
    bool falling = true;
    for (size_t i = 1; i < n && found < BREATHTOLD_MOST_TURNS; ++i) {
        low = x[i] < x[low] ? i : low;
        high = x[i] > x[high] ? i : high;
        if (falling && x[i] > x[low] + least) {
            starts[found++] = (double)low / rate;
            falling = false;
            high = i;
        } else if (!falling && x[i] < x[high] - least) {
            falling = true;
            low = i;
        }
    }
    return found;
}

typedef struct {
    BreathScore rest, task;
    double* off[2]; // starts of in-breaths, s: at rest, in tasks
    size_t n_off[2];
} BeltScores;

static void score_belt(BeltScores* scores, const char* path, bool rest, BreathTold* told)
{
    static double starts[BREATHTOLD_MOST_TURNS];
    BreathSignal pulse;
    BreathSignal belt;
    if (!breathsignal_read(&pulse, path, "1", 50.0) || !breathsignal_read(&belt, path, "2", 50.0)) {
        return;
    }
    double* const x = (double*)malloc(belt.n * sizeof(double));
    double* const slow = (double*)malloc(belt.n * sizeof(double));
    for (size_t i = 0; i < belt.n; ++i) {
        x[i] = (double)belt.sample[i];
    }
    clean_belt(x, belt.n, belt.rate);
    const size_t n_slow = (size_t)((double)belt.n * 4.0 / belt.rate);
    for (size_t i = 0; i < n_slow; ++i) {
        slow[i] = x[(size_t)((double)i * belt.rate / 4.0)];
    }
    const BreathSignal host = breathsignal_resampled(&pulse);
    breathtold_follow(&host, BEAT_PPG, told);
    BreathScore* const score = rest ? &scores->rest : &scores->task;
    const BreathScore before = *score;
    for (double s = 0.0; (s + WINDOW_S) * 4.0 <= (double)n_slow; s += STRIDE_S) {
        const double truth = belt_rate(slow + (size_t)(s * 4.0), (size_t)(WINDOW_S * 4.0));
        if (isfinite(truth)) {
            breathscore_add(score, told, s + WINDOW_S, truth);
        }
    }
    breathscore_note_worst(score, &before, path);
    const size_t n_starts = belt_starts(x, belt.n, belt.rate, starts);
    double** const off = &scores->off[!rest];
    for (size_t i = 0; i < told->n_in; ++i) {
        double best = 9.0;
        for (size_t k = 0; k < n_starts; ++k) {
            best = fmin(best, fabs(told->in_s[i] - starts[k]));
        }
        if (best < 3.0) { // beyond, the belt shows no breath
            size_t* const n = &scores->n_off[!rest];
            *off = (double*)realloc(*off, (*n + 1) * sizeof(double));
            (*off)[(*n)++] = best;
        }
    }
    free(x);
    free(slow);
    free(host.sample);
    free(pulse.sample);
    free(belt.sample);
}

static int by_name(const void* a, const void* b)
{
    return strcmp((const char*)a, (const char*)b);
}

static size_t list(const char* folder, const char* ending, char names[][256])
{
    size_t n = 0;
    DIR* const dir = opendir(folder);
    for (struct dirent* e = dir ? readdir(dir) : NULL; e && n < MOST_FILES; e = readdir(dir)) {
        const size_t length = strlen(e->d_name);
        const size_t tail = strlen(ending);
        if (length > tail && length < 256 && !strcmp(e->d_name + length - tail, ending)) {
            memcpy(names[n++], e->d_name, length + 1);
        }
    }
    if (dir) {
        closedir(dir);
    }
    qsort(names, n, 256, by_name);
    const char* const every = getenv("TONUS_BENCH_EVERY");
    const size_t step = every && atoi(every) > 1 ? (size_t)atoi(every) : 1;
    for (size_t i = 0; step > 1 && i < n / step; ++i) {
        memmove(names[i], names[(i + 1) * step - 1], 256);
    }
    return n / step;
}

static void belts(const char* data, BreathTold* told)
{
    static char names[MOST_FILES][256];
    char path[1024];
    snprintf(path, sizeof path, "%s/ds210", data);
    const size_t n = list(path, "_physio.tsv.gz", names);
    if (n == 0) {
        printf("no belts in %s\n", path);
        return;
    }
    BeltScores scores = {.n_off = {0, 0}};
    for (size_t i = 0; i < n; ++i) {
        snprintf(path, sizeof path, "%s/ds210/%s", data, names[i]);
        score_belt(&scores, path, strstr(names[i], "rest") != NULL, told);
    }
    breathscore_show(&scores.rest, "belt at rest (ds210), from the pulse", "1.08", "0.95", "0.70");
    breathscore_show(&scores.task, "belt in tasks (ds210), from the pulse", "1.52", "1.25", "0.90");
    breathscore_row("start of the in-breath at rest, median error", "0.34", "0.30", "0.20",
                    breathscore_median(scores.off[0], scores.n_off[0]), "s");
    breathscore_row("start of the in-breath in tasks, median error", "-", "-", "-",
                    breathscore_median(scores.off[1], scores.n_off[1]), "s");
    free(scores.off[0]);
    free(scores.off[1]);
}

// --- BIDMC: breaths marked by two people

static size_t read_breaths(const char* path, double* first, size_t* n_first, double* second)
{
    Table* const table = table_open(path);
    size_t n_second = 0;
    char* line;
    *n_first = 0;
    while (table && table_line(table, &line) == TABLE_LINE) {
        char* fields[TABLE_MAX_FIELDS];
        const unsigned n = table_split(line, ',', fields);
        double value;
        if (n > 0 && table_field(fields[0], '.', &value) == FIELD_NUMBER &&
            *n_first < BREATHTOLD_MOST_TURNS) {
            first[(*n_first)++] = value / 125.0;
        }
        if (n > 1 && table_field(fields[1], '.', &value) == FIELD_NUMBER &&
            n_second < BREATHTOLD_MOST_TURNS) {
            second[n_second++] = value / 125.0;
        }
    }
    if (table) {
        table_close(table);
    }
    return n_second;
}

static double count_in(const double* x, size_t n, double from_s)
{
    double found = 0.0;
    for (size_t i = 0; i < n; ++i) {
        found += x[i] >= from_s && x[i] < from_s + WINDOW_S;
    }
    return found * 60.0 / WINDOW_S;
}

static void marked(const char* data, BreathTold* told)
{
    static char names[MOST_FILES][256];
    static double first[BREATHTOLD_MOST_TURNS];
    static double second[BREATHTOLD_MOST_TURNS];
    char path[1024];
    snprintf(path, sizeof path, "%s/bidmc", data);
    const size_t n = list(path, "_signals.csv.gz", names);
    if (n == 0) {
        printf("no marked breaths in %s\n", path);
        return;
    }
    for (int kind = 0; kind < 2; ++kind) {
        BreathScore score = {0};
        for (size_t i = 0; i < n; ++i) {
            BreathSignal signal;
            size_t n_first = 0;
            const int stem = (int)(strlen(names[i]) - strlen("_signals.csv.gz"));
            snprintf(path, sizeof path, "%s/bidmc/%.*s_breaths.csv", data, stem, names[i]);
            const size_t n_second = read_breaths(path, first, &n_first, second);
            snprintf(path, sizeof path, "%s/bidmc/%s", data, names[i]);
            if (!breathsignal_read(&signal, path, kind == 0 ? "ii" : "pleth", 125.0)) {
                continue;
            }
            const BreathSignal host = breathsignal_resampled(&signal);
            const BreathScore before = score;
            breathtold_follow(&host, kind == 0 ? BEAT_ECG : BEAT_PPG, told);
            for (double s = 0.0; s + WINDOW_S <= (double)signal.n / 125.0; s += STRIDE_S) {
                const double a = count_in(first, n_first, s);
                const double b = count_in(second, n_second, s);
                if (fabs(a - b) <= 2.0) {
                    breathscore_add(&score, told, s + WINDOW_S, 0.5 * (a + b));
                }
            }
            breathscore_note_worst(&score, &before, names[i]);
            free(host.sample);
            free(signal.sample);
        }
        if (kind == 0) {
            breathscore_show(&score, "intensive care (BIDMC), from the ECG", "2.53", "1.90",
                             "1.20");
        } else {
            breathscore_show(&score, "intensive care (BIDMC), from the pulse", "1.60", "1.40",
                             "1.00");
        }
    }
}

int main(int argc, char** argv)
{
    static BreathTold told;
    const char* const data = argc > 1 ? argv[1] : unit_data_folder();
    printf("\nBreath%53s%9s %7s %7s %8s\n", "", "peer", "must", "aim", "found");
    belts(data, &told);
    marked(data, &told);
    return 0;
}
