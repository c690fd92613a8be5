// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_ROOM_H
#define TONUS_DSP_ROOM_H

// A small, still reverberant space: a feedback delay network of eight lines with a Householder
// matrix (Jot and Chaigne 1991), decay time 2.5 s. Linear and constant: it adds no movement of its
// own. Its output has about the power of its input, once filled.

#include <stdint.h>

#define ROOM_BLOCK 64 // frames

typedef struct Room Room;

// NULL when memory is short. rate in Hz.
Room* room_new(double rate);
void room_free(Room* room);
void room_reset(Room* room); // empty [realtime]

// One block of ROOM_BLOCK frames: mono in, the room's stereo answer out (replaced). [realtime]
void room_process(Room* room, const float* in, float* left, float* right);

#endif
