// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_NN_H
#define TONUS_DSP_NN_H

#include <stdint.h>

/**
   Running sums over NN intervals, from which the time-domain measures follow.

   What was added can be taken off again: a sliding window and "all since the start" are the same
   sums. Values are summed less a shift (any typical interval), so that nothing cancels; the
   relative error stays below 1e-9 for a day of beats. Plain state; [realtime].
*/
typedef struct {
    double shift_ms;
    double n, sum_ms, squares_ms2;     ///< NN intervals less the shift
    double pairs, step_ms, steps2_ms2; ///< Successive differences
    double above_50, above_20;         ///< Differences beyond 50 and 20 ms
    double all, mended, irregular;     ///< Intervals; not as they came; in irregular rhythm
    double seconds;                    ///< Sum of the NN intervals
    double quality;                    ///< Sum over NN intervals
} NnSums;

/// An interval and its difference to the one before
typedef struct {
    double time_s;
    double rr_ms;
    double step_ms; ///< Used if pair
    float quality;
    uint8_t nn;        ///< Counts as NN
    uint8_t pair;      ///< Difference may be used
    uint8_t mended;    ///< Artefact: left out or put right
    uint8_t irregular; ///< Came in a rhythm too irregular
} NnEntry;

/// sign +1 to add, -1 to take off. The pair is told apart: it belongs to two entries
void nn_add(NnSums* sums, const NnEntry* entry, double sign);
void nn_add_pair(NnSums* sums, const NnEntry* entry, double sign);

double nn_mean_ms(const NnSums* sums);
double nn_sdnn_ms(const NnSums* sums);  ///< n - 1; 0 with less than 2
double nn_rmssd_ms(const NnSums* sums); ///< 0 without pairs
double nn_sdsd_ms(const NnSums* sums);  ///< n - 1; 0 with less than 2 pairs

/// Shape of the distribution: only ever added to
enum { NN_BINS_128 = 520, NN_BINS_50 = 82 };
typedef struct {
    double n;
    double shortest_ms, longest_ms;
    uint32_t bins_128[NN_BINS_128]; ///< Of 1/128 s, Task Force 1996
    uint32_t bins_50[NN_BINS_50];   ///< Of 50 ms, Baevsky
    uint32_t most_128, most_50;     ///< Height of the highest bin
    uint32_t mode_50;               ///< Index of it
} NnShape;

void nn_shape_reset(NnShape* shape);
void nn_shape_add(NnShape* shape, double rr_ms);

/// Number of intervals over the height of the highest bin; 0 if empty
double nn_triangular(const NnShape* shape);

/// Baevsky's stress index AMo / (2 Mo MxDMn), AMo in %, Mo and MxDMn in s; 0 where nothing varies
double nn_stress(const NnShape* shape);

#endif
