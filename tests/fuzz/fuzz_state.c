// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// State: what a plugin stored, bent in any way, is given back to it. It must go on working, and
/// what it stores then must come back unchanged.
#include "fuzz.h"

#include "host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VALUE = 4096, FRAMES = 2048 };

static HostWorld* world;
static const LilvPlugin** with_state;
static size_t n_with_state;
static uint32_t n_urids;

int LLVMFuzzerInitialize(int* argc, char*** argv)
{
    (void)argc;
    (void)argv;
    size_t n = 0;
    setenv("HOME", fuzz_folder(), 1);
    world = host_world_new(NULL);
    const LilvPlugin* const* const plugins = host_world_plugins(world, &n);
    with_state = calloc(n, sizeof *with_state);
    for (size_t i = 0; i < n; ++i) {
        Host* const host = fuzz_host(world, plugins[i], NULL);
        if (host_has_state(host)) {
            with_state[n_with_state++] = plugins[i];
        }
        host_free(host);
    }
    while (host_uri(world, n_urids + 1)) {
        ++n_urids;
    }
    return 0;
}

/// One property: another value of the same or another type, a bent, cut or repeated one, or none.
static void bend(HostState* state, Bytes* in)
{
    static uint8_t value[MOST_VALUE];
    const uint8_t manner = bytes_one(in);
    const uint8_t which = bytes_one(in);
    HostProperty* const old = state->count ? &state->properties[which % state->count] : NULL;
    LV2_URID key = old ? old->key : 1;
    LV2_URID type = old ? old->type : 1;
    size_t n = 0;
    if (manner & 1) {
        type = 1 + bytes_one(in) % (n_urids + 4);
    }
    if (manner & 2) {
        key = 1 + bytes_one(in) % (n_urids + 4);
    }
    if (manner & 4) { // new bytes
        Bytes part = bytes_part(in);
        n = part.left < MOST_VALUE ? part.left : MOST_VALUE;
        if (n) {
            memcpy(value, part.at, n);
        }
    } else if (old) { // bent ones
        n = old->size < MOST_VALUE ? old->size : MOST_VALUE;
        memcpy(value, old->value, n);
        for (int i = bytes_one(in) % 16; i > 0 && n; --i) {
            const size_t at = bytes_one(in) | (size_t)bytes_one(in) << 8;
            value[at % n] = bytes_one(in);
        }
        if (manner & 8) {
            n = n * bytes_one(in) / 256;
        }
        if (manner & 16 && n) { // whole floats
            const float x = bytes_float(in);
            const size_t at = (bytes_one(in) | (size_t)bytes_one(in) << 8) % n & ~(size_t)3;
            if (at + 4 <= n) {
                memcpy(value + at, &x, 4);
            }
        }
    }
    host_state_set(state, key, type, value, n);
}

static void run(Host* host)
{
    host_run(host, FRAMES, 256);
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    for (uint32_t i = 0; i < n; ++i) {
        const bool control = ports[i].kind == HOST_CONTROL;
        const float x = control ? host_get(host, ports[i].symbol) : 0.0f;
        if (control && !ports[i].is_input && !(x >= ports[i].minimum && x <= ports[i].maximum)) {
            fuzz_wrong("%s: %s is %g", host_plugin_name(host_plugin(host)), ports[i].symbol,
                       (double)x);
        }
        const float* const out =
            (ports[i].kind == HOST_AUDIO || ports[i].kind == HOST_CV) && !ports[i].is_input
                ? host_output(host, ports[i].symbol)
                : NULL;
        for (size_t k = 0; out && k < host_output_frames(host); ++k) {
            if (!isfinite(out[k])) {
                fuzz_wrong("%s: %s is %g", host_plugin_name(host_plugin(host)), ports[i].symbol,
                           (double)out[k]);
            }
        }
    }
    if (host_fault(host)) {
        fuzz_wrong("%s: %s", host_plugin_name(host_plugin(host)), host_fault(host));
    }
    host_forget(host);
}

int fuzz_one(const uint8_t* data, size_t size)
{
    Bytes in = {data, size};
    const uint8_t which = bytes_one(&in);
    const char* const named = getenv("TONUS_FUZZ_PLUGIN");
    const LilvPlugin* const plugin = named ? host_world_plugin(world, named)
                                           : with_state[which % (n_with_state ? n_with_state : 1)];
    const uint8_t manner = bytes_one(&in);
    HostConfig config = host_config();
    config.max_block = 256;
    config.state_dir = manner & 1 ? fuzz_folder() : NULL;
    Host* const host = fuzz_host(world, plugin, &config);
    if (manner & 2) {
        host_run(host, FRAMES, 256);
    }
    HostState* const bent = host_save(host);
    while (in.left) {
        bend(bent, &in);
    }
    host_restore(host, bent);
    host_state_free(bent);
    HostState* const first = host_save(host);
    host_restore(host, first);
    HostState* const second = host_save(host);
    if (!host_state_equal(first, second)) {
        fuzz_wrong("%s: its state changes on the way", host_plugin_name(plugin));
    }
    host_state_free(first);
    host_state_free(second);
    run(host);
    host_free(host);
    fuzz_clean();
    return 0;
}
