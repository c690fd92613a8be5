// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What tonus-analyze reads: one channel of a recording or of a take, as the plugins would hear it,
/// or a list of intervals or beats.
#ifndef TOOLS_ANALYZE_SOURCE_H
#define TOOLS_ANALYZE_SOURCE_H

#include "tools/analyze.h"

#include <stdint.h>

typedef enum { SOURCE_SENSOR, SOURCE_BELT, SOURCE_BEATS } SourceKind;

typedef struct {
    SourceKind kind;
    BeatSensor sensor; ///< as told
    BeatSensor found;  ///< as the signal looks, at its end
    char name[256];    ///< of the recording, without its folder and its ending
    char format[32];   ///< "WFDB", "take", ...
    char channel[64];  ///< "" for beats
    char unit[16];
    double rate_hz;   ///< of the file; 0 for beats
    double chain_hz;  ///< of what source_read() gives: the file's, or a multiple where that is low
    double gain;      ///< what a sample in the file's unit is multiplied with
    double offset;    ///< and what is taken off before
    uint64_t missing; ///< samples that the file does not have; the one before stands for them
    uint64_t samples; ///< read so far
} SourceInfo;

typedef struct Source Source;

/// NULL with one line in `error` (RECORDING_ERROR_SIZE bytes).
Source* source_open(const char* path, const AnalyzeOptions* options, char* error);
void source_close(Source* source);

const SourceInfo* source_info(const Source* source);

/// The next frames at chain_hz; fewer than n at the end. Not for beats.
uint32_t source_read(Source* source, float* out, uint32_t n);

/// What the signal has turned out to be.
void source_set_found(Source* source, BeatSensor found);

/// The next beat of a list. False at the end.
bool source_beat(Source* source, double* time_s, bool* reliable);

/// One line each, "" when there is nothing; what the file itself is to blame for.
const char* source_error(const Source* source);
const char* source_warning(const Source* source);

/// The file's end is missing, as source_warning() tells.
bool source_is_cut(const Source* source);

/// 0..1
double source_progress(const Source* source);

#endif
