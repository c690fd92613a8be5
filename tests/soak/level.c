// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Level work: in three minutes no block takes more than four times as long as the median one. A
/// block's time is its least over several runs of the same, so that what else the machine does is
/// left out.
#include "check.h"
#include "feed.h"

#include <stdlib.h>
#include <time.h>

enum { BLOCK = 256, RUNS = 7, MOST_RUNS = 40 }; // more runs as long as a block looks too long
static const double RATE = 48000.0, SECONDS = 180.0, MOST = 4.0;

static double begun, spent; // s: of the last run()

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void before(void)
{
    begun = seconds_now();
}
static void after(void)
{
    spent = seconds_now() - begun;
}

static int by_value(const void* a, const void* b)
{
    const double p = *(const double*)a, q = *(const double*)b;
    return (p > q) - (p < q);
}

/// Runs it all once; each block keeps its least time.
static bool one_run(Subject* subject, const HostConfig* config, Feed* feed, double* least,
                    bool first)
{
    Host* const host = subject_host(subject, config);
    if (!host) {
        return false;
    }
    host_around_run(host, before, after);
    feed_connect(feed, host, FEED_ECG);
    feed_midi(host, SECONDS, 1);
    for (uint32_t b = 0; b < feed->frames / BLOCK; ++b) {
        host_block(host, BLOCK);
        least[b] = !first && least[b] < spent ? least[b] : spent;
    }
    host_free(host);
    return true;
}

static bool level_work(Subject* subject)
{
    Feed* const feed = feed_new(RATE, SECONDS);
    const uint32_t blocks = feed->frames / BLOCK;
    double* const least = calloc(blocks, sizeof *least);
    double* const sorted = calloc(blocks, sizeof *sorted);
    HostConfig config = host_config();
    config.keep_audio = false;
    config.keep_events = false;
    config.max_block = BLOCK;
    bool fine = true;
    uint32_t worst = 1;
    double median = 0.0;
    for (int r = 0; fine && r < MOST_RUNS && (r < RUNS || least[worst] > MOST * median); ++r) {
        fine = one_run(subject, &config, feed, least, r == 0);
        worst = 1; // the first block of all meets its memory for the first time
        for (uint32_t b = 1; b < blocks; ++b) {
            sorted[b] = least[b];
            worst = least[b] > least[worst] ? b : worst;
        }
        qsort(sorted + 1, blocks - 1, sizeof *sorted, by_value);
        median = sorted[blocks / 2];
    }
    if (fine && least[worst] > MOST * median) {
        fine = subject_wrong(subject, "block %u takes %.2f us, the median one %.2f us", worst,
                             least[worst] * 1e6, median * 1e6);
    }
    free(least);
    free(sorted);
    feed_free(feed);
    return fine;
}

int main(int argc, char** argv)
{
    static const Check checks[] = {{"level work", level_work, 600}};
    // the soak's first argument is a number of seconds, not a plugin
    return check_main(argc > 1 && argv[1][0] >= '0' && argv[1][0] <= '9' ? 1 : argc, argv, "level",
                      checks, 1);
}
