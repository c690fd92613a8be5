// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Text from files and file names, made fit for what is UTF-8: JSON, HTML, labels.

#ifndef TONUS_FORMATS_UTF8_H
#define TONUS_FORMATS_UTF8_H

#include <stddef.h>

/// Copies what fits into `size` bytes, a whole character at a time. Bytes that are no UTF-8 are
/// taken as Latin-1, in which old EDF files have their µ.
void utf8_copy(char* to, size_t size, const char* from);

#endif
