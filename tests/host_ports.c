// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "host_internal.h"

#include <lv2/atom/util.h>
#include <lv2/midi/midi.h>
#include <lv2/port-props/port-props.h>
#include <lv2/resize-port/resize-port.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Frames before and after each audio block, and bytes after each sequence, that no plugin may
/// touch.
enum { GUARD_FRAMES = 64, GUARD_BYTES = 256 };
static const float GUARD_VALUE = -123456.75f;
static const uint8_t GUARD_BYTE = 0xa5;
/// Input sequences take floods: 1 MiB.
enum { INPUT_CAPACITY = 1 << 20 };

struct HostChunk {
    struct HostChunk* next;
    size_t used, size;
    uint8_t bytes[];
};

static bool port_is(const Host* host, const LilvPort* port, const char* class_uri)
{
    LilvNode* const node = lilv_new_uri(host_world_lilv(host->world), class_uri);
    const bool is = lilv_port_is_a(host->plugin, port, node);
    lilv_node_free(node);
    return is;
}

static bool port_has(const Host* host, const LilvPort* port, const char* property_uri)
{
    LilvNode* const node = lilv_new_uri(host_world_lilv(host->world), property_uri);
    const bool has = lilv_port_has_property(host->plugin, port, node);
    lilv_node_free(node);
    return has;
}

static bool is_designated(const Host* host, const LilvPort* port, const char* designation)
{
    LilvWorld* const world = host_world_lilv(host->world);
    LilvNode* const predicate = lilv_new_uri(world, LV2_CORE__designation);
    LilvNode* const found = lilv_port_get(host->plugin, port, predicate);
    const bool is = lilv_node_is_uri(found) && !strcmp(lilv_node_as_uri(found), designation);
    lilv_node_free(found);
    lilv_node_free(predicate);
    return is;
}

static bool take_number(LilvNode* node, float* value)
{
    const bool is = lilv_node_is_float(node) || lilv_node_is_int(node) || lilv_node_is_bool(node);
    if (lilv_node_is_bool(node))
        *value = lilv_node_as_bool(node) ? 1.0f : 0.0f;
    else if (is)
        *value = lilv_node_as_float(node);
    lilv_node_free(node);
    return is;
}

static void describe(const Host* host, const LilvPort* lilv_port, uint32_t index, HostPort* port)
{
    port->index = index;
    port->symbol = lilv_node_as_string(lilv_port_get_symbol(host->plugin, lilv_port));
    port->is_input = port_is(host, lilv_port, LV2_CORE__InputPort);
    port->kind = port_is(host, lilv_port, LV2_CORE__AudioPort)     ? HOST_AUDIO
                 : port_is(host, lilv_port, LV2_CORE__ControlPort) ? HOST_CONTROL
                 : port_is(host, lilv_port, LV2_CORE__CVPort)      ? HOST_CV
                 : port_is(host, lilv_port, LV2_ATOM__AtomPort)    ? HOST_ATOM
                                                                   : HOST_OTHER;
    port->optional = port_has(host, lilv_port, LV2_CORE__connectionOptional);
    port->toggled = port_has(host, lilv_port, LV2_CORE__toggled);
    port->integer = port_has(host, lilv_port, LV2_CORE__integer);
    port->freewheel = is_designated(host, lilv_port, LV2_CORE__freeWheeling);
    port->enumeration = port_has(host, lilv_port, LV2_CORE__enumeration);
    LilvNode *initial = NULL, *minimum = NULL, *maximum = NULL;
    lilv_port_get_range(host->plugin, lilv_port, &initial, &minimum, &maximum);
    port->has_default = take_number(initial, &port->initial);
    port->has_minimum = take_number(minimum, &port->minimum);
    port->has_maximum = take_number(maximum, &port->maximum);
    if (port_has(host, lilv_port, LV2_CORE__sampleRate)) {
        port->minimum *= (float)host->config.rate;
        port->maximum *= (float)host->config.rate;
    }
    LilvNode* const size_uri =
        lilv_new_uri(host_world_lilv(host->world), LV2_RESIZE_PORT__minimumSize);
    LilvNode* const size = lilv_port_get(host->plugin, lilv_port, size_uri);
    if (lilv_node_is_int(size))
        port->minimum_size = (uint32_t)lilv_node_as_int(size);
    lilv_node_free(size);
    lilv_node_free(size_uri);
}

static bool carries_samples(const Slot* slot)
{
    return slot->port.kind == HOST_AUDIO || slot->port.kind == HOST_CV;
}

static bool is_null(const Host* host, const Slot* slot)
{
    return slot->port.kind == HOST_OTHER || (host->config.null_optional && slot->port.optional);
}

/// The i-th audio input, or -1.
static int audio_input(const Host* host, int i)
{
    for (uint32_t k = 0; k < host->n_slots; ++k)
        if (host->slots[k].port.kind == HOST_AUDIO && host->slots[k].port.is_input && i-- == 0)
            return (int)k;
    return -1;
}

static size_t buffer_frames(const Host* host)
{
    return 3 * GUARD_FRAMES + host->config.max_block;
}

size_t host_slot_bytes(const Host* host, uint32_t index)
{
    const Slot* const slot = &host->slots[index];
    return (slot->memory ? buffer_frames(host) * sizeof(float) : 0) +
           (slot->sequence ? slot->capacity + GUARD_BYTES : 0);
}

static void buffers_new(Host* host)
{
    const size_t frames = buffer_frames(host);
    int audio_outputs = 0;
    for (uint32_t k = 0; k < host->n_slots; ++k) {
        Slot* const slot = &host->slots[k];
        slot->shares = -1;
        if (slot->port.kind == HOST_AUDIO && !slot->port.is_input) {
            const int input = audio_input(host, audio_outputs++);
            if (host->config.in_place && input >= 0 && !is_null(host, &host->slots[input]))
                slot->shares = input;
        }
        if (carries_samples(slot)) {
            slot->memory = host_alloc(frames * sizeof(float));
            for (size_t i = 0; i < frames; ++i)
                slot->memory[i] = GUARD_VALUE;
            slot->buffer = slot->memory + GUARD_FRAMES;
        } else if (slot->port.kind == HOST_ATOM) {
            slot->capacity = slot->port.is_input ? INPUT_CAPACITY : host->config.out_capacity;
            slot->sequence = host_alloc(slot->capacity + GUARD_BYTES);
            memset(slot->sequence + slot->capacity, GUARD_BYTE, GUARD_BYTES);
        }
    }
}

void host_ports_new(Host* host)
{
    host->n_slots = lilv_plugin_get_num_ports(host->plugin);
    host->slots = host_alloc(host->n_slots * sizeof *host->slots);
    host->ports = host_alloc(host->n_slots * sizeof *host->ports);
    for (uint32_t k = 0; k < host->n_slots; ++k) {
        Slot* const slot = &host->slots[k];
        describe(host, lilv_plugin_get_port_by_index(host->plugin, k), k, &slot->port);
        slot->value = slot->port.initial;
        host->ports[k] = slot->port;
    }
    buffers_new(host);
}

void host_ports_free(Host* host)
{
    for (uint32_t k = 0; k < host->n_slots; ++k) {
        free(host->slots[k].memory);
        free(host->slots[k].collected);
        free(host->slots[k].sequence);
    }
    free(host->slots);
    free(host->ports);
    while (host->chunks) {
        struct HostChunk* const next = host->chunks->next;
        free(host->chunks);
        host->chunks = next;
    }
}

Slot* host_slot(const Host* host, const char* symbol)
{
    for (uint32_t k = 0; k < host->n_slots; ++k)
        if (strcmp(host->slots[k].port.symbol, symbol) == 0)
            return &host->slots[k];
    return NULL;
}

void host_ports_connect(Host* host)
{
    for (uint32_t k = 0; k < host->n_slots; ++k) {
        Slot* const slot = &host->slots[k];
        void* place = NULL;
        if (!is_null(host, slot)) {
            place = slot->port.kind == HOST_CONTROL ? (void*)&slot->value
                    : slot->port.kind == HOST_ATOM  ? (void*)slot->sequence
                    : slot->shares >= 0             ? (void*)host->slots[slot->shares].buffer
                                                    : (void*)slot->buffer;
        }
        lilv_instance_connect_port(host->instance, k, place);
    }
}

static void fill_input(const Host* host, Slot* slot, uint32_t n)
{
    const uint64_t from = host->frame - slot->signal_start;
    const size_t left = slot->signal && from < slot->signal_frames ? slot->signal_frames - from : 0;
    const size_t given = left < n ? left : n;
    if (given)
        memcpy(slot->buffer, slot->signal + from, given * sizeof(float));
    memset(slot->buffer + given, 0, (n - given) * sizeof(float));
}

static void fill_sequence(Host* host, Slot* slot, uint32_t n)
{
    LV2_Atom_Sequence* const sequence = (LV2_Atom_Sequence*)slot->sequence;
    sequence->atom.type = host_urid(host->world, LV2_ATOM__Sequence);
    sequence->atom.size = sizeof(LV2_Atom_Sequence_Body);
    sequence->body.unit = 0;
    sequence->body.pad = 0;
    for (size_t i = host->next_scheduled; i < host->n_scheduled; ++i) {
        const Scheduled* const event = &host->scheduled[i];
        if (event->frame >= host->frame + n)
            break;
        const uint32_t space = (uint32_t)sizeof(LV2_Atom_Event) + lv2_atom_pad_size(event->size);
        if (sizeof(LV2_Atom) + sequence->atom.size + space > slot->capacity)
            host_die("more events in one block than the input sequence holds");
        LV2_Atom_Event* const place = lv2_atom_sequence_end(&sequence->body, sequence->atom.size);
        place->time.frames = (int64_t)(event->frame - host->frame);
        place->body.type = event->type;
        place->body.size = event->size;
        if (event->size)
            memcpy(place + 1, event->body, event->size);
        sequence->atom.size += space;
    }
}

void host_ports_fill(Host* host, uint32_t n)
{
    if (host->config.moving_buffers) {
        for (uint32_t k = 0; k < host->n_slots; ++k) {
            Slot* const slot = &host->slots[k];
            if (!carries_samples(slot))
                continue;
            slot->buffer += 1;
            if (slot->buffer > slot->memory + 2 * GUARD_FRAMES - 1)
                slot->buffer = slot->memory + GUARD_FRAMES;
        }
        host_ports_connect(host);
    }
    for (uint32_t k = 0; k < host->n_slots; ++k) {
        Slot* const slot = &host->slots[k];
        if (carries_samples(slot)) {
            if (slot->port.is_input)
                fill_input(host, slot, n);
            else
                for (uint32_t i = 0; i < n; ++i)
                    slot->buffer[i] = NAN; // an output left unwritten shall be seen
            for (int i = 1; i <= 8; ++i)
                slot->buffer[-i] = GUARD_VALUE;
            for (uint32_t i = n; i < n + 8; ++i)
                slot->buffer[i] = GUARD_VALUE;
        } else if (slot->port.kind == HOST_ATOM && slot->port.is_input) {
            fill_sequence(host, slot, n);
        } else if (slot->port.kind == HOST_ATOM) {
            LV2_Atom* const atom = (LV2_Atom*)slot->sequence;
            atom->type = host_urid(host->world, LV2_ATOM__Chunk);
            atom->size = slot->capacity - (uint32_t)sizeof(LV2_Atom);
        }
    }
    while (host->next_scheduled < host->n_scheduled &&
           host->scheduled[host->next_scheduled].frame < host->frame + n)
        free(host->scheduled[host->next_scheduled++].body);
    if (host->next_scheduled == host->n_scheduled)
        host->next_scheduled = host->n_scheduled = 0; // long runs need not remember
}

static void check_guards(Host* host, const Slot* slot, uint32_t n)
{
    if (carries_samples(slot)) {
        bool touched = false;
        for (int i = 1; i <= 8; ++i)
            touched |= slot->buffer[-i] != GUARD_VALUE;
        for (uint32_t i = n; i < n + 8; ++i)
            touched |= slot->buffer[i] != GUARD_VALUE;
        if (touched)
            host_say_fault(host, "%s: wrote outside the block of %u frames", slot->port.symbol, n);
    } else if (slot->port.kind == HOST_ATOM) {
        for (int i = 0; i < GUARD_BYTES; ++i)
            if (slot->sequence[slot->capacity + (uint32_t)i] != GUARD_BYTE) {
                host_say_fault(host, "%s: wrote past its %u bytes", slot->port.symbol,
                               slot->capacity);
                break;
            }
    }
}

static const uint8_t* keep(Host* host, const void* body, uint32_t size)
{
    struct HostChunk* chunk = host->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        const size_t space = size > 65536 ? size : 65536;
        chunk = host_alloc(sizeof *chunk + space);
        chunk->next = host->chunks;
        chunk->size = space;
        host->chunks = chunk;
    }
    uint8_t* const place = chunk->bytes + chunk->used;
    memcpy(place, body, size);
    chunk->used += lv2_atom_pad_size(size);
    if (chunk->used > chunk->size)
        chunk->used = chunk->size;
    return place;
}

static void collect_sequence(Host* host, const Slot* slot, uint32_t n)
{
    const LV2_Atom_Sequence* const sequence = (const LV2_Atom_Sequence*)slot->sequence;
    const char* const symbol = slot->port.symbol;
    if (sequence->atom.type == host_urid(host->world, LV2_ATOM__Chunk) &&
        sequence->atom.size == slot->capacity - sizeof(LV2_Atom)) {
        if (slot->capacity >= sizeof(LV2_Atom) + sizeof(LV2_Atom_Sequence))
            host_say_fault(host, "%s: left untouched", symbol);
        return; // where not even an empty sequence has room, this is all there is to do
    }
    if (sequence->atom.type == 0 && sequence->atom.size == 0)
        return; // an empty atom is allowed
    if (sequence->atom.type != host_urid(host->world, LV2_ATOM__Sequence) ||
        sequence->atom.size < sizeof(LV2_Atom_Sequence_Body) ||
        sequence->atom.size + sizeof(LV2_Atom) > slot->capacity) {
        host_say_fault(host, "%s: not a sequence within its %u bytes", symbol, slot->capacity);
        return;
    }
    const uint8_t* const end = slot->sequence + sizeof(LV2_Atom) + sequence->atom.size;
    int64_t last = 0;
    LV2_ATOM_SEQUENCE_FOREACH(sequence, event)
    {
        if ((const uint8_t*)(event + 1) > end ||
            (const uint8_t*)(event + 1) + event->body.size > end) {
            host_say_fault(host, "%s: an event is longer than its sequence", symbol);
            return;
        }
        if (event->time.frames < last)
            host_say_fault(host, "%s: event at frame %ld after one at %ld", symbol,
                           (long)event->time.frames, (long)last);
        if (event->time.frames >= (int64_t)(n ? n : 1))
            host_say_fault(host, "%s: event at frame %ld in a block of %u", symbol,
                           (long)event->time.frames, n);
        if (event->body.type == 0)
            host_say_fault(host, "%s: event of type 0", symbol);
        last = event->time.frames;
        if (!host->config.keep_events)
            continue;
        if (host->n_events == host->events_space) {
            host->events_space = host->events_space ? 2 * host->events_space : 256;
            host->events = host_realloc(host->events, host->events_space * sizeof *host->events);
        }
        host->events[host->n_events++] =
            (HostEvent){host->frame + (uint64_t)event->time.frames, event->body.type,
                        event->body.size, keep(host, event + 1, event->body.size)};
    }
}

void host_ports_collect(Host* host, uint32_t n)
{
    for (uint32_t k = 0; k < host->n_slots; ++k) {
        Slot* const slot = &host->slots[k];
        if (is_null(host, slot))
            continue;
        check_guards(host, slot, n);
        if (slot->port.is_input)
            continue;
        if (slot->port.kind == HOST_ATOM) {
            collect_sequence(host, slot, n);
        } else if (carries_samples(slot) && host->config.keep_audio) {
            const size_t needed = host->collected_frames + n;
            if (needed > slot->collected_space || !slot->collected) {
                slot->collected_space = needed < 65536 ? 65536 : 2 * needed;
                slot->collected =
                    host_realloc(slot->collected, slot->collected_space * sizeof(float));
            }
            const float* const from =
                slot->shares >= 0 ? host->slots[slot->shares].buffer : slot->buffer;
            memcpy(slot->collected + host->collected_frames, from, n * sizeof(float));
        }
    }
    if (host->config.keep_audio)
        host->collected_frames += n;
}

void host_forget(Host* host)
{
    host->collected_frames = 0;
    host->n_events = 0;
    while (host->chunks) {
        struct HostChunk* const next = host->chunks->next;
        free(host->chunks);
        host->chunks = next;
    }
}
