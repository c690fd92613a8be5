// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What a stand-in for liblsl takes for a stream's description (lsl_streaminfo)
#ifndef TESTS_FAKES_LSL_STREAM_H
#define TESTS_FAKES_LSL_STREAM_H

#include <stdint.h>

typedef struct {
    char name[64], type[64];
    int32_t channels;
    double rate;
} LslStream;

#endif
