// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The moments at which a link hands over packets, learnt from their arrival.
///
/// A radio has connection events every 7.5 to 50 ms, a USB serial chip a timer of 16 ms: packets
/// wait for the next one. Those moments are a comb on the computer's clock. Who knows it knows that
/// a packet was complete not only before the tooth it came on, but also, if nothing held it up,
/// after the tooth before: from the lower edge of the delays alone that could not be told.
///
/// Not for the JACK thread.

#ifndef TONUS_BRIDGE_COMB_H
#define TONUS_BRIDGE_COMB_H

#include "dsp/random.h"

#include <stdbool.h>

#define COMB_POINTS 512u

typedef struct {
    double times_us[COMB_POINTS]; ///< of late, in a ring
    double due_us[COMB_POINTS];   ///< when these packets would have come without delay
    unsigned n, next;
    double from_us; ///< the next one is taken from here on
    Random random;
    bool found;
    double period_us; ///< between teeth; 9 to 100 ms are looked for
    double tooth_us;  ///< one of them
    double noise_us;  ///< almost all arrivals come within that time after a tooth
} Comb;

void comb_begin(Comb* comb);

/// A packet arrived that would have come at `due_us`, plus any constant, without delay. Times rise.
void comb_add(Comb* comb, double time_us, double due_us);

/// Looks for a comb, or follows the one found; forgets it when arrivals leave it. To be called
/// every few seconds: takes some milliseconds while there is none.
void comb_update(Comb* comb);

/// The tooth that an arrival belongs to; NAN when it was late for another reason, or no comb was
/// found
double comb_tooth(const Comb* comb, double time_us);

#endif
