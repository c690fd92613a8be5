// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a session keeps: state comes back as it was, whatever stands in the file nothing breaks,
/// and presets say only what the plugin knows.
#include "check.h"
#include "feed.h"
#include "watch.h"

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/presets/presets.h>

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double RATE = 48000.0;

static HostConfig with_folder(void)
{
    HostConfig config = host_config();
    config.state_dir = check_folder();
    return config;
}

/// An instance that has worked for a while, with all its controls somewhere.
static Host* experienced(Subject* subject, double seconds, uint32_t seed)
{
    const HostConfig config = with_folder();
    Host* const host = subject_host(subject, &config);
    if (host) {
        Feed* const feed = feed_new(RATE, seconds);
        feed_connect(feed, host, FEED_ECG);
        feed_midi(host, seconds, seed);
        host_run(host, feed->frames / 2, 256);
        feed_controls(host, FEED_RANDOM, &seed);
        host_run(host, feed->frames - feed->frames / 2, 256);
        feed_free(feed);
        host_forget(host);
    }
    return host;
}

// ---- Round trip ------------------------------------------------------------------------------

static bool round_trip(Subject* subject)
{
    Host* const first = experienced(subject, 40.0, 17);
    const HostConfig config = with_folder();
    Host* const second = subject_host(subject, &config);
    bool fine = first && second;
    if (fine && host_has_state(first)) {
        HostState* const a = host_save(first);
        HostState* const again = host_save(first);
        const LV2_State_Status status = host_restore(second, a);
        HostState* const b = host_save(second);
        fine = host_state_equal(a, again) || subject_wrong(subject, "two saves in a row differ");
        fine = fine && ((a->status == LV2_STATE_SUCCESS && status == LV2_STATE_SUCCESS) ||
                        subject_wrong(subject, "save or restore fails"));
        fine = fine && (host_state_equal(a, b) ||
                        subject_wrong(subject, "save, restore, save give something else"));
        // also while it works
        host_run(second, 4800, 256);
        host_restore(first, b);
        host_run(first, 4800, 256);
        HostState* const c = host_save(first);
        fine = fine &&
               (host_state_equal(a, c) || c->count == a->count ||
                subject_wrong(subject, "restoring over an own state leaves properties behind"));
        host_state_free(a);
        host_state_free(again);
        host_state_free(b);
        host_state_free(c);
    }
    host_free(first);
    host_free(second);
    return fine;
}

// ---- Wild state --------------------------------------------------------------------------------

static HostState* copy(const HostState* state)
{
    HostState* const result = host_state_new();
    for (size_t i = 0; i < state->count; ++i) {
        const HostProperty* const p = &state->properties[i];
        host_state_set(result, p->key, p->type, p->value, p->size);
    }
    return result;
}

static void fill_random(void* memory, size_t size, uint32_t* random)
{
    uint8_t* const bytes = memory;
    for (size_t i = 0; i < size; ++i) {
        bytes[i] = (uint8_t)(check_random(random) >> 11);
    }
}

/// Alters one property: its bytes, its length, its type, or all of them.
static void spoil(Host* host, HostProperty* property, uint32_t* random)
{
    static const char* const types[] = {LV2_ATOM__Int,  LV2_ATOM__Float,  LV2_ATOM__Double,
                                        LV2_ATOM__Path, LV2_ATOM__String, LV2_ATOM__Vector,
                                        LV2_ATOM__Chunk};
    const size_t megabyte = 1 << 20;
    size_t size = property->size;
    switch (check_random(random) % 6) {
    case 0:
        break;
    case 1: // truncated
        size = size ? check_random(random) % size : 0;
        property->value = realloc(property->value, size ? size : 1);
        property->size = size;
        return;
    case 2:
        size = megabyte;
        break;
    case 3:
        size = check_random(random) % 64;
        break;
    case 4: // the right length, impossible numbers
        for (size_t i = 0; i + sizeof(float) <= property->size; i += sizeof(float)) {
            const float numbers[] = {FLT_MAX, -FLT_MAX, 1e30f, -1.0f, 0.0f, 1e-40f};
            const uint32_t specials[] = {0x7FC00000u, 0x7F800000u, 0xFFFFFFFFu, 0x7FFFFFFFu};
            if (check_random(random) % 2) {
                memcpy((char*)property->value + i, &numbers[check_random(random) % 6],
                       sizeof(float));
            } else {
                memcpy((char*)property->value + i, &specials[check_random(random) % 4],
                       sizeof(float));
            }
        }
        return;
    default:
        property->type = host_urid(host_world(host), types[check_random(random) % 7]);
        return;
    }
    property->value = realloc(property->value, size ? size : 1);
    property->size = size;
    fill_random(property->value, size, random);
}

static bool works(Subject* subject, Host* host, Feed* feed, const char* when)
{
    Watch watch = {0};
    host_forget(host);
    watch_attach(&watch, host);
    feed_connect(feed, host, FEED_ECG);
    host_run(host, feed->frames, 1024);
    HostState* const state = host_save(host);
    host_state_free(state);
    host_on_block(host, NULL, NULL);
    return watch_fine(subject, &watch, host, when);
}

static bool wild_state(Subject* subject)
{
    Host* host = experienced(subject, 10.0, 5);
    if (!host || !host_has_state(host)) {
        const bool fine = host != NULL; // keeps none: nothing can go wrong
        host_free(host);
        return fine;
    }
    uint32_t random = 911;
    HostState* const good = host_save(host);
    HostState* const none = host_state_new();
    Feed* const feed = feed_new(RATE, 1.0);
    host_restore(host, none);
    bool fine = works(subject, host, feed, "after an empty state");
    for (int round = 0; fine && round < 60; ++round) {
        HostState* const state = copy(good);
        for (size_t i = 0; i < state->count; ++i) {
            if (check_random(&random) % 2) {
                spoil(host, &state->properties[i], &random);
            }
        }
        if (state->count && check_random(&random) % 4 == 0) { // one of an older version
            free(state->properties[--state->count].value);
        }
        const double news = 3.5; // one of a newer version
        host_state_set(state, host_urid(subject->world, "urn:nobody:knows"),
                       host_urid(subject->world, LV2_ATOM__Double), &news, sizeof news);
        host_restore(host, state);
        fine = works(subject, host, feed, "after a wild state");
        host_state_free(state);
    }
    if (fine) { // and still takes a good one
        host_restore(host, good);
        HostState* const again = host_save(host);
        fine = host_state_equal(good, again) ||
               subject_wrong(subject, "does not take a good state after wild ones");
        host_state_free(again);
    }
    host_state_free(good);
    host_state_free(none);
    host_free(host);
    feed_free(feed);
    return fine;
}

// ---- Presets
// -------------------------------------------------------------------------------------

/// The ports and values of a preset as its Turtle has them, against the plugin's.
static bool preset_fits(Subject* subject, const LilvNode* preset, const char* name)
{
    LilvWorld* const world = host_world_lilv(subject->world);
    LilvNode* const port = lilv_new_uri(world, LV2_CORE__port);
    LilvNode* const symbol = lilv_new_uri(world, LV2_CORE__symbol);
    LilvNode* const value = lilv_new_uri(world, LV2_PRESETS__value);
    Host* const host = subject_host(subject, NULL);
    LilvNodes* const ports = lilv_world_find_nodes(world, preset, port, NULL);
    bool fine = host != NULL;
    LILV_FOREACH(nodes, i, ports)
    {
        LilvNode* const s = lilv_world_get(world, lilv_nodes_get(ports, i), symbol, NULL);
        LilvNode* const v = lilv_world_get(world, lilv_nodes_get(ports, i), value, NULL);
        const HostPort* const found = fine && s ? host_port(host, lilv_node_as_string(s)) : NULL;
        if (fine && (!found || found->kind != HOST_CONTROL || !found->is_input)) {
            fine = subject_wrong(subject, "%s: there is no control input %s", name,
                                 s ? lilv_node_as_string(s) : "(without symbol)");
        } else if (fine && !v) {
            fine = subject_wrong(subject, "%s: %s without value", name, found->symbol);
        } else if (fine) {
            const float number = lilv_node_as_float(v);
            if (!(number >= found->minimum && number <= found->maximum)) {
                fine =
                    subject_wrong(subject, "%s: %s = %g is outside of %g..%g", name, found->symbol,
                                  (double)number, (double)found->minimum, (double)found->maximum);
            }
            if (fine && (found->toggled || found->integer || found->enumeration) &&
                number != (float)(int)number) {
                fine = subject_wrong(subject, "%s: %s = %g is no whole number", name, found->symbol,
                                     (double)number);
            }
        }
        lilv_node_free(s);
        lilv_node_free(v);
    }
    lilv_nodes_free(ports);
    lilv_node_free(port);
    lilv_node_free(symbol);
    lilv_node_free(value);
    host_free(host);
    return fine;
}

static bool preset_plays(Subject* subject, const LilvNode* preset, const char* name)
{
    const HostConfig config = with_folder();
    Host* const host = subject_host(subject, &config);
    if (!host) {
        return false;
    }
    Feed* const feed = feed_new(RATE, 4.0);
    bool fine =
        host_load_preset(host, preset) || subject_wrong(subject, "%s: lilv cannot load it", name);
    fine = fine && works(subject, host, feed, name);
    host_free(host);
    feed_free(feed);
    return fine;
}

static bool presets_fit(Subject* subject)
{
    LilvWorld* const world = host_world_lilv(subject->world);
    LilvNode* const label = lilv_new_uri(world, "http://www.w3.org/2000/01/rdf-schema#label");
    LilvNodes* const presets = host_presets(subject->world, subject->plugin);
    char labels[64][80];
    int n_labels = 0;
    bool fine = true;
    LILV_FOREACH(nodes, i, presets)
    {
        const LilvNode* const preset = lilv_nodes_get(presets, i);
        lilv_world_load_resource(world, preset);
        LilvNode* const name = lilv_world_get(world, preset, label, NULL);
        const char* const text = name ? lilv_node_as_string(name) : lilv_node_as_string(preset);
        fine = fine && (name || subject_wrong(subject, "preset %s has no label", text));
        for (int k = 0; fine && k < n_labels; ++k) {
            if (!strcmp(labels[k], text)) {
                fine = subject_wrong(subject, "two presets are called %s", text);
            }
        }
        if (n_labels < 64) {
            snprintf(labels[n_labels++], sizeof labels[0], "%s", text);
        }
        fine = fine && preset_fits(subject, preset, text) && preset_plays(subject, preset, text);
        lilv_node_free(name);
    }
    lilv_nodes_free(presets);
    lilv_node_free(label);
    return fine;
}

int main(int argc, char** argv)
{
    static const Check checks[] = {{"state round trip", round_trip, 0},
                                   {"wild state", wild_state, 0},
                                   {"presets", presets_fit, 0}};
    return check_main(argc, argv, "state", checks, sizeof checks / sizeof *checks);
}
