// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Between fuzz_lsl.c and the library that it has the bridge open
#ifndef TESTS_FUZZ_LSL_H
#define TESTS_FUZZ_LSL_H

#include "../fakes/lsl_stream.h"

typedef struct {
    int32_t (*resolve)(void** to, uint32_t max);
    unsigned long (*pull)(float* data, double* stamps, unsigned long max_data,
                          unsigned long max_stamps, int32_t* error);
    double (*number)(void); ///< any clock, any correction
} LslSpeaker;

#endif
