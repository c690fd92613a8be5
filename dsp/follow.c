// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/follow.h"

#include <math.h>

// Next step as share of the person's own rate
#define STEP_SHARE 0.75F
// The person is with the pacer when this near (ratio), for so many breaths in a row
#define WITH_TOLERANCE 0.12F
#define WITH_BREATHS   3U
// Dropped out: not with it for so many breaths after the step was reached
#define LOST_BREATHS 8U
// Breaths at each step when nobody measures the person
#define ALONE_BREATHS 8U
// Largest change of the paced rate from one breath to the next (ratio)
#define GLIDE 0.04F
// Rate to begin with when the person's is not known, per min: a slow normal breath
#define UNKNOWN_RATE 12.0F

void follow_begin(Follow* const f)
{
    const Follow none = {0};
    *f = none;
}

static float next_step(const float base, const float goal)
{
    // Who breathes more slowly than the goal is led up to it; who is faster goes down in steps
    return base <= goal ? goal : fmaxf(goal, STEP_SHARE * base);
}

float follow_next(Follow* const f, const float own, const float goal)
{
    const bool known = own > 0.0F;
    if (f->paced <= 0.0F) {
        f->met = known;
        f->paced = f->step = known ? own : fmaxf(goal, UNKNOWN_RATE);
        return f->paced;
    }
    if (known && !f->met) {
        // Now that the person is known, begin where they are
        f->met = true;
        f->step = own;
        f->with = f->without = 0U;
    }

    const bool there = fabsf(f->paced / f->step - 1.0F) < 0.01F;
    const bool with = known && fabsf(own / f->paced - 1.0F) < WITH_TOLERANCE;
    f->with = with ? f->with + 1U : 0U;
    f->without = known && !with && there ? f->without + 1U : 0U;
    f->alone = !known && there ? f->alone + 1U : 0U;
    f->following = f->with >= WITH_BREATHS;
    if (there && f->with >= WITH_BREATHS) {
        f->step = next_step(own, goal);
        f->with = 0U;
    } else if (f->without >= LOST_BREATHS) {
        // Half way back, as ratios go
        const float back = sqrtf(f->paced * own);
        f->step = f->paced > goal || own > goal ? fmaxf(goal, back) : goal;
        f->without = 0U;
    } else if (f->alone >= ALONE_BREATHS) {
        f->step = next_step(f->paced, goal);
        f->alone = 0U;
    }
    const float ratio = f->step / f->paced;
    f->paced *= fmaxf(1.0F - GLIDE, fminf(1.0F + GLIDE, ratio));
    return f->paced;
}
