// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// adjtimex() tells whether the wall clock is synchronised
#define _DEFAULT_SOURCE
#include "formats/recording.h"
#include "formats/take_thread_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define POLL_S       0.02 // looks into the ring while recording
#define IDLE_S       0.05 // and while not
#define SYNC_S       1.0
#define RETRY_S      0.25 // after the disk has refused
#define SLOW_SHOWN_S 10.0
#define BATCH        64 // messages between two flushes

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
    all_well(thread);
    if (thread->take && now_s(CLOCK_MONOTONIC) >= thread->next_sync_s) {
        sync_take(thread);
    }
    return n == BATCH;
}

void* takewriter_main(void* data)
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
