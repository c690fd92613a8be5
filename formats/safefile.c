// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/safefile.h"

#include "formats/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct SafeFile {
    int fd;
    uint64_t written; // bytes from the beginning that the system has taken
    uint8_t* waiting;
    size_t n, capacity; // bytes
};

SafeFile* safefile_create(const char* path, char* error)
{
    SafeFile* const file = calloc(1, sizeof *file);
    // O_EXCL: an older recording is never overwritten, whatever happens to names
    if (!file || (file->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) < 0) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: %s", path,
                 file ? strerror(errno) : "out of memory");
        free(file);
        return NULL;
    }
    return file;
}

bool safefile_append(SafeFile* file, const void* bytes, size_t n)
{
    if (n > file->capacity - file->n) {
        size_t capacity = file->capacity ? file->capacity : 4096;
        while (capacity - file->n < n) {
            capacity *= 2;
        }
        uint8_t* const larger = realloc(file->waiting, capacity);
        if (!larger) {
            errno = ENOMEM;
            return false;
        }
        file->waiting = larger;
        file->capacity = capacity;
    }
    memcpy(file->waiting + file->n, bytes, n);
    file->n += n;
    return true;
}

bool safefile_print(SafeFile* file, const char* format, ...)
{
    char text[1001];
    va_list list;
    va_start(list, format);
    const int n = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return n >= 0 && safefile_append(file, text, (size_t)n < sizeof text ? (size_t)n : 1000);
}

bool safefile_skip(SafeFile* file, uint64_t n)
{
    if (file->n || ftruncate(file->fd, (off_t)(file->written + n))) {
        return false;
    }
    file->written += n;
    return true;
}

bool safefile_flush(SafeFile* file)
{
    size_t done = 0;
    bool good = true;
    while (done < file->n) {
        const ssize_t n =
            pwrite(file->fd, file->waiting + done, file->n - done, (off_t)file->written);
        if (n <= 0) {
            if (n < 0 && errno == EINTR) {
                continue;
            }
            errno = n ? errno : ENOSPC;
            good = false;
            break;
        }
        done += (size_t)n;
        file->written += (uint64_t)n;
    }
    const int reason = errno;
    if (done) { // without waiting bytes there is no buffer yet
        memmove(file->waiting, file->waiting + done, file->n - done);
    }
    file->n -= done;
    errno = reason;
    return good;
}

bool safefile_patch(SafeFile* file, uint64_t at, const void* bytes, size_t n)
{
    if (at + n > file->written) {
        return false;
    }
    return pwrite(file->fd, bytes, n, (off_t)at) == (ssize_t)n;
}

bool safefile_sync(SafeFile* file)
{
    return fdatasync(file->fd) == 0;
}

uint64_t safefile_written(const SafeFile* file)
{
    return file->written;
}

bool safefile_cut(SafeFile* file, uint64_t size)
{
    file->n = 0;
    if (size > file->written || ftruncate(file->fd, (off_t)size)) {
        return false;
    }
    file->written = size;
    return true;
}

bool safefile_close(SafeFile* file)
{
    if (!file) {
        return true;
    }
    const bool flushed = safefile_flush(file);
    const bool closed = close(file->fd) == 0;
    free(file->waiting);
    free(file);
    return flushed && closed;
}
