// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/strip.h"

#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <lv2/atom/util.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/midi/midi.h>
#include <lv2/urid/urid.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_URIS = 128, EVENT_BYTES = 8192, MAX_MESSAGES = 512 };

typedef struct {
    const char* symbol;
    float* data;    // audio: STRIP_BLOCK frames; control: one value
    uint8_t* atoms; // atom ports: EVENT_BYTES
    bool output;
} Port;

struct StripImpl {
    LilvWorld* world;
    LilvInstance* instance;
    uint32_t n_ports;
    Port* ports;
    LV2_URID_Map map;
    LV2_Feature map_feature;
    const LV2_Feature* features[2];
    char* uris[MAX_URIS]; // URID = index + 1
    uint32_t n_uris;
    uint32_t n_messages;
    StripMessage messages[MAX_MESSAGES];
};

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char* uri)
{
    Strip* const strip = (Strip*)handle;
    for (uint32_t i = 0; i < strip->n_uris; ++i) {
        if (!strcmp(strip->uris[i], uri)) {
            return i + 1;
        }
    }
    if (strip->n_uris == MAX_URIS) {
        return 0;
    }
    const size_t size = strlen(uri) + 1;
    char* const copy = (char*)malloc(size);
    if (!copy) {
        return 0;
    }
    memcpy(copy, uri, size);
    strip->uris[strip->n_uris++] = copy;
    return strip->n_uris;
}

static const LilvPlugin* find_plugin(Strip* strip, const char* bundle, const char* uri)
{
    char folder[4096];
    snprintf(folder, sizeof(folder), "%s/", bundle);
    LilvNode* const node = lilv_new_file_uri(strip->world, NULL, folder);
    lilv_world_load_specifications(strip->world);
    lilv_world_load_plugin_classes(strip->world);
    lilv_world_load_bundle(strip->world, node);
    lilv_node_free(node);
    LilvNode* const name = lilv_new_uri(strip->world, uri);
    const LilvPlugin* const plugin =
        lilv_plugins_get_by_uri(lilv_world_get_all_plugins(strip->world), name);
    lilv_node_free(name);
    return plugin;
}

static bool connect_ports(Strip* strip, const LilvPlugin* plugin)
{
    LilvNode* const audio = lilv_new_uri(strip->world, LILV_URI_AUDIO_PORT);
    LilvNode* const atom = lilv_new_uri(strip->world, LILV_URI_ATOM_PORT);
    LilvNode* const output = lilv_new_uri(strip->world, LILV_URI_OUTPUT_PORT);
    bool fine = true;
    strip->n_ports = lilv_plugin_get_num_ports(plugin);
    strip->ports = (Port*)calloc(strip->n_ports, sizeof(Port));
    float* const initial = (float*)calloc(strip->n_ports, sizeof(float));
    if (!strip->ports || !initial) {
        strip->n_ports = strip->ports ? strip->n_ports : 0;
        fine = false;
    } else {
        lilv_plugin_get_port_ranges_float(plugin, NULL, NULL, initial);
    }
    for (uint32_t i = 0; fine && i < strip->n_ports; ++i) {
        Port* const port = &strip->ports[i];
        const LilvPort* const about = lilv_plugin_get_port_by_index(plugin, i);
        const bool is_atom = lilv_port_is_a(plugin, about, atom);
        const bool is_audio = lilv_port_is_a(plugin, about, audio);
        port->symbol = lilv_node_as_string(lilv_port_get_symbol(plugin, about));
        port->output = lilv_port_is_a(plugin, about, output);
        void* data = NULL;
        if (is_atom) {
            data = port->atoms = (uint8_t*)calloc(EVENT_BYTES / 8, 8);
        } else {
            data = port->data = (float*)calloc(is_audio ? STRIP_BLOCK : 1, sizeof(float));
            if (data && !is_audio && initial[i] == initial[i]) {
                port->data[0] = initial[i];
            }
        }
        lilv_instance_connect_port(strip->instance, i, data);
        fine = data != NULL;
    }
    free(initial);
    lilv_node_free(audio);
    lilv_node_free(atom);
    lilv_node_free(output);
    return fine;
}

Strip* strip_new(const char* bundle, const char* uri, double rate_hz)
{
    Strip* const strip = (Strip*)calloc(1, sizeof(Strip));
    if (!strip || !(strip->world = lilv_world_new())) {
        free(strip);
        return NULL;
    }
    strip->map.handle = strip;
    strip->map.map = map_uri;
    strip->map_feature.URI = LV2_URID__map;
    strip->map_feature.data = &strip->map;
    strip->features[0] = &strip->map_feature;
    const LilvPlugin* const plugin = find_plugin(strip, bundle, uri);
    if (!plugin) {
        fprintf(stderr, "strip: no plugin %s in %s\n", uri, bundle);
        strip_free(strip);
        return NULL;
    }
    strip->instance = lilv_plugin_instantiate(plugin, rate_hz, strip->features);
    if (!strip->instance || !connect_ports(strip, plugin)) {
        fprintf(stderr, "strip: %s does not start at %g Hz\n", uri, rate_hz);
        strip_free(strip);
        return NULL;
    }
    lilv_instance_activate(strip->instance);
    return strip;
}

void strip_free(Strip* strip)
{
    if (!strip) {
        return;
    }
    if (strip->instance) {
        lilv_instance_deactivate(strip->instance);
        lilv_instance_free(strip->instance);
    }
    for (uint32_t i = 0; i < strip->n_ports; ++i) {
        free(strip->ports[i].data);
        free(strip->ports[i].atoms);
    }
    free(strip->ports);
    for (uint32_t i = 0; i < strip->n_uris; ++i) {
        free(strip->uris[i]);
    }
    lilv_world_free(strip->world);
    free(strip);
}

float* strip_port(Strip* strip, const char* symbol)
{
    for (uint32_t i = 0; i < strip->n_ports; ++i) {
        if (!strcmp(strip->ports[i].symbol, symbol)) {
            return strip->ports[i].data;
        }
    }
    return NULL;
}

static void open_sequences(Strip* strip)
{
    for (uint32_t i = 0; i < strip->n_ports; ++i) {
        if (strip->ports[i].atoms) {
            LV2_Atom_Sequence* const sequence = (LV2_Atom_Sequence*)(void*)strip->ports[i].atoms;
            sequence->atom.type =
                map_uri(strip, strip->ports[i].output ? LV2_ATOM__Chunk : LV2_ATOM__Sequence);
            sequence->atom.size = strip->ports[i].output ? EVENT_BYTES - sizeof(LV2_Atom)
                                                         : sizeof(LV2_Atom_Sequence_Body);
            sequence->body.unit = 0;
            sequence->body.pad = 0;
        }
    }
}

static void collect(Strip* strip)
{
    const LV2_URID midi = map_uri(strip, LV2_MIDI__MidiEvent);
    const LV2_URID type = map_uri(strip, LV2_ATOM__Sequence);
    strip->n_messages = 0;
    for (uint32_t i = 0; i < strip->n_ports; ++i) {
        if (!strip->ports[i].atoms || !strip->ports[i].output) {
            continue;
        }
        const LV2_Atom_Sequence* const sequence =
            (const LV2_Atom_Sequence*)(const void*)strip->ports[i].atoms;
        if (sequence->atom.type != type) {
            continue;
        }
        LV2_ATOM_SEQUENCE_FOREACH(sequence, event)
        {
            if (event->body.type == midi && event->body.size <= 3 &&
                strip->n_messages < MAX_MESSAGES) {
                StripMessage* const message = &strip->messages[strip->n_messages++];
                memset(message, 0, sizeof(*message));
                message->frame = (uint32_t)event->time.frames;
                memcpy(message->bytes, event + 1, event->body.size);
            }
        }
    }
}

void strip_run(Strip* strip, uint32_t n)
{
    open_sequences(strip);
    lilv_instance_run(strip->instance, n);
    collect(strip);
}

uint32_t strip_messages(const Strip* strip, const StripMessage** messages)
{
    *messages = strip->messages;
    return strip->n_messages;
}
