// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A small plugin that keeps all the laws ("good"), and one variant per fault that breaks one of
/// them.
///
/// What each variant does wrong stands at its FAULT(), here or in sins.c; which check must refuse
/// it, in bad.ttl. The filter is a one-pole low-pass with a gain; each 0.1 s it sends a note; it
/// passes MIDI on; its state is one number.
#include "bad.h"

#include <lv2/atom/util.h>
#include <lv2/midi/midi.h>
#include <lv2/state/state.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAD_URI        "urn:tonus:bad:"
#define INLINE_DISPLAY "http://harrisonconsoles.com/lv2/inlinedisplay#interface"

static const char* const NAMES[] = {
    "good",        "per-block",      "clobber",     "zero-frames",   "kept-pointer", "worker",
    "shared",      "rate",           "subnormal",   "nan",           "mute",         "control",
    "index",       "range",          "null",        "overflow",      "stuck",        "atom",
    "swallow",     "forgets",        "trusting",    "deaf",          "malloc",       "free",
    "mutex",       "fopen",          "snprintf",    "nanosleep",     "syscall",      "clock",
    "leak",        "unchecked",      "lumpy",       "overrun",       "slow",         "preset-range",
    "preset-port", "no-unit",        "bad-default", "no-licence",    "two-outputs",  "stale",
    "race",        "use-after-free", "shift",       "uninitialised", "late-events",  "wild-rate",
    "no-check",    "renamed",        "turned",      "other-unit",    "other-range",  "good-cv",
    "same-name",   "torn",           "peeping"};
enum { N_NAMES = sizeof NAMES / sizeof *NAMES };

static float shared_gain = 1.0f;
static int race_counter;

static void connect_port(LV2_Handle handle, uint32_t index, void* data)
{
    Bad* const self = handle;
    if (index < N_PORTS) {
        self->port[index] = data;
    }
    if (index == OUT && !self->kept) {
        self->kept = data;
    }
}

static void cleanup(LV2_Handle handle)
{
    Bad* const self = handle;
    if (!FAULT("leak")) {
        free(self->table);
    }
    free(self);
}

static LV2_Handle instantiate(const LV2_Descriptor* descriptor, double rate, const char* path,
                              const LV2_Feature* const* features)
{
    (void)path;
    if (!(rate > 0.0 && rate < 1e6) && strcmp(descriptor->URI, BAD_URI "wild-rate") != 0) {
        return NULL;
    }
    Bad* const self = calloc(1, sizeof *self);
    if (!self) {
        return NULL;
    }
    self->fault = descriptor->URI + sizeof BAD_URI - 1;
    self->rate = rate;
    if (FAULT("wild-rate")) {
        volatile float* const small = self->small;
        small[rate > 1e6 || !(rate >= 1.0) ? 1u << 31 : 0] = 0.0f; // as for "rate"
    }
    for (; features && *features; ++features) {
        if (!strcmp((*features)->URI, LV2_URID__map)) {
            self->map = (*features)->data;
        }
        if (!strcmp((*features)->URI, LV2_WORKER__schedule)) {
            self->schedule = (*features)->data;
        }
    }
    self->table = aligned_alloc(16, TABLE * sizeof(float)); // malloc and memset become calloc
    if ((self->table || FAULT("unchecked")) && !FAULT("uninitialised")) {
        memset(self->table, 0, TABLE * sizeof(float)); // unchecked: perhaps through NULL
    }
    if (!self->table || !self->map) {
        cleanup(self);
        return NULL;
    }
    LV2_URID_Map* const map = self->map;
    self->sequence = map->map(map->handle, LV2_ATOM__Sequence);
    self->chunk = map->map(map->handle, LV2_ATOM__Chunk);
    self->midi = map->map(map->handle, LV2_MIDI__MidiEvent);
    self->object = map->map(map->handle, LV2_ATOM__Object);
    self->integer = map->map(map->handle, LV2_ATOM__Int);
    self->key = map->map(map->handle, BAD_URI "setting");
    self->setting = 7;
    lv2_atom_forge_init(&self->forge, map);
    if (FAULT("late-events")) {
        self->frame = 1;
    }
    return self;
}

static void activate(LV2_Handle handle)
{
    Bad* const self = handle;
    if (FAULT("stale")) {
        return; // keeps what it had
    }
    self->smooth = 0.0f;
    self->frame = 0;
    self->wait = 0;
    self->sounding = false;
    self->answer = 0.0f;
}

// ---- Events ----------------------------------------------------------------------------------

static bool has_room(const Bad* self, uint32_t capacity, uint32_t size)
{
    return FAULT("overflow") ||
           self->forge.offset + sizeof(LV2_Atom_Event) + lv2_atom_pad_size(size) <= capacity;
}

static void put(Bad* self, uint32_t capacity, uint32_t frame, const uint8_t* bytes, uint32_t size)
{
    uint8_t* const start = self->forge.buf;
    if (!start || !has_room(self, capacity, size)) {
        return;
    }
    LV2_Atom_Event* const event = (LV2_Atom_Event*)(start + self->forge.offset);
    event->time.frames = FAULT("late-events") ? frame + 100000 : frame;
    event->body.type = self->midi;
    event->body.size = size;
    memcpy(event + 1, bytes, size);
    const uint32_t space = (uint32_t)sizeof(LV2_Atom_Event) + lv2_atom_pad_size(size);
    self->forge.offset += space;
    ((LV2_Atom_Sequence*)start)->atom.size += space;
}

static void note(Bad* self, uint32_t capacity, uint32_t frame)
{
    const uint64_t period = (uint64_t)(0.1 * self->rate) + 2;
    const uint64_t at = self->frame + frame;
    const uint8_t on[3] = {0x9F, 36, 100}, off[3] = {0x8F, 36, 0};
    if (at % period == 0 && !self->sounding && has_room(self, capacity, 3)) {
        put(self, capacity, frame, on, 3);
        self->sounding = true;
    } else if (self->sounding && at % period >= period / 2) {
        if (has_room(self, capacity, 3)) {
            put(self, capacity, frame, off, 3);
            self->sounding = false;
        } else if (FAULT("stuck")) {
            self->sounding = false; // the off is lost
        }
    }
}

static void read_atom(Bad* self, const LV2_Atom* atom)
{
    if (FAULT("atom") && atom->type == self->object) {
        // believes what the object says of itself
        const LV2_Atom_Object* const object = (const LV2_Atom_Object*)atom;
        const uint8_t* p = (const uint8_t*)(object + 1);
        for (int i = 0; i < 4; ++i) {
            const LV2_Atom_Property_Body* const property = (const LV2_Atom_Property_Body*)p;
            self->level += (float)(property->key % 2) * 1e-9f;
            p += sizeof *property + property->value.size;
        }
    }
}

// ---- run -------------------------------------------------------------------------------------

static float read_gain(Bad* self)
{
    const float* const data = self->port[GAIN];
    const float gain = data ? *data : 1.0f;
    if (FAULT("index")) {
        return ((const volatile float*)self->table)[(int)gain] * 0.0f + 1.0f;
    }
    if (FAULT("shift")) {
        return (float)((int)(gain * 1e9f) << 1) * 0.0f + 1.0f; // overflows an int
    }
    if (FAULT("control")) {
        self->gain = self->gain * 0.999f + gain * 0.001f;
        return self->gain; // NaN stays for ever
    }
    return gain >= 0.0f && gain <= 2.0f ? gain : 1.0f;
}

static float step(Bad* self, float in, float gain)
{
    const bool finite = fabsf(in) < 1e20f;
    if (FAULT("mute") && !finite) {
        self->muted = true;
    }
    if (!finite && !FAULT("nan")) {
        in = 0.0f;
    }
    self->smooth += 0.1f * (in - self->smooth);
    if (fabsf(self->smooth) < 1e-20f && !FAULT("subnormal")) {
        self->smooth = 0.0f;
    }
    return self->muted ? 0.0f : self->smooth * gain;
}

static void filter(Bad* self, uint32_t n, const LV2_Atom_Sequence* events, uint32_t capacity)
{
    const float* const in = self->port[IN];
    float* const out = FAULT("kept-pointer") ? self->kept : self->port[OUT];
    float gain = read_gain(self);
    if (FAULT("per-block")) {
        self->gain += 0.5f * (gain - self->gain);
        gain = self->gain;
    }
    if (FAULT("shared")) {
        shared_gain = 0.9f * shared_gain + 0.1f * gain;
        gain = shared_gain;
    }
    if (FAULT("worker")) {
        gain += self->answer;
    }
    if (FAULT("zero-frames")) {
        self->smooth += 0.0f / (float)n; // NaN once
    }
    if (FAULT("clobber") && out) {
        memset(out, 0, n * sizeof(float));
    }
    const LV2_Atom_Event* event = events ? lv2_atom_sequence_begin(&events->body) : NULL;
    for (uint32_t i = 0; i < n; ++i) {
        for (; event && !lv2_atom_sequence_is_end(&events->body, events->atom.size, event) &&
               event->time.frames <= i;
             event = lv2_atom_sequence_next(event)) {
            if (event->body.type == self->midi && !FAULT("swallow")) {
                const uint32_t reserve = 64; // for the note of our own
                if (capacity >= reserve &&
                    has_room(self, FAULT("stuck") ? capacity : capacity - reserve,
                             event->body.size)) {
                    put(self, capacity, i, (const uint8_t*)(event + 1), event->body.size);
                }
            } else {
                read_atom(self, &event->body);
            }
        }
        note(self, capacity, i);
        const float value = step(self, in ? in[i] : 0.0f, gain);
        if (out) {
            out[i] = value;
        }
    }
    if (FAULT("overrun") && out) {
        out[n] = 0.0f;
    }
}

static void run(LV2_Handle handle, uint32_t n)
{
    Bad* const self = handle;
    if (FAULT("rate")) { // a table for 96 kHz at most, and nothing looks
        volatile float* const small = self->small;
        small[self->rate > 96000.0 ? 1u << 31 : 0] = 0.0f;
    }
    bad_sin_in_real_time(self);
    bad_waste(self, n);
    LV2_Atom_Sequence* const out = self->port[EVENTS_OUT];
    uint32_t capacity = 0;
    self->forge.buf = NULL;
    if (out && (out->atom.size >= sizeof(LV2_Atom_Sequence_Body) || FAULT("overflow"))) {
        capacity = out->atom.size + (uint32_t)sizeof(LV2_Atom);
        self->forge.buf = (uint8_t*)out;
        self->forge.offset = sizeof(LV2_Atom_Sequence);
        out->atom.type = self->sequence;
        out->atom.size = sizeof(LV2_Atom_Sequence_Body);
        memset(&out->body, 0, sizeof out->body);
    } else if (out) {
        out->atom.type = 0;
        out->atom.size = 0;
    }
    const LV2_Atom_Sequence* in = self->port[EVENTS_IN];
    if (FAULT("null")) {
        self->level += 1e-9f * (float)in->atom.size;
    }
    if (in && FAULT("no-check")) { // takes everything for a sequence of MIDI messages
        const volatile LV2_Atom_Event* const event = (const LV2_Atom_Event*)(in + 1);
        const uint32_t count = (in->atom.size - (uint32_t)sizeof in->body) / 24;
        for (uint32_t i = 0; i < count; ++i) {
            self->level += (float)event[i * 3 / 2].body.size * 1e-20f;
        }
    }
    if (in && in->atom.type != self->sequence) {
        in = NULL;
    }
    if (FAULT("race")) {
        ++race_counter;
    }
    filter(self, n, in, capacity);
    if (FAULT("worker") && self->schedule && self->frame == 0) {
        self->schedule->schedule_work(self->schedule->handle, sizeof(float), &self->smooth);
    }
    if (FAULT("use-after-free")) {
        free(self->table);
        self->level += self->table[5] * 1e-9f;
        self->table = calloc(TABLE, sizeof(float));
    }
    if (FAULT("uninitialised") && self->table[self->frame % TABLE] > 3.0f) {
        activate(self); // begins anew by chance
    }
    self->frame += n;
    float* const level = self->port[LEVEL];
    if (level && !FAULT("deaf")) {
        const float value = fabsf(self->smooth);
        *level = FAULT("range") ? value * 100.0f : value < 1.0f ? value : 1.0f;
    }
}

// ---- State and worker ------------------------------------------------------------------------

static LV2_State_Status save(LV2_Handle handle, LV2_State_Store_Function store,
                             LV2_State_Handle state, uint32_t flags,
                             const LV2_Feature* const* features)
{
    (void)flags;
    (void)features;
    Bad* const self = handle;
    if (FAULT("forgets")) {
        self->setting++;
    }
    if (FAULT("race")) {
        ++race_counter;
    }
    return store(state, self->key, &self->setting, sizeof self->setting, self->integer,
                 LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
}

static LV2_State_Status restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
                                LV2_State_Handle state, uint32_t flags,
                                const LV2_Feature* const* features)
{
    (void)flags;
    (void)features;
    Bad* const self = handle;
    size_t size = 0;
    uint32_t type = 0, value_flags = 0;
    const void* const value = retrieve(state, self->key, &size, &type, &value_flags);
    if (FAULT("trusting") && value) {
        memset(self->small, 1, size * 100); // as long as the file says
        return LV2_STATE_SUCCESS;
    }
    if (value && type == self->integer && size == sizeof self->setting) {
        memcpy(&self->setting, value, sizeof self->setting);
    }
    return LV2_STATE_SUCCESS;
}

static LV2_Worker_Status work(LV2_Handle handle, LV2_Worker_Respond_Function respond,
                              LV2_Worker_Respond_Handle target, uint32_t size, const void* data)
{
    (void)handle;
    return respond(target, size, data);
}

static LV2_Worker_Status work_response(LV2_Handle handle, uint32_t size, const void* data)
{
    Bad* const self = handle;
    (void)data;
    self->answer = size ? 1.0f : 0.0f; // from the very frame on at which the answer came
    return LV2_WORKER_SUCCESS;
}

/// What hosts know as inline display: see plugins/shell_inline.h.
typedef struct {
    unsigned char* data;
    int width, height, stride;
} Picture;

static Picture* draw(LV2_Handle handle, uint32_t width, uint32_t max_height)
{
    static unsigned char pixel[4];
    static Picture picture = {pixel, 1, 1, 4};
    Bad* const self = handle;
    (void)width;
    (void)max_height;
    if (!FAULT("torn")) {
        return NULL;
    }
    pixel[0] = (unsigned char)(self->smooth > 0.0f); // which run() is writing
    return &picture;
}

static const void* extension_data(const char* uri)
{
    static const struct {
        Picture* (*render)(LV2_Handle, uint32_t, uint32_t);
    } display = {draw};
    static const LV2_State_Interface state = {save, restore};
    static const LV2_Worker_Interface worker = {work, work_response, NULL};
    return !strcmp(uri, LV2_STATE__interface)    ? (const void*)&state
           : !strcmp(uri, LV2_WORKER__interface) ? (const void*)&worker
           : !strcmp(uri, INLINE_DISPLAY)        ? (const void*)&display
                                                 : NULL;
}

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    static LV2_Descriptor descriptors[N_NAMES];
    static char uris[N_NAMES][64];
    if (index >= N_NAMES) {
        return NULL;
    }
    snprintf(uris[index], sizeof uris[index], BAD_URI "%s", NAMES[index]);
    descriptors[index] = (LV2_Descriptor){uris[index], instantiate, connect_port, activate,
                                          run,         NULL,        cleanup,      extension_data};
    return &descriptors[index];
}

/// A symbol that has no business here: a check of binaries must see it.
LV2_SYMBOL_EXPORT int tonus_bad_symbol(void);
int tonus_bad_symbol(void)
{
    return race_counter;
}
