// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What the parts of the bad plugin share.

#ifndef TONUS_TESTS_BAD_H
#define TONUS_TESTS_BAD_H

#include <lv2/atom/forge.h>
#include <lv2/core/lv2.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { IN, OUT, EVENTS_IN, EVENTS_OUT, GAIN, LEVEL, N_PORTS };
enum { TABLE = 48000 };

typedef struct {
    const char* fault;
    double rate;
    void* port[N_PORTS];
    float* kept;  // kept-pointer
    float smooth; // the filter's state
    float gain;   // the last gain, per-block
    float level;
    int32_t setting; // the state
    uint64_t frame;
    uint64_t wait;    // stuck: the off that was due
    bool sounding;    // a note is on
    bool muted;       // mute
    float answer;     // worker
    float* table;     // use-after-free, unchecked, leak
    float small[256]; // rate
    LV2_URID_Map* map;
    LV2_Worker_Schedule* schedule;
    LV2_URID sequence, chunk, midi, object, integer, key;
    LV2_Atom_Forge forge;
} Bad;

/// Where `self` is the variant that breaks this law
#define FAULT(name) (!strcmp(self->fault, name))

/// One call of what no run() may do, if that is the fault
void bad_sin_in_real_time(Bad* self);

/// Takes long: always, or in one block of many
void bad_waste(const Bad* self, uint32_t n);

#endif
