// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/config.h"

#include "bridge/source.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BYTES 65536u

typedef struct {
    Options* options;
    const char* path;
    unsigned line;
    char* error;
} Config;

static bool wrong(const Config* config, const char* format, ...)
    __attribute__((format(printf, 2, 3)));

static bool wrong(const Config* config, const char* format, ...)
{
    char text[RECORDING_ERROR_SIZE / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(config->error, RECORDING_ERROR_SIZE, "%.200s:%u: %s", config->path, config->line,
             text);
    return false;
}

void config_default_path(char path[CONFIG_PATH])
{
    const char* const base = getenv("XDG_CONFIG_HOME");
    const char* const home = getenv("HOME");
    path[0] = '\0';
    if (base && base[0] == '/') {
        snprintf(path, CONFIG_PATH, "%s/tonus/bridge.conf", base);
    } else if (home) {
        snprintf(path, CONFIG_PATH, "%s/.config/tonus/bridge.conf", home);
    }
}

static char* trim(char* text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    char* end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1])) {
        *--end = '\0';
    }
    return text;
}

/// Cuts the next word off the text, without its quotes: NULL at the end. A word in quotes has
/// `*quoted`. `*bad` when a quote is not closed.
static char* next_word(char** text, bool* quoted, bool* bad)
{
    char* from = *text;
    while (isspace((unsigned char)*from)) {
        from++;
    }
    if (!*from) {
        return NULL;
    }
    char* const word = from;
    char* to = from;
    char quote = '\0';
    *quoted = *from == '"' || *from == '\'';
    for (; *from && (quote || !isspace((unsigned char)*from)); from++) {
        if (*from == quote) {
            quote = '\0';
        } else if (!quote && (*from == '"' || *from == '\'')) {
            quote = *from;
        } else {
            *to++ = *from;
        }
    }
    *bad = quote != '\0';
    *text = *from ? from + 1 : from;
    *to = '\0';
    return word;
}

static bool is_option(const char* word)
{
    const char* c = word;
    while (isalpha((unsigned char)*c) || *c == '_') {
        c++;
    }
    return c > word && *c == '=';
}

/// A source with its options; `person` is "person=NAME" or NULL
static bool take_source(Config* config, char* text, const char* person)
{
    Options* const options = config->options;
    if (options->n_sources == OPTIONS_MAX_SOURCES) {
        return wrong(config, "more than %u sources", OPTIONS_MAX_SOURCES);
    }
    SourceWords* const source = &options->sources[options->n_sources];
    char* end = NULL; // of the address, while it goes on
    char* word;
    bool quoted;
    bool bad = false;
    *source = (SourceWords){.word = NULL};
    while ((word = next_word(&text, &quoted, &bad))) {
        const size_t length = strlen(word);
        if (bad) {
            return wrong(config, "a quote is not closed");
        }
        if (!source->word) {
            source->word = word;
            end = word + length;
        } else if (is_option(word) && !quoted) {
            if (source->n_options == OPTIONS_MAX_WORDS - 1) {
                return wrong(config, "too many options");
            }
            source->options[source->n_options++] = word;
            end = NULL;
        } else if (end) { // one blank, and no more, between the words of a name
            *end = ' ';
            memmove(end + 1, word, length + 1);
            end += 1 + length;
        } else {
            return wrong(config, "\"%.60s\" is no option of the form KEY=VALUE", word);
        }
    }
    if (!source->word || !source_is_word(source->word)) {
        return wrong(config, "\"%.60s\" is no source; see tonus-bridge --help",
                     source->word ? source->word : "");
    }
    if (person) {
        source->options[source->n_options++] = person;
    }
    snprintf(source->where, sizeof source->where, "%.200s:%u: ", config->path, config->line);
    options->n_sources++;
    return true;
}

/// "person NAME" becomes "person=NAME" in place; NULL when it is something else
static char* person_option(char* key)
{
    static const char word[] = "person";
    const size_t n = sizeof word - 1;
    if (strncmp(key, word, n) != 0 || !isspace((unsigned char)key[n])) {
        return NULL;
    }
    const char* const name = trim(key + n);
    key[n] = '=';
    memmove(key + n + 1, name, strlen(name) + 1);
    return key;
}

static bool take_line(Config* config, char* line)
{
    line = trim(line);
    char* const equals = strchr(line, '=');
    if (!*line || *line == '#') {
        return true;
    }
    if (!equals) {
        return wrong(config, "neither KEY = VALUE nor person NAME = SOURCE: \"%.60s\"", line);
    }
    *equals = '\0';
    char* const key = trim(line);
    char* const value = trim(equals + 1);
    if (!*value) {
        return wrong(config, "nothing follows \"%.60s =\"", key);
    }
    const char* const person = person_option(key);
    if (person || !strcmp(key, "source")) {
        return take_source(config, value, person);
    }
    char error[RECORDING_ERROR_SIZE];
    if (!strcmp(key, "name") || !strcmp(key, "log") || !strcmp(key, "latency_offset")) {
        return options_set(config->options, key, value, false, error) ||
               wrong(config, "%.200s", error);
    }
    return wrong(config, "no such setting: \"%.60s\"", key);
}

bool config_read(Options* options, const char* path, char* error, bool* usage)
{
    Config config = {options, path, 0, error};
    *usage = false;
    FILE* const file = fopen(path, "r");
    char* const text = calloc(1, MAX_BYTES + 1);
    const size_t n = file && text ? fread(text, 1, MAX_BYTES + 1, file) : 0;
    const bool good = file && text && !ferror(file) && n <= MAX_BYTES;
    if (!good) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.200s: %s", path,
                 n > MAX_BYTES ? "too long for a configuration" : strerror(errno));
    }
    if (file) {
        fclose(file);
    }
    if (!good) {
        free(text);
        return false;
    }
    options->config_text = text;
    for (char* line = text; line;) {
        char* const end = strchr(line, '\n');
        if (end) {
            *end = '\0';
        }
        config.line++;
        if (!take_line(&config, line)) {
            *usage = true;
            return false;
        }
        line = end ? end + 1 : NULL;
    }
    return true;
}
