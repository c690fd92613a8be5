// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// No memory left: with the n-th allocation of the plugin failing, for each n, it refuses or works,
/// and gives back what it had taken. After a life nothing is left over.
///
/// The functions that take memory are this program's own; they count and fail only what is called
/// from the plugin's binary. (What libsndfile takes within itself is its own.)
#define _GNU_SOURCE // dladdr
#include "check.h"
#include "feed.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC visibility push(default) // the plugins' binaries must find these, not those of libc
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* memory);
void* memalign(size_t alignment, size_t size);
void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* memory, size_t size);
void* aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void** memory, size_t alignment, size_t size);
void free(void* memory);
#pragma GCC visibility pop

enum { MAX_LIVE = 65536 };

static struct {
    bool armed;
    void* base;       ///< of the plugin's binary
    unsigned count;   ///< of its allocations since armed
    unsigned fail_at; ///< this one fails; 0: none
    unsigned failed;  ///< how many did
    void* live[MAX_LIVE];
    unsigned n_live;
} heap;

static bool ours(void* caller)
{
    Dl_info info;
    return heap.armed && dladdr(caller, &info) && info.dli_fbase == heap.base;
}

/// Counts one allocation of the plugin; true when it shall fail.
static bool fails(void)
{
    const bool fail = ++heap.count == heap.fail_at;
    heap.failed += fail;
    return fail;
}

static void* born(void* memory)
{
    if (memory && heap.n_live < MAX_LIVE) {
        heap.live[heap.n_live++] = memory;
    }
    return memory;
}

static void dies(const void* memory)
{
    for (unsigned i = heap.n_live; memory && i-- > 0;) {
        if (heap.live[i] == memory) {
            heap.live[i] = heap.live[--heap.n_live];
            return;
        }
    }
}

void* malloc(size_t size)
{
    if (!ours(__builtin_return_address(0))) {
        return __libc_malloc(size);
    }
    return fails() ? NULL : born(__libc_malloc(size));
}

void* calloc(size_t count, size_t size)
{
    if (!ours(__builtin_return_address(0))) {
        return __libc_calloc(count, size);
    }
    return fails() ? NULL : born(__libc_calloc(count, size));
}

void* realloc(void* memory, size_t size)
{
    if (!ours(__builtin_return_address(0))) {
        return __libc_realloc(memory, size);
    }
    if (fails()) {
        return NULL;
    }
    dies(memory);
    return born(__libc_realloc(memory, size));
}

void* memalign(size_t alignment, size_t size)
{
    if (!ours(__builtin_return_address(0))) {
        return __libc_memalign(alignment, size);
    }
    return fails() ? NULL : born(__libc_memalign(alignment, size));
}

void* aligned_alloc(size_t alignment, size_t size)
{
    if (!ours(__builtin_return_address(0))) {
        return __libc_memalign(alignment, size);
    }
    return fails() ? NULL : born(__libc_memalign(alignment, size));
}

int posix_memalign(void** memory, size_t alignment, size_t size)
{
    const bool mine = ours(__builtin_return_address(0));
    *memory = mine && fails() ? NULL : __libc_memalign(alignment, size);
    if (mine) {
        born(*memory);
    }
    return *memory ? 0 : 12; // ENOMEM
}

void free(void* memory)
{
    if (heap.n_live) {
        dies(memory);
    }
    __libc_free(memory);
}

/// Keeps the plugin's binary loaded and remembers where it lies.
static bool arm(Subject* subject)
{
    char* const path =
        lilv_file_uri_parse(lilv_node_as_uri(lilv_plugin_get_library_uri(subject->plugin)), NULL);
    void* const library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    void* const symbol = library ? dlsym(library, "lv2_descriptor") : NULL;
    Dl_info info;
    const bool fine = symbol && dladdr(symbol, &info);
    lilv_free(path);
    if (!fine) {
        return subject_wrong(subject, "its binary cannot be loaded");
    }
    heap.base = info.dli_fbase;
    return true;
}

/// One short life with the n-th allocation failing (0: none). False when it says something wrong.
static bool life(Subject* subject, unsigned fail_at, Feed* feed)
{
    HostConfig config = host_config();
    config.state_dir = check_folder();
    heap.count = heap.failed = heap.n_live = 0;
    heap.fail_at = fail_at;
    heap.armed = true;
    Host* const host = host_new(subject->world, subject->uri, &config);
    bool fine = true;
    if (host) {
        feed_connect(feed, host, FEED_ECG);
        host_run(host, feed->frames / 2, 256);
        HostState* const state = host_save(host);
        host_restore(host, state);
        host_state_free(state);
        host_run(host, feed->frames / 2, 256);
        fine = subject_host_fine(subject, host);
        host_free(host);
    } else if (!heap.failed) {
        fine = subject_wrong(subject, "does not instantiate");
    }
    heap.armed = false;
    if (fine && heap.n_live) {
        fine = subject_wrong(subject, "with allocation %u failing it leaves %u behind", fail_at,
                             heap.n_live);
    }
    return fine;
}

static bool balance(Subject* subject)
{
    Feed* const feed = feed_new(8000.0, 20.0);
    bool fine = arm(subject);
    for (int i = 0; fine && i < 3; ++i) {
        fine = life(subject, 0, feed);
    }
    if (fine && !heap.count) {
        fine = subject_wrong(subject, "takes no memory, or none was seen");
    }
    feed_free(feed);
    return fine;
}

static bool failing(Subject* subject)
{
    Feed* const feed = feed_new(8000.0, 2.0);
    bool fine = arm(subject) && life(subject, 0, feed);
    const unsigned count = heap.count;
    for (unsigned n = 1; fine && n <= count; ++n) {
        fine = life(subject, n, feed);
    }
    feed_free(feed);
    return fine;
}

int main(int argc, char** argv)
{
    static const Check checks[] = {{"allocation balance", balance, 0},
                                   {"failing allocation", failing, 0}};
    return check_main(argc, argv, "allocation", checks, sizeof checks / sizeof *checks);
}
