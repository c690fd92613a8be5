// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_turns.h"

#include <math.h>
#include <string.h>

#define FIRST_TURNS 4    // told before the belt leads: a whole breath and a half
#define OVERDUE     2.5  // mean lengths after the last turn
#define GAIN        0.4  // of a new length in the mean: two or three breaths
#define LONGEST_S   30.0 // of an in- or out-breath
// Of the heart's word on the belt's polarity: about eight breaths count, and so many must agree.
// The heart tells the phase within an eighth of a turn (belts of eight people), a wrong belt is
// half off.
#define VOTE_KEEP 0.88
#define VOTE_SURE 3.0

bool turns_new(BreathTurns* const turns, const double rate)
{
    memset(turns, 0, sizeof *turns);
    turns->rate = rate;
    turns->delay = (uint32_t)lrint(rate * TURNS_DELAY_S);
    turns->sign = 1.0f;
    turns->belt = belt_new(rate);
    return turns->belt != NULL;
}

void turns_free(BreathTurns* const turns)
{
    belt_free(turns->belt);
}

void turns_reset(BreathTurns* const turns)
{
    belt_reset(turns->belt);
    turns->vote = 0.0;
    turns->waiting = turns->told = 0;
    turns->last_at = 0;
    turns->last_kind = BELT_NOTHING;
    turns->in_s = turns->out_s = 0.0;
}

bool turns_frame(BreathTurns* const turns, const float value, const uint64_t now)
{
    uint32_t ago = 0;
    const BeltTurn kind = belt_frame(turns->belt, turns->sign * value, &ago);
    if (kind == BELT_NOTHING || turns->waiting == TURNS_QUEUE || ago > now) {
        return false;
    }
    const uint64_t at = now - ago;
    const uint64_t due = at + turns->delay;
    turns->queue[turns->waiting++] = (Turn){kind, at, due > now ? due : now + 1};
    return true;
}

bool turns_vote(BreathTurns* const turns, const double away)
{
    turns->vote = VOTE_KEEP * turns->vote + cos(6.28318530717958648 * away);
    if (turns->vote < -VOTE_SURE) {
        turns_reset(turns);
        turns->sign = -turns->sign;
    }
    return turns->vote > 0.0;
}

const Turn* turns_newest(const BreathTurns* const turns)
{
    return &turns->queue[turns->waiting - 1];
}

uint64_t turns_due(const BreathTurns* const turns)
{
    return turns->waiting > 0 ? turns->queue[0].due_at : UINT64_MAX;
}

Turn turns_take(BreathTurns* const turns)
{
    const Turn turn = turns->queue[0];
    memmove(turns->queue, turns->queue + 1, --turns->waiting * sizeof turns->queue[0]);
    const double lasted_s = (double)(turn.at - turns->last_at) / turns->rate;
    const bool pair = turns->told > 0 && turn.kind != turns->last_kind && lasted_s < LONGEST_S;
    if (pair) {
        double* const mean = turn.kind == BELT_HIGHEST ? &turns->in_s : &turns->out_s;
        *mean += (*mean > 0.0 ? GAIN : 1.0) * (lasted_s - *mean);
    }
    turns->told = pair ? turns->told + (turns->told < 1000) : 1;
    turns->last_at = turn.at;
    turns->last_kind = turn.kind;
    return turn;
}

bool turns_lead(const BreathTurns* const turns, const uint64_t now)
{
    if (turns->told < FIRST_TURNS || !belt_alive(turns->belt)) {
        return false;
    }
    const double usual_s = fmax(turns->in_s, turns->out_s);
    return (double)(now - turns->last_at) / turns->rate < TURNS_DELAY_S + OVERDUE * usual_s;
}

double turns_per_s(const BreathTurns* const turns)
{
    return turns->in_s > 0.0 && turns->out_s > 0.0 ? 1.0 / (turns->in_s + turns->out_s) : 0.0;
}
