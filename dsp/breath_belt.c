// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_belt.h"

#include <math.h>
#include <stdlib.h>

#define BELT_HZ      100.0  // a breath's turn is slow: 10 ms steps, refined by a parabola
#define SMOOTH       10     // samples of the running mean that looks for turns, 0.1 s
#define HALF         40     // samples of the fit on each side, 0.4 s: a quarter of a fast breath
#define SEARCH       15     // samples that the turn may lie off its first sight, on each side
#define HISTORY      256    // samples, a power of two
#define CLEAR_SHARE  0.004f // of the swing: what a turn must be left by, at least
#define CLEAR_NOISE  4.0f   // and in units of the noise after smoothing
#define TRAVEL_SHARE 0.3f   // of the swing: the way between two turns, at least
#define SWING_GAIN   0.25f  // of a new breath in the mean swing
#define REGRET_KEEP  0.9f   // per turn: what was learned from a turn told too early fades
#define LONGEST_S    30.0f  // between two turns; then the belt is taken for dead
#define LOUDEST      1e6f

enum { CANDIDATES = 2 * SEARCH + 1, AT_ONCE = 4 };

struct BreathBeltImpl {
    double rate;
    uint32_t factor, filled; // frames per sample
    float sum;
    float past[HISTORY];
    uint32_t newest, samples; // samples since reset, saturating
    float noise;              // running variance of sample against running mean
    bool rising;              // looking for the highest point
    float best, since_turn_s; // extreme since the last turn
    uint32_t best_ago;        // samples
    float turn_level;         // the last turn's
    float swing, last_swing;  // mean and last peak-to-trough
    uint32_t turns;
    float regret;
    // A turn being placed
    bool placing;
    BeltTurn kind;
    uint32_t centre_ago; // samples to the first sight
    int candidate;
    float misfit[CANDIDATES];
    float inverse[CANDIDATES][6]; // of the normal matrices: 00 01 02 11 12 22
};

// Left and right half-parabola of the sample at i (-HALF..HALF) for a turn at t.
static void bends(const int i, const int t, float* const left, float* const right)
{
    const float away = (float)(i - t) / HALF;
    *left = away < 0.0f ? away * away : 0.0f;
    *right = away > 0.0f ? away * away : 0.0f;
}

static void prepare(BreathBelt* const belt)
{
    for (int c = 0; c < CANDIDATES; ++c) {
        double m[3][3] = {{0.0}};
        for (int i = -HALF; i <= HALF; ++i) {
            float u[3] = {1.0f, 0.0f, 0.0f};
            bends(i, c - SEARCH, &u[1], &u[2]);
            for (int r = 0; r < 3; ++r) {
                for (int s = 0; s < 3; ++s) {
                    m[r][s] += (double)u[r] * (double)u[s];
                }
            }
        }
        const double c00 = m[1][1] * m[2][2] - m[1][2] * m[1][2];
        const double c01 = m[0][2] * m[1][2] - m[0][1] * m[2][2];
        const double c02 = m[0][1] * m[1][2] - m[0][2] * m[1][1];
        const double det = m[0][0] * c00 + m[0][1] * c01 + m[0][2] * c02;
        float* const inverse = belt->inverse[c];
        inverse[0] = (float)(c00 / det);
        inverse[1] = (float)(c01 / det);
        inverse[2] = (float)(c02 / det);
        inverse[3] = (float)((m[0][0] * m[2][2] - m[0][2] * m[0][2]) / det);
        inverse[4] = (float)((m[0][1] * m[0][2] - m[0][0] * m[1][2]) / det);
        inverse[5] = (float)((m[0][0] * m[1][1] - m[0][1] * m[0][1]) / det);
    }
}

BreathBelt* belt_new(const double rate)
{
    if (!(rate >= 100.0 && rate <= 1e6)) {
        return NULL;
    }
    BreathBelt* const belt = (BreathBelt*)calloc(1, sizeof *belt);
    if (!belt) {
        return NULL;
    }
    belt->rate = rate;
    belt->factor = (uint32_t)fmax(1.0, floor(rate / BELT_HZ));
    prepare(belt);
    belt_reset(belt);
    return belt;
}

void belt_free(BreathBelt* const belt)
{
    free(belt);
}

void belt_reset(BreathBelt* const belt)
{
    for (int i = 0; i < HISTORY; ++i) {
        belt->past[i] = 0.0f;
    }
    belt->filled = belt->newest = belt->samples = belt->turns = 0;
    belt->sum = belt->noise = belt->since_turn_s = belt->swing = belt->last_swing = 0.0f;
    belt->best = belt->turn_level = belt->regret = 0.0f;
    belt->best_ago = 0;
    belt->rising = true;
    belt->placing = false;
}

static float at(const BreathBelt* const belt, const uint32_t ago)
{
    return belt->past[(belt->newest + HISTORY - ago) % HISTORY];
}

static void restart(BreathBelt* const belt, const float level)
{
    belt->turns = 0;
    belt->swing = belt->last_swing = belt->since_turn_s = 0.0f;
    belt->best = belt->turn_level = level;
    belt->best_ago = 0;
    belt->placing = false;
}

static void begin_placing(BreathBelt* const belt)
{
    belt->placing = true;
    belt->kind = belt->rising ? BELT_HIGHEST : BELT_LOWEST;
    belt->centre_ago = belt->best_ago;
    belt->candidate = 0;
}

static float running_mean(const BreathBelt* const belt)
{
    float mean = 0.0f;
    for (uint32_t i = 0; i < SMOOTH; ++i) {
        mean += at(belt, i) / SMOOTH;
    }
    return mean;
}

// The highest (or lowest) of the running mean, and whether it has been left for good.
static void watch(BreathBelt* const belt)
{
    const float mean = running_mean(belt);
    const float rough = at(belt, SMOOTH / 2) - mean;
    belt->noise += 0.005f * (rough * rough - belt->noise); // 2 s
    const float sign = belt->rising ? 1.0f : -1.0f;
    ++belt->best_ago;
    belt->since_turn_s += 1.0f / (float)BELT_HZ;
    if (belt->since_turn_s > LONGEST_S || belt->best_ago > HISTORY - HALF - SEARCH - 2) {
        if (belt->since_turn_s > LONGEST_S) {
            restart(belt, mean);
        } else {
            belt->best = mean; // a long plateau: its end is the turn
            belt->best_ago = SMOOTH / 2;
        }
        return;
    }
    if (sign * (mean - belt->best) >= 0.0f) {
        belt->best = mean;
        belt->best_ago = SMOOTH / 2;
    }
    // It went on beyond the turn that was told before: that one was too early
    if (belt->turns > 0 && sign * (mean - belt->turn_level) < 0.0f) {
        const float regret = sign * (belt->best - belt->turn_level);
        belt->regret = fminf(fmaxf(belt->regret, regret), 0.2f * belt->swing);
        belt->turn_level = mean;
        belt->best = mean;
        belt->best_ago = SMOOTH / 2;
        return;
    }
    const float travel = sign * (belt->best - belt->turn_level);
    const float left = sign * (belt->best - mean);
    const float noise = sqrtf(belt->noise / SMOOTH);
    const float clear =
        fmaxf(fmaxf(CLEAR_SHARE * belt->swing, CLEAR_NOISE * noise), 1.5f * belt->regret);
    const float way = belt->turns > 1 ? TRAVEL_SHARE * belt->swing : 20.0f * noise;
    if (travel > way && left > clear && travel > 0.0f && left > 0.0f) {
        begin_placing(belt);
    }
}

static float misfit_of(const BreathBelt* const belt, const int candidate)
{
    const float level = at(belt, belt->centre_ago);
    float square = 0.0f;
    float b[3] = {0.0f};
    for (int i = -HALF; i <= HALF; ++i) {
        const float y = at(belt, (uint32_t)((int)belt->centre_ago - i)) - level;
        float left;
        float right;
        bends(i, candidate - SEARCH, &left, &right);
        square += y * y;
        b[0] += y;
        b[1] += y * left;
        b[2] += y * right;
    }
    const float* const m = belt->inverse[candidate];
    return square - (b[0] * (m[0] * b[0] + m[1] * b[1] + m[2] * b[2]) +
                     b[1] * (m[1] * b[0] + m[3] * b[1] + m[4] * b[2]) +
                     b[2] * (m[2] * b[0] + m[4] * b[1] + m[5] * b[2]));
}

// The work of a turn is spread over some samples.
static BeltTurn place(BreathBelt* const belt, uint32_t* const ago)
{
    ++belt->centre_ago;
    ++belt->best_ago;
    belt->since_turn_s += 1.0f / (float)BELT_HZ;
    if (belt->centre_ago < HALF) {
        return BELT_NOTHING; // the fit needs what comes after
    }
    for (int i = 0; i < AT_ONCE && belt->candidate < CANDIDATES; ++i, ++belt->candidate) {
        belt->misfit[belt->candidate] = misfit_of(belt, belt->candidate);
    }
    if (belt->candidate < CANDIDATES) {
        return BELT_NOTHING;
    }
    int best = SEARCH;
    for (int c = 0; c < CANDIDATES; ++c) {
        best = belt->misfit[c] < belt->misfit[best] ? c : best;
    }
    float off = 0.0f;
    if (best > 0 && best < CANDIDATES - 1) {
        const float before = belt->misfit[best - 1];
        const float after = belt->misfit[best + 1];
        const float bend = before - 2.0f * belt->misfit[best] + after;
        off = bend > 0.0f ? 0.5f * (before - after) / bend : 0.0f;
    }
    const double samples = (double)belt->centre_ago - (best - SEARCH) - (double)off;
    // A sample stands for the middle of its frames
    *ago = (uint32_t)lrint(fmax(samples * belt->factor + 0.5 * (belt->factor - 1), 0.0));
    return belt->kind;
}

static void turn_over(BreathBelt* const belt)
{
    if (belt->turns > 0) {
        belt->last_swing = fabsf(belt->best - belt->turn_level);
        const float gain = belt->turns > 1 ? SWING_GAIN : 1.0f;
        belt->swing += gain * (belt->last_swing - belt->swing);
    }
    belt->turns += belt->turns < 1000;
    belt->regret *= REGRET_KEEP;
    belt->turn_level = belt->best;
    belt->rising = !belt->rising;
    belt->since_turn_s = 0.0f;
    belt->placing = false;
    belt->best = running_mean(belt);
    belt->best_ago = SMOOTH / 2;
}

BeltTurn belt_frame(BreathBelt* const belt, const float value, uint32_t* const ago)
{
    belt->sum += value;
    if (++belt->filled < belt->factor) {
        return BELT_NOTHING;
    }
    float sample = belt->sum / (float)belt->factor;
    belt->filled = 0;
    belt->sum = 0.0f;
    if (!(fabsf(sample) <= LOUDEST)) { // NaN, too
        restart(belt, 0.0f);
        sample = 0.0f;
        belt->samples = 0;
    }
    belt->newest = (belt->newest + 1) % HISTORY;
    belt->past[belt->newest] = sample;
    if (belt->samples < HISTORY) {
        if (++belt->samples == HISTORY) {
            restart(belt, sample);
        }
        return BELT_NOTHING;
    }
    if (!belt->placing) {
        watch(belt);
        return BELT_NOTHING;
    }
    const BeltTurn turn = place(belt, ago);
    if (turn != BELT_NOTHING) {
        turn_over(belt);
        return belt->turns > 2 ? turn : BELT_NOTHING; // the first two may be half breaths
    }
    return BELT_NOTHING;
}

bool belt_alive(const BreathBelt* const belt)
{
    return belt->turns > 2;
}

float belt_depth(const BreathBelt* const belt)
{
    return belt->swing > 0.0f ? belt->last_swing / belt->swing : 0.0f;
}
