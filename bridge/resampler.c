// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/resampler.h"

#include <math.h>
#include <stdlib.h>

#define KAISER_BETA 8.0  // stop band 80 dB down (Kaiser 1974)
#define TABLE_STEPS 1024 // entries per zero crossing; linear in between leaves 1e-6
#define MAX_STEP    4096.0
#define MIN_STEP    1e-9

struct Resampler {
    float* history; // twice the same, so that any stretch is one piece
    uint32_t size;  // samples of history, a power of two
    uint64_t pushed;
    uint64_t whole; // place of the next output sample in input samples: whole and fraction,
    double part;    // so that days pass without loss
    double step;
    double max_step;
    float table[RESAMPLER_HALF_WIDTH * TABLE_STEPS + 2];
};

static double bessel_i0(double x)
{
    double sum = 1.0;
    double term = 1.0;
    for (int k = 1; k < 60; k++) {
        term *= x / (2.0 * k) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

static double kernel(double x)
{
    static const double pi = 3.14159265358979323846;
    const double u = x / RESAMPLER_HALF_WIDTH;
    if (u >= 1.0) {
        return 0.0;
    }
    const double window = bessel_i0(KAISER_BETA * sqrt(1.0 - u * u)) / bessel_i0(KAISER_BETA);
    return x > 0.0 ? sin(pi * x) / (pi * x) * window : 1.0;
}

double resampler_lookahead(double step)
{
    return RESAMPLER_HALF_WIDTH * fmax(step, 1.0);
}

Resampler* resampler_new(double max_step)
{
    if (!(max_step > 0.0) || max_step > MAX_STEP) {
        return NULL;
    }
    Resampler* const rs = calloc(1, sizeof *rs);
    if (!rs) {
        return NULL;
    }
    rs->size = 32;
    while (rs->size < 2.0 * resampler_lookahead(max_step) + 4.0) {
        rs->size *= 2;
    }
    rs->history = calloc(2 * (size_t)rs->size, sizeof *rs->history);
    if (!rs->history) {
        free(rs);
        return NULL;
    }
    for (int i = 0; i <= RESAMPLER_HALF_WIDTH * TABLE_STEPS; i++) {
        rs->table[i] = (float)kernel((double)i / TABLE_STEPS);
    }
    rs->max_step = max_step;
    rs->step = fmin(1.0, max_step);
    return rs;
}

void resampler_free(Resampler* rs)
{
    if (rs) {
        free(rs->history);
        free(rs);
    }
}

void resampler_reset(Resampler* rs)
{
    for (uint32_t i = 0; i < 2 * rs->size; i++) {
        rs->history[i] = 0.0f;
    }
    rs->pushed = rs->whole = 0;
    rs->part = 0.0;
}

void resampler_begin_at(Resampler* rs, double place)
{
    resampler_reset(rs);
    rs->whole = place > 0.0 ? (uint64_t)place : 0;
    rs->part = place > 0.0 ? place - (double)rs->whole : 0.0;
}

void resampler_set_step(Resampler* rs, double step)
{
    rs->step = fmin(fmax(step, MIN_STEP), rs->max_step);
}

bool resampler_hungry(const Resampler* rs)
{
    // The last sample within reach, at `whole` + half a kernel, must have been pushed
    const double reach = resampler_lookahead(rs->step);
    return rs->pushed <= rs->whole + (uint64_t)(rs->part + reach);
}

void resampler_push(Resampler* rs, float x)
{
    const uint32_t at = (uint32_t)(rs->pushed & (rs->size - 1));
    rs->history[at] = rs->history[at + rs->size] = x;
    rs->pushed++;
}

static float weight(const Resampler* rs, double distance)
{
    const double at = fabs(distance) * TABLE_STEPS;
    const uint32_t i = (uint32_t)at;
    const float u = (float)(at - i);
    return i >= RESAMPLER_HALF_WIDTH * TABLE_STEPS
               ? 0.0f
               : rs->table[i] + u * (rs->table[i + 1] - rs->table[i]);
}

float resampler_pull(Resampler* rs)
{
    const double width = fmax(rs->step, 1.0); // of the kernel, in input samples per zero crossing
    const double inverse = 1.0 / width;
    const int64_t reach = (int64_t)(RESAMPLER_HALF_WIDTH * width);
    const int64_t first = -reach;
    const int64_t last = (int64_t)(rs->part + RESAMPLER_HALF_WIDTH * width);
    // Silence lies before the beginning: the history holds zeros there
    const uint32_t start = (uint32_t)((rs->whole + (uint64_t)first) & (rs->size - 1));
    const float* const x = rs->history + start;
    float sum = 0.0f;
    float weights = 0.0f;
    for (int64_t i = first; i <= last; i++) {
        const float w = weight(rs, ((double)i - rs->part) * inverse);
        sum += w * x[i - first];
        weights += w;
    }
    rs->part += rs->step;
    const double whole = floor(rs->part);
    rs->whole += (uint64_t)whole;
    rs->part -= whole;
    return sum / weights;
}

double resampler_position(const Resampler* rs)
{
    return (double)rs->whole + rs->part;
}

uint32_t resampler_process(Resampler* rs, const float* in, uint32_t* n_in, float* out,
                           uint32_t n_out)
{
    uint32_t used = 0;
    uint32_t done = 0;
    while (done < n_out) {
        while (resampler_hungry(rs) && used < *n_in) {
            resampler_push(rs, in[used++]);
        }
        if (resampler_hungry(rs)) {
            break;
        }
        out[done++] = resampler_pull(rs);
    }
    *n_in = used;
    return done;
}
