// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Events from rough hosts: no ports, tiny buffers, floods, atoms that nobody knows. MIDI that
/// comes in goes out again; a note of the plugin's own that was switched on is switched off.
#include "check.h"
#include "feed.h"
#include "watch.h"

#include <lv2/atom/atom.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/time/time.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double RATE = 48000.0;

static bool has_events(const Host* host, bool input)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    for (uint32_t i = 0; i < n; ++i) {
        if (ports[i].kind == HOST_ATOM && ports[i].is_input == input) {
            return true;
        }
    }
    return false;
}

// ---- Ports that are not connected
// ------------------------------------------------------------------

/// Runs with all ports connected but those for which `null` says true.
static bool run_without(Subject* subject, bool (*null)(const HostPort* port, uint32_t one),
                        uint32_t one)
{
    Host* const host = subject_host(subject, NULL);
    if (!host) {
        return false;
    }
    Feed* const feed = feed_new(RATE, 1.0);
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    feed_connect(feed, host, FEED_ECG);
    feed_midi(host, 1.0, 1);
    for (uint32_t i = 0; i < n; ++i) {
        if (ports[i].optional && null(&ports[i], one)) {
            lilv_instance_connect_port(host_instance(host), i, NULL);
        }
    }
    for (int i = 0; i < 100; ++i) {
        lilv_instance_run(host_instance(host), 256);
    }
    host_free(host);
    feed_free(feed);
    return true;
}

static bool only(const HostPort* port, uint32_t one)
{
    return port->index == one;
}
static bool not_only(const HostPort* port, uint32_t one)
{
    return port->index != one;
}
static bool every(const HostPort* port, uint32_t one)
{
    return port && one == 0;
}

static bool unconnected_ports(Subject* subject)
{
    HostConfig config = host_config();
    config.null_optional = true;
    Host* const host = subject_host(subject, &config);
    if (!host) {
        return false;
    }
    uint32_t n = 0;
    host_ports(host, &n);
    Feed* const feed = feed_new(RATE, 4.0);
    Watch watch = {.own_midi = true};
    watch_attach(&watch, host);
    feed_connect(feed, host, FEED_ECG);
    host_run(host, feed->frames, 0);
    bool fine = watch_fine(subject, &watch, host, "without optional ports") &&
                run_without(subject, every, 0);
    for (uint32_t i = 0; fine && i < n; ++i) {
        fine = run_without(subject, only, i) && run_without(subject, not_only, i);
    }
    host_free(host);
    feed_free(feed);
    return fine;
}

// ---- Little room
// -----------------------------------------------------------------------------------

static bool tiny_buffers(Subject* subject)
{
    static const uint32_t capacities[] = {8,  12, 16, 20,  24,  32,   39,  40,
                                          41, 48, 64, 100, 256, 1024, 8192};
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; ++i) {
        HostConfig config = host_config();
        config.out_capacity = capacities[i];
        Host* const host = subject_host(subject, &config);
        if (!host) {
            return false;
        }
        Feed* const feed = feed_new(RATE, 6.0);
        Watch watch = {.own_midi = true};
        watch_attach(&watch, host);
        feed_connect(feed, host, FEED_ECG);
        feed_midi(host, 6.0, 7);
        host_run(host, feed->frames, 1024);
        char when[64];
        snprintf(when, sizeof when, "with %u bytes of output", capacities[i]);
        const bool fine = watch_fine(subject, &watch, host, when);
        host_free(host);
        feed_free(feed);
        if (!fine) {
            return false;
        }
    }
    return true;
}

// ---- MIDI through
// ------------------------------------------------------------------------------------

/// All that was sent in comes out at the same frame, in the same order, among what the plugin adds.
static bool midi_passes(Subject* subject)
{
    HostConfig config = host_config();
    config.out_capacity = 1 << 16;
    Host* const host = subject_host(subject, &config);
    if (!host) {
        return false;
    }
    if (!has_events(host, true) || !has_events(host, false)) {
        host_free(host);
        return true;
    }
    enum { COUNT = 2000 };
    uint32_t random = 2020;
    uint8_t sent[COUNT][3];
    uint64_t frames[COUNT], frame = 0;
    for (int i = 0; i < COUNT; ++i) {
        frame += check_random(&random) % 400;
        frames[i] = frame;
        // polyphonic pressure: no plugin of ours says or reads it
        sent[i][0] = (uint8_t)(0xA0 | (check_random(&random) & 15));
        sent[i][1] = (uint8_t)(check_random(&random) & 127);
        sent[i][2] = (uint8_t)(check_random(&random) & 127);
        host_midi(host, frame, sent[i], 3);
    }
    Feed* const feed = feed_new(RATE, 10.0);
    feed_connect(feed, host, FEED_ECG);
    host_run(host, frame + 1, 0);
    size_t n_events = 0;
    const HostEvent* const events = host_events(host, &n_events);
    int next = 0;
    bool fine = subject_host_fine(subject, host);
    for (size_t i = 0; fine && i < n_events; ++i) {
        if (!host_event_is_midi(host, &events[i]) || (events[i].body[0] & 0xF0) != 0xA0) {
            continue;
        }
        if (next == COUNT || events[i].frame != frames[next] ||
            memcmp(events[i].body, sent[next], 3)) {
            fine = subject_wrong(subject, "MIDI message %d does not come out at its frame", next);
        }
        ++next;
    }
    if (fine && next != COUNT) {
        fine = subject_wrong(subject, "%d of %d MIDI messages come out", next, COUNT);
    }
    host_free(host);
    feed_free(feed);
    return fine;
}

/// Notes that are on, by channel and number.
typedef struct {
    bool on[16][128];
    int twice; ///< the first note switched on while it was on, 0: none
} Notes;

static void count_notes(Host* host, uint32_t n, void* data)
{
    Notes* const notes = data;
    (void)n;
    size_t n_events = 0;
    const HostEvent* const events = host_events(host, &n_events);
    for (size_t i = 0; i < n_events; ++i) {
        const uint8_t* const bytes = events[i].body;
        if (!host_event_is_midi(host, &events[i]) || events[i].size != 3 || bytes[1] > 127) {
            continue;
        }
        const int kind = bytes[0] & 0xF0;
        if (kind == 0x90 && bytes[2]) {
            if (notes->on[bytes[0] & 15][bytes[1]] && !notes->twice) {
                notes->twice = bytes[1];
            }
            notes->on[bytes[0] & 15][bytes[1]] = true;
        } else if (kind == 0x80 || kind == 0x90) {
            notes->on[bytes[0] & 15][bytes[1]] = false;
        }
    }
    host_forget(host);
}

/// Far more controllers than the output holds. Notes of the plugin's own must survive it.
static bool flood(Subject* subject)
{
    Host* const host = subject_host(subject, NULL);
    if (!host) {
        return false;
    }
    uint32_t random = 10;
    const double flood_s = 4.0, seconds = 16.0;
    for (uint64_t frame = 0; frame < (uint64_t)(flood_s * RATE); ++frame) {
        const uint8_t message[3] = {(uint8_t)(0xB0 | (check_random(&random) & 7)),
                                    (uint8_t)(64 + check_random(&random) % 50),
                                    (uint8_t)(check_random(&random) & 127)};
        host_midi(host, frame, message, 3);
    }
    Notes notes = {0};
    host_on_block(host, count_notes, &notes);
    Feed* const feed = feed_new(RATE, seconds);
    feed_connect(feed, host, FEED_ECG);
    host_run(host, (uint64_t)(flood_s * RATE), 2048);
    host_run(host, (uint64_t)((seconds - flood_s) * RATE), 256);
    // Bypass ends what is held. Then nothing may sound.
    bool fine = subject_host_fine(subject, host);
    if (host_port(host, "enabled")) {
        host_set(host, "enabled", 0.0f);
    } else {
        host_deactivate(host);
        host_activate(host);
    }
    host_run(host, (uint64_t)(2.0 * RATE), 256);
    fine = fine && subject_host_fine(subject, host);
    if (!host_port(host, "enabled")) {
        memset(notes.on, 0, sizeof notes.on);
    }
    if (fine && notes.twice) {
        fine = subject_wrong(subject, "note %d was not switched off before it came again",
                             notes.twice);
    }
    for (int c = 0; fine && c < 16; ++c) {
        for (int k = 0; fine && k < 128; ++k) {
            if (notes.on[c][k]) {
                fine =
                    subject_wrong(subject, "note %d on channel %d is never switched off", k, c + 1);
            }
        }
    }
    host_free(host);
    feed_free(feed);
    return fine;
}

// ---- Wild atoms
// --------------------------------------------------------------------------------------

static const char* const TYPES[] = {
    LV2_ATOM__Object, LV2_ATOM__Blank, LV2_ATOM__Resource,  LV2_ATOM__Tuple,    LV2_ATOM__Vector,
    LV2_ATOM__String, LV2_ATOM__Path,  LV2_ATOM__URID,      LV2_ATOM__Sequence, LV2_ATOM__Float,
    LV2_ATOM__Int,    LV2_ATOM__Chunk, LV2_MIDI__MidiEvent, LV2_TIME__Position, "urn:nobody:knows"};
enum { N_TYPES = sizeof TYPES / sizeof *TYPES, WILD_SIZE = 600 };

static uint32_t any_urid(Host* host, uint32_t* random)
{
    static const char* const uris[] = {LV2_PATCH__Set,   LV2_PATCH__Get,     LV2_PATCH__property,
                                       LV2_PATCH__value, LV2_PATCH__subject, LV2_TIME__Position,
                                       LV2_TIME__frame,  LV2_TIME__speed,    LV2_ATOM__Float,
                                       LV2_ATOM__Path,   LV2_ATOM__Object,   LV2_ATOM__URID};
    const uint32_t choice = check_random(random) % 16;
    return choice < 12 ? host_urid(host_world(host), uris[choice])
                       : check_random(random) % (choice < 14 ? 60 : 0xFFFFFFFFu);
}

/// An object that begins right: id, class, then properties with lengths that may lie.
static uint32_t wild_object(Host* host, uint32_t* body, uint32_t* random)
{
    static const uint32_t lengths[] = {0, 1, 4, 8, 100, 1000, 0x7FFFFFFF, 0xFFFFFFF0, 0xFFFFFFFF};
    uint32_t words = 0;
    body[words++] = any_urid(host, random);
    body[words++] = any_urid(host, random);
    while (words < 2 + 6 * (check_random(random) % 8)) {
        body[words++] = any_urid(host, random);            // key
        body[words++] = any_urid(host, random);            // context
        body[words++] = lengths[check_random(random) % 9]; // size of the value
        body[words++] = any_urid(host, random);            // its type
        body[words++] = check_random(random);
        body[words++] = check_random(random);
    }
    return 4 * words - check_random(random) % 5;
}

static bool wild_atoms(Subject* subject)
{
    Host* const host = subject_host(subject, NULL);
    if (!host) {
        return false;
    }
    uint32_t random = 555, body[WILD_SIZE / 4];
    Feed* const feed = feed_new(RATE, 12.0);
    Watch watch = {0};
    watch_attach(&watch, host);
    feed_connect(feed, host, FEED_ECG);
    for (int i = 0; i < 6000; ++i) {
        const uint64_t frame = check_random(&random) % (uint64_t)(6.0 * RATE);
        const char* const type = TYPES[check_random(&random) % N_TYPES];
        uint32_t size = check_random(&random) % 64;
        for (uint32_t k = 0; k < WILD_SIZE / 4; ++k) {
            body[k] = check_random(&random) % 3 ? check_random(&random) : 0xFFFFFFFFu;
        }
        if (!strcmp(type, LV2_ATOM__Object) || !strcmp(type, LV2_ATOM__Blank)) {
            size = wild_object(host, body, &random);
        } else if (check_random(&random) % 50 == 0) {
            size = WILD_SIZE;
        }
        host_atom(host, frame, host_urid(subject->world, type), body, size);
    }
    host_run(host, feed->frames, 0);
    const bool fine = watch_fine(subject, &watch, host, "wild atoms");
    host_free(host);
    feed_free(feed);
    return fine;
}

/// What stands at the event input is no sequence at all, or an empty one.
static bool no_sequence(Subject* subject)
{
    Host* const host = subject_host(subject, NULL);
    if (!host) {
        return false;
    }
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    static const struct {
        uint32_t size;
        const char* type;
    } kinds[] = {
        {0, NULL},  {0, LV2_ATOM__Sequence}, {4, LV2_ATOM__Sequence}, {8, LV2_ATOM__Sequence},
        {64, NULL}, {64, LV2_ATOM__Object},  {64, LV2_ATOM__Chunk}};
    uint64_t* const memory = calloc(16, sizeof(uint64_t));
    LV2_Atom* const atom = (LV2_Atom*)memory;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; ++k) {
        for (uint32_t i = 0; i < n; ++i) {
            if (ports[i].kind == HOST_ATOM && ports[i].is_input) {
                memset(memory, k % 2 ? 0xFF : 0, 16 * sizeof(uint64_t));
                memset(atom + 1, 0, 8); // the body's unit: frames
                atom->size = kinds[k].size;
                atom->type = kinds[k].type ? host_urid(subject->world, kinds[k].type) : 0;
                lilv_instance_connect_port(host_instance(host), i, memory);
                if (atom->size > 8 && atom->type == host_urid(subject->world, LV2_ATOM__Sequence)) {
                    atom->size = 8;
                }
            }
        }
        host_block(host, 256);
    }
    const bool fine = subject_host_fine(subject, host);
    host_free(host);
    free(memory);
    return fine;
}

int main(int argc, char** argv)
{
    static const Check checks[] = {{"unconnected ports", unconnected_ports, 0},
                                   {"tiny event buffers", tiny_buffers, 0},
                                   {"MIDI passes", midi_passes, 0},
                                   {"floods of MIDI", flood, 0},
                                   {"wild atoms", wild_atoms, 0},
                                   {"no sequence", no_sequence, 0}};
    return check_main(argc, argv, "events", checks, sizeof checks / sizeof *checks);
}
