// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// run() takes no memory, no lock, no file, no time, and makes no system call: at all extremes of
/// its controls, in each mode, with each preset, with events, with its worker busy.
///
/// Runs under rtguard (see tests/traps/rtguard.c), which it preloads by itself; or, built with
/// rtsan.c, under the run-time library of clang's real-time sanitizer.
#define _GNU_SOURCE // RTLD_DEFAULT
#include "check.h"
#include "feed.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double RATE = 48000.0;

static unsigned long violations(void)
{
    unsigned long (*count)(void);
    *(void**)&count = dlsym(RTLD_DEFAULT, "rt_violations");
    return count ? count() : 0;
}

/// Each value of each switch and enumeration, one after the other, from the defaults.
static void run_modes(Host* host)
{
    uint32_t n = 0, random = 1;
    const HostPort* const ports = host_ports(host, &n);
    for (uint32_t i = 0; i < n; ++i) {
        const HostPort* const port = &ports[i];
        if (port->kind != HOST_CONTROL || !port->is_input || port->freewheel) {
            continue;
        }
        const bool modes = port->toggled || port->enumeration || port->integer;
        const float span = port->maximum - port->minimum;
        const int steps = modes && span < 32.0f ? (int)span : 2;
        for (int k = 0; k <= steps; ++k) {
            host_set(host, port->symbol, port->minimum + span * (float)k / (float)steps);
            host_run(host, 4800, 256);
        }
        feed_controls(host, FEED_DEFAULTS, &random);
    }
}

static void run_presets(Host* host)
{
    LilvNodes* const presets = host_presets(host_world(host), host_plugin(host));
    LILV_FOREACH(nodes, i, presets)
    {
        host_load_preset(host, lilv_nodes_get(presets, i));
        host_run(host, 24000, 256);
    }
    lilv_nodes_free(presets);
}

/// Sets the plugin to work in all its ways.
static bool exercise(Subject* subject, HostWorker worker, int sensor)
{
    HostConfig config = host_config();
    config.worker = worker;
    config.keep_audio = false;
    config.state_dir = check_folder();
    config.display = worker != HOST_WORKER_NONE;
    Host* const host = subject_host(subject, &config);
    if (!host) {
        return false;
    }
    uint32_t random = 8;
    Feed* const feed = feed_new(RATE, 60.0);
    feed_connect(feed, host, sensor);
    feed_midi(host, 60.0, 4);
    if (config.display) {
        feed_window(host, 60.0);
    }
    host_run(host, 10 * (uint64_t)RATE, 256);
    run_modes(host);
    run_presets(host);
    for (int kind = FEED_DEFAULTS; kind <= FEED_MAXIMA; ++kind) {
        feed_controls(host, (FeedControls)kind, &random);
        host_run(host, 2 * (uint64_t)RATE, 0);
    }
    for (int i = 0; i < 20; ++i) {
        feed_controls(host, FEED_RANDOM, &random);
        host_run(host, (uint64_t)RATE / 4, 64);
    }
    HostState* const state = host_save(host);
    host_restore(host, state);
    host_run(host, (uint64_t)RATE, 1024);
    host_state_free(state);
    const bool fine = subject_host_fine(subject, host);
    host_free(host);
    feed_free(feed);
    return fine;
}

static bool exercise_all(Subject* subject)
{
    return exercise(subject, HOST_WORKER_THREADED, FEED_ECG) &&
           exercise(subject, HOST_WORKER_DELAYED, FEED_HUM) &&
           exercise(subject, HOST_WORKER_NONE, FEED_ECG);
}

static bool library_calls(Subject* subject)
{
    if (!exercise_all(subject)) {
        return false;
    }
    const unsigned long count = violations();
    return count ? subject_wrong(subject, "%lu calls that no run() may make", count) : true;
}

static bool system_calls(Subject* subject)
{
    bool (*trap)(void);
    *(void**)&trap = dlsym(RTLD_DEFAULT, "rt_trap_syscalls");
    if (!trap || !trap()) {
        return subject_skip(subject, "this kernel cannot dispatch system calls to a program");
    }
    return exercise_all(subject);
}

/// Starts the program anew with rtguard before all other libraries.
static void guard(char** argv)
{
    char own[PATH_MAX], path[PATH_MAX + 32];
    const ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (length < 0) {
        perror("/proc/self/exe");
        exit(EXIT_FAILURE);
    }
    own[length] = '\0';
    *strrchr(own, '/') = '\0';
    snprintf(path, sizeof path, "%s/../traps/rtguard.so", own);
    if (access(path, R_OK) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    setenv("LD_PRELOAD", path, 1);
    setenv("RTGUARD_QUIET", "1", 1);
    execv("/proc/self/exe", argv);
    perror("exec");
    exit(EXIT_FAILURE);
}

int main(int argc, char** argv)
{
    static const Check guarded[] = {{"real time: library calls", library_calls, 0},
                                    {"real time: system calls", system_calls, 0}};
    static const Check sanitized[] = {{"real time: RTSan", exercise_all, 0}};
    void (*rtsan)(void);
    *(void**)&rtsan = dlsym(RTLD_DEFAULT, "rtsan_is_here");
    if (rtsan) {
        rtsan();
        return check_main(argc, argv, "RTSan", sanitized, 1);
    }
    if (!dlsym(RTLD_DEFAULT, "rt_violations")) {
        guard(argv);
    }
    return check_main(argc, argv, "real time", guarded, 2);
}
