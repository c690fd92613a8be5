// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/swell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846F
// Frames between two points of the gain curve; the gain goes linearly between them
#define TICK 32U
// Corner between bass and treble for the tilt, Hz
#define TILT_HZ 1000.0F
// Depth and tilt follow their controls with this time constant, s
#define CONTROL_TAU_S 0.3F
// The breath fades in and out of the music within about 4 s (time constant)
#define LOCK_TAU_S 1.3F
// A correction of the phase is spread over this time constant, s
#define CORRECT_TAU_S 0.35F
// Length of a half breath before one was heard, s (4 s in, 6 s out)
#define FIRST_IN_S  4.0F
#define FIRST_OUT_S 6.0F
// Half breaths longer or shorter than this are not breaths, s
#define SHORTEST_S 0.4F
#define LONGEST_S  30.0F
// No breath for so many times the usual half breath, and for so long, s: the breath is lost
#define LOST_TIMES 2.5F
#define LOST_S     12.0F
// Depth below which the music passes untouched, dB (far below what is heard)
#define NOTHING_DB 1e-3F
#define MAX_DB     6.0F
#define TINY       1e-20F
// Beyond this no sample is music (full scale = 1)
#define LARGEST 1e6F

struct Swell {
    float rate;
    float depth_db, tilt_db;   // as set
    float depth_now, tilt_now; // slewed
    float presence;            // 0 music plain .. 1 breathing
    bool heard, locked;
    bool inhaling;
    uint64_t since;            // frames since the last in- or out-breath began
    float in_s, out_s;         // expected lengths
    float offset;              // of the phase, fades
    float phase;               // with offset, 0..1
    uint32_t in_tick;          // frames into the tick
    float gain, gain_step;     // linear
    float treble, treble_step; // linear gain of the treble over the bass
    bool passing;              // nothing is done to the music
    float low_keep;
    float low[2]; // bass of both sides
};

Swell* swell_new(const double rate)
{
    if (!(rate >= 1000.0 && rate <= 1e6)) {
        return NULL;
    }
    Swell* const s = (Swell*)calloc(1, sizeof(Swell));
    if (s) {
        s->rate = (float)rate;
        s->depth_db = 3.0F;
        s->tilt_db = 3.0F;
        swell_reset(s);
    }
    return s;
}

void swell_free(Swell* const s)
{
    free(s);
}

void swell_reset(Swell* const s)
{
    s->depth_now = s->depth_db;
    s->tilt_now = s->tilt_db;
    s->presence = 0.0F;
    s->heard = s->locked = s->inhaling = false;
    s->since = 0U;
    s->in_s = FIRST_IN_S;
    s->out_s = FIRST_OUT_S;
    s->offset = s->phase = 0.0F;
    s->in_tick = 0U;
    s->gain = s->treble = 1.0F;
    s->gain_step = s->treble_step = 0.0F;
    s->passing = true;
    s->low_keep = expf(-2.0F * PI * fminf(TILT_HZ, 0.2F * s->rate) / s->rate);
    s->low[0] = s->low[1] = 0.0F;
}

void swell_set_depth(Swell* const s, const float depth_db)
{
    if (isfinite(depth_db)) {
        s->depth_db = fmaxf(0.0F, fminf(MAX_DB, depth_db));
    }
}

void swell_set_tilt(Swell* const s, const float tilt_db)
{
    if (isfinite(tilt_db)) {
        s->tilt_db = fmaxf(0.0F, fminf(MAX_DB, tilt_db));
    }
}

// Phase by the clock alone: the in-breath takes the first half, the out-breath the second; it waits
// at their ends
static float clock_phase(const Swell* const s)
{
    const float seconds = (float)((double)s->since / (double)s->rate);
    return s->inhaling ? 0.5F * fminf(1.0F, seconds / s->in_s)
                       : 0.5F + 0.5F * fminf(1.0F, seconds / s->out_s);
}

static float wrapped(float phase)
{
    phase -= floorf(phase);
    return phase < 1.0F ? phase : 0.0F;
}

void swell_breath(Swell* const s, const bool inhaling)
{
    if (s->heard && inhaling == s->inhaling) {
        return; // said twice
    }
    const float before = wrapped(clock_phase(s) + s->offset);
    if (s->heard) {
        const float seconds = (float)((double)s->since / (double)s->rate);
        if (seconds > SHORTEST_S && seconds < LONGEST_S) {
            // The newest length counts most: breaths resemble their neighbours
            float* const expected = s->inhaling ? &s->in_s : &s->out_s;
            *expected += (s->locked ? 0.5F : 1.0F) * (seconds - *expected);
        }
    }
    s->inhaling = inhaling;
    s->since = 0U;
    if (s->heard && s->locked) {
        // What the phase was wrong by fades, so that the gain never jumps
        float error = before - clock_phase(s);
        error -= floorf(error + 0.5F);
        s->offset = error;
    } else if (s->presence < 0.01F) {
        s->offset = 0.0F;
    }
    s->heard = true;
    s->locked = true;
}

static void tick(Swell* const s)
{
    const float tick_s = (float)TICK / s->rate;
    const float lost_s = fmaxf(LOST_S, LOST_TIMES * (s->inhaling ? s->in_s : s->out_s));
    if (s->heard && (float)((double)s->since / (double)s->rate) > lost_s) {
        s->locked = false;
    }
    // While nothing of it is heard, what is set holds at once: a swell that is off from the start
    // must not fade away from its default
    const float control = s->presence > 0.0F ? 1.0F - expf(-tick_s / CONTROL_TAU_S) : 1.0F;
    s->depth_now += control * (s->depth_db - s->depth_now);
    s->tilt_now += control * (s->tilt_db - s->tilt_now);
    if (s->depth_db <= 0.0F && s->depth_now < NOTHING_DB) {
        s->depth_now = 0.0F;
    }
    s->presence += (1.0F - expf(-tick_s / LOCK_TAU_S)) * ((s->locked ? 1.0F : 0.0F) - s->presence);
    if (s->presence < 1e-4F && !s->locked) {
        s->presence = 0.0F;
    }
    s->offset *= expf(-tick_s / CORRECT_TAU_S);
    if (fabsf(s->offset) < 1e-6F) {
        s->offset = 0.0F;
    }
    s->phase = wrapped(clock_phase(s) + s->offset);

    const float emptiness = 0.5F + 0.5F * cosf(2.0F * PI * s->phase);
    const float depth_db = s->depth_now * s->presence;
    const float gain = depth_db > 0.0F ? powf(10.0F, -depth_db * emptiness / 20.0F) : 1.0F;
    const float tilt_db = s->tilt_now * depth_db / MAX_DB;
    const float treble = tilt_db > 0.0F ? powf(10.0F, -tilt_db * emptiness / 20.0F) : 1.0F;
    s->passing =
        gain == 1.0F && s->gain == 1.0F && treble == 1.0F && s->treble == 1.0F && depth_db <= 0.0F;
    s->gain_step = (gain - s->gain) / (float)TICK;
    s->treble_step = (treble - s->treble) / (float)TICK;
    if (depth_db <= 0.0F && fabsf(gain - s->gain) < 1e-6F && fabsf(treble - s->treble) < 1e-6F) {
        // Land on one exactly, so that the samples pass bit for bit from now on
        s->gain = s->treble = 1.0F;
        s->gain_step = s->treble_step = 0.0F;
        s->passing = true;
    }
    for (int i = 0; i < 2; ++i) {
        if (fabsf(s->low[i]) < TINY) {
            s->low[i] = 0.0F;
        }
    }
}

// Wild input becomes silence; all that music can be passes bit for bit
static inline float tame(const float x)
{
    return x > -LARGEST && x < LARGEST ? x : 0.0F;
}

void swell_process(Swell* const s, const float* const in_left, const float* const in_right,
                   float* const out_left, float* const out_right, const uint32_t n)
{
    const float take = 1.0F - s->low_keep;
    for (uint32_t done = 0; done < n;) {
        if (!s->in_tick) {
            tick(s);
        }
        const uint32_t left = TICK - s->in_tick;
        const uint32_t m = left < n - done ? left : n - done;
        for (uint32_t i = done; i < done + m; ++i) {
            const float l = tame(in_left[i]);
            const float r = tame(in_right[i]);
            s->low[0] += take * (l - s->low[0]);
            s->low[1] += take * (r - s->low[1]);
            if (s->passing) {
                out_left[i] = l;
                out_right[i] = r;
            } else {
                out_left[i] = s->gain * (s->low[0] + s->treble * (l - s->low[0]));
                out_right[i] = s->gain * (s->low[1] + s->treble * (r - s->low[1]));
                s->gain += s->gain_step;
                s->treble += s->treble_step;
            }
        }
        s->since += m;
        s->in_tick = (s->in_tick + m) % TICK;
        done += m;
    }
}

SwellState swell_state(const Swell* const s)
{
    const SwellState state = {s->phase, 20.0F * log10f(fmaxf(s->gain, 1e-6F)), s->locked};
    return state;
}
