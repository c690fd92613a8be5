// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Writer of the WAV file of a take: 32-bit float, frames at known places, header kept current.
///
/// Not libsndfile (formats/soundout.h): after a write that failed half way, a recording must go on
/// at exactly the same frame, and a stretch that was lost becomes a hole of zeros. Readers of every
/// kind open the file at any moment. Above 4 GB the header turns from RIFF into RF64 (EBU Tech
/// 3306), for which room is kept from the start; a bext chunk (EBU Tech 3285) tells the time of
/// day.

#ifndef TONUS_FORMATS_WAV_WRITER_H
#define TONUS_FORMATS_WAV_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

typedef struct WavWriter WavWriter;

typedef struct {
    unsigned rate;           ///< Hz
    unsigned channels;       ///< 1..64
    const char* software;    ///< into bext, at most 31 characters
    time_t start;            ///< of the first frame
    double start_fraction_s; ///< to be added to `start`, 0..1
} WavHeader;

/// Creates a file that must not exist. NULL with one line in `error`.
WavWriter* wav_create(const char* path, const WavHeader* header, char* error);

/// Interleaved frames. False without memory.
bool wav_frames(WavWriter* wav, const float* frames, size_t n);

/// n frames of silence that take no room on the disk. False (nothing done) while frames wait.
bool wav_skip(WavWriter* wav, uint64_t n);

/// Hands frames to the system, then brings the header up to date. False: some wait still (errno).
bool wav_flush(WavWriter* wav);
bool wav_sync(WavWriter* wav);

/// False when not everything was written; whole frames stay readable. wav_close(NULL) is fine.
bool wav_close(WavWriter* wav);

#endif
