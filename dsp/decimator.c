// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/decimator.h"

#include "dsp/filter.h"
#include "dsp/four.h"

#include <stdlib.h>
#include <string.h>

// Kaiser's beta: stop band -80 dB (Kaiser 1974: beta = 0.1102 (A - 8.7))
#define KAISER_BETA 8.0

// The coefficients of one frame of the period for the eight windows it lies in, oldest first
typedef struct {
    Four half[2];
} Taps;

struct Decimator {
    uint32_t factor;
    uint32_t phase; // frames taken of the running period
    Four sum[4];    // the eight sums twice: of even and of odd frames, to halve the chain of adds
    float origin;   // first sample, taken off so that large offsets cost no precision
    bool started;   // origin is set
    float line[3];  // factor 1: the frames before, newest first
    Taps taps[];    // factor elements
};

Decimator* decimator_new(const uint32_t factor)
{
    if (!factor || factor > 65536U) {
        return NULL;
    }

    Decimator* const d = (Decimator*)calloc(1, sizeof(Decimator) + factor * sizeof(Taps));
    if (!d) {
        return NULL;
    }
    d->factor = factor;

    // Window position of frame p of the period for the sum that has l periods to go: (7 - l) factor
    // + p. Position 0 has weight zero, which makes the window odd and its middle a whole frame.
    const double middle = 4.0 * factor;
    double total = 0.0;
    for (int pass = 0; pass < 2; ++pass) {
        for (uint32_t p = 0; p < factor; ++p) {
            for (uint32_t l = 0; l < 8U; ++l) {
                const double offset = (7.0 - l) * factor + p - middle;
                const double weight =
                    filter_sinc(offset / factor) * filter_kaiser(offset / middle, KAISER_BETA);
                if (!pass) {
                    total += weight;
                } else {
                    d->taps[p].half[l / 4U][l % 4U] = (float)(weight / total);
                }
            }
        }
    }
    return d;
}

void decimator_free(Decimator* const d)
{
    free(d);
}

void decimator_reset(Decimator* const d)
{
    d->phase = 0;
    d->started = false;
    decimator_reset_sums(d);
}

void decimator_reset_sums(Decimator* const d)
{
    memset(d->sum, 0, sizeof(d->sum));
    memset(d->line, 0, sizeof(d->line));
}

uint32_t decimator_delay(const Decimator* const d)
{
    return 4U * d->factor - 1U;
}

static void start(Decimator* const d, const float first)
{
    d->started = true;
    d->origin = (first > -1e9F && first < 1e9F) ? first : 0.0F;
}

// Factors above 1, frames up to the period's end
static uint32_t sum_up(Decimator* const d, const float* const in, const uint32_t n,
                       float* const out, bool* const ready)
{
    const uint32_t left = d->factor - d->phase;
    const uint32_t taken = n < left ? n : left;
    const Taps* const taps = d->taps + d->phase;
    const float origin = d->origin;
    Four even0 = d->sum[0];
    Four even1 = d->sum[1];
    Four odd0 = d->sum[2];
    Four odd1 = d->sum[3];

    uint32_t i = 0;
    if (d->phase & 1U) {
        const Four x = four_all(in[0] - origin);
        odd0 += x * taps[0].half[0];
        odd1 += x * taps[0].half[1];
        i = 1;
    }
    for (; i + 2U <= taken; i += 2U) {
        const Four x = four_all(in[i] - origin);
        const Four y = four_all(in[i + 1U] - origin);
        even0 += x * taps[i].half[0];
        even1 += x * taps[i].half[1];
        odd0 += y * taps[i + 1U].half[0];
        odd1 += y * taps[i + 1U].half[1];
    }
    if (i < taken) {
        const Four x = four_all(in[i] - origin);
        even0 += x * taps[i].half[0];
        even1 += x * taps[i].half[1];
    }

    d->phase += taken;
    if (d->phase == d->factor) {
        // The oldest window is complete; all others move one place and a new one begins
        *ready = true;
        *out = even0[0] + odd0[0] + origin;
        d->phase = 0;
        even0 = (Four){even0[1], even0[2], even0[3], even1[0]};
        even1 = (Four){even1[1], even1[2], even1[3], 0.0F};
        odd0 = (Four){odd0[1], odd0[2], odd0[3], odd1[0]};
        odd1 = (Four){odd1[1], odd1[2], odd1[3], 0.0F};
    }

    d->sum[0] = even0;
    d->sum[1] = even1;
    d->sum[2] = odd0;
    d->sum[3] = odd1;
    return taken;
}

uint32_t decimator_feed(Decimator* const d, const float* const in, const uint32_t n,
                        float* const out, bool* const ready)
{
    *ready = false;
    if (!n) {
        return 0;
    }
    if (!d->started) {
        start(d, in[0]);
    }
    if (d->factor > 1U) {
        return sum_up(d, in, n, out, ready);
    }
    *ready = true; // the window is one frame wide: its middle
    *out = d->line[2] + d->origin;
    d->line[2] = d->line[1];
    d->line[1] = d->line[0];
    d->line[0] = in[0] - d->origin;
    return 1U;
}
