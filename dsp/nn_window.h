// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_NN_WINDOW_H
#define TONUS_DSP_NN_WINDOW_H

#include "dsp/nn.h"

#include <stdbool.h>
#include <stdint.h>

/**
   The last intervals, and windows that slide over them with their sums kept up to date.

   The only history of HRV: bounded, a few minutes long. Plain state; [realtime].
*/

enum {
    NN_RING = 2048,   ///< 300 s at 240 per minute, and room for a spectrum's snapshot
    NN_WINDOW = 1900, ///< most entries in a window: a bound, not a setting
};

typedef struct {
    NnEntry entries[NN_RING];
    uint64_t n; ///< Entries since the start; the last NN_RING are held
} NnRing;

typedef struct {
    uint64_t first; ///< Entry that the window begins with
    NnSums sums;
} NnWindow;

static inline const NnEntry* nn_ring_at(const NnRing* ring, uint64_t i)
{
    return &ring->entries[i % NN_RING];
}

void nn_ring_push(NnRing* ring, const NnEntry* entry);

/// End of the last interval, s; 0 before the first
double nn_ring_latest_s(const NnRing* ring);

/// Oldest entry that a window may begin with
uint64_t nn_ring_oldest(const NnRing* ring);

/// The entry pushed last enters the window
void nn_window_push(NnWindow* window, const NnRing* ring);

/// Let the window's start follow, either way, by a few entries: it holds the intervals that lie
/// wholly within the last `length_s`. Call it until nothing moves, or again and again
void nn_window_follow(NnWindow* window, const NnRing* ring, double length_s);

/// Would nn_window_follow move nothing?
bool nn_window_settled(const NnWindow* window, const NnRing* ring, double length_s);

#endif
