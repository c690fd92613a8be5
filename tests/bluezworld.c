// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bluezworld.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    pid_t pid; // 0 = does not run
    int output;
} Program;

struct BluezWorld {
    char folder[64];
    Program bus, bluez;
};

static void end(Program* program)
{
    if (program->pid > 0) {
        kill(program->pid, SIGTERM);
        waitpid(program->pid, NULL, 0);
        close(program->output);
    }
    program->pid = 0;
}

/// Starts a program and waits for its first words; false when there are none
static bool run(Program* program, const char* const* argv)
{
    int ends[2];
    char words[200];
    if (pipe(ends)) {
        return false;
    }
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(argv[0], (char* const*)argv);
        _exit(127);
    }
    close(ends[1]);
    *program = (Program){pid > 0 ? pid : 0, ends[0]};
    if (pid > 0 && read(ends[0], words, sizeof words) > 0) {
        return true;
    }
    end(program);
    return false;
}

BluezWorld* bluezworld_new(void)
{
    BluezWorld* const world = calloc(1, sizeof *world);
    if (!world) {
        return NULL;
    }
    strcpy(world->folder, "/tmp/tonus-bus-XXXXXX");
    if (!mkdtemp(world->folder)) {
        return world;
    }
    char path[128];
    char address[128];
    char config[160];
    snprintf(path, sizeof path, "%s/bus.conf", world->folder);
    snprintf(address, sizeof address, "unix:path=%s/bus", world->folder);
    FILE* const file = fopen(path, "w");
    if (!file) {
        return world;
    }
    fprintf(file,
            "<busconfig><type>system</type><listen>%s</listen><auth>EXTERNAL</auth><policy "
            "context=\"default\">"
            "<allow user=\"*\"/><allow own=\"*\"/><allow send_destination=\"*\"/><allow "
            "receive_sender=\"*\"/></policy></busconfig>",
            address);
    fclose(file);
    snprintf(config, sizeof config, "--config-file=%s", path);
    setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
    const char* const argv[] = {"dbus-daemon", config, "--nofork", "--print-address", NULL};
    run(&world->bus, argv); // it prints its address once it is there
    return world;
}

bool bluezworld_begin(BluezWorld* world, const char* mode)
{
    const char* const argv[] = {"/usr/bin/python3", "tests/bridge/fake_bluez.py", mode, NULL};
    return world->bus.pid > 0 && run(&world->bluez, argv);
}

void bluezworld_end(BluezWorld* world)
{
    end(&world->bluez);
}

void bluezworld_free(BluezWorld* world)
{
    if (!world) {
        return;
    }
    end(&world->bluez);
    end(&world->bus);
    char path[128];
    snprintf(path, sizeof path, "%s/bus.conf", world->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/bus", world->folder);
    unlink(path);
    rmdir(world->folder);
    free(world);
}
