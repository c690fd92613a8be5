// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_queue.h"

#include <string.h>

void beat_queue_add(BeatQueue* const queue, const uint64_t due, const BeatEvent* const event)
{
    if (queue->n == BEAT_QUEUE) {
        return;
    }
    uint32_t i = queue->n++;
    for (; i > 0 && queue->waiting[i - 1].frame > due; --i) {
        queue->waiting[i] = queue->waiting[i - 1];
    }
    queue->waiting[i].frame = due;
    queue->waiting[i].event = *event;
}

uint32_t beat_queue_take(BeatQueue* const queue, const uint64_t start, const uint64_t end,
                         BeatEvent* const events, const uint32_t capacity)
{
    uint32_t count = 0;
    uint32_t left = 0;
    while (left < queue->n && queue->waiting[left].frame < end) {
        if (count < capacity) {
            events[count] = queue->waiting[left].event;
            events[count].frame = (uint32_t)(queue->waiting[left].frame - start);
            ++count;
        }
        ++left;
    }
    queue->n -= left;
    memmove(queue->waiting, queue->waiting + left, queue->n * sizeof *queue->waiting);
    return count;
}
