// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Found beats that wait for the frame on which they leave: each the delay D after its R peak or
/// upslope.

#ifndef TONUS_DSP_BEAT_QUEUE_H
#define TONUS_DSP_BEAT_QUEUE_H

#include "dsp/beat.h"

#include <stdint.h>

/// Events that may wait; D holds two beats at the shortest interval
enum { BEAT_QUEUE = 8 };

typedef struct {
    struct {
        uint64_t frame; ///< when it leaves
        BeatEvent event;
    } waiting[BEAT_QUEUE]; ///< in time order
    uint32_t n;
} BeatQueue;

/// Lets `event` wait for frame `due`; without effect when the queue is full [realtime]
void beat_queue_add(BeatQueue* queue, uint64_t due, const BeatEvent* event);

/// What is due before frame `end`, into `events`, with frames counted from `start`; their number.
/// What goes beyond `capacity` is lost. [realtime]
uint32_t beat_queue_take(BeatQueue* queue, uint64_t start, uint64_t end, BeatEvent* events,
                         uint32_t capacity);

#endif
