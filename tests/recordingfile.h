// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Files for the tests of readers: written into a folder of the test's own, opened, read whole.
#ifndef TESTS_RECORDINGFILE_H
#define TESTS_RECORDINGFILE_H

#include "formats/recording.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static inline int make_folder(void** state)
{
    (void)state;
    strcpy(folder, "/tmp/tonus-recording-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void** state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static inline const char* file_path(const char* name)
{
    static char path[4][256];
    static unsigned next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
    return path[next];
}

static inline const char* write_bytes(const char* name, const void* bytes, size_t n)
{
    const char* const path = file_path(name);
    FILE* const file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
    return path;
}

static inline const char* write_text(const char* name, const char* text)
{
    return write_bytes(name, text, strlen(text));
}

static inline Recording* open_good(const char* path, double rate)
{
    char error[RECORDING_ERROR_SIZE];
    Recording* const rec = recording_open(path, rate, error);
    if (!rec) {
        fail_msg("%s", error);
    }
    return rec;
}

/// Opening must fail with a line that holds both texts.
static inline void assert_refused(const char* path, const char* text)
{
    char error[RECORDING_ERROR_SIZE];
    Recording* const rec = recording_open(path, 0.0, error);
    assert_null(rec);
    const char* const name = strrchr(path, '/') + 1;
    if (!strstr(error, name) || !strstr(error, text) || strchr(error, '\n')) {
        fail_msg("\"%s\" does not say \"%s\" of \"%s\" in one line", error, text, name);
    }
}

static inline size_t read_channel(Recording* rec, unsigned channel, float* out, size_t n)
{
    assert_true(recording_select(rec, channel));
    size_t done = 0;
    // Odd pieces: nothing may hang on how much is asked for at once
    for (size_t got = 1; got > 0 && done < n; done += got) {
        got = recording_read(rec, out + done, n - done < 7 ? n - done : 7);
    }
    return done;
}

#endif
