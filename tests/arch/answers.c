// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What Tonus answers to a simulated person, a line each ten seconds: to be compared between
// machines and compilers. Built by tests/soak/machines.sh, not by the build.

#include "dsp/heart.h"
#include "dsp/relax.h"

#include <math.h>
#include <stdio.h>

enum { RATE = 48000, SECONDS = 150, BLOCK = 256, EVERY_S = 10 };

int main(void)
{
    Heart* const heart = heart_new(RATE, 7);
    Relax* const relax = relax_new(RATE);
    if (!heart || !relax) {
        return 1;
    }
    heart_set_breath_rate(heart, 9.0);
    static float sensor[BLOCK], left[BLOCK], right[BLOCK];
    static const float silence[BLOCK];
    static RelaxEvent events[2 * RELAX_MAX_EVENTS];
    unsigned beats = 0;
    double last_s = 0.0, power = 0.0;
    uint32_t at = 0;
    for (uint32_t next = EVERY_S * RATE; at < SECONDS * RATE; at += BLOCK) {
        heart_process(heart, sensor, BLOCK, NULL, 0);
        const uint32_t n = relax_process(relax, sensor, silence, left, right, BLOCK, events,
                                         sizeof events / sizeof *events);
        for (uint32_t i = 0; i < n; i++) {
            if (events[i].kind == RELAX_CHAIN && events[i].of.chain.kind == CHAIN_BEAT) {
                beats++;
                last_s = events[i].of.chain.time_s;
            }
        }
        for (uint32_t i = 0; i < BLOCK; i++) {
            power += (double)left[i] * left[i] + (double)right[i] * right[i];
        }
        if (at + BLOCK >= next) {
            const ChainState now = chain_state(relax_chain(relax));
            printf("%u\t%u\t%.6f\t%.3f\t%.4f\t%.4f\t%.3f\n", next / RATE, beats, last_s, now.rr_ms,
                   (double)now.breath.rate_per_min, (double)now.tone.tone,
                   10.0 * log10(power / (2.0 * RATE * EVERY_S) + 1e-20));
            power = 0.0;
            next += EVERY_S * RATE;
        }
    }
    relax_free(relax);
    heart_free(heart);
    return 0;
}
