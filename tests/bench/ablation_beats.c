// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What each part of the ECG path is worth: pooled errors on recordings with parts of the evidence
/// left out or settings changed. The weights are not fitted anew for each row, so a row shows what
/// the detector leans on, not the best that could be done without it.
/// Usage: ablation_beats [DATA], see unit_data_folder().
#include "recorded.h"
#include "unit.h"

#include "dsp/beat_path.h"
#include "dsp/decimator.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define BASE_RATE   1000.0 // Hz
#define DETECT_RATE 250.0  // Hz
#define DELAY_S     0.28   // of 300 ms, what the decimators leave

enum { BY = 4, PATH_SIZE = 1024, ROWS = 10 };

typedef struct {
    const char* what;
    int first, last;  // evidence left out, none when first > last
    double delay_s;   // look-ahead and filters
    int shapes;       // 0: as usual
    double low, high; // band, Hz; 0: as usual
    size_t hit, missed, extra;
} Row;

static Row rows[ROWS] = {
    {.what = "as it is", .first = 1, .delay_s = DELAY_S},
    {.what = "without likeness to shapes", .first = 8, .last = 14, .delay_s = DELAY_S},
    {.what = "without T wave tests", .first = 15, .last = 17, .delay_s = DELAY_S},
    {.what = "without hollows before and after", .first = 20, .last = 23, .delay_s = DELAY_S},
    {.what = "without rhythm of the last beats", .first = 24, .last = 25, .delay_s = DELAY_S},
    {.what = "without rhythm of the sure beats", .first = 31, .last = 32, .delay_s = DELAY_S},
    {.what = "without height and duration", .first = 27, .last = 29, .delay_s = DELAY_S},
    {.what = "one shape instead of five", .first = 1, .delay_s = DELAY_S, .shapes = 1},
    {.what = "decided 100 ms sooner", .first = 1, .delay_s = DELAY_S - 0.1},
    {.what = "band 5-15 Hz", .first = 1, .delay_s = DELAY_S, .low = 5.0, .high = 15.0},
};

static void run(Row* row, const Signal* signal, const Reference* reference)
{
    double weights[PATH_EVIDENCE];
    PathKind kind = path_ecg;
    memcpy(weights, kind.weights, sizeof(weights));
    for (int i = row->first; i <= row->last; ++i) {
        weights[i] = 0.0;
    }
    kind.weights = weights;
    kind.shapes = row->shapes ? row->shapes : kind.shapes;
    kind.band_low_hz = row->low > 0.0 ? row->low : kind.band_low_hz;
    kind.band_high_hz = row->high > 0.0 ? row->high : kind.band_high_hz;

    static BeatPath path;
    Decimator* const decimator = decimator_new(BY);
    Beats beats = {0};
    path_init(&path, &kind, DETECT_RATE, row->delay_s);
    for (size_t i = 0; i < signal->n;) {
        float x = 0.0f;
        bool ready = false;
        FoundBeat found;
        const size_t left = signal->n - i;
        i += decimator_feed(decimator, signal->sample + i, left < BY ? (uint32_t)left : BY, &x,
                            &ready);
        if (ready && path_step(&path, x, &found)) {
            const double at = (found.mark + 1.0) * BY - 1.0 - decimator_delay(decimator);
            beats_add(&beats, at / BASE_RATE, found.reliable);
        }
    }
    Score score = score_beats(&beats, reference, 0.0, 0.0);
    row->hit += score.hit;
    row->missed += score.missed;
    row->extra += score.extra;
    score_free(&score);
    beats_free(&beats);
    decimator_free(decimator);
}

int main(int argc, char** argv)
{
    char folder[PATH_SIZE], path[PATH_SIZE + 300];
    snprintf(folder, sizeof(folder), "%s/mitdb", argc > 1 ? argv[1] : unit_data_folder());
    DIR* const dir = opendir(folder);
    if (!dir) {
        printf("no ECG records with reference beats in %s\n", folder);
        return 0;
    }
    for (struct dirent* e = readdir(dir); e; e = readdir(dir)) {
        const size_t length = strlen(e->d_name);
        if (length < 5 || strcmp(e->d_name + length - 4, ".hea") != 0) {
            continue;
        }
        Signal signal;
        Reference reference = {0};
        snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
        if (!signal_read(&signal, path, NULL, 0.0, 0.2)) {
            continue;
        }
        snprintf(path, sizeof(path), "%s/%.*s.atr", folder, (int)(length - 4), e->d_name);
        if (reference_read(&reference, path, signal.rate)) {
            Signal fast = signal_resampled(&signal, BASE_RATE);
            for (int i = 0; i < ROWS; ++i) {
                run(&rows[i], &fast, &reference);
            }
            signal_free(&fast);
        }
        reference_free(&reference);
        signal_free(&signal);
    }
    closedir(dir);
    printf("%-40s %8s %8s %10s\n", "ECG path", "missed", "extra", "F1, %");
    for (int i = 0; i < ROWS; ++i) {
        printf("%-40s %8zu %8zu %10.3f\n", rows[i].what, rows[i].missed, rows[i].extra,
               score_f1(rows[i].hit, rows[i].missed, rows[i].extra));
    }
    return 0;
}
