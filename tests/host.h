// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A small LV2 host inside the test program, on lilv.
///
/// It feeds a plugin whole signals and scheduled events, cuts them into any blocks, and collects
/// what comes out, with absolute frame numbers counted from host_new(). Whatever the plugin does
/// against the rules of its ports (writes past a buffer, events out of order or outside the block,
/// a sequence larger than its space) is kept as a sentence, see host_fault().
///
///     HostWorld* world = host_world_new(NULL);
///     Host* host = host_new(world, "beat", NULL);
///     host_set(host, "sensor", 1.0f);
///     host_input(host, "in", ecg, frames);
///     host_run(host, frames, 256);
///     const float* thru = host_output(host, "out");
///     size_t count = 0;
///     const HostEvent* events = host_events(host, &count);
///     host_free(host);
///     host_world_free(world);
///
/// Nothing here is real-time safe except what runs around the plugin's own run(): while that is on
/// its way, the host takes no memory, and calls `rt_enter` and `rt_exit` if a trap in the process
/// provides them.

#ifndef TONUS_TESTS_HOST_H
#define TONUS_TESTS_HOST_H

#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- The world: bundles and URIDs --------------------------------------------------------------

typedef struct HostWorld HostWorld;

/// Loads one bundle folder. NULL means the one just built: $TONUS_BUNDLE, or build/lv2/tonus.lv2 in
/// the working folder or one above. Ends the process with a message when there is none.
HostWorld* host_world_new(const char* bundle);

/// Loads another bundle into the world, say an installed plugin's. False when it is not there.
bool host_world_load(HostWorld* world, const char* bundle);

void host_world_free(HostWorld* world);

LilvWorld* host_world_lilv(const HostWorld* world);

/// All plugins, in the order of their URIs, so that a run is repeatable. The array lives as long as
/// the world.
const LilvPlugin* const* host_world_plugins(HostWorld* world, size_t* count);

/// The plugin of that URI, or the one whose URI ends in ":name" or "#name"; NULL when there is
/// none.
const LilvPlugin* host_world_plugin(HostWorld* world, const char* name);

/// The last word of a plugin's URI, for messages.
const char* host_plugin_name(const LilvPlugin* plugin);

/// Any thread may map; what is mapped stays as long as the world.
LV2_URID host_urid(HostWorld* world, const char* uri);
const char* host_uri(HostWorld* world, LV2_URID urid);

// ---- An instance
// ----------------------------------------------------------------------------------

typedef struct Host Host;

typedef enum {
    HOST_WORKER_DELAYED, ///< work is done between blocks, the answer comes `worker_delay` blocks
                         ///< later
    HOST_WORKER_SYNC, ///< work and answer inside schedule_work(), as Ardour does when freewheeling
    HOST_WORKER_THREADED, ///< a thread of its own, as in real time
    HOST_WORKER_NONE      ///< the feature is not offered
} HostWorker;

typedef struct {
    double rate;           ///< Hz
    uint32_t max_block;    ///< frames, told to the plugin; host_run() never passes more
    HostWorker worker;     ///< HOST_WORKER_DELAYED
    uint32_t worker_delay; ///< blocks; 0: the answer comes at the end of the block that asked
    uint32_t out_capacity; ///< bytes of the atom output, its header included
    bool in_place;         ///< the i-th audio output shares the buffer of the i-th audio input
    bool moving_buffers; ///< audio buffers get another address each block, aligned to a float only
    bool null_optional;  ///< ports with lv2:connectionOptional get NULL
    bool keep_audio;     ///< collect audio outputs (costs memory in long runs)
    bool keep_events;    ///< collect output events
    uint32_t seed;       ///< of the random partition
    const char* state_dir; ///< folder for state:makePath and mapPath; NULL: not offered
    bool display;          ///< offers the inline display, see host_draw()
} HostConfig;

/// 48000 Hz, blocks up to 8192, delayed worker, 8192 bytes of atom output, everything kept.
HostConfig host_config(void);

/// Instantiates the plugin (a URI or last word of one) and activates it, all controls at their
/// defaults. `config` NULL: host_config(). NULL when the plugin is unknown or refuses.
Host* host_new(HostWorld* world, const char* plugin, const HostConfig* config);
void host_free(Host* host);

void host_deactivate(Host* host);
void host_activate(Host* host);

LilvInstance* host_instance(const Host* host);
const LilvPlugin* host_plugin(const Host* host);
HostWorld* host_world(const Host* host);
LV2_Handle host_handle(const Host* host);
double host_rate(const Host* host);

/// Frames run since host_new().
uint64_t host_frame(const Host* host);

/// Bytes that this host itself took for the instance: buffers, tables.
size_t host_own_bytes(const Host* host);

/// The first rule broken so far, or NULL.
const char* host_fault(const Host* host);

// ---- Ports
// ----------------------------------------------------------------------------------------

typedef enum { HOST_AUDIO, HOST_CONTROL, HOST_CV, HOST_ATOM, HOST_OTHER } HostPortKind;

typedef struct {
    uint32_t index;
    const char* symbol;
    HostPortKind kind;
    bool is_input;
    bool optional;    ///< lv2:connectionOptional
    bool toggled;     ///< lv2:toggled
    bool integer;     ///< lv2:integer
    bool enumeration; ///< lv2:enumeration
    bool freewheel;   ///< lv2:freeWheeling: while it is 1 nothing happens in real time
    bool has_minimum, has_maximum, has_default;
    float minimum, maximum,
        initial;           ///< as declared, 0 where not (lv2:sampleRate ones times the rate)
    uint32_t minimum_size; ///< rsz:minimumSize in bytes, 0 where not declared
} HostPort;

/// All ports in the order of their indices.
const HostPort* host_ports(const Host* host, uint32_t* count);
/// NULL when there is no such port.
const HostPort* host_port(const Host* host, const char* symbol);

/// Sets a control input. The process ends with a message when there is no such port, here and
/// below: a misspelt symbol is a fault of the test.
void host_set(Host* host, const char* symbol, float value);
/// The present value of a control port, input or output.
float host_get(const Host* host, const char* symbol);

// ---- Signals and events
// ------------------------------------------------------------------------------

/// Feeds an audio or CV input from the present frame on; silence before the first call and after
/// the end. The samples are not copied and must stay.
void host_input(Host* host, const char* symbol, const float* samples, size_t frames);

/// Schedules a MIDI message, or any atom body, for an absolute frame not yet run. Events of one
/// frame keep their order.
void host_midi(Host* host, uint64_t frame, const uint8_t* message, uint32_t size);
void host_atom(Host* host, uint64_t frame, LV2_URID type, const void* body, uint32_t size);

/// Runs `frames` frames in blocks of `block` (the last one may be shorter); 0: random
/// lengths 1..max_block.
void host_run(Host* host, uint64_t frames, uint32_t block);

/// One call of run() with n frames, n = 0 allowed.
void host_block(Host* host, uint32_t n);

/// Calls these right before and after the plugin's run(), instead of a trap's rt_enter and rt_exit:
/// say, clocks.
void host_around_run(Host* host, void (*before)(void), void (*after)(void));

/// Calls this instead of the plugin's run(), which it must call itself: a name for profilers to
/// see.
void host_call_run(Host* host, void (*run)(LilvInstance* instance, uint32_t n));

/// Has the plugin draw its small picture, as a host's user interface thread does beside run().
/// False when it draws none.
bool host_draw(Host* host, uint32_t width, uint32_t max_height);

/// Called after each block, outside the trap.
void host_on_block(Host* host, void (*callback)(Host* host, uint32_t n, void* data), void* data);

/// Collected audio of an output since host_new() or host_forget().
const float* host_output(const Host* host, const char* symbol);
size_t host_output_frames(const Host* host);

typedef struct {
    uint64_t frame; ///< absolute
    LV2_URID type;
    uint32_t size; ///< bytes of the body
    const uint8_t* body;
} HostEvent;

/// Collected events, in the order they came.
const HostEvent* host_events(const Host* host, size_t* count);
bool host_event_is_midi(const Host* host, const HostEvent* event);

/// Drops what was collected (the frame counter goes on).
void host_forget(Host* host);

// ---- State and presets
// -------------------------------------------------------------------------------

typedef struct {
    LV2_URID key, type;
    uint32_t flags;
    size_t size;
    void* value;
} HostProperty;

/// What a plugin stored through state:interface. Tests may alter it at will; values are malloc'ed.
typedef struct {
    HostProperty* properties;
    size_t count;
    LV2_State_Status status; ///< what save() returned
} HostState;

/// True when the plugin has state:interface.
bool host_has_state(const Host* host);
HostState* host_save(Host* host);
LV2_State_Status host_restore(Host* host, const HostState* state);
HostState* host_state_new(void);
void host_state_set(HostState* state, LV2_URID key, LV2_URID type, const void* value, size_t size);
bool host_state_equal(const HostState* a, const HostState* b);
void host_state_free(HostState* state);

/// All presets of a plugin; free with lilv_nodes_free().
LilvNodes* host_presets(HostWorld* world, const LilvPlugin* plugin);
/// Sets the ports and restores the state of a preset. False when lilv cannot load it.
bool host_load_preset(Host* host, const LilvNode* preset);

#endif
