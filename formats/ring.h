// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A ring of messages from one thread to one other, without locks.
///
/// Messages have a head of 16 bytes and any body, and come out whole, in order. Memory is touched
/// when the ring is made, so that the audio thread meets no page fault.

#ifndef TONUS_FORMATS_RING_H
#define TONUS_FORMATS_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Ring Ring;

typedef struct {
    uint32_t type;
    uint32_t size; ///< bytes of the body
    uint64_t frame;
} RingHead;

/// Room for `bytes` at least; rounded up. NULL without memory.
Ring* ring_new(size_t bytes);
void ring_free(Ring* ring);

/// Writer's side. False when fewer than `reserve` bytes would be left free after it: nothing is
/// written then. `reserve` keeps room for messages that matter more. [realtime]
bool ring_push(Ring* ring, const RingHead* head, const void* body, size_t reserve);

/// Reader's side: the head of the oldest message; false when there is none. [realtime]
bool ring_peek(const Ring* ring, RingHead* head);

/// Takes the oldest message away; its body goes to `body` (NULL: nowhere). [realtime]
void ring_take(Ring* ring, void* body);

#endif
