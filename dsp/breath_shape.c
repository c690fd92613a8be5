// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_shape.h"

#include <math.h>
#include <stdlib.h>

#define HISTORY_HZ  250.0 // an R wave of 40 ms spans ten samples
#define HISTORY     512   // samples, about 2 s; a power of two
#define LOUDEST     1e6f  // what is beyond is no signal
#define KIND_MEMORY 0.1f  // share of a new beat in the running decisions
#define R_REACH_S   0.05  // an R wave and its neighbours lie within
#define BEFORE_R_S  0.11  // the level before an R wave: from here
#define UNTIL_R_S   0.06  // to here, between P and Q (Task Force: PQ segment)
#define PULSE_S     0.30  // foot and top of a pulse lie within, before and after mid-upslope

struct BreathShapeImpl {
    double rate;     // frames/s
    uint32_t factor; // frames per history sample
    double hz;       // of the history
    uint32_t filled; // frames in the sum
    float sum;
    float past[HISTORY];
    uint32_t newest;  // index of the newest sample
    uint32_t samples; // since reset, saturating
    uint32_t bad;     // samples since which the history is not sound any more: counts down
    double mean_sum;  // since the last shape
    uint32_t mean_n;
    bool mean_sound;
    float sharpness; // running: 1 the beat lies on an extreme, 0 half-way
    float uprightness;
    uint32_t judged;
    ShapeKind set;
};

BreathShape* shape_new(const double rate)
{
    if (!(rate >= 100.0 && rate <= 1e6)) {
        return NULL;
    }
    BreathShape* const shape = (BreathShape*)calloc(1, sizeof *shape);
    if (!shape) {
        return NULL;
    }
    shape->rate = rate;
    shape->factor = (uint32_t)fmax(1.0, floor(rate / HISTORY_HZ));
    shape->hz = rate / shape->factor;
    shape_reset(shape);
    return shape;
}

void shape_free(BreathShape* const shape)
{
    free(shape);
}

void shape_reset(BreathShape* const shape)
{
    shape->filled = shape->samples = shape->newest = shape->bad = shape->judged = 0;
    shape->sum = shape->sharpness = shape->uprightness = 0.0f;
    shape->mean_sum = 0.0;
    shape->mean_n = 0;
    shape->mean_sound = false;
    for (int i = 0; i < HISTORY; ++i) {
        shape->past[i] = 0.0f;
    }
}

void shape_set_kind(BreathShape* const shape, const ShapeKind kind)
{
    shape->set = kind;
}

ShapeKind shape_kind(const BreathShape* const shape)
{
    if (shape->set != SHAPE_UNKNOWN) {
        return shape->set;
    }
    if (shape->judged < 3) {
        return SHAPE_UNKNOWN;
    }
    return shape->sharpness > 0.5f ? SHAPE_ECG : SHAPE_PPG;
}

static void push(BreathShape* const shape, float value)
{
    if (!(fabsf(value) <= LOUDEST)) { // NaN, too
        value = shape->past[shape->newest];
        shape->bad = HISTORY;
        shape->mean_sound = false;
    }
    shape->newest = (shape->newest + 1) % HISTORY;
    shape->past[shape->newest] = value;
    shape->mean_sum += (double)value;
    ++shape->mean_n;
    shape->samples += shape->samples < HISTORY;
    shape->bad -= shape->bad > 0;
}

void shape_process(BreathShape* const shape, const float* const in, const uint32_t n)
{
    if (shape->factor == 1) {
        for (uint32_t i = 0; i < n; ++i) {
            push(shape, in[i] + 0.0f); // as a sum of one: no negative zero
        }
        return;
    }
    for (uint32_t i = 0; i < n; ++i) {
        shape->sum += in[i];
        if (++shape->filled == shape->factor) {
            push(shape, shape->sum / (float)shape->factor);
            shape->sum = 0.0f;
            shape->filled = 0;
        }
    }
}

static float at(const BreathShape* const shape, const int ago)
{
    return shape->past[(shape->newest + (uint32_t)(HISTORY - ago)) % HISTORY];
}

typedef struct {
    float low, high, mean;
} Span;

// Samples from `first` to `last` ago, first >= last >= 0.
static Span span(const BreathShape* const shape, const int first, const int last)
{
    Span all = {at(shape, last), at(shape, last), 0.0f};
    for (int i = last; i <= first; ++i) {
        const float value = at(shape, i);
        all.low = fminf(all.low, value);
        all.high = fmaxf(all.high, value);
        all.mean += value;
    }
    all.mean /= (float)(first - last + 1);
    return all;
}

static void judge_kind(BreathShape* const shape, const int beat, const int pulse, const int r)
{
    const Span near = span(shape, beat + r, beat - r);
    const float range = near.high - near.low;
    if (!(range > 0.0f)) {
        return;
    }
    // The beat may be a sample off: take the more extreme of three
    const Span here = span(shape, beat + 1, beat - 1);
    const float middle = 0.5f * (near.low + near.high);
    const float extreme = fmaxf(here.high - middle, middle - here.low) / (0.5f * range);
    const Span before = span(shape, beat + pulse / 4, beat + 1);
    const Span after = span(shape, beat - 1, beat - pulse / 4);
    const float up = after.mean > before.mean ? 1.0f : -1.0f;
    const float gain = shape->judged < 10 ? 1.0f / (float)(shape->judged + 1) : KIND_MEMORY;
    shape->sharpness += gain * ((extreme > 0.7f ? 1.0f : 0.0f) - shape->sharpness);
    shape->uprightness += gain * (up - shape->uprightness);
    shape->judged += shape->judged < 10;
}

BeatShape shape_take(BreathShape* const shape, const uint32_t ago)
{
    const int pulse = (int)lrint(PULSE_S * shape->hz);
    const int r = (int)lrint(R_REACH_S * shape->hz);
    // A sample lies in the middle of its frames
    const double back = (double)ago - shape->filled - 0.5 * (shape->factor - 1);
    const int beat = (int)lrint(back / shape->factor);
    BeatShape found = {NAN, NAN, NAN};
    const bool mean_sound = shape->mean_sound && shape->mean_n > 0;
    const float mean = shape->mean_n > 0 ? (float)(shape->mean_sum / shape->mean_n) : 0.0f;
    shape->mean_sum = 0.0;
    shape->mean_n = 0;
    shape->mean_sound = true;
    if (beat < pulse || beat + pulse >= HISTORY || shape->samples < HISTORY || shape->bad > 0) {
        return found;
    }
    judge_kind(shape, beat, pulse, r);
    if (shape_kind(shape) == SHAPE_ECG) {
        const Span wave = span(shape, beat + r, beat - r);
        const Span rest = span(shape, beat + (int)lrint(BEFORE_R_S * shape->hz),
                               beat + (int)lrint(UNTIL_R_S * shape->hz));
        found.height = wave.high - wave.low;
        found.level = rest.mean;
    } else {
        const Span rise = span(shape, beat + pulse, beat);
        const Span top = span(shape, beat, beat - pulse);
        const bool upright = shape->uprightness >= 0.0f;
        found.level = upright ? rise.low : rise.high;
        found.height = upright ? top.high - found.level : found.level - top.low;
    }
    if (!(found.height > 0.0f)) { // a dead line has no shape
        return (BeatShape){NAN, NAN, NAN};
    }
    found.mean = mean_sound ? mean : NAN;
    return found;
}
