// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Writer of BDF+C: 24-bit signals at one common rate and annotations, safe against a kill.
///
/// Each record is one write(), then the count of records in the header is brought up to date. Own
/// code because EDFlib keeps one annotation per record, drops the others in silence, and leaves a
/// file without its count (unreadable) when it is killed. Layout: Kemp and Olivan, "European data
/// format 'plus' (EDF+)", Clinical Neurophysiology 114 (2003), and BioSemi's page on BDF.

#ifndef TONUS_FORMATS_BDF_WRITER_H
#define TONUS_FORMATS_BDF_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define BDF_MAX_SIGNALS 16u

typedef struct BdfWriter BdfWriter;

typedef struct {
    const char* label;       ///< at most 16 characters, ASCII
    const char* unit;        ///< at most 8; "" for none
    const char* transducer;  ///< at most 80
    double minimum, maximum; ///< in that unit; what lies outside is clipped
} BdfSignal;

typedef struct {
    const BdfSignal* signals;
    unsigned n_signals;  ///< 1..BDF_MAX_SIGNALS
    unsigned samples;    ///< of each signal per record
    double record_s;     ///< duration of a record
    time_t start;        ///< first sample, local time
    const char* patient; ///< code of the person, or "" for unknown
    const char* equipment;
} BdfHeader;

/// Creates a file that must not exist. NULL with one line in `error`.
BdfWriter* bdf_create(const char* path, const BdfHeader* header, char* error);

/// One sample of every signal; what is not finite becomes 0.
bool bdf_samples(BdfWriter* bdf, const float* values);

/// An annotation; it goes into the next record that is written and has room. `duration_s` below 0:
/// none. `text`: UTF-8, at most 80 bytes. False when too many are waiting.
bool bdf_annotate(BdfWriter* bdf, double onset_s, double duration_s, const char* text);

/// Hands complete records to the system. False: some wait still (errno).
bool bdf_flush(BdfWriter* bdf);
bool bdf_sync(BdfWriter* bdf);

/// Completes the last record with the last values and writes annotations that wait.
/// False when not everything was written; whole records stay readable. bdf_close(NULL) is fine.
bool bdf_close(BdfWriter* bdf);

#endif
