// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/take_thread.h"

#include "formats/take_thread_internal.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RING_S       11.0 // fdatasync of a busy disk can take 10 s
#define RESERVE      8192 // bytes that only starts, stops and events may use
#define MIN_RESERVE  256  // bytes that only a stop may use
#define WAIT_LIMIT_S 10.0 // of a freewheeling host for a disk that hangs

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
    const int failed = pthread_create(&thread->thread, &attributes, takewriter_main, thread);
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

static bool settle(TakeThread* thread, double limit_s)
{
    RingHead head;
    const double until = now_s(CLOCK_MONOTONIC) + limit_s;
    while (ring_peek(thread->texts, &head)) {
        if (now_s(CLOCK_MONOTONIC) >= until) {
            return false;
        }
        sleep_s(0.002);
    }
    return true;
}

bool takethread_settle_texts(TakeThread* thread, double limit_s)
{
    // One that is just being taken out counts as taken only when the lock is free again
    const bool taken = settle(thread, limit_s);
    pthread_mutex_lock(&thread->lock);
    pthread_mutex_unlock(&thread->lock);
    return taken;
}

// ---- Audio thread -----------------------------------------------------------------------------

static bool push(TakeThread* thread, uint32_t type, const void* body, uint32_t size, size_t reserve)
{
    const RingHead head = {type, size, thread->frame};
    return ring_push(thread->ring, &head, body, reserve);
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
