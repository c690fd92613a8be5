// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// EDF, EDF+, BDF and BDF+. Layouts after Kemp and Olivan, "European data format 'plus' (EDF+)",
// Clinical Neurophysiology 114 (2003), and BioSemi's page on BDF. Tolerant on purpose: the size of
// the file, not the record count in its header, says how much there is, since a recorder that was
// killed leaves a count of -1 and a cut last record.

#include "formats/reader.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAIN_HEADER   256u
#define SIGNAL_HEADER 256u
#define MAX_RECORD    (64u << 20) // bytes of one record; real ones have some kilobytes
#define MAX_GAP_S     86400.0     // longest gap of a discontinuous file that is filled with NAN

typedef struct {
    unsigned samples; // in each record
    unsigned place;   // bytes before them in the record
    double gain;      // physical units per digital unit
    double offset;    // physical value of digital zero
    bool annotations;
} Signal;

typedef struct {
    FILE* file;
    Signal* signals; // as in the file, annotations too
    unsigned n_signals;
    unsigned* of_channel;  // which signal a channel is
    unsigned sample_bytes; // 2 in EDF, 3 in BDF
    unsigned header_bytes;
    unsigned record_bytes;
    double record_s;
    uint64_t records;    // complete ones
    unsigned tail_bytes; // of an incomplete last record that is used
    int time_keeper;     // signal with the onsets of the records in a discontinuous file, or -1
    // Reading
    const Signal* signal;
    uint8_t* record;
    uint64_t next_record;
    unsigned in_record, held; // samples of the record in memory: handed out, there
    uint64_t missing;         // samples of a gap still to be handed out
    double due_s;             // when the next record begins if there is no gap; NAN = not known
    uint64_t position, length;
} Edf;

static bool sniff(const char* path, const uint8_t* head, size_t n)
{
    (void)path;
    return n >= MAIN_HEADER &&
           (!memcmp(head, "0       ", 8) || (head[0] == 0xFF && !memcmp(head + 1, "BIOSEMI", 7)));
}

/// A field of the header as text
static void field_text(char* out, const char* field, size_t n)
{
    memcpy(out, field, n);
    out[n] = '\0';
}

/// A field of the header as a number; false when it is none
static bool field_number(const char* field, size_t n, double* value)
{
    char text[81];
    field_text(text, field, n);
    // Some programs of countries with a decimal comma write that comma
    for (char* p = text; *p; p++) {
        *p = *p == ',' ? '.' : *p;
    }
    return reader_number(text + strspn(text, " "), '.', value) != NULL;
}

static bool add_signal(Recording* rec, Edf* edf, const char* fields, unsigned i, unsigned n)
{
    Signal* const signal = &edf->signals[i];
    char label[17];
    char unit[9];
    double samples = 0.0;
    double physical_min = 0.0;
    double physical_max = 0.0;
    double digital_min = 0.0;
    double digital_max = 0.0;
    // The header holds field by field, each for all signals
    field_text(label, fields + 16u * i, 16);
    field_text(unit, fields + 96u * n + 8u * i, 8);
    const bool scaled = field_number(fields + 104u * n + 8u * i, 8, &physical_min) &&
                        field_number(fields + 112u * n + 8u * i, 8, &physical_max) &&
                        field_number(fields + 120u * n + 8u * i, 8, &digital_min) &&
                        field_number(fields + 128u * n + 8u * i, 8, &digital_max) &&
                        digital_max != digital_min && physical_max != physical_min;
    if (!field_number(fields + 216u * n + 8u * i, 8, &samples) || samples < 0.0 ||
        samples > MAX_RECORD / 3.0) {
        return reader_fail(rec, "byte %u: no number of samples per record of signal %u",
                           MAIN_HEADER + 216u * n + 8u * i, i + 1);
    }
    signal->samples = (unsigned)samples;
    signal->place = edf->record_bytes;
    if (signal->samples * edf->sample_bytes > MAX_RECORD - edf->record_bytes) {
        return reader_fail(rec, "byte %u: a record would have more than %u bytes",
                           MAIN_HEADER + 216u * n + 8u * i, MAX_RECORD);
    }
    edf->record_bytes += signal->samples * edf->sample_bytes;
    signal->annotations =
        !strncmp(label, "EDF Annotations", 15) || !strncmp(label, "BDF Annotations", 15);
    if (signal->annotations || signal->samples == 0) {
        return true;
    }
    // Without a usable range the digital values are handed out, and no unit is claimed for them
    signal->gain = scaled ? (physical_max - physical_min) / (digital_max - digital_min) : 1.0;
    signal->offset = scaled ? physical_min - digital_min * signal->gain : 0.0;
    const double rate = edf->record_s > 0.0 ? signal->samples / edf->record_s : 0.0;
    if (!reader_add_channel(rec, label, scaled ? unit : "", rate)) {
        return false;
    }
    edf->of_channel[rec->n_channels - 1] = i;
    return true;
}

/// How many records there are: the file's size knows it, the header may
static bool count_records(Recording* rec, Edf* edf, double said)
{
    const int64_t size = reader_size(edf->file);
    const uint64_t bytes =
        size > (int64_t)edf->header_bytes ? (uint64_t)size - edf->header_bytes : 0;
    edf->records = bytes / edf->record_bytes;
    const unsigned tail = (unsigned)(bytes % edf->record_bytes);
    if (bytes == 0) {
        return reader_fail(rec, "it ends at byte %lld, after its header", (long long)size);
    }
    if (said >= 0.0 && said == (double)edf->records) {
        if (tail > 0) {
            reader_warn(rec, "%u stray bytes at the end, from byte %lld on", tail,
                        (long long)size - tail);
        }
        return true;
    }
    edf->tail_bytes = tail;
    if (said < 0.0) {
        reader_warn(rec,
                    "byte 236: no number of records, it was not closed properly; its size "
                    "tells of %.1f s",
                    (double)bytes / edf->record_bytes * edf->record_s);
    } else {
        rec->cut = (double)edf->records < said;
        reader_warn(rec, "it ends at byte %lld, after %llu records of the %.0f in its header",
                    (long long)size, (unsigned long long)edf->records, said);
    }
    return true;
}

static bool read_header(Recording* rec, Edf* edf)
{
    char head[MAIN_HEADER];
    if (fread(head, 1, sizeof head, edf->file) != sizeof head) {
        return reader_fail(rec, "its header is cut at byte %ld", ftell(edf->file));
    }
    edf->sample_bytes = (uint8_t)head[0] == 0xFF ? 3 : 2;
    double n = 0.0;
    double records = -1.0;
    if (!field_number(head + 252, 4, &n) || n < 1.0 || n > READER_MAX_CHANNELS) {
        return reader_fail(rec, "byte 252: no number of signals");
    }
    field_number(head + 236, 8, &records);
    if (!field_number(head + 244, 8, &edf->record_s) || edf->record_s < 0.0 ||
        edf->record_s > 1e6) {
        return reader_fail(rec, "byte 244: no duration of a record");
    }
    edf->n_signals = (unsigned)n;
    edf->header_bytes = MAIN_HEADER + SIGNAL_HEADER * edf->n_signals;
    edf->signals = calloc(edf->n_signals, sizeof *edf->signals);
    edf->of_channel = calloc(edf->n_signals, sizeof *edf->of_channel);
    char* const fields = malloc((size_t)SIGNAL_HEADER * edf->n_signals);
    if (!edf->signals || !edf->of_channel || !fields) {
        free(fields);
        return reader_fail(rec, "out of memory");
    }
    const size_t got = fread(fields, 1, (size_t)SIGNAL_HEADER * edf->n_signals, edf->file);
    bool good = got == (size_t)SIGNAL_HEADER * edf->n_signals ||
                reader_fail(rec, "its header is cut at byte %zu", MAIN_HEADER + got);
    for (unsigned i = 0; good && i < edf->n_signals; i++) {
        good = add_signal(rec, edf, fields, i, edf->n_signals);
    }
    free(fields);
    if (!good) {
        return false;
    }
    if (edf->record_bytes == 0 || rec->n_channels == 0) {
        return reader_fail(rec, "no signals in it");
    }
    edf->time_keeper = -1;
    const bool discontinuous = !memcmp(head + 192, "EDF+D", 5) || !memcmp(head + 192, "BDF+D", 5);
    for (unsigned i = 0; discontinuous && i < edf->n_signals && edf->time_keeper < 0; i++) {
        edf->time_keeper = edf->signals[i].annotations ? (int)i : -1;
    }
    return count_records(rec, edf, records);
}

static uint64_t samples_of(const Edf* edf, const Signal* signal)
{
    uint64_t tail = 0;
    if (edf->tail_bytes > signal->place) {
        tail = (edf->tail_bytes - signal->place) / edf->sample_bytes;
        tail = tail < signal->samples ? tail : signal->samples;
    }
    return edf->records * signal->samples + tail;
}

static bool open_file(Recording* rec)
{
    Edf* const edf = rec->state = calloc(1, sizeof *edf);
    if (!edf) {
        return reader_fail(rec, "out of memory");
    }
    if (!(edf->file = fopen(rec->path, "rb"))) {
        return reader_fail(rec, "%s", strerror(errno));
    }
    if (!read_header(rec, edf)) {
        return false;
    }
    for (unsigned i = 0; i < rec->n_channels; i++) {
        // The gaps of a discontinuous file are only met while reading
        rec->channels[i].length =
            edf->time_keeper >= 0 ? 0 : samples_of(edf, &edf->signals[edf->of_channel[i]]);
    }
    if (!(edf->record = malloc(edf->record_bytes))) {
        return reader_fail(rec, "out of memory");
    }
    return true;
}

static bool select_signal(Recording* rec, unsigned index)
{
    Edf* const edf = rec->state;
    edf->signal = &edf->signals[edf->of_channel[index]];
    edf->next_record = 0;
    edf->in_record = edf->held = 0;
    edf->missing = 0;
    edf->due_s = NAN;
    edf->position = 0;
    edf->length = samples_of(edf, edf->signal);
    if (fseeko(edf->file, (off_t)edf->header_bytes, SEEK_SET)) {
        return reader_fail(rec, "%s", strerror(errno));
    }
    return true;
}

/// The onset of the record in memory from its first time-stamped list; NAN when unreadable
static double record_onset(const Edf* edf)
{
    const Signal* const keeper = &edf->signals[edf->time_keeper];
    char text[32];
    const unsigned bytes = keeper->samples * edf->sample_bytes;
    const size_t n = bytes < sizeof text - 1 ? bytes : sizeof text - 1;
    memcpy(text, edf->record + keeper->place, n);
    text[n] = '\0';
    double onset;
    return (*text == '+' || *text == '-') && reader_number(text, '.', &onset) ? onset : NAN;
}

static bool fill(Recording* rec, Edf* edf)
{
    const bool last = edf->next_record == edf->records;
    const unsigned want = last ? edf->tail_bytes : edf->record_bytes;
    if (edf->next_record > edf->records || want == 0) {
        return false;
    }
    if (fread(edf->record, 1, want, edf->file) != want) {
        return reader_fail(
            rec, "record %llu (byte %llu) cannot be read", (unsigned long long)edf->next_record + 1,
            (unsigned long long)(edf->header_bytes + edf->next_record * edf->record_bytes));
    }
    edf->next_record++;
    edf->in_record = 0;
    edf->held = edf->signal->samples;
    if (last) {
        edf->held = (unsigned)(samples_of(edf, edf->signal) - edf->records * edf->signal->samples);
    }
    if (edf->time_keeper >= 0) {
        const double onset = record_onset(edf);
        const double gap = onset - edf->due_s;
        if (gap > 0.0 && gap < MAX_GAP_S && edf->record_s > 0.0) {
            edf->missing = (uint64_t)(gap * edf->signal->samples / edf->record_s + 0.5);
        }
        edf->due_s = (isfinite(onset) ? onset : edf->due_s) + edf->record_s;
    }
    return edf->held > 0;
}

static float sample_at(const Edf* edf, unsigned i)
{
    const uint8_t* const b = edf->record + edf->signal->place + (size_t)i * edf->sample_bytes;
    int32_t x;
    if (edf->sample_bytes == 2) {
        x = (int16_t)(b[0] | b[1] << 8);
    } else {
        x = (int32_t)((uint32_t)b[0] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 24) / 256;
    }
    return (float)(x * edf->signal->gain + edf->signal->offset);
}

static size_t read_signal(Recording* rec, float* out, size_t n)
{
    Edf* const edf = rec->state;
    size_t done = 0;
    while (done < n) {
        if (edf->missing > 0) {
            edf->missing--;
            out[done++] = NAN;
        } else if (edf->in_record < edf->held) {
            out[done++] = sample_at(edf, edf->in_record++);
            edf->position++;
        } else if (!fill(rec, edf)) {
            break;
        }
    }
    return done;
}

static double progress(const Recording* rec)
{
    const Edf* const edf = rec->state;
    return edf->length ? (double)edf->position / (double)edf->length : 1.0;
}

static void close_file(Recording* rec)
{
    Edf* const edf = rec->state;
    if (edf->file) {
        fclose(edf->file);
    }
    free(edf->signals);
    free(edf->of_channel);
    free(edf->record);
    free(edf);
}

const Reader reader_edf = {"EDF",       sniff,    open_file, select_signal,
                           read_signal, progress, close_file};
