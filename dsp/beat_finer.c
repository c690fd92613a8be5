// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat_finer.h"

#include "dsp/filter.h"

#include <math.h>
#include <string.h>

// From this rate on a polynomial through seven samples is exact enough, Hz
#define FINE_HZ 750.0
#define GOAL_HZ 1000.0

// Kaiser's beta: stop band -80 dB (Kaiser 1974)
#define KAISER_BETA 8.0

// Samples beyond the searched ones that the polynomial needs
enum { MARGIN = 4 };

void finer_init(BeatFiner* const finer, const double rate)
{
    const int half = FINER_TAPS / 2;
    const int factor = rate < FINE_HZ ? (int)ceil(GOAL_HZ / rate - 1e-9) : 1;
    finer->factor = factor < FINER_MOST ? factor : FINER_MOST;
    for (int p = 0; p < finer->factor; ++p) {
        double total = 0.0;
        for (int pass = 0; pass < 2; ++pass) {
            for (int i = 0; i < FINER_TAPS; ++i) {
                const double distance = i - (half - 1) - (double)p / finer->factor;
                const double weight =
                    filter_sinc(distance) * filter_kaiser(distance / half, KAISER_BETA);
                if (!pass) {
                    total += weight;
                } else {
                    finer->taps[p][i] = (float)(weight / total);
                }
            }
        }
    }
}

void finer_fill(BeatFiner* const finer, const float base[LOCATE_RING], const double near,
                const int reach)
{
    const int64_t middle = (int64_t)lround(near);
    const int factor = finer->factor;
    float near_by[FINER_TAPS]; // the samples around one, oldest first
    for (int i = 0; i < FINER_TAPS; ++i) {
        const int64_t at = middle - reach - MARGIN + i - FINER_TAPS / 2;
        near_by[i] = base[(uint64_t)at % LOCATE_RING];
    }
    for (int64_t k = middle - reach - MARGIN; k <= middle + reach + MARGIN; ++k) {
        memmove(near_by, near_by + 1, sizeof(near_by) - sizeof(*near_by));
        near_by[FINER_TAPS - 1] = base[(uint64_t)(k + FINER_TAPS / 2) % LOCATE_RING];
        for (int p = 0; p < factor; ++p) {
            float sum = 0.0F;
            for (int i = 0; i < FINER_TAPS; ++i) {
                sum += finer->taps[p][i] * near_by[i];
            }
            finer->ring[(uint64_t)(k * factor + p) % LOCATE_RING] = sum;
        }
    }
}
