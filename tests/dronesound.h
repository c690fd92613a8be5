// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Takes: what a drone plays, kept in memory, for tests that measure it.
#ifndef TESTS_DRONESOUND_H
#define TESTS_DRONESOUND_H

#include "dsp/drone.h"

#include <stddef.h>

#define TAKE_RATE       48000.0
#define TAKE_LIGHT_RATE 16000.0 // for what needs long takes

typedef struct {
    float* left;
    float* right;
    size_t n; // rendered so far
    size_t room;
    double rate;
} Take;

/// Empty, with room for so many seconds. The test fails when memory is short.
Take take_new(double rate, double seconds);
void take_free(Take* take);

/// Adds what the drone plays now.
void take_play(Take* take, Drone* drone, double seconds);

/// Breathes in for in_s, out for out_s, and so on.
void take_play_breathing(Take* take, Drone* drone, double seconds, double in_s, double out_s);

/// Mean of both channels' power between two times.
double take_level_db(const Take* take, double from_s, double to_s);

/// Both channels mixed, from a frame on; free() it.
float* take_mono(const Take* take, size_t from);

/// Plays 14 s to let everything settle, then `seconds`, which alone stay in the take.
Take take_steady(DroneVoicing voicing, double root_hz, double tone, double rate, double seconds);

#endif
