// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/shell.h"

#include <lv2/atom/util.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>

#include <math.h>
#include <string.h>

// What is passed on leaves this much room (bytes) for the plugin's own messages, or half of the
// buffer when that is less: a flood from outside must not swallow a note-off
#define OWN_BYTES 1536u

static uint32_t port_by_symbol(const Shell* shell, const char* symbol)
{
    uint32_t i = 0;
    while (i < shell->n_ports && strcmp(shell->info[i].symbol, symbol) != 0) {
        ++i;
    }
    return i;
}

bool shell_init(Shell* shell, const PortInfo* info, uint32_t n_ports, double rate_hz,
                const LV2_Feature* const* features)
{
    memset(shell, 0, sizeof(*shell));
    if (n_ports > SHELL_MAX_PORTS || !(rate_hz > 0.0) || !isfinite(rate_hz)) {
        return false;
    }
    shell->info = info;
    shell->n_ports = n_ports;
    shell->rate = rate_hz;
    shell->events_in = port_by_symbol(shell, "events_in");
    shell->events_out = port_by_symbol(shell, "events_out");
    shell->enabled = port_by_symbol(shell, "enabled");
    shell->channel = port_by_symbol(shell, "channel");
    for (; features && *features; ++features) {
        if (!strcmp((*features)->URI, LV2_URID__map)) {
            shell->map = (LV2_URID_Map*)(*features)->data;
        }
    }
    if (!shell->map) {
        return false;
    }
    LV2_URID_Map* const map = shell->map;
    shell->urid.atom_Blank = map->map(map->handle, LV2_ATOM__Blank);
    shell->urid.atom_Float = map->map(map->handle, LV2_ATOM__Float);
    shell->urid.atom_Object = map->map(map->handle, LV2_ATOM__Object);
    shell->urid.atom_Sequence = map->map(map->handle, LV2_ATOM__Sequence);
    shell->urid.midi_MidiEvent = map->map(map->handle, LV2_MIDI__MidiEvent);
    shell->urid.patch_Get = map->map(map->handle, LV2_PATCH__Get);
    shell->urid.patch_Set = map->map(map->handle, LV2_PATCH__Set);
    shell->urid.patch_property = map->map(map->handle, LV2_PATCH__property);
    shell->urid.patch_value = map->map(map->handle, LV2_PATCH__value);
    lv2_atom_forge_init(&shell->forge, map);
    shell_ui_init(shell);
    return true;
}

void shell_activate(Shell* shell)
{
    shell->now = 0;
    shell->n_waiting = 0;
    shell->lost = 0;
    memset(shell->held, 0, sizeof(shell->held));
    shell->on_channel = 0;
    shell_ui_activate(shell);
}

void shell_connect_port(LV2_Handle handle, uint32_t index, void* data)
{
    Shell* const shell = (Shell*)handle;
    if (index < shell->n_ports) {
        shell->port[index] = data;
    }
}

float shell_control(const Shell* shell, uint32_t index)
{
    const PortInfo* const info = &shell->info[index];
    const float* const data = (const float*)shell->port[index];
    if (!data || isnan(*data)) {
        return info->fallback;
    }
    return fminf(fmaxf(*data, info->minimum), info->maximum);
}

int shell_choice(const Shell* shell, uint32_t index)
{
    return (int)lrintf(shell_control(shell, index));
}

void shell_show(Shell* shell, uint32_t index, double value)
{
    const PortInfo* const info = &shell->info[index];
    float* const data = (float*)shell->port[index];
    if (data) {
        const float finite = isfinite(value) ? (float)value : info->fallback;
        *data = fminf(fmaxf(finite, info->minimum), info->maximum);
    }
}

void shell_read(const Shell* shell, uint32_t index, uint32_t offset, uint32_t n, float* to)
{
    const float* const data = (const float*)shell->port[index];
    if (data) {
        memcpy(to, data + offset, n * sizeof(float));
    } else {
        memset(to, 0, n * sizeof(float));
    }
}

void shell_write(Shell* shell, uint32_t index, uint32_t offset, uint32_t n, const float* from)
{
    float* const data = (float*)shell->port[index];
    if (!data) {
        return;
    }
    // By the exponent, which is 0 in subnormal numbers and full in infinity and NaN; the sign stays
    for (uint32_t i = 0; i < n; ++i) {
        int32_t bits = 0;
        memcpy(&bits, from + i, sizeof(bits));
        const int32_t exponent = bits & 0x7F800000;
        bits &= (-(exponent > 0) & -(exponent < 0x7F800000)) | INT32_MIN;
        memcpy(data + offset + i, &bits, sizeof(bits));
    }
}

uint32_t shell_room(const Shell* shell)
{
    return shell->capacity > shell->forge.offset ? shell->capacity - shell->forge.offset : 0;
}

// The room that a message takes in a sequence
static uint32_t event_bytes(uint32_t size)
{
    return (uint32_t)sizeof(LV2_Atom_Event) + lv2_atom_pad_size(size);
}

static void write_midi(Shell* shell, uint32_t frame, const uint8_t* bytes, uint32_t size)
{
    if (shell_room(shell) < event_bytes(size)) {
        ++shell->lost;
        return;
    }
    lv2_atom_forge_frame_time(&shell->forge, frame);
    lv2_atom_forge_atom(&shell->forge, size, shell->urid.midi_MidiEvent);
    lv2_atom_forge_write(&shell->forge, bytes, size);
}

static uint32_t own_bytes(const Shell* shell)
{
    return OWN_BYTES < shell->capacity / 2 ? OWN_BYTES : shell->capacity / 2;
}

static void pass_on(Shell* shell, uint32_t frame, const uint8_t* bytes, uint32_t size)
{
    const uint32_t room = shell_room(shell);
    if (size < room && event_bytes(size) + own_bytes(shell) <= room) {
        write_midi(shell, frame, bytes, size);
    }
}

static void write_object(Shell* shell, uint32_t frame, LV2_URID object)
{
    if (shell_room(shell) < sizeof(LV2_Atom_Event) + sizeof(LV2_Atom_Object_Body)) {
        ++shell->lost;
        return;
    }
    LV2_Atom_Forge_Frame whole;
    lv2_atom_forge_frame_time(&shell->forge, frame);
    lv2_atom_forge_object(&shell->forge, &whole, 0, object);
    lv2_atom_forge_pop(&shell->forge, &whole);
}

// Room that a patch:Set takes beside its text: event, object, two properties and their padding
#define SET_BYTES 128u

static void write_text(Shell* shell, uint32_t frame, LV2_URID property, const char* text)
{
    LV2_Atom_Forge* const forge = &shell->forge;
    const uint32_t n = (uint32_t)strlen(text);
    if (shell_room(shell) < n + SET_BYTES) {
        ++shell->lost;
        return;
    }
    LV2_Atom_Forge_Frame whole;
    lv2_atom_forge_frame_time(forge, frame);
    lv2_atom_forge_object(forge, &whole, 0, shell->urid.patch_Set);
    lv2_atom_forge_key(forge, shell->urid.patch_property);
    lv2_atom_forge_urid(forge, property);
    lv2_atom_forge_key(forge, shell->urid.patch_value);
    lv2_atom_forge_string(forge, text, n);
    lv2_atom_forge_pop(forge, &whole);
}

// A place in the queue for what is due `frames` from now; NULL when it is full
static ShellMessage* enqueue(Shell* shell, uint32_t frames)
{
    if (shell->n_waiting == SHELL_QUEUE) {
        ++shell->lost;
        return NULL;
    }
    const uint64_t at = shell->now + frames;
    uint32_t i = shell->n_waiting++;
    for (; i > 0 && shell->waiting[i - 1].frame > at; --i) {
        shell->waiting[i] = shell->waiting[i - 1];
    }
    shell->waiting[i] = (ShellMessage){.frame = at};
    return &shell->waiting[i];
}

// Whether an own message goes out. Only what was begun ends, and bypass lets no more than that out
static bool passes(Shell* shell, const uint8_t* bytes)
{
    const uint8_t kind = bytes[0] & 0xF0u;
    if (kind != LV2_MIDI_MSG_NOTE_ON && kind != LV2_MIDI_MSG_NOTE_OFF) {
        return !shell->muted;
    }
    uint8_t* const held = &shell->held[bytes[0] & 0x0Fu][(bytes[1] & 0x7Fu) / 8u];
    const uint8_t bit = (uint8_t)(1u << (bytes[1] & 7u));
    const bool was_held = *held & bit;
    if (kind == LV2_MIDI_MSG_NOTE_OFF) {
        *held &= (uint8_t)~bit;
        return was_held;
    }
    *held |= shell->muted ? 0u : bit;
    return !shell->muted;
}

void shell_send(Shell* shell, uint32_t frames, const uint8_t* bytes, uint32_t size)
{
    if (size < 1 || size > 3 || !passes(shell, bytes)) {
        return;
    }
    ShellMessage* const message = enqueue(shell, frames);
    if (message) {
        message->size = (uint8_t)size;
        memcpy(message->bytes, bytes, size);
    }
}

void shell_tell(Shell* shell, uint32_t frames, LV2_URID object)
{
    ShellMessage* const message = shell->muted || !object ? NULL : enqueue(shell, frames);
    if (message) {
        message->object = object;
    }
}

void shell_tell_text(Shell* shell, uint32_t frames, LV2_URID property, const char* text)
{
    ShellMessage* const message = enqueue(shell, frames);
    if (message) {
        message->property = property;
        message->text = text;
    }
}

void shell_answer_text(Shell* shell, LV2_URID property, const char* text)
{
    if (shell->capacity &&
        shell_room(shell) >= own_bytes(shell) + SET_BYTES + (uint32_t)strlen(text)) {
        write_text(shell, (uint32_t)(shell->now - shell->block_start), property, text);
    }
}

const LV2_Atom* shell_property(const LV2_Atom_Object* object, LV2_URID key)
{
    const uint8_t* at = (const uint8_t*)(object + 1);
    const uint8_t* const end = (const uint8_t*)&object->body + object->atom.size;
    while (at <= end && (size_t)(end - at) >= sizeof(LV2_Atom_Property_Body)) {
        const LV2_Atom_Property_Body* const property = (const LV2_Atom_Property_Body*)at;
        const size_t left = (size_t)(end - at) - sizeof(LV2_Atom_Property_Body);
        if (property->value.size > left) {
            return NULL;
        }
        if (property->key == key) {
            return &property->value;
        }
        at += sizeof(LV2_Atom_Property_Body) + lv2_atom_pad_size(property->value.size);
    }
    return NULL;
}

// Own notes end on the channel where they began
static void leave_channel(Shell* shell)
{
    const int channel = shell->channel < shell->n_ports ? shell_choice(shell, shell->channel) : 0;
    const int before = shell->on_channel;
    shell->on_channel = channel;
    if (channel == before || !before) {
        return;
    }
    for (uint32_t c = 0; c < 16; ++c) {
        for (uint32_t byte = 0; byte < 16; ++byte) {
            for (uint32_t bit = 0; shell->held[c][byte]; ++bit) { // a bit falls when its note ends
                const uint8_t off[3] = {(uint8_t)(LV2_MIDI_MSG_NOTE_OFF | c),
                                        (uint8_t)(8u * byte + bit), 0};
                if (shell->held[c][byte] & 1u << bit) {
                    shell_send(shell, 0, off, 3);
                }
            }
        }
    }
}

// Writes what is due before `end` (since activation); block_start is the block's first frame
static void flush(Shell* shell, uint64_t block_start, uint64_t end)
{
    uint32_t n_due = 0;
    while (n_due < shell->n_waiting && shell->waiting[n_due].frame < end) {
        const ShellMessage* const message = &shell->waiting[n_due++];
        const uint64_t at = message->frame > block_start ? message->frame - block_start : 0;
        if (!shell->capacity) {
            continue;
        }
        if (message->property) {
            write_text(shell, (uint32_t)at, message->property, message->text);
        } else if (message->object) {
            write_object(shell, (uint32_t)at, message->object);
        } else {
            write_midi(shell, (uint32_t)at, message->bytes, message->size);
        }
    }
    if (n_due) {
        shell->n_waiting -= n_due;
        memmove(shell->waiting, shell->waiting + n_due, shell->n_waiting * sizeof(ShellMessage));
    }
}

static void advance(Shell* shell, void* plugin, const ShellCalls* calls, uint64_t block_start,
                    uint32_t from, uint32_t to)
{
    while (from < to) {
        const uint32_t n = to - from < SHELL_CHUNK ? to - from : SHELL_CHUNK;
        shell->now = block_start + from;
        calls->process(plugin, from, n);
        from += n;
        flush(shell, block_start, block_start + from);
    }
    shell->now = block_start + to;
}

static void open_output(Shell* shell)
{
    shell->capacity = 0;
    if (shell->events_out == shell->n_ports || !shell->port[shell->events_out]) {
        return;
    }
    LV2_Atom_Sequence* const out = (LV2_Atom_Sequence*)shell->port[shell->events_out];
    const uint32_t capacity = out->atom.size; // as the host tells it, without the atom's header
    if (capacity < sizeof(LV2_Atom_Sequence_Body)) {
        return;
    }
    shell->capacity = capacity;
    lv2_atom_forge_set_buffer(&shell->forge, (uint8_t*)out, capacity);
}

void shell_run(Shell* shell, void* plugin, const ShellCalls* calls, uint32_t n_frames)
{
    const uint64_t block_start = shell->block_start = shell->now;
    const LV2_Atom_Sequence* const in =
        shell->events_in < shell->n_ports ? (const LV2_Atom_Sequence*)shell->port[shell->events_in]
                                          : NULL;
    LV2_Atom_Forge_Frame sequence = {0};
    shell->muted = shell->enabled < shell->n_ports && !shell_choice(shell, shell->enabled);
    leave_channel(shell);
    open_output(shell);
    if (shell->capacity) {
        lv2_atom_forge_sequence_head(&shell->forge, &sequence, 0);
    }

    uint32_t at = 0;
    if (in && in->atom.type == shell->urid.atom_Sequence &&
        in->atom.size >= sizeof(LV2_Atom_Sequence_Body)) {
        LV2_ATOM_SEQUENCE_FOREACH(in, event)
        {
            const int64_t frames = event->time.frames;
            const uint32_t to = frames <= (int64_t)at        ? at
                                : frames < (int64_t)n_frames ? (uint32_t)frames
                                                             : n_frames;
            advance(shell, plugin, calls, block_start, at, to);
            at = to;
            if (event->body.type == shell->urid.midi_MidiEvent) {
                const uint8_t* const bytes = (const uint8_t*)(event + 1);
                const uint32_t size = event->body.size;
                pass_on(shell, at, bytes, size);
                if (calls->midi && size && size <= 3) {
                    calls->midi(plugin, bytes, size);
                }
            } else if (!shell_ui_take(shell, &event->body) && calls->atom) {
                calls->atom(plugin, &event->body);
            }
        }
    }
    advance(shell, plugin, calls, block_start, at, n_frames);
    shell_ui_finish(shell, plugin, n_frames);
    if (shell->capacity) {
        lv2_atom_forge_pop(&shell->forge, &sequence);
    }
}
