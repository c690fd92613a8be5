// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/bdf_writer.h"

#include "formats/number.h"
#include "formats/recording.h"
#include "formats/safefile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITAL_MAX 8388607.0 // 24 bits
#define DIGITAL_MIN -8388608.0

enum {
    MAIN_HEADER = 256,
    SIGNAL_HEADER = 256,
    COUNT_AT = 236,     // where the header holds the number of records, 8 characters
    NOTE_SAMPLES = 240, // of the annotation signal, 3 bytes each: some twenty annotations a record
    NOTE_BYTES = 3 * NOTE_SAMPLES,
    MAX_WAITING = 1 << 20 // bytes of annotations that wait for room
};

struct BdfWriter {
    SafeFile* file;
    unsigned n_signals, samples;
    double record_s;
    double gain[BDF_MAX_SIGNALS], offset[BDF_MAX_SIGNALS]; // physical to digital
    uint8_t* record;
    size_t record_bytes, header_bytes;
    unsigned in_record; // samples of each signal that the record has
    uint64_t made;      // records made
    uint64_t count;     // records that the header claims
    float last[BDF_MAX_SIGNALS];
    char* notes; // annotations waiting, each as its bytes, ended by a zero
    size_t n_notes, notes_capacity;
};

// A field of the header: text in its place, filled up with blanks; nothing but printable ASCII
static char* field(char* at, const char* text, size_t width)
{
    memset(at, ' ', width);
    for (size_t i = 0; i < width && text[i]; ++i) {
        at[i] = text[i] >= 32 && text[i] < 127 ? text[i] : '_';
    }
    return at + width;
}

// A number of at most `width` characters
static char* number_field(char* at, double value, size_t width)
{
    char text[NUMBER_SIZE];
    int decimals = 7;
    do {
        number_text(text, value, decimals);
    } while (strlen(text) > width && decimals-- > 0);
    return field(at, text, width);
}

// Identifications are words without blanks
static void word(char* out, size_t size, const char* text)
{
    size_t n = 0;
    for (; *text && n + 1 < size; ++text) {
        out[n++] = *text == ' ' ? '_' : *text;
    }
    out[n] = '\0';
    if (n == 0) {
        snprintf(out, size, "X");
    }
}

static void main_header(char* at, const BdfHeader* header, size_t bytes)
{
    static const char* const months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                         "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    char text[128];
    char name[64];
    struct tm local;
    const time_t start = header->start;
    localtime_r(&start, &local);
    *at++ = (char)0xFF;
    at = field(at, "BIOSEMI", 7);
    word(name, sizeof name, header->patient);
    snprintf(text, sizeof text, "%s X X X", name);
    at = field(at, text, 80);
    word(name, sizeof name, header->equipment);
    snprintf(text, sizeof text, "Startdate %02d-%s-%04d X X %s", local.tm_mday,
             months[local.tm_mon % 12], (local.tm_year + 1900) % 10000, name);
    at = field(at, text, 80);
    strftime(text, sizeof text, "%d.%m.%y%H.%M.%S", &local);
    at = field(at, text, 16);
    at = number_field(at, (double)bytes, 8);
    at = field(at, "BDF+C", 44);
    at = field(at, "0", 8); // records; a reader must never see -1
    at = number_field(at, header->record_s, 8);
    number_field(at, header->n_signals + 1.0, 4);
}

static void signal_headers(char* at, const BdfHeader* header)
{
    static const BdfSignal notes = {"BDF Annotations", "", "", -1.0, 1.0};
    const unsigned n = header->n_signals + 1;
    static const size_t widths[] = {16, 80, 8, 8, 8, 8, 8, 80, 8, 32};
    for (unsigned f = 0; f < sizeof widths / sizeof *widths; ++f) {
        for (unsigned s = 0; s < n; ++s) {
            const BdfSignal* const signal = s + 1 < n ? &header->signals[s] : &notes;
            switch (f) {
            case 0:
                at = field(at, signal->label, widths[f]);
                break;
            case 1:
                at = field(at, signal->transducer, widths[f]);
                break;
            case 2:
                at = field(at, signal->unit, widths[f]);
                break;
            case 3:
                at = number_field(at, signal->minimum, widths[f]);
                break;
            case 4:
                at = number_field(at, signal->maximum, widths[f]);
                break;
            case 5:
                at = number_field(at, DIGITAL_MIN, widths[f]);
                break;
            case 6:
                at = number_field(at, DIGITAL_MAX, widths[f]);
                break;
            case 8:
                at = number_field(at, s + 1 < n ? header->samples : NOTE_SAMPLES, widths[f]);
                break;
            default: // prefiltering, reserved
                at = field(at, "", widths[f]);
                break;
            }
        }
    }
}

BdfWriter* bdf_create(const char* path, const BdfHeader* header, char* error)
{
    BdfWriter* const bdf = calloc(1, sizeof *bdf);
    const unsigned n = header->n_signals;
    char* text = NULL;
    if (bdf && n >= 1 && n <= BDF_MAX_SIGNALS && header->samples >= 1) {
        bdf->n_signals = n;
        bdf->samples = header->samples;
        bdf->record_s = header->record_s;
        bdf->header_bytes = MAIN_HEADER + (n + 1) * SIGNAL_HEADER;
        bdf->record_bytes = 3 * (size_t)n * header->samples + NOTE_BYTES;
        for (unsigned s = 0; s < n; ++s) {
            const double range = header->signals[s].maximum - header->signals[s].minimum;
            bdf->gain[s] = (DIGITAL_MAX - DIGITAL_MIN) / range;
            bdf->offset[s] = DIGITAL_MIN - header->signals[s].minimum * bdf->gain[s];
        }
        bdf->record = calloc(1, bdf->record_bytes);
        text = calloc(1, bdf->header_bytes);
    }
    if (!text || !bdf->record) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: out of memory", path);
        free(text);
        bdf_close(bdf);
        return NULL;
    }
    main_header(text, header, bdf->header_bytes);
    signal_headers(text + MAIN_HEADER, header);
    bdf->file = safefile_create(path, error);
    const bool good = bdf->file && safefile_append(bdf->file, text, bdf->header_bytes);
    free(text);
    if (!good) {
        bdf_close(bdf);
        return NULL;
    }
    return bdf;
}

// The time-keeping annotation, then as many of the waiting ones as there is room for
static void fill_notes(BdfWriter* bdf)
{
    char* const at = (char*)bdf->record + bdf->record_bytes - NOTE_BYTES;
    memset(at, 0, NOTE_BYTES);
    char onset[NUMBER_SIZE];
    number_text(onset, (double)bdf->made * bdf->record_s, 7);
    size_t used = (size_t)snprintf(at, NOTE_BYTES, "+%.30s\x14\x14", onset) + 1;
    size_t taken = 0;
    while (taken < bdf->n_notes) {
        const size_t n = strlen(bdf->notes + taken) + 1;
        if (used + n > NOTE_BYTES) {
            break;
        }
        memcpy(at + used, bdf->notes + taken, n);
        used += n;
        taken += n;
    }
    if (taken) {
        memmove(bdf->notes, bdf->notes + taken, bdf->n_notes - taken);
    }
    bdf->n_notes -= taken;
}

static bool end_record(BdfWriter* bdf)
{
    fill_notes(bdf);
    bdf->in_record = 0;
    bdf->made++;
    return safefile_append(bdf->file, bdf->record, bdf->record_bytes);
}

bool bdf_samples(BdfWriter* bdf, const float* values)
{
    for (unsigned s = 0; s < bdf->n_signals; ++s) {
        bdf->last[s] = isfinite(values[s]) ? values[s] : 0.0f;
        const double digital = (double)bdf->last[s] * bdf->gain[s] + bdf->offset[s];
        const long x = lrint(fmin(fmax(digital, DIGITAL_MIN), DIGITAL_MAX));
        uint8_t* const at = bdf->record + 3 * ((size_t)s * bdf->samples + bdf->in_record);
        at[0] = (uint8_t)(x & 0xFF);
        at[1] = (uint8_t)(x >> 8 & 0xFF);
        at[2] = (uint8_t)(x >> 16 & 0xFF);
    }
    return ++bdf->in_record < bdf->samples || end_record(bdf);
}

bool bdf_annotate(BdfWriter* bdf, double onset_s, double duration_s, const char* text)
{
    char note[160];
    char number[NUMBER_SIZE];
    if (bdf->notes_capacity - bdf->n_notes < sizeof note) {
        const size_t capacity = bdf->notes_capacity ? 2 * bdf->notes_capacity : 4096;
        char* const larger = capacity <= MAX_WAITING ? realloc(bdf->notes, capacity) : NULL;
        if (!larger) {
            return false;
        }
        bdf->notes = larger;
        bdf->notes_capacity = capacity;
    }
    // 7 decimals: finer than a frame, and all that EDFlib keeps
    number_text(number, onset_s, 7);
    size_t n = (size_t)snprintf(note, sizeof note, "%s%.30s", onset_s < 0.0 ? "" : "+", number);
    if (duration_s >= 0.0) {
        number_text(number, duration_s, 7);
        n += (size_t)snprintf(note + n, sizeof note - n, "\x15%.30s", number);
    }
    n += (size_t)snprintf(note + n, sizeof note - n, "\x14%.80s\x14", text);
    memcpy(bdf->notes + bdf->n_notes, note, n + 1);
    bdf->n_notes += n + 1;
    return true;
}

bool bdf_flush(BdfWriter* bdf)
{
    const bool good = safefile_flush(bdf->file);
    const uint64_t written = safefile_written(bdf->file);
    const uint64_t count =
        written > bdf->header_bytes ? (written - bdf->header_bytes) / bdf->record_bytes : 0;
    if (count != bdf->count) {
        char text[8];
        number_field(text, (double)count, sizeof text);
        if (!safefile_patch(bdf->file, COUNT_AT, text, sizeof text)) {
            return false;
        }
        bdf->count = count;
    }
    return good;
}

bool bdf_sync(BdfWriter* bdf)
{
    return safefile_sync(bdf->file);
}

bool bdf_close(BdfWriter* bdf)
{
    if (!bdf) {
        return true;
    }
    bool good = true;
    if (bdf->file) {
        while (good && (bdf->in_record > 0 || bdf->n_notes > 0)) {
            good = bdf_samples(bdf, bdf->last);
        }
        good = bdf_flush(bdf) && good;
        if (!good && safefile_written(bdf->file) >= bdf->header_bytes) {
            // Half a record would make strict readers refuse the file
            safefile_cut(bdf->file, bdf->header_bytes + bdf->count * bdf->record_bytes);
        }
        good = safefile_close(bdf->file) && good;
    }
    free(bdf->record);
    free(bdf->notes);
    free(bdf);
    return good;
}
