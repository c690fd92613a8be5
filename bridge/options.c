// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/options.h"

#include "bridge/source.h"
#include "formats/reader.h"

#include <string.h>

static const char text[] =
    "Usage: tonus-bridge [OPTION]... SOURCE [KEY=VALUE]... [SOURCE [KEY=VALUE]...]...\n"
    "       tonus-bridge list\n"
    "Brings body signals into JACK, on the ports ECG, PPG, BELT, quality and beats (MIDI).\n"
    "\n"
    "  --name NAME           of the JACK client [tonus-bridge]\n"
    "  --latency-offset MS   added to the announced latency: a constant delay of the sensor "
    "itself\n"
    "  --log FILE.csv        one line for each packet of a live sensor\n"
    "  --json                a line of JSON each second on standard output\n"
    "  --until-end           leave when all sources have ended\n"
    "  --help, --version\n"
    "\n"
    "Sources:\n";

static const char tail[] = "\n"
                           "Every source: person=NAME (ports of that name's own), wait=connect "
                           "(play from the first connection on).\n"
                           "1.0 on a port is 5 mV of ECG unless scale= says otherwise; signals "
                           "without unit are scaled by their\n"
                           "first ten seconds. The output never goes beyond +-1.\n";

void options_help(FILE* out)
{
    fputs(text, out);
    for (const SourceKind* const* kind = source_kinds; *kind; kind++) {
        const bool bare = !(*kind)->address[0];
        fprintf(out, "  %s%s%s\n      %s\n", (*kind)->name, bare ? "" : ":", (*kind)->address,
                (*kind)->help);
    }
    fputs(tail, out);
}

static bool wrong(char* error, const char* what, const char* word)
{
    snprintf(error, RECORDING_ERROR_SIZE, "%s%.200s", what, word);
    return false;
}

/// The value of "--key=value" or of "--key value"; NULL when `word` is another option
static const char* value_of(const char* word, const char* key, int* i, int argc, char** argv)
{
    const size_t n = strlen(key);
    if (strncmp(word, key, n) != 0) {
        return NULL;
    }
    if (word[n] == '=') {
        return word + n + 1;
    }
    return word[n] == '\0' ? (*i + 1 < argc ? argv[++*i] : "") : NULL;
}

static bool read_flag(Options* options, const char* word)
{
    const struct {
        const char* name;
        bool* flag;
    } flags[] = {{"--json", &options->json},       {"--until-end", &options->until_end},
                 {"--help", &options->help},       {"-h", &options->help},
                 {"--version", &options->version}, {"list", &options->list}};
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (!strcmp(word, flags[i].name)) {
            return *flags[i].flag = true;
        }
    }
    return false;
}

/// A source, or an option of the one before
static bool read_source(Options* options, const char* word, char* error)
{
    if (source_is_word(word)) {
        if (options->n_sources == OPTIONS_MAX_SOURCES) {
            return wrong(error, "too many sources: ", word);
        }
        options->sources[options->n_sources++].word = word;
        return true;
    }
    SourceWords* const last = options->n_sources ? &options->sources[options->n_sources - 1] : NULL;
    if (!last || !strchr(word, '=') || last->n_options == OPTIONS_MAX_WORDS) {
        return wrong(error, "neither a source nor an option: ", word);
    }
    last->options[last->n_options++] = word;
    return true;
}

bool options_read(Options* options, int argc, char** argv, char* error)
{
    memset(options, 0, sizeof *options);
    options->name = "tonus-bridge";
    for (int i = 1; i < argc; i++) {
        const char* const word = argv[i];
        const char* value;
        if (read_flag(options, word)) {
            continue;
        }
        if ((value = value_of(word, "--name", &i, argc, argv))) {
            options->name = value;
            if (!*value || strlen(value) > 40 || strchr(value, ':')) {
                return wrong(error, "no name for a JACK client: ", value);
            }
        } else if ((value = value_of(word, "--log", &i, argc, argv))) {
            options->log = value;
            if (!*value) {
                return wrong(error, "--log needs a file", "");
            }
        } else if ((value = value_of(word, "--latency-offset", &i, argc, argv))) {
            const char* const end = reader_number(value, '.', &options->latency_offset_ms);
            if (!end || *end || !(options->latency_offset_ms >= -10000.0) ||
                !(options->latency_offset_ms <= 10000.0)) {
                return wrong(error, "--latency-offset needs milliseconds, not ", value);
            }
        } else if (word[0] == '-') {
            return wrong(error, "no such option: ", word);
        } else if (!read_source(options, word, error)) {
            return false;
        }
    }
    if (!options->n_sources && !options->help && !options->version && !options->list) {
        return wrong(error, "no source given", "");
    }
    return true;
}
