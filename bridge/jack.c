// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/jack.h"

#include "bridge/beatport.h"
#include "bridge/jackport.h"

#include <jack/jack.h>

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_PEOPLE 16u

typedef struct {
    const char* name;
    JackPort signals[SIGNAL_KINDS];
    JackPort quality;
    JackPort beats;
    BeatPort beat_port; // JACK thread only, but for its source
} Person;

struct Bridge {
    jack_client_t* client;
    double rate;
    double latency_offset_ms;
    Wiring* wiring;
    Person people[MAX_PEOPLE];
    unsigned n_people;
    bool active;
    atomic_bool dead, freewheel, go;
    _Atomic unsigned xruns;
};

/// libjack has no clock before a client has been opened in this process
static atomic_bool has_clock;

double bridge_now_us(void)
{
    if (atomic_load(&has_clock)) {
        return (double)jack_get_time();
    }
    struct timespec t; // what JACK's clock is, too, unless it was told otherwise
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + t.tv_nsec * 1e-3;
}

// Who has which port

static Person* person_of(Person* people, unsigned* n, const char* name)
{
    for (unsigned i = 0; i < *n; i++) {
        if (!strcmp(people[i].name, name)) {
            return &people[i];
        }
    }
    if (*n == MAX_PEOPLE) {
        return NULL;
    }
    people[*n].name = name;
    return &people[(*n)++];
}

static bool assign(const BridgeSettings* settings, Person* people, unsigned* n_people, char* error)
{
    person_of(people, n_people, settings->n_sources ? source_person(settings->sources[0]) : "");
    for (unsigned i = 0; i < settings->n_sources; i++) {
        Source* const source = settings->sources[i];
        Person* const person = person_of(people, n_people, source_person(source));
        if (!person || strlen(source_person(source)) > 40) {
            snprintf(error, RECORDING_ERROR_SIZE, "too many people, or a name too long");
            return false;
        }
        const char* taken = source_has_beats(source) && person->beat_port.source ? "beats" : NULL;
        person->beat_port.source = source_has_beats(source) ? source : person->beat_port.source;
        for (unsigned k = 0; k < source_channels(source); k++) {
            const SourceChannel* const channel = source_channel(source, k);
            JackPort* const line = &person->signals[channel->kind];
            taken = line->channel ? signal_name(channel->kind) : taken;
            line->channel = channel;
            line->waits = source_waits_for_connection(source);
        }
        if (taken) {
            snprintf(error, RECORDING_ERROR_SIZE,
                     "%.100s: the port %s has a source already; give one of them person=NAME",
                     source_word(source), taken);
            return false;
        }
    }
    return true;
}

bool bridge_check_sources(const BridgeSettings* settings, char* error)
{
    Person people[MAX_PEOPLE] = {0};
    unsigned n = 0;
    return assign(settings, people, &n, error);
}

// The JACK thread

static int process(jack_nframes_t n, void* data)
{
    Bridge* const bridge = data;
    jack_nframes_t frames;
    jack_time_t begin_us;
    jack_time_t end_us;
    float period_us;
    if (jack_get_cycle_times(bridge->client, &frames, &begin_us, &end_us, &period_us) ||
        !(period_us > 0.0f)) {
        begin_us = jack_get_time();
        period_us = (float)(n * 1e6 / bridge->rate);
    }
    const bool freewheel = atomic_load_explicit(&bridge->freewheel, memory_order_relaxed);
    const bool go = atomic_load_explicit(&bridge->go, memory_order_relaxed);
    for (unsigned i = 0; i < bridge->n_people; i++) {
        Person* const person = &bridge->people[i];
        float* const quality = jack_port_get_buffer(person->quality.port, n);
        bool rated = false; // the first signal there is rates the person: ECG, PPG, belt
        for (int k = 0; k < SIGNAL_KINDS; k++) {
            JackPort* const line = &person->signals[k];
            float* const out = jack_port_get_buffer(line->port, n);
            if (line->player && (go || !line->waits)) {
                player_process(line->player, (double)begin_us, period_us, freewheel, out,
                               rated ? NULL : quality, n);
                rated = true;
            } else {
                memset(out, 0, n * sizeof *out);
            }
        }
        if (!rated) {
            memset(quality, 0, n * sizeof *quality);
        }
        beatport_process(&person->beat_port, jack_port_get_buffer(person->beats.port, n),
                         (double)begin_us, period_us, n);
    }
    return 0;
}

// Other callbacks

static void on_shutdown(void* data)
{
    Bridge* const bridge = data;
    atomic_store(&bridge->dead, true);
}

static void on_freewheel(int starting, void* data)
{
    Bridge* const bridge = data;
    atomic_store(&bridge->freewheel, starting != 0);
}

static int on_xrun(void* data)
{
    Bridge* const bridge = data;
    atomic_fetch_add(&bridge->xruns, 1);
    return 0;
}

static void on_connect(jack_port_id_t a, jack_port_id_t b, int connected, void* data)
{
    Bridge* const bridge = data;
    (void)b;
    const jack_port_t* const port = jack_port_by_id(bridge->client, a);
    if (connected && port && jack_port_is_mine(bridge->client, port)) {
        atomic_store(&bridge->go, true);
    }
}

static void announce(const Bridge* bridge)
{
    for (unsigned i = 0; i < bridge->n_people; i++) {
        for (int k = 0; k < SIGNAL_KINDS; k++) {
            jackport_announce(&bridge->people[i].signals[k]);
        }
        jackport_announce(&bridge->people[i].quality);
        jackport_announce(&bridge->people[i].beats);
    }
}

/// The only place where JACK asks a client how late its ports are. All has been said before: in
/// PipeWire a change from here can wait for itself for ever
static void on_latency(jack_latency_callback_mode_t mode, void* data)
{
    if (mode == JackCaptureLatency) {
        announce(data);
    }
}

// Opening

static void describe(Bridge* bridge)
{
    for (unsigned i = 0; i < bridge->n_people; i++) {
        for (int k = 0; k < SIGNAL_KINDS; k++) {
            jackport_describe(&bridge->people[i].signals[k], bridge->client);
        }
        jackport_describe(&bridge->people[i].quality, bridge->client);
    }
}

/// The latency of each port now; true when one has changed
static bool find_latencies(Bridge* bridge)
{
    bool changed = false;
    for (unsigned i = 0; i < bridge->n_people; i++) {
        Person* const person = &bridge->people[i];
        const JackPort* first = NULL;
        for (int k = 0; k < SIGNAL_KINDS; k++) {
            JackPort* const line = &person->signals[k];
            if (!line->channel) {
                continue;
            }
            StreamMap map;
            double delay_s = bridge->latency_offset_ms * 1e-3;
            if (!stream_free_running(line->channel->stream)) {
                if (!stream_map(line->channel->stream, &map)) {
                    continue;
                }
                delay_s += map.delay_s;
            }
            const double frames = fmax(delay_s, 0.0) * bridge->rate + 0.5;
            const jack_nframes_t latency = (jack_nframes_t)frames;
            changed = changed || latency != atomic_load(&line->latency);
            atomic_store(&line->latency, latency);
            first = first ? first : line;
        }
        if (first) {
            atomic_store(&person->quality.latency, atomic_load(&first->latency));
        }
        if (first && !person->beat_port.source) {
            atomic_store(&person->beats.latency, atomic_load(&first->latency));
        }
        if (person->beat_port.source) {
            const double delay_s =
                source_beat_delay(person->beat_port.source) + bridge->latency_offset_ms * 1e-3;
            const jack_nframes_t latency =
                (jack_nframes_t)(fmax(delay_s, 0.0) * bridge->rate + 0.5);
            changed = changed || latency != atomic_load(&person->beats.latency);
            atomic_store(&person->beats.latency, latency);
        }
    }
    return changed;
}

static bool make_ports(Bridge* bridge, char* error)
{
    for (unsigned i = 0; i < bridge->n_people; i++) {
        Person* const person = &bridge->people[i];
        person->beat_port.sounding = -1;
        bool good = true;
        for (int k = 0; k < SIGNAL_KINDS; k++) {
            JackPort* const line = &person->signals[k];
            good = good && jackport_register(line, bridge->client, person->name,
                                             signal_name((SignalKind)k), JACK_DEFAULT_AUDIO_TYPE);
            if (line->channel &&
                !(line->player = player_new(line->channel->stream, bridge->rate))) {
                snprintf(error, RECORDING_ERROR_SIZE, "cannot resample from %g to %g Hz",
                         stream_rate(line->channel->stream), bridge->rate);
                return false;
            }
        }
        good = good &&
               jackport_register(&person->quality, bridge->client, person->name, "quality",
                                 JACK_DEFAULT_AUDIO_TYPE) &&
               jackport_register(&person->beats, bridge->client, person->name, "beats",
                                 JACK_DEFAULT_MIDI_TYPE);
        if (!good) {
            snprintf(error, RECORDING_ERROR_SIZE, "the JACK server gives no more ports");
            return false;
        }
    }
    return true;
}

/// libjack writes several lines to standard error when there is no server; one of ours is enough
static void quiet(const char* text)
{
    (void)text;
}

Bridge* bridge_open(const BridgeSettings* settings, char* error)
{
    Bridge* const bridge = calloc(1, sizeof *bridge);
    if (!bridge) {
        snprintf(error, RECORDING_ERROR_SIZE, "out of memory");
        return NULL;
    }
    jack_status_t status;
    jack_set_error_function(quiet);
    jack_set_info_function(quiet);
    bridge->latency_offset_ms = settings->latency_offset_ms;
    bridge->wiring = settings->wiring;
    bridge->client = jack_client_open(settings->name, JackNoStartServer, &status);
    if (!bridge->client) {
        snprintf(error, RECORDING_ERROR_SIZE, "%s",
                 status & JackServerFailed
                     ? "no JACK server is running: start one first (jackd, or PipeWire)"
                     : "the JACK server refuses a new client");
        free(bridge);
        return NULL;
    }
    atomic_store(&has_clock, true);
    bridge->rate = jack_get_sample_rate(bridge->client);
    if (!assign(settings, bridge->people, &bridge->n_people, error) || !make_ports(bridge, error)) {
        bridge_close(bridge);
        return NULL;
    }
    find_latencies(bridge);
    jack_set_process_callback(bridge->client, process, bridge);
    jack_set_freewheel_callback(bridge->client, on_freewheel, bridge);
    jack_set_xrun_callback(bridge->client, on_xrun, bridge);
    jack_set_port_connect_callback(bridge->client, on_connect, bridge);
    jack_set_latency_callback(bridge->client, on_latency, bridge);
    jack_on_shutdown(bridge->client, on_shutdown, bridge);
    announce(bridge);
    if (jack_activate(bridge->client)) {
        snprintf(error, RECORDING_ERROR_SIZE, "the JACK server does not start the client");
        bridge_close(bridge);
        return NULL;
    }
    bridge->active = true;
    describe(bridge);
    return bridge;
}

void bridge_close(Bridge* bridge)
{
    if (!bridge) {
        return;
    }
    if (bridge->wiring && !bridge_alive(bridge)) {
        wiring_lost(bridge->wiring);
    }
    for (unsigned i = 0; i < bridge->n_people && bridge->active && bridge_alive(bridge); i++) {
        for (int k = 0; k < SIGNAL_KINDS; k++) {
            jackport_forget(&bridge->people[i].signals[k], bridge->client);
        }
        jackport_forget(&bridge->people[i].quality, bridge->client);
    }
    if (bridge->active && bridge_alive(bridge)) {
        jack_deactivate(bridge->client);
    }
    jack_client_close(bridge->client);
    for (unsigned i = 0; i < bridge->n_people; i++) {
        for (int k = 0; k < SIGNAL_KINDS; k++) {
            player_free(bridge->people[i].signals[k].player);
        }
    }
    free(bridge);
}

bool bridge_alive(const Bridge* bridge)
{
    return !atomic_load(&bridge->dead);
}

void bridge_tend(Bridge* bridge)
{
    describe(bridge);
    const double now_us = bridge_now_us();
    for (unsigned i = 0; i < bridge->n_people && bridge->wiring; i++) {
        const Person* const person = &bridge->people[i];
        for (int k = 0; k < SIGNAL_KINDS; k++) {
            wiring_tend(bridge->wiring, bridge->client, person->signals[k].port, now_us);
        }
        wiring_tend(bridge->wiring, bridge->client, person->quality.port, now_us);
        wiring_tend(bridge->wiring, bridge->client, person->beats.port, now_us);
    }
    if (find_latencies(bridge)) {
        announce(bridge);
        jack_recompute_total_latencies(bridge->client);
    }
}

double bridge_frame_at(const Bridge* bridge, double time_us)
{
    // JACK answers in whole frames; the rest is added, the slope known well enough within a cycle
    const jack_time_t whole = (jack_time_t)fmax(time_us, 0.0);
    return jack_time_to_frames(bridge->client, whole) +
           (time_us - (double)whole) * 1e-6 * bridge->rate;
}

const char* bridge_name(const Bridge* bridge)
{
    return jack_get_client_name(bridge->client);
}

unsigned bridge_rate(const Bridge* bridge)
{
    return (unsigned)bridge->rate;
}

unsigned bridge_xruns(const Bridge* bridge)
{
    return atomic_load(&bridge->xruns);
}

bool bridge_port_state(const Bridge* bridge, unsigned index, const char** port, double* latency_ms,
                       PlayerState* state)
{
    for (unsigned i = 0; i < bridge->n_people; i++) {
        for (int k = 0; k < SIGNAL_KINDS; k++) {
            const JackPort* const line = &bridge->people[i].signals[k];
            if (line->player && index-- == 0) {
                *port = line->name;
                *latency_ms = atomic_load(&line->latency) * 1e3 / bridge->rate;
                *state = player_state(line->player);
                return true;
            }
        }
    }
    return false;
}
