// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What scipy says of a series of intervals: somebody else's Lomb-Scargle as a reference.
#ifndef TESTS_SCIPY_H
#define TESTS_SCIPY_H

#include <stdbool.h>
#include <stddef.h>

/// Powers of VLF, LF and HF of `n` values at `time_s` (s), in the values' unit squared: the linear
/// trend taken off, scipy.signal.lombscargle on 8000 frequencies up to 0.4 Hz, integrated. False,
/// and said so, without scipy for /usr/bin/python3.
bool scipy_bands(const double* time_s, const double* value, size_t n, double bands[3]);

#endif
