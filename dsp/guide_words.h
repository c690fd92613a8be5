// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a guide says in plain sentences, for whoever shows them.
///
/// Everything here is real-time safe.
#ifndef TONUS_DSP_GUIDE_WORDS_H
#define TONUS_DSP_GUIDE_WORDS_H

#include "dsp/guide.h"
#include "dsp/resonance.h"

#include <stddef.h>

typedef enum {
    GUIDE_WORDS_CAUTION,    ///< what to look out for in this exercise
    GUIDE_WORDS_COMPARISON, ///< when it is over: after beside before, or why they are not compared
    GUIDE_WORDS_HINT,       ///< what holds just now
    GUIDE_WORDS_HOW,        ///< how the exercise is done
    GUIDE_WORDS_RESULT      ///< of the last immersion, or of the search for the own breathing rate
} GuideWords;

enum { GUIDE_N_WORDS = GUIDE_WORDS_RESULT + 1, GUIDE_WORDS_SIZE = 640 }; // bytes that hold each

/// Writes the text, at most `size` bytes with the closing zero; "" when there is nothing to say.
/// Returns the length. `search` is what the pacer's resonance search has found so far.
size_t guide_words(GuideWords which, const Guide* guide, const ResonanceResult* search, char* text,
                   size_t size);

#endif
