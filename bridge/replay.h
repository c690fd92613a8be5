// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Samples that have no clock (a recording, a simulation) sent as a live device would send them: in
/// packets, in real time, late as packets on a link are. So everything behind it can be tried and
/// tested as with a sensor. Options: jitter=ble|usb1|usb16, drift=PERCENT (how much faster than its
/// nominal rate the device runs), seed=N.

#ifndef TONUS_BRIDGE_REPLAY_H
#define TONUS_BRIDGE_REPLAY_H

#include "bridge/source.h"

#define REPLAY_MAX_SAMPLES 4096u ///< of a packet

typedef struct Replay Replay;

/// Reads the options. False after source_usage() or source_fail(); `*replay` is NULL without
/// jitter=.
bool replay_open(Source* source, Replay** replay);

/// NULL is fine.
void replay_free(Replay* replay);

/// For each channel of the source, after its scale is set; its stream is not free-running. False
/// after source_fail().
bool replay_add(Replay* replay, unsigned channel);

/// How many samples of that rate a packet has
uint32_t replay_packet(const Replay* replay, double rate);

/// The reader thread begins.
void replay_begin(Replay* replay);

/// Sends the channel's next packet when its time has come, at most REPLAY_MAX_SAMPLES samples.
/// False when the program ends.
bool replay_play(Replay* replay, unsigned channel, const float* x, uint32_t n);

#endif
