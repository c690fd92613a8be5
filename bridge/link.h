// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A model of how a sensor's packets arrive, for recordings that shall behave as live sensors and
/// for tests. A radio link has connection events every 45 ms, loses 5 % of the packets once or
/// more, and stalls now and then for up to a second; a USB link is polled every 1 or 16 ms, with
/// scheduling noise and rare stalls. Packets never overtake each other.

#ifndef TONUS_BRIDGE_LINK_H
#define TONUS_BRIDGE_LINK_H

#include "dsp/random.h"

typedef struct {
    double interval_s;     ///< of connection events or polls
    double retransmission; ///< probability
    double burst;          ///< probability of a stall
    double burst_s[2];     ///< its shortest and longest
    double noise_s;        ///< mean of the exponential scheduling noise
    double packet_s;       ///< a device on this link usually sends packets of this length
    double jitter_s;       ///< late by up to about this: what the latency should allow for
} LinkModel;

extern const LinkModel link_ble, link_usb1, link_usb16;

typedef struct {
    const LinkModel* model;
    Random random;
    double last_s;
} Link;

Link link_make(const LinkModel* model, uint32_t seed);

/// When a packet that was complete at `ready_s` arrives; packets in the order of time
double link_arrival(Link* link, double ready_s);

#endif
