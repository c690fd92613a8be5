// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void wrong(Watch* watch, const char* symbol, const char* what, double value)
{
    if (!watch->wrong[0]) {
        snprintf(watch->wrong, sizeof watch->wrong, "%s: %s (%g)", symbol, what, value);
    }
}

// A control voltage has its declared range; it is no sound, so it has no energy
static void watch_samples(Watch* watch, const Host* host, const HostPort* port)
{
    const char* const symbol = port->symbol;
    const float* const samples = host_output(host, symbol);
    for (size_t i = 0; samples && i < host_output_frames(host); ++i) {
        const float value = samples[i];
        if (!isfinite(value)) {
            wrong(watch, symbol, "a sample is no number", (double)value);
            continue;
        }
        watch->subnormal += fpclassify(value) == FP_SUBNORMAL;
        if (port->kind == HOST_CV) {
            if (value < port->minimum || value > port->maximum) {
                wrong(watch, symbol, "is outside of its range", (double)value);
            }
            continue;
        }
        watch->energy += (double)value * (double)value;
        watch->peak = fmaxf(watch->peak, fabsf(value));
    }
}

static void watch_control(Watch* watch, const Host* host, const HostPort* port)
{
    const float value = host_get(host, port->symbol);
    if (!isfinite(value)) {
        wrong(watch, port->symbol, "is no number", (double)value);
    } else if ((port->has_minimum && value < port->minimum) ||
               (port->has_maximum && value > port->maximum)) {
        wrong(watch, port->symbol, "is outside of its range", (double)value);
    } else if ((port->integer || port->enumeration || port->toggled) && value != floorf(value)) {
        wrong(watch, port->symbol, "is no whole number", (double)value);
    }
}

static bool well_formed(const HostEvent* event)
{
    const uint8_t* const bytes = event->body;
    if (!event->size || bytes[0] < 0x80 || bytes[0] >= 0xF0) {
        return false;
    }
    const uint32_t size = bytes[0] >= 0xC0 && bytes[0] < 0xE0 ? 2 : 3;
    return event->size == size && bytes[1] < 0x80 && (size == 2 || bytes[2] < 0x80);
}

static void on_block(Host* host, uint32_t n, void* data)
{
    Watch* const watch = data;
    watch->frames += n;
    uint32_t n_ports = 0;
    const HostPort* const ports = host_ports(host, &n_ports);
    for (uint32_t i = 0; i < n_ports; ++i) {
        if (ports[i].is_input) {
            continue;
        }
        if ((ports[i].kind == HOST_AUDIO || ports[i].kind == HOST_CV) && host_output_frames(host)) {
            watch_samples(watch, host, &ports[i]);
        } else if (ports[i].kind == HOST_CONTROL && n) {
            watch_control(watch, host, &ports[i]);
        }
    }
    size_t n_events = 0;
    const HostEvent* const events = host_events(host, &n_events);
    for (size_t i = 0; i < n_events; ++i) {
        if (!host_event_is_midi(host, &events[i])) {
            continue;
        }
        if (watch->own_midi && !well_formed(&events[i])) {
            wrong(watch, "events", "MIDI message that is none, first byte",
                  events[i].size ? events[i].body[0] : -1.0);
        }
        watch->notes += events[i].size == 3 && (events[i].body[0] & 0xF0) == 0x90;
    }
    host_forget(host);
}

void watch_attach(Watch* watch, Host* host)
{
    host_on_block(host, on_block, watch);
}

void watch_restart(Watch* watch)
{
    watch->frames = watch->subnormal = watch->notes = 0;
    watch->energy = 0.0;
    watch->peak = 0.0f;
}

bool watch_fine(Subject* subject, const Watch* watch, const Host* host, const char* when)
{
    if (watch->wrong[0]) {
        return subject_wrong(subject, "%s: %s", when, watch->wrong);
    }
    return host_fault(host) ? subject_wrong(subject, "%s: %s", when, host_fault(host)) : true;
}
