// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// How fast tonus-analyze goes through recordings of a day, on one core, and with how much memory.
#define _DEFAULT_SOURCE // wait4
#include "dsp/heart.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIECE_S                                                                                    \
    600 // of a simulated person, repeated: making all of it would take longer than all else

static char folder[64];

/// A WFDB record (format 16) of `hours`; the simulated person begins at 1 kHz.
static bool write_record(const char* name, uint32_t rate, double hours)
{
    const uint32_t every = rate < 1000 ? (1000 + rate - 1) / rate : 1;
    const uint32_t frames = rate * PIECE_S;
    HeartEvent truth[64];
    char path[200];
    float* const fine = malloc((size_t)rate * every * sizeof(float));
    int16_t* const piece = malloc(frames * sizeof(int16_t));
    Heart* const heart = heart_new(rate * every, 11);
    if (!fine || !piece || !heart) {
        return false;
    }
    heart_set_ectopics(heart, 0.5);
    heart_set_noise(heart, -30.0);
    for (uint32_t second = 0; second < PIECE_S; ++second) {
        heart_process(heart, fine, rate * every, truth, 64);
        for (uint32_t i = 0; i < rate; ++i) {
            piece[second * rate + i] =
                (int16_t)lrintf(fmaxf(fminf(fine[i * every], 1.0f), -1.0f) * 20000.0f);
        }
    }
    snprintf(path, sizeof path, "%s/%s.dat", folder, name);
    FILE* file = fopen(path, "wb");
    const int pieces = (int)lround(hours * 3600.0 / PIECE_S);
    bool good = file != NULL;
    for (int p = 0; good && p < pieces; ++p) {
        good = fwrite(piece, sizeof(int16_t), frames, file) == frames;
    }
    good = file && fclose(file) == 0 && good;
    snprintf(path, sizeof path, "%s/%s.hea", folder, name);
    file = fopen(path, "w");
    if (file) {
        fprintf(file, "%s 1 %u %u\n%s.dat 16 4000/mV 16 0 0 0 0 ECG\n", name, rate,
                frames * (uint32_t)pieces, name);
        fclose(file);
    }
    heart_free(heart);
    free(fine);
    free(piece);
    return good && file;
}

static void print_row(const char* label, const char* name, uint32_t rate, double hours)
{
    char input[200];
    char out[200];
    struct rusage used = {0};
    int status = 1;
    if (!write_record(name, rate, hours)) {
        printf("%-26s no room in %s\n", label, folder);
        return;
    }
    snprintf(input, sizeof input, "%s/%s.hea", folder, name);
    snprintf(out, sizeof out, "%s/out", folder);
    double best_s = INFINITY;
    for (int run = 0; run < 3; ++run) {
        const pid_t child = fork();
        if (child == 0) {
            execl("build/tonus-analyze", "tonus-analyze", input, "--out", out, "-q", (char*)NULL);
            _exit(127);
        }
        wait4(child, &status, 0, &used);
        const double s = (double)used.ru_utime.tv_sec + 1e-6 * (double)used.ru_utime.tv_usec +
                         (double)used.ru_stime.tv_sec + 1e-6 * (double)used.ru_stime.tv_usec;
        best_s = s < best_s ? s : best_s;
    }
    if (status != 0) {
        printf("%-26s failed\n", label);
        return;
    }
    printf("%-26s %10.2f %14.0f %10.1f\n", label, best_s, hours * 3600.0 / best_s,
           (double)used.ru_maxrss / 1024.0);
    fflush(stdout);
    snprintf(input, sizeof input, "%s/%s.dat", folder, name);
    unlink(input);
}

int main(int argc, char** argv)
{
    if (argc > 1 && argv[1][0]) {
        return 0; // the table of one plugin is asked for
    }
    char command[100];
    snprintf(folder, sizeof folder, "/tmp/tonus-speed-XXXXXX");
    if (!mkdtemp(folder)) {
        return 1;
    }
    printf("\ntonus-analyze, one core, least of three runs\n%-26s %10s %14s %10s\n", "recording",
           "CPU s", "x real time", "MB");
    print_row("ECG 360 Hz, 30 min", "a", 360, 0.5);
    print_row("ECG 360 Hz, 24 h", "b", 360, 24.0);
    print_row("ECG 1 kHz, 2 h", "c", 1000, 2.0);
    print_row("ECG 1 kHz, 24 h", "d", 1000, 24.0);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}
