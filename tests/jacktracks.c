// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "jacktracks.h"

#include <jack/midiport.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_PORTS  8u
#define MAX_EVENTS 65536u

typedef struct {
    jack_port_t* port;
    float* audio;
    JackEvent* events;
    unsigned n_events;
} Track;

struct JackTracks {
    jack_client_t* client;
    Track tracks[2 * MAX_PORTS];
    unsigned n_audio, n_midi;
    uint64_t frames;
    _Atomic uint64_t at;
    atomic_bool go, done;
    atomic_uint xruns;
};

static void nap(double seconds)
{
    const struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&t, NULL);
}

static void free_tracks(JackTracks* self)
{
    for (unsigned i = 0; i < 2 * MAX_PORTS; i++) {
        free(self->tracks[i].audio);
        free(self->tracks[i].events);
    }
    memset(self->tracks, 0, sizeof self->tracks);
}

JackTracks* jacktracks_new(void)
{
    return calloc(1, sizeof(JackTracks));
}

void jacktracks_free(JackTracks* self)
{
    if (self) {
        free_tracks(self);
        free(self);
    }
}

bool jacktracks_connect(jack_client_t* client, const char* from, const char* to)
{
    // A port can be there a moment before its client is active and may be connected
    for (int i = 0; i < 2000; i++) {
        const int failure = jack_connect(client, from, to);
        if (failure == 0 || failure == EEXIST) {
            return true;
        }
        nap(0.01);
    }
    return false;
}

static int process(jack_nframes_t n, void* data)
{
    JackTracks* const self = data;
    if (!atomic_load(&self->go) || atomic_load(&self->done)) {
        return 0;
    }
    const uint64_t left = self->frames - self->at;
    const uint32_t some = n < left ? n : (uint32_t)left;
    for (unsigned i = 0; i < self->n_audio + self->n_midi; i++) {
        Track* const track = &self->tracks[i];
        void* const buffer = jack_port_get_buffer(track->port, n);
        if (track->audio) {
            memcpy(track->audio + self->at, buffer, some * sizeof(float));
            continue;
        }
        for (uint32_t k = 0; k < jack_midi_get_event_count(buffer); k++) {
            jack_midi_event_t event;
            if (!jack_midi_event_get(&event, buffer, k) && track->n_events < MAX_EVENTS) {
                JackEvent* const to = &track->events[track->n_events++];
                to->frame = self->at + event.time;
                to->size = (uint32_t)event.size;
                memcpy(to->bytes, event.buffer, event.size < 4 ? event.size : 4);
            }
        }
    }
    self->at += some;
    if (self->at == self->frames) {
        atomic_store(&self->done, true);
    }
    return 0;
}

static int count_xrun(void* data)
{
    JackTracks* const self = data;
    if (atomic_load(&self->go) && !atomic_load(&self->done) &&
        self->at > jack_get_sample_rate(self->client)) {
        atomic_fetch_add(&self->xruns, 1);
    }
    return 0;
}

void jacktracks_listen(JackTracks* self, jack_client_t* client)
{
    self->client = client;
    jack_set_process_callback(client, process, self);
    jack_set_xrun_callback(client, count_xrun, self);
}

unsigned jacktracks_xruns(const JackTracks* self)
{
    return atomic_load(&self->xruns);
}

static bool add_tracks(JackTracks* self, const char* const* names, const char* type,
                       unsigned* count)
{
    const unsigned first = self->n_audio + self->n_midi;
    for (unsigned i = 0; names && names[i] && i < MAX_PORTS; i++) {
        Track* const track = &self->tracks[first + i];
        char name[16];
        snprintf(name, sizeof name, "in%u", first + i);
        const bool audio = !strcmp(type, JACK_DEFAULT_AUDIO_TYPE);
        track->port = jack_port_register(self->client, name, type, JackPortIsInput, 0);
        track->audio = audio ? calloc(self->frames, sizeof(float)) : NULL;
        track->events = audio ? NULL : calloc(MAX_EVENTS, sizeof(JackEvent));
        if (!track->port || !(audio ? (void*)track->audio : (void*)track->events)) {
            return false;
        }
        ++*count;
    }
    return true;
}

static bool connect_tracks(JackTracks* self, const char* const* names, unsigned first)
{
    for (unsigned i = 0; names && names[i]; i++) {
        if (!jacktracks_connect(self->client, names[i],
                                jack_port_name(self->tracks[first + i].port))) {
            return false;
        }
    }
    return true;
}

bool jacktracks_record(JackTracks* self, const char* const* audio, const char* const* midi,
                       const char* const* links, uint64_t frames, bool freewheel)
{
    free_tracks(self);
    self->frames = frames;
    self->at = 0;
    self->n_audio = self->n_midi = 0;
    atomic_store(&self->go, false);
    atomic_store(&self->done, false);
    atomic_store(&self->xruns, 0);
    bool good = add_tracks(self, audio, JACK_DEFAULT_AUDIO_TYPE, &self->n_audio) &&
                add_tracks(self, midi, JACK_DEFAULT_MIDI_TYPE, &self->n_midi) &&
                jack_activate(self->client) == 0;
    // From now on every frame counts: what is connected last begins to play now
    atomic_store(&self->go, true);
    good = good && connect_tracks(self, audio, 0) && connect_tracks(self, midi, self->n_audio);
    for (unsigned i = 0; good && links && links[i]; i += 2) {
        good = jacktracks_connect(self->client, links[i], links[i + 1]);
    }
    if (freewheel) {
        good = good && jack_set_freewheel(self->client, 1) == 0;
    }
    if (!good) {
        fprintf(stderr, "jacktracks: a port is missing, or cannot be connected\n");
    }
    uint64_t before = 0;
    for (double idle = 0.0; good && !atomic_load(&self->done); idle += 0.005) {
        nap(0.005);
        const uint64_t now = atomic_load(&self->at);
        idle = now > before ? 0.0 : idle;
        before = now;
        good = idle < JACKTRACKS_PATIENCE_S;
        if (!good) {
            fprintf(stderr, "jacktracks: %llu of %llu frames came, then none for %.0f s\n",
                    (unsigned long long)now, (unsigned long long)frames, JACKTRACKS_PATIENCE_S);
        }
    }
    atomic_store(&self->done, true);
    if (freewheel) {
        jack_set_freewheel(self->client, 0);
    }
    jack_deactivate(self->client);
    for (unsigned i = 0; i < self->n_audio + self->n_midi; i++) {
        jack_port_unregister(self->client, self->tracks[i].port);
    }
    return good;
}

const float* jacktracks_audio(const JackTracks* self, unsigned index)
{
    return self->tracks[index].audio;
}

const JackEvent* jacktracks_events(const JackTracks* self, unsigned index, unsigned* count)
{
    const Track* const track = &self->tracks[self->n_audio + index];
    *count = track->n_events;
    return track->events;
}
