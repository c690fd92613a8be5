// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "jackworld.h"

#include <jack/jack.h>
#include <jack/metadata.h>
#include <jack/thread.h>
#include <jack/uuid.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_PROGRAMS 64u

typedef struct {
    pid_t pid;
    int input; // our end of its standard input
    char output[128];
} Program;

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
    JackTracks* tracks; // of the recording
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
    const int status = await(pid, JACKTRACKS_PATIENCE_S);
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
        if (!may_join(JACKTRACKS_PATIENCE_S)) {
            remove_database();
        }
        world->client = jack_client_open("recorder", JackNoStartServer | JackUseExactName, NULL);
        if (world->client) {
            jacktracks_listen(world->tracks, world->client);
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
    world->tracks = jacktracks_new();
    strcpy(world->folder, "/tmp/tonus-jack-XXXXXX");
    if (!mkdtemp(world->folder)) {
        snprintf(reason, 200, "no temporary folder");
        jacktracks_free(world->tracks);
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
    jacktracks_free(world->tracks);
    free(world->text);
    free(world);
}

bool jackworld_has_port(JackWorld* world, const char* port)
{
    return jack_port_by_name(world->client, port) != NULL;
}

bool jackworld_wait_port(JackWorld* world, const char* port)
{
    for (double waited = 0.0; waited < JACKTRACKS_PATIENCE_S; waited += 0.02) {
        if (jackworld_has_port(world, port)) {
            return true;
        }
        nap(0.02);
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

bool jackworld_connect(JackWorld* world, const char* from, const char* to)
{
    return jacktracks_connect(world->client, from, to);
}

bool jackworld_record(JackWorld* world, const char* const* audio, const char* const* midi,
                      const char* const* links, uint64_t frames, bool freewheel)
{
    return jacktracks_record(world->tracks, audio, midi, links, frames, freewheel);
}

unsigned jackworld_xruns(const JackWorld* world)
{
    return jacktracks_xruns(world->tracks);
}

const float* jackworld_audio(const JackWorld* world, unsigned index)
{
    return jacktracks_audio(world->tracks, index);
}

const JackEvent* jackworld_events(const JackWorld* world, unsigned index, unsigned* count)
{
    return jacktracks_events(world->tracks, index, count);
}
