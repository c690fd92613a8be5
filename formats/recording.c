// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/recording.h"

#include "formats/reader.h"
#include "formats/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/// Bytes at the beginning of a file that sniffing looks at
#define HEAD_SIZE 512u

/// A rate beyond this is a slip of the keyboard or a damaged header (Hz)
#define MAX_RATE 1e6

/// Tables come last: any text may be one
static const Reader* const readers[] = {&reader_wfdb, &reader_edf, &reader_sound, &reader_csv};

// Shared by the readers

static void note(const Recording* rec, char* to, const char* format, va_list args)
{
    char text[RECORDING_ERROR_SIZE / 2];
    vsnprintf(text, sizeof text, format, args);
    // A path may be longer than a line; its end says more than its beginning
    const size_t length = strlen(rec->path);
    const size_t room = RECORDING_ERROR_SIZE / 2 - 8;
    const char* const path = rec->path + (length > room ? length - room : 0);
    snprintf(to, RECORDING_ERROR_SIZE, "%s: %s", path, text);
}

bool reader_fail(Recording* rec, const char* format, ...)
{
    va_list args;
    va_start(args, format);
    note(rec, rec->error, format, args);
    va_end(args);
    return false;
}

void reader_warn(Recording* rec, const char* format, ...)
{
    va_list args;
    va_start(args, format);
    note(rec, rec->warning, format, args);
    va_end(args);
}

static void copy_trimmed(char* to, size_t size, const char* from)
{
    while (*from && isspace((unsigned char)*from)) {
        from++;
    }
    size_t n = 0;
    for (; *from && n + 1 < size; from++) {
        const unsigned char c = (unsigned char)*from;
        to[n++] = c < 0x20 || c == 0x7F ? ' ' : (char)c;
    }
    while (n > 0 && to[n - 1] == ' ') {
        n--;
    }
    to[n] = '\0';
}

RecordingChannel* reader_add_channel(Recording* rec, const char* name, const char* unit,
                                     double rate)
{
    if (rec->n_channels >= READER_MAX_CHANNELS) {
        reader_fail(rec, "more than %u channels", READER_MAX_CHANNELS);
        return NULL;
    }
    RecordingChannel* const grown =
        realloc(rec->channels, (rec->n_channels + 1) * sizeof *rec->channels);
    if (!grown) {
        reader_fail(rec, "out of memory");
        return NULL;
    }
    rec->channels = grown;
    RecordingChannel* const channel = &grown[rec->n_channels++];
    memset(channel, 0, sizeof *channel);
    char text[2 * sizeof channel->name];
    copy_trimmed(text, sizeof channel->name, name);
    utf8_copy(channel->name, sizeof channel->name, text);
    copy_trimmed(text, sizeof channel->unit, unit);
    utf8_copy(channel->unit, sizeof channel->unit, text);
    if (!channel->name[0]) {
        snprintf(channel->name, sizeof channel->name, "%u", rec->n_channels);
    }
    channel->rate = isfinite(rate) && rate > 0.0 ? rate : 0.0;
    channel->kind = recording_kind(channel->name);
    return channel;
}

const char* reader_number(const char* text, char decimal_mark, double* value)
{
    const char* p = text;
    const bool negative = *p == '-';
    if (*p == '-' || *p == '+') {
        p++;
    }
    double mantissa = 0.0;
    int exponent = 0;
    unsigned digits = 0;
    for (; isdigit((unsigned char)*p); p++, digits++) {
        if (mantissa < 1e17) { // beyond this a double takes no further digit
            mantissa = 10.0 * mantissa + (*p - '0');
        } else {
            exponent++;
        }
    }
    if (*p == decimal_mark) {
        p++;
        for (; isdigit((unsigned char)*p); p++, digits++) {
            if (mantissa < 1e17) {
                mantissa = 10.0 * mantissa + (*p - '0');
                exponent--;
            }
        }
    }
    if (digits == 0) {
        return NULL;
    }
    if (*p == 'e' || *p == 'E') {
        const char* q = p + 1;
        const bool minus = *q == '-';
        if (*q == '-' || *q == '+') {
            q++;
        }
        if (isdigit((unsigned char)*q)) {
            int e = 0;
            for (; isdigit((unsigned char)*q); q++) {
                e = e < 10000 ? 10 * e + (*q - '0') : e;
            }
            exponent += minus ? -e : e;
            p = q;
        }
    }
    // Division by an exact power of ten rounds once, multiplication by its inverse twice
    double x = mantissa;
    if (exponent < 0) {
        x = exponent > -300 ? x / pow(10.0, -exponent) : 0.0;
    } else if (exponent > 0) {
        x = exponent < 300 ? x * pow(10.0, exponent) : (mantissa > 0.0 ? INFINITY : 0.0);
    }
    *value = negative ? -x : x;
    return p;
}

int64_t reader_size(FILE* file)
{
    struct stat status;
    if (fstat(fileno(file), &status) || !S_ISREG(status.st_mode)) {
        return -1;
    }
    return (int64_t)status.st_size;
}

// Names and units

/// Is `word` in `name` as a whole word? Both in lower case.
static bool has_word(const char* name, const char* word)
{
    const size_t length = strlen(word);
    for (const char* p = strstr(name, word); p; p = strstr(p + 1, word)) {
        const bool begins = p == name || !isalnum((unsigned char)p[-1]);
        const bool ends = !isalnum((unsigned char)p[length]);
        if (begins && ends) {
            return true;
        }
    }
    return false;
}

RecordingKind recording_kind(const char* name)
{
    // Parts of words that are clear, then short words that must stand alone: the leads of an ECG,
    // the colours of a pulse oximeter
    static const struct {
        const char* text;
        RecordingKind kind;
        bool whole;
    } table[] = {
        {"ecg", RECORDING_ECG, false},      {"ekg", RECORDING_ECG, false},
        {"ppg", RECORDING_PPG, false},      {"pleth", RECORDING_PPG, false},
        {"bvp", RECORDING_PPG, false},      {"pulse", RECORDING_PPG, false},
        {"cardiac", RECORDING_PPG, false},  {"resp", RECORDING_BELT, false},
        {"belt", RECORDING_BELT, false},    {"breath", RECORDING_BELT, false},
        {"airflow", RECORDING_BELT, false}, {"thor", RECORDING_BELT, false},
        {"abdo", RECORDING_BELT, false},    {"rsp", RECORDING_BELT, true},
        {"rip", RECORDING_BELT, true},      {"chest", RECORDING_BELT, true},
        {"time", RECORDING_TIME, true},     {"timestamp", RECORDING_TIME, false},
        {"times", RECORDING_TIME, true},    {"t", RECORDING_TIME, true},
        {"sec", RECORDING_TIME, true},      {"seconds", RECORDING_TIME, true},
        {"sample", RECORDING_TIME, true},   {"index", RECORDING_TIME, true},
        {"nseq", RECORDING_TIME, true},     {"mlii", RECORDING_ECG, true},
        {"mliii", RECORDING_ECG, true},     {"mli", RECORDING_ECG, true},
        {"i", RECORDING_ECG, true},         {"ii", RECORDING_ECG, true},
        {"iii", RECORDING_ECG, true},       {"avr", RECORDING_ECG, true},
        {"avl", RECORDING_ECG, true},       {"avf", RECORDING_ECG, true},
        {"v1", RECORDING_ECG, true},        {"v2", RECORDING_ECG, true},
        {"v3", RECORDING_ECG, true},        {"v4", RECORDING_ECG, true},
        {"v5", RECORDING_ECG, true},        {"v6", RECORDING_ECG, true},
        {"v", RECORDING_ECG, true},         {"r", RECORDING_PPG, true},
        {"red", RECORDING_PPG, true},       {"ir", RECORDING_PPG, true},
    };
    char lower[64];
    size_t n = 0;
    for (; name[n] && n + 1 < sizeof lower; n++) {
        lower[n] = (char)tolower((unsigned char)name[n]);
    }
    lower[n] = '\0';
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].whole ? has_word(lower, table[i].text)
                           : strstr(lower, table[i].text) != NULL) {
            return table[i].kind;
        }
    }
    return RECORDING_OTHER;
}

double recording_millivolts(const char* unit)
{
    static const struct {
        const char* unit;
        double millivolts;
    } table[] = {{"mV", 1.0},
                 {"V", 1e3},
                 {"uV", 1e-3},
                 {"\xC2\xB5V", 1e-3} /* UTF-8 micro */,
                 {"\xCE\xBCV", 1e-3} /* UTF-8 mu */,
                 {"\xB5V", 1e-3} /* Latin-1 micro */,
                 {"nV", 1e-6}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (!strcmp(unit, table[i].unit)) {
            return table[i].millivolts;
        }
    }
    return 0.0;
}

// The recording

Recording* recording_open(const char* path, double rate, char* error)
{
    error[0] = '\0';
    if (!isfinite(rate) || rate < 0.0 || rate > MAX_RATE) {
        snprintf(error, RECORDING_ERROR_SIZE, "a rate of %g Hz makes no sense", rate);
        return NULL;
    }
    Recording* const rec = calloc(1, sizeof *rec);
    if (!rec || !(rec->path = malloc(strlen(path) + 1))) {
        free(rec);
        snprintf(error, RECORDING_ERROR_SIZE, "out of memory");
        return NULL;
    }
    strcpy(rec->path, path);
    rec->rate = rate;
    rec->selected = -1;

    uint8_t head[HEAD_SIZE];
    size_t n_head = 0;
    struct stat status;
    int failure = 0;
    if (stat(path, &status)) {
        failure = errno;
    } else if (S_ISDIR(status.st_mode)) {
        failure = EISDIR;
    } else if (!S_ISREG(status.st_mode)) {
        failure = EINVAL;
    } else {
        FILE* const file = fopen(path, "rb");
        if (!file) {
            failure = errno;
        } else {
            n_head = fread(head, 1, sizeof head, file);
            fclose(file);
        }
    }
    for (size_t i = 0; i < sizeof readers / sizeof *readers && !rec->reader; i++) {
        if (readers[i]->sniff(path, head, n_head)) {
            rec->reader = readers[i];
        }
    }
    bool good = false;
    if (!rec->reader) {
        if (failure) {
            reader_fail(rec, "%s", failure == EINVAL ? "not a regular file" : strerror(failure));
        } else {
            reader_fail(rec, n_head ? "no format that is known here" : "the file is empty");
        }
    } else if (rec->reader->open(rec)) {
        good = rec->n_channels > 0 || reader_fail(rec, "no channels in it");
    }
    for (unsigned i = 0; i < rec->n_channels && good; i++) { // of a damaged header or time column
        if (rec->channels[i].rate > MAX_RATE) {
            good = reader_fail(rec, "channel %u: %g samples a second are beyond %g", i + 1,
                               rec->channels[i].rate, MAX_RATE);
        }
    }
    if (!good) {
        memcpy(error, rec->error, RECORDING_ERROR_SIZE);
        recording_close(rec);
        return NULL;
    }
    for (unsigned i = 0; i < rec->n_channels && rate > 0.0; i++) {
        rec->channels[i].rate = rate;
    }
    return rec;
}

void recording_close(Recording* rec)
{
    if (!rec) {
        return;
    }
    if (rec->reader && rec->state) {
        rec->reader->close(rec);
    }
    free(rec->channels);
    free(rec->path);
    free(rec);
}

const char* recording_format(const Recording* rec)
{
    return rec->reader->name;
}

unsigned recording_channels(const Recording* rec)
{
    return rec->n_channels;
}

const RecordingChannel* recording_channel(const Recording* rec, unsigned index)
{
    return index < rec->n_channels ? &rec->channels[index] : NULL;
}

int recording_find(const Recording* rec, const char* name, char* error)
{
    for (unsigned i = 0; i < rec->n_channels; i++) {
        if (!strcmp(rec->channels[i].name, name)) {
            return (int)i;
        }
    }
    for (unsigned i = 0; i < rec->n_channels; i++) {
        if (!strcasecmp(rec->channels[i].name, name)) {
            return (int)i;
        }
    }
    char* end;
    const unsigned long number = strtoul(name, &end, 10);
    if (isdigit((unsigned char)name[0]) && !*end && number >= 1 && number <= rec->n_channels) {
        return (int)number - 1;
    }
    size_t at =
        (size_t)snprintf(error, RECORDING_ERROR_SIZE, "%.200s: no channel \"%.60s\"; there %s",
                         rec->path, name, rec->n_channels == 1 ? "is" : "are");
    for (unsigned i = 0; i < rec->n_channels && at + 80 < RECORDING_ERROR_SIZE; i++) {
        at += (size_t)snprintf(error + at, RECORDING_ERROR_SIZE - at, "%s %s", i ? "," : "",
                               rec->channels[i].name);
    }
    return -1;
}

int recording_find_kind(const Recording* rec, RecordingKind kind)
{
    for (unsigned i = 0; i < rec->n_channels; i++) {
        if (rec->channels[i].kind == kind) {
            return (int)i;
        }
    }
    return -1;
}

int recording_default(const Recording* rec)
{
    static const RecordingKind order[] = {RECORDING_ECG, RECORDING_PPG, RECORDING_BELT,
                                          RECORDING_OTHER};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const int found = recording_find_kind(rec, order[i]);
        if (found >= 0) {
            return found;
        }
    }
    return 0;
}

bool recording_select(Recording* rec, unsigned index)
{
    rec->error[0] = '\0';
    if (index >= rec->n_channels) {
        return reader_fail(rec, "no channel %u", index + 1);
    }
    rec->selected = -1;
    if (!rec->reader->select(rec, index)) {
        return false;
    }
    rec->selected = (int)index;
    return true;
}

bool recording_rewind(Recording* rec)
{
    return recording_select(rec,
                            (unsigned)(rec->selected < 0 ? recording_default(rec) : rec->selected));
}

size_t recording_read(Recording* rec, float* out, size_t n)
{
    if (rec->selected < 0 && !recording_select(rec, (unsigned)recording_default(rec))) {
        return 0;
    }
    const size_t got = rec->error[0] ? 0 : rec->reader->read(rec, out, n);
    for (size_t i = 0; i < got; i++) {
        out[i] = isfinite(out[i]) ? out[i] : NAN; // beyond what a float holds: no sample
    }
    return got;
}

const char* recording_error(const Recording* rec)
{
    return rec->error;
}

const char* recording_warning(const Recording* rec)
{
    return rec->warning;
}

bool recording_is_cut(const Recording* rec)
{
    return rec->cut;
}

double recording_progress(const Recording* rec)
{
    return rec->selected < 0 ? 0.0 : fmin(fmax(rec->reader->progress(rec), 0.0), 1.0);
}
