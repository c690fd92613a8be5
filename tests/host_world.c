// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#define _XOPEN_SOURCE 700 // realpath, strdup
#include "host_internal.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct HostWorld {
    LilvWorld* lilv;
    const LilvPlugin** plugins;
    size_t n_plugins;
    LV2_URID_Map map;
    LV2_URID_Unmap unmap;
    pthread_mutex_t lock;
    char** uris; ///< URID - 1 is the index
    size_t n_uris, uris_space;
};

_Noreturn void host_die(const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("test host: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}

void* host_realloc(void* memory, size_t size)
{
    void* const more = realloc(memory, size ? size : 1);
    if (!more)
        host_die("no memory for %zu bytes", size);
    return more;
}

void* host_alloc(size_t size)
{
    void* const memory = calloc(1, size ? size : 1); // large ones cost nothing until they are used
    if (!memory)
        host_die("no memory for %zu bytes", size);
    return memory;
}

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char* uri)
{
    HostWorld* const world = handle;
    pthread_mutex_lock(&world->lock);
    size_t i = 0;
    while (i < world->n_uris && strcmp(world->uris[i], uri) != 0)
        ++i;
    if (i == world->n_uris) {
        if (world->n_uris == world->uris_space) {
            world->uris_space = world->uris_space ? 2 * world->uris_space : 64;
            world->uris = host_realloc(world->uris, world->uris_space * sizeof(char*));
        }
        world->uris[world->n_uris++] = strdup(uri);
    }
    pthread_mutex_unlock(&world->lock);
    return (LV2_URID)(i + 1);
}

static const char* unmap_urid(LV2_URID_Unmap_Handle handle, LV2_URID urid)
{
    HostWorld* const world = handle;
    pthread_mutex_lock(&world->lock);
    const char* const uri = urid >= 1 && urid <= world->n_uris ? world->uris[urid - 1] : NULL;
    pthread_mutex_unlock(&world->lock);
    return uri;
}

/// The bundle the build made, sought from the working folder upwards.
static const char* find_bundle(char* path, size_t size)
{
    const char* const given = getenv("TONUS_BUNDLE");
    if (given && *given)
        return given;
    static const char* const places[] = {"build/lv2/tonus.lv2", "lv2/tonus.lv2", "../lv2/tonus.lv2",
                                         "../build/lv2/tonus.lv2", "../../lv2/tonus.lv2"};
    for (size_t i = 0; i < sizeof places / sizeof *places; ++i) {
        snprintf(path, size, "%s/manifest.ttl", places[i]);
        if (access(path, R_OK) == 0)
            return places[i];
    }
    return NULL;
}

HostWorld* host_world_new(const char* bundle)
{
    HostWorld* const world = host_alloc(sizeof *world);
    world->lilv = lilv_world_new();
    pthread_mutex_init(&world->lock, NULL);
    world->map = (LV2_URID_Map){world, map_uri};
    world->unmap = (LV2_URID_Unmap){world, unmap_urid};
    char path[PATH_MAX];
    if (!bundle)
        bundle = find_bundle(path, sizeof path);
    if (!bundle)
        host_die("no bundle: build first, or set TONUS_BUNDLE");
    if (!host_world_load(world, bundle))
        host_die("no bundle %s", bundle);
    return world;
}

bool host_world_load(HostWorld* world, const char* bundle)
{
    char manifest[PATH_MAX];
    char* const real = realpath(bundle, NULL);
    if (!real)
        return false;
    snprintf(manifest, sizeof manifest, "%s/manifest.ttl", real);
    const bool exists = access(manifest, R_OK) == 0;
    if (exists) {
        char folder[PATH_MAX];
        snprintf(folder, sizeof folder, "%s/", real);
        LilvNode* const uri = lilv_new_file_uri(world->lilv, NULL, folder);
        lilv_world_load_bundle(world->lilv, uri);
        lilv_node_free(uri);
        free(world->plugins);
        world->plugins = NULL;
    }
    free(real);
    return exists;
}

void host_world_free(HostWorld* world)
{
    if (!world)
        return;
    free(world->plugins);
    lilv_world_free(world->lilv);
    for (size_t i = 0; i < world->n_uris; ++i)
        free(world->uris[i]);
    free(world->uris);
    pthread_mutex_destroy(&world->lock);
    free(world);
}

LilvWorld* host_world_lilv(const HostWorld* world)
{
    return world->lilv;
}
LV2_URID_Map* host_world_map(HostWorld* world)
{
    return &world->map;
}
LV2_URID_Unmap* host_world_unmap(HostWorld* world)
{
    return &world->unmap;
}
LV2_URID host_urid(HostWorld* world, const char* uri)
{
    return map_uri(world, uri);
}
const char* host_uri(HostWorld* world, LV2_URID urid)
{
    return unmap_urid(world, urid);
}

static const char* plugin_uri(const LilvPlugin* plugin)
{
    return lilv_node_as_uri(lilv_plugin_get_uri(plugin));
}

static int by_uri(const void* a, const void* b)
{
    return strcmp(plugin_uri(*(const LilvPlugin* const*)a),
                  plugin_uri(*(const LilvPlugin* const*)b));
}

const LilvPlugin* const* host_world_plugins(HostWorld* world, size_t* count)
{
    if (!world->plugins) {
        const LilvPlugins* const all = lilv_world_get_all_plugins(world->lilv);
        world->plugins = host_alloc(lilv_plugins_size(all) * sizeof *world->plugins);
        world->n_plugins = 0;
        LILV_FOREACH(plugins, i, all)
        world->plugins[world->n_plugins++] = lilv_plugins_get(all, i);
        qsort(world->plugins, world->n_plugins, sizeof *world->plugins, by_uri);
    }
    *count = world->n_plugins;
    return world->plugins;
}

const char* host_plugin_name(const LilvPlugin* plugin)
{
    const char* const uri = plugin_uri(plugin);
    const size_t length = strlen(uri);
    size_t start = length;
    while (start > 0 && !strchr(":/#", uri[start - 1]))
        --start;
    return uri + start;
}

const LilvPlugin* host_world_plugin(HostWorld* world, const char* name)
{
    size_t count = 0;
    const LilvPlugin* const* const plugins = host_world_plugins(world, &count);
    for (size_t i = 0; i < count; ++i)
        if (strcmp(plugin_uri(plugins[i]), name) == 0)
            return plugins[i];
    for (size_t i = 0; i < count; ++i)
        if (strcmp(host_plugin_name(plugins[i]), name) == 0)
            return plugins[i];
    return NULL;
}
