// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/session.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_GUIDE = 16, MAX_PARTS = 8, CHUNK = 256 }; // events in CHUNK frames, see guide and pacer

struct SessionImpl {
    Guide* guide;
    Pacer* pacer;
    bool follow;
};

typedef struct {
    SessionEvent* events;
    uint32_t capacity, count;
} Out;

Session* session_new(double rate_hz)
{
    Session* const session = (Session*)calloc(1, sizeof(Session));
    if (!session) {
        return NULL;
    }
    session->guide = guide_new(rate_hz);
    session->pacer = pacer_new(rate_hz);
    session->follow = true;
    if (!session->guide || !session->pacer) {
        session_free(session);
        return NULL;
    }
    return session;
}

void session_free(Session* session)
{
    if (session) {
        guide_free(session->guide);
        pacer_free(session->pacer);
        free(session);
    }
}

void session_reset(Session* session)
{
    guide_reset(session->guide);
    pacer_reset(session->pacer);
    pacer_set_running(session->pacer, false);
}

void session_set_follow(Session* session, bool follow)
{
    session->follow = follow;
}

void session_set_exercise(Session* session, uint32_t id)
{
    if (id) {
        guide_set_exercise(session->guide, id);
    } else if (guide_state(session->guide).phase != GUIDE_IDLE &&
               guide_state(session->guide).phase != GUIDE_DONE) {
        guide_stop(session->guide);
    }
}

void session_beat(Session* session, float rr_ms, bool usable)
{
    guide_beat(session->guide, rr_ms, usable);
    pacer_beat(session->pacer, rr_ms, usable);
}

void session_breath(Session* session, float rate_per_min, float resp_hrv_ms, float confidence)
{
    guide_breath(session->guide, rate_per_min, resp_hrv_ms, confidence);
    pacer_person(session->pacer, rate_per_min, confidence);
}

static SessionEvent* tell(Out* out, uint32_t frame, SessionEventKind kind)
{
    if (out->count == out->capacity) {
        return NULL;
    }
    SessionEvent* const event = &out->events[out->count++];
    memset(event, 0, sizeof(*event));
    event->frame = frame;
    event->kind = kind;
    return event;
}

static void pace(Session* session, float* left, float* right, uint32_t from, uint32_t to, Out* out)
{
    PacerEvent parts[MAX_PARTS];
    const uint32_t n = pacer_process(session->pacer, left ? left + from : NULL,
                                     right ? right + from : NULL, to - from, parts, MAX_PARTS);
    for (uint32_t i = 0; i < n; ++i) {
        SessionEvent* const event = tell(out, from + parts[i].frame, SESSION_PART);
        if (event) {
            event->part = parts[i].part;
            event->pattern = pacer_state(session->pacer).pattern;
        }
    }
}

static void lead(Session* session, uint32_t frame, bool on, Out* out)
{
    if (on) {
        const GuideState state = guide_state(session->guide);
        const PacerPattern pattern = {state.inhale_s, 0.0f, state.exhale_s, 0.0f};
        pacer_set_pattern(session->pacer, &pattern);
        pacer_set_mode(session->pacer, state.search      ? PACER_STEPS
                                       : session->follow ? PACER_FOLLOW
                                                         : PACER_FIXED);
    }
    pacer_set_running(session->pacer, on);
    SessionEvent* const event = tell(out, frame, SESSION_PACING);
    if (event) {
        event->on = on;
    }
}

static void process_chunk(Session* session, float* left, float* right, uint32_t from, uint32_t to,
                          Out* out)
{
    GuideEvent guided[MAX_GUIDE];
    const uint32_t n = guide_process(session->guide, to - from, guided, MAX_GUIDE);
    uint32_t at = from;
    for (uint32_t i = 0; i < n; ++i) {
        // the pacer runs up to each event, so that it starts and stops at the very frame
        const uint32_t frame = from + guided[i].frame;
        pace(session, left, right, at, frame, out);
        at = frame;
        SessionEvent* const event = tell(out, frame, SESSION_GUIDE);
        if (event) {
            event->guide = guided[i];
        }
        if (guided[i].kind == GUIDE_PACE) {
            lead(session, frame, guided[i].value != 0, out);
        }
    }
    pace(session, left, right, at, to, out);
}

uint32_t session_process(Session* session, float* left, float* right, uint32_t n,
                         SessionEvent* events, uint32_t capacity)
{
    Out out = {events, capacity, 0};
    for (uint32_t at = 0; at < n;) {
        const uint32_t to = n - at < CHUNK ? n : at + CHUNK;
        process_chunk(session, left, right, at, to, &out);
        at = to;
    }
    return out.count;
}

Guide* session_guide(const Session* session)
{
    return session->guide;
}

Pacer* session_pacer(const Session* session)
{
    return session->pacer;
}
