// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#define _XOPEN_SOURCE 700 // nftw, mkdtemp
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

uint8_t bytes_one(Bytes* bytes)
{
    if (!bytes->left) {
        return 0;
    }
    --bytes->left;
    return *bytes->at++;
}

uint32_t bytes_word(Bytes* bytes)
{
    uint32_t word = 0;
    for (unsigned i = 0; i < 32; i += 8) {
        word |= (uint32_t)bytes_one(bytes) << i;
    }
    return word;
}

float bytes_float(Bytes* bytes)
{
    const uint32_t word = bytes_word(bytes);
    float x;
    memcpy(&x, &word, sizeof x);
    return x;
}

const uint8_t* bytes_some(Bytes* bytes, size_t* n)
{
    const uint8_t* const at = bytes->at;
    *n = *n < bytes->left ? *n : bytes->left;
    bytes->at += *n;
    bytes->left -= *n;
    return at;
}

Bytes bytes_part(Bytes* bytes)
{
    size_t n = bytes_one(bytes);
    n |= (size_t)bytes_one(bytes) << 8;
    Bytes part;
    part.at = bytes_some(bytes, &n);
    part.left = n;
    return part;
}

static char folder[64];

static int remove_one(const char* path, const struct stat* status, int kind, struct FTW* where)
{
    (void)status;
    (void)kind;
    return where->level ? remove(path) : 0;
}

void fuzz_clean(void)
{
    nftw(fuzz_folder(), remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void leave(void)
{
    fuzz_clean();
    rmdir(folder);
}

const char* fuzz_folder(void)
{
    if (!folder[0]) {
        const bool memory = access("/dev/shm", W_OK) == 0;
        snprintf(folder, sizeof folder, "%s/tonus-fuzz-XXXXXX", memory ? "/dev/shm" : "/tmp");
        if (!mkdtemp(folder)) {
            perror(folder);
            exit(EXIT_FAILURE);
        }
        atexit(leave);
    }
    return folder;
}

const char* fuzz_file(const char* name, const uint8_t* bytes, size_t n)
{
    static char paths[4][128];
    static unsigned next;
    char* const path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", fuzz_folder(), name);
    FILE* const file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, n, file) != n || fclose(file) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    return path;
}

/// Plugins make folders where their state says: stands in for the C library's, and lets none be
/// made but in our own.
int mkdir(const char* path, mode_t mode)
{
    const char* const own = fuzz_folder();
    if (strncmp(path, own, strlen(own)) != 0 || strstr(path, "..")) {
        errno = EACCES;
        return -1;
    }
    return mkdirat(AT_FDCWD, path, mode);
}

Host* fuzz_host(HostWorld* world, const LilvPlugin* plugin, const HostConfig* config)
{
    Host* const host = host_new(world, lilv_node_as_uri(lilv_plugin_get_uri(plugin)), config);
    if (!host) {
        fuzz_wrong("%s does not instantiate at %g Hz", host_plugin_name(plugin),
                   config ? config->rate : host_config().rate);
    }
    return host;
}

// ---- One input

/// s of the processor that one input may take
#define MOST_S 20

static void too_long(int number)
{
    static const char said[] = "fuzz: one input takes more than 20 s of the processor\n";
    (void)number;
    if (write(STDERR_FILENO, said, sizeof said - 1) >= 0) {
        abort(); // libFuzzer keeps the input
    }
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static const struct itimerval limit = {{0, 0}, {MOST_S, 0}}, none;
    static bool ready;
    if (!ready) {
        ready = signal(SIGPROF, too_long) != SIG_ERR;
    }
    setitimer(ITIMER_PROF, &limit, NULL);
    const int result = fuzz_one(data, size);
    setitimer(ITIMER_PROF, &none, NULL);
    return result;
}

void fuzz_wrong(const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("fuzz: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}
