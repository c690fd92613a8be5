// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The JACK thread's half of a signal: takes samples from a Stream and makes one JACK port's worth
/// of them.
///
/// Time: a live sensor's sample leaves the port `delay_s` after the moment its map gives it, held
/// there by slewing the resampler (2 % at most in the first 60 s, then 200 ppm, so that a heartbeat
/// interval of one second is off by 0.2 ms at worst; where JACK has lost 40 ms of frames it leaps);
/// a file's samples leave as the frames go, without delay. Gaps: the last value is held, faded out
/// after 0.25 s, and quality is 0 meanwhile. Level: linear up to 0.9, bent softly towards 1.0
/// above; never beyond.

#ifndef TONUS_BRIDGE_PLAYER_H
#define TONUS_BRIDGE_PLAYER_H

#include "bridge/stream.h"

typedef struct Player Player;

/// `stream` must outlive the player. NULL without memory or on a rate that makes no sense.
Player* player_new(Stream* stream, double jack_rate);

void player_free(Player* player);

/// `n` frames of the signal, and of its quality (0..1, may be NULL), for the block that begins at
/// `time_us` on JACK's clock and lasts `period_us`. With `freewheel`, a file is waited for, and a
/// live sensor stands still. [realtime] unless freewheeling
void player_process(Player* player, double time_us, double period_us, bool freewheel, float* out,
                    float* quality, uint32_t n);

/// What a person may want to see; written by the JACK thread, may be read by any
typedef struct {
    float level;        ///< largest magnitude of late, decays within a second
    bool good;          ///< quality is 1
    uint32_t underruns; ///< blocks in which samples were not there in time
    uint32_t resyncs;   ///< leaps of the position, where slewing would take too long
    double error_ms;    ///< position against map
} PlayerState;

PlayerState player_state(const Player* player);

/// The limiter of all ports [realtime]
float player_limit(float x);

#endif
