// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#define _GNU_SOURCE // RTLD_DEFAULT
#include "host_internal.h"

#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/midi/midi.h>
#include <lv2/parameters/parameters.h>

#include <dlfcn.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

HostConfig host_config(void)
{
    return (HostConfig){.rate = 48000.0,
                        .max_block = 8192,
                        .worker = HOST_WORKER_DELAYED,
                        .worker_delay = 0,
                        .out_capacity = 8192,
                        .keep_audio = true,
                        .keep_events = true,
                        .seed = 1};
}

void host_say_fault(Host* host, const char* format, ...)
{
    if (host->fault[0])
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(host->fault, sizeof host->fault, format, arguments);
    va_end(arguments);
}

// ---- Features --------------------------------------------------------------------------------

static char* make_path(LV2_State_Make_Path_Handle handle, const char* path)
{
    const Host* const host = handle;
    char whole[PATH_MAX];
    snprintf(whole, sizeof whole, "%s/%s", host->config.state_dir, path);
    for (char* at = whole + strlen(host->config.state_dir) + 1; (at = strchr(at, '/')); ++at) {
        *at = '\0';
        mkdir(whole, 0777);
        *at = '/';
    }
    return strdup(whole);
}

static char* abstract_path(LV2_State_Map_Path_Handle handle, const char* path)
{
    const Host* const host = handle;
    const size_t length = strlen(host->config.state_dir);
    const bool inside = strncmp(path, host->config.state_dir, length) == 0 && path[length] == '/';
    return strdup(inside ? path + length + 1 : path);
}

static char* absolute_path(LV2_State_Map_Path_Handle handle, const char* path)
{
    const Host* const host = handle;
    char whole[PATH_MAX];
    if (path[0] == '/')
        return strdup(path);
    snprintf(whole, sizeof whole, "%s/%s", host->config.state_dir, path);
    return strdup(whole);
}

static void free_path(LV2_State_Free_Path_Handle handle, char* path)
{
    (void)handle;
    free(path);
}

static int log_vprintf(LV2_Log_Handle handle, LV2_URID type, const char* format, va_list arguments)
{
    (void)type;
    const Host* const host = handle;
    if (!getenv("TONUS_TEST_LOG"))
        return 0;
    fprintf(stderr, "%s: ", host_plugin_name(host->plugin));
    return vfprintf(stderr, format, arguments);
}

static int log_printf(LV2_Log_Handle handle, LV2_URID type, const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = log_vprintf(handle, type, format, arguments);
    va_end(arguments);
    return length;
}

static void fill_options(Host* host)
{
    HostWorld* const world = host->world;
    const LV2_URID integer = host_urid(world, LV2_ATOM__Int);
    host->option_min = 0;
    host->option_max = (int32_t)host->config.max_block;
    host->option_nominal = (int32_t)host->config.max_block;
    host->option_sequence = (int32_t)host->config.out_capacity;
    host->option_rate = (float)host->config.rate;
    const struct {
        const char* uri;
        const int32_t* value;
    } numbers[] = {{LV2_BUF_SIZE__minBlockLength, &host->option_min},
                   {LV2_BUF_SIZE__maxBlockLength, &host->option_max},
                   {LV2_BUF_SIZE__nominalBlockLength, &host->option_nominal},
                   {LV2_BUF_SIZE__sequenceSize, &host->option_sequence}};
    size_t n = 0;
    for (; n < 4; ++n)
        host->options[n] =
            (LV2_Options_Option){LV2_OPTIONS_INSTANCE, 0,       host_urid(world, numbers[n].uri),
                                 sizeof(int32_t),      integer, numbers[n].value};
    host->options[n++] = (LV2_Options_Option){LV2_OPTIONS_INSTANCE,
                                              0,
                                              host_urid(world, LV2_PARAMETERS__sampleRate),
                                              sizeof(float),
                                              host_urid(world, LV2_ATOM__Float),
                                              &host->option_rate};
}

// Asked for a picture: this host draws when its test says so
static void queue_draw(void* handle)
{
    (void)handle;
}

void host_features_fill(Host* host)
{
    fill_options(host);
    host->schedule = (LV2_Worker_Schedule){&host->work, host_worker_schedule};
    host->make_path = (LV2_State_Make_Path){host, make_path};
    host->map_path = (LV2_State_Map_Path){host, abstract_path, absolute_path};
    host->free_path = (LV2_State_Free_Path){host, free_path};
    host->log = (LV2_Log_Log){host, log_printf, log_vprintf};
    size_t n = 0;
    host->features[n++] = (LV2_Feature){LV2_URID__map, host_world_map(host->world)};
    host->features[n++] = (LV2_Feature){LV2_URID__unmap, host_world_unmap(host->world)};
    host->features[n++] = (LV2_Feature){LV2_OPTIONS__options, host->options};
    host->features[n++] = (LV2_Feature){LV2_BUF_SIZE__boundedBlockLength, NULL};
    host->features[n++] = (LV2_Feature){LV2_LOG__log, &host->log};
    if (host->config.worker != HOST_WORKER_NONE)
        host->features[n++] = (LV2_Feature){LV2_WORKER__schedule, &host->schedule};
    if (host->config.state_dir) {
        host->features[n++] = (LV2_Feature){LV2_STATE__makePath, &host->make_path};
        host->features[n++] = (LV2_Feature){LV2_STATE__mapPath, &host->map_path};
        host->features[n++] = (LV2_Feature){LV2_STATE__freePath, &host->free_path};
    }
    host->display = (LV2_Inline_Display){host, queue_draw};
    if (host->config.display)
        host->features[n++] = (LV2_Feature){LV2_INLINEDISPLAY__queue_draw, &host->display};
    for (size_t i = 0; i < n; ++i)
        host->feature_list[i] = &host->features[i];
}

// ---- Life ------------------------------------------------------------------------------------

Host* host_new(HostWorld* world, const char* name, const HostConfig* config)
{
    const LilvPlugin* const plugin = host_world_plugin(world, name);
    if (!plugin)
        return NULL;
    Host* const host = host_alloc(sizeof *host);
    host->world = world;
    host->plugin = plugin;
    host->config = config ? *config : host_config();
    host->random = 2463534242u ^ (host->config.seed * 2654435761u);
    host_urid(world, LV2_ATOM__Sequence);
    host_urid(world, LV2_ATOM__Chunk);
    // Data pointers and function pointers are the same size in POSIX, though not in C.
    *(void**)&host->work.rt_enter = dlsym(RTLD_DEFAULT, "rt_enter");
    *(void**)&host->work.rt_exit = dlsym(RTLD_DEFAULT, "rt_exit");
    host_worker_open(&host->work, &host->config);
    host_features_fill(host);
    host->instance = lilv_plugin_instantiate(plugin, host->config.rate, host->feature_list);
    if (!host->instance) {
        host_worker_close(&host->work);
        free(host);
        return NULL;
    }
    host_ports_new(host);
    host_ports_connect(host);
    host_worker_start(&host->work,
                      lilv_instance_get_extension_data(host->instance, LV2_WORKER__interface),
                      host_handle(host));
    host_activate(host);
    return host;
}

void host_free(Host* host)
{
    if (!host)
        return;
    host_deactivate(host);
    host_worker_close(&host->work);
    lilv_instance_free(host->instance);
    host_ports_free(host);
    for (size_t i = host->next_scheduled; i < host->n_scheduled; ++i)
        free(host->scheduled[i].body);
    free(host->scheduled);
    free(host->events);
    free(host);
}

void host_activate(Host* host)
{
    if (!host->active)
        lilv_instance_activate(host->instance);
    host->active = true;
}

void host_deactivate(Host* host)
{
    if (host->active)
        lilv_instance_deactivate(host->instance);
    host->active = false;
}

LilvInstance* host_instance(const Host* host)
{
    return host->instance;
}
const LilvPlugin* host_plugin(const Host* host)
{
    return host->plugin;
}
HostWorld* host_world(const Host* host)
{
    return host->world;
}
LV2_Handle host_handle(const Host* host)
{
    return lilv_instance_get_handle(host->instance);
}
double host_rate(const Host* host)
{
    return host->config.rate;
}
uint64_t host_frame(const Host* host)
{
    return host->frame;
}
size_t host_own_bytes(const Host* host)
{
    size_t bytes = sizeof *host + host->n_slots * (sizeof *host->slots + sizeof *host->ports);
    for (uint32_t i = 0; i < host->n_slots; ++i)
        bytes += host_slot_bytes(host, i);
    return bytes;
}

const char* host_fault(const Host* host)
{
    return host->fault[0] ? host->fault : NULL;
}

// ---- Ports -----------------------------------------------------------------------------------

const HostPort* host_ports(const Host* host, uint32_t* count)
{
    *count = host->n_slots;
    return host->ports;
}

const HostPort* host_port(const Host* host, const char* symbol)
{
    const Slot* const slot = host_slot(host, symbol);
    return slot ? &host->ports[slot->port.index] : NULL;
}

static Slot* need(const Host* host, const char* symbol)
{
    Slot* const slot = host_slot(host, symbol);
    if (!slot)
        host_die("%s has no port %s", host_plugin_name(host->plugin), symbol);
    return slot;
}

void host_set(Host* host, const char* symbol, float value)
{
    need(host, symbol)->value = value;
}
float host_get(const Host* host, const char* symbol)
{
    return need(host, symbol)->value;
}

void host_input(Host* host, const char* symbol, const float* samples, size_t frames)
{
    Slot* const slot = need(host, symbol);
    slot->signal = samples;
    slot->signal_frames = frames;
    slot->signal_start = host->frame;
}

const float* host_output(const Host* host, const char* symbol)
{
    return need(host, symbol)->collected;
}

size_t host_output_frames(const Host* host)
{
    return host->collected_frames;
}

// ---- Events ----------------------------------------------------------------------------------

void host_atom(Host* host, uint64_t frame, LV2_URID type, const void* body, uint32_t size)
{
    if (frame < host->frame)
        host_die("an event for frame %lu at frame %lu", (unsigned long)frame,
                 (unsigned long)host->frame);
    if (host->n_scheduled == host->scheduled_space) {
        host->scheduled_space = host->scheduled_space ? 2 * host->scheduled_space : 256;
        host->scheduled =
            host_realloc(host->scheduled, host->scheduled_space * sizeof *host->scheduled);
    }
    Scheduled* const event = &host->scheduled[host->n_scheduled];
    *event = (Scheduled){frame, host->n_scheduled, type, size, host_alloc(size)};
    if (size)
        memcpy(event->body, body, size);
    if (host->n_scheduled > host->next_scheduled && event[-1].frame > frame)
        host->scheduled_sorted = false;
    host->n_scheduled++;
}

void host_midi(Host* host, uint64_t frame, const uint8_t* message, uint32_t size)
{
    host_atom(host, frame, host_urid(host->world, LV2_MIDI__MidiEvent), message, size);
}

const HostEvent* host_events(const Host* host, size_t* count)
{
    *count = host->n_events;
    return host->events;
}

bool host_event_is_midi(const Host* host, const HostEvent* event)
{
    return event->type == host_urid(host->world, LV2_MIDI__MidiEvent);
}

static int by_frame(const void* a, const void* b)
{
    const Scheduled* const p = a;
    const Scheduled* const q = b;
    if (p->frame != q->frame)
        return p->frame < q->frame ? -1 : 1;
    return p->order < q->order ? -1 : p->order > q->order;
}

// ---- Running ---------------------------------------------------------------------------------

void host_on_block(Host* host, void (*callback)(Host*, uint32_t, void*), void* data)
{
    host->on_block = callback;
    host->on_block_data = data;
}

void host_around_run(Host* host, void (*before)(void), void (*after)(void))
{
    host->work.rt_enter = before;
    host->work.rt_exit = after;
}

void host_call_run(Host* host, void (*run)(LilvInstance*, uint32_t))
{
    host->call_run = run;
}

bool host_draw(Host* host, uint32_t width, uint32_t max_height)
{
    const LV2_Inline_Display_Interface* const display =
        lilv_instance_get_extension_data(host->instance, LV2_INLINEDISPLAY__interface);
    return display && host->config.display &&
           display->render(host_handle(host), width, max_height) != NULL;
}

void host_block(Host* host, uint32_t n)
{
    if (n > host->config.max_block)
        host_die("a block of %u frames, more than the %u announced", n, host->config.max_block);
    if (!host->scheduled_sorted && host->n_scheduled)
        qsort(host->scheduled + host->next_scheduled, host->n_scheduled - host->next_scheduled,
              sizeof *host->scheduled, by_frame);
    host->scheduled_sorted = true;
    host_ports_fill(host, n);
    host->work.in_run = true;
    if (host->work.rt_enter)
        host->work.rt_enter();
    if (host->call_run)
        host->call_run(host->instance, n);
    else
        lilv_instance_run(host->instance, n);
    if (host->work.rt_exit)
        host->work.rt_exit();
    host->work.in_run = false;
    host_ports_collect(host, n);
    host_worker_after_run(&host->work);
    host->frame += n;
    if (host->on_block)
        host->on_block(host, n, host->on_block_data);
}

void host_run(Host* host, uint64_t frames, uint32_t block)
{
    while (frames) {
        uint32_t n = block;
        if (!block) {
            host->random ^= host->random << 13;
            host->random ^= host->random >> 17;
            host->random ^= host->random << 5;
            n = 1 + host->random % host->config.max_block;
        }
        if (n > frames)
            n = (uint32_t)frames;
        host_block(host, n);
        frames -= n;
    }
}
