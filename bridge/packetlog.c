// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/packetlog.h"

#include "formats/recording.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct PacketLog {
    FILE* file;
    pthread_mutex_t lock;
    bool failed;
};

PacketLog* packetlog_open(const char* path, char* error)
{
    PacketLog* const log = calloc(1, sizeof *log);
    if (!log || !(log->file = fopen(path, "w"))) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: %s", path,
                 log ? strerror(errno) : "out of memory");
        free(log);
        return NULL;
    }
    pthread_mutex_init(&log->lock, NULL);
    setvbuf(log->file, NULL, _IOLBF, 4096);
    fputs("source,channel,index,samples,device_s,arrival_s,frame,gap\n", log->file);
    return log;
}

void packetlog_write(PacketLog* log, const PacketLine* line)
{
    if (!log) {
        return;
    }
    char device[40] = "";
    char frame[40] = "";
    if (isfinite(line->device_s)) {
        snprintf(device, sizeof device, "%.9f", line->device_s);
    }
    if (isfinite(line->frame)) {
        snprintf(frame, sizeof frame, "%.2f", line->frame);
    }
    pthread_mutex_lock(&log->lock);
    const int n = fprintf(log->file, "\"%s\",%s,%llu,%u,%s,%.6f,%s,%llu\n", line->source,
                          line->channel, (unsigned long long)line->index, line->samples, device,
                          line->arrival_s, frame, (unsigned long long)line->gap);
    log->failed = log->failed || n < 0;
    pthread_mutex_unlock(&log->lock);
}

bool packetlog_close(PacketLog* log)
{
    if (!log) {
        return true;
    }
    const bool good = fclose(log->file) == 0 && !log->failed;
    pthread_mutex_destroy(&log->lock);
    free(log);
    return good;
}
