// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a take goes: one new folder each, named by a pattern.

#ifndef TONUS_FORMATS_TAKE_FOLDER_H
#define TONUS_FORMATS_TAKE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define TAKE_PATH_SIZE 4096 ///< bytes of any path here

/// The pattern when none is given: local time, sorts by itself, legal on every file system
#define TAKE_PATTERN "%Y-%m-%dT%H-%M-%S"

/// Fills `name` from a pattern: %Y %m %d %H %M %S of local time, %P the person's code ("" when none
/// is given), %% a percent sign. What a file system or a shell could stumble over becomes '_'; an
/// empty result, or one that begins with a dot, falls back to TAKE_PATTERN.
void take_folder_name(char* name, size_t size, const char* pattern, const char* person,
                      time_t start);

/// Creates the folder PARENT/NAME, and PARENT where it is missing. When it exists already, NAME-2,
/// NAME-3 ... are tried: what is there is never touched. False with one line in `error`
/// (RECORDING_ERROR_SIZE bytes) and errno set.
bool take_folder_create(char* path, const char* parent, const char* name, char* error);

#endif
