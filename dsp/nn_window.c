// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/nn_window.h"

enum { MOVES = 8 }; // entries at a time

void nn_ring_push(NnRing* ring, const NnEntry* entry)
{
    ring->entries[ring->n++ % NN_RING] = *entry;
}

double nn_ring_latest_s(const NnRing* ring)
{
    return ring->n ? nn_ring_at(ring, ring->n - 1u)->time_s : 0.0;
}

uint64_t nn_ring_oldest(const NnRing* ring)
{
    return ring->n > NN_WINDOW ? ring->n - NN_WINDOW : 0;
}

void nn_window_push(NnWindow* window, const NnRing* ring)
{
    const NnEntry* const last = nn_ring_at(ring, ring->n - 1u);
    nn_add(&window->sums, last, 1.0);
    if (ring->n - 1u > window->first) {
        nn_add_pair(&window->sums, last, 1.0);
    }
}

static double begin_s(const NnEntry* entry)
{
    return entry->time_s - 1e-3 * entry->rr_ms;
}

// Where the window's start has to go: 1 on, -1 back, 0 nowhere
static int way(const NnWindow* window, const NnRing* ring, double length_s)
{
    const double from_s = nn_ring_latest_s(ring) - length_s;
    const uint64_t least = nn_ring_oldest(ring);
    if (window->first >= ring->n) {
        return 0;
    }
    if (begin_s(nn_ring_at(ring, window->first)) < from_s || window->first < least) {
        return 1;
    }
    return window->first > least && begin_s(nn_ring_at(ring, window->first - 1u)) >= from_s ? -1
                                                                                            : 0;
}

bool nn_window_settled(const NnWindow* window, const NnRing* ring, double length_s)
{
    return way(window, ring, length_s) == 0;
}

void nn_window_follow(NnWindow* window, const NnRing* ring, double length_s)
{
    for (int i = 0; i < MOVES; ++i) {
        const int to = way(window, ring, length_s);
        const NnEntry* const oldest = nn_ring_at(ring, window->first);
        if (to == 0) {
            return;
        }
        if (to > 0) {
            nn_add(&window->sums, oldest, -1.0);
            ++window->first;
            if (window->first < ring->n) { // its difference to the one that left
                nn_add_pair(&window->sums, nn_ring_at(ring, window->first), -1.0);
            }
        } else {
            nn_add_pair(&window->sums, oldest, 1.0);
            nn_add(&window->sums, nn_ring_at(ring, window->first - 1u), 1.0);
            --window->first;
        }
    }
}
