// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Tonus Recorder: sensor, sound, beats and breaths into files. See ttl/recorder.ttl for the ports;
/// all writing is done by formats/take_thread.
#include "ttl/recorder.h"
#include "formats/take_folder.h"
#include "formats/take_thread.h"
#include "plugins/events.h"
#include "plugins/shell.h"

#include <lv2/atom/util.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/time/time.h>

#include <stdio.h>
#include <stdlib.h>

// The enumerations of ports and formats are the same numbers
_Static_assert((int)RECORDER_POINT_SENSOR_ECG == (int)TAKE_SENSOR_ECG, "sensor");
_Static_assert((int)RECORDER_POINT_SENSOR_BELT == (int)TAKE_SENSOR_BELT, "sensor");
_Static_assert((int)RECORDER_POINT_STATE_DISK_FULL == (int)TAKE_STATE_DISK_FULL, "state");
_Static_assert((int)RECORDER_POINT_STATE_ERROR == (int)TAKE_STATE_ERROR, "state");

#define SETTLE_S 1.0 // how long save() waits for a folder that was set a moment ago

// Named in ttl/recorder.ttl as patch:writable
static const char* const text_uris[TAKE_TEXTS] = {RECORDER_URI "#folder", RECORDER_URI "#name",
                                                  RECORDER_URI "#person"};

typedef struct {
    LV2_URID patch_Get, patch_Set, patch_property, patch_value, atom_Path, atom_String, atom_URID;
    LV2_URID time_Position, time_speed;
    LV2_URID text[TAKE_TEXTS];
} Urids;

typedef struct {
    Shell shell; // first: see shell_connect_port
    Urids urid;
    TakeThread* thread;
    EventDecoder decoder;
    char text[TAKE_TEXTS][TAKE_TEXT_SIZE]; // as the audio thread knows them
    TakeStart settings;
    int channel;
    uint64_t block_start; // frame since activation
    uint64_t begun;       // frame at which the take began
    uint32_t markers;
    bool record, note_held, rolls, with_transport, enabled, freewheel;
    bool marker_switch; // as it was
} Plugin;

static void cleanup(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    takethread_free(self->thread);
    free(self);
}

static const void* feature(const LV2_Feature* const* features, const char* uri)
{
    for (; features && *features; ++features) {
        if (!strcmp((*features)->URI, uri)) {
            return (*features)->data;
        }
    }
    return NULL;
}

static void map_uris(Plugin* self)
{
    LV2_URID_Map* const map = self->shell.map;
    Urids* const urid = &self->urid;
    urid->patch_Get = map->map(map->handle, LV2_PATCH__Get);
    urid->patch_Set = map->map(map->handle, LV2_PATCH__Set);
    urid->patch_property = map->map(map->handle, LV2_PATCH__property);
    urid->patch_value = map->map(map->handle, LV2_PATCH__value);
    urid->atom_Path = map->map(map->handle, LV2_ATOM__Path);
    urid->atom_String = map->map(map->handle, LV2_ATOM__String);
    urid->atom_URID = map->map(map->handle, LV2_ATOM__URID);
    urid->time_Position = map->map(map->handle, LV2_TIME__Position);
    urid->time_speed = map->map(map->handle, LV2_TIME__speed);
    for (int i = 0; i < TAKE_TEXTS; ++i) {
        urid->text[i] = map->map(map->handle, text_uris[i]);
    }
}

static void free_path(const LV2_Feature* const* features, char* path)
{
    const LV2_State_Free_Path* const host = feature(features, LV2_STATE__freePath);
    if (host) {
        host->free_path(host->handle, path);
    } else {
        free(path);
    }
}

// Takes go home until a folder is chosen. Not to state:makePath: Ardour 7.3 aborts when it is asked
// at instantiation, and what it gives when saving is a snapshot's folder, which it may remove.
static void choose_fallback(Plugin* self)
{
    char folder[TAKE_PATH_SIZE];
    const char* const home = getenv("HOME");
    snprintf(folder, sizeof folder, "%s/Tonus", home && *home ? home : ".");
    takethread_set_fallback(self->thread, folder);
}

static LV2_Handle instantiate(const LV2_Descriptor* descriptor, double rate, const char* path,
                              const LV2_Feature* const* features)
{
    (void)descriptor;
    (void)path;
    Plugin* const self = (Plugin*)calloc(1, sizeof(Plugin));
    if (!self) {
        return NULL;
    }
    if (!shell_init(&self->shell, recorder_ports, RECORDER_N_PORTS, rate, features) ||
        !(self->thread = takethread_new(rate, "Tonus Recorder " TONUS_VERSION, "."))) {
        cleanup(self);
        return NULL;
    }
    map_uris(self);
    choose_fallback(self);
    return self;
}

static void activate(LV2_Handle handle)
{
    Plugin* const self = (Plugin*)handle;
    shell_activate(&self->shell);
    memset(&self->decoder, 0, sizeof(self->decoder));
    self->note_held = self->rolls = false;
    self->marker_switch = true; // one that is on already is no marker
    self->markers = 0;
}

static void deactivate(LV2_Handle handle)
{
    takethread_stop(((Plugin*)handle)->thread);
}

// ---- Events

static void mark(Plugin* self)
{
    if (takethread_running(self->thread)) {
        takethread_event(self->thread, TAKE_MARKER, ++self->markers);
    }
}

static void take_note(Plugin* self, int note, bool on)
{
    static const struct {
        int note;
        TakeKind kind;
    } kinds[] = {{NOTE_BEAT, TAKE_BEAT},           {NOTE_ODD_BEAT, TAKE_ODD_BEAT},
                 {NOTE_IN_BREATH, TAKE_IN_BREATH}, {NOTE_OUT_BREATH, TAKE_OUT_BREATH},
                 {NOTE_PACED_IN, TAKE_PACED_IN},   {NOTE_PACED_OUT, TAKE_PACED_OUT},
                 {NOTE_BEFORE, TAKE_REST_BEFORE},  {NOTE_EXERCISE, TAKE_EXERCISE},
                 {NOTE_AFTER, TAKE_REST_AFTER}};
    if (note == NOTE_RECORD) {
        self->note_held = on;
    } else if (note == NOTE_MARKER && on) {
        mark(self);
    }
    if (!on && (note == NOTE_BEFORE || note == NOTE_EXERCISE || note == NOTE_AFTER)) {
        takethread_event(self->thread, TAKE_PART_END, NAN);
    }
    for (size_t i = 0; on && i < sizeof(kinds) / sizeof(kinds[0]); ++i) {
        if (note == kinds[i].note) {
            takethread_event(self->thread, kinds[i].kind, NAN);
        }
    }
}

static void take_value(Plugin* self, int controller, double value)
{
    switch (controller) {
    case CONTROLLER_TONE:
        takethread_event(self->thread, TAKE_TONE, value);
        break;
    case CONTROLLER_BREATH_PHASE:
        takethread_event(self->thread, TAKE_BREATH_PHASE, value);
        break;
    case CONTROLLER_QUALITY:
        takethread_event(self->thread, TAKE_QUALITY, value);
        break;
    case CONTROLLER_HEART_RATE:
        takethread_event(self->thread, TAKE_HEART_RATE, value);
        break;
    default:
        break;
    }
}

static void update(Plugin* self);

static void take_midi(void* plugin, const uint8_t* bytes, uint32_t size)
{
    Plugin* const self = (Plugin*)plugin;
    const Event event = events_decode(&self->decoder, bytes, size);
    const bool on = event.kind == EVENT_NOTE_ON;
    if (event.channel == self->channel) {
        if (on || event.kind == EVENT_NOTE_OFF) {
            take_note(self, event.number, on);
        } else if (event.kind == EVENT_VALUE) {
            take_value(self, event.number, event.value);
        }
    } else if (event.channel == self->channel - 1 && (on || event.kind == EVENT_NOTE_OFF)) {
        takethread_event(self->thread, on ? TAKE_HUM : TAKE_HUM_END, event.number);
    }
    update(self);
}

static int find_text(const Plugin* self, LV2_URID property)
{
    int i = 0;
    while (i < TAKE_TEXTS && self->urid.text[i] != property) {
        ++i;
    }
    return i;
}

static void tell_text(Plugin* self, int which)
{
    LV2_Atom_Forge* const forge = &self->shell.forge;
    const uint32_t n = (uint32_t)strlen(self->text[which]);
    if (shell_room(&self->shell) < n + 160) { // an object with two properties takes less than that
        return;
    }
    LV2_Atom_Forge_Frame object;
    lv2_atom_forge_frame_time(forge, (int64_t)(self->shell.now - self->block_start));
    lv2_atom_forge_object(forge, &object, 0, self->urid.patch_Set);
    lv2_atom_forge_key(forge, self->urid.patch_property);
    lv2_atom_forge_urid(forge, self->urid.text[which]);
    lv2_atom_forge_key(forge, self->urid.patch_value);
    if (which == TAKE_TEXT_FOLDER) {
        lv2_atom_forge_path(forge, self->text[which], n);
    } else {
        lv2_atom_forge_string(forge, self->text[which], n);
    }
    lv2_atom_forge_pop(forge, &object);
}

// A text ended by a zero within its atom, not longer than we keep
static bool is_text(const Plugin* self, const LV2_Atom* atom)
{
    return (atom->type == self->urid.atom_Path || atom->type == self->urid.atom_String) &&
           atom->size >= 1 && atom->size <= TAKE_TEXT_SIZE && memchr(atom + 1, 0, atom->size);
}

static void take_patch(Plugin* self, const LV2_Atom_Object* object)
{
    const LV2_Atom* const property = shell_property(object, self->urid.patch_property);
    const LV2_Atom* const value = shell_property(object, self->urid.patch_value);
    const bool named =
        property && property->type == self->urid.atom_URID && property->size == sizeof(LV2_URID);
    const int which = named ? find_text(self, ((const LV2_Atom_URID*)property)->body) : -1;
    if (object->body.otype == self->urid.patch_Get) {
        for (int i = 0; i < TAKE_TEXTS; ++i) {
            if (!named || i == which) {
                tell_text(self, i);
            }
        }
    } else if (which >= 0 && which < TAKE_TEXTS && value && is_text(self, value)) {
        char text[TAKE_TEXT_SIZE] = "";
        memcpy(text, value + 1, value->size);
        if (takethread_push_text(self->thread, (TakeText)which, text)) {
            memcpy(self->text[which], text, sizeof(text));
        }
    }
}

static void take_atom(void* plugin, const LV2_Atom* atom)
{
    Plugin* const self = (Plugin*)plugin;
    const LV2_Atom_Object* const object = (const LV2_Atom_Object*)atom;
    if (!lv2_atom_forge_is_object_type(&self->shell.forge, atom->type) ||
        atom->size < sizeof(LV2_Atom_Object_Body)) {
        return;
    }
    if (object->body.otype == self->urid.time_Position) {
        const LV2_Atom* const speed = shell_property(object, self->urid.time_speed);
        if (speed && speed->type == self->shell.urid.atom_Float && speed->size == sizeof(float)) {
            self->rolls = fabsf(((const LV2_Atom_Float*)speed)->body) > 0.0f;
        }
    } else if (object->body.otype == self->urid.patch_Set ||
               object->body.otype == self->urid.patch_Get) {
        take_patch(self, object);
    }
    update(self);
}

// ---- Audio

// Begins or ends a take at the present frame
static void update(Plugin* self)
{
    const bool wanted =
        self->enabled && (self->record || self->note_held || (self->with_transport && self->rolls));
    if (wanted && !takethread_running(self->thread)) {
        if (takethread_start(self->thread, &self->settings, self->shell.now)) {
            self->begun = self->shell.now;
            self->markers = 0;
        }
    } else if (!wanted) {
        takethread_stop(self->thread);
    }
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    static const uint32_t ports[TAKE_CHANNELS] = {RECORDER_PORT_IN, RECORDER_PORT_IN_LEFT,
                                                  RECORDER_PORT_IN_RIGHT};
    float signal[SHELL_CHUNK] = {0.0f};
    float frames[SHELL_CHUNK * TAKE_CHANNELS];
    float kept[2][SHELL_CHUNK] = {{0.0f}}; // inputs and outputs may share their memory crosswise
    for (uint32_t c = 0; c < TAKE_CHANNELS; ++c) {
        shell_read(&self->shell, ports[c], offset, n, c ? kept[c - 1] : signal);
        const float* const from = c ? kept[c - 1] : signal;
        for (uint32_t i = 0; i < n; ++i) {
            frames[i * TAKE_CHANNELS + c] = from[i];
        }
    }
    shell_ui_trace(&self->shell, signal, n);
    shell_write(&self->shell, RECORDER_PORT_OUT_LEFT, offset, n, kept[0]);
    shell_write(&self->shell, RECORDER_PORT_OUT_RIGHT, offset, n, kept[1]);
    update(self);
    takethread_audio(self->thread, frames, n, self->freewheel);
}

static void read_controls(Plugin* self)
{
    Shell* const shell = &self->shell;
    const bool marker = shell_choice(shell, RECORDER_PORT_MARKER);
    self->enabled = shell_choice(shell, RECORDER_PORT_ENABLED);
    self->record = shell_choice(shell, RECORDER_PORT_RECORD);
    self->with_transport = shell_choice(shell, RECORDER_PORT_WITH_TRANSPORT);
    self->freewheel = shell_choice(shell, RECORDER_PORT_FREEWHEEL);
    self->channel = shell_choice(shell, RECORDER_PORT_CHANNEL);
    self->settings.sensor = (TakeSensor)shell_choice(shell, RECORDER_PORT_SENSOR);
    self->settings.full_scale_mv = shell_control(shell, RECORDER_PORT_FULL_SCALE);
    self->settings.beat_delay =
        (uint32_t)lrint(shell_control(shell, RECORDER_PORT_BEAT_DELAY) * shell->rate / 1000.0);
    self->block_start = shell->now;
    if (marker && !self->marker_switch) {
        mark(self);
    }
    self->marker_switch = marker;
}

static void run(LV2_Handle handle, uint32_t n_frames)
{
    static const ShellCalls calls = {take_midi, take_atom, process};
    Plugin* const self = (Plugin*)handle;
    Shell* const shell = &self->shell;
    read_controls(self);
    update(self); // what comes with the block's first frame is in the take

    shell_run(shell, self, &calls, n_frames);

    const TakeState state = takethread_state(self->thread);
    const bool running = takethread_running(self->thread);
    const bool refused = state >= TAKE_STATE_DISK_FULL && state != TAKE_STATE_TOO_SLOW;
    // What the writing thread does a moment later is no news: told at once, the same in every run
    const TakeState shown = state >= TAKE_STATE_DISK_FULL ? state
                            : running                     ? TAKE_STATE_RECORDING
                                                          : TAKE_STATE_IDLE;
    shell_show(shell, RECORDER_PORT_RECORDING, running && !refused);
    shell_show(shell, RECORDER_PORT_DROPPED, (double)takethread_dropped(self->thread));
    shell_show(shell, RECORDER_PORT_ERRORS, takethread_errors(self->thread));
    shell_show(shell, RECORDER_PORT_STATE, shown);
    shell_show(shell, RECORDER_PORT_ELAPSED,
               running ? (double)(shell->now - self->begun) / shell->rate : 0.0);
    shell_show(shell, RECORDER_PORT_MARKERS, self->markers);
}

// ---- State: the texts

static LV2_State_Status save(LV2_Handle handle, LV2_State_Store_Function store,
                             LV2_State_Handle state, uint32_t flags,
                             const LV2_Feature* const* features)
{
    (void)flags;
    Plugin* const self = (Plugin*)handle;
    const LV2_State_Map_Path* const paths = feature(features, LV2_STATE__mapPath);
    takethread_settle_texts(self->thread, SETTLE_S);
    for (int i = 0; i < TAKE_TEXTS; ++i) {
        char text[TAKE_TEXT_SIZE];
        takethread_text(self->thread, (TakeText)i, text);
        if (!text[0]) {
            continue;
        }
        const bool path = i == TAKE_TEXT_FOLDER;
        char* const abstract = path && paths ? paths->abstract_path(paths->handle, text) : NULL;
        const char* const kept = abstract ? abstract : text;
        const LV2_State_Status status = store(state, self->urid.text[i], kept, strlen(kept) + 1,
                                              path ? self->urid.atom_Path : self->urid.atom_String,
                                              LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
        if (abstract) {
            free_path(features, abstract);
        }
        if (status != LV2_STATE_SUCCESS) {
            return status;
        }
    }
    return LV2_STATE_SUCCESS;
}

static LV2_State_Status restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
                                LV2_State_Handle state, uint32_t flags,
                                const LV2_Feature* const* features)
{
    (void)flags;
    Plugin* const self = (Plugin*)handle;
    const LV2_State_Map_Path* const paths = feature(features, LV2_STATE__mapPath);
    takethread_settle_texts(self->thread, SETTLE_S);
    for (int i = 0; i < TAKE_TEXTS; ++i) {
        size_t size = 0;
        uint32_t type = 0;
        uint32_t value_flags = 0;
        const char* const text = retrieve(state, self->urid.text[i], &size, &type, &value_flags);
        const bool path = i == TAKE_TEXT_FOLDER;
        const LV2_URID expected = path ? self->urid.atom_Path : self->urid.atom_String;
        self->text[i][0] = '\0';
        if (text && type == expected && size >= 1 && size <= TAKE_TEXT_SIZE &&
            memchr(text, 0, size)) {
            char* const absolute = path && paths ? paths->absolute_path(paths->handle, text) : NULL;
            snprintf(self->text[i], TAKE_TEXT_SIZE, "%s", absolute ? absolute : text);
            if (absolute) {
                free_path(features, absolute);
            }
        }
        takethread_set_text(self->thread, (TakeText)i, self->text[i]);
    }
    return LV2_STATE_SUCCESS;
}

static const void* extension_data(const char* uri)
{
    static const LV2_State_Interface state = {save, restore};
    return strcmp(uri, LV2_STATE__interface) == 0 ? &state : NULL;
}

static const LV2_Descriptor descriptor = {RECORDER_URI, instantiate,   shell_connect_port,
                                          activate,     run,           deactivate,
                                          cleanup,      extension_data};

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index)
{
    return index == 0 ? &descriptor : NULL;
}
