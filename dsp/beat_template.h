// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   Templates: what the person's beats look like, learnt as they come.

   A few shapes are kept, so that an ectopic kind of beat gets a shape of its own (most recordings
   with ectopic beats have one to three kinds). A shape counts once it has been seen twice; the one
   not seen for the longest time makes room for a new one. Part of the beat detector; all functions
   are [realtime].
*/

#ifndef TONUS_DSP_BEAT_TEMPLATE_H
#define TONUS_DSP_BEAT_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TEMPLATE_SHAPES = 5, ///< shapes kept
    TEMPLATE_TAPS = 52,  ///< samples per shape; a multiple of 4
    TEMPLATE_REACH = 5   ///< samples that a shape may be shifted either way
};

/// Samples that a shape looks at: its own and the reach on both sides
#define TEMPLATE_SPAN (TEMPLATE_TAPS + 2 * TEMPLATE_REACH)

typedef struct {
    float tap[TEMPLATE_TAPS]; ///< mean of the beats, each scaled to norm 1
    float norm;               ///< norm of `tap`
    float height;             ///< mean norm of the beats, input units
    uint32_t seen;            ///< beats in it; 0: free
    float share;              ///< part of the last beats that were like it
    uint64_t last;            ///< number of the beat last seen in it
} Shape;

typedef struct {
    Shape shape[TEMPLATE_SHAPES];
    uint64_t beats; ///< beats learnt since the reset
} Templates;

/// How a piece of signal compares with the best shape
typedef struct {
    int shape;        ///< index, -1 when no shape counts yet
    int shift;        ///< samples, -TEMPLATE_REACH..TEMPLATE_REACH
    float likeness;   ///< correlation, 0..1
    float projection; ///< height of the shape in the signal; 1 = as its beats are
    float residual;   ///< norm of what the shape does not explain; 1 = a beat's norm
    float usual;      ///< likeness to the shape seen most of late, 0..1
} Likeness;

void templates_reset(Templates* templates);

/// Compare a piece of signal (its middle is where the beat is thought to be).
Likeness templates_compare(const Templates* templates, const float signal[TEMPLATE_SPAN]);

/// Learn an accepted beat, keeping at most `shapes` shapes; `likeness` being what
/// templates_compare() said of the same signal.
void templates_learn(Templates* templates, int shapes, const float signal[TEMPLATE_SPAN],
                     const Likeness* likeness);

#endif // TONUS_DSP_BEAT_TEMPLATE_H
