// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/sinebank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.28318530717958647692

#define SINES   3   // of a partial: middle, left, right
#define TWIN_HZ 0.1 // partials closer than this are of the same pitch

// Four successive samples in one vector register (gcc and clang, any processor)
typedef float Four __attribute__((vector_size(16)));

typedef struct {
    Four c, s;    // amplitude x (cos, sin) of four successive frames
    float turn_c; // rotation and growth from one group of four frames to the next
    float turn_s; //
    float level;  // amplitude that lane 0 should have now
} Sine;

typedef struct {
    Sine sine[SINES];
    double hz;           // for which the rotation below was computed
    double w;            // radians per frame
    double cos_w, sin_w; // of the middle sine, per frame
    bool sounds;
} Partial;

struct Sinebank {
    double rate;
    float slowest, fastest; // factors of an amplitude within a stride
    uint32_t n;
    Partial partial[]; // n elements
};

Sinebank* sinebank_new(double rate, uint32_t partials)
{
    // Vectors want 16 bytes; malloc gives that much on all 64-bit systems, but say so.
    const size_t size = sizeof(Sinebank) + partials * sizeof(Partial);
    Sinebank* const bank = (Sinebank*)aligned_alloc(16, (size + 15) / 16 * 16);
    if (!bank) {
        return NULL;
    }
    memset(bank, 0, size);
    bank->rate = rate;
    bank->n = partials;
    const double stride_s = SINEBANK_BLOCK * SINEBANK_STRIDE / rate;
    bank->fastest = (float)pow(10.0, SINEBANK_SLEW_DB_PER_S * stride_s / 20.0);
    bank->slowest = 1.0f / bank->fastest;
    return bank;
}

void sinebank_free(Sinebank* bank)
{
    free(bank);
}

void sinebank_reset(Sinebank* bank)
{
    memset(bank->partial, 0, bank->n * sizeof(Partial));
}

bool sinebank_sounds(const Sinebank* bank, uint32_t index)
{
    return bank->partial[index].sounds;
}

// Phase at which a sine begins, in turns: the golden ratio's multiples spread evenly, so that the
// peaks of the partials do not pile up.
static double first_phase(uint32_t index)
{
    return fmod(0.6180339887498949 * (index + 1), 1.0);
}

// The loudest partial of the same pitch that sounds already, or NULL.
static const Partial* twin_of(const Sinebank* bank, uint32_t index, double hz)
{
    const Partial* twin = NULL;
    for (uint32_t i = 0; i < bank->n; ++i) {
        const Partial* const other = &bank->partial[i];
        if (i != index && other->sounds && fabs(other->hz - hz) < TWIN_HZ &&
            (!twin || other->sine[0].level > twin->sine[0].level)) {
            twin = other;
        }
    }
    return twin;
}

// Beside a twin a partial begins a quarter turn away: then their powers add, and a crossfade
// between the two neither bulges nor dips.
static void begin(Sinebank* bank, uint32_t index, double hz)
{
    Partial* const partial = &bank->partial[index];
    const Partial* const twin = twin_of(bank, index, hz);
    for (uint32_t k = 0; k < SINES; ++k) {
        Sine* const sine = &partial->sine[k];
        const double phase = TWO_PI * first_phase(index * SINES + k);
        double c = cos(phase), s = sin(phase);
        if (twin) {
            c = -(double)twin->sine[k].s[0] / (double)twin->sine[k].level;
            s = (double)twin->sine[k].c[0] / (double)twin->sine[k].level;
        }
        sine->level = SINEBANK_FLOOR;
        sine->c[0] = (float)(SINEBANK_FLOOR * c);
        sine->s[0] = (float)(SINEBANK_FLOOR * s);
    }
    partial->sounds = true;
}

// Gives a sine its rotation (cos_w, sin_w per frame) and its way to the amplitude `goal`.
static void steer(Sine* sine, const Sinebank* bank, double cos_w, double sin_w, float goal)
{
    const float wanted = fmaxf(goal, SINEBANK_FLOOR) / sine->level;
    const float factor = fminf(fmaxf(wanted, bank->slowest), bank->fastest);
    // factor^(1/frames): factor is near 1, but not near enough for a short series at low rates
    const double frames = SINEBANK_BLOCK * SINEBANK_STRIDE;
    const double growth = factor == 1.0f ? 1.0 : exp(log((double)factor) / frames);

    // Rounding lets the amplitude drift by about 1e-6 in a stride: set it right.
    const double c0 = (double)sine->c[0], s0 = (double)sine->s[0];
    const double right = (double)sine->level / sqrt(c0 * c0 + s0 * s0);
    double c = c0 * right, s = s0 * right;
    const double turn_c = cos_w * growth, turn_s = sin_w * growth;
    for (int lane = 0; lane < 4; ++lane) {
        sine->c[lane] = (float)c;
        sine->s[lane] = (float)s;
        const double next_c = c * turn_c - s * turn_s;
        s = s * turn_c + c * turn_s;
        c = next_c;
    }
    const double c2 = turn_c * turn_c - turn_s * turn_s, s2 = 2.0 * turn_c * turn_s;
    sine->turn_c = (float)(c2 * c2 - s2 * s2);
    sine->turn_s = (float)(2.0 * c2 * s2);
    sine->level *= factor;
}

void sinebank_set(Sinebank* bank, uint32_t index, const SinebankPartial* to)
{
    Partial* const partial = &bank->partial[index];
    if (!partial->sounds) {
        if (!(to->amplitude > SINEBANK_FLOOR)) {
            return;
        }
        begin(bank, index, to->hz);
    }
    if (to->hz != partial->hz) {
        partial->hz = to->hz;
        partial->w = TWO_PI * to->hz / bank->rate;
        partial->cos_w = cos(partial->w);
        partial->sin_w = sin(partial->w);
    }
    // The partners are a small rotation away: two terms of the series are exact to 1e-12.
    const double d = TWO_PI * (double)to->spread_hz / bank->rate;
    const double cos_d = 1.0 - d * d * (0.5 - d * d / 24.0);
    const double sin_d = d * (1.0 - d * d / 6.0);
    const double cc = partial->cos_w * cos_d, ss = partial->sin_w * sin_d;
    const double sc = partial->sin_w * cos_d, cs = partial->cos_w * sin_d;
    const float beside = to->amplitude * to->partners;
    steer(&partial->sine[0], bank, partial->cos_w, partial->sin_w, to->amplitude);
    steer(&partial->sine[1], bank, cc - ss, sc + cs, beside);
    steer(&partial->sine[2], bank, cc + ss, sc - cs, beside);
    if (partial->sine[0].level <= 1.001f * SINEBANK_FLOOR && !(to->amplitude > SINEBANK_FLOOR)) {
        partial->sounds = false;
    }
}

static inline void turn(Four* c, Four* s, Four turn_c, Four turn_s)
{
    const Four next = *c * turn_c - *s * turn_s;
    *s = *s * turn_c + *c * turn_s;
    *c = next;
}

static inline Four all(float x)
{
    return (Four){x, x, x, x};
}

void sinebank_process(Sinebank* bank, float* middle, float* left, float* right)
{
    Four* const restrict m = (Four*)middle;
    Four* const restrict l = (Four*)left;
    Four* const restrict r = (Four*)right;
    memset(middle, 0, SINEBANK_BLOCK * sizeof(float));
    memset(left, 0, SINEBANK_BLOCK * sizeof(float));
    memset(right, 0, SINEBANK_BLOCK * sizeof(float));
    for (uint32_t i = 0; i < bank->n; ++i) {
        Partial* const partial = &bank->partial[i];
        if (!partial->sounds) {
            continue;
        }
        Four c0 = partial->sine[0].c, s0 = partial->sine[0].s;
        Four c1 = partial->sine[1].c, s1 = partial->sine[1].s;
        Four c2 = partial->sine[2].c, s2 = partial->sine[2].s;
        const Four tc0 = all(partial->sine[0].turn_c), ts0 = all(partial->sine[0].turn_s);
        const Four tc1 = all(partial->sine[1].turn_c), ts1 = all(partial->sine[1].turn_s);
        const Four tc2 = all(partial->sine[2].turn_c), ts2 = all(partial->sine[2].turn_s);
        for (int k = 0; k < SINEBANK_BLOCK / 4; ++k) {
            m[k] += s0;
            l[k] += s1;
            r[k] += s2;
            turn(&c0, &s0, tc0, ts0);
            turn(&c1, &s1, tc1, ts1);
            turn(&c2, &s2, tc2, ts2);
        }
        partial->sine[0].c = c0;
        partial->sine[0].s = s0;
        partial->sine[1].c = c1;
        partial->sine[1].s = s1;
        partial->sine[2].c = c2;
        partial->sine[2].s = s2;
    }
}
