// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Between recording.c and the readers of single formats; nobody else includes this.

#ifndef TONUS_FORMATS_READER_H
#define TONUS_FORMATS_READER_H

#include "formats/recording.h"

#include <stdio.h>

/// More signals than any real file has; guards against nonsense in a header
#define READER_MAX_CHANNELS 1024u

typedef struct {
    const char* name;

    /// Is this one of ours? `head` holds the first `n` bytes of the file, none when it is not
    /// there.
    bool (*sniff)(const char* path, const uint8_t* head, size_t n);

    /// Reads the header, adds the channels and sets `state`. False after reader_fail().
    bool (*open)(Recording* rec);

    /// Goes to the beginning of channel `index`. False after reader_fail().
    bool (*select)(Recording* rec, unsigned index);

    /// Fewer than `n` at the end, or after reader_fail()
    size_t (*read)(Recording* rec, float* out, size_t n);

    /// 0..1
    double (*progress)(const Recording* rec);

    void (*close)(Recording* rec);
} Reader;

extern const Reader reader_wfdb;
extern const Reader reader_edf;
extern const Reader reader_csv;
extern const Reader reader_sound;

struct Recording {
    const Reader* reader;
    char* path;
    double rate; ///< asked for by the caller, 0 = the file's
    RecordingChannel* channels;
    unsigned n_channels;
    int selected; ///< -1 = none yet
    char error[RECORDING_ERROR_SIZE];
    char warning[RECORDING_ERROR_SIZE];
    bool cut;    // it holds less than it says
    void* state; ///< the reader's own
};

/// Writes "PATH: TEXT" into `rec->error`; always false, so that a caller may return it
bool reader_fail(Recording* rec, const char* format, ...) __attribute__((format(printf, 2, 3)));

void reader_warn(Recording* rec, const char* format, ...) __attribute__((format(printf, 2, 3)));

/// Adds a channel and returns it; NULL after reader_fail(). The name and the unit are trimmed,
/// and nothing but printable characters is kept, so that messages stay one line.
RecordingChannel* reader_add_channel(Recording* rec, const char* name, const char* unit,
                                     double rate);

/// A number at the beginning of `text`, whatever the locale. Returns the character after it, or
/// NULL when there is none. Stands for strtod(), which reads "1,5" in one locale and "1.5" in
/// another.
const char* reader_number(const char* text, char decimal_mark, double* value);

/// Size of an open file in bytes, -1 on failure; the position is kept
int64_t reader_size(FILE* file);

#endif
