// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What tonus-bridge was told to do, on its command line and in its configuration (config.h)

#ifndef TONUS_BRIDGE_OPTIONS_H
#define TONUS_BRIDGE_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#define OPTIONS_MAX_SOURCES 16u
#define OPTIONS_MAX_WORDS   32u
#define CONFIG_PATH         1024u

typedef struct {
    const char* word;
    const char* options[OPTIONS_MAX_WORDS];
    unsigned n_options;
    char where[224]; ///< "FILE:LINE: " of a configuration, "" for the command line
} SourceWords;

typedef struct {
    const char* name;
    const char* log;
    const char* jitter; ///< for all recordings and simulations, or NULL
    const char* config;
    double latency_offset_ms;
    bool has_latency_offset;
    bool json;
    bool until_end; ///< leave when all sources have ended
    bool list, help, version;
    SourceWords sources[OPTIONS_MAX_SOURCES];
    unsigned n_sources;
    char jitter_word[40];
    char* config_text; ///< what words of a configuration point into
} Options;

/// Reads the command line, then the configuration that it names; without a source and without one
/// named, the usual one if it is there. False with one line in `error` (RECORDING_ERROR_SIZE
/// bytes); `*usage` then says whether it was the words that were wrong.
bool options_read(Options* options, int argc, char** argv, char* error, bool* usage);

void options_free(Options* options);

/// Sets name, log or latency_offset; with `again` also where it was set before. False with one line
/// in `error` for a value that makes no sense.
bool options_set(Options* options, const char* key, const char* value, bool again, char* error);

void options_help(FILE* out);

#endif
