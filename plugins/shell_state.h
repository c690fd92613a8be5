// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a plugin learned about a person, kept in the host's session: a few named numbers.
///
/// The audio thread tells the present values (shell_state_set) and asks whether the host has
/// brought others (shell_state_restored); the host saves and restores from any thread, also while
/// the plugin runs (state:threadSafeRestore). A value that is NaN is not known and not stored; what
/// the session does not have becomes NaN.
///
/// Threading: shell_state_init belongs to the instantiation class; save and restore to any; the
/// rest is real-time safe.
#ifndef PLUGINS_SHELL_STATE_H
#define PLUGINS_SHELL_STATE_H

#include <lv2/core/lv2.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SHELL_STATE_MAX 16

typedef struct {
    LV2_URID key[SHELL_STATE_MAX];
    LV2_URID atom_float;
    uint32_t n;
    _Atomic float present[SHELL_STATE_MAX];
    _Atomic float brought[SHELL_STATE_MAX];
    atomic_bool fresh; // brought holds what the plugin has not taken yet
} ShellState;

/// `uris` are the names of the values, n <= SHELL_STATE_MAX; all begin as NaN.
void shell_state_init(ShellState* state, LV2_URID_Map* map, const char* const* uris, uint32_t n);

/// The present value. [realtime]
void shell_state_set(ShellState* state, uint32_t index, float value);

/// True once after the host restored; `values` then holds all n. [realtime]
bool shell_state_restored(ShellState* state, float* values);

/// For LV2_State_Interface.save and restore.
LV2_State_Status shell_state_save(const ShellState* state, LV2_State_Store_Function store,
                                  LV2_State_Handle handle);
LV2_State_Status shell_state_restore(ShellState* state, LV2_State_Retrieve_Function retrieve,
                                     LV2_State_Handle handle);

#endif
