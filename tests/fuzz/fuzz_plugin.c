// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Whole plugins: controls, signals, MIDI, atoms true and false, blocks of all lengths, state and
/// presets in any order. The first bytes choose plugin (unless TONUS_FUZZ_PLUGIN names one), sample
/// rate and manner; then come operations of one byte each with what they need.
#include "fuzz.h"

#include "host.h"

#include <lv2/patch/patch.h>
#include <lv2/time/time.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FRAMES = 6000, MOST_BLOCK = 1024, MOST_BODY = 256, CALM_BLOCKS = 16 };

static const double RATES[] = {48000.0, 44100.0, 8000.0, 192000.0, 1234.5, 11025.0};

static HostWorld* world;
static const LilvPlugin* const* plugins;
static size_t n_plugins;
static uint32_t n_urids;

int LLVMFuzzerInitialize(int* argc, char*** argv)
{
    (void)argc;
    (void)argv;
    setenv("HOME", fuzz_folder(), 1);
    world = host_world_new(NULL);
    plugins = host_world_plugins(world, &n_plugins);
    host_urid(world, LV2_PATCH__Set);
    host_urid(world, LV2_TIME__Position);
    for (size_t i = 0; i < n_plugins; ++i) { // what plugins map gets its numbers here
        host_free(fuzz_host(world, plugins[i], NULL));
    }
    while (host_uri(world, n_urids + 1)) {
        ++n_urids;
    }
    return 0;
}

static const LilvPlugin* choose_plugin(Bytes* in)
{
    const uint8_t which = bytes_one(in);
    const char* const named = getenv("TONUS_FUZZ_PLUGIN");
    return named ? host_world_plugin(world, named) : plugins[which % n_plugins];
}

static const HostPort* choose_port(Host* host, Bytes* in, HostPortKind kind)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    const uint32_t first = bytes_one(in);
    for (uint32_t i = 0; i < n; ++i) {
        const HostPort* const port = &ports[(first + i) % n];
        if (port->kind == kind && port->is_input) {
            return port;
        }
    }
    return NULL;
}

/// A value within a port's range by its share of it, or any float.
static void set_control(Host* host, Bytes* in, bool honest)
{
    const HostPort* const port = choose_port(host, in, HOST_CONTROL);
    const float share = honest ? (float)bytes_one(in) / 255.0f : 0.0f;
    if (port) {
        host_set(host, port->symbol,
                 honest ? port->minimum + share * (port->maximum - port->minimum)
                        : bytes_float(in));
    }
}

/// Feeds an input with floats of the fuzzer's, or with pulses of a size and a distance.
static void set_signal(Host* host, Bytes* in, float* signal)
{
    const bool pulses = bytes_one(in) & 1;
    const HostPort* port = choose_port(host, in, HOST_AUDIO);
    port = pulses && !port ? choose_port(host, in, HOST_CV) : port;
    memset(signal, 0, MOST_FRAMES * sizeof *signal);
    if (pulses) {
        const float size = bytes_float(in);
        const uint32_t distance = 1 + bytes_one(in) * 64u;
        for (uint32_t i = 0; i < MOST_FRAMES; i += distance) {
            signal[i] = size;
        }
    } else {
        const uint32_t n = bytes_one(in);
        for (uint32_t i = 0; i < n; ++i) {
            signal[i] = bytes_float(in);
        }
    }
    if (port) {
        host_input(host, port->symbol, signal, MOST_FRAMES);
    }
}

/// An object with properties, well made but for what the fuzzer's last two bytes bend.
static uint32_t make_object(Bytes* in, uint8_t* body)
{
    const uint32_t head[2] = {bytes_one(in), 1 + bytes_one(in) % (n_urids + 4)};
    uint32_t size = sizeof head;
    memcpy(body, head, sizeof head);
    const uint32_t count = bytes_one(in) % 5;
    for (uint32_t i = 0; i < count; ++i) {
        const uint32_t length = bytes_one(in) % 40;
        const uint32_t property[4] = {1 + bytes_one(in) % (n_urids + 4), 0, length,
                                      1 + bytes_one(in) % (n_urids + 4)};
        memcpy(body + size, property, sizeof property);
        size += sizeof property;
        for (uint32_t k = 0; k < length; ++k) {
            body[size + k] = bytes_one(in);
        }
        size += (length + 7) & ~7u;
    }
    const uint32_t at = bytes_one(in) % size;
    body[at] ^= bytes_one(in);
    return size;
}

static void send_atom(Host* host, Bytes* in)
{
    uint8_t body[16 + 5 * (16 + 40) + MOST_BODY] = {0};
    const uint8_t kind = bytes_one(in);
    const uint64_t frame = host_frame(host) + bytes_one(in);
    const uint32_t type = 1 + kind % (n_urids + 4);
    uint32_t size = bytes_one(in);
    if (kind >= 0x80) {
        size = make_object(in, body);
        host_atom(host, frame, host_urid(world, LV2_ATOM__Object), body, size);
    } else {
        for (uint32_t i = 0; i < size; ++i) {
            body[i] = bytes_one(in);
        }
        host_atom(host, frame, type, body, size);
    }
}

static void send_midi(Host* host, Bytes* in)
{
    const uint64_t frame = host_frame(host) + bytes_one(in) * 4u;
    uint8_t bytes[3];
    for (int i = 0; i < 3; ++i) {
        bytes[i] = bytes_one(in);
    }
    host_midi(host, frame, bytes, 1 + bytes[0] % 3u);
}

/// As other Tonus plugins send it: a note or a controller of the vocabulary, on channel 16 or 15.
static void send_vocabulary(Host* host, Bytes* in)
{
    static const uint8_t notes[] = {36, 37, 48, 50, 60, 62, 24, 25};
    const uint64_t frame = host_frame(host) + bytes_one(in) * 4u;
    const uint8_t which = bytes_one(in);
    const uint8_t value = bytes_one(in) & 0x7F;
    const uint8_t channel = which & 0x40 ? 14 : 15;
    const bool note = which & 0x80;
    const uint8_t bytes[3] = {(uint8_t)((note ? 0x90 : 0xB0) | channel),
                              note ? notes[which % 8] : which & 0x3F, value};
    host_midi(host, frame, bytes, 3);
}

static void load_preset(Host* host, Bytes* in)
{
    LilvNodes* const presets = host_presets(world, host_plugin(host));
    unsigned left = bytes_one(in) % (lilv_nodes_size(presets) + 1);
    LILV_FOREACH(nodes, i, presets)
    {
        if (left-- == 0) {
            host_load_preset(host, lilv_nodes_get(presets, i));
        }
    }
    lilv_nodes_free(presets);
}

static void save_and_restore(Host* host)
{
    HostState* const state = host_save(host);
    host_restore(host, state);
    host_state_free(state);
}

/// What leaves must be finite and in its range, whatever came in.
static void look(Host* host)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    const size_t frames = host_output_frames(host);
    for (uint32_t i = 0; i < n; ++i) {
        if (ports[i].is_input) {
            continue;
        }
        if (ports[i].kind == HOST_CONTROL) {
            const float x = host_get(host, ports[i].symbol);
            if (!(x >= ports[i].minimum && x <= ports[i].maximum)) {
                fuzz_wrong("%s: %s is %g", host_plugin_name(host_plugin(host)), ports[i].symbol,
                           (double)x);
            }
        } else if (ports[i].kind == HOST_AUDIO || ports[i].kind == HOST_CV) {
            const float* const out = host_output(host, ports[i].symbol);
            for (size_t k = 0; out && k < frames; ++k) {
                if (!isfinite(out[k])) {
                    fuzz_wrong("%s: %s is %g at frame %zu", host_plugin_name(host_plugin(host)),
                               ports[i].symbol, (double)out[k], k);
                }
            }
        }
    }
    if (host_fault(host)) {
        fuzz_wrong("%s: %s", host_plugin_name(host_plugin(host)), host_fault(host));
    }
    host_forget(host);
}

static void operate(Host* host, Bytes* in, float* signal)
{
    uint32_t left = MOST_FRAMES;
    while (in->left && left) {
        const uint8_t operation = bytes_one(in);
        switch (operation % 10) {
        case 0: {
            const uint32_t wanted = bytes_one(in) * 4u;
            const uint32_t n = wanted < left ? wanted : left;
            host_block(host, n < MOST_BLOCK ? n : MOST_BLOCK);
            left -= n;
            break;
        }
        case 1:
            set_control(host, in, true);
            break;
        case 2:
            set_control(host, in, false);
            break;
        case 3:
            set_signal(host, in, signal);
            break;
        case 4:
            send_midi(host, in);
            break;
        case 5:
            send_vocabulary(host, in);
            break;
        case 6:
        case 7:
            send_atom(host, in);
            break;
        case 8:
            save_and_restore(host);
            break;
        default:
            if (operation & 0x80) {
                load_preset(host, in);
            } else {
                host_deactivate(host);
                host_activate(host);
            }
            break;
        }
    }
}

int fuzz_one(const uint8_t* data, size_t size)
{
    static float signal[MOST_FRAMES];
    static const uint32_t capacities[] = {8192, 64, 8, 200};
    Bytes in = {data, size};
    const LilvPlugin* const plugin = choose_plugin(&in);
    const double rate = RATES[bytes_one(&in) % (sizeof RATES / sizeof *RATES)];
    const uint8_t manner = bytes_one(&in);
    HostConfig config = host_config();
    config.rate = rate;
    config.max_block = MOST_BLOCK;
    config.in_place = manner & 1;
    config.null_optional = manner & 2;
    config.worker = manner & 4 ? HOST_WORKER_SYNC : HOST_WORKER_DELAYED;
    config.out_capacity = capacities[manner >> 3 & 3];
    config.state_dir = manner & 0x20 ? fuzz_folder() : NULL;
    Host* const host = fuzz_host(world, plugin, &config);
    operate(host, &in, signal);
    look(host);
    for (int i = 0; i < CALM_BLOCKS; ++i) {
        host_block(host, 64);
    }
    look(host);
    host_free(host);
    fuzz_clean();
    return 0;
}
