// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/ring.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct Ring {
    uint8_t* bytes;
    size_t size;           // a multiple of 16
    _Atomic uint64_t head; // bytes ever written
    char apart[64];        // the two threads' counters on cache lines of their own
    _Atomic uint64_t tail; // bytes ever read
};

Ring* ring_new(size_t bytes)
{
    Ring* const ring = calloc(1, sizeof *ring);
    const size_t size = bytes > 4096 ? (bytes + 15u) & ~(size_t)15u : 4096;
    if (!ring || !(ring->bytes = malloc(size))) {
        free(ring);
        return NULL;
    }
    memset(ring->bytes, 1, size);
    ring->size = size;
    atomic_init(&ring->head, 0);
    atomic_init(&ring->tail, 0);
    return ring;
}

void ring_free(Ring* ring)
{
    if (ring) {
        free(ring->bytes);
        free(ring);
    }
}

// Messages begin at multiples of 16, so that a head never wraps
static uint64_t length(uint32_t size)
{
    return sizeof(RingHead) + (((uint64_t)size + 15u) & ~(uint64_t)15u);
}

bool ring_push(Ring* ring, const RingHead* head, const void* body, size_t reserve)
{
    const uint64_t at = atomic_load_explicit(&ring->head, memory_order_relaxed);
    const uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    if (at - tail + length(head->size) + reserve > ring->size) {
        return false;
    }
    const size_t place = at % ring->size;
    memcpy(ring->bytes + place, head, sizeof *head);
    const size_t begin = (place + sizeof *head) % ring->size;
    const size_t first = head->size < ring->size - begin ? head->size : ring->size - begin;
    if (head->size) {
        memcpy(ring->bytes + begin, body, first);
        memcpy(ring->bytes, (const uint8_t*)body + first, head->size - first);
    }
    atomic_store_explicit(&ring->head, at + length(head->size), memory_order_release);
    return true;
}

bool ring_peek(const Ring* ring, RingHead* head)
{
    const uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    if (atomic_load_explicit(&ring->head, memory_order_acquire) == tail) {
        return false;
    }
    memcpy(head, ring->bytes + tail % ring->size, sizeof *head);
    return true;
}

void ring_take(Ring* ring, void* body)
{
    RingHead head;
    if (!ring_peek(ring, &head)) {
        return;
    }
    const uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    const size_t begin = (tail + sizeof head) % ring->size;
    const size_t first = head.size < ring->size - begin ? head.size : ring->size - begin;
    if (body && head.size) {
        memcpy(body, ring->bytes + begin, first);
        memcpy((uint8_t*)body + first, ring->bytes, head.size - first);
    }
    atomic_store_explicit(&ring->tail, tail + length(head.size), memory_order_release);
}
