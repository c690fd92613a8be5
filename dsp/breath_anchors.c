// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_internal.h"

#include <math.h>

#define HUM_TEACHES  0.3  // least weight of a hum, and
#define BELT_TEACHES 0.02 // of a breath on a belt, in what is learned

// The phase that the heart's rhythm gives to a frame, without what was learned
static double guess_at(const Breath* const breath, const uint64_t frame)
{
    const double since_s = (double)(int64_t)(frame - breath->concluded_at) / breath->rate;
    return breath->phase.at_beat + (double)breath->bank.result.rate_per_min / 60.0 * since_s;
}

// The breath is known to have been at `phase` at that frame: what do heart and shapes lag it by?
static void teach(Breath* const breath, const double phase, const uint64_t frame,
                  const double least_gain)
{
    const BankResult* const result = &breath->bank.result;
    if (!breath->intervals.any || !(result->rate_per_min > 0.0f)) {
        return;
    }
    phase_learn(&breath->phase, (double)result->rate_per_min, phase - guess_at(breath, frame),
                least_gain);
}

// The heart's rhythm is sure, and it is the one that an anchor has.
static bool agrees(const Breath* const breath, const double per_s)
{
    const double own = (double)breath->bank.result.rate_per_min / 60.0;
    return breath->confidence > BREATH_TELL_FROM && fabs(own - per_s) < 0.1 * per_s;
}

void breath_hum(Breath* const breath, const bool starts)
{
    if (starts && hum_start(&breath->hum, (double)breath->now / breath->rate)) {
        const double per_s =
            hum_leads(&breath->hum) ? breath->hum.per_s : breath->rate_per_min / 60.0;
        teach(breath, breath->clock.in_share, breath->now, HUM_TEACHES);
        clock_aim(&breath->clock, breath->clock.in_share, per_s, !breath->telling);
    }
}

void breath_cue(Breath* const breath, const bool inhale)
{
    // People follow a cue, but not at once nor always: it teaches slowly, and only at its own rate
    if (hum_cue(&breath->hum, (double)breath->now / breath->rate, inhale) &&
        agrees(breath, breath->hum.paced_per_s)) {
        teach(breath, 0.0, breath->now, 0.0);
    }
}

void breath_follow_hum(Breath* const breath)
{
    hum_check(&breath->hum, (double)breath->now / breath->rate);
    if (hum_leads(&breath->hum)) {
        breath->source = BREATH_FROM_HUM;
        breath->rate_per_min = breath->hum.per_s * 60.0;
    }
}

void breath_turned(Breath* const breath)
{
    const Turn* const turn = turns_newest(&breath->turns);
    if (turn->kind == BELT_LOWEST && agrees(breath, turns_per_s(&breath->turns)) &&
        turns_vote(&breath->turns, guess_at(breath, turn->at))) {
        teach(breath, 0.0, turn->at, BELT_TEACHES);
    }
}
