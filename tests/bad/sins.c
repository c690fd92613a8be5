// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// What no run() may do: each an own variant of the bad plugin
#define _GNU_SOURCE // syscall
#include "bad.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void bad_sin_in_real_time(Bad* self)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    if (FAULT("malloc")) {
        volatile char* const p = malloc(100000);
        if (p) {
            p[0] = 1;
        }
        free((void*)p);
    } else if (FAULT("free")) {
        free(self->table);
        self->table = NULL;
    } else if (FAULT("mutex")) {
        pthread_mutex_lock(&lock);
        pthread_mutex_unlock(&lock);
    } else if (FAULT("fopen")) {
        FILE* const file = fopen("/dev/null", "w");
        if (file) {
            fputs("x", file);
            fclose(file);
        }
    } else if (FAULT("snprintf")) {
        char text[32];
        snprintf(text, sizeof text, "%g", (double)self->smooth);
        self->level = (float)strlen(text) * 1e-9f;
    } else if (FAULT("nanosleep")) {
        const struct timespec moment = {0, 1};
        nanosleep(&moment, NULL);
    } else if (FAULT("syscall")) {
        syscall(SYS_getppid);
    } else if (FAULT("clock")) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
    }
}

enum { SLOW = 3000000 }; // rounds: some milliseconds, longer than a block of 64 frames

void bad_waste(const Bad* self, uint32_t n)
{
    const uint32_t blocks = (uint32_t)(self->frame / 256);
    const int rounds = FAULT("lumpy") && blocks % 32 == 0   ? 100 * (int)n
                       : FAULT("slow") && blocks % 128 == 0 ? SLOW
                                                            : 0;
    volatile float sum = 0.0f;
    for (int i = 0; i < rounds; ++i) {
        sum = sum + (float)i;
    }
}
