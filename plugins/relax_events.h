// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What Tonus (relax) says by MIDI; the vocabulary is in docs/midi.md. All functions are
/// [realtime].
#ifndef PLUGINS_RELAX_EVENTS_H
#define PLUGINS_RELAX_EVENTS_H

#include "dsp/relax.h"
#include "plugins/shell.h"

typedef struct {
    int channel;                                     ///< 1..16
    int breath_note, hum_note, pace_note, part_note; ///< these are held, 0: none
    LV2_URID onset; ///< class of the object that tells a provisional beat
} RelaxEvents;

/// Before the others, once; not real-time.
void relax_events_init(RelaxEvents* self, LV2_URID_Map* map);

/// Nothing is held.
void relax_events_activate(RelaxEvents* self);

/// An event of relax_process, at a frame of the chunk.
void relax_events_send(RelaxEvents* self, Shell* shell, uint32_t frame, const RelaxEvent* event);

/// What changes all the time: tone, breath and what a sound follows.
void relax_events_tick(RelaxEvents* self, Shell* shell, uint32_t frame, const ChainState* state);

#endif
