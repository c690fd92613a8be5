// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/jackport.h"

#include <jack/metadata.h>
#include <jack/uuid.h>

#include <math.h>
#include <string.h>

static const char signal_type_key[] = "http://jackaudio.org/metadata/signal-type";
static const char pretty_name_key[] = "http://jackaudio.org/metadata/pretty-name";

bool jackport_register(JackPort* port, jack_client_t* client, const char* person, const char* name,
                       const char* type)
{
    snprintf(port->name, sizeof port->name, "%s%s%s", person, *person ? " " : "", name);
    port->port = jack_port_register(client, port->name, type, JackPortIsOutput, 0);
    port->described_scale = port->described_offset = (double)NAN;
    return port->port != NULL;
}

void jackport_describe(JackPort* port, jack_client_t* client)
{
    const double scale = port->channel ? port->channel->full_scale : 1.0;
    const double offset = port->channel ? port->channel->offset : 0.0;
    if (scale == port->described_scale && offset == port->described_offset) {
        return;
    }
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
    jack_set_property(client, uuid, "urn:tonus:full-scale", text, "text/plain");
    snprintf(text, sizeof text, "%.9g", offset);
    jack_set_property(client, uuid, "urn:tonus:offset", text, "text/plain");
    jack_set_property(client, uuid, "urn:tonus:unit", *unit ? unit : "1", "text/plain");
    if (*unit) {
        const bool milli = !strcmp(unit, "uV") && scale >= 1000.0; // as people say it
        snprintf(text, sizeof text, "%s (1.0 = %.4g %s)", port->name, milli ? scale * 1e-3 : scale,
                 milli ? "mV" : unit);
        jack_set_property(client, uuid, pretty_name_key, text, "text/plain");
    }
}

void jackport_forget(JackPort* port, jack_client_t* client)
{
    if (port->port) {
        jack_remove_properties(client, jack_port_uuid(port->port));
    }
}

void jackport_announce(const JackPort* port)
{
    const jack_nframes_t latency = atomic_load(&port->latency);
    jack_latency_range_t range = {latency, latency};
    jack_port_set_latency_range(port->port, JackCaptureLatency, &range);
}
