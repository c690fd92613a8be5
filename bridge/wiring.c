// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/wiring.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define GRACE_US  1e6 // a server that ends takes connections down shortly before it says so
#define MAX_WIRES 1024u

typedef enum { WIRE_THERE, WIRE_GONE, WIRE_WANTED } WireState;

typedef struct {
    char* ours;   // short name of our port: the client may get another name next time
    char* theirs; // full name
    WireState state;
    double gone_us; // since when, with the other port there
} Wire;

struct Wiring {
    Wire wires[MAX_WIRES];
    unsigned n;
};

Wiring* wiring_new(void)
{
    return calloc(1, sizeof(Wiring));
}

static void drop(Wiring* wiring, unsigned i)
{
    free(wiring->wires[i].ours);
    free(wiring->wires[i].theirs);
    wiring->wires[i] = wiring->wires[--wiring->n];
}

void wiring_free(Wiring* wiring)
{
    while (wiring && wiring->n) {
        drop(wiring, 0);
    }
    free(wiring);
}

static Wire* wire_of(Wiring* wiring, const char* ours, const char* theirs)
{
    for (unsigned i = 0; i < wiring->n; i++) {
        if (!strcmp(wiring->wires[i].ours, ours) && !strcmp(wiring->wires[i].theirs, theirs)) {
            return &wiring->wires[i];
        }
    }
    Wire* const wire = &wiring->wires[wiring->n];
    if (wiring->n == MAX_WIRES) {
        return NULL;
    }
    *wire = (Wire){strdup(ours), strdup(theirs), WIRE_THERE, 0.0};
    if (!wire->ours || !wire->theirs) {
        free(wire->ours);
        free(wire->theirs);
        return NULL;
    }
    wiring->n++;
    return wire;
}

static bool is_there(const char* const* connections, const char* theirs)
{
    for (; connections && *connections; connections++) {
        if (!strcmp(*connections, theirs)) {
            return true;
        }
    }
    return false;
}

void wiring_tend(Wiring* wiring, jack_client_t* client, jack_port_t* port, double now_us)
{
    const char* const ours = jack_port_short_name(port);
    const char** const connections = jack_port_get_all_connections(client, port);
    for (unsigned i = wiring->n; i-- > 0;) {
        Wire* const wire = &wiring->wires[i];
        if (strcmp(wire->ours, ours) != 0 || is_there(connections, wire->theirs)) {
            continue;
        }
        const bool there = jack_port_by_name(client, wire->theirs);
        if (wire->state == WIRE_THERE || (wire->state == WIRE_GONE && !there)) {
            wire->state = WIRE_GONE; // by a person, or with the other program
            wire->gone_us = now_us;
        } else if (wire->state == WIRE_GONE && now_us - wire->gone_us > GRACE_US) {
            drop(wiring, i);
        } else if (wire->state == WIRE_WANTED && there) {
            const int failure = jack_connect(client, jack_port_name(port), wire->theirs);
            wire->state = failure == 0 || failure == EEXIST ? WIRE_THERE : WIRE_WANTED;
        }
    }
    for (unsigned i = 0; connections && connections[i]; i++) {
        Wire* const wire = wire_of(wiring, ours, connections[i]);
        if (wire) {
            wire->state = WIRE_THERE;
        }
    }
    jack_free(connections);
}

void wiring_lost(Wiring* wiring)
{
    for (unsigned i = 0; i < wiring->n; i++) {
        wiring->wires[i].state = WIRE_WANTED;
    }
}
