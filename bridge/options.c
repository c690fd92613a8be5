// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/options.h"

#include "bridge/config.h"
#include "bridge/source.h"
#include "formats/reader.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char text[] =
    "Usage: tonus-bridge [OPTION]... SOURCE [KEY=VALUE]... [SOURCE [KEY=VALUE]...]...\n"
    "       tonus-bridge list\n"
    "Brings body signals into JACK, on the ports ECG, PPG, BELT, quality and beats (MIDI).\n"
    "\n"
    "  --name NAME           of the JACK client [tonus-bridge]\n"
    "  --latency-offset MS   added to the announced latency: a constant delay of the sensor "
    "itself\n"
    "  --log FILE.csv        one line for each packet of a live sensor\n"
    "  --config FILE         sources of a clinic [~/.config/tonus/bridge.conf, if there is no "
    "SOURCE]\n"
    "  --jitter LINK         files and simulations behave as sensors on LINK: ble, usb1, usb16\n"
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

bool options_set(Options* options, const char* key, const char* value, bool again, char* error)
{
    if (!strcmp(key, "name")) {
        if (!*value || strlen(value) > 40 || strchr(value, ':')) {
            return wrong(error, "no name for a JACK client: ", value);
        }
        options->name = again || !options->name ? value : options->name;
    } else if (!strcmp(key, "log")) {
        if (!*value) {
            return wrong(error, "--log needs a file", "");
        }
        options->log = again || !options->log ? value : options->log;
    } else {
        double ms;
        const char* const end = reader_number(value, '.', &ms);
        if (!end || *end || !(ms >= -10000.0) || !(ms <= 10000.0)) {
            return wrong(error, "a latency offset is a number of milliseconds, not ", value);
        }
        if (again || !options->has_latency_offset) {
            options->latency_offset_ms = ms;
            options->has_latency_offset = true;
        }
    }
    return true;
}

static bool read_words(Options* options, int argc, char** argv, char* error)
{
    for (int i = 1; i < argc; i++) {
        const char* const word = argv[i];
        const char* value;
        const char* key = NULL;
        if (read_flag(options, word)) {
            continue;
        }
        if ((value = value_of(word, "--config", &i, argc, argv))) {
            options->config = value;
        } else if ((value = value_of(word, "--jitter", &i, argc, argv))) {
            options->jitter = value;
        } else if ((value = value_of(word, "--name", &i, argc, argv))) {
            key = "name";
        } else if ((value = value_of(word, "--log", &i, argc, argv))) {
            key = "log";
        } else if ((value = value_of(word, "--latency-offset", &i, argc, argv))) {
            key = "latency_offset";
        } else if (word[0] == '-') {
            return wrong(error, "no such option: ", word);
        } else if (!read_source(options, word, error)) {
            return false;
        }
        if (key && !options_set(options, key, value, true, error)) {
            return false;
        }
    }
    return true;
}

/// --jitter for all sources that can do it
static bool spread_jitter(Options* options, char* error)
{
    bool any = false;
    snprintf(options->jitter_word, sizeof options->jitter_word, "jitter=%.30s", options->jitter);
    for (unsigned i = 0; i < options->n_sources; i++) {
        SourceWords* const source = &options->sources[i];
        if ((!strncmp(source->word, "file:", 5) || !strncmp(source->word, "sim", 3)) &&
            source->n_options < OPTIONS_MAX_WORDS) {
            source->options[source->n_options++] = options->jitter_word;
            any = true;
        }
    }
    return any || wrong(error, "--jitter is for file: and sim:, not for live sensors", "");
}

static bool read_config(Options* options, char* error, bool* usage)
{
    char path[CONFIG_PATH];
    if (options->config) {
        return config_read(options, options->config, error, usage);
    }
    config_default_path(path);
    if (options->n_sources || !path[0] || access(path, F_OK) != 0) {
        return true;
    }
    return config_read(options, path, error, usage);
}

bool options_read(Options* options, int argc, char** argv, char* error, bool* usage)
{
    *usage = true;
    memset(options, 0, sizeof *options);
    if (!read_words(options, argc, argv, error)) {
        return false;
    }
    if (options->help || options->version || options->list) {
        return true;
    }
    if (!read_config(options, error, usage)) {
        return false;
    }
    *usage = true;
    if (!options->n_sources) {
        return wrong(error, "no source given: try sim:, or see tonus-bridge --help", "");
    }
    options->name = options->name ? options->name : "tonus-bridge";
    return !options->jitter || spread_jitter(options, error);
}

void options_free(Options* options)
{
    free(options->config_text);
    options->config_text = NULL;
}
