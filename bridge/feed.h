// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// One signal on its way from a source's reader thread to the JACK thread: a lock-free ring of
/// packets, and the map from JACK's time to sample numbers. One thread writes, one reads; neither
/// waits.

#ifndef TONUS_BRIDGE_FEED_H
#define TONUS_BRIDGE_FEED_H

#include <stdbool.h>
#include <stdint.h>

#define FEED_PACKET 64u ///< samples of a packet at most

typedef struct {
    uint64_t index; ///< number of its first sample; numbers never go back
    uint32_t n;
    float x[FEED_PACKET]; ///< scaled to the port's range; NAN = missing
} FeedPacket;

/// Where a live sensor's clock stands: sample number `index` belongs to time `time_us`.
typedef struct {
    double index;
    double time_us; ///< on JACK's clock, microseconds
    double rate;    ///< true samples per second of JACK's clock; 0 = nothing is known yet
    double delay_s; ///< the announced latency: how much later the sample leaves on the port
    bool locked;    ///< the rate is known well enough to be trusted
    uint32_t epoch; ///< another number after each connection: sample numbers and map begin anew
} FeedMap;

typedef struct Feed Feed;

/// `free_running`: the samples have no clock of their own (a file, a simulation) and are taken as
/// JACK's time goes; else the map rules. `rate` is the nominal one in Hz.
Feed* feed_new(double rate, bool free_running);

void feed_free(Feed* feed);

double feed_rate(const Feed* feed);

bool feed_free_running(const Feed* feed);

// The writer

/// How many packets fit now
uint32_t feed_space(const Feed* feed);

/// False when there is no space: the packet is lost.
bool feed_put(Feed* feed, const FeedPacket* packet);

void feed_set_map(Feed* feed, const FeedMap* map);

/// No more samples will come (the end of a file).
void feed_end(Feed* feed);

// The reader

/// [realtime]
bool feed_get(Feed* feed, FeedPacket* packet);

/// The map; false when it is just being written: the one from before holds on. [realtime]
bool feed_map(const Feed* feed, FeedMap* map);

/// Is everything read that will ever come? [realtime]
bool feed_ended(const Feed* feed);

/// Waits up to ten seconds for a packet or the end: for freewheeling only, where the JACK thread
/// may wait so that nothing is lost.
void feed_wait(const Feed* feed);

#endif
