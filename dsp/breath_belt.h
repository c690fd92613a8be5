// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Turning points of a breathing belt (or anything that rises with the in-breath). A turn is seen
/// when the signal has clearly left it again, and placed by the two half-parabolas that fit best
/// around it: in- and out-breath bend differently, so a symmetric fit or a symmetric filter would
/// pull the turn to the flatter side. It is told belt_delay after it happened, or, when it was slow
/// to show, as soon as it is placed.
///
/// Threading: belt_new and belt_free are for the main thread; the rest is [realtime]. The work is
/// spread over the samples (about 100 Hz).

#ifndef TONUS_DSP_BREATH_BELT_H
#define TONUS_DSP_BREATH_BELT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct BreathBeltImpl BreathBelt;

typedef enum { BELT_NOTHING, BELT_LOWEST, BELT_HIGHEST } BeltTurn;

/// NULL for a rate outside 100..1e6 Hz or without memory.
BreathBelt* belt_new(double rate);
void belt_free(BreathBelt* belt);
void belt_reset(BreathBelt* belt);

/// Takes one frame. A turn is returned when it has been placed; `ago` is then how many frames back
/// it lies, at most 2 s.
BeltTurn belt_frame(BreathBelt* belt, float value, uint32_t* ago);

/// The signal is alive: turns were seen, the last less than half a minute ago.
bool belt_alive(const BreathBelt* belt);

/// Peak-to-trough swing of the last breath relative to the mean of the last ones; 0: unknown.
float belt_depth(const BreathBelt* belt);

#endif
