// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A liblsl whose streams say what fuzz_lsl.c wants: it is opened as the real one is, and passes
/// every call on.

#include "lsl.h"

#include "../fakes/lsl_library.h"

static const LslSpeaker* speaker;

EXPORT void lsl_fuzz_speaker(const LslSpeaker* given);

void lsl_fuzz_speaker(const LslSpeaker* given)
{
    speaker = given;
}

double lsl_local_clock(void)
{
    return speaker->number();
}

int32_t lsl_resolve_all(void** to, uint32_t max, double wait_s)
{
    (void)wait_s;
    return speaker->resolve(to, max);
}

void* lsl_create_inlet(void* info, int32_t buffer_s, int32_t chunk, int32_t recover)
{
    (void)buffer_s;
    (void)chunk;
    (void)recover;
    return info;
}

void lsl_destroy_inlet(void* inlet)
{
    (void)inlet;
}

unsigned long lsl_pull_chunk_f(void* inlet, float* data, double* stamps, unsigned long max_data,
                               unsigned long max_stamps, double timeout_s, int32_t* error)
{
    (void)inlet;
    (void)timeout_s;
    return speaker->pull(data, stamps, max_data, max_stamps, error);
}

double lsl_time_correction(void* inlet, double timeout_s, int32_t* error)
{
    (void)inlet;
    (void)timeout_s;
    *error = 0;
    return speaker->number();
}
