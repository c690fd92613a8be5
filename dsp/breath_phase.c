// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_phase.h"

#include <math.h>
#include <string.h>

#define TWO_PI 6.28318530717958648

// RR is longest this many turns after the start of the in-breath at 0 Hz; the lag is a delay of so
// many s, less when the heart is slow, and more for a pulse, which comes after the R peak. Straight
// line through the belts of eight people at 14..20 breaths per min; it meets the opposition that is
// known at 0.1 Hz (Angelone & Coulter 1964).
#define RR_LAG_TURNS  1.08
#define RR_DELAY_S    0.65
#define PULSE_DELAY_S 0.30
#define RR_PER_S      0.185 // turns per s of interval
#define USUAL_RR_S    0.95
// A shape's lag is learned over about this many beats.
#define LAG_BEATS 80.0
// A steadiness below this is chance.
#define LEAST_STEADY 0.05
#define MOST_WEIGHT  30.0f // breaths; what is learned later still counts

// Where the shapes' maxima lie after the start of the in-breath, and how far that holds for all:
// height, level, mean. Pulse: eight people's belts. ECG: differs with lead and body.
static const double usual_lag[2][BANK_SHAPES] = {{0.15, 0.28, 0.12}, {0.96, 0.36, 0.35}};
static const double usual_steady[2][BANK_SHAPES] = {{0.1, 0.1, 0.1}, {0.4, 0.4, 0.3}};

void phase_init(BreathPhase* const phase)
{
    memset(phase, 0, sizeof *phase);
    phase_reset(phase);
}

static void usual(BreathPhase* const phase, const ShapeKind kind)
{
    const int row = kind == SHAPE_PPG;
    phase->kind = kind;
    for (int s = 0; s < BANK_SHAPES; ++s) {
        phase->re[s] = usual_steady[row][s] * cos(TWO_PI * usual_lag[row][s]);
        phase->im[s] = usual_steady[row][s] * sin(TWO_PI * usual_lag[row][s]);
    }
}

void phase_reset(BreathPhase* const phase)
{
    usual(phase, SHAPE_UNKNOWN);
    phase->at_beat = 0.0;
}

static int band_of(const double rate_per_min)
{
    return rate_per_min < 8.0 ? 0 : rate_per_min < 13.0 ? 1 : 2;
}

double phase_from_bank(BreathPhase* const phase, const BankResult* const result, const double rr_s,
                       const double rr_mean_s, const ShapeKind kind)
{
    if (kind != phase->kind) {
        usual(phase, kind);
    }
    const double hz = (double)result->rate_per_min / 60.0;
    // A difference leads by a quarter and sits half an interval back
    const double delay_s = RR_DELAY_S + (kind == SHAPE_PPG ? PULSE_DELAY_S : 0.0);
    const double lag = RR_LAG_TURNS - delay_s * hz - RR_PER_S * (rr_mean_s - USUAL_RR_S);
    const double rr = (double)result->source[0].phase_turns - 0.25 + 0.5 * hz * rr_s - lag;
    double weight[BANK_SOURCES];
    double turns[BANK_SOURCES];
    double re = 0.0;
    double im = 0.0;
    double sum = 0.0;
    for (int i = 0; i < BANK_SOURCES; ++i) {
        double steady = 1.0;
        turns[i] = rr;
        if (i > 0) {
            const double a = phase->re[i - 1];
            const double b = phase->im[i - 1];
            steady = sqrt(a * a + b * b);
            steady = steady < LEAST_STEADY ? 0.0 : steady * steady;
            turns[i] = (double)result->source[i].phase_turns - atan2(b, a) / TWO_PI;
        }
        weight[i] = ((double)result->source[i].support + 1e-6) * steady;
        re += weight[i] * cos(TWO_PI * turns[i]);
        im += weight[i] * sin(TWO_PI * turns[i]);
        sum += weight[i];
    }
    phase->at_beat = atan2(im, re) / TWO_PI;
    for (int i = 1; i < BANK_SOURCES; ++i) {
        // Learn a shape's lag from the others, as far as it has a rhythm itself
        const double others = sum > 0.0 ? 1.0 - weight[i] / sum : 0.0;
        const double own = fmin((double)result->source[i].support / 5.0, 1.0);
        const double gain = others * own * (double)result->confidence / LAG_BEATS;
        const double angle = TWO_PI * ((double)result->source[i].phase_turns - phase->at_beat);
        phase->re[i - 1] += gain * (cos(angle) - phase->re[i - 1]);
        phase->im[i - 1] += gain * (sin(angle) - phase->im[i - 1]);
    }
    return phase->at_beat +
           (double)phase->memory.offset_turns[band_of((double)result->rate_per_min)];
}

void phase_learn(BreathPhase* const phase, const double rate_per_min, const double ahead,
                 const double least_gain)
{
    const int band = band_of(rate_per_min);
    float* const weight = &phase->memory.weight[band];
    float* const offset = &phase->memory.offset_turns[band];
    const double away = ahead - (double)*offset;
    const double gain = fmax(1.0 / ((double)*weight + 1.0), least_gain);
    const double moved = (double)*offset + gain * (away - floor(away + 0.5));
    *offset = (float)(moved - floor(moved + 0.5));
    *weight = fminf(*weight + 1.0f, MOST_WEIGHT);
}

void phase_set_memory(BreathPhase* const phase, const BreathMemory* const memory)
{
    for (int i = 0; i < BREATH_BANDS; ++i) {
        const float offset = memory->offset_turns[i];
        const float weight = memory->weight[i];
        if (fabsf(offset) <= 1.0f && weight >= 0.0f && weight <= 1e6f) {
            phase->memory.offset_turns[i] = offset - floorf(offset + 0.5f);
            phase->memory.weight[i] = fminf(weight, MOST_WEIGHT);
        }
    }
}
