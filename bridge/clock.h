// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Which sample belongs to which moment: a sensor's clock learnt from the arrival times of its
/// packets.
///
/// A packet is never early, but may be late by any radio retransmission, USB poll or busy computer:
/// the delay is one-sided, and a line under all arrivals is the clock. Where packets wait for the
/// next moment of a comb (Comb), they also say what the line is not under, and the clock is the
/// middle of all lines that are left. A delay-locked loop, which averages all arrivals, puts
/// hundreds of milliseconds of one radio burst into the stream.
///
/// Not for the JACK thread.

#ifndef TONUS_BRIDGE_CLOCK_H
#define TONUS_BRIDGE_CLOCK_H

#include <stdbool.h>

typedef struct Clock Clock;

typedef struct {
    double index;   ///< sample `index` ...
    double time_us; ///< ... arrives at this time when nothing holds it up
    double rate;    ///< samples per second
    bool locked;    ///< known well enough: after 20 s
} ClockFit;

/// `nominal_rate` in samples per second; the true one is taken to be within 2.5 % of it.
/// NULL without memory or on a rate that is not positive.
Clock* clock_new(double nominal_rate);

void clock_free(Clock* clock);

/// Forgets all, for a new connection.
void clock_reset(Clock* clock);

/// The last sample of a packet, number `index` (rising), arrived at `time_us`.
void clock_add(Clock* clock, double index, double time_us);

/// All zeros before the first packet
ClockFit clock_fit(const Clock* clock);

#endif
