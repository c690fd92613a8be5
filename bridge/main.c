// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// tonus-bridge: sensors, recordings and simulated people as JACK ports

#include "bridge/jack.h"
#include "bridge/options.h"
#include "bridge/status.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TICK_S      0.1 // between two looks at everything
#define JSON_TICKS  10  // a line each second
#define RETRY_TICKS 10  // between two attempts to find the JACK server again
#define LEAVE_S     8   // a JACK server that does not answer for so long is left without a word
#define OPEN_S      60  // the same at the beginning, when all sources may start on a busy computer

static volatile sig_atomic_t leave;
static char no_answer[300]; // what is said then

/// What reader threads may ask of the JACK client, which comes and goes
typedef struct {
    pthread_mutex_t lock;
    Bridge* bridge;
} Frames;

static double frame_at(void* data, double time_us)
{
    Frames* const frames = data;
    pthread_mutex_lock(&frames->lock);
    const double frame = frames->bridge ? bridge_frame_at(frames->bridge, time_us) : NAN;
    pthread_mutex_unlock(&frames->lock);
    return frame;
}

static void set_bridge(Frames* frames, Bridge* bridge)
{
    pthread_mutex_lock(&frames->lock);
    Bridge* const old = frames->bridge;
    frames->bridge = bridge;
    pthread_mutex_unlock(&frames->lock);
    bridge_close(old);
}

static void on_signal(int number)
{
    (void)number;
    if (!leave) {
        leave = 1;
        alarm(LEAVE_S); // this thread may be waiting for the server, which may hang
    }
}

/// The packet log has each line already, and a server that wakes up sees that its client has gone
static void on_alarm(int number)
{
    (void)number;
    (void)!write(STDERR_FILENO, no_answer, strlen(no_answer));
    _exit(1);
}

/// All JACK clients of a user share a database of metadata. One that was killed while it used it
/// leaves it locked, for other servers and for those to come, too.
static void prepare_alarm(void)
{
    char database[64];
    snprintf(database, sizeof database, "/dev/shm/jack_db-%u", (unsigned)getuid());
    const bool there = access(database, F_OK) == 0;
    snprintf(no_answer, sizeof no_answer,
             "tonus-bridge: the JACK server does not answer; left without it%s%s%s\n",
             there ? " (if no client can join it, a killed one may have left " : "",
             there ? database : "", there ? " locked: remove that)" : "");
}

/// `where` is the place in a configuration, or ""
static int complain_of(const char* where, const char* what, int status)
{
    fprintf(stderr, "tonus-bridge: %s%s\n", where, what);
    return status;
}

static int complain(const char* what, int status)
{
    return complain_of("", what, status);
}

static int list(void)
{
    char* text = NULL;
    size_t size = 0;
    FILE* const out = open_memstream(&text, &size);
    for (const SourceKind* const* kind = source_kinds; out && *kind; kind++) {
        if ((*kind)->list) {
            (*kind)->list(out);
        }
    }
    if (!out || fclose(out)) {
        return complain("out of memory", 1);
    }
    fputs(text, stdout);
    if (size == 0) {
        complain("no sensor found on serial ports, in Bluetooth or LSL; sim: is always there", 0);
    }
    free(text);
    return 0;
}

static bool all_ended(Source* const* sources, unsigned n)
{
    bool ended = true;
    for (unsigned i = 0; i < n; i++) {
        ended = ended && source_state(sources[i]) == SOURCE_ENDED;
        for (unsigned k = 0; k < source_channels(sources[i]); k++) {
            const Stream* const stream = source_channel(sources[i], k)->stream;
            ended = ended && (!stream_free_running(stream) || stream_ended(stream));
        }
    }
    return ended;
}

/// Gives files a moment to be read ahead, so that they play without a stop from the first frame on
static void wait_for_files(Source* const* sources, unsigned n)
{
    const struct timespec nap = {0, 1000000};
    for (unsigned i = 0; i < n; i++) {
        for (unsigned k = 0; k < source_channels(sources[i]); k++) {
            const Stream* const stream = source_channel(sources[i], k)->stream;
            for (unsigned ms = 0; ms < 500 && stream_free_running(stream) && !stream_filled(stream);
                 ms++) {
                nanosleep(&nap, NULL);
            }
        }
    }
}

/// Runs until a signal comes (or all has ended); a server that goes is waited for
static void watch(Frames* frames, const BridgeSettings* settings, const Options* options)
{
    const struct timespec tick = {0, (long)(TICK_S * 1e9)};
    const bool terminal = isatty(STDERR_FILENO);
    char error[RECORDING_ERROR_SIZE];
    for (unsigned ticks = 0; !leave; ticks++) {
        if (frames->bridge && !bridge_alive(frames->bridge)) {
            complain("the JACK server has gone; waiting for it", 0);
            set_bridge(frames, NULL);
        }
        if (!frames->bridge && ticks % RETRY_TICKS == 0) {
            set_bridge(frames, bridge_open(settings, error));
            if (frames->bridge) {
                complain("the JACK server is back", 0);
            }
        }
        if (frames->bridge) {
            bridge_tend(frames->bridge);
        }
        if (terminal) {
            status_line(stderr, frames->bridge, settings->sources, settings->n_sources);
        }
        if (options->json && ticks % JSON_TICKS == 0) {
            status_json(stdout, frames->bridge, settings->sources, settings->n_sources);
        }
        if (options->until_end && all_ended(settings->sources, settings->n_sources)) {
            break;
        }
        nanosleep(&tick, NULL);
    }
    if (options->json) {
        status_json(stdout, frames->bridge, settings->sources, settings->n_sources);
    }
    if (terminal) {
        fputc('\n', stderr);
    }
}

int main(int argc, char** argv)
{
    static Options options;
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    if (!options_read(&options, argc, argv, error, &usage)) {
        options_free(&options);
        return complain(error, usage ? 2 : 1);
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
    Wiring* const wiring = wiring_new();
    const BridgeSettings settings = {options.name, options.latency_offset_ms, sources,
                                     options.n_sources, wiring};
    Frames frames = {PTHREAD_MUTEX_INITIALIZER, NULL};
    SourceHost host = {bridge_now_us, frame_at, &frames, NULL};
    int status = 0;
    for (unsigned i = 0; i < options.n_sources && !status; i++) {
        const SourceWords* const words = &options.sources[i];
        sources[i] = source_open(words->word, words->options, words->n_options, error, &usage);
        status = sources[i] ? 0 : complain_of(words->where, error, usage ? 2 : 1);
    }
    if (!status && !bridge_check_sources(&settings, error)) {
        status = complain(error, 2);
    }
    if (!status && options.log && !(host.log = packetlog_open(options.log, error))) {
        status = complain(error, 1);
    }
    if (!status) {
        // Restarted: libjack gives up where one of its waits is interrupted
        struct sigaction action = {.sa_handler = on_alarm};
        prepare_alarm();
        sigaction(SIGALRM, &action, NULL);
        action = (struct sigaction){.sa_handler = on_signal, .sa_flags = SA_RESTART};
        sigaction(SIGTERM, &action, NULL);
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGHUP, &action, NULL);
        signal(SIGPIPE, SIG_IGN);
        for (unsigned i = 0; i < options.n_sources && !status; i++) {
            status = source_start(sources[i], &host) ? 0 : complain("cannot start a thread", 1);
        }
        wait_for_files(sources, options.n_sources);
    }
    if (!status) {
        alarm(OPEN_S);
        set_bridge(&frames, bridge_open(&settings, error));
        alarm(0);
        if (leave) { // a signal that came since then has set it, too
            alarm(LEAVE_S);
        }
        status = frames.bridge ? 0 : complain(error, 1);
    }
    if (!status) {
        watch(&frames, &settings, &options);
    }
    on_signal(0); // what has ended by itself may find a server that hangs, too
    set_bridge(&frames, NULL);
    alarm(0);
    wiring_free(wiring);
    for (unsigned i = 0; i < options.n_sources; i++) {
        source_close(sources[i]);
    }
    options_free(&options);
    if (!packetlog_close(host.log)) {
        status = complain("the log could not be written completely", 1);
    }
    return status;
}
