// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/cue.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846F
// Fades, s: gentle enough that nobody is startled
#define FADE_IN_S  2.0F
#define FADE_OUT_S 3.0F
// Time constant of the level, s, so that a new level is no jump
#define LEVEL_TAU_S 0.5F
// Colour of the waves: corner of the low-pass at empty and full lungs, Hz
#define WAVE_EMPTY_HZ 250.0F
#define WAVE_FULL_HZ  900.0F
// Rumble that nobody needs is taken off below, Hz
#define WAVE_LOW_HZ 70.0F
// The tone rises by a fifth, in semitones
#define TONE_RISE 7.0F
// Second and third partial of the tone: -12 dB per octave, as soft as a flute
#define PARTIAL_2        0.25F
#define PARTIAL_3        0.11F
#define DEFAULT_LEVEL_DB (-36.0F)
#define DEFAULT_ROOT_HZ  220.0F
#define TINY             1e-20F
#define SEED             0x9E3779B9U

enum { KINDS = 3 };

struct Cue {
    float rate;
    CueKind kind;
    bool playing;
    float level_db, root_hz;
    float fade[KINDS], fade_step[KINDS]; // 0..1 per kind, per frame
    uint32_t place;                      // frames into the tick
    float level;                         // slewed, linear RMS
    float gain, gain_step;               // of the breath and level, linear
    float keep, keep_step;               // of the wave's low-pass
    float shape, shape_step;             // makes the wave's RMS one
    float high_keep;
    uint32_t random[2];
    float low_1[2], low_2[2], high[2];
    float re, im, turn_re, turn_im; // of the tone's fundamental
    bool third, second;             // partials that fit below half the rate
};

Cue* cue_new(const double rate)
{
    if (!(rate >= 1000.0 && rate <= 1e6)) {
        return NULL;
    }
    Cue* const c = (Cue*)calloc(1, sizeof(Cue));
    if (c) {
        c->rate = (float)rate;
        c->level_db = DEFAULT_LEVEL_DB;
        c->root_hz = DEFAULT_ROOT_HZ;
        cue_reset(c);
    }
    return c;
}

void cue_free(Cue* const c)
{
    free(c);
}

// What the low-pass (two equal poles) keeps per frame, and the gain that brings its noise to RMS
// one
static void colour(const Cue* const c, const float fullness, float* const keep, float* const shape)
{
    const float corner =
        fminf(WAVE_EMPTY_HZ + fullness * (WAVE_FULL_HZ - WAVE_EMPTY_HZ), 0.2F * c->rate);
    *keep = expf(-2.0F * PI * corner / c->rate);
    // Power gain of ((1-k) / (1-k/z))^2 for white noise: (1-k)^4 (1+k^2) / (1-k^2)^3
    const float k = *keep;
    const float one = 1.0F - k;
    const float square = 1.0F - k * k;
    const float power = one * one * one * one * (1.0F + k * k) / (square * square * square);
    *shape = sqrtf(3.0F / power); // uniform noise in -1..1 has the power 1/3
}

void cue_reset(Cue* const c)
{
    for (int i = 0; i < KINDS; ++i) {
        c->fade[i] = c->fade_step[i] = 0.0F;
    }
    c->level = powf(10.0F, c->level_db / 20.0F);
    c->place = 0U;
    c->gain = c->gain_step = 0.0F;
    colour(c, 0.0F, &c->keep, &c->shape);
    c->keep_step = c->shape_step = 0.0F;
    c->high_keep = expf(-2.0F * PI * WAVE_LOW_HZ / c->rate);
    for (uint32_t i = 0; i < 2U; ++i) {
        c->random[i] = SEED * (i + 1U);
        c->low_1[i] = c->low_2[i] = c->high[i] = 0.0F;
    }
    c->re = 1.0F;
    c->im = 0.0F;
    c->turn_re = 1.0F;
    c->turn_im = 0.0F;
    c->second = c->third = true;
}

void cue_set_kind(Cue* const c, const CueKind kind)
{
    c->kind = kind == CUE_WAVES || kind == CUE_TONE ? kind : CUE_SILENT;
}

void cue_set_level(Cue* const c, const float level_db)
{
    if (isfinite(level_db)) {
        c->level_db = fmaxf(-60.0F, fminf(-12.0F, level_db));
    }
}

void cue_set_root(Cue* const c, const float hz)
{
    if (isfinite(hz)) {
        c->root_hz = fmaxf(55.0F, fminf(440.0F, hz));
    }
}

void cue_set_playing(Cue* const c, const bool playing)
{
    c->playing = playing;
}

void cue_aim(Cue* const c, const float fullness, const float swing_db)
{
    const float tick = (float)CUE_TICK;
    const float gone = (float)c->place;
    const float full = fmaxf(0.0F, fminf(1.0F, fullness));

    c->place = 0U;
    c->gain += gone * c->gain_step;
    c->keep += gone * c->keep_step;
    c->shape += gone * c->shape_step;
    for (int i = 0; i < KINDS; ++i) {
        c->fade[i] += gone * c->fade_step[i];
        const bool wanted = c->playing && (int)c->kind == i;
        const float way = wanted ? 1.0F - c->fade[i] : -c->fade[i];
        const float most = tick / (c->rate * (wanted ? FADE_IN_S : FADE_OUT_S));
        c->fade_step[i] = fmaxf(-most, fminf(most, way)) / tick;
        if (!wanted && c->fade[i] < 1e-6F) {
            c->fade[i] = c->fade_step[i] = 0.0F;
        }
    }

    bool heard = false;
    for (int i = CUE_WAVES; i < KINDS; ++i) {
        heard = heard || c->fade[i] > 0.0F || c->fade_step[i] > 0.0F;
    }
    if (!heard) {
        c->gain_step = c->keep_step = c->shape_step = 0.0F;
        return; // nothing sounds: the ramps wait where they are
    }

    const float wanted_level = powf(10.0F, c->level_db / 20.0F);
    c->level += (wanted_level - c->level) * fminf(1.0F, tick / (LEVEL_TAU_S * c->rate));
    const float gain = c->level * powf(10.0F, -swing_db * (1.0F - full) / 20.0F);
    c->gain_step = (gain - c->gain) / tick;

    float keep = 0.0F;
    float shape = 0.0F;
    colour(c, full, &keep, &shape);
    c->keep_step = (keep - c->keep) / tick;
    c->shape_step = (shape - c->shape) / tick;

    const float hz = fminf(c->root_hz * exp2f(TONE_RISE * full / 12.0F), 0.4F * c->rate);
    c->second = 2.0F * hz < 0.45F * c->rate;
    c->third = 3.0F * hz < 0.45F * c->rate;
    c->turn_re = cosf(2.0F * PI * hz / c->rate);
    c->turn_im = sinf(2.0F * PI * hz / c->rate);
    // Back onto the unit circle
    const float length = sqrtf(c->re * c->re + c->im * c->im);
    c->re = length > 0.1F ? c->re / length : 1.0F;
    c->im = length > 0.1F ? c->im / length : 0.0F;

    for (int i = 0; i < 2; ++i) {
        if (fabsf(c->low_1[i]) < TINY) {
            c->low_1[i] = 0.0F;
        }
        if (fabsf(c->low_2[i]) < TINY) {
            c->low_2[i] = 0.0F;
        }
        if (fabsf(c->high[i]) < TINY) {
            c->high[i] = 0.0F;
        }
    }
}

// Next sample of the waves of one side; times shape its RMS is one
static inline float wave(Cue* const c, const int side, const float keep)
{
    uint32_t r = c->random[side];
    r ^= r << 13U;
    r ^= r >> 17U;
    r ^= r << 5U;
    c->random[side] = r;
    const float white = (float)(int32_t)r * (1.0F / 2147483648.0F);
    c->low_1[side] += (1.0F - keep) * (white - c->low_1[side]);
    c->low_2[side] += (1.0F - keep) * (c->low_1[side] - c->low_2[side]);
    c->high[side] += (1.0F - c->high_keep) * (c->low_2[side] - c->high[side]);
    return c->low_2[side] - c->high[side];
}

// Next sample of the tone, RMS about one
static inline float tone(Cue* const c)
{
    const float re = c->re * c->turn_re - c->im * c->turn_im;
    const float im = c->re * c->turn_im + c->im * c->turn_re;
    c->re = re;
    c->im = im;
    const float sin2 = 2.0F * re * im;
    const float sin3 = im * (3.0F - 4.0F * im * im);
    return 1.3F *
           (im + (c->second ? PARTIAL_2 * sin2 : 0.0F) + (c->third ? PARTIAL_3 * sin3 : 0.0F));
}

void cue_add(Cue* const c, float* const left, float* const right, const uint32_t n)
{
    const bool waves = c->fade[CUE_WAVES] > 0.0F || c->fade_step[CUE_WAVES] > 0.0F;
    const bool tones = c->fade[CUE_TONE] > 0.0F || c->fade_step[CUE_TONE] > 0.0F;
    const uint32_t place = c->place;
    c->place += n;
    if (!waves && !tones) {
        return;
    }
    for (uint32_t i = 0; i < n; ++i) {
        // By the place in the tick, not by summing up: the same whatever the blocks
        const float way = (float)(place + i);
        const float gain = c->gain + way * c->gain_step;
        float sum[2] = {0.0F, 0.0F};
        if (waves) {
            // Squared, the fade sets in softly
            const float fade = c->fade[CUE_WAVES] + way * c->fade_step[CUE_WAVES];
            const float keep = c->keep + way * c->keep_step;
            const float loud = fade * fade * (c->shape + way * c->shape_step);
            sum[0] += loud * wave(c, 0, keep);
            sum[1] += loud * wave(c, 1, keep);
        }
        if (tones) {
            const float fade = c->fade[CUE_TONE] + way * c->fade_step[CUE_TONE];
            const float x = fade * fade * tone(c);
            sum[0] += x;
            sum[1] += x;
        }
        if (left) {
            left[i] += gain * sum[0];
        }
        if (right) {
            right[i] += gain * sum[1];
        }
    }
}
