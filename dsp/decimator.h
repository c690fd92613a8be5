// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   Decimator: lowers the sample rate by a whole factor with a linear-phase low-pass.

   Every input frame is spread over the eight output samples whose windows it lies in, as it comes.
   So the work per frame is the same for every frame, nothing is kept but eight sums, and the
   result does not depend on how the input is cut into blocks.

   The window is a Kaiser-windowed sinc (J. F. Kaiser, "Nonrecursive digital filter design using
   the I0-sinh window function", 1974) of 8 × factor - 1 taps, cut at half the output rate. With
   beta 8 it is flat within 1e-4 up to 0.18 of the output rate, and whatever would fold into that
   band is 80 dB down. The response at half the output rate is -6 dB.
*/

#ifndef TONUS_DSP_DECIMATOR_H
#define TONUS_DSP_DECIMATOR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Decimator Decimator;

/// New decimator. `factor` >= 1 (1 passes the signal with delay). NULL: bad factor or no memory.
Decimator* decimator_new(uint32_t factor);

/// Free; NULL is fine.
void decimator_free(Decimator* decimator);

/// [realtime] Forget the past and start a new output period at the next frame.
void decimator_reset(Decimator* decimator);

/**
   [realtime] Take frames up to the next output sample.

   Returns how many of the `n` frames were taken (at least 1 when n > 0). When the last taken frame
   completes an output sample, sets `*ready` and `*out`, else clears `*ready`. The sample belongs to
   the input frame decimator_delay() frames before the last one taken. Not-a-number and infinite
   input give such output for as long as they lie in the window; call decimator_reset_sums() then.
*/
uint32_t decimator_feed(Decimator* decimator, const float* in, uint32_t n, float* out, bool* ready);

/// [realtime] Clear the sums but keep the place in the output period. The next seven outputs lack
/// part of their window and are best ignored.
void decimator_reset_sums(Decimator* decimator);

/// Delay in input frames: an output sample lies this many frames before the frame completing it.
uint32_t decimator_delay(const Decimator* decimator);

/// Outputs that the window spans, that is how many are spoilt by one bad input frame.
#define DECIMATOR_SPAN 8U

#endif // TONUS_DSP_DECIMATOR_H
