// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/source_internal.h"

#include "formats/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char* const names[SIGNAL_KINDS] = {"ECG", "PPG", "BELT"};

const char* signal_name(SignalKind kind)
{
    return names[kind];
}

bool signal_from_name(const char* name, SignalKind* kind)
{
    for (int i = 0; i < SIGNAL_KINDS; i++) {
        if (!strcasecmp(name, names[i])) {
            *kind = (SignalKind)i;
            return true;
        }
    }
    return false;
}

// Failures

static void say(Source* source, const char* format, va_list args)
{
    vsnprintf(source->error, sizeof source->error, format, args);
}

bool source_fail(Source* source, const char* format, ...)
{
    va_list args;
    va_start(args, format);
    say(source, format, args);
    va_end(args);
    return false;
}

bool source_usage(Source* source, const char* format, ...)
{
    va_list args;
    va_start(args, format);
    say(source, format, args);
    va_end(args);
    source->usage = true;
    return false;
}

// Opening

/// Length of the kind's name at the beginning of a word, and the kind
static const SourceKind* kind_of(const char* word, size_t* length)
{
    for (const SourceKind* const* k = source_kinds; *k; k++) {
        const size_t n = strlen((*k)->name);
        if (!strncmp(word, (*k)->name, n) && (word[n] == ':' || word[n] == '\0')) {
            *length = n;
            return *k;
        }
    }
    return NULL;
}

bool source_is_word(const char* word)
{
    size_t length;
    return kind_of(word, &length) != NULL;
}

static bool take_options(Source* source, const char* const* options, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const char* const equals = strchr(options[i], '=');
        if (!equals || equals == options[i] || n > SOURCE_MAX_OPTIONS) {
            return source_usage(source, "%s: \"%.80s\" is no option of the form KEY=VALUE",
                                source->word, options[i]);
        }
        SourceOption* const option = &source->options[source->n_options];
        option->key = strdup(options[i]);
        if (!option->key) {
            return source_fail(source, "out of memory");
        }
        option->key[equals - options[i]] = '\0';
        option->value = option->key + (equals - options[i]) + 1;
        source->n_options++;
    }
    return true;
}

static bool open_kind(Source* source, const char* const* options, unsigned n)
{
    if (!take_options(source, options, n)) {
        return false;
    }
    const char* const person = source_option(source, "person");
    const char* const wait = source_option(source, "wait");
    source->person = person ? person : "";
    source->wait_for_connection = wait && !strcmp(wait, "connect");
    if (wait && !source->wait_for_connection && strcmp(wait, "no") != 0) {
        return source_usage(source, "%s: wait can be connect or no", source->word);
    }
    if (!source->kind->open(source)) {
        return false;
    }
    for (unsigned i = 0; i < source->n_options; i++) {
        if (!source->options[i].used) {
            return source_usage(source, "%s: %s: sources have no option \"%.60s\"", source->word,
                                source->kind->name, source->options[i].key);
        }
    }
    return true;
}

Source* source_open(const char* word, const char* const* options, unsigned n_options, char* error,
                    bool* usage)
{
    *usage = false;
    size_t length = 0;
    const SourceKind* const kind = kind_of(word, &length);
    if (!kind) {
        snprintf(error, RECORDING_ERROR_SIZE, "\"%.100s\" is no source; see tonus-bridge --help",
                 word);
        *usage = true;
        return NULL;
    }
    Source* const source = calloc(1, sizeof *source);
    if (!source || !(source->word = strdup(word)) || pipe(source->wake)) {
        snprintf(error, RECORDING_ERROR_SIZE, "%s", strerror(errno));
        free(source ? source->word : NULL);
        free(source);
        return NULL;
    }
    for (int i = 0; i < 2; i++) {
        fcntl(source->wake[i], F_SETFD, FD_CLOEXEC);
        fcntl(source->wake[i], F_SETFL, O_NONBLOCK);
    }
    pthread_mutex_init(&source->lock, NULL);
    source->kind = kind;
    source->address = source->word + length + (source->word[length] == ':');
    source->battery = -1;
    if (!open_kind(source, options, n_options)) {
        memcpy(error, source->error, RECORDING_ERROR_SIZE);
        *usage = source->usage;
        source_close(source);
        return NULL;
    }
    return source;
}

void source_close(Source* source)
{
    if (!source) {
        return;
    }
    atomic_store(&source->stop, true);
    if (source->started) {
        while (write(source->wake[1], "", 1) < 0 && errno == EINTR) {
        }
        pthread_join(source->thread, NULL);
    }
    source->kind->close(source);
    for (unsigned i = 0; i < source->n_channels; i++) {
        stream_free(source->channels[i].stream);
    }
    for (unsigned i = 0; i < source->n_options; i++) {
        free(source->options[i].key);
    }
    close(source->wake[0]);
    close(source->wake[1]);
    pthread_mutex_destroy(&source->lock);
    free(source->word);
    free(source);
}

static void* thread(void* data)
{
    Source* const source = data;
    source->kind->run(source);
    return NULL;
}

bool source_start(Source* source, const SourceHost* host)
{
    source->host = *host;
    source->started = pthread_create(&source->thread, NULL, thread, source) == 0;
    return source->started;
}

const char* source_word(const Source* source)
{
    return source->word;
}

const char* source_person(const Source* source)
{
    return source->person;
}

unsigned source_channels(const Source* source)
{
    return source->n_channels;
}

const SourceChannel* source_channel(const Source* source, unsigned index)
{
    return index < source->n_channels ? &source->channels[index] : NULL;
}

bool source_has_beats(const Source* source)
{
    return source->has_beats;
}

bool source_waits_for_connection(const Source* source)
{
    return source->wait_for_connection;
}

double source_beat_delay(const Source* source)
{
    return atomic_load(&source->beat_delay_s);
}

// Options

const char* source_address(const Source* source)
{
    return source->address;
}

const char* source_option(Source* source, const char* key)
{
    const char* value = NULL;
    for (unsigned i = 0; i < source->n_options; i++) {
        if (!strcmp(source->options[i].key, key)) {
            source->options[i].used = true;
            value = source->options[i].value;
        }
    }
    return value;
}

bool source_number(Source* source, const char* key, double fallback, double min, double max,
                   double* value)
{
    *value = fallback;
    const char* const text = source_option(source, key);
    if (!text) {
        return true;
    }
    const char* const end = reader_number(text, '.', value);
    if (!end || *end || !(*value >= min) || !(*value <= max)) {
        return source_usage(source, "%s: %s must be a number from %g to %g, not \"%.40s\"",
                            source->word, key, min, max, text);
    }
    return true;
}

bool source_switch(Source* source, const char* key, bool fallback, bool* value)
{
    static const char* const words[] = {"no", "yes", "off", "on", "0", "1", "false", "true"};
    *value = fallback;
    const char* const text = source_option(source, key);
    if (!text) {
        return true;
    }
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (!strcasecmp(text, words[i])) {
            *value = i % 2;
            return true;
        }
    }
    return source_usage(source, "%s: %s is yes or no, not \"%.40s\"", source->word, key, text);
}

// Services for the kinds

void source_set_own(Source* source, void* own)
{
    source->own = own;
}

void* source_own(const Source* source)
{
    return source->own;
}

SourceChannel* source_add_channel(Source* source, SignalKind kind, double rate, bool free_running)
{
    if (source->n_channels == SOURCE_MAX_CHANNELS) {
        source_fail(source, "%s: more than %u channels", source->word, SOURCE_MAX_CHANNELS);
        return NULL;
    }
    SourceChannel* const channel = &source->channels[source->n_channels];
    channel->kind = kind;
    channel->full_scale = 1.0;
    channel->stream = stream_new(rate, free_running);
    if (!channel->stream) {
        source_fail(source, "out of memory");
        return NULL;
    }
    source->n_channels++;
    return channel;
}

void source_set_beat_delay(Source* source, double seconds)
{
    atomic_store(&source->beat_delay_s, seconds);
}

void source_add_beats(Source* source)
{
    source->has_beats = true;
}
