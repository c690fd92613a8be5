// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "host_internal.h"

#include <lv2/atom/atom.h>
#include <lv2/presets/presets.h>

#include <stdlib.h>
#include <string.h>

static const LV2_State_Interface* state_interface(const Host* host)
{
    return lilv_instance_get_extension_data(host->instance, LV2_STATE__interface);
}

bool host_has_state(const Host* host)
{
    return state_interface(host) != NULL;
}

HostState* host_state_new(void)
{
    return host_alloc(sizeof(HostState));
}

static HostProperty* find(const HostState* state, LV2_URID key)
{
    for (size_t i = 0; i < state->count; ++i)
        if (state->properties[i].key == key)
            return &state->properties[i];
    return NULL;
}

static void put(HostState* state, LV2_URID key, LV2_URID type, uint32_t flags, const void* value,
                size_t size)
{
    HostProperty* property = find(state, key);
    if (property) {
        free(property->value);
    } else {
        state->properties =
            host_realloc(state->properties, (state->count + 1) * sizeof *state->properties);
        property = &state->properties[state->count++];
    }
    *property = (HostProperty){key, type, flags, size, host_alloc(size)};
    if (size)
        memcpy(property->value, value, size);
}

void host_state_set(HostState* state, LV2_URID key, LV2_URID type, const void* value, size_t size)
{
    put(state, key, type, LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE, value, size);
}

void host_state_free(HostState* state)
{
    if (!state)
        return;
    for (size_t i = 0; i < state->count; ++i)
        free(state->properties[i].value);
    free(state->properties);
    free(state);
}

bool host_state_equal(const HostState* a, const HostState* b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; ++i) {
        const HostProperty* const p = &a->properties[i];
        const HostProperty* const q = find(b, p->key);
        if (!q || p->type != q->type || p->size != q->size || memcmp(p->value, q->value, p->size))
            return false;
    }
    return true;
}

static LV2_State_Status store(LV2_State_Handle handle, uint32_t key, const void* value, size_t size,
                              uint32_t type, uint32_t flags)
{
    if (!key || !type || (!value && size))
        return LV2_STATE_ERR_UNKNOWN;
    put(handle, key, type, flags, value, size);
    return LV2_STATE_SUCCESS;
}

static const void* retrieve(LV2_State_Handle handle, uint32_t key, size_t* size, uint32_t* type,
                            uint32_t* flags)
{
    const HostProperty* const property = find(handle, key);
    if (!property)
        return NULL;
    if (size)
        *size = property->size;
    if (type)
        *type = property->type;
    if (flags)
        *flags = property->flags;
    return property->value;
}

/// The features of save and restore: everything instantiate had.
HostState* host_save(Host* host)
{
    HostState* const state = host_state_new();
    const LV2_State_Interface* const interface = state_interface(host);
    if (interface)
        state->status = interface->save(host_handle(host), store, state, 0, host->feature_list);
    return state;
}

LV2_State_Status host_restore(Host* host, const HostState* state)
{
    const LV2_State_Interface* const interface = state_interface(host);
    if (!interface)
        return LV2_STATE_ERR_UNKNOWN;
    return interface->restore(host_handle(host), retrieve, (LV2_State_Handle)(uintptr_t)state, 0,
                              host->feature_list);
}

LilvNodes* host_presets(HostWorld* world, const LilvPlugin* plugin)
{
    LilvNode* const class = lilv_new_uri(host_world_lilv(world), LV2_PRESETS__Preset);
    LilvNodes* const presets = lilv_plugin_get_related(plugin, class);
    lilv_node_free(class);
    return presets;
}

static void set_port(const char* symbol, void* data, const void* value, uint32_t size,
                     uint32_t type)
{
    Host* const host = data;
    Slot* const slot = host_slot(host, symbol);
    if (!slot || slot->port.kind != HOST_CONTROL || !slot->port.is_input) {
        host_say_fault(host, "preset sets %s, which is no control input", symbol);
        return;
    }
    if (type == host_urid(host->world, LV2_ATOM__Float) && size == sizeof(float))
        slot->value = *(const float*)value;
    else if (type == host_urid(host->world, LV2_ATOM__Double) && size == sizeof(double))
        slot->value = (float)*(const double*)value;
    else if (type == host_urid(host->world, LV2_ATOM__Int) && size == sizeof(int32_t))
        slot->value = (float)*(const int32_t*)value;
    else if (type == host_urid(host->world, LV2_ATOM__Bool) && size == sizeof(int32_t))
        slot->value = *(const int32_t*)value ? 1.0f : 0.0f;
    else
        host_say_fault(host, "preset value of %s is no number", symbol);
}

bool host_load_preset(Host* host, const LilvNode* preset)
{
    LilvWorld* const world = host_world_lilv(host->world);
    lilv_world_load_resource(world, preset);
    LilvState* const state = lilv_state_new_from_world(world, host_world_map(host->world), preset);
    if (!state)
        return false;
    lilv_state_restore(state, host->instance, set_port, host, 0, host->feature_list);
    lilv_state_free(state);
    return true;
}
