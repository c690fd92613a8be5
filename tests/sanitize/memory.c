// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Whole lives of every plugin, for tools that see wrong memory and races: built with the address
/// sanitizer it checks "address sanitizer", built with the thread sanitizer "thread sanitizer",
/// else it is meant for valgrind. tests/plugins/test_sanitizers.sh, test_threads.sh and
/// test_valgrind.sh run it.
#include "check.h"
#include "feed.h"
#include "host_window.h"
#include "xworld.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>

/// Words in pictures: fontconfig keeps some 600 bytes of its own per process, however many lives.
__attribute__((visibility("default"))) const char* __lsan_default_suppressions(void);
const char* __lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}
#endif

static const double RATE = 48000.0;

/// Everything that a host may do with an instance, shortly.
static bool live(Subject* subject, uint32_t seed, double seconds, Feed* feed)
{
    static const HostWorker workers[] = {HOST_WORKER_DELAYED, HOST_WORKER_SYNC,
                                         HOST_WORKER_THREADED};
    uint32_t random = seed * 2654435761u + 1;
    HostConfig config = host_config();
    config.rate = feed->rate;
    config.worker = workers[seed % 3];
    config.in_place = seed % 2;
    config.null_optional = seed % 5 == 4;
    config.out_capacity = seed % 4 == 3 ? 64 : 8192;
    config.state_dir = check_folder();
    config.seed = seed;
    config.display = seed % 2;
    Host* const host = subject_host(subject, &config);
    if (!host) {
        return false;
    }
    feed_connect(feed, host, (int)(seed % 2));
    feed_midi(host, seconds, seed);
    if (seed % 3) {
        feed_window(host, seconds);
    }
    const uint64_t frames = (uint64_t)(seconds * feed->rate / 4);
    host_run(host, frames, 0);
    HostState* const state = host_save(host);
    feed_controls(host, FEED_RANDOM, &random);
    host_run(host, frames, 64);
    host_restore(host, state);
    host_draw(host, 40 + seed % 300, 100);
    feed_controls(host, FEED_MAXIMA, &random);
    host_run(host, frames, 1000);
    host_state_free(state);
    if (seed % 3 == 0) {
        host_deactivate(host);
        host_activate(host);
    }
    LilvNodes* const presets = host_presets(subject->world, subject->plugin);
    LILV_FOREACH(nodes, i, presets)
    {
        host_load_preset(host, lilv_nodes_get(presets, i));
    }
    lilv_nodes_free(presets);
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    for (uint32_t i = 0; i < n; ++i) { // one wild value each
        const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f};
        if (ports[i].kind == HOST_CONTROL && ports[i].is_input) {
            host_set(host, ports[i].symbol, wild[check_random(&random) % 5]);
        }
    }
    host_run(host, frames, 300);
    const bool fine = subject_host_fine(subject, host);
    host_free(host);
    return fine;
}

/// Up to 1000 lives; in the test as many as fit in a moment of the processor's time, in the soak
/// (TONUS_LIVES=1000) all.
__attribute__((unused)) static bool lives(Subject* subject)
{
    const char* const wanted = getenv("TONUS_LIVES");
    const uint32_t count = wanted ? (uint32_t)atoi(wanted) : 1000;
    const double limit_s = wanted ? 1e9 : 1.5;
    const double rates[] = {RATE, 44100.0, 8000.0, 192000.0};
    struct timespec begin, now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    now = begin;
    for (uint32_t i = 0; i < count; ++i) {
        Feed* const feed = feed_new(rates[i % 4], i ? 0.25 : 8.0);
        const bool fine = live(subject, i, i ? 0.25 : 8.0, feed);
        feed_free(feed);
        if (!fine) {
            return false;
        }
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        if ((double)(now.tv_sec - begin.tv_sec) + 1e-9 * (double)(now.tv_nsec - begin.tv_nsec) >
            limit_s) {
            break;
        }
    }
#ifdef __SANITIZE_ADDRESS__
    if (__lsan_do_recoverable_leak_check()) {
        return subject_wrong(subject, "leaks");
    }
#endif
    return true;
}

__attribute__((unused)) static bool few_lives(Subject* subject)
{
    for (uint32_t i = 0; i < 3; ++i) {
        Feed* const feed = feed_new(8000.0, 4.0);
        const bool fine = live(subject, i, 4.0, feed);
        feed_free(feed);
        if (!fine) {
            return false;
        }
    }
    return true;
}

// ---- Threads -----------------------------------------------------------------------------------

typedef struct {
    Host* host;
    double seconds;
} Audio;

static void* audio(void* data)
{
    const Audio* const it = data;
    host_run(it->host, (uint64_t)(it->seconds * RATE), 64);
    return NULL;
}

/// Two instances run in threads of their own, each with its worker's, recording where they can and
/// telling an open window, while this one saves their state, draws their small pictures and has the
/// first one's window used.
__attribute__((unused)) static bool threads(Subject* subject)
{
    uint32_t random = 20261122u;
    bool there = true;
    uint64_t told = 0, asked = 0;
    HostConfig config = host_config();
    config.worker = HOST_WORKER_THREADED;
    config.state_dir = check_folder();
    config.display = true;
    Audio players[2];
    pthread_t ids[2];
    Feed* const feed = feed_new(RATE, 6.0);
    for (int i = 0; i < 2; ++i) {
        players[i] = (Audio){subject_host(subject, &config), 6.0};
        if (!players[i].host) {
            return false;
        }
        feed_connect(feed, players[i].host, i);
        feed_midi(players[i].host, 6.0, 3 + (uint32_t)i);
        feed_window(players[i].host, 6.0);
        if (host_port(players[i].host, "record")) {
            host_set(players[i].host, "record", 1.0f);
        }
    }
    HostWindow* const window = host_window_open(players[0].host);
    for (int i = 0; i < 2; ++i) {
        pthread_create(&ids[i], NULL, audio, &players[i]);
    }
    for (int i = 0; i < 200; ++i) {
        HostState* const state = host_save(players[i % 2].host);
        host_state_free(state);
        host_draw(players[i % 2].host, 120, 60);
        if (window) {
            there = host_window_turn(window, &random) && there;
        }
        const struct timespec pause = {0, 1000000};
        nanosleep(&pause, NULL);
    }
    for (int i = 0; i < 2; ++i) {
        pthread_join(ids[i], NULL);
        if (i == 0 && window) { // (a click may have ended the recording)
            host_window_close(window, &told, &asked);
            if (!there || !told || !asked) {
                subject_wrong(subject, "its window is gone, or says or hears nothing");
            }
        } else if (host_port(players[i].host, "recording") &&
                   host_get(players[i].host, "recording") < 0.5f) {
            subject_wrong(subject, "does not record");
        }
        subject_host_fine(subject, players[i].host);
        host_free(players[i].host);
    }
    feed_free(feed);
    return !subject->why[0];
}

int main(int argc, char** argv)
{
#if defined(__SANITIZE_ADDRESS__)
    static const Check checks[] = {{"address sanitizer", lives, 3000}};
#elif defined(__SANITIZE_THREAD__)
    static const Check checks[] = {{"thread sanitizer", threads, 600}};
#else
    static const Check checks[] = {{"valgrind", few_lives, 1200}};
#endif
#ifdef __SANITIZE_THREAD__ // (the others see much in Xlib and cairo)
    if (!xworld_start()) {
        printf("# no Xvfb: no window is opened\n");
    }
    const int failed = check_main(argc, argv, "memory", checks, 1);
    xworld_stop();
    return failed;
#else
    unsetenv("DISPLAY");
    return check_main(argc, argv, "memory", checks, 1);
#endif
}
