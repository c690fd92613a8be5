// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   Where in a candidate the beat is: the point that shapes are aligned on and the fiducial point.

   Part of the beat detector; all functions are [realtime].
*/

#ifndef TONUS_DSP_BEAT_MARK_H
#define TONUS_DSP_BEAT_MARK_H

#include "dsp/beat_path.h"

/// Fill in `point` and all that lies before `size` in a candidate whose feature peaks at `at`.
void mark_candidate(const BeatPath* path, Candidate* candidate);

#endif // TONUS_DSP_BEAT_MARK_H
