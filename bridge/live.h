// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The reader thread's half of a live sensor's signal: numbers its samples, learns its clock,
/// scales it, and hands it to the channel's stream.

#ifndef TONUS_BRIDGE_LIVE_H
#define TONUS_BRIDGE_LIVE_H

#include "bridge/source.h"

typedef struct Live Live;

/// For channel `channel` of `source`, whose stream is not free-running. NULL without memory.
/// The channel's full_scale 0 means: from the signal's first ten seconds.
Live* live_new(Source* source, unsigned channel);

void live_free(Live* live);

/// Any packet may be lost on the way (datagrams), and nothing in the data tells: looked for more
/// often than where a link repeats what was lost.
void live_expect_losses(Live* live);

/// A connection begins. Packets span `packet_s`, and arrive late by up to about `jitter_s`; from
/// these comes the latency that is announced, constant until the next connection.
void live_begin(Live* live, double packet_s, double jitter_s);

/// `n` samples arrived at `arrival_us`, after `lost` ones that did not. `device_s` is the device's
/// own time of the last one, NAN if it has none: then samples that a jump of it shows to be lost
/// are counted, too.
void live_push(Live* live, const float* x, uint32_t n, uint64_t lost, double device_s,
               double arrival_us);

#endif
