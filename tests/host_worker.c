// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "host_internal.h"

#include <string.h>

static bool push(HostQueue* queue, uint64_t due, uint32_t size, const void* data)
{
    pthread_mutex_lock(&queue->lock);
    const bool fits = queue->count < HOST_MESSAGES && size <= HOST_MESSAGE_SIZE;
    if (fits) {
        HostMessage* const message =
            &queue->messages[(queue->first + queue->count) % HOST_MESSAGES];
        message->due = due;
        message->size = size;
        if (size)
            memcpy(message->body, data, size);
        queue->count++;
    }
    pthread_mutex_unlock(&queue->lock);
    return fits;
}

/// Takes the first message that is due.
static bool pop(HostQueue* queue, uint64_t now, HostMessage* message)
{
    pthread_mutex_lock(&queue->lock);
    const bool any = queue->count && queue->messages[queue->first].due <= now;
    if (any) {
        const HostMessage* const first = &queue->messages[queue->first];
        message->due = first->due;
        message->size = first->size;
        memcpy(message->body, first->body, first->size);
        queue->first = (queue->first + 1) % HOST_MESSAGES;
        queue->count--;
    }
    pthread_mutex_unlock(&queue->lock);
    return any;
}

static LV2_Worker_Status respond(LV2_Worker_Respond_Handle handle, uint32_t size, const void* data)
{
    HostWork* const work = handle;
    if (work->mode == HOST_WORKER_SYNC && work->in_run)
        return work->plugin->work_response(work->handle, size, data);
    return push(&work->answers, work->block + work->delay, size, data) ? LV2_WORKER_SUCCESS
                                                                       : LV2_WORKER_ERR_NO_SPACE;
}

static void do_requests(HostWork* work)
{
    HostMessage message;
    while (pop(&work->requests, UINT64_MAX, &message))
        work->plugin->work(work->handle, respond, work, message.size, message.body);
}

static void* thread_main(void* data)
{
    HostWork* const work = data;
    for (;;) {
        while (sem_wait(&work->wake) != 0) {
        }
        if (__atomic_load_n(&work->stop, __ATOMIC_ACQUIRE))
            return NULL;
        do_requests(work);
    }
}

static LV2_Worker_Status schedule(HostWork* work, uint32_t size, const void* data)
{
    if (!work->plugin)
        return LV2_WORKER_ERR_UNKNOWN;
    if (work->mode == HOST_WORKER_SYNC)
        return work->plugin->work(work->handle, respond, work, size, data);
    if (!push(&work->requests, 0, size, data))
        return LV2_WORKER_ERR_NO_SPACE;
    if (work->thread_runs)
        sem_post(&work->wake);
    return LV2_WORKER_SUCCESS;
}

LV2_Worker_Status host_worker_schedule(void* handle, uint32_t size, const void* data)
{
    HostWork* const work = handle;
    // what the host does in here is not the plugin's
    if (work->in_run && work->rt_exit)
        work->rt_exit();
    const LV2_Worker_Status status = schedule(work, size, data);
    if (work->in_run && work->rt_enter)
        work->rt_enter();
    return status;
}

void host_worker_open(HostWork* work, const HostConfig* config)
{
    work->mode = config->worker;
    work->delay = config->worker_delay;
    pthread_mutex_init(&work->requests.lock, NULL);
    pthread_mutex_init(&work->answers.lock, NULL);
    sem_init(&work->wake, 0, 0);
}

void host_worker_start(HostWork* work, const LV2_Worker_Interface* plugin, LV2_Handle handle)
{
    work->plugin = plugin;
    work->handle = handle;
    if (plugin && work->mode == HOST_WORKER_THREADED) {
        work->thread_runs = true;
        if (pthread_create(&work->thread, NULL, thread_main, work) != 0)
            host_die("no thread for the worker");
        sem_post(&work->wake); // for what was scheduled before the thread was there
    }
}

void host_worker_close(HostWork* work)
{
    if (work->thread_runs) {
        __atomic_store_n(&work->stop, true, __ATOMIC_RELEASE);
        sem_post(&work->wake);
        pthread_join(work->thread, NULL);
        work->thread_runs = false;
    }
    sem_destroy(&work->wake);
    pthread_mutex_destroy(&work->requests.lock);
    pthread_mutex_destroy(&work->answers.lock);
}

void host_worker_after_run(HostWork* work)
{
    if (!work->plugin || work->mode == HOST_WORKER_NONE)
        return;
    if (work->mode == HOST_WORKER_DELAYED)
        do_requests(work);
    HostMessage message;
    while (
        pop(&work->answers, work->mode == HOST_WORKER_DELAYED ? work->block : UINT64_MAX, &message))
        if (work->plugin->work_response)
            work->plugin->work_response(work->handle, message.size, message.body);
    if (work->plugin->end_run)
        work->plugin->end_run(work->handle);
    work->block++;
}
