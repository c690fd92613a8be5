// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// WFDB records: a text header (.hea) and one or more signal files. Layouts after the WFDB
// Applications Guide, header(5) and signal(5), PhysioNet.

#include "formats/reader.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_SIZE         1024u // bytes of a header line; longer ones are refused
#define CHUNK_FRAMES      1024u // frames read at once; even, so that format 212 begins on a byte
#define MAX_FRAME_SAMPLES 8192u // samples of one frame over all its signals
#define MAX_RATE          1e6   // Hz
#define DEFAULT_RATE      250.0 // Hz, header(5)
#define DEFAULT_GAIN      200.0 // units per mV, header(5)

typedef struct {
    char file[256];
    int format;
    unsigned per_frame; // samples in each frame
    unsigned place;     // of the first one within the frame of its file
    unsigned frame;     // samples of one frame of its file, over all signals in that file
    uint64_t offset;    // bytes before the first sample
    double gain;        // digital units per physical unit
    double baseline;    // digital value of physical zero
} Signal;

typedef struct {
    Signal* signals;
    char* folder;    // with the slash at its end, "" for the current one
    uint64_t frames; // in the record; 0 = as many as the files hold
    FILE* file;
    const Signal* signal; // the selected one
    uint8_t* bytes;
    size_t n_bytes;
    float* samples; // of the selected signal in the chunk
    size_t n_samples, next_sample;
    uint64_t position, length; // samples of the selected signal
} Wfdb;

/// Bits of one sample in a file of that format, 0 for unknown formats
static unsigned format_bits(int format)
{
    switch (format) {
    case 80:
        return 8;
    case 212:
        return 12;
    case 16:
    case 61:
    case 160:
        return 16;
    case 24:
        return 24;
    case 32:
        return 32;
    default:
        return 0;
    }
}

static size_t bytes_of(int format, uint64_t samples)
{
    return (size_t)((samples * format_bits(format) + 7) / 8);
}

/// Sample `i` of a chunk; NAN when it is the value that means "no sample"
static inline double decode(int format, const uint8_t* b, size_t i)
{
    int32_t x = 0;
    int32_t invalid = 0;
    switch (format) {
    case 80:
        x = (int32_t)b[i] - 128;
        invalid = -128;
        break;
    case 212:
        b += i / 2 * 3;
        x = i % 2 ? b[2] | (b[1] & 0xF0) << 4 : b[0] | (b[1] & 0x0F) << 8;
        x = x >= 2048 ? x - 4096 : x;
        invalid = -2048;
        break;
    case 16:
        x = (int16_t)(b[2 * i] | b[2 * i + 1] << 8);
        invalid = INT16_MIN;
        break;
    case 61:
        x = (int16_t)(b[2 * i + 1] | b[2 * i] << 8);
        invalid = INT16_MIN;
        break;
    case 160:
        x = (b[2 * i] | b[2 * i + 1] << 8) - 32768;
        invalid = INT16_MIN;
        break;
    case 24:
        x = (int32_t)((uint32_t)b[3 * i] << 8 | (uint32_t)b[3 * i + 1] << 16 |
                      (uint32_t)b[3 * i + 2] << 24) /
            256;
        invalid = -(1 << 23);
        break;
    default: // 32
        x = (int32_t)((uint32_t)b[4 * i] | (uint32_t)b[4 * i + 1] << 8 |
                      (uint32_t)b[4 * i + 2] << 16 | (uint32_t)b[4 * i + 3] << 24);
        invalid = INT32_MIN;
        break;
    }
    return x == invalid ? NAN : (double)x;
}

// The header

static bool ends_with(const char* path, const char* end)
{
    const size_t n = strlen(path);
    const size_t m = strlen(end);
    return n > m && !strcasecmp(path + n - m, end);
}

/// The header's path; to be freed, NULL without memory
static char* header_path(const char* path)
{
    char* const out = malloc(strlen(path) + 5);
    if (!out) {
        return NULL;
    }
    strcpy(out, path);
    if (ends_with(path, ".hea")) {
        return out;
    }
    if (ends_with(path, ".dat")) {
        out[strlen(path) - 4] = '\0';
    }
    return strcat(out, ".hea");
}

static bool readable(const char* path)
{
    FILE* const file = fopen(path, "rb");
    if (file) {
        fclose(file);
    }
    return file != NULL;
}

static bool sniff(const char* path, const uint8_t* head, size_t n)
{
    (void)head;
    if (ends_with(path, ".hea")) {
        return n > 0;
    }
    if (n > 0 && !ends_with(path, ".dat")) {
        return false; // a file of that very name is meant, not a record
    }
    char* const header = header_path(path);
    const bool found = header && readable(header);
    free(header);
    return found;
}

/// The next line that is no comment, without its end; false at the end of the file
static bool next_line(FILE* file, char* line, unsigned* number)
{
    while (fgets(line, LINE_SIZE, file)) {
        ++*number;
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '#' && line[strspn(line, " \t")]) {
            return true;
        }
    }
    return false;
}

/// The next word of a line, "" at the end
static char* next_word(char** line)
{
    char* const word = *line + strspn(*line, " \t");
    char* end = word + strcspn(word, " \t");
    *line = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static bool record_line(Recording* rec, Wfdb* wfdb, char* line, unsigned* n_signals, double* rate)
{
    const char* const name = next_word(&line);
    if (strchr(name, '/')) {
        return reader_fail(rec, "records of several segments are not supported");
    }
    const char* const count = next_word(&line);
    char* end;
    const unsigned long n = strtoul(count, &end, 10);
    if (!isdigit((unsigned char)count[0]) || *end || n < 1 || n > READER_MAX_CHANNELS) {
        return reader_fail(rec, "line 1 of the header: \"%.20s\" is no number of signals", count);
    }
    *n_signals = (unsigned)n;
    *rate = DEFAULT_RATE;
    const char* const rate_word = next_word(&line);
    if (*rate_word &&
        (!reader_number(rate_word, '.', rate) || !(*rate > 0.0) || *rate > MAX_RATE)) {
        return reader_fail(rec, "line 1 of the header: \"%.20s\" is no sampling rate", rate_word);
    }
    double frames = 0.0;
    if (reader_number(next_word(&line), '.', &frames) && frames > 0.0 && frames < 1e15) {
        wfdb->frames = (uint64_t)frames;
    }
    return true;
}

/// FORMAT[xSAMPLES][:SKEW][+OFFSET]; skew is a matter of fractions of a frame and is left alone
static bool format_word(Signal* signal, const char* word)
{
    char* end;
    signal->format = (int)strtol(word, &end, 10);
    signal->per_frame = 1;
    while (*end) {
        const char mark = *end;
        const char* const value = end + 1;
        const unsigned long long x = strtoull(value, &end, 10);
        if (!isdigit((unsigned char)*value) || x > 1ull << 40) {
            return false;
        }
        if (mark == 'x') {
            signal->per_frame = x > MAX_FRAME_SAMPLES ? 0 : (unsigned)x;
        } else if (mark == '+') {
            signal->offset = x;
        } else if (mark != ':') {
            return false;
        }
    }
    return signal->per_frame >= 1;
}

static bool signal_line(Recording* rec, Signal* signal, char* line, unsigned number, double rate)
{
    const char* const file = next_word(&line);
    if (strlen(file) >= sizeof signal->file || strchr(file, '/') || !strcmp(file, "-")) {
        return reader_fail(rec, "line %u of the header: the signal file must lie beside it",
                           number);
    }
    strcpy(signal->file, file);
    const char* const format = next_word(&line);
    if (!format_word(signal, format) || !format_bits(signal->format)) {
        return reader_fail(rec, "line %u of the header: signal format \"%.20s\" is not supported",
                           number, format);
    }

    // GAIN[(BASELINE)][/UNIT]
    const char* const gain = next_word(&line);
    const char* rest = reader_number(gain, '.', &signal->gain);
    if (!rest || !(fabs(signal->gain) > 1e-12) || fabs(signal->gain) > 1e12) {
        signal->gain = DEFAULT_GAIN;
    }
    bool has_baseline = false;
    if (rest && *rest == '(') {
        rest = reader_number(rest + 1, '.', &signal->baseline);
        has_baseline = rest != NULL;
        rest = rest ? rest + (*rest == ')') : NULL;
    }
    const char* const unit = rest && *rest == '/' ? rest + 1 : "mV";
    next_word(&line); // resolution of the converter
    double zero = 0.0;
    reader_number(next_word(&line), '.', &zero);
    if (!has_baseline) {
        signal->baseline = zero;
    }
    next_word(&line); // initial value
    next_word(&line); // checksum
    next_word(&line); // block size
    return reader_add_channel(rec, line, unit, rate * signal->per_frame) != NULL;
}

/// Where each signal lies in the frames of its file: neighbours in one file are interleaved
static bool lay_out(Recording* rec, Wfdb* wfdb, unsigned n)
{
    for (unsigned first = 0; first < n;) {
        unsigned end = first;
        unsigned frame = 0;
        while (end < n && !strcmp(wfdb->signals[end].file, wfdb->signals[first].file)) {
            Signal* const signal = &wfdb->signals[end++];
            if (signal->format != wfdb->signals[first].format) {
                return reader_fail(rec, "two formats in one signal file");
            }
            signal->place = frame;
            frame += signal->per_frame;
            if (frame > MAX_FRAME_SAMPLES) {
                return reader_fail(rec, "frames of more than %u samples", MAX_FRAME_SAMPLES);
            }
        }
        for (unsigned i = first; i < end; i++) {
            wfdb->signals[i].frame = frame;
        }
        first = end;
    }
    return true;
}

static bool read_header(Recording* rec, Wfdb* wfdb, FILE* file)
{
    char line[LINE_SIZE];
    unsigned number = 0;
    unsigned n = 0;
    double rate = 0.0;
    if (!next_line(file, line, &number)) {
        return reader_fail(rec, "the header is empty");
    }
    if (!record_line(rec, wfdb, line, &n, &rate)) {
        return false;
    }
    if (!(wfdb->signals = calloc(n, sizeof *wfdb->signals))) {
        return reader_fail(rec, "out of memory");
    }
    for (unsigned i = 0; i < n; i++) {
        if (!next_line(file, line, &number)) {
            return reader_fail(rec, "the header ends after %u of %u signals", i, n);
        }
        if (!signal_line(rec, &wfdb->signals[i], line, number, rate)) {
            return false;
        }
        rec->channels[i].length = wfdb->frames * wfdb->signals[i].per_frame;
    }
    return lay_out(rec, wfdb, n);
}

static bool open_record(Recording* rec)
{
    Wfdb* const wfdb = rec->state = calloc(1, sizeof *wfdb);
    char* const path = header_path(rec->path);
    if (!wfdb || !path) {
        free(path);
        return reader_fail(rec, "out of memory");
    }
    FILE* const file = fopen(path, "rb");
    const char* const slash = strrchr(path, '/');
    const size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    wfdb->folder = path;
    if (!file) {
        return reader_fail(rec, "its header cannot be read: %s", strerror(errno));
    }
    const bool good = read_header(rec, wfdb, file);
    fclose(file);
    path[folder] = '\0';
    return good;
}

// The signals

static bool select_signal(Recording* rec, unsigned index)
{
    Wfdb* const wfdb = rec->state;
    const Signal* const signal = &wfdb->signals[index];
    if (wfdb->file) {
        fclose(wfdb->file);
        wfdb->file = NULL;
    }
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s%s", wfdb->folder, signal->file) >= sizeof path) {
        return reader_fail(rec, "the path of its signal file is too long");
    }
    wfdb->file = fopen(path, "rb");
    const int64_t size = wfdb->file ? reader_size(wfdb->file) : -1;
    if (size < 0) {
        return reader_fail(rec, "its signal file %s cannot be read: %s", signal->file,
                           errno ? strerror(errno) : "not a regular file");
    }
    const uint64_t held = (uint64_t)size < signal->offset ? 0 : (uint64_t)size - signal->offset;
    const uint64_t frames = held * 8 / format_bits(signal->format) / signal->frame;
    if (frames == 0) {
        return reader_fail(rec, "its signal file %s ends at byte %lld, without samples",
                           signal->file, (long long)size);
    }
    uint64_t use = wfdb->frames ? wfdb->frames : frames;
    if (use > frames) {
        rec->cut = true;
        reader_warn(rec, "%s ends at byte %lld, after %llu of %llu frames", signal->file,
                    (long long)size, (unsigned long long)frames, (unsigned long long)use);
        use = frames;
    }
    free(wfdb->bytes);
    free(wfdb->samples);
    wfdb->n_bytes = bytes_of(signal->format, (uint64_t)CHUNK_FRAMES * signal->frame);
    wfdb->bytes = malloc(wfdb->n_bytes);
    wfdb->samples = malloc(sizeof(float) * CHUNK_FRAMES * signal->per_frame);
    if (!wfdb->bytes || !wfdb->samples) {
        return reader_fail(rec, "out of memory");
    }
    if (fseeko(wfdb->file, (off_t)signal->offset, SEEK_SET)) {
        return reader_fail(rec, "%s", strerror(errno));
    }
    wfdb->signal = signal;
    wfdb->n_samples = wfdb->next_sample = 0;
    wfdb->position = 0;
    wfdb->length = rec->channels[index].length = use * signal->per_frame;
    return true;
}

static inline void convert(Wfdb* wfdb, int format, size_t frames)
{
    const Signal signal = *wfdb->signal;
    const uint8_t* const bytes = wfdb->bytes;
    float* to = wfdb->samples;
    for (size_t f = 0; f < frames; f++) {
        for (unsigned k = 0; k < signal.per_frame; k++) {
            const double x = decode(format, bytes, f * signal.frame + signal.place + k);
            *to++ = (float)((x - signal.baseline) / signal.gain);
        }
    }
}

static bool fill(Recording* rec, Wfdb* wfdb)
{
    const Signal* const signal = wfdb->signal;
    const size_t bytes = fread(wfdb->bytes, 1, wfdb->n_bytes, wfdb->file);
    if (bytes < wfdb->n_bytes && ferror(wfdb->file)) {
        return reader_fail(rec, "%s: %s at byte %lld", signal->file, strerror(errno),
                           (long long)ftello(wfdb->file));
    }
    const size_t frames = bytes * 8 / format_bits(signal->format) / signal->frame;
    wfdb->n_samples = frames * signal->per_frame;
    wfdb->next_sample = 0;
    switch (signal->format) { // the usual ones get loops of their own
    case 16:
        convert(wfdb, 16, frames);
        break;
    case 212:
        convert(wfdb, 212, frames);
        break;
    default:
        convert(wfdb, signal->format, frames);
    }
    return frames > 0;
}

static size_t read_signal(Recording* rec, float* out, size_t n)
{
    Wfdb* const wfdb = rec->state;
    size_t done = 0;
    while (done < n && wfdb->position < wfdb->length) {
        if (wfdb->next_sample == wfdb->n_samples && !fill(rec, wfdb)) {
            break;
        }
        size_t part = wfdb->n_samples - wfdb->next_sample;
        part = part < n - done ? part : n - done;
        part =
            part < wfdb->length - wfdb->position ? part : (size_t)(wfdb->length - wfdb->position);
        memcpy(out + done, wfdb->samples + wfdb->next_sample, part * sizeof *out);
        wfdb->next_sample += part;
        wfdb->position += part;
        done += part;
    }
    return done;
}

static double progress(const Recording* rec)
{
    const Wfdb* const wfdb = rec->state;
    return (double)wfdb->position / (double)wfdb->length;
}

static void close_record(Recording* rec)
{
    Wfdb* const wfdb = rec->state;
    if (wfdb->file) {
        fclose(wfdb->file);
    }
    free(wfdb->signals);
    free(wfdb->folder);
    free(wfdb->bytes);
    free(wfdb->samples);
    free(wfdb);
}

const Reader reader_wfdb = {"WFDB",      sniff,    open_record, select_signal,
                            read_signal, progress, close_record};
