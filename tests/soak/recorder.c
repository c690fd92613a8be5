// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Two hours of recording while the host renders as fast as it can: every frame and every beat is
/// in the take.
#define _DEFAULT_SOURCE
#include "unit.h"

#include "host.h"

#include <sndfile.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 16000, HOURS = 2, BLOCK = 1024, BLOCKS = RATE / BLOCK * 3600 * HOURS, EVERY = 13 };

static char folder[256];

static bool find_take(char* take, size_t size)
{
    char where[300];
    snprintf(where, sizeof where, "%s/Tonus", folder);
    DIR* const dir = opendir(where);
    struct dirent* entry;
    bool found = false;
    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] != '.') {
            snprintf(take, size, "%s/%s", where, entry->d_name);
            found = true;
        }
    }
    if (dir) {
        closedir(dir);
    }
    return found;
}

static void two_hours_faster_than_real_time(void** state)
{
    (void)state;
    char take[600];
    char path[700];
    HostConfig config = host_config();
    config.rate = RATE;
    config.max_block = BLOCK;
    config.keep_audio = false;
    config.keep_events = false;
    HostWorld* const world = host_world_new(NULL);
    Host* const host = host_new(world, "recorder", &config);
    assert_non_null(host);
    host_set(host, "freewheel", 1.0f);
    host_set(host, "record", 1.0f);
    int beats = 0;
    for (int b = 0; b < BLOCKS; ++b) {
        if (b % EVERY == 0) {
            const uint8_t on[3] = {0x9F, 36, 100};
            host_midi(host, host_frame(host) + (uint64_t)(b % BLOCK), on, 3);
            ++beats;
        }
        host_block(host, BLOCK);
    }
    assert_true(host_get(host, "recording") == 1.0f);
    assert_true(host_get(host, "dropped") == 0.0f);
    assert_true(host_get(host, "errors") == 0.0f);
    host_set(host, "record", 0.0f);
    host_block(host, BLOCK);
    host_free(host);
    host_world_free(world);

    assert_true(find_take(take, sizeof take));
    snprintf(path, sizeof path, "%s/audio.wav", take);
    SF_INFO info = {0};
    SNDFILE* const sound = sf_open(path, SFM_READ, &info);
    assert_non_null(sound);
    sf_close(sound);
    assert_int_equal(info.frames, (sf_count_t)BLOCKS * BLOCK);
    snprintf(path, sizeof path, "%s/events.tsv", take);
    FILE* const file = fopen(path, "r");
    char line[200];
    int found = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        unsigned long sample = 0;
        if (sscanf(line, "%*s\t%*s\tbeat\tn/a\t%lu", &sample) == 1) {
            const unsigned long b = (unsigned long)found * EVERY;
            assert_int_equal(sample, b * BLOCK + b % BLOCK);
            ++found;
        }
    }
    fclose(file);
    assert_int_equal(found, beats);
}

static int open_folder(void** state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/tonus-soak-XXXXXX");
    return mkdtemp(folder) && setenv("HOME", folder, 1) == 0 ? 0 : -1;
}

static int close_folder(void** state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_hours_faster_than_real_time)};
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
