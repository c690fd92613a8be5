// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/relax.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_HUMS = 4, // events in RELAX_GRID frames, see hum_process
    MAX_TOLD = 4  // beats in RELAX_GRID frames at 1 kHz
};

// The swell is full at twice the person's usual depth of breath
#define SWELL_OF_DEPTH 0.5

struct RelaxImpl {
    Chain* chain;
    Hum* hum;
    Session* session;
    Drone* drone;
    uint64_t now; // frames since the start
    bool playing;
    bool last_reliable; // the beat before
    // What the chain found since the grid's last line, for those that run ahead of it
    bool breath_turned;
    bool inhaling; // then: the in-breath began, else the out-breath
    uint32_t n_told;
    struct {
        float rr_ms;
        bool usable;
    } told[MAX_TOLD];
};

typedef struct {
    RelaxEvent* events;
    uint32_t capacity, count;
} Out;

Relax* relax_new(double rate_hz)
{
    Relax* const relax = (Relax*)calloc(1, sizeof(Relax));
    if (!relax) {
        return NULL;
    }
    relax->chain = chain_new(rate_hz);
    relax->hum = hum_new(rate_hz);
    relax->session = session_new(rate_hz);
    relax->drone = drone_new(rate_hz);
    relax->playing = true;
    if (!relax->chain || !relax->hum || !relax->session || !relax->drone) {
        relax_free(relax);
        return NULL;
    }
    return relax;
}

void relax_free(Relax* relax)
{
    if (relax) {
        chain_free(relax->chain);
        hum_free(relax->hum);
        session_free(relax->session);
        drone_free(relax->drone);
        free(relax);
    }
}

void relax_reset(Relax* relax)
{
    chain_reset(relax->chain);
    hum_reset(relax->hum);
    session_reset(relax->session);
    drone_reset(relax->drone);
    relax->now = 0;
    relax->last_reliable = relax->breath_turned = false;
    relax->n_told = 0;
}

void relax_set_playing(Relax* relax, bool playing)
{
    relax->playing = playing;
}

static RelaxEvent* tell(Out* out, uint32_t frame, RelaxEventKind kind)
{
    if (out->count == out->capacity) {
        return NULL;
    }
    RelaxEvent* const event = &out->events[out->count++];
    event->frame = frame;
    event->kind = kind;
    return event;
}

static void tell_those_ahead(Relax* relax, const ChainState* state)
{
    for (uint32_t i = 0; i < relax->n_told; ++i) {
        session_beat(relax->session, relax->told[i].rr_ms, relax->told[i].usable);
    }
    relax->n_told = 0;
    if (relax->breath_turned) {
        hum_breath(relax->hum, relax->inhaling);
        session_breath(relax->session, state->breath.rate_per_min, state->breath.resp_hrv_ms,
                       state->breath.confidence);
        relax->breath_turned = false;
    }
}

// At each line of the grid
static void steer(Relax* relax)
{
    const ChainState state = chain_state(relax->chain);
    const HrvMeasures* const measures = state.measures;
    const HumState hum = hum_state(relax->hum);
    const GuideState guide = guide_state(session_guide(relax->session));
    const bool runs = guide.phase != GUIDE_IDLE && guide.phase != GUIDE_DONE;
    const bool accord = measures->reason[HRV_SYNCHRONY] == HRV_OK;
    tell_those_ahead(relax, &state);
    drone_set_playing(relax->drone, relax->playing && (!runs || guide.drone));
    drone_set_tone(relax->drone, state.tone.tone, state.tone.valid ? 1.0 : 0.0);
    drone_set_breath(relax->drone, SWELL_OF_DEPTH * state.breath.depth, 1.0);
    drone_set_breath_trust(relax->drone, state.breath.confidence);
    drone_set_synchrony(relax->drone, measures->value[HRV_SYNCHRONY], accord ? 1.0 : 0.0);
    drone_set_hum(relax->drone, hum.humming ? hum.pitch_hz : 0.0);
    const DroneState sound = drone_state(relax->drone);
    hum_set_known(relax->hum, sound.note_hz, sound.silent ? 0 : sound.n_notes);
}

static void take_beat(Relax* relax, const ChainEvent* event)
{
    if (event->rr_ms > 0.0 && relax->n_told < MAX_TOLD) {
        relax->told[relax->n_told].rr_ms = (float)event->rr_ms;
        relax->told[relax->n_told++].usable =
            event->beat.reliable && relax->last_reliable && event->rr_ms < RR_GAP_MS;
    }
    relax->last_reliable = event->beat.reliable;
    drone_beat(relax->drone);
}

// Frames [from, to) of the call for the chain and the drone, between two events of those ahead
static void follow(Relax* relax, const float* sensor, float* left, float* right, uint32_t from,
                   uint32_t to, Out* out)
{
    ChainEvent events[CHAIN_MAX_EVENTS];
    const uint32_t n =
        chain_process(relax->chain, sensor + from, NULL, to - from, events, CHAIN_MAX_EVENTS);
    uint32_t at = from;
    for (uint32_t i = 0; i < n; ++i) {
        const uint32_t frame = from + events[i].frame;
        drone_process(relax->drone, left + at, right + at, frame - at);
        at = frame;
        if (events[i].kind == CHAIN_BEAT) {
            take_beat(relax, &events[i]);
        } else if (events[i].kind == CHAIN_BREATH) {
            relax->breath_turned = true;
            relax->inhaling = events[i].breath.type == BREATH_IN_STARTS;
            drone_breath(relax->drone, relax->inhaling);
        }
        RelaxEvent* const event = tell(out, frame, RELAX_CHAIN);
        if (event) {
            event->of.chain = events[i];
        }
    }
    drone_process(relax->drone, left + at, right + at, to - at);
}

static void take_hum(Relax* relax, uint32_t frame, const HumEvent* hum, Out* out)
{
    chain_hum(relax->chain, hum->kind == HUM_START);
    RelaxEvent* const event = tell(out, frame, RELAX_HUM);
    if (event) {
        event->of.hum = *hum;
    }
}

static void take_session(Relax* relax, uint32_t frame, const SessionEvent* session, Out* out)
{
    if (session->kind == SESSION_PART &&
        (session->part == PACER_INHALE || session->part == PACER_EXHALE)) {
        chain_cue(relax->chain, session->part == PACER_INHALE);
    }
    RelaxEvent* const event = tell(out, frame, RELAX_SESSION);
    if (event) {
        event->of.session = *session;
    }
}

// Frames [from, to), not across a line of the grid
static void process_part(Relax* relax, const float* sensor, const float* mic, float* left,
                         float* right, uint32_t from, uint32_t to, Out* out)
{
    float cue[2][RELAX_GRID];
    HumEvent hums[MAX_HUMS];
    SessionEvent events[SESSION_MAX_EVENTS];
    const uint32_t n = to - from;
    memset(cue[0], 0, n * sizeof(float));
    memset(cue[1], 0, n * sizeof(float));
    const uint32_t n_hums = hum_process(relax->hum, mic + from, n, hums, MAX_HUMS);
    const uint32_t n_events =
        session_process(relax->session, cue[0], cue[1], n, events, SESSION_MAX_EVENTS);
    uint32_t at = from;
    for (uint32_t hum = 0, event = 0; hum < n_hums || event < n_events;) {
        const bool hum_first =
            event == n_events || (hum < n_hums && hums[hum].frame <= events[event].frame);
        const uint32_t frame = from + (hum_first ? hums[hum].frame : events[event].frame);
        follow(relax, sensor, left, right, at, frame, out);
        at = frame;
        if (hum_first) {
            take_hum(relax, frame, &hums[hum++], out);
        } else {
            take_session(relax, frame, &events[event++], out);
        }
    }
    follow(relax, sensor, left, right, at, to, out);
    for (uint32_t i = 0; i < n; ++i) {
        left[from + i] += cue[0][i];
        right[from + i] += cue[1][i];
    }
    relax->now += n;
}

uint32_t relax_process(Relax* relax, const float* sensor, const float* mic, float* left,
                       float* right, uint32_t n, RelaxEvent* events, uint32_t capacity)
{
    Out out = {events, capacity, 0};
    for (uint32_t at = 0; at < n;) {
        const uint32_t to_line = RELAX_GRID - (uint32_t)(relax->now % RELAX_GRID);
        const uint32_t to = n - at < to_line ? n : at + to_line;
        if (to_line == RELAX_GRID) {
            steer(relax);
        }
        process_part(relax, sensor, mic, left, right, at, to, &out);
        at = to;
    }
    return out.count;
}

Chain* relax_chain(const Relax* relax)
{
    return relax->chain;
}

Hum* relax_hum(const Relax* relax)
{
    return relax->hum;
}

Session* relax_session(const Relax* relax)
{
    return relax->session;
}

Drone* relax_drone(const Relax* relax)
{
    return relax->drone;
}
