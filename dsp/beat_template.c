// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_template.h"

#include <math.h>
#include <string.h>

// Beats this alike share a shape: normal and ventricular beats correlate below it
#define SAME_SHAPE 0.75F

// A shape follows the last eight beats in it
#define LONGEST_MEAN 8U

// A single shape is given up when this many beats in a row were unlike it
#define PATIENCE 8U

// Which shape is the usual one is judged over about the last 32 beats
#define SHARE_STEP (1.0F / 32.0F)

// Smallest energy that is divided by
#define NO_ENERGY 1e-24F

void templates_reset(Templates* const t)
{
    memset(t, 0, sizeof(*t));
}

// Sum of products in four lanes, always in the same order
static float product(const float* const a, const float* const b)
{
    float lane[4] = {0.0F, 0.0F, 0.0F, 0.0F};
    for (int i = 0; i < TEMPLATE_TAPS; i += 4) {
        for (int k = 0; k < 4; ++k) {
            lane[k] += a[i + k] * b[i + k];
        }
    }
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

// Best likeness to one shape
static Likeness compare_shape(const Shape* const s, const int index,
                              const float signal[TEMPLATE_SPAN],
                              const float energy[2 * TEMPLATE_REACH + 1])
{
    Likeness best = {index, 0, 0.0F, 0.0F, 0.0F, 0.0F};
    for (int shift = 0; shift <= 2 * TEMPLATE_REACH; ++shift) {
        const float along = product(s->tap, signal + shift) / s->norm;
        const float likeness = along / sqrtf(energy[shift] + NO_ENERGY);
        if (likeness > best.likeness) {
            const float rest = energy[shift] - along * along;
            best.shift = shift - TEMPLATE_REACH;
            best.likeness = likeness;
            best.projection = along / s->height;
            best.residual = sqrtf(rest > 0.0F ? rest : 0.0F) / s->height;
        }
    }
    return best;
}

Likeness templates_compare(const Templates* const t, const float signal[TEMPLATE_SPAN])
{
    Likeness best = {-1, 0, 0.0F, 0.0F, 0.0F, 0.0F};
    float energy[2 * TEMPLATE_REACH + 1];
    for (int shift = 0; shift <= 2 * TEMPLATE_REACH; ++shift) {
        energy[shift] = product(signal + shift, signal + shift);
    }

    float most = 0.0F, usual = 0.0F;
    for (int i = 0; i < TEMPLATE_SHAPES; ++i) {
        const Shape* const s = &t->shape[i];
        // The very first beat counts at once: there is nothing else to compare with
        if (s->seen < 2U && !(s->seen && t->beats == 1U)) {
            continue;
        }
        const Likeness now = compare_shape(s, i, signal, energy);
        if (now.likeness > best.likeness) {
            best = now;
        }
        if (s->share > most) {
            most = s->share;
            usual = now.likeness;
        }
    }
    best.usual = usual;
    return best;
}

// Put a beat into a shape, or begin it
static void put(Shape* const s, const float* const signal, const uint64_t beat)
{
    const float norm = sqrtf(product(signal, signal)) + 1e-12F;
    const float weight = 1.0F / (float)(s->seen < LONGEST_MEAN ? s->seen + 1U : LONGEST_MEAN);
    for (int i = 0; i < TEMPLATE_TAPS; ++i) {
        s->tap[i] += weight * (signal[i] / norm - s->tap[i]);
    }
    s->height += weight * (norm - s->height);
    s->norm = sqrtf(product(s->tap, s->tap)) + 1e-12F;
    s->last = beat;
    s->share += SHARE_STEP;
    if (s->seen < UINT32_MAX) {
        ++s->seen;
    }
}

void templates_learn(Templates* const t, const int shapes, const float signal[TEMPLATE_SPAN],
                     const Likeness* const likeness)
{
    const uint64_t beat = ++t->beats;
    for (int i = 0; i < shapes; ++i) {
        t->shape[i].share *= 1.0F - SHARE_STEP;
    }
    const float* middle = signal + TEMPLATE_REACH;
    if (likeness->shape >= 0 && likeness->likeness > SAME_SHAPE) {
        put(&t->shape[likeness->shape], middle + likeness->shift, beat);
        return;
    }

    // A second beat of a kind seen once?
    const float energy = product(middle, middle) + NO_ENERGY;
    for (int i = 0; i < shapes; ++i) {
        Shape* const s = &t->shape[i];
        if (s->seen == 1U && product(s->tap, middle) > SAME_SHAPE * s->norm * sqrtf(energy)) {
            put(s, middle, beat);
            return;
        }
    }

    // A new kind takes a free place or that of the kind not seen for longest; the only shape of all
    // is not given up for a stranger
    Shape* oldest = &t->shape[0];
    for (int i = 1; i < shapes; ++i) {
        if (t->shape[i].last < oldest->last) {
            oldest = &t->shape[i];
        }
    }
    if (shapes == 1 && oldest->seen > 1U && beat - oldest->last < PATIENCE) {
        return;
    }
    memset(oldest, 0, sizeof(*oldest));
    put(oldest, middle, beat);
}
