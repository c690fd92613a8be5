// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// One output port of the JACK client: its name, what feeds it, how late it is, and what its
/// metadata say: signal-type CV, the unit of what comes (urn:tonus:unit), what is 1.0 in it
/// (urn:tonus:full-scale) and what is 0.0 (urn:tonus:offset).

#ifndef TONUS_BRIDGE_JACKPORT_H
#define TONUS_BRIDGE_JACKPORT_H

#include "bridge/player.h"
#include "bridge/source.h"

#include <jack/jack.h>

#include <stdatomic.h>

typedef struct {
    jack_port_t* port;
    char name[64];
    const SourceChannel* channel; ///< NULL = nothing feeds it
    Player* player;
    bool waits; ///< for a connection before it plays
    _Atomic jack_nframes_t latency;
    double described_scale, described_offset; ///< what the metadata say, NAN before
} JackPort;

/// "PERSON NAME", or NAME alone; false when the server gives no more ports
bool jackport_register(JackPort* port, jack_client_t* client, const char* person, const char* name,
                       const char* type);

/// Writes the metadata where they are not true any more.
void jackport_describe(JackPort* port, jack_client_t* client);

/// Removes the metadata, which would outlive the client.
void jackport_forget(JackPort* port, jack_client_t* client);

/// Announces the latency: whenever it has changed, and in JACK's latency callback.
void jackport_announce(const JackPort* port);

#endif
