// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// adjtimex() tells whether the wall clock is synchronised
#define _DEFAULT_SOURCE
#include "formats/take_thread.h"

#include "formats/recording.h"
#include "formats/ring.h"
#include "formats/take_folder.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define RING_S       20.0 // two times what is asked for: fdatasync of a busy disk can take 10 s
#define RESERVE      8192 // bytes that only starts, stops and events may use
#define MIN_RESERVE  256  // bytes that only a stop may use
#define POLL_S       0.02 // looks into the ring while recording
#define IDLE_S       0.05 // and while not
#define SYNC_S       1.0
#define RETRY_S      0.25 // after the disk has refused
#define SLOW_SHOWN_S 10.0
#define WAIT_LIMIT_S 10.0  // of a freewheeling host for a disk that hangs
#define MAX_FRAMES   1024u // in one message
#define BATCH        64    // messages between two flushes

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
    _Atomic uint64_t pushed; // messages
    atomic_bool wanted;

    // Told by the writing thread
    _Atomic uint64_t done; // messages that are in the files
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
    bool opening;   // `start` waits for its folder
    bool refused;   // an episode of trouble is on
    uint64_t taken; // messages
    double next_try_s, next_sync_s, slow_until_s;
    uint64_t dropped_seen;
    double best_delay_s; // of this second, for the clock table
    uint64_t best_frame;
    double best_s;
    float frames[MAX_FRAMES * TAKE_CHANNELS];
};

static double now_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void sleep_s(double seconds)
{
    const struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&t, NULL);
}

// ---- Writing thread ---------------------------------------------------------------------------

static void set_state(TakeThread* thread, TakeState state)
{
    atomic_store_explicit(&thread->state, (int)state, memory_order_release);
}

static void trouble(TakeThread* thread, int reason)
{
    const bool folder = reason == EACCES || reason == EROFS || reason == ENOENT ||
                        reason == ENOTDIR || reason == EPERM || reason == ENAMETOOLONG;
    set_state(thread, reason == ENOSPC || reason == EDQUOT || reason == EFBIG ? TAKE_STATE_DISK_FULL
                      : folder                                                ? TAKE_STATE_NO_FOLDER
                                                                              : TAKE_STATE_ERROR);
    if (!thread->refused) {
        atomic_fetch_add_explicit(&thread->errors, 1, memory_order_relaxed);
    }
    thread->refused = true;
    thread->next_try_s = now_s(CLOCK_MONOTONIC) + RETRY_S;
}

static void all_well(TakeThread* thread)
{
    const uint64_t dropped = atomic_load_explicit(&thread->dropped, memory_order_relaxed);
    const double now = now_s(CLOCK_MONOTONIC);
    if (dropped != thread->dropped_seen && !thread->refused) {
        thread->slow_until_s = now + SLOW_SHOWN_S;
    }
    thread->dropped_seen = dropped;
    thread->refused = false;
    set_state(thread, !thread->take                ? TAKE_STATE_IDLE
                      : now < thread->slow_until_s ? TAKE_STATE_TOO_SLOW
                                                   : TAKE_STATE_RECORDING);
}

static void take_texts(TakeThread* thread)
{
    RingHead head;
    while (ring_peek(thread->texts, &head)) {
        char text[TAKE_TEXT_SIZE] = "";
        pthread_mutex_lock(&thread->lock); // taken and stored as one, see takethread_settle_texts()
        ring_take(thread->texts, text);
        if (head.type < TAKE_TEXTS) {
            memcpy(thread->text[head.type], text, sizeof text);
        }
        pthread_mutex_unlock(&thread->lock);
    }
}

static bool start_take(TakeThread* thread)
{
    const TakeStart* const start = &thread->start.how;
    char error[RECORDING_ERROR_SIZE];
    char text[TAKE_TEXTS][TAKE_TEXT_SIZE];
    char folder[TAKE_PATH_SIZE];
    pthread_mutex_lock(&thread->lock);
    memcpy(text, thread->text, sizeof text);
    memcpy(folder, thread->fallback, sizeof folder);
    pthread_mutex_unlock(&thread->lock);
    if (text[TAKE_TEXT_FOLDER][0]) {
        memcpy(folder, text[TAKE_TEXT_FOLDER], TAKE_TEXT_SIZE);
    }
    const TakeSettings settings = {folder,
                                   text[TAKE_TEXT_PATTERN],
                                   text[TAKE_TEXT_PERSON],
                                   thread->writer,
                                   thread->rate,
                                   start->sensor,
                                   start->full_scale_mv,
                                   start->beat_delay,
                                   thread->start.host_frame};
    thread->take = take_open(&settings, error);
    if (!thread->take) {
        trouble(thread, errno);
        return false;
    }
    pthread_mutex_lock(&thread->lock);
    snprintf(thread->path, sizeof thread->path, "%s", take_path(thread->take));
    pthread_mutex_unlock(&thread->lock);
    thread->next_sync_s = now_s(CLOCK_MONOTONIC) + SYNC_S;
    thread->best_delay_s = 1e300;
    return true;
}

static void read_clock(TakeThread* thread, uint64_t frame)
{
    // What passes the ring with the least delay tells best when it was there
    const double now = now_s(CLOCK_MONOTONIC);
    const double delay = now - (double)frame / thread->rate;
    if (delay < thread->best_delay_s) {
        thread->best_delay_s = delay;
        thread->best_frame = frame;
        thread->best_s = now;
    }
}

// One message; false when it has to stay for now
static bool take_message(TakeThread* thread, const RingHead* head)
{
    Take* const take = thread->take;
    union {
        StartBody start;
        EventBody event;
    } body;
    if (take && head->type != MESSAGE_START && head->frame > take_frames(take) &&
        !take_gap(take, head->frame - take_frames(take))) {
        trouble(thread, errno);
        return false;
    }
    switch (head->type) {
    case MESSAGE_AUDIO:
        ring_take(thread->ring, thread->frames);
        if (take) {
            const uint32_t n = head->size / (TAKE_CHANNELS * (uint32_t)sizeof(float));
            take_audio(take, thread->frames, n);
            read_clock(thread, head->frame + n);
        }
        break;
    case MESSAGE_EVENT:
        ring_take(thread->ring, &body.event);
        if (take) {
            take_event(take, (TakeKind)body.event.kind, head->frame, body.event.value);
        }
        break;
    case MESSAGE_START:
        ring_take(thread->ring, &body.start);
        thread->start = body.start;
        thread->opening = true;
        break;
    default:
        ring_take(thread->ring, NULL);
        thread->take = NULL;
        if (!take_close(take)) {
            trouble(thread, errno);
        }
        break;
    }
    thread->taken++;
    return true;
}

// Opens a take that waits for its folder; false: not yet
static bool open_waiting(TakeThread* thread)
{
    if (!thread->opening) {
        return true;
    }
    if (!start_take(thread)) {
        // One that nobody wants any more is let go; its frames are passed over
        thread->opening = atomic_load_explicit(&thread->wanted, memory_order_acquire);
        return !thread->opening;
    }
    thread->opening = false;
    return true;
}

static void sync_take(TakeThread* thread)
{
    struct timex kernel = {0};
    const bool synchronised = adjtimex(&kernel) >= 0 && !(kernel.status & STA_UNSYNC);
    const double monotonic = now_s(CLOCK_MONOTONIC);
    if (thread->best_delay_s < 1e300) {
        const double wall = thread->best_s + now_s(CLOCK_REALTIME) - monotonic;
        take_clock(thread->take, thread->best_frame, thread->best_s, wall, synchronised);
    }
    thread->best_delay_s = 1e300;
    if (!take_flush(thread->take) || !take_sync(thread->take)) {
        trouble(thread, errno);
    }
    thread->next_sync_s = monotonic + SYNC_S;
}

// Does what is to be done; true when there is more at once
static bool work(TakeThread* thread, bool last_call)
{
    if (thread->refused && !last_call && now_s(CLOCK_MONOTONIC) < thread->next_try_s) {
        return false;
    }
    // What waits comes first, so that it never grows
    if (thread->take && !take_flush(thread->take)) {
        trouble(thread, errno);
        return false;
    }
    RingHead head;
    int n = 0;
    while (n < BATCH && open_waiting(thread) && ring_peek(thread->ring, &head)) {
        if (!take_message(thread, &head)) {
            return false;
        }
        ++n;
    }
    if (thread->opening) {
        return false;
    }
    if (thread->take && !take_flush(thread->take)) {
        trouble(thread, errno);
        return false;
    }
    atomic_store_explicit(&thread->done, thread->taken, memory_order_release);
    all_well(thread);
    if (thread->take && now_s(CLOCK_MONOTONIC) >= thread->next_sync_s) {
        sync_take(thread);
    }
    return n == BATCH;
}

static void* thread_main(void* data)
{
    TakeThread* const thread = (TakeThread*)data;
    for (;;) {
        const bool quit = atomic_load_explicit(&thread->quit, memory_order_acquire);
        take_texts(thread);
        const bool more = work(thread, quit);
        if (quit && !more) {
            break;
        }
        if (!more) {
            sleep_s(thread->take ? POLL_S : IDLE_S);
        }
    }
    take_close(thread->take);
    return NULL;
}

// ---- Instantiation ----------------------------------------------------------------------------

// An ordinary thread even where the host starts plugins from a real-time one; signals are the
// host's
static bool start_thread(TakeThread* thread)
{
    const struct sched_param none = {0};
    sigset_t all;
    sigset_t before;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_OTHER);
    pthread_attr_setschedparam(&attributes, &none);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&thread->thread, &attributes, thread_main, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return !failed;
}

TakeThread* takethread_new(double rate_hz, const char* writer, const char* fallback)
{
    TakeThread* const thread = calloc(1, sizeof *thread);
    if (!thread) {
        return NULL;
    }
    thread->rate = rate_hz;
    snprintf(thread->writer, sizeof thread->writer, "%s", writer);
    snprintf(thread->fallback, sizeof thread->fallback, "%s", fallback);
    thread->ring = ring_new((size_t)(RING_S * rate_hz * TAKE_CHANNELS * sizeof(float)) + RESERVE);
    thread->texts = ring_new((size_t)8 * TAKE_TEXT_SIZE);
    pthread_mutex_init(&thread->lock, NULL);
    if (!thread->ring || !thread->texts || !start_thread(thread)) {
        ring_free(thread->ring);
        ring_free(thread->texts);
        pthread_mutex_destroy(&thread->lock);
        free(thread);
        return NULL;
    }
    return thread;
}

void takethread_free(TakeThread* thread)
{
    if (!thread) {
        return;
    }
    takethread_stop(thread);
    atomic_store_explicit(&thread->quit, true, memory_order_release);
    pthread_join(thread->thread, NULL);
    pthread_mutex_destroy(&thread->lock);
    ring_free(thread->ring);
    ring_free(thread->texts);
    free(thread);
}

void takethread_set_text(TakeThread* thread, TakeText which, const char* text)
{
    if ((unsigned)which < TAKE_TEXTS) {
        pthread_mutex_lock(&thread->lock);
        snprintf(thread->text[which], TAKE_TEXT_SIZE, "%s", text);
        pthread_mutex_unlock(&thread->lock);
    }
}

void takethread_text(TakeThread* thread, TakeText which, char* text)
{
    pthread_mutex_lock(&thread->lock);
    memcpy(text, thread->text[which], TAKE_TEXT_SIZE);
    pthread_mutex_unlock(&thread->lock);
}

void takethread_set_fallback(TakeThread* thread, const char* folder)
{
    pthread_mutex_lock(&thread->lock);
    snprintf(thread->fallback, sizeof thread->fallback, "%s", folder);
    pthread_mutex_unlock(&thread->lock);
}

void takethread_path(TakeThread* thread, char* path)
{
    pthread_mutex_lock(&thread->lock);
    memcpy(path, thread->path, TAKE_PATH_SIZE);
    pthread_mutex_unlock(&thread->lock);
}

static bool settle(TakeThread* thread, uint64_t until_message, double limit_s)
{
    RingHead head;
    const double until = now_s(CLOCK_MONOTONIC) + limit_s;
    while (atomic_load_explicit(&thread->done, memory_order_acquire) < until_message ||
           ring_peek(thread->texts, &head)) {
        if (now_s(CLOCK_MONOTONIC) >= until) {
            return false;
        }
        sleep_s(0.002);
    }
    return true;
}

bool takethread_settle(TakeThread* thread, double limit_s)
{
    return settle(thread, atomic_load_explicit(&thread->pushed, memory_order_acquire), limit_s);
}

bool takethread_settle_texts(TakeThread* thread, double limit_s)
{
    // One that is just being taken out counts as taken only when the lock is free again
    const bool taken = settle(thread, 0, limit_s);
    pthread_mutex_lock(&thread->lock);
    pthread_mutex_unlock(&thread->lock);
    return taken;
}

// ---- Audio thread -----------------------------------------------------------------------------

static bool push(TakeThread* thread, uint32_t type, const void* body, uint32_t size, size_t reserve)
{
    const RingHead head = {type, size, thread->frame};
    if (!ring_push(thread->ring, &head, body, reserve)) {
        return false;
    }
    atomic_fetch_add_explicit(&thread->pushed, 1, memory_order_release);
    return true;
}

bool takethread_push_text(TakeThread* thread, TakeText which, const char* text)
{
    char whole[TAKE_TEXT_SIZE];
    const RingHead head = {which, TAKE_TEXT_SIZE, 0};
    memset(whole, 0, sizeof whole);
    memcpy(whole, text, strnlen(text, TAKE_TEXT_SIZE - 1));
    return ring_push(thread->texts, &head, whole, 0);
}

bool takethread_start(TakeThread* thread, const TakeStart* start, uint64_t host_frame)
{
    const StartBody body = {*start, host_frame};
    if (thread->running) {
        return false;
    }
    thread->frame = 0;
    atomic_store_explicit(&thread->wanted, true, memory_order_release);
    thread->running = push(thread, MESSAGE_START, &body, sizeof body, MIN_RESERVE);
    return thread->running;
}

void takethread_stop(TakeThread* thread)
{
    atomic_store_explicit(&thread->wanted, false, memory_order_release);
    if (thread->running) {
        push(thread, MESSAGE_STOP, NULL, 0, 0);
        thread->running = false;
    }
}

// In freewheeling the disk sets the pace, unless it has stopped
static bool wait_and_push(TakeThread* thread, const float* frames, uint32_t bytes)
{
    const double until = now_s(CLOCK_MONOTONIC) + WAIT_LIMIT_S;
    while (!thread->gave_up) {
        if (push(thread, MESSAGE_AUDIO, frames, bytes, RESERVE)) {
            return true;
        }
        const TakeState state = takethread_state(thread);
        thread->gave_up = (state != TAKE_STATE_RECORDING && state != TAKE_STATE_IDLE &&
                           state != TAKE_STATE_TOO_SLOW) ||
                          now_s(CLOCK_MONOTONIC) >= until;
        sleep_s(0.001);
    }
    return false;
}

void takethread_audio(TakeThread* thread, const float* frames, uint32_t n, bool wait)
{
    while (thread->running && n > 0) {
        const uint32_t part = n < MAX_FRAMES ? n : MAX_FRAMES;
        const uint32_t bytes = part * TAKE_CHANNELS * (uint32_t)sizeof(float);
        if (push(thread, MESSAGE_AUDIO, frames, bytes, RESERVE)) {
            thread->gave_up = false;
        } else if (!wait || !wait_and_push(thread, frames, bytes)) {
            atomic_fetch_add_explicit(&thread->dropped, part, memory_order_relaxed);
        }
        thread->frame += part;
        frames += (size_t)part * TAKE_CHANNELS;
        n -= part;
    }
}

void takethread_event(TakeThread* thread, TakeKind kind, double value)
{
    const EventBody body = {(uint32_t)kind, value};
    if (thread->running) {
        push(thread, MESSAGE_EVENT, &body, sizeof body, 2 * MIN_RESERVE);
    }
}

bool takethread_running(const TakeThread* thread)
{
    return thread->running;
}

TakeState takethread_state(const TakeThread* thread)
{
    return (TakeState)atomic_load_explicit(&thread->state, memory_order_acquire);
}

uint64_t takethread_dropped(const TakeThread* thread)
{
    return atomic_load_explicit(&thread->dropped, memory_order_relaxed);
}

uint32_t takethread_errors(const TakeThread* thread)
{
    return atomic_load_explicit(&thread->errors, memory_order_relaxed);
}
