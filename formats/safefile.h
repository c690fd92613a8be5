// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A file that only grows and that a kill or a full disk cannot spoil.
///
/// Bytes are appended in memory and handed to the system by safefile_flush(), each flush one
/// write() where the system takes it. What the system does not take (disk full, quota, a network
/// folder gone) waits and is tried again by the next flush, at the same place, so that nothing is
/// lost or written twice. Small pieces already written may be patched: counts in a header.
///
/// One object belongs to one thread; nothing here is real-time safe.

#ifndef TONUS_FORMATS_SAFEFILE_H
#define TONUS_FORMATS_SAFEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct SafeFile SafeFile;

/// Creates a file that must not exist yet. NULL with one line in `error` (RECORDING_ERROR_SIZE
/// bytes).
SafeFile* safefile_create(const char* path, char* error);

/// Adds bytes at the end. False without memory; nothing is added then.
bool safefile_append(SafeFile* file, const void* bytes, size_t n);

/// Adds formatted text at the end (at most 1000 characters). Numbers are written with the C
/// locale's point if the caller formats them so.
bool safefile_print(SafeFile* file, const char* format, ...) __attribute__((format(printf, 2, 3)));

/// Adds a hole that reads as zeros and takes no room on the disk. False (and nothing done) while
/// bytes are waiting or when the system refuses.
bool safefile_skip(SafeFile* file, uint64_t n);

/// Hands everything to the system. False when some of it waits still; errno says why.
bool safefile_flush(SafeFile* file);

/// Overwrites bytes within what has been handed to the system.
bool safefile_patch(SafeFile* file, uint64_t at, const void* bytes, size_t n);

/// Asks the system to bring it to the disk (fdatasync).
bool safefile_sync(SafeFile* file);

/// Bytes handed to the system.
uint64_t safefile_written(const SafeFile* file);

/// Cuts the file to `size` bytes and forgets what waits.
bool safefile_cut(SafeFile* file, uint64_t size);

/// Flushes and closes; false when not everything could be written. safefile_close(NULL) is fine.
bool safefile_close(SafeFile* file);

#endif
