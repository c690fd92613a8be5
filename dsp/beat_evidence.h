// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   What speaks for and against a candidate being a beat.

   Part of the beat detector; all functions are [realtime].
*/

#ifndef TONUS_DSP_BEAT_EVIDENCE_H
#define TONUS_DSP_BEAT_EVIDENCE_H

#include "dsp/beat_path.h"

typedef struct {
    double value[PATH_EVIDENCE];
    Likeness like;
    double since; // s since the last beat
    double ratio; // the same in usual intervals
    double size;  // against the beats
    double noise; // quiet level against the beats
    double level; // of the beats' sizes
} Evidence;

/// Gather the evidence; `signal` is the piece of the shape signal around the candidate's point.
void evidence_gather(const BeatPath* path, const Candidate* candidate,
                     const float signal[TEMPLATE_SPAN], Evidence* evidence);

/// Weigh it: the natural logarithm of the odds that it is a beat.
double evidence_odds(const PathKind* kind, const Evidence* evidence);

#endif // TONUS_DSP_BEAT_EVIDENCE_H
