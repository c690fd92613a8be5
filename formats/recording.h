// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A recording of body signals, whatever its file format.
///
/// One open call sniffs the format; the channels are listed with name, unit and rate; one selected
/// channel is then streamed in its physical unit, in constant memory however long the file is.
/// Whoever needs several channels side by side opens the file several times.
///
/// Formats: WFDB (.hea with .dat in the formats 16, 24, 32, 61, 80, 160, 212), EDF, EDF+, BDF,
/// BDF+, CSV and TSV (plain or gzip-compressed), and everything libsndfile reads (WAV, FLAC, ...).
///
/// Nothing here is real-time safe; one object belongs to one thread.

#ifndef TONUS_FORMATS_RECORDING_H
#define TONUS_FORMATS_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDING_ERROR_SIZE 512 ///< bytes that hold any message of this folder

/// What a channel probably is, judged by its name alone
typedef enum {
    RECORDING_OTHER,
    RECORDING_ECG,
    RECORDING_PPG,
    RECORDING_BELT, ///< any breathing signal: belt, impedance, airflow
    RECORDING_TIME, ///< a time or index column, not a signal
} RecordingKind;

typedef struct {
    char name[64];      ///< as in the file; a column without a name has its number
    char unit[16];      ///< as in the file, for example "mV"; "" when the file does not say
    double rate;        ///< samples per second; 0 when neither file nor caller say
    uint64_t length;    ///< samples; 0 when that is not known without reading all of it
    RecordingKind kind; ///< a guess from the name
} RecordingChannel;

typedef struct Recording Recording;

/// Opens the file at `path`. WFDB records may be named with or without .hea or .dat.
/// `rate` (Hz) overrules the file's own rate and time column; 0 takes the file's.
/// NULL when it cannot be read; `error` (RECORDING_ERROR_SIZE bytes) then holds one line that names
/// the file and, where that makes sense, the line or byte.
Recording* recording_open(const char* path, double rate, char* error);

void recording_close(Recording* rec);

/// "WFDB", "EDF", "CSV", ...
const char* recording_format(const Recording* rec);

unsigned recording_channels(const Recording* rec);

/// `index` counts from 0; NULL when there is none
const RecordingChannel* recording_channel(const Recording* rec, unsigned index);

/// The channel a person means: by name (then by name without regard to case), or by number from 1
/// (for tables, the number of the column). -1 with a line in `error` that lists what there is.
int recording_find(const Recording* rec, const char* name, char* error);

/// The first channel of that kind, or -1
int recording_find_kind(const Recording* rec, RecordingKind kind);

/// The channel to use when nobody named one: ECG before PPG before breathing before anything else
int recording_default(const Recording* rec);

/// Chooses the channel to read and goes back to its beginning.
bool recording_select(Recording* rec, unsigned index);

/// Goes back to the beginning of the selected channel.
bool recording_rewind(Recording* rec);

/// The next samples of the selected channel (channel recording_default() when none was selected),
/// in the channel's unit. A sample that is missing, marked invalid, or beyond what a float holds is
/// NAN.
/// Returns the number of samples, fewer than `n` only at the end; see recording_error() then.
size_t recording_read(Recording* rec, float* out, size_t n);

/// One line when reading stopped at something unreadable, "" when all was well so far
const char* recording_error(const Recording* rec);

/// One line about something tolerated, such as a missing end of the file; "" when there is nothing
const char* recording_warning(const Recording* rec);

/// Its end is missing: it holds less than its header says. recording_warning() tells.
bool recording_is_cut(const Recording* rec);

/// How much has been read, 0..1
double recording_progress(const Recording* rec);

/// Judges a channel's name
RecordingKind recording_kind(const char* name);

/// What one unit is in millivolts ("V", "mV", "uV", "µV", "nV"), 0 when it is no voltage
double recording_millivolts(const char* unit);

#endif
