// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// One signal on its way from a source's reader thread to the JACK thread: a lock-free ring of
/// packets, and the map from JACK's time to sample numbers. One thread writes, one reads; neither
/// waits.

#ifndef TONUS_BRIDGE_STREAM_H
#define TONUS_BRIDGE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#define STREAM_PACKET 64u ///< samples of a packet at most

typedef struct {
    uint64_t index; ///< number of its first sample; numbers never go back
    uint32_t n;
    float x[STREAM_PACKET]; ///< scaled to the port's range; NAN = missing
} StreamPacket;

/// Where a live sensor's clock stands: sample number `index` belongs to time `time_us`.
typedef struct {
    double index;
    double time_us; ///< on JACK's clock, microseconds
    double rate;    ///< true samples per second of JACK's clock; 0 = nothing is known yet
    double delay_s; ///< the announced latency: how much later the sample leaves on the port
    bool locked;    ///< the rate is known well enough to be trusted
    uint32_t epoch; ///< another number after each connection: sample numbers and map begin anew
} StreamMap;

typedef struct Stream Stream;

/// `free_running`: the samples have no clock of their own (a file, a simulation) and are taken as
/// JACK's time goes; else the map rules. `rate` is the nominal one in Hz.
Stream* stream_new(double rate, bool free_running);

void stream_free(Stream* stream);

double stream_rate(const Stream* stream);

bool stream_free_running(const Stream* stream);

// The writer

/// How many packets fit now
uint32_t stream_space(const Stream* stream);

/// Is it at least half full, or has all there is?
bool stream_filled(const Stream* stream);

/// False when there is no space: the packet is lost.
bool stream_put(Stream* stream, const StreamPacket* packet);

void stream_set_map(Stream* stream, const StreamMap* map);

/// No more samples will come (the end of a file).
void stream_end(Stream* stream);

// The reader

/// [realtime]
bool stream_get(Stream* stream, StreamPacket* packet);

/// The map; false when it is just being written: the one from before holds on. [realtime]
bool stream_map(const Stream* stream, StreamMap* map);

/// Is everything read that will ever come? [realtime]
bool stream_ended(const Stream* stream);

/// Waits up to ten seconds for a packet or the end: for freewheeling only, where the JACK thread
/// may wait so that nothing is lost.
void stream_wait(const Stream* stream);

#endif
