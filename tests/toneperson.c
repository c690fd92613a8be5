// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "toneperson.h"

#include "unit.h"

#include <math.h>

TonePerson toneperson_new(ToneDrive drive, uint32_t seed, double heart_rate, bool told)
{
    TonePerson person = {.heart = heart_new(TONEPERSON_RATE, seed),
                         .vitals = vitals_new(TONEPERSON_RATE),
                         .told = told,
                         .last = 0.5f};
    assert_non_null(person.heart);
    assert_non_null(person.vitals);
    heart_set_rsa_reference(person.heart, 15.0);
    heart_set_heart_rate(person.heart, heart_rate);
    heart_set_breath_jitter(person.heart, 0.05);
    vitals_set_drive(person.vitals, drive);
    return person;
}

void toneperson_free(TonePerson* person)
{
    heart_free(person->heart);
    vitals_free(person->vitals);
}

double toneperson_live(TonePerson* person, double seconds, double breaths_per_min, double rsa_ms)
{
    const uint32_t step = (uint32_t)(0.01 * TONEPERSON_RATE);
    const int steps = (int)(seconds * TONEPERSON_RATE / step);
    double sum = 0.0;
    heart_set_breath_rate(person->heart, breaths_per_min);
    heart_set_rsa(person->heart, rsa_ms);
    for (int i = 0; i < steps; ++i) {
        HeartEvent events[8];
        const uint32_t n = heart_process(person->heart, NULL, step, events, 8);
        uint32_t at = 0;
        for (uint32_t k = 0; k < n; ++k) {
            vitals_process(person->vitals, events[k].frame - at);
            at = events[k].frame;
            if (events[k].kind == HEART_BEAT) {
                vitals_beat(person->vitals, true, 1.f);
            } else if (events[k].kind == HEART_IN_BREATH && person->told) {
                vitals_breath(person->vitals);
            }
        }
        vitals_process(person->vitals, step - at);
        const float tone = vitals_tone(person->vitals).tone;
        assert_true(tone >= 0.f && tone <= 1.f);
        if (i % 10 == 0) {
            person->fastest = fmaxf(person->fastest, fabsf(tone - person->last));
            person->last = tone;
        }
        sum += i >= steps / 2 ? (double)tone : 0.0;
    }
    return sum / (steps - steps / 2);
}
