// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Follow: leads a person's breathing from their own rate to a goal, in steps of 75 % of what they
 * do by then (Leslie et al. 2019: 75 % of the own rate slowed breathing most), gliding in between;
 * when they drop out it eases back to where they are and tries again. A plain value; once per paced
 * breath.
 */

#ifndef TONUS_DSP_FOLLOW_H
#define TONUS_DSP_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    float paced;      // rate of the last paced breath, per min, 0 = none yet
    float step;       // rate that the glide leads to now, per min
    uint32_t with;    // breaths in a row that the person was with the pacer
    uint32_t without; // breaths since the step was reached that they were not
    uint32_t alone;   // breaths at this step without knowing the person
    bool met;         // the person's rate was known once
    bool following;   // the person breathes with the pacer
} Follow;

/* [realtime] */
void follow_begin(Follow* follow);

/* [realtime] Rate of the next paced breath; own: the person's rate, 0 = not known; goal > 0; all
 * per min. */
float follow_next(Follow* follow, float own, float goal);

#endif
