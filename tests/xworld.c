// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "xworld.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 10000 // that Xvfb may take to start

static pid_t server = -1;

bool xworld_start(void)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    server = fork();
    if (server == 0) {
        char fd[16];
        const int nowhere = open("/dev/null", O_RDWR);
        close(ends[0]);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        snprintf(fd, sizeof(fd), "%d", ends[1]);
        execlp("Xvfb", "Xvfb", "-displayfd", fd, "-screen", "0", "1400x1000x24", "-nolisten", "tcp",
               "-noreset", (char*)NULL);
        _exit(127);
    }
    close(ends[1]);
    char number[32] = "";
    size_t n = 0;
    struct pollfd wait = {ends[0], POLLIN, 0};
    while (server > 0 && n + 1 < sizeof(number) && !strchr(number, '\n') &&
           poll(&wait, 1, START_MS) > 0) {
        const ssize_t got = read(ends[0], number + n, sizeof(number) - 1 - n);
        if (got <= 0) {
            break;
        }
        n += (size_t)got;
    }
    close(ends[0]);
    if (!strchr(number, '\n')) {
        xworld_stop();
        return false;
    }
    *strchr(number, '\n') = 0;
    char display[40];
    snprintf(display, sizeof(display), ":%s", number);
    setenv("DISPLAY", display, 1);
    return true;
}

void xworld_stop(void)
{
    if (server > 0) {
        kill(server, SIGTERM);
        waitpid(server, NULL, 0);
        server = -1;
    }
}

bool xworld_do(const char* words)
{
    char line[512];
    snprintf(line, sizeof(line), "xdotool %s >/dev/null 2>&1", words);
    return system(line) == 0;
}
