// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A signal made late by a whole number of frames.
/// Threading: delay_new and delay_free are for the main thread; the rest is real-time safe and
/// belongs to one thread at a time.
#ifndef TONUS_DSP_DELAY_H
#define TONUS_DSP_DELAY_H

#include <stdint.h>

typedef struct DelayImpl Delay;

/// A delay of `frames` (0 is fine). NULL without memory.
Delay* delay_new(uint32_t frames);
void delay_free(Delay* delay);

/// Forgets what is on its way: zeros come out first. [realtime]
void delay_reset(Delay* delay);

/// n frames in, n frames out; `in` and `out` may be the same. [realtime]
void delay_process(Delay* delay, const float* in, float* out, uint32_t n);

#endif
