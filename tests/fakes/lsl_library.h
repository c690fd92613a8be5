// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The calls of liblsl that the bridge makes, and those of them that only read a description: for
/// the one source file of a stand-in.
#ifndef TESTS_FAKES_LSL_LIBRARY_H
#define TESTS_FAKES_LSL_LIBRARY_H

#include "lsl_stream.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT double lsl_local_clock(void);
EXPORT int32_t lsl_resolve_all(void** to, uint32_t max, double wait_s);
EXPORT void lsl_destroy_streaminfo(void* info);
EXPORT const char* lsl_get_name(void* info);
EXPORT const char* lsl_get_type(void* info);
EXPORT int32_t lsl_get_channel_count(void* info);
EXPORT double lsl_get_nominal_srate(void* info);
EXPORT void* lsl_create_inlet(void* info, int32_t buffer_s, int32_t chunk, int32_t recover);
EXPORT void lsl_destroy_inlet(void* inlet);
EXPORT unsigned long lsl_pull_chunk_f(void* inlet, float* data, double* stamps,
                                      unsigned long max_data, unsigned long max_stamps,
                                      double timeout_s, int32_t* error);
EXPORT double lsl_time_correction(void* inlet, double timeout_s, int32_t* error);

void lsl_destroy_streaminfo(void* info)
{
    (void)info;
}

const char* lsl_get_name(void* info)
{
    return ((const LslStream*)info)->name;
}

const char* lsl_get_type(void* info)
{
    return ((const LslStream*)info)->type;
}

int32_t lsl_get_channel_count(void* info)
{
    return ((const LslStream*)info)->channels;
}

double lsl_get_nominal_srate(void* info)
{
    return ((const LslStream*)info)->rate;
}

#endif
