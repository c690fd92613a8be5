// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "breathscore.h"

#include "bridge/resampler.h"
#include "dsp/breath.h"
#include "formats/recording.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 256, MOST_BEATS = 8 };

bool breathsignal_read(BreathSignal* signal, const char* path, const char* channel, double rate)
{
    char error[RECORDING_ERROR_SIZE];
    Recording* const recording = recording_open(path, rate, error);
    const int index = recording ? recording_find(recording, channel, error) : -1;
    *signal = (BreathSignal){NULL, 0, rate};
    if (index < 0 || !recording_select(recording, (unsigned)index)) {
        fprintf(stderr, "%s\n", error);
        if (recording) {
            recording_close(recording);
        }
        return false;
    }
    size_t room = 0;
    for (size_t got = 1; got > 0;) {
        if (signal->n + 4096 > room) {
            room = 2 * room + 65536;
            signal->sample = (float*)realloc(signal->sample, room * sizeof(float));
        }
        got = recording_read(recording, signal->sample + signal->n, 4096);
        for (size_t i = signal->n; i < signal->n + got; ++i) {
            if (!isfinite(signal->sample[i])) {
                signal->sample[i] = i > 0 ? signal->sample[i - 1] : 0.0f;
            }
        }
        signal->n += got;
    }
    recording_close(recording);
    return true;
}

BreathSignal breathsignal_resampled(const BreathSignal* in)
{
    BreathSignal out = {NULL, 0, BREATHSIGNAL_RATE};
    const size_t room = (size_t)((double)in->n * BREATHSIGNAL_RATE / in->rate) + 16;
    float low = in->sample[0];
    float high = low;
    for (size_t i = 0; i < in->n; ++i) {
        low = fminf(low, in->sample[i]);
        high = fmaxf(high, in->sample[i]);
    }
    float* const scaled = (float*)malloc(in->n * sizeof(float));
    for (size_t i = 0; i < in->n; ++i) {
        scaled[i] = high > low ? (in->sample[i] - low) / (high - low) - 0.5f : 0.0f;
    }
    Resampler* const resampler = resampler_new(1.0);
    resampler_set_step(resampler, in->rate / BREATHSIGNAL_RATE);
    out.sample = (float*)malloc(room * sizeof(float));
    uint32_t n_in = (uint32_t)in->n;
    out.n = resampler_process(resampler, scaled, &n_in, out.sample, (uint32_t)room);
    resampler_free(resampler);
    free(scaled);
    return out;
}

static void listen(Breath* breath, const float* in, size_t at, uint32_t n, BreathTold* told)
{
    BreathEvent events[8];
    const uint32_t m = breath_process(breath, in, NULL, n, events, 8);
    for (uint32_t i = 0; i < m; ++i) {
        if (events[i].type == BREATH_IN_STARTS && told->n_in < BREATHTOLD_MOST_TURNS) {
            told->in_s[told->n_in++] = (double)(at + events[i].frame) / BREATHSIGNAL_RATE;
        }
    }
    while (told->seconds < BREATHTOLD_MOST_S &&
           (double)(told->seconds + 1) * BREATHSIGNAL_RATE <= (double)(at + n)) {
        const BreathState state = breath_state(breath);
        told->rate[told->seconds] = (double)state.rate_per_min;
        told->confidence[told->seconds++] = (double)state.confidence;
    }
}

void breathtold_follow(const BreathSignal* signal, BeatSensor sensor, BreathTold* told)
{
    Beat* const beat = beat_new(BREATHSIGNAL_RATE);
    Breath* const breath = breath_new(BREATHSIGNAL_RATE);
    beat_set_sensor(beat, sensor);
    breath_set_beat_delay(breath, beat_delay(BREATHSIGNAL_RATE));
    told->seconds = told->n_in = 0;
    for (size_t at = 0; at < signal->n;) {
        const uint32_t n = signal->n - at < CHUNK ? (uint32_t)(signal->n - at) : CHUNK;
        BeatEvent beats[MOST_BEATS];
        const uint32_t n_beats = beat_process(beat, signal->sample + at, n, beats, MOST_BEATS);
        uint32_t done = 0;
        for (uint32_t i = 0; i < n_beats; ++i) {
            if (beats[i].kind != BEAT_EVENT_BEAT) {
                continue;
            }
            listen(breath, signal->sample + at + done, at + done, beats[i].frame - done, told);
            done = beats[i].frame;
            const BreathBeat now = {beats[i].reliable, beats[i].quality, NAN, NAN};
            breath_beat(breath, &now);
        }
        listen(breath, signal->sample + at + done, at + done, n - done, told);
        at += n;
    }
    beat_free(beat);
    breath_free(breath);
}

void breathscore_add(BreathScore* score, const BreathTold* told, double end_s, double truth_per_min)
{
    const size_t second = (size_t)end_s - 1;
    if (second >= told->seconds) {
        return;
    }
    const double error = fabs(told->rate[second] - truth_per_min);
    score->error += error;
    score->errors = (double*)realloc(score->errors, (score->windows + 1) * sizeof(double));
    score->errors[score->windows++] = error;
    if (told->confidence[second] >= 0.8) {
        score->kept_error += error;
        ++score->kept;
    }
}

void breathscore_note_worst(BreathScore* score, const BreathScore* before, const char* path)
{
    const char* const slash = strrchr(path, '/');
    const size_t n = score->windows - before->windows;
    const double error = n > 0 ? (score->error - before->error) / (double)n : 0.0;
    if (error > score->worst) {
        score->worst = error;
        snprintf(score->worst_name, sizeof score->worst_name, "%s", slash ? slash + 1 : path);
    }
    if (getenv("TONUS_BENCH_EACH")) {
        printf("    %-48s %4zu windows %6.2f /min\n", slash ? slash + 1 : path, n, error);
    }
}

static int ascending(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

void breathscore_sort(double* values, size_t n)
{
    qsort(values, n, sizeof *values, ascending);
}

double breathscore_median(double* values, size_t n)
{
    breathscore_sort(values, n);
    return n ? values[n / 2] : NAN;
}

void breathscore_row(const char* what, const char* peer, const char* must, const char* aim,
                     double found, const char* unit)
{
    printf("%-58s %9s %7s %7s %8.2f %s\n", what, peer, must, aim, found, unit);
}

void breathscore_show(BreathScore* score, const char* what, const char* peer, const char* must,
                      const char* aim)
{
    const double n = (double)score->windows;
    breathscore_row(what, peer, must, aim, score->error / n, "/min");
    printf("    %zu windows, median %.2f; confidence >= 0.8: %.0f %% at %.2f; worst %.2f in %s\n",
           score->windows, breathscore_median(score->errors, score->windows),
           100.0 * (double)score->kept / n,
           score->kept ? score->kept_error / (double)score->kept : NAN, score->worst,
           score->worst_name);
    free(score->errors);
}
