// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A liblsl with two streams and no network, for tests: "Belt" (type Resp, 1 channel, 50 Hz) and
// "Strap 7" (type ECG, 2 channels, 250 Hz, in chunks of 25). Sample i of the strap is (-1, i); its
// clock is 1000 s ahead, which time_correction tells. It is lost once after 200 samples; the next
// inlet goes on with number 1000.

#define _POSIX_C_SOURCE 200809L

#include "lsl_library.h"

#include <string.h>
#include <time.h>

#define AHEAD_S 1000.0
#define CHUNK   25

static const LslStream infos[] = {{"Belt", "Resp", 1, 50.0}, {"Strap 7", "ECG", 2, 250.0}};

typedef struct {
    const LslStream* info;
    double begin_s;
    unsigned sent;
    unsigned first;
} Inlet;

static Inlet inlets[8];
static unsigned made;

static void nap(double seconds)
{
    const struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&t, NULL);
}

double lsl_local_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + t.tv_nsec * 1e-9;
}

int32_t lsl_resolve_all(void** to, uint32_t max, double wait_s)
{
    nap(wait_s < 0.05 ? wait_s : 0.05);
    for (uint32_t i = 0; i < 2 && i < max; i++) {
        to[i] = (void*)&infos[i];
    }
    return max < 2 ? (int32_t)max : 2;
}

void* lsl_create_inlet(void* info, int32_t buffer_s, int32_t chunk, int32_t recover)
{
    (void)buffer_s;
    (void)chunk;
    (void)recover;
    if (made == 8) {
        return NULL;
    }
    Inlet* const inlet = &inlets[made];
    *inlet = (Inlet){info, lsl_local_clock(), 0, made ? 1000 : 0};
    made++;
    return inlet;
}

void lsl_destroy_inlet(void* inlet)
{
    memset(inlet, 0, sizeof(Inlet));
}

unsigned long lsl_pull_chunk_f(void* from, float* data, double* stamps, unsigned long max_data,
                               unsigned long max_stamps, double timeout_s, int32_t* error)
{
    Inlet* const inlet = from;
    const unsigned long width = (unsigned long)inlet->info->channels;
    const double due_s = inlet->begin_s + (inlet->sent + CHUNK) / inlet->info->rate;
    const double wait_s = due_s - lsl_local_clock();
    *error = 0;
    if (inlet->first == 0 && inlet->sent >= 200) {
        *error = -2; // lost
        return 0;
    }
    if (wait_s > timeout_s || max_data < CHUNK * width || max_stamps < CHUNK) {
        nap(timeout_s);
        return 0;
    }
    nap(wait_s > 0.0 ? wait_s : 0.0);
    for (unsigned i = 0; i < CHUNK; i++, inlet->sent++) {
        data[i * width] = -1.0f;
        data[i * width + width - 1] = (float)(inlet->first + inlet->sent);
        stamps[i] = inlet->begin_s + inlet->sent / inlet->info->rate + AHEAD_S;
    }
    return CHUNK * width;
}

double lsl_time_correction(void* inlet, double timeout_s, int32_t* error)
{
    (void)inlet;
    (void)timeout_s;
    *error = 0;
    return -AHEAD_S;
}
