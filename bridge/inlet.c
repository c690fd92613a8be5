// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/inlet.h"

#include "bridge/live.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 512u // samples handed on at once

typedef struct {
    Live* live;
    unsigned column;  // from 0
    const char* name; // instead of a column, or NULL
    float batch[BATCH];
    unsigned n;
    uint64_t lost; // before the batch
} Signal;

struct Inlet {
    Source* source;
    double jitter_s;
    double rate;
    double arrival_us;
    Signal signals[SIGNAL_KINDS];
    unsigned n;
};

double inlet_usual_rate(double measured)
{
    static const double usual[] = {10,  12.5, 20,  25,  30,  50,  55,  60,   62.5, 64,  75,  100,
                                   120, 125,  128, 130, 135, 150, 200, 240,  250,  256, 300, 333,
                                   360, 400,  500, 512, 600, 750, 800, 1000, 1024, 2000};
    double best = measured;
    double distance = 0.025; // what the clock can make good
    for (unsigned i = 0; i < sizeof usual / sizeof *usual; i++) {
        const double d = fabs(measured / usual[i] - 1.0);
        if (d < distance) {
            distance = d;
            best = usual[i];
        }
    }
    return best;
}

static bool add_signal(Inlet* inlet, const InletDefaults* defaults, const char* column,
                       SignalKind port, double scale)
{
    Source* const source = inlet->source;
    Signal* const signal = &inlet->signals[inlet->n];
    char* end;
    const unsigned long number = strtoul(column, &end, 10);
    if (column[0] == '/') {
        signal->name = column;
    } else if (isdigit((unsigned char)column[0]) && !*end && number >= 1 && number <= 16) {
        signal->column = (unsigned)number - 1;
    } else {
        return source_usage(source, "%s: a column is a number from 1 to 16, not \"%.40s\"",
                            source_word(source), column);
    }
    SourceChannel* const channel = source_add_channel(source, port, inlet->rate, false);
    if (!channel) {
        return false;
    }
    snprintf(channel->unit, sizeof channel->unit, "%s", defaults->unit);
    channel->offset = defaults->offset;
    channel->full_scale = scale > 0.0 ? scale : defaults->full_scale;
    if (!(signal->live = live_new(source, source_channels(source) - 1))) {
        return source_fail(source, "out of memory");
    }
    if (defaults->lossy) {
        live_expect_losses(signal->live);
    }
    inlet->n++;
    return true;
}

static bool read_options(Inlet* inlet, const InletDefaults* defaults)
{
    Source* const source = inlet->source;
    double scale;
    double latency_ms;
    if (!source_number(source, "rate", defaults->rate, 1.0, 20000.0, &inlet->rate) ||
        !source_number(source, "scale", 0.0, 1e-12, 1e12, &scale) ||
        !source_number(source, "latency", defaults->jitter_s * 1e3, 0.0, 5000.0, &latency_ms)) {
        return false;
    }
    inlet->jitter_s = latency_ms * 1e-3;
    if (inlet->rate <= 0.0) {
        return source_usage(source, "%s: give rate=HZ", source_word(source));
    }
    static const char* const keys[SIGNAL_KINDS] = {"ecg", "ppg", "belt"};
    for (int i = 0; i < SIGNAL_KINDS; i++) {
        const char* const column = source_option(source, keys[i]);
        if (column && !add_signal(inlet, defaults, column, (SignalKind)i, scale)) {
            return false;
        }
    }
    const char* const column = source_option(source, "column");
    const char* const port_name = source_option(source, "port");
    SignalKind port = defaults->port;
    if (port_name && !signal_from_name(port_name, &port)) {
        return source_usage(source, "port is ECG, PPG or BELT, not \"%.40s\"", port_name);
    }
    if (inlet->n && (column || port_name)) {
        return source_usage(
            source, "%s: either column= and port=, or ecg= ppg= belt=", source_word(source));
    }
    return inlet->n || add_signal(inlet, defaults, column ? column : "1", port, scale);
}

Inlet* inlet_open(Source* source, const InletDefaults* defaults)
{
    Inlet* const inlet = calloc(1, sizeof *inlet);
    if (!inlet) {
        source_fail(source, "out of memory");
        return NULL;
    }
    inlet->source = source;
    if (!read_options(inlet, defaults)) {
        inlet_free(inlet);
        return NULL;
    }
    return inlet;
}

void inlet_free(Inlet* inlet)
{
    for (unsigned i = 0; inlet && i < SIGNAL_KINDS; i++) {
        live_free(inlet->signals[i].live);
    }
    free(inlet);
}

void inlet_begin(Inlet* inlet)
{
    source_count_connection(inlet->source);
    for (unsigned i = 0; i < inlet->n; i++) {
        inlet->signals[i].n = 0;
        live_begin(inlet->signals[i].live, 1.0 / inlet->rate, inlet->jitter_s);
    }
}

void inlet_arrived(Inlet* inlet, double arrival_us)
{
    inlet->arrival_us = arrival_us;
}

static void flush(const Inlet* inlet, Signal* signal)
{
    live_push(signal->live, signal->batch, signal->n, signal->lost, NAN, inlet->arrival_us);
    signal->n = 0;
    signal->lost = 0;
}

static void add(const Inlet* inlet, Signal* signal, float x)
{
    signal->batch[signal->n++] = x;
    if (signal->n == BATCH) {
        flush(inlet, signal);
    }
}

void inlet_frame(Inlet* inlet, const float* values, unsigned n, uint64_t lost)
{
    for (unsigned i = 0; i < inlet->n; i++) {
        Signal* const signal = &inlet->signals[i];
        if (signal->name) {
            continue;
        }
        if (lost > 0) {
            flush(inlet, signal);
            signal->lost = lost;
        }
        add(inlet, signal, signal->column < n ? values[signal->column] : NAN);
    }
}

bool inlet_series(Inlet* inlet, const char* name, const float* values, unsigned n)
{
    bool wanted = false;
    for (unsigned i = 0; i < inlet->n; i++) {
        Signal* const signal = &inlet->signals[i];
        const bool only = inlet->n == 1 && !signal->name;
        if (only || (signal->name && !strcmp(signal->name, name))) {
            wanted = true;
            for (unsigned k = 0; k < n; k++) {
                add(inlet, signal, values[k]);
            }
        }
    }
    return wanted;
}

void inlet_flush(Inlet* inlet)
{
    for (unsigned i = 0; i < inlet->n; i++) {
        flush(inlet, &inlet->signals[i]);
    }
}
