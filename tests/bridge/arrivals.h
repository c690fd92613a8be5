// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// When the packets of a simulated sensor arrive. A radio link has connection events every 45 ms,
/// loses 5 % of the packets once or more, and stalls now and then for up to a second; a USB link is
/// polled every 1 or 16 ms, with scheduling noise and rare stalls. Packets never overtake each
/// other.

#ifndef TONUS_TESTS_BRIDGE_ARRIVALS_H
#define TONUS_TESTS_BRIDGE_ARRIVALS_H

#include "dsp/random.h"

#include <math.h>

typedef struct {
    double interval_s;     // of connection events or polls
    double retransmission; // probability
    double burst;          // probability of a stall, 0.2..1 s (radio) or up to 30 ms (USB)
    double burst_s[2];
    double noise_s; // exponential
} Link;

static const Link link_radio = {0.045, 0.05, 0.003, {0.2, 1.0}, 0.0003};
static const Link link_usb1 = {0.001, 0.0, 0.002, {0.0, 0.03}, 0.0003};
static const Link link_usb16 = {0.016, 0.0, 0.002, {0.0, 0.03}, 0.0003};

typedef struct {
    Random random;
    double last_s;
} Arrivals;

/// When a packet that was complete at `ready_s` arrives
static inline double arrival(Arrivals* a, const Link* link, double ready_s)
{
    double at = ceil(ready_s / link->interval_s) * link->interval_s;
    while (random_uniform(&a->random) < link->retransmission) {
        at += link->interval_s;
    }
    if (random_uniform(&a->random) < link->burst) {
        at += link->burst_s[0] + random_uniform(&a->random) * (link->burst_s[1] - link->burst_s[0]);
    }
    at -= link->noise_s * log(1.0 - random_uniform(&a->random));
    at = fmax(at, a->last_s + 1e-5);
    a->last_s = at;
    return at;
}

#endif
