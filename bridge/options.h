// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The command line of tonus-bridge

#ifndef TONUS_BRIDGE_OPTIONS_H
#define TONUS_BRIDGE_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#define OPTIONS_MAX_SOURCES 16u
#define OPTIONS_MAX_WORDS   32u

typedef struct {
    const char* word;
    const char* options[OPTIONS_MAX_WORDS];
    unsigned n_options;
} SourceWords;

typedef struct {
    const char* name;
    const char* log;
    double latency_offset_ms;
    bool json;
    bool until_end; ///< leave when all sources have ended
    bool list, help, version;
    SourceWords sources[OPTIONS_MAX_SOURCES];
    unsigned n_sources;
} Options;

/// False with one line in `error` (RECORDING_ERROR_SIZE bytes) on wrong usage
bool options_read(Options* options, int argc, char** argv, char* error);

void options_help(FILE* out);

#endif
