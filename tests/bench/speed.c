// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What each plugin costs, beside installed ones that do like work.
///
/// The same minute is run several times, each time by a fresh instance; a block's time is its least
/// over the runs, so that what else the machine does is left out. An argument limits the table to
/// one plugin.
#define _GNU_SOURCE // mallinfo2, strdup
#include "check.h"
#include "feed.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BLOCK = 256, RUNS = 5, MAX_BLOCKS = 65536 };
static const double SECONDS = 40.0;

static const char* const REFERENCES[] = {"/usr/lib/lv2/tuna.lv2", "/usr/lib/lv2/darc.lv2",
                                         "/usr/lib/lv2/eg-amp.lv2"};
static const char* const REFERENCE_PLUGINS[] = {
    "http://gareus.org/oss/lv2/tuna#one", "http://gareus.org/oss/lv2/darc#mono",
    "http://gareus.org/oss/lv2/darc#stereo", "http://lv2plug.in/plugins/eg-amp"};

static double clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static double begun, spent; // ns: of the last run()

static void before(void)
{
    begun = clock_ns();
}
static void after(void)
{
    spent = clock_ns() - begun;
}

/// What this thread had of the processor: other programs' turns are not in it, their caches are.
static double processor_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static void before_turn(void)
{
    begun = processor_ns();
}
static void after_turn(void)
{
    spent = processor_ns() - begun;
}

typedef struct {
    double ns_per_frame;
    double median_us, worst_us; ///< block
    double instantiate_ms;
    double memory_kb;
} Cost;

static int by_value(const void* a, const void* b)
{
    const double p = *(const double*)a, q = *(const double*)b;
    return (p > q) - (p < q);
}

static double memory_kb(void)
{
    const struct mallinfo2 heap = mallinfo2();
    return (double)(heap.uordblks + heap.hblkhd) / 1024.0;
}

static HostConfig quiet(double rate)
{
    HostConfig config = host_config();
    config.rate = rate;
    config.max_block = BLOCK;
    config.keep_audio = false;
    config.keep_events = false;
    return config;
}

/// Time and memory of the instance itself: lilv_plugin_instantiate with the library loaded before.
static void cost_of_instance(HostWorld* world, const char* uri, double rate, Cost* cost)
{
    const HostConfig config = quiet(rate);
    Host* const first = host_new(world, uri, &config); // the library stays loaded
    cost->instantiate_ms = 1e9;
    for (int i = 0; i < 5; ++i) {
        // what the test host takes for itself is known from a first instance of the same plugin
        const double kb = memory_kb(), start = clock_ns();
        Host* const host = host_new(world, uri, &config);
        const double ms = (clock_ns() - start) / 1e6;
        cost->instantiate_ms = ms < cost->instantiate_ms ? ms : cost->instantiate_ms;
        const double more = memory_kb() - kb - (double)host_own_bytes(host) / 1024.0;
        cost->memory_kb = more > 0.0 ? more : 0.0;
        host_free(host);
    }
    host_free(first);
}

static bool measure(HostWorld* world, const char* uri, double rate, Cost* cost)
{
    static double least[MAX_BLOCKS], sorted[MAX_BLOCKS];
    Feed* const feed = feed_new(rate, SECONDS);
    const uint32_t blocks = feed->frames / BLOCK < MAX_BLOCKS ? feed->frames / BLOCK : MAX_BLOCKS;
    const HostConfig config = quiet(rate);
    for (int r = 0; r < RUNS; ++r) {
        Host* const host = host_new(world, uri, &config);
        if (!host) {
            feed_free(feed);
            return false;
        }
        host_around_run(host, before, after);
        feed_connect(feed, host, FEED_ECG);
        feed_midi(host, SECONDS, 1);
        for (uint32_t b = 0; b < blocks; ++b) {
            host_block(host, BLOCK);
            least[b] = r && least[b] < spent ? least[b] : spent;
        }
        host_free(host);
    }
    feed_free(feed);
    double sum = 0.0;
    for (uint32_t b = 0; b < blocks; ++b) {
        sum += least[b];
        sorted[b] = least[b];
    }
    qsort(sorted, blocks, sizeof *sorted, by_value);
    cost->ns_per_frame = sum / blocks / BLOCK;
    cost->median_us = sorted[blocks / 2] / 1e3;
    cost->worst_us = sorted[blocks - 1] / 1e3;
    cost_of_instance(world, uri, rate, cost);
    return true;
}

/// Per cent of one core that `count` instances take, run in turn.
static double load(HostWorld* world, const char* uri, double rate, int count)
{
    enum { MAX_COUNT = 64 };
    Host* hosts[MAX_COUNT];
    const double seconds = 3.0;
    Feed* const feed = feed_new(rate, seconds);
    const HostConfig config = quiet(rate);
    double best = 1e18;
    for (int i = 0; i < count; ++i) {
        hosts[i] = host_new(world, uri, &config);
        host_around_run(hosts[i], before_turn, after_turn);
        feed_connect(feed, hosts[i], FEED_ECG);
        feed_midi(hosts[i], seconds, 1);
    }
    const uint32_t blocks = feed->frames / BLOCK, part = blocks / 6;
    for (int p = 0; p < 6; ++p) { // the best sixth: what else the machine does is left out
        double sum = 0.0;
        for (uint32_t b = 0; b < part; ++b) {
            for (int i = 0; i < count; ++i) {
                host_block(hosts[i], BLOCK);
                sum += spent;
            }
        }
        best = sum < best ? sum : best;
    }
    for (int i = 0; i < count; ++i) {
        host_free(hosts[i]);
    }
    feed_free(feed);
    return 100.0 * best / (1e9 * part * BLOCK / rate);
}

/// ns per frame; 0 when there is no such plugin
static double print_cost(HostWorld* world, const char* uri, const char* name)
{
    Cost cost;
    if (!measure(world, uri, 48000.0, &cost)) {
        return 0.0;
    }
    printf("%-22s %8.1f %9.2f %9.2f %9.1f %9.2f %9.0f\n", name, cost.ns_per_frame, cost.median_us,
           cost.worst_us, cost.worst_us / cost.median_us, cost.instantiate_ms, cost.memory_kb);
    fflush(stdout);
    return cost.ns_per_frame;
}

static void print_ratio(const char* words, double own, double reference)
{
    if (own > 0.0 && reference > 0.0) {
        printf("%s: %.2f (asked: at most 0.50)\n", words, own / reference);
    }
}

static void print_loads(HostWorld* world, const char* uri, const char* name)
{
    printf(
        "%-22s %8.2f %8.2f %8.2f   %8.2f %8.2f %8.2f %8.2f\n", name, load(world, uri, 48000.0, 1),
        load(world, uri, 48000.0, 8), load(world, uri, 48000.0, 64), load(world, uri, 44100.0, 1),
        load(world, uri, 48000.0, 1), load(world, uri, 96000.0, 1), load(world, uri, 192000.0, 1));
    fflush(stdout);
}

int main(int argc, char** argv)
{
    HostWorld* const world = host_world_new(NULL);
    size_t n = 0;
    const LilvPlugin* const* plugins = host_world_plugins(world, &n);
    const size_t n_own = n;
    char** const own = calloc(n, sizeof *own);
    setenv("HOME", check_folder(), 1);
    for (size_t i = 0; i < n; ++i) {
        own[i] = strdup(lilv_node_as_uri(lilv_plugin_get_uri(plugins[i])));
    }
    for (size_t i = 0; i < sizeof REFERENCES / sizeof *REFERENCES; ++i) {
        host_world_load(world, REFERENCES[i]);
    }
    const char* const only =
        argc > 1 && argv[1][0] && !strchr("0123456789", argv[1][0]) ? argv[1] : NULL;
    double relax = 0.0, beat = 0.0, tuna = 0.0, darc = 0.0;
    printf("Cost at 48 kHz in blocks of %d frames\n", BLOCK);
    printf("%-22s %8s %9s %9s %9s %9s %9s\n", "plugin", "ns/frame", "median us", "worst us",
           "worst/med", "inst. ms", "memory KB");
    for (size_t i = 0; i < n_own; ++i) {
        const char* const name = strrchr(own[i], ':') + 1;
        if (!only || !strcmp(only, name)) {
            const double ns = print_cost(world, own[i], name);
            relax = strcmp(name, "relax") ? relax : ns;
            beat = strcmp(name, "beat") ? beat : ns;
        }
    }
    for (size_t i = 0; i < sizeof REFERENCE_PLUGINS / sizeof *REFERENCE_PLUGINS; ++i) {
        const char* const slash = strrchr(REFERENCE_PLUGINS[i], '/') + 1;
        if (host_world_plugin(world, REFERENCE_PLUGINS[i])) {
            const double ns = print_cost(world, REFERENCE_PLUGINS[i], slash);
            tuna = strcmp(slash, "tuna#one") ? tuna : ns;
            darc = strcmp(slash, "darc#stereo") ? darc : ns;
        }
    }
    print_ratio("relax / tuna", relax, tuna);
    print_ratio("beat / darc, stereo", beat, darc);
    printf("\nLoad in per cent of one core (asked: 64 of relax below 100)\n%-22s %8s %8s %8s   %8s "
           "%8s %8s %8s\n",
           "plugin", "1", "8", "64 inst.", "44.1 kHz", "48 kHz", "96 kHz", "192 kHz");
    for (size_t i = 0; i < n_own; ++i) {
        const char* const name = strrchr(own[i], ':') + 1;
        if (!only || !strcmp(only, name)) {
            print_loads(world, own[i], name);
        }
        free(own[i]);
    }
    free(own);
    host_world_free(world);
    check_clean();
    return 0;
}
