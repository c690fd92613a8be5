// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The one JACK client: the ports of each person, fed by the players of their sources.
///
/// Ports: ECG, PPG, BELT, quality (0..1, of the heart's signal) and the MIDI port beats; a person
/// with a name has it before them ("A ECG"). They are there from the beginning and stay, whatever
/// sensors do.

#ifndef TONUS_BRIDGE_JACK_H
#define TONUS_BRIDGE_JACK_H

#include "bridge/player.h"
#include "bridge/source.h"
#include "bridge/wiring.h"

typedef struct {
    const char* name;         ///< of the client
    double latency_offset_ms; ///< added to what is announced: a constant delay of the sensor itself
    Source* const* sources;
    unsigned n_sources;
    Wiring* wiring; ///< kept from server to server, or NULL
} BridgeSettings;

typedef struct Bridge Bridge;

/// Do the sources fit one set of ports each? False with one line in `error` (RECORDING_ERROR_SIZE
/// bytes).
bool bridge_check_sources(const BridgeSettings* settings, char* error);

/// Connects to a running server and starts. NULL with one line in `error`. The sources must outlive
/// it.
Bridge* bridge_open(const BridgeSettings* settings, char* error);

void bridge_close(Bridge* bridge);

/// False once the server has gone
bool bridge_alive(const Bridge* bridge);

/// To be called some times a second: announces a latency that has changed, and makes connections
/// again that were there before the server was restarted.
void bridge_tend(Bridge* bridge);

/// JACK's clock, microseconds; runs before and without a server, too
double bridge_now_us(void);

/// The frame that belongs to a time on JACK's clock
double bridge_frame_at(const Bridge* bridge, double time_us);

const char* bridge_name(const Bridge* bridge);

unsigned bridge_rate(const Bridge* bridge);

unsigned bridge_xruns(const Bridge* bridge);

/// What the ports show: false when there are no more. `port` is the name, latency is in
/// milliseconds.
bool bridge_port_state(const Bridge* bridge, unsigned index, const char** port, double* latency_ms,
                       PlayerState* state);

#endif
