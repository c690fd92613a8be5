// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Runs one plugin for callgrind, which counts what happens inside of bench_run(): see
/// tests/plugins/test_budget.sh. instructions PLUGIN [SECONDS [PORT=VALUE...] [after=SECONDS]]:
/// what is before `after` is not counted.
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256 };

static const char* const INSTALLED[] = {"/usr/lib/lv2/tuna.lv2", "/usr/lib/lv2/darc.lv2",
                                        "/usr/lib/lv2/eg-amp.lv2"};

void bench_run(LilvInstance* instance, uint32_t n);

__attribute__((noinline)) void bench_run(LilvInstance* instance, uint32_t n)
{
    lilv_instance_get_descriptor(instance)->run(lilv_instance_get_handle(instance), n);
}

int main(int argc, char** argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: instructions PLUGIN [SECONDS [PORT=VALUE...] [after=SECONDS]]\n");
        return 2;
    }
    const double seconds = argc > 2 ? atof(argv[2]) : 10.0;
    HostWorld* const world = host_world_new(NULL);
    for (size_t i = 0; strchr(argv[1], '/') && i < sizeof INSTALLED / sizeof *INSTALLED; ++i) {
        host_world_load(world, INSTALLED[i]);
    }
    HostConfig config = host_config();
    config.keep_audio = false;
    config.keep_events = false;
    config.max_block = BLOCK;
    Host* const host = host_new(world, argv[1], &config);
    if (!host) {
        fprintf(stderr, "instructions: no plugin %s\n", argv[1]);
        return 1;
    }
    double after_s = 0.0;
    for (int i = 3; i < argc; ++i) {
        char* const value = strchr(argv[i], '=');
        if (value && !strncmp(argv[i], "after=", 6)) {
            after_s = atof(value + 1);
        } else if (value) {
            *value = '\0';
            host_set(host, argv[i], (float)atof(value + 1));
        }
    }
    const uint64_t before = (uint64_t)(after_s * config.rate) / BLOCK * BLOCK;
    Feed* const feed = feed_new(config.rate, after_s + seconds);
    feed_connect(feed, host, FEED_ECG);
    feed_midi(host, after_s + seconds, 1);
    host_run(host, before, BLOCK);
    host_call_run(host, bench_run);
    host_run(host, feed->frames / BLOCK * BLOCK - before, BLOCK);
    host_free(host);
    feed_free(feed);
    host_world_free(world);
    return 0;
}
