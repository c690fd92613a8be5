// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/shell_state.h"

#include <lv2/atom/atom.h>
#include <lv2/state/state.h>

#include <math.h>
#include <string.h>

void shell_state_init(Shell* shell, ShellState* state, const char* const* uris, uint32_t n)
{
    LV2_URID_Map* const map = shell->map;
    shell->state = state;
    state->n = n < SHELL_STATE_MAX ? n : SHELL_STATE_MAX;
    state->atom_float = map->map(map->handle, LV2_ATOM__Float);
    atomic_init(&state->fresh, false);
    for (uint32_t i = 0; i < state->n; ++i) {
        state->key[i] = map->map(map->handle, uris[i]);
        atomic_init(&state->present[i], NAN);
        atomic_init(&state->brought[i], NAN);
    }
}

void shell_state_set(ShellState* state, uint32_t index, float value)
{
    // What the host has just brought stands until the plugin has taken it
    if (!atomic_load_explicit(&state->fresh, memory_order_acquire)) {
        atomic_store_explicit(&state->present[index], value, memory_order_relaxed);
    }
}

bool shell_state_restored(ShellState* state, float* values)
{
    if (!atomic_exchange_explicit(&state->fresh, false, memory_order_acq_rel)) {
        return false;
    }
    for (uint32_t i = 0; i < state->n; ++i) {
        values[i] = atomic_load_explicit(&state->brought[i], memory_order_relaxed);
    }
    return true;
}

static LV2_State_Status save(LV2_Handle handle, LV2_State_Store_Function store,
                             LV2_State_Handle host, uint32_t flags,
                             const LV2_Feature* const* features)
{
    (void)flags;
    (void)features;
    const ShellState* const state = ((const Shell*)handle)->state;
    for (uint32_t i = 0; i < state->n; ++i) {
        const float value = atomic_load_explicit(&state->present[i], memory_order_relaxed);
        if (isfinite(value)) {
            const LV2_State_Status status =
                store(host, state->key[i], &value, sizeof(value), state->atom_float,
                      LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
            if (status != LV2_STATE_SUCCESS) {
                return status;
            }
        }
    }
    return LV2_STATE_SUCCESS;
}

static LV2_State_Status restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
                                LV2_State_Handle host, uint32_t unused,
                                const LV2_Feature* const* features)
{
    (void)unused;
    (void)features;
    ShellState* const state = ((Shell*)handle)->state;
    for (uint32_t i = 0; i < state->n; ++i) {
        size_t size = 0;
        uint32_t type = 0, flags = 0;
        const void* const data = retrieve(host, state->key[i], &size, &type, &flags);
        float value = NAN;
        if (data && type == state->atom_float && size == sizeof(value)) {
            memcpy(&value, data, sizeof(value));
        }
        atomic_store_explicit(&state->brought[i], value, memory_order_relaxed);
        atomic_store_explicit(&state->present[i], value, memory_order_relaxed);
    }
    atomic_store_explicit(&state->fresh, true, memory_order_release);
    return LV2_STATE_SUCCESS;
}

const void* shell_state_interface(const char* uri)
{
    static const LV2_State_Interface interface = {save, restore};
    return strcmp(uri, LV2_STATE__interface) == 0 ? &interface : NULL;
}
