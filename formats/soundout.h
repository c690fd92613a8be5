// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Writer of WAV files through libsndfile: 32-bit float, its header brought up to date once a
/// second of sound, so that a file whose writer was killed can be read up to there. Beyond 4 GB it
/// becomes an RF64 by itself.

#ifndef TONUS_FORMATS_SOUNDOUT_H
#define TONUS_FORMATS_SOUNDOUT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct SoundOut SoundOut;

/// NULL with one line in `error` (RECORDING_ERROR_SIZE bytes)
SoundOut* soundout_open(const char* path, unsigned rate, unsigned channels, char* error);

/// Interleaved frames. False when the disk takes no more.
bool soundout_write(SoundOut* out, const float* frames, size_t n);

/// False when the file is not complete; soundout_close(NULL) is fine.
bool soundout_close(SoundOut* out);

#endif
