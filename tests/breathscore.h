// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The breath as it is told while a recording plays, and its score, window by window, against the
/// true rate. For measurements, not for tests: what is wrong is printed.
#ifndef TESTS_BREATHSCORE_H
#define TESTS_BREATHSCORE_H

#include "dsp/beat.h"

#include <stdbool.h>
#include <stddef.h>

#ifndef BREATHSIGNAL_RATE
#define BREATHSIGNAL_RATE 4000.0 ///< of the host, Hz
#endif

enum { BREATHTOLD_MOST_S = 4000, BREATHTOLD_MOST_TURNS = 20000 };

typedef struct {
    float* sample;
    size_t n;
    double rate;
} BreathSignal;

/// What was told, second by second and breath by breath
typedef struct {
    double rate[BREATHTOLD_MOST_S], confidence[BREATHTOLD_MOST_S];
    size_t seconds;
    double in_s[BREATHTOLD_MOST_TURNS];
    size_t n_in;
} BreathTold;

typedef struct {
    size_t windows, kept;
    double error, kept_error, *errors;
    double worst; // mean error of the worst recording, and which that is
    char worst_name[64];
} BreathScore;

/// Reads a channel (name, or number from 1) of a file; gaps are held. False with a line on standard
/// error when it cannot be read. free() the samples.
bool breathsignal_read(BreathSignal* signal, const char* path, const char* channel, double rate);

/// At BREATHSIGNAL_RATE, as the bridge would make it, at about full scale
BreathSignal breathsignal_resampled(const BreathSignal* in);

/// Beats found, breath followed, as plugins in a row would do it; at BREATHSIGNAL_RATE
void breathtold_follow(const BreathSignal* signal, BeatSensor sensor, BreathTold* told);

/// A window is judged by the rate that is shown at its end.
void breathscore_add(BreathScore* score, const BreathTold* told, double end_s,
                     double truth_per_min);

/// What the recording added since `before`: is it the worst? With TONUS_BENCH_EACH set it gets a
/// line.
void breathscore_note_worst(BreathScore* score, const BreathScore* before, const char* path);

void breathscore_sort(double* values, size_t n);

/// Sorts; NAN when empty.
double breathscore_median(double* values, size_t n);

/// Prints a line of the table.
void breathscore_row(const char* what, const char* peer, const char* must, const char* aim,
                     double found, const char* unit);

/// Prints the score, and ends it.
void breathscore_show(BreathScore* score, const char* what, const char* peer, const char* must,
                      const char* aim);

#endif
