// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The same results, bit for bit, however a host cuts time into blocks, wherever it puts the
/// buffers, whenever its worker answers, and whatever other instances do.
#include "check.h"
#include "feed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CONTROLS = 96, SEGMENTS = 4 };
static const double SEGMENT_S = 5.0;
static const double RATE = 48000.0;

/// All that an instance gave in one run.
typedef struct {
    Host* host;
    float controls[SEGMENTS][MAX_CONTROLS]; ///< the outputs at the end of each segment
} Take;

/// How a host may cut and place things.
typedef struct {
    uint32_t block; ///< frames, 0: random lengths
    HostConfig config;
    bool empty_blocks; ///< a block of no frames before each segment and inside it
} Manner;

static Manner manner(uint32_t block)
{
    Manner result = {.block = block, .config = host_config()};
    result.config.rate = RATE;
    return result;
}

/// A test is faster than any disk: nothing here happens in real time, and plugins may know it.
static void tell_that_time_is_not_real(Host* host)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    for (uint32_t i = 0; i < n; ++i) {
        if (ports[i].freewheel) {
            host_set(host, ports[i].symbol, 1.0f);
        }
    }
}

/// The controls change between the segments, the same in each take; they are where a partition must
/// cut.
static void run_segments(Take* take, const Manner* how, Feed* feed)
{
    uint32_t random = 12345;
    Host* const host = take->host;
    const uint64_t frames = (uint64_t)(SEGMENT_S * RATE);
    feed_connect(feed, host, FEED_ECG);
    feed_midi(host, SEGMENTS * SEGMENT_S, 99);
    for (int s = 0; s < SEGMENTS; ++s) {
        if (s) {
            feed_controls(host, s == 2 ? FEED_DEFAULTS : FEED_RANDOM, &random);
        }
        tell_that_time_is_not_real(host);
        if (how->empty_blocks) {
            host_block(host, 0);
            host_run(host, frames / 3, 480);
            host_block(host, 0);
            host_block(host, 0);
            host_run(host, frames - frames / 3, 480);
        } else if (how->block && how->block < 15) { // a part will do: calls take most of the time
            host_run(host, frames / 4, how->block);
            host_run(host, frames - frames / 4, 480);
        } else {
            host_run(host, frames, how->block);
        }
        uint32_t n = 0;
        const HostPort* const ports = host_ports(host, &n);
        for (uint32_t i = 0; i < n && i < MAX_CONTROLS; ++i) {
            take->controls[s][i] =
                ports[i].kind == HOST_CONTROL ? host_get(host, ports[i].symbol) : 0.0f;
        }
    }
}

static Take* take_new(Subject* subject, const Manner* how, Feed* feed)
{
    Take* const take = calloc(1, sizeof *take);
    take->host = subject_host(subject, &how->config);
    if (!take->host) {
        free(take);
        return NULL;
    }
    run_segments(take, how, feed);
    return take;
}

static void take_free(Take* take)
{
    if (take) {
        host_free(take->host);
        free(take);
    }
}

static bool same_audio(Subject* subject, const Take* a, const Take* b, const char* what)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(a->host, &n);
    const size_t frames = host_output_frames(a->host);
    for (uint32_t i = 0; i < n; ++i) {
        if ((ports[i].kind != HOST_AUDIO && ports[i].kind != HOST_CV) || ports[i].is_input) {
            continue;
        }
        const float* const p = host_output(a->host, ports[i].symbol);
        const float* const q = host_output(b->host, ports[i].symbol);
        for (size_t k = 0; k < frames; ++k) {
            if (memcmp(&p[k], &q[k], sizeof(float)) != 0) {
                return subject_wrong(subject, "%s: %s differs from frame %zu on: %.9g and %.9g",
                                     what, ports[i].symbol, k, (double)p[k], (double)q[k]);
            }
        }
    }
    return true;
}

static bool same_events(Subject* subject, const Take* a, const Take* b, const char* what)
{
    size_t n_a = 0, n_b = 0;
    const HostEvent* const p = host_events(a->host, &n_a);
    const HostEvent* const q = host_events(b->host, &n_b);
    for (size_t i = 0; i < n_a && i < n_b; ++i) {
        if (p[i].frame != q[i].frame || p[i].type != q[i].type || p[i].size != q[i].size ||
            memcmp(p[i].body, q[i].body, p[i].size) != 0) {
            return subject_wrong(subject,
                                 "%s: event %zu differs: frame %lu, %u bytes %02x %02x %02x; frame "
                                 "%lu, %u bytes %02x %02x %02x",
                                 what, i, (unsigned long)p[i].frame, p[i].size, p[i].body[0],
                                 p[i].body[1], p[i].body[2], (unsigned long)q[i].frame, q[i].size,
                                 q[i].body[0], q[i].body[1], q[i].body[2]);
        }
    }
    return n_a == n_b ? true : subject_wrong(subject, "%s: %zu and %zu events", what, n_a, n_b);
}

static bool same_controls(Subject* subject, const Take* a, const Take* b, const char* what)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(a->host, &n);
    for (int s = 0; s < SEGMENTS; ++s) {
        for (uint32_t i = 0; i < n && i < MAX_CONTROLS; ++i) {
            if (memcmp(&a->controls[s][i], &b->controls[s][i], sizeof(float)) != 0) {
                return subject_wrong(
                    subject, "%s: output %s differs after segment %d: %.9g and %.9g", what,
                    ports[i].symbol, s, (double)a->controls[s][i], (double)b->controls[s][i]);
            }
        }
    }
    return true;
}

/// Runs the subject in that manner and compares with the reference.
static bool same(Subject* subject, const Take* reference, const Manner* how, Feed* feed,
                 const char* what)
{
    Take* const take = take_new(subject, how, feed);
    const bool fine = take && subject_host_fine(subject, take->host) &&
                      same_audio(subject, reference, take, what) &&
                      same_events(subject, reference, take, what) &&
                      same_controls(subject, reference, take, what);
    take_free(take);
    return fine;
}

/// Takes the reference, then calls `compare` with it.
static bool with_reference(Subject* subject, bool (*compare)(Subject*, const Take*, Feed*))
{
    Feed* const feed = feed_new(RATE, SEGMENTS * SEGMENT_S);
    const Manner plain = manner(480);
    Take* const reference = take_new(subject, &plain, feed);
    const bool fine = reference && subject_host_fine(subject, reference->host) &&
                      compare(subject, reference, feed);
    take_free(reference);
    feed_free(feed);
    return fine;
}

static bool compare_sizes(Subject* subject, const Take* reference, Feed* feed)
{
    static const uint32_t sizes[] = {1, 7, 15, 64, 256, 1000, 8192, 0, 0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        Manner how = manner(sizes[i]);
        how.config.seed = (uint32_t)i;
        char what[64];
        snprintf(what, sizeof what,
                 sizes[i] ? "blocks of %u and 480" : "blocks of random size and 480", sizes[i]);
        if (!same(subject, reference, &how, feed, what)) {
            return false;
        }
    }
    return true;
}

static bool block_size(Subject* subject)
{
    return with_reference(subject, compare_sizes);
}

static bool compare_huge(Subject* subject, const Take* reference, Feed* feed)
{
    Manner how = manner(65536);
    how.config.max_block = 65536;
    how.config.out_capacity = 1 << 20; // the longer the block, the more events are in it
    return same(subject, reference, &how, feed, "blocks of 65536 and 480");
}

static bool huge_blocks(Subject* subject)
{
    return with_reference(subject, compare_huge);
}

static bool compare_in_place(Subject* subject, const Take* reference, Feed* feed)
{
    Manner how = manner(256);
    how.config.in_place = true;
    return same(subject, reference, &how, feed, "in place and not");
}

static bool in_place(Subject* subject)
{
    return with_reference(subject, compare_in_place);
}

static bool compare_moving(Subject* subject, const Take* reference, Feed* feed)
{
    Manner how = manner(0);
    how.config.moving_buffers = true;
    return same(subject, reference, &how, feed, "moving buffers and fixed ones");
}

static bool moving_buffers(Subject* subject)
{
    return with_reference(subject, compare_moving);
}

static bool compare_empty(Subject* subject, const Take* reference, Feed* feed)
{
    Manner how = manner(480);
    how.empty_blocks = true;
    return same(subject, reference, &how, feed, "with blocks of no frames and without");
}

static bool no_frames(Subject* subject)
{
    return with_reference(subject, compare_empty);
}

static bool compare_workers(Subject* subject, const Take* reference, Feed* feed)
{
    static const struct {
        HostWorker worker;
        uint32_t delay;
        const char* what;
    } workers[] = {{HOST_WORKER_SYNC, 0, "worker inside run() and after it"},
                   {HOST_WORKER_THREADED, 0, "worker in a thread and after run()"},
                   {HOST_WORKER_DELAYED, 20, "worker 20 blocks late and at once"}};
    for (size_t i = 0; i < sizeof workers / sizeof *workers; ++i) {
        Manner how = manner(480);
        how.config.worker = workers[i].worker;
        how.config.worker_delay = workers[i].delay;
        if (!same(subject, reference, &how, feed, workers[i].what)) {
            return false;
        }
    }
    return true;
}

static bool worker_timing(Subject* subject)
{
    return with_reference(subject, compare_workers);
}

/// A second instance with other signals and controls runs between the blocks of the first.
static void disturb(Host* host, uint32_t n, void* data)
{
    Host* const other = data;
    (void)host;
    if (n) {
        host_block(other, n);
    }
}

static bool compare_neighbour(Subject* subject, const Take* reference, Feed* feed)
{
    const Manner how = manner(480);
    uint32_t random = 777;
    HostConfig config = how.config;
    config.keep_audio = false;
    config.keep_events = false;
    Host* const other = subject_host(subject, &config);
    Take* const take = calloc(1, sizeof *take);
    take->host = subject_host(subject, &how.config);
    bool fine = other && take->host;
    if (fine) {
        feed_connect(feed, other, FEED_HUM);
        feed_controls(other, FEED_RANDOM, &random);
        host_on_block(take->host, disturb, other);
        run_segments(take, &how, feed);
        fine = same_audio(subject, reference, take, "beside another instance and alone") &&
               same_events(subject, reference, take, "beside another instance and alone") &&
               same_controls(subject, reference, take, "beside another instance and alone");
    }
    host_free(other);
    take_free(take);
    return fine;
}

static bool share_nothing(Subject* subject)
{
    return with_reference(subject, compare_neighbour);
}

/// deactivate() and activate() begin anew: the sound and the thru are those of a fresh instance.
/// What was learned about the person may stay, so events and values are not compared.
static bool reactivation(Subject* subject)
{
    Feed* const feed = feed_new(RATE, 8.0);
    Host* const host = subject_host(subject, NULL);
    bool fine = host != NULL;
    if (fine) {
        uint32_t n = 0;
        const HostPort* const ports = host_ports(host, &n);
        // music alone: nothing about a person is in it
        feed_connect(feed, host, FEED_MUSIC);
        host_run(host, 4 * (uint64_t)RATE + 1234, 480);
        host_deactivate(host);
        host_activate(host);
        const size_t start = host_output_frames(host);
        feed_connect(feed, host, FEED_MUSIC);
        host_run(host, 2 * (uint64_t)RATE, 480);
        for (uint32_t i = 0; fine && i < n; ++i) {
            if (ports[i].kind != HOST_AUDIO || ports[i].is_input) {
                continue;
            }
            const float* const out = host_output(host, ports[i].symbol);
            if (memcmp(out, out + start, (size_t)(2 * RATE) * sizeof(float)) != 0) {
                fine = subject_wrong(subject, "%s is not the same after activate() as at first",
                                     ports[i].symbol);
            }
        }
        fine = fine && subject_host_fine(subject, host);
    }
    host_free(host);
    feed_free(feed);
    return fine;
}

int main(int argc, char** argv)
{
    static const Check checks[] = {{"block size", block_size, 0},
                                   {"huge blocks", huge_blocks, 0},
                                   {"in place", in_place, 0},
                                   {"moving buffers", moving_buffers, 0},
                                   {"blocks of no frames", no_frames, 0},
                                   {"worker timing", worker_timing, 0},
                                   {"instances share nothing", share_nothing, 0},
                                   {"reactivation", reactivation, 0}};
    return check_main(argc, argv, "blocks", checks, sizeof checks / sizeof *checks);
}
