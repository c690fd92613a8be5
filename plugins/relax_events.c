// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "plugins/relax_events.h"

#include "plugins/events.h"
#include "ttl/beat.h" // its objects: they mean the same from here

enum { MARK_MS = 100 }; // length of a mark's note

void relax_events_init(RelaxEvents* self, LV2_URID_Map* map)
{
    self->onset = map->map(map->handle, BEAT_OBJECT_ONSET);
}

void relax_events_activate(RelaxEvents* self)
{
    self->breath_note = self->hum_note = self->pace_note = self->part_note = 0;
}

static void send_beat(RelaxEvents* self, Shell* shell, uint32_t frame, const ChainEvent* event)
{
    events_beat(shell, frame, self->channel, event->beat.reliable);
    events_value(shell, frame, self->channel, CONTROLLER_QUALITY, event->beat.quality);
    events_value(shell, frame, self->channel, CONTROLLER_LIKENESS, event->beat.usual);
    if (event->rr_ms > 0.0) {
        events_value(shell, frame, self->channel, CONTROLLER_RR, event->rr_ms);
        events_value(shell, frame, self->channel, CONTROLLER_HEART_RATE, 60000.0 / event->rr_ms);
    }
}

static void send_breath(RelaxEvents* self, Shell* shell, uint32_t frame, const BreathEvent* breath)
{
    const bool inhaling = breath->type == BREATH_IN_STARTS;
    events_value(shell, frame, self->channel, CONTROLLER_BREATH_CONFIDENCE, breath->confidence);
    events_hold(shell, &self->breath_note, frame, self->channel,
                inhaling ? NOTE_IN_BREATH : NOTE_OUT_BREATH);
    events_value(shell, frame, self->channel, CONTROLLER_BREATH_RATE, breath->rate_per_min);
}

static void send_hum(RelaxEvents* self, Shell* shell, uint32_t frame, const HumEvent* hum)
{
    const int channel = self->channel - 1;
    if (self->hum_note) {
        events_note_off(shell, frame, channel, self->hum_note);
        self->hum_note = 0;
    }
    if (hum->kind == HUM_START) {
        self->hum_note = events_pitch(shell, frame, channel, hum->pitch_hz);
    }
}

static void send_part(RelaxEvents* self, Shell* shell, uint32_t frame, const SessionEvent* event)
{
    if (event->part == PACER_INHALE) {
        events_value(shell, frame, self->channel, CONTROLLER_PACED_IN, event->pattern.inhale_s);
        events_value(shell, frame, self->channel, CONTROLLER_PACED_OUT, event->pattern.exhale_s);
    }
    events_hold(shell, &self->pace_note, frame, self->channel,
                event->part == PACER_INHALE   ? NOTE_PACED_IN
                : event->part == PACER_EXHALE ? NOTE_PACED_OUT
                                              : 0);
}

static void send_session(RelaxEvents* self, Shell* shell, uint32_t frame, const SessionEvent* event)
{
    static const int parts[] = {0, NOTE_BEFORE, NOTE_EXERCISE, NOTE_AFTER, 0};
    if (event->kind == SESSION_PART) {
        send_part(self, shell, frame, event);
    } else if (event->kind == SESSION_PACING) {
        if (!event->on) {
            events_hold(shell, &self->pace_note, frame, self->channel, 0);
        }
        events_value(shell, frame, self->channel, CONTROLLER_PACING, event->on);
    } else if (event->guide.kind == GUIDE_PHASE) {
        events_hold(shell, &self->part_note, frame, self->channel, parts[event->guide.value]);
    } else if (event->guide.kind == GUIDE_MARK) {
        events_note_on(shell, frame, self->channel, NOTE_MARK);
        events_note_off(shell, frame + (uint32_t)(shell->rate * MARK_MS / 1000.0), self->channel,
                        NOTE_MARK);
    }
}

// What changes all the time: tone, breath and what a sound follows
void relax_events_tick(RelaxEvents* self, Shell* shell, uint32_t frame, const ChainState* state)
{
    events_value(shell, frame, self->channel, CONTROLLER_TONE, state->tone.tone);
    events_value(shell, frame, self->channel, CONTROLLER_BREATH_CONFIDENCE,
                 state->breath.confidence);
    if (!state->breath.told) {
        events_hold(shell, &self->breath_note, frame, self->channel, 0);
    }
    events_value(shell, frame, self->channel, CONTROLLER_BREATH_PHASE, state->breath.phase);
    events_value(shell, frame, self->channel, CONTROLLER_BREATH_DEPTH, 0.5 * state->breath.depth);
    if (state->measures->reason[HRV_SYNCHRONY] == HRV_OK) {
        events_value(shell, frame, self->channel, CONTROLLER_SYNCHRONY,
                     state->measures->value[HRV_SYNCHRONY]);
    }
    if (state->recent.rmssd_reason == HRV_OK) {
        events_value(shell, frame, self->channel, CONTROLLER_RMSSD, state->recent.rmssd_ms);
    }
    if (state->recent.resp_reason == HRV_OK) {
        events_value(shell, frame, self->channel, CONTROLLER_RESP_HRV, state->recent.resp_ms);
    }
    if (!(state->breath.rate_per_min > 0.0f)) {
        events_hold(shell, &self->breath_note, frame, self->channel, 0);
    }
}

static void send_chain(RelaxEvents* self, Shell* shell, uint32_t frame, const ChainEvent* event)
{
    switch (event->kind) {
    case CHAIN_BEAT:
        if (!event->told) { // else its note has been passed on already
            send_beat(self, shell, frame, event);
        }
        break;
    case CHAIN_PROVISIONAL:
        events_value(shell, frame, self->channel, CONTROLLER_TRIGGER, 1.0);
        shell_tell(shell, frame, self->onset);
        break;
    case CHAIN_BREATH:
        send_breath(self, shell, frame, &event->breath);
        break;
    case CHAIN_INTERVAL:
        break;
    }
}

void relax_events_send(RelaxEvents* self, Shell* shell, uint32_t frame, const RelaxEvent* event)
{
    if (event->kind == RELAX_HUM) {
        send_hum(self, shell, frame, &event->of.hum);
    } else if (event->kind == RELAX_SESSION) {
        send_session(self, shell, frame, &event->of.session);
    } else {
        send_chain(self, shell, frame, &event->of.chain);
    }
}
