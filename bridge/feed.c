// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/feed.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/// Packets of the ring. With 64 samples each: 0.3 s of a 96 kHz file, 4 s of BITalino in frames of
/// 16
#define CAPACITY 512u

struct Feed {
    double rate;
    bool free_running;
    atomic_bool ended;
    _Atomic uint32_t written; // packets, ever
    _Atomic uint32_t read;
    // A sequence lock of doubles in atomic words: even = complete
    _Atomic uint32_t map_version;
    _Atomic uint64_t map_words[sizeof(FeedMap) / sizeof(uint64_t)];
    FeedPacket ring[CAPACITY];
};

_Static_assert(sizeof(FeedMap) % sizeof(uint64_t) == 0, "the map is copied in whole words");

Feed* feed_new(double rate, bool free_running)
{
    Feed* const feed = calloc(1, sizeof *feed);
    if (feed) {
        feed->rate = rate;
        feed->free_running = free_running;
    }
    return feed;
}

void feed_free(Feed* feed)
{
    free(feed);
}

double feed_rate(const Feed* feed)
{
    return feed->rate;
}

bool feed_free_running(const Feed* feed)
{
    return feed->free_running;
}

uint32_t feed_space(const Feed* feed)
{
    const uint32_t read = atomic_load_explicit(&feed->read, memory_order_acquire);
    return CAPACITY - (atomic_load_explicit(&feed->written, memory_order_relaxed) - read);
}

bool feed_put(Feed* feed, const FeedPacket* packet)
{
    if (feed_space(feed) == 0) {
        return false;
    }
    const uint32_t at = atomic_load_explicit(&feed->written, memory_order_relaxed);
    feed->ring[at % CAPACITY] = *packet;
    atomic_store_explicit(&feed->written, at + 1, memory_order_release);
    return true;
}

bool feed_get(Feed* feed, FeedPacket* packet)
{
    const uint32_t at = atomic_load_explicit(&feed->read, memory_order_relaxed);
    if (at == atomic_load_explicit(&feed->written, memory_order_acquire)) {
        return false;
    }
    *packet = feed->ring[at % CAPACITY];
    atomic_store_explicit(&feed->read, at + 1, memory_order_release);
    return true;
}

void feed_set_map(Feed* feed, const FeedMap* map)
{
    uint64_t words[sizeof *map / sizeof(uint64_t)];
    memcpy(words, map, sizeof words);
    const uint32_t version = atomic_load_explicit(&feed->map_version, memory_order_relaxed);
    atomic_store_explicit(&feed->map_version, version + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        atomic_store_explicit(&feed->map_words[i], words[i], memory_order_relaxed);
    }
    atomic_store_explicit(&feed->map_version, version + 2, memory_order_release);
}

bool feed_map(const Feed* feed, FeedMap* map)
{
    uint64_t words[sizeof *map / sizeof(uint64_t)];
    const uint32_t before = atomic_load_explicit(&feed->map_version, memory_order_acquire);
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        words[i] = atomic_load_explicit(&feed->map_words[i], memory_order_relaxed);
    }
    atomic_thread_fence(memory_order_acquire);
    if (before % 2 || before != atomic_load_explicit(&feed->map_version, memory_order_relaxed)) {
        return false;
    }
    memcpy(map, words, sizeof words);
    return true;
}

void feed_end(Feed* feed)
{
    atomic_store_explicit(&feed->ended, true, memory_order_release);
}

bool feed_ended(const Feed* feed)
{
    // The order matters: packets written before the end must be seen once the end is
    return atomic_load_explicit(&feed->ended, memory_order_acquire) &&
           atomic_load_explicit(&feed->read, memory_order_relaxed) ==
               atomic_load_explicit(&feed->written, memory_order_acquire);
}

void feed_wait(const Feed* feed)
{
    const struct timespec nap = {0, 50000};
    for (unsigned i = 0; i < 200000; i++) {
        if (feed_space(feed) < CAPACITY || feed_ended(feed)) {
            return;
        }
        nanosleep(&nap, NULL);
    }
}
