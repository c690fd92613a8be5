// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What people tell tonus-bridge: words of the command line, and the configuration file. What is
/// accepted of simulated people is opened, too.
#define _XOPEN_SOURCE 700 // setenv
#include "fuzz.h"

#include "bridge/config.h"
#include "bridge/source.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 80 };

static void check_error(const char* error)
{
    if (!error[0] || strchr(error, '\n')) {
        fuzz_wrong("refused without one line of reason");
    }
}

static void check(const Options* options)
{
    if (options->n_sources > OPTIONS_MAX_SOURCES) {
        fuzz_wrong("%u sources", options->n_sources);
    }
    if (options->name && (!*options->name || strlen(options->name) > 40)) {
        fuzz_wrong("a client named \"%s\"", options->name);
    }
    if (!(options->latency_offset_ms >= -10000.0 && options->latency_offset_ms <= 10000.0)) {
        fuzz_wrong("an offset of %g ms", options->latency_offset_ms);
    }
    for (unsigned i = 0; i < options->n_sources; i++) {
        const SourceWords* const source = &options->sources[i];
        if (!source->word || !source_is_word(source->word) ||
            source->n_options > OPTIONS_MAX_WORDS ||
            !memchr(source->where, 0, sizeof source->where)) {
            fuzz_wrong("source %u: \"%s\", %u options", i, source->word ? source->word : "",
                       source->n_options);
        }
        for (unsigned k = 0; k < source->n_options; k++) {
            if (!strchr(source->options[k], '=')) {
                fuzz_wrong("option \"%s\"", source->options[k]);
            }
        }
        if (!strncmp(source->word, "sim", 3)) { // no other kind can be opened without harm
            char error[RECORDING_ERROR_SIZE] = "";
            bool usage;
            Source* const opened =
                source_open(source->word, source->options, source->n_options, error, &usage);
            if (!opened) {
                check_error(error);
            }
            source_close(opened);
        }
    }
}

static void file(Bytes in)
{
    Options options = {.name = NULL};
    char error[RECORDING_ERROR_SIZE] = "";
    bool usage;
    const char* const path = fuzz_file("bridge.conf", in.at, in.left);
    if (config_read(&options, path, error, &usage)) {
        check(&options);
    } else {
        check_error(error);
        if (usage && strncmp(error, path, strlen(path)) != 0) {
            fuzz_wrong("no place in \"%s\"", error);
        }
    }
    options_free(&options);
}

/// Words end with a line. One that is "@" stands for the name of a configuration file, the rest.
static void words(Bytes in)
{
    static char text[4097];
    static char path[200];
    char* argv[MOST_WORDS + 2] = {(char*)"tonus-bridge"};
    int argc = 1;
    size_t n = sizeof text - 1;
    const uint8_t* const at = bytes_some(&in, &n);
    memcpy(text, at, n);
    text[n] = '\0';
    for (char* line = text; line && *line && argc <= MOST_WORDS;) {
        char* const end = strchr(line, '\n');
        if (end) {
            *end = '\0';
        }
        if (!strcmp(line, "@")) {
            const char* const rest = end ? end + 1 : "";
            snprintf(path, sizeof path, "%s",
                     fuzz_file("words.conf", (const uint8_t*)rest, strlen(rest)));
            argv[argc++] = path;
            break;
        }
        argv[argc++] = line;
        line = end ? end + 1 : NULL;
    }
    Options options;
    char error[RECORDING_ERROR_SIZE] = "";
    bool usage;
    if (!options_read(&options, argc, argv, error, &usage)) {
        check_error(error);
    } else if (!options.help && !options.version && !options.list) {
        check(&options);
    }
    options_free(&options);
}

int LLVMFuzzerInitialize(int* argc, char*** argv)
{
    (void)argc;
    (void)argv;
    // No configuration but ours
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    return 0;
}

int fuzz_one(const uint8_t* data, size_t size)
{
    Bytes in = {data, size};
    if (bytes_one(&in) & 1) {
        words(in);
    } else {
        file(in);
    }
    return 0;
}
