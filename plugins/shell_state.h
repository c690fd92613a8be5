// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a plugin learned about a person, kept in the host's session: a few named numbers.
///
/// The audio thread tells the present values (shell_state_set) and asks whether the host has
/// brought others (shell_state_restored); the host saves and restores from any thread, also while
/// the plugin runs (state:threadSafeRestore). A value that is NaN is not known and not stored; what
/// the session does not have becomes NaN.
///
/// Threading: shell_state_init belongs to the instantiation class; the host's save and restore to
/// any; the rest is real-time safe.
#ifndef PLUGINS_SHELL_STATE_H
#define PLUGINS_SHELL_STATE_H

#include "plugins/shell.h"

#include <lv2/urid/urid.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SHELL_STATE_MAX 16

typedef struct ShellState {
    LV2_URID key[SHELL_STATE_MAX];
    LV2_URID atom_float;
    uint32_t n;
    _Atomic float present[SHELL_STATE_MAX];
    _Atomic float brought[SHELL_STATE_MAX];
    atomic_bool fresh; // brought holds what the plugin has not taken yet
} ShellState;

/// `uris` are the names of the values, n <= SHELL_STATE_MAX; all begin as NaN. After shell_init.
void shell_state_init(Shell* shell, ShellState* state, const char* const* uris, uint32_t n);

/// The present value. [realtime]
void shell_state_set(ShellState* state, uint32_t index, float value);

/// True once after the host restored; `values` then holds all n. [realtime]
bool shell_state_restored(ShellState* state, float* values);

/// For LV2_Descriptor.extension_data; the handle's struct begins with a Shell. NULL: `uri` asks for
/// something else.
const void* shell_state_interface(const char* uri);

#endif
