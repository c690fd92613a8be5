// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a plugin tells its windows: small objects at the end of the output sequence, at most 25
/// times a second, and only while a window says Hello (ttl/ui.ttl has the vocabulary). MIDI comes
/// first: objects take what room is left, and what finds none is not told.
///
/// Without a window each of these functions is one comparison. All but shell_ui_init are
/// [realtime] and belong to the audio class.
#ifndef PLUGINS_SHELL_UI_H
#define PLUGINS_SHELL_UI_H

#include "ttl/ui.h"

#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <lv2/urid/urid.h>

#include <stdbool.h>
#include <stdint.h>

#define SHELL_UI_COLUMNS   96  /* of a trace, between two tellings; more are dropped */
#define SHELL_UI_COLUMN_HZ 100 /* columns per second */
#define SHELL_UI_BEATS     16  /* beats and breaths between two tellings */

typedef struct Shell Shell;

typedef struct {
    uint64_t frame; ///< since activation
    float rr_ms;    ///< 0: unknown
    float quality;  ///< 0..1
    bool is_beat;   ///< else a breath
    bool flag;      ///< a beat: reliable; a breath: inhaling
} ShellUiBeat;

typedef struct {
    LV2_URID term[UI_N_TERMS];
    LV2_URID atom_Float;
    void (*tell)(void* plugin); ///< what this plugin tells beside trace and beats; NULL: nothing
    uint64_t until;             ///< frame since activation; before it a window is open
    uint64_t next;              ///< frame of the next telling
    uint32_t offset;            ///< of the objects in the block, frames
    uint32_t column_frames, filled;
    uint32_t n_columns, n_beats;
    uint32_t told;      ///< tellings since the last Hello; at 0 tell what changes seldom, too
    uint64_t told_beat; ///< frame of the last beat that MIDI told; 0: none
    uint32_t exercise;  ///< as told last
    int part;           ///< likewise
    float low, high;    ///< of the column that is being filled
    float lows[SHELL_UI_COLUMNS], highs[SHELL_UI_COLUMNS];
    ShellUiBeat beats[SHELL_UI_BEATS];
} ShellUi;

/// Called by shell_init. A plugin that has more to tell sets `shell->ui.tell` after it.
void shell_ui_init(Shell* shell);

/// Called by shell_activate: no window is open.
void shell_ui_activate(Shell* shell);

/// Called by shell_run: takes a window's Hello or Goodbye; false for any other atom.
bool shell_ui_take(Shell* shell, const LV2_Atom* atom);

/// Called by shell_run at the end of a block of n frames.
void shell_ui_finish(Shell* shell, void* plugin, uint32_t n);

/// Is a window open?
bool shell_ui_open(const Shell* shell);

/// n samples of the signal that the window shows, from the present segment's first frame on.
void shell_ui_trace(Shell* shell, const float* signal, uint32_t n);

/// A beat, or the beginning of an in- or out-breath, that happened at a frame since activation.
void shell_ui_beat(Shell* shell, uint64_t frame, double rr_ms, double quality, bool reliable);
void shell_ui_breath(Shell* shell, uint64_t frame, bool inhaling);

/// A beat that MIDI tells now, `delay` frames after it happened: its interval is taken from the
/// beat told before it.
void shell_ui_told_beat(Shell* shell, uint32_t delay, double quality, bool reliable);

/// A pacer's breath now: `part` 0 rests, 1 in, 2 hold, 3 out, 4 hold; phase and fullness 0..1; the
/// lengths of in-breath, hold, out-breath, hold in seconds. A pacer that rests is told seldom.
void shell_ui_pace(Shell* shell, int part, float phase, float fullness, const float seconds[4]);

/// How long the parts of the chosen exercise are, s; told when it is another one.
void shell_ui_session(Shell* shell, uint32_t exercise, float before_s, float exercise_s,
                      float after_s);

// For `tell`: an object is begun, gets its properties, and is ended.

/// False when `bytes` (48 for the object, 32 for each number, 40 for each vector or text and its
/// own size) are more than is left: then nothing may follow.
bool shell_ui_begin(Shell* shell, LV2_Atom_Forge_Frame* object, uint32_t term, uint32_t bytes);
void shell_ui_float(Shell* shell, uint32_t term, double value);
void shell_ui_int(Shell* shell, uint32_t term, int32_t value);
void shell_ui_bool(Shell* shell, uint32_t term, bool value);
void shell_ui_vector(Shell* shell, uint32_t term, const float* values, uint32_t n);
void shell_ui_end(Shell* shell, LV2_Atom_Forge_Frame* object);

#endif
