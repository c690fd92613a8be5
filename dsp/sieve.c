// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/sieve.h"

#include <math.h>
#include <string.h>

// Distances that are rough, Hz, with a guard on both sides where the limit is eased
#define ROUGH_LOW   14.0f
#define ROUGH_HIGH  155.0f
#define SMOOTH_LOW  9.0f
#define SMOOTH_HIGH 165.0f
#define EASE_DB     60.0f // at the outer ends of the guards

#define FOLLOW_S 0.35 // time constant of a factor: quicker than voices come and go

#define ARRIVED 1e-5f // of a log2: 0.00006 dB

#define LOG2_PER_DB 0.16609640f // of an amplitude

void sieve_init(Sieve* sieve, uint32_t n, double step_s)
{
    memset(sieve, 0, sizeof(*sieve));
    sieve->n = n < SIEVE_MOST ? n : SIEVE_MOST;
    sieve->follow = (float)(1.0 - exp(-step_s / FOLLOW_S));
}

float sieve_factor(Sieve* sieve, uint32_t index, float hz, float amplitude, float rank)
{
    SievePartial* const p = &sieve->partial[index];
    p->hz = hz;
    p->amplitude = amplitude;
    p->rank = rank;
    p->now += sieve->follow * (p->goal - p->now);
    if (fabsf(p->goal - p->now) < ARRIVED) {
        p->now = p->goal; // or it would creep on in subnormal numbers
    }
    return exp2f(p->now);
}

float sieve_now(const Sieve* sieve, uint32_t index)
{
    return exp2f(sieve->partial[index].now);
}

void sieve_leave(Sieve* sieve, uint32_t index)
{
    sieve->partial[index].amplitude = 0.0f;
    sieve->partial[index].goal = sieve->partial[index].now;
}

void sieve_forget(Sieve* sieve, uint32_t index)
{
    memset(&sieve->partial[index], 0, sizeof(sieve->partial[index]));
}

// dB by which a pair at this distance may be louder than SIEVE_DB; 1e9: it is not rough at all
static float eased_db(float distance_hz)
{
    if (distance_hz <= SMOOTH_LOW || distance_hz >= SMOOTH_HIGH) {
        return 1e9f;
    }
    if (distance_hz < ROUGH_LOW) {
        return EASE_DB * (ROUGH_LOW - distance_hz) / (ROUGH_LOW - SMOOTH_LOW);
    }
    if (distance_hz > ROUGH_HIGH) {
        return EASE_DB * (distance_hz - ROUGH_HIGH) / (SMOOTH_HIGH - ROUGH_HIGH);
    }
    return 0.0f;
}

static bool before(const SievePartial* a, uint32_t ia, const SievePartial* b, uint32_t ib)
{
    return a->rank != b->rank ? a->rank > b->rank : a->hz != b->hz ? a->hz < b->hz : ia < ib;
}

void sieve_judge(Sieve* sieve, double power)
{
    for (uint32_t tries = 0; tries < sieve->n; ++tries) { // the next one that sounds
        sieve->next = sieve->next + 1 < sieve->n ? sieve->next + 1 : 0;
        if (sieve->partial[sieve->next].amplitude > 0.0f) {
            break;
        }
    }
    SievePartial* const one = &sieve->partial[sieve->next];
    if (!(one->amplitude > 0.0f) || !(power > 1e-20)) {
        return;
    }
    const float whole = log2f((float)power) - log2f(one->amplitude);
    float most = 0.0f; // log2 of the factor
    for (uint32_t i = 0; i < sieve->n; ++i) {
        const SievePartial* const other = &sieve->partial[i];
        if (i == sieve->next || !(other->amplitude > 0.0f) || !before(other, i, one, sieve->next)) {
            continue;
        }
        const float eased = eased_db(fabsf(other->hz - one->hz));
        if (eased < EASE_DB) {
            const float limit = whole + LOG2_PER_DB * ((float)SIEVE_DB + eased) -
                                log2f(other->amplitude) - other->now;
            most = fminf(most, limit);
        }
    }
    one->goal = fmaxf(most, -20.0f);
}
