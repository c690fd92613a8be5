// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The report's words in English, Norwegian (bokmål) and Swedish.
#ifndef TOOLS_ANALYZE_WORDS_H
#define TOOLS_ANALYZE_WORDS_H

#include "dsp/compare.h"
#include "dsp/hrv.h"

typedef enum {
    WORD_LANGUAGE, ///< as HTML wants it
    WORD_TITLE,
    WORD_RECORDING,
    WORD_DURATION,
    WORD_BEATS,
    WORD_BREATHS,
    WORD_LEFT_OUT,
    WORD_QUALITY,
    WORD_MEASURE,
    WORD_VALUE,
    WORD_OVER_TIME,
    WORD_RR,
    WORD_BREATH_RATE,
    WORD_TONE,
    WORD_USABLE,
    WORD_TWO_MINUTES, ///< with the time
    WORD_POINCARE,
    WORD_SPECTRUM, ///< with the number of windows
    WORD_BREATHING,
    WORD_AS_USUAL,
    WORD_HEART_RATE,
    WORD_RESP_HRV,
    WORD_EXERCISE,
    WORD_BEFORE,
    WORD_DURING,
    WORD_AFTER,
    WORD_CHANGE,
    WORD_CHANGE_WHY,
    WORD_NORMAL,
    WORD_ECTOPIC,
    WORD_MISSED,
    WORD_EXTRA,
    WORD_UNRELIABLE,
    WORD_FIRST,
    WORD_MISSING_SAMPLES,
    WORD_COVERED,
    WORD_SETTINGS,
    WORD_SENSOR,
    WORD_CHANNEL,
    WORD_RATE,
    WORD_WINDOW,
    WORD_ARTEFACTS_OUT,
    WORD_YES,
    WORD_NO,
    WORD_CORRECTED,
    WORD_PROGRAM,
    WORD_SOURCES,
    WORD_SOURCES_LIST,
    WORD_NOT,
    WORD_WARNING,
    N_WORDS
} Word;

/// `language` is an index: 0 English, 1 Norwegian, 2 Swedish
const char* word_get(int language, Word word);
int word_language(const char* code); ///< "en", "no", "sv"; 0 for others

const char* word_measure(int language, HrvMeasure measure);
/// What a recording is, or its sensor; names of formats stay as they are
const char* word_source(int language, const char* name);
const char* word_reason(int language, HrvReason reason);
const char* word_compare_reason(int language, CompareReason reason);

#endif
