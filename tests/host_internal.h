// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What the files of the test host share; not for tests.

#ifndef TONUS_TESTS_HOST_INTERNAL_H
#define TONUS_TESTS_HOST_INTERNAL_H

#include "host.h"
#include "plugins/shell_inline.h"

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/log/log.h>
#include <lv2/options/options.h>
#include <lv2/worker/worker.h>

#include <pthread.h>
#include <semaphore.h>

/// One message between run() and the worker, in a queue of fixed memory.
enum { HOST_MESSAGES = 64, HOST_MESSAGE_SIZE = 8192 };

typedef struct {
    uint64_t due; ///< block at which the answer is given (delayed worker)
    uint32_t size;
    uint8_t body[HOST_MESSAGE_SIZE];
} HostMessage;

typedef struct {
    HostMessage messages[HOST_MESSAGES];
    uint32_t first, count;
    pthread_mutex_t lock;
} HostQueue;

typedef struct {
    HostWorker mode;
    const LV2_Worker_Interface* plugin;
    LV2_Handle handle;
    HostQueue requests, answers;
    pthread_t thread;
    sem_t wake;
    bool thread_runs;
    bool stop;
    bool in_run;
    uint64_t block;                           ///< counted by host_worker_after_run()
    uint32_t delay;                           ///< blocks
    void (*rt_enter)(void), (*rt_exit)(void); ///< of a trap in the process, or NULL
} HostWork;

typedef struct {
    HostPort port;
    float value;         ///< of a control
    float* memory;       ///< audio: guard, block, guard
    float* buffer;       ///< audio: where the block lies
    int shares;          ///< audio output: index of the input whose buffer it shares, or -1
    const float* signal; ///< audio input: what the test feeds
    size_t signal_frames;
    uint64_t signal_start;
    float* collected; ///< audio output
    size_t collected_space;
    uint8_t* sequence; ///< atom: capacity bytes and a guard
    uint32_t capacity;
} Slot;

typedef struct {
    uint64_t frame;
    uint64_t order;
    LV2_URID type;
    uint32_t size;
    uint8_t* body;
} Scheduled;

struct Host {
    HostWorld* world;
    const LilvPlugin* plugin;
    LilvInstance* instance;
    HostConfig config;
    Slot* slots;
    HostPort* ports; ///< the public half of the slots
    uint32_t n_slots;
    bool active;
    uint64_t frame;
    uint32_t random;
    char fault[256];

    Scheduled* scheduled;
    size_t n_scheduled, scheduled_space, next_scheduled;
    bool scheduled_sorted;

    HostEvent* events;
    size_t n_events, events_space;
    struct HostChunk* chunks; ///< bodies of the events
    size_t collected_frames;

    void (*call_run)(LilvInstance*, uint32_t);
    void (*on_block)(Host*, uint32_t, void*);
    void* on_block_data;

    HostWork work;
    LV2_Worker_Schedule schedule;
    LV2_Options_Option options[7];
    int32_t option_min, option_max, option_nominal, option_sequence;
    float option_rate;
    LV2_State_Make_Path make_path;
    LV2_State_Map_Path map_path;
    LV2_State_Free_Path free_path;
    LV2_Log_Log log;
    LV2_Inline_Display display;
    LV2_Feature features[11];
    const LV2_Feature* feature_list[12];
};

void host_say_fault(Host* host, const char* format, ...) __attribute__((format(printf, 2, 3)));

/// Memory or death: the host is a test tool.
void* host_alloc(size_t size);
void* host_realloc(void* memory, size_t size);
_Noreturn void host_die(const char* format, ...) __attribute__((format(printf, 1, 2)));

LV2_URID_Map* host_world_map(HostWorld* world);
LV2_URID_Unmap* host_world_unmap(HostWorld* world);

/// Builds the ports' slots from the plugin's data; buffers included.
void host_ports_new(Host* host);
void host_ports_free(Host* host);
/// Connects every port to where its data lie in the next block.
void host_ports_connect(Host* host);
/// Before run(): inputs filled, outputs poisoned, sequences ready.
void host_ports_fill(Host* host, uint32_t n);
/// After run(): guards looked at, outputs collected.
void host_ports_collect(Host* host, uint32_t n);
size_t host_slot_bytes(const Host* host, uint32_t index);
Slot* host_slot(const Host* host, const char* symbol);

void host_worker_open(HostWork* work, const HostConfig* config);
void host_worker_start(HostWork* work, const LV2_Worker_Interface* plugin, LV2_Handle handle);
void host_worker_close(HostWork* work);
LV2_Worker_Status host_worker_schedule(void* work, uint32_t size, const void* data);
void host_worker_after_run(HostWork* work);

void host_features_fill(Host* host);

#endif
