// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   The sum over the last so many values, in constant time and without memory of older ones: a
   running sum would keep the rounding of every past glitch. The values come in stretches as long as
   the window; of the stretch before, the sums from each value to its end are kept, of the present
   one the sum so far (the scheme of van Herk 1992 for running maxima).

   Plain state; all functions are [realtime].
*/

#ifndef TONUS_DSP_MOVING_H
#define TONUS_DSP_MOVING_H

enum { MOVING_MOST = 128 }; ///< values in the longest window

typedef struct {
    int length; ///< values in the window, 1..MOVING_MOST
    int at;     ///< values of the present stretch so far, below `length`
    double sum; ///< of these
    float value[MOVING_MOST];
    double rest[MOVING_MOST + 1]; ///< of the stretch before: sum from the value of this place on
} MovingSum;

/// A window of so many values, all 0 so far
void moving_init(MovingSum* moving, int length);

/// Work done when a stretch is full
void moving_turn(MovingSum* moving);

/// Takes a value; the sum of the last `length` values
static inline double moving_add(MovingSum* moving, const float value)
{
    moving->value[moving->at++] = value;
    moving->sum += (double)value;
    const double all = moving->rest[moving->at] + moving->sum;
    if (moving->at == moving->length) {
        moving_turn(moving);
    }
    return all;
}

#endif // TONUS_DSP_MOVING_H
