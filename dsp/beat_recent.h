// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   The last few values of something, and what level they have.

   Part of the beat detector; all functions are [realtime].
*/

#ifndef TONUS_DSP_BEAT_RECENT_H
#define TONUS_DSP_BEAT_RECENT_H

enum { RECENT_VALUES = 8 }; ///< values kept

/// Zeroed: empty
typedef struct {
    double value[RECENT_VALUES];
    int count;
    int next;
    double middle, upper; ///< kept up to date: they are asked for much more often than pushed
} Recent;

void recent_push(Recent* recent, double value);

/// Median, or `otherwise` when empty
double recent_median(const Recent* recent, double otherwise);

/// Upper quartile, or `otherwise` when empty: the level when every other value is a wrong one
double recent_upper(const Recent* recent, double otherwise);

/// How regular intervals are: 1 a clock, 0 when half of them are off `usual` by 8 % or more, or
/// when there are fewer than six
double recent_regularity(const Recent* intervals, double usual);

#endif // TONUS_DSP_BEAT_RECENT_H
