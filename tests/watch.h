// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Looks at everything a plugin gives, block by block: numbers that are none, outputs outside their
/// declared range, MIDI that is no MIDI; and measures how much comes out.
#ifndef TESTS_WATCH_H
#define TESTS_WATCH_H

#include "check.h"

typedef struct {
    bool own_midi; ///< all MIDI must be well formed (nothing strange was put in)
    uint64_t frames;
    uint64_t subnormal; ///< samples
    double energy;      ///< sum of squares of all audio outputs
    float peak;
    uint64_t notes;  ///< note-ons
    char wrong[256]; ///< the first thing wrong
} Watch;

/// Watches the host from now on. What it collected is dropped after each block.
void watch_attach(Watch* watch, Host* host);

/// Sets the measures back, keeps what is wrong.
void watch_restart(Watch* watch);

/// True when nothing was wrong, also by the host's own rules; else it is told.
bool watch_fine(Subject* subject, const Watch* watch, const Host* host, const char* when);

#endif
