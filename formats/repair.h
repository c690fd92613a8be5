// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Puts right what a crash in the middle of a write has left: strict readers (EDFlib) refuse an EDF
/// or BDF file whose last record is cut, or whose header does not know how many records there are.

#ifndef TONUS_FORMATS_REPAIR_H
#define TONUS_FORMATS_REPAIR_H

#include <stdbool.h>
#include <stddef.h>

/// A take's folder, an EDF or BDF file, or a table of lines. What is whole stays as it is, byte for
/// byte: a cut last record or line is taken off, the count in the header is corrected. `told`
/// (RECORDING_ERROR_SIZE bytes) says in one line what was done, or what is wrong when false.
bool repair(const char* path, char* told);

#endif
