// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Who was connected to our ports when the JACK server went, so that it can be so again when it is
/// back. What people connect and disconnect themselves is never changed: a connection is made again
/// once, after a server's restart, as soon as both ports are there.
///
/// For the main thread.

#ifndef TONUS_BRIDGE_WIRING_H
#define TONUS_BRIDGE_WIRING_H

#include <jack/jack.h>

typedef struct Wiring Wiring;

/// NULL without memory
Wiring* wiring_new(void);

void wiring_free(Wiring* wiring);

/// To be called some times a second while there is a server: looks at one of our ports, and makes
/// what was connected to it at the last server.
void wiring_tend(Wiring* wiring, jack_client_t* client, jack_port_t* port, double now_us);

/// The server has gone.
void wiring_lost(Wiring* wiring);

#endif
