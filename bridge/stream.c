// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/stream.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/// Packets of the ring. With 64 samples each: 0.3 s of a 96 kHz file, 4 s of BITalino in frames of
/// 16
#define CAPACITY 512u

struct Stream {
    double rate;
    bool free_running;
    atomic_bool ended;
    _Atomic uint32_t written; // packets, ever
    _Atomic uint32_t read;
    // A sequence lock of doubles in atomic words: even = complete
    _Atomic uint32_t map_version;
    _Atomic uint64_t map_words[sizeof(StreamMap) / sizeof(uint64_t)];
    StreamPacket ring[CAPACITY];
};

_Static_assert(sizeof(StreamMap) % sizeof(uint64_t) == 0, "the map is copied in whole words");

Stream* stream_new(double rate, bool free_running)
{
    Stream* const stream = calloc(1, sizeof *stream);
    if (stream) {
        stream->rate = rate;
        stream->free_running = free_running;
    }
    return stream;
}

void stream_free(Stream* stream)
{
    free(stream);
}

double stream_rate(const Stream* stream)
{
    return stream->rate;
}

bool stream_free_running(const Stream* stream)
{
    return stream->free_running;
}

uint32_t stream_space(const Stream* stream)
{
    const uint32_t read = atomic_load_explicit(&stream->read, memory_order_acquire);
    return CAPACITY - (atomic_load_explicit(&stream->written, memory_order_relaxed) - read);
}

bool stream_filled(const Stream* stream)
{
    return stream_space(stream) <= CAPACITY / 2 ||
           atomic_load_explicit(&stream->ended, memory_order_acquire);
}

bool stream_put(Stream* stream, const StreamPacket* packet)
{
    if (stream_space(stream) == 0) {
        return false;
    }
    const uint32_t at = atomic_load_explicit(&stream->written, memory_order_relaxed);
    stream->ring[at % CAPACITY] = *packet;
    atomic_store_explicit(&stream->written, at + 1, memory_order_release);
    return true;
}

bool stream_get(Stream* stream, StreamPacket* packet)
{
    const uint32_t at = atomic_load_explicit(&stream->read, memory_order_relaxed);
    if (at == atomic_load_explicit(&stream->written, memory_order_acquire)) {
        return false;
    }
    *packet = stream->ring[at % CAPACITY];
    atomic_store_explicit(&stream->read, at + 1, memory_order_release);
    return true;
}

void stream_set_map(Stream* stream, const StreamMap* map)
{
    uint64_t words[sizeof *map / sizeof(uint64_t)];
    memcpy(words, map, sizeof words);
    const uint32_t version = atomic_load_explicit(&stream->map_version, memory_order_relaxed);
    atomic_store_explicit(&stream->map_version, version + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        atomic_store_explicit(&stream->map_words[i], words[i], memory_order_relaxed);
    }
    atomic_store_explicit(&stream->map_version, version + 2, memory_order_release);
}

bool stream_map(const Stream* stream, StreamMap* map)
{
    uint64_t words[sizeof *map / sizeof(uint64_t)];
    const uint32_t before = atomic_load_explicit(&stream->map_version, memory_order_acquire);
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        words[i] = atomic_load_explicit(&stream->map_words[i], memory_order_relaxed);
    }
    atomic_thread_fence(memory_order_acquire);
    if (before % 2 || before != atomic_load_explicit(&stream->map_version, memory_order_relaxed)) {
        return false;
    }
    memcpy(map, words, sizeof words);
    return true;
}

void stream_end(Stream* stream)
{
    atomic_store_explicit(&stream->ended, true, memory_order_release);
}

bool stream_ended(const Stream* stream)
{
    // The order matters: packets written before the end must be seen once the end is
    return atomic_load_explicit(&stream->ended, memory_order_acquire) &&
           atomic_load_explicit(&stream->read, memory_order_relaxed) ==
               atomic_load_explicit(&stream->written, memory_order_acquire);
}

void stream_wait(const Stream* stream)
{
    const struct timespec nap = {0, 50000};
    for (unsigned i = 0; i < 200000; i++) {
        if (stream_space(stream) < CAPACITY || stream_ended(stream)) {
            return;
        }
        nanosleep(&nap, NULL);
    }
}
