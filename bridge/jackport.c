// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/jackport.h"

#include <jack/metadata.h>
#include <jack/uuid.h>

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static const char signal_type_key[] = "http://jackaudio.org/metadata/signal-type";
static const char pretty_name_key[] = "http://jackaudio.org/metadata/pretty-name";
static const char full_scale_key[] = "urn:tonus:full-scale";
static const char offset_key[] = "urn:tonus:offset";
static const char unit_key[] = "urn:tonus:unit";

// All JACK clients of a user share one database of metadata, without anything that finds out that
// two of them wait for one another. Bridges at least take turns. -1 where there is no such
// database.
static int take_turn(void)
{
    enum { TRIES = 500 };
    const struct timespec pause = {0, 10000000};
    char path[64];
    snprintf(path, sizeof path, "/dev/shm/jack_db-%u/metadata.db", (unsigned)getuid());
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    // Who stands still while it is its turn keeps the others for five seconds only
    for (int i = 0; fd >= 0 && i < TRIES && flock(fd, LOCK_EX | LOCK_NB); i++) {
        nanosleep(&pause, NULL);
    }
    return fd;
}

static void end_turn(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

bool jackport_register(JackPort* port, jack_client_t* client, const char* person, const char* name,
                       const char* type)
{
    snprintf(port->name, sizeof port->name, "%s%s%s", person, *person ? " " : "", name);
    port->port = jack_port_register(client, port->name, type, JackPortIsOutput, 0);
    port->described_scale = port->described_offset = (double)NAN;
    return port->port != NULL;
}

static void describe(JackPort* port, jack_client_t* client, double scale, double offset)
{
    const jack_uuid_t uuid = jack_port_uuid(port->port);
    char text[128];
    jack_set_property(client, uuid, signal_type_key, "CV", "text/plain");
    port->described_scale = scale;
    port->described_offset = offset;
    if (!port->channel || !(scale > 0.0)) { // not measured yet
        return;
    }
    const char* const unit = port->channel->unit;
    snprintf(text, sizeof text, "%.9g", scale);
    jack_set_property(client, uuid, full_scale_key, text, "text/plain");
    snprintf(text, sizeof text, "%.9g", offset);
    jack_set_property(client, uuid, offset_key, text, "text/plain");
    jack_set_property(client, uuid, unit_key, *unit ? unit : "1", "text/plain");
    if (*unit) {
        const bool milli = !strcmp(unit, "uV") && scale >= 1000.0; // as people say it
        snprintf(text, sizeof text, "%s (1.0 = %.4g %s)", port->name, milli ? scale * 1e-3 : scale,
                 milli ? "mV" : unit);
        jack_set_property(client, uuid, pretty_name_key, text, "text/plain");
    }
}

void jackport_describe(JackPort* port, jack_client_t* client)
{
    const double scale = port->channel ? port->channel->full_scale : 1.0;
    const double offset = port->channel ? port->channel->offset : 0.0;
    if (scale != port->described_scale || offset != port->described_offset) {
        const int turn = take_turn();
        describe(port, client, scale, offset);
        end_turn(turn);
    }
}

void jackport_forget(JackPort* port, jack_client_t* client)
{
    // By their keys: jack_remove_properties() walks through the database that all clients of this
    // user share, and two that do so at the same time wait for one another for ever
    static const char* const keys[] = {signal_type_key, pretty_name_key, full_scale_key, offset_key,
                                       unit_key};
    const int turn = take_turn();
    for (unsigned i = 0; port->port && i < sizeof keys / sizeof *keys; i++) {
        jack_remove_property(client, jack_port_uuid(port->port), keys[i]);
    }
    end_turn(turn);
}

void jackport_announce(const JackPort* port)
{
    const jack_nframes_t latency = atomic_load(&port->latency);
    jack_latency_range_t range = {latency, latency};
    jack_port_set_latency_range(port->port, JackCaptureLatency, &range);
}
