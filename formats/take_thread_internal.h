// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What the two halves of take_thread share: what the audio thread pushes (take_thread.c) and what
/// the writing thread makes of it (take_writer.c).

#ifndef TONUS_FORMATS_TAKE_THREAD_INTERNAL_H
#define TONUS_FORMATS_TAKE_THREAD_INTERNAL_H

#include "formats/ring.h"
#include "formats/take_folder.h"
#include "formats/take_thread.h"

#include <pthread.h>
#include <stdatomic.h>

#define MAX_FRAMES 1024u // in one message

enum { MESSAGE_START, MESSAGE_STOP, MESSAGE_AUDIO, MESSAGE_EVENT };

typedef struct {
    TakeStart how;
    uint64_t host_frame;
} StartBody;

typedef struct {
    uint32_t kind;
    double value;
} EventBody;

struct TakeThread {
    double rate;
    char writer[128];
    Ring* ring;
    Ring* texts;
    pthread_t thread;
    atomic_bool quit;

    // Audio thread's own
    bool running;
    bool gave_up;   // waiting for a disk that hangs
    uint64_t frame; // of the take, next; lost ones count

    // Told by the audio thread
    _Atomic uint64_t dropped;
    atomic_bool wanted;

    // Told by the writing thread
    atomic_int state;
    atomic_uint errors;

    // Under the lock; the audio thread never takes it
    pthread_mutex_t lock;
    char text[TAKE_TEXTS][TAKE_TEXT_SIZE];
    char fallback[TAKE_PATH_SIZE];
    char path[TAKE_PATH_SIZE];

    // Writing thread's own
    Take* take;
    StartBody start;
    bool opening; // `start` waits for its folder
    bool refused; // an episode of trouble is on
    double next_try_s, next_sync_s, slow_until_s;
    uint64_t dropped_seen;
    double best_delay_s; // of this second, for the clock table
    uint64_t best_frame;
    double best_s;
    float frames[MAX_FRAMES * TAKE_CHANNELS];
};

static inline double now_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline void sleep_s(double seconds)
{
    const struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&t, NULL);
}

/// The writing thread; `data` is the TakeThread. It ends after `quit` was set.
void* takewriter_main(void* data);

#endif
