// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// What plugins tell their windows: nothing without one; with one neither sound nor MIDI changes,
// the buffer is never overrun, and it ends when the window is gone.
#include "check.h"
#include "feed.h"
#include "unit.h"

#include <lv2/atom/atom.h>

#include <stdio.h>
#include <string.h>

#define RATE     48000.0
#define LENGTH   16.0 // s
#define LAST_S   8.0  // of the Hellos
#define SILENT_S 6.2  // after the last Hello, with a little to spare

typedef struct {
    Host* host;
    Feed* feed;
} Run;

static HostWorld* world;

static void say(Host* host, double at_s, const char* uri)
{
    const LV2_Atom_Object_Body body = {0, host_urid(world, uri)};
    host_atom(host, (uint64_t)(at_s * RATE), host_urid(world, LV2_ATOM__Object), &body,
              sizeof(body));
}

static Run run_plugin(const char* plugin, bool window, uint32_t capacity, uint32_t block)
{
    HostConfig config = host_config();
    config.out_capacity = capacity;
    config.rate = RATE;
    config.seed = 7;
    Run run = {host_new(world, plugin, &config), feed_new(RATE, LENGTH)};
    assert_non_null(run.host);
    feed_connect(run.feed, run.host, FEED_ECG);
    feed_midi(run.host, LENGTH, 1);
    if (host_port(run.host, "start")) {
        host_set(run.host, "exercise", 1.0f);
        host_set(run.host, "before", 0.0f); // the pace from the beginning
        host_set(run.host, "start", 1.0f);
    }
    for (double at_s = 0.5; window && at_s <= LAST_S; at_s += 2.0) {
        say(run.host, at_s, "urn:tonus:ui#Hello");
    }
    host_run(run.host, (uint64_t)(LENGTH * RATE), block);
    return run;
}

static void end_run(Run* run)
{
    host_free(run->host);
    feed_free(run->feed);
}

static bool is_for_window(const Host* host, const HostEvent* event)
{
    if (event->type != host_urid(world, LV2_ATOM__Object) ||
        event->size < sizeof(LV2_Atom_Object_Body)) {
        return false;
    }
    const char* const uri = host_uri(world, ((const LV2_Atom_Object_Body*)event->body)->otype);
    (void)host;
    return uri && !strncmp(uri, "urn:tonus:ui#", 13);
}

// The next event that is not for a window
static const HostEvent* next(const Host* host, size_t* i)
{
    size_t n = 0;
    const HostEvent* const events = host_events(host, &n);
    while (*i < n && is_for_window(host, &events[*i])) {
        ++*i;
    }
    return *i < n ? &events[(*i)++] : NULL;
}

static void assert_same_events(const char* name, const Host* a, const Host* b)
{
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        const HostEvent* const one = next(a, &i);
        const HostEvent* const other = next(b, &j);
        if (!one || !other) {
            if (one || other) {
                fail_msg("%s: an event is missing", name);
            }
            return;
        }
        if (one->frame != other->frame || one->size != other->size ||
            memcmp(one->body, other->body, one->size) != 0) {
            fail_msg("%s: events differ at frame %lu", name, (unsigned long)one->frame);
        }
    }
}

static void assert_same_sound(const char* name, const Host* a, const Host* b)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(a, &n);
    for (uint32_t i = 0; i < n; ++i) {
        if (ports[i].kind == HOST_AUDIO && !ports[i].is_input) {
            const size_t frames = host_output_frames(a);
            if (memcmp(host_output(a, ports[i].symbol), host_output(b, ports[i].symbol),
                       frames * sizeof(float)) != 0) {
                fail_msg("%s: the sound at %s differs", name, ports[i].symbol);
            }
        }
    }
}

static const char* const plugins[] = {"beat", "breath", "drone", "guide", "heart",   "hrv",
                                      "hum",  "pacer",  "relax", "swell", "recorder"};

enum { N_PLUGINS = sizeof(plugins) / sizeof(plugins[0]) };

static void a_window_changes_nothing(void** state)
{
    (void)state;
    for (int i = 0; i < N_PLUGINS; ++i) {
        Run without = run_plugin(plugins[i], false, 8192, 256);
        Run with = run_plugin(plugins[i], true, 8192, 256);
        size_t n = 0;
        const HostEvent* events = host_events(without.host, &n);
        for (size_t k = 0; k < n; ++k) {
            if (is_for_window(without.host, &events[k])) {
                fail_msg("%s tells a window that is not there", plugins[i]);
            }
        }
        assert_same_events(plugins[i], without.host, with.host);
        assert_same_sound(plugins[i], without.host, with.host);
        assert_null(host_fault(without.host));
        assert_null(host_fault(with.host));
        end_run(&without);
        end_run(&with);
    }
}

static void it_is_told_25_times_a_second_until_it_is_gone(void** state)
{
    static const char* const tell[] = {"beat",  "breath", "drone", "guide",
                                       "heart", "pacer",  "relax"};
    (void)state;
    for (size_t i = 0; i < sizeof(tell) / sizeof(tell[0]); ++i) {
        Run run = run_plugin(tell[i], true, 8192, 256);
        size_t n = 0;
        const HostEvent* const events = host_events(run.host, &n);
        uint64_t last = 0;
        uint64_t moments = 0;
        uint32_t most = 0;
        for (size_t k = 0; k < n; ++k) {
            if (is_for_window(run.host, &events[k])) {
                moments += events[k].frame != last;
                last = events[k].frame;
                most = events[k].size > most ? events[k].size : most;
                assert_true((double)events[k].frame >= 0.5 * RATE);
            }
        }
        assert_true((double)last < (LAST_S + SILENT_S) * RATE);
        if (moments <= 100) {
            fail_msg("%s tells %lu times", tell[i], (unsigned long)moments);
        }
        assert_true((double)moments <= 25.0 * (LAST_S + SILENT_S));
        assert_true(most < 1000); // some hosts' way to a window is no wider
        end_run(&run);
    }
}

static void small_buffers_and_odd_blocks_are_kept(void** state)
{
    static const uint32_t capacities[] = {64, 200, 700, 2000};
    static const uint32_t blocks[] = {0, 8192, 64};
    (void)state;
    for (int i = 0; i < N_PLUGINS; ++i) {
        for (size_t c = 0; c < sizeof(capacities) / sizeof(capacities[0]); ++c) {
            Run run = run_plugin(plugins[i], true, capacities[c], blocks[(c + (size_t)i) % 3]);
            if (host_fault(run.host)) {
                fail_msg("%s with %u bytes: %s", plugins[i], capacities[c], host_fault(run.host));
            }
            end_run(&run);
        }
    }
}

static void goodbye_ends_it_at_once(void** state)
{
    (void)state;
    HostConfig config = host_config();
    Host* const host = host_new(world, "beat", &config);
    Feed* const feed = feed_new(RATE, LENGTH);
    feed_connect(feed, host, FEED_ECG);
    say(host, 0.5, "urn:tonus:ui#Hello");
    say(host, 2.0, "urn:tonus:ui#Goodbye");
    host_run(host, (uint64_t)(4.0 * RATE), 256);
    size_t n = 0;
    size_t told = 0;
    const HostEvent* const events = host_events(host, &n);
    for (size_t k = 0; k < n; ++k) {
        if (is_for_window(host, &events[k])) {
            ++told;
            assert_true((double)events[k].frame < 2.01 * RATE);
        }
    }
    assert_true(told > 20);
    host_free(host);
    feed_free(feed);
}

static int start(void** state)
{
    (void)state;
    world = host_world_new(NULL);
    return 0;
}

static int stop(void** state)
{
    (void)state;
    host_world_free(world);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_changes_nothing),
        cmocka_unit_test(it_is_told_25_times_a_second_until_it_is_gone),
        cmocka_unit_test(small_buffers_and_odd_blocks_are_kept),
        cmocka_unit_test(goodbye_ends_it_at_once),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
