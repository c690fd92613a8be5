// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Runs one plugin for callgrind, which counts what happens inside of bench_run(): see
/// tests/plugins/test_budget.sh. instructions PLUGIN [SECONDS]
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
        fprintf(stderr, "usage: instructions PLUGIN [SECONDS]\n");
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
    Feed* const feed = feed_new(config.rate, seconds);
    feed_connect(feed, host, FEED_ECG);
    feed_midi(host, seconds, 1);
    host_call_run(host, bench_run);
    host_run(host, feed->frames / BLOCK * BLOCK, BLOCK);
    host_free(host);
    feed_free(feed);
    host_world_free(world);
    return 0;
}
