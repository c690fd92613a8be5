// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_clock.h"

#include <math.h>

#define CATCH_UP_S  0.4 // errors are made up in about this time: half a beat
#define SLOWEST     0.2 // of the breathing rate
#define FASTEST     3.0
#define JUST_BEFORE 1e-6 // turns
#define USUAL_SHARE 0.45 // of the in-breath: belts of eight people at rest, .44 to .47

void clock_init(BreathClock* const clock)
{
    *clock = (BreathClock){0.0, 0.0, 0.0, USUAL_SHARE, false};
}

void clock_aim(BreathClock* const clock, const double phase, const double per_s, const bool jump)
{
    clock->per_s = per_s;
    const double away = phase - clock->phase;
    clock->behind = away - floor(away + 0.5);
    if (jump) {
        clock->phase = phase - floor(phase);
        clock->phase = clock->phase < 1.0 ? clock->phase : 0.0;
        clock->behind = 0.0;
    }
}

void clock_turn(BreathClock* const clock, const bool in_starts, const double per_s)
{
    clock->phase = in_starts ? 0.0 : clock->in_share;
    clock->per_s = per_s;
    clock->behind = 0.0;
}

ClockEvent clock_advance(BreathClock* const clock, const double dt_s, double* const when_s)
{
    const double nominal = clock->per_s;
    const double slowest = SLOWEST * nominal;
    const double fastest = FASTEST * nominal;
    const double wanted = nominal + clock->behind / CATCH_UP_S;
    const double least = wanted > slowest ? wanted : slowest;
    const double speed = least < fastest ? least : fastest;
    const double step = speed * dt_s;
    clock->behind -= step - nominal * dt_s;
    const double before = clock->phase;
    double after = before + step;
    if (clock->led) {
        const double next = before < clock->in_share ? clock->in_share : 1.0;
        clock->phase = fmax(fmin(after, next - JUST_BEFORE), before);
        return CLOCK_NOTHING;
    }
    ClockEvent event = CLOCK_NOTHING;
    double mark = 0.0;
    if (before < clock->in_share && after >= clock->in_share) {
        event = CLOCK_OUT_STARTS;
        mark = clock->in_share;
    } else if (after >= 1.0) {
        event = CLOCK_IN_STARTS;
        mark = 1.0;
        after -= 1.0;
    }
    *when_s = event != CLOCK_NOTHING && speed > 0.0 ? (mark - before) / speed : 0.0;
    clock->phase = after;
    return event;
}

double clock_fullness(const BreathClock* clock)
{
    const double pi = 3.14159265358979323846;
    const double share = clock->in_share;
    const double done =
        clock->phase < share ? clock->phase / share : (1.0 - clock->phase) / (1.0 - share);
    return 0.5 - 0.5 * cos(pi * fmin(fmax(done, 0.0), 1.0));
}
