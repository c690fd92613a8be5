// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// tonus-bridge: sensors, recordings and simulated people as JACK ports

#include "bridge/jack.h"
#include "bridge/options.h"
#include "bridge/status.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#define TICK_S      0.1 // between two looks at everything
#define JSON_TICKS  10  // a line each second
#define RETRY_TICKS 10  // between two attempts to find the JACK server again

static volatile sig_atomic_t leave;

static void on_signal(int number)
{
    (void)number;
    leave = 1;
}

static int complain(const char* what, int status)
{
    fprintf(stderr, "tonus-bridge: %s\n", what);
    return status;
}

static int list(void)
{
    for (const SourceKind* const* kind = source_kinds; *kind; kind++) {
        if ((*kind)->list) {
            (*kind)->list(stdout);
        }
    }
    return 0;
}

static bool all_ended(Source* const* sources, unsigned n)
{
    bool ended = true;
    for (unsigned i = 0; i < n; i++) {
        ended = ended && source_state(sources[i]) == SOURCE_ENDED;
        for (unsigned k = 0; k < source_channels(sources[i]); k++) {
            const Feed* const feed = source_channel(sources[i], k)->feed;
            ended = ended && (!feed_free_running(feed) || feed_ended(feed));
        }
    }
    return ended;
}

/// Runs until a signal comes (or all has ended); a server that goes is waited for
static void watch(Bridge** bridge, const BridgeSettings* settings, const Options* options)
{
    const struct timespec tick = {0, (long)(TICK_S * 1e9)};
    const bool terminal = isatty(STDERR_FILENO);
    char error[RECORDING_ERROR_SIZE];
    for (unsigned ticks = 0; !leave; ticks++) {
        if (*bridge && !bridge_alive(*bridge)) {
            complain("the JACK server has gone; waiting for it", 0);
            bridge_close(*bridge);
            *bridge = NULL;
        }
        if (!*bridge && ticks % RETRY_TICKS == 0 && (*bridge = bridge_open(settings, error))) {
            complain("the JACK server is back", 0);
        }
        if (*bridge) {
            bridge_tend(*bridge);
        }
        if (terminal) {
            status_line(stderr, *bridge, settings->sources, settings->n_sources);
        }
        if (options->json && ticks % JSON_TICKS == 0) {
            status_json(stdout, *bridge, settings->sources, settings->n_sources);
        }
        if (options->until_end && all_ended(settings->sources, settings->n_sources)) {
            break;
        }
        nanosleep(&tick, NULL);
    }
    if (options->json) {
        status_json(stdout, *bridge, settings->sources, settings->n_sources);
    }
    if (terminal) {
        fputc('\n', stderr);
    }
}

int main(int argc, char** argv)
{
    static Options options;
    char error[RECORDING_ERROR_SIZE];
    if (!options_read(&options, argc, argv, error)) {
        return complain(error, 2);
    }
    if (options.help) {
        options_help(stdout);
        return 0;
    }
    if (options.version) {
        puts("tonus-bridge " TONUS_VERSION);
        return 0;
    }
    if (options.list) {
        return list();
    }

    Source* sources[OPTIONS_MAX_SOURCES] = {0};
    const BridgeSettings settings = {options.name, options.latency_offset_ms, sources,
                                     options.n_sources};
    Bridge* bridge = NULL;
    int status = 0;
    for (unsigned i = 0; i < options.n_sources && !status; i++) {
        const SourceWords* const words = &options.sources[i];
        bool usage;
        sources[i] = source_open(words->word, words->options, words->n_options, error, &usage);
        status = sources[i] ? 0 : complain(error, usage ? 2 : 1);
    }
    if (!status && !bridge_check_sources(&settings, error)) {
        status = complain(error, 2);
    }
    if (!status) {
        struct sigaction action = {.sa_handler = on_signal};
        sigaction(SIGTERM, &action, NULL);
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGHUP, &action, NULL);
        signal(SIGPIPE, SIG_IGN);
        if (!(bridge = bridge_open(&settings, error))) {
            status = complain(error, 1);
        }
    }
    for (unsigned i = 0; i < options.n_sources && !status; i++) {
        status = source_start(sources[i], bridge_now_us) ? 0 : complain("cannot start a thread", 1);
    }
    if (!status) {
        watch(&bridge, &settings, &options);
    }
    bridge_close(bridge);
    for (unsigned i = 0; i < options.n_sources; i++) {
        source_close(sources[i]);
    }
    return status;
}
