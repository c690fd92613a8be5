// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "jackworld.h"

#include <jack/jack.h>
#include <jack/metadata.h>
#include <jack/midiport.h>
#include <jack/thread.h>
#include <jack/uuid.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_PROGRAMS 64u
#define MAX_PORTS    8u
#define MAX_EVENTS   65536u
/// How long nothing at all may happen before a test gives up. A machine that is busy takes long,
/// and that is no fault
#define PATIENCE_S 90.0

typedef struct {
    pid_t pid;
    int input; // our end of its standard input
    char output[128];
} Program;

typedef struct {
    jack_port_t* port;
    float* audio;
    JackEvent* events;
    unsigned n_events;
} Track;

struct JackWorld {
    char folder[64];
    char server[32];
    unsigned rate, period;
    bool realtime;
    pid_t jackd;
    Program programs[MAX_PROGRAMS];
    unsigned n_programs;
    jack_client_t* client;
    char* text;
    // Recording
    Track tracks[2 * MAX_PORTS];
    unsigned n_audio, n_midi;
    uint64_t frames;
    _Atomic uint64_t at;
    atomic_bool go, done;
    atomic_uint xruns;
};

static void nap(double seconds)
{
    const struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&t, NULL);
}

bool jackworld_has(const char* program)
{
    if (strchr(program, '/')) {
        return access(program, X_OK) == 0;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s", getenv("PATH") ? getenv("PATH") : "");
    for (char* p = strtok(path, ":"); p; p = strtok(NULL, ":")) {
        char file[4352];
        snprintf(file, sizeof file, "%s/%s", p, program);
        if (access(file, X_OK) == 0) {
            return true;
        }
    }
    return false;
}

// Programs

static pid_t run(const char* const* argv, const char* output, int* input)
{
    int ends[2];
    if (pipe(ends)) {
        return 0;
    }
    fcntl(ends[1], F_SETFD, FD_CLOEXEC); // others must not keep it open
    const pid_t pid = fork();
    if (pid == 0) {
        const int out = open(output, O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(ends[0], STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        close(ends[0]);
        close(out);
        execvp(argv[0], (char* const*)argv);
        _exit(127);
    }
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        return 0;
    }
    *input = ends[1];
    return pid;
}

/// Waits for a process; 0..255 its exit status, -1 died of a signal, -2 still there
static int await(pid_t pid, double seconds)
{
    for (double waited = 0.0;; waited += 0.01) {
        int status;
        const pid_t got = waitpid(pid, &status, WNOHANG);
        if (got == pid) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        if (got < 0 || waited >= seconds) {
            return -2;
        }
        nap(0.01);
    }
}

static int end(pid_t pid)
{
    kill(pid, SIGTERM);
    int status = await(pid, 20.0);
    if (status == -2) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        status = -1;
    }
    return status;
}

pid_t jackworld_spawn(JackWorld* world, const char* const* argv)
{
    if (world->n_programs == MAX_PROGRAMS || !jackworld_has(argv[0])) {
        return 0;
    }
    Program* const program = &world->programs[world->n_programs];
    char name[sizeof program->output];
    snprintf(name, sizeof name, "%s/out%u", world->folder, world->n_programs);
    memcpy(program->output, name, sizeof name);
    program->pid = run(argv, program->output, &program->input);
    world->n_programs += program->pid > 0;
    return program->pid;
}

static Program* find(JackWorld* world, pid_t pid)
{
    for (unsigned i = 0; i < world->n_programs; i++) {
        if (world->programs[i].pid == pid) {
            return &world->programs[i];
        }
    }
    return NULL;
}

static int forget(Program* program, int status)
{
    if (status != -2) {
        close(program->input);
        program->pid = 0;
    }
    return status;
}

int jackworld_stop(JackWorld* world, pid_t pid)
{
    Program* const program = find(world, pid);
    return program ? forget(program, end(pid)) : -1;
}

void jackworld_stop_all(JackWorld* world)
{
    for (unsigned i = 0; i < world->n_programs; i++) {
        if (world->programs[i].pid > 0) {
            jackworld_stop(world, world->programs[i].pid);
        }
    }
}

int jackworld_join(JackWorld* world, pid_t pid)
{
    Program* const program = find(world, pid);
    if (!program) {
        return -1;
    }
    const int status = await(pid, PATIENCE_S);
    return forget(program, status == -2 ? (end(pid), -1) : status);
}

const char* jackworld_output(JackWorld* world, pid_t pid)
{
    enum { SIZE = 65536 };
    for (unsigned i = world->n_programs; i-- > 0;) {
        if (pid && world->programs[i].pid != pid) {
            continue;
        }
        FILE* const file = fopen(world->programs[i].output, "rb");
        free(world->text);
        world->text = calloc(1, SIZE);
        if (file && world->text) {
            world->text[fread(world->text, 1, SIZE - 1, file)] = '\0';
        }
        if (file) {
            fclose(file);
        }
        return world->text ? world->text : "";
    }
    return "";
}

// The server

static void quiet(const char* text)
{
    (void)text;
}

static int process(jack_nframes_t n, void* data);
static int count_xrun(void* data);

/// All JACK clients of a user share a database of metadata, beyond the server's life. A client that
/// was killed while it used it leaves it locked, and every later one waits for ever.
static void remove_database(void)
{
    static const char* const files[] = {"metadata.db", "__db.001", "__db.002", "__db.003", ""};
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        char path[96];
        snprintf(path, sizeof path, "/dev/shm/jack_db-%u/%s", (unsigned)getuid(), files[i]);
        if (*files[i]) {
            unlink(path);
        } else {
            rmdir(path);
        }
    }
}

/// Can a client join? Asked by another process, which may hang.
static bool may_join(double seconds)
{
    const pid_t pid = fork();
    if (pid == 0) {
        jack_client_t* const client = jack_client_open("probe", JackNoStartServer, NULL);
        if (client) {
            jack_client_close(client);
        }
        _exit(0);
    }
    const int status = pid > 0 ? await(pid, seconds) : 0;
    if (status == -2) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    return status != -2;
}

static bool start_server(JackWorld* world)
{
    char rate[16];
    char period[16];
    char log[128];
    int input;
    snprintf(rate, sizeof rate, "%u", world->rate);
    snprintf(period, sizeof period, "%u", world->period);
    snprintf(log, sizeof log, "%s/jackd", world->folder);
    const char* const argv[] = {"jackd", "-n",    world->server, world->realtime ? "-R" : "-r",
                                "-d",    "dummy", "-r",          rate,
                                "-p",    period,  NULL};
    world->jackd = run(argv, log, &input);
    if (world->jackd > 0) {
        close(input);
    }
    for (int i = 0; i < 600 && world->jackd > 0; i++) {
        nap(0.05);
        if (!may_join(PATIENCE_S)) {
            remove_database();
        }
        world->client = jack_client_open("recorder", JackNoStartServer | JackUseExactName, NULL);
        if (world->client) {
            jack_set_process_callback(world->client, process, world);
            jack_set_xrun_callback(world->client, count_xrun, world);
            return true;
        }
    }
    return false;
}

static void stop_server(JackWorld* world)
{
    if (world->client) {
        jack_client_close(world->client);
        world->client = NULL;
    }
    if (world->jackd > 0) {
        kill(world->jackd, SIGCONT);
        end(world->jackd);
        world->jackd = 0;
    }
}

static JackWorld* new_world(unsigned rate, unsigned period, bool realtime, char* reason)
{
    static unsigned count;
    if (!jackworld_has("jackd")) {
        snprintf(reason, 200, "jackd is not installed");
        return NULL;
    }
    JackWorld* const world = calloc(1, sizeof *world);
    strcpy(world->folder, "/tmp/tonus-jack-XXXXXX");
    if (!mkdtemp(world->folder)) {
        snprintf(reason, 200, "no temporary folder");
        free(world);
        return NULL;
    }
    world->rate = rate;
    world->period = period;
    world->realtime = realtime;
    snprintf(world->server, sizeof world->server, "tonus-%d-%u", (int)getpid(), count++);
    setenv("JACK_DEFAULT_SERVER", world->server, 1);
    setenv("JACK_NO_START_SERVER", "1", 1);
    setenv("JACK_NO_AUDIO_RESERVATION", "1", 1);
    jack_set_error_function(quiet);
    jack_set_info_function(quiet);
    signal(SIGPIPE, SIG_IGN);
    if (!start_server(world)) {
        snprintf(reason, 200, "jackd does not start here");
        jackworld_free(world);
        return NULL;
    }
    return world;
}

JackWorld* jackworld_new(unsigned rate, unsigned period, char* reason)
{
    return new_world(rate, period, false, reason);
}

JackWorld* jackworld_new_realtime(unsigned rate, unsigned period, char* reason)
{
    JackWorld* const world = new_world(rate, period, true, reason);
    if (world && jack_client_real_time_priority(world->client) < 0) {
        snprintf(reason, 200, "no real-time scheduling here");
        jackworld_free(world);
        return NULL;
    }
    return world;
}

bool jackworld_restart_server(JackWorld* world)
{
    stop_server(world);
    return start_server(world);
}

void jackworld_halt_server(JackWorld* world, bool halt)
{
    kill(world->jackd, halt ? SIGSTOP : SIGCONT);
}

static void free_tracks(JackWorld* world)
{
    for (unsigned i = 0; i < 2 * MAX_PORTS; i++) {
        free(world->tracks[i].audio);
        free(world->tracks[i].events);
    }
    memset(world->tracks, 0, sizeof world->tracks);
}

void jackworld_free(JackWorld* world)
{
    if (!world) {
        return;
    }
    for (unsigned i = 0; i < world->n_programs; i++) { // they end side by side
        if (world->programs[i].pid > 0) {
            kill(world->programs[i].pid, SIGTERM);
        }
    }
    for (unsigned i = 0; i < world->n_programs; i++) {
        if (world->programs[i].pid > 0) {
            end(world->programs[i].pid);
            close(world->programs[i].input);
        }
        unlink(world->programs[i].output);
    }
    stop_server(world);
    char log[128];
    snprintf(log, sizeof log, "%s/jackd", world->folder);
    unlink(log);
    rmdir(world->folder);
    free_tracks(world);
    free(world->text);
    free(world);
}

bool jackworld_has_port(JackWorld* world, const char* port)
{
    return jack_port_by_name(world->client, port) != NULL;
}

bool jackworld_wait_port(JackWorld* world, const char* port)
{
    for (double waited = 0.0; waited < PATIENCE_S; waited += 0.02) {
        if (jackworld_has_port(world, port)) {
            return true;
        }
        nap(0.02);
    }
    return false;
}

bool jackworld_connect(JackWorld* world, const char* from, const char* to)
{
    // A port can be there a moment before its client is active and may be connected
    for (int i = 0; i < 2000; i++) {
        const int failure = jack_connect(world->client, from, to);
        if (failure == 0 || failure == EEXIST) {
            return true;
        }
        nap(0.01);
    }
    return false;
}

int jackworld_latency(JackWorld* world, const char* port)
{
    jack_port_t* const p = jack_port_by_name(world->client, port);
    jack_latency_range_t range = {0, 1};
    if (p) {
        jack_port_get_latency_range(p, JackCaptureLatency, &range);
    }
    return p && range.min == range.max ? (int)range.min : -1;
}

const char* jackworld_property(JackWorld* world, const char* port, const char* key)
{
    jack_port_t* const p = jack_port_by_name(world->client, port);
    char* value = NULL;
    char* type = NULL;
    free(world->text);
    world->text = NULL;
    if (p && jack_get_property(jack_port_uuid(p), key, &value, &type) == 0 && value) {
        world->text = strdup(value);
    }
    jack_free(value);
    jack_free(type);
    return world->text ? world->text : "";
}

// Recording

static int process(jack_nframes_t n, void* data)
{
    JackWorld* const world = data;
    if (!atomic_load(&world->go) || atomic_load(&world->done)) {
        return 0;
    }
    const uint64_t left = world->frames - world->at;
    const uint32_t some = n < left ? n : (uint32_t)left;
    for (unsigned i = 0; i < world->n_audio + world->n_midi; i++) {
        Track* const track = &world->tracks[i];
        void* const buffer = jack_port_get_buffer(track->port, n);
        if (track->audio) {
            memcpy(track->audio + world->at, buffer, some * sizeof(float));
            continue;
        }
        for (uint32_t k = 0; k < jack_midi_get_event_count(buffer); k++) {
            jack_midi_event_t event;
            if (!jack_midi_event_get(&event, buffer, k) && track->n_events < MAX_EVENTS) {
                JackEvent* const to = &track->events[track->n_events++];
                to->frame = world->at + event.time;
                to->size = (uint32_t)event.size;
                memcpy(to->bytes, event.buffer, event.size < 4 ? event.size : 4);
            }
        }
    }
    world->at += some;
    if (world->at == world->frames) {
        atomic_store(&world->done, true);
    }
    return 0;
}

static int count_xrun(void* data)
{
    JackWorld* const world = data;
    if (atomic_load(&world->go) && !atomic_load(&world->done) && world->at > world->rate) {
        atomic_fetch_add(&world->xruns, 1);
    }
    return 0;
}

unsigned jackworld_xruns(const JackWorld* world)
{
    return atomic_load(&world->xruns);
}

static bool add_tracks(JackWorld* world, const char* const* names, const char* type,
                       unsigned* count)
{
    const unsigned first = world->n_audio + world->n_midi;
    for (unsigned i = 0; names && names[i] && i < MAX_PORTS; i++) {
        Track* const track = &world->tracks[first + i];
        char name[16];
        snprintf(name, sizeof name, "in%u", first + i);
        const bool audio = !strcmp(type, JACK_DEFAULT_AUDIO_TYPE);
        track->port = jack_port_register(world->client, name, type, JackPortIsInput, 0);
        track->audio = audio ? calloc(world->frames, sizeof(float)) : NULL;
        track->events = audio ? NULL : calloc(MAX_EVENTS, sizeof(JackEvent));
        if (!track->port || !(audio ? (void*)track->audio : (void*)track->events)) {
            return false;
        }
        ++*count;
    }
    return true;
}

static bool connect_tracks(JackWorld* world, const char* const* names, unsigned first)
{
    for (unsigned i = 0; names && names[i]; i++) {
        if (!jackworld_connect(world, names[i], jack_port_name(world->tracks[first + i].port))) {
            return false;
        }
    }
    return true;
}

bool jackworld_record(JackWorld* world, const char* const* audio, const char* const* midi,
                      const char* const* links, uint64_t frames, bool freewheel)
{
    free_tracks(world);
    world->frames = frames;
    world->at = 0;
    world->n_audio = world->n_midi = 0;
    atomic_store(&world->go, false);
    atomic_store(&world->done, false);
    atomic_store(&world->xruns, 0);
    bool good = add_tracks(world, audio, JACK_DEFAULT_AUDIO_TYPE, &world->n_audio) &&
                add_tracks(world, midi, JACK_DEFAULT_MIDI_TYPE, &world->n_midi) &&
                jack_activate(world->client) == 0;
    // From now on every frame counts: what is connected last begins to play now
    atomic_store(&world->go, true);
    good = good && connect_tracks(world, audio, 0) && connect_tracks(world, midi, world->n_audio);
    for (unsigned i = 0; good && links && links[i]; i += 2) {
        good = jackworld_connect(world, links[i], links[i + 1]);
    }
    if (freewheel) {
        good = good && jack_set_freewheel(world->client, 1) == 0;
    }
    if (!good) {
        fprintf(stderr, "jackworld: a port is missing, or cannot be connected\n");
    }
    uint64_t before = 0;
    for (double idle = 0.0; good && !atomic_load(&world->done); idle += 0.005) {
        nap(0.005);
        const uint64_t now = atomic_load(&world->at);
        idle = now > before ? 0.0 : idle;
        before = now;
        good = idle < PATIENCE_S;
        if (!good) {
            fprintf(stderr, "jackworld: %llu of %llu frames came, then none for %.0f s\n",
                    (unsigned long long)now, (unsigned long long)frames, PATIENCE_S);
        }
    }
    atomic_store(&world->done, true);
    if (freewheel) {
        jack_set_freewheel(world->client, 0);
    }
    jack_deactivate(world->client);
    for (unsigned i = 0; i < world->n_audio + world->n_midi; i++) {
        jack_port_unregister(world->client, world->tracks[i].port);
    }
    return good;
}

const float* jackworld_audio(const JackWorld* world, unsigned index)
{
    return world->tracks[index].audio;
}

const JackEvent* jackworld_events(const JackWorld* world, unsigned index, unsigned* count)
{
    const Track* const track = &world->tracks[world->n_audio + index];
    *count = track->n_events;
    return track->events;
}
