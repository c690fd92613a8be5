// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/resonance.h"

#include "dsp/pacer.h"
#include "unit.h"
#include "voice.h"

#include <math.h>

enum { RATE = 1000 };

// A heart whose swing with the breath is largest at `resonance` per min; the search runs in the
// pacer
static ResonanceResult search(PacerMode mode, double resonance, double bpm_noise, double minutes,
                              uint32_t seed)
{
    Pacer* const pacer = pacer_new(RATE);
    pacer_set_mode(pacer, mode);
    pacer_set_running(pacer, true);
    PacerEvent events[8];
    double beat = 0.0; // share of the way to the next beat
    uint64_t last = 0;
    for (uint64_t t = 0; t < (uint64_t)(minutes * 60 * RATE); ++t) {
        pacer_process(pacer, NULL, NULL, 1, events, 8);
        const PacerState s = pacer_state(pacer);
        const double off = ((double)s.rate_per_min - resonance) / 0.8;
        const double swing = 3.0 + 9.0 / (1.0 + off * off); // bpm
        const double hr = 66.0 + swing * sin(2.0 * 3.14159265 * ((double)s.phase - 0.15));
        beat += hr / 60.0 / RATE;
        if (beat >= 1.0) {
            beat -= 1.0 + bpm_noise * (voice_random(&seed) - 0.5);
            pacer_beat(pacer, (float)(t - last), last > 0);
            last = t;
        }
    }
    const ResonanceResult result = pacer_resonance(pacer);
    pacer_free(pacer);
    return result;
}

static void the_rate_of_the_largest_swing_is_found(void** state)
{
    (void)state;
    static const double rates[] = {5.0, 5.5, 6.5};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; ++i) {
        const ResonanceResult steps = search(PACER_STEPS, rates[i], 0.02, 12.8, 5);
        assert_true(steps.done && steps.count == 6);
        assert_true(fabs((double)steps.rate_per_min - rates[i]) < 0.26);
        assert_true(steps.confidence > 0.5f);
        for (uint32_t k = 0; k < steps.count; ++k) {
            const ResonanceRate* const r = &steps.rates[k];
            assert_true(r->breaths >= 6 && r->usable > 0.95f);
            assert_true(r->synchrony > 0.8f && r->peak_trough_bpm > 3.0f &&
                        r->lf_power_bpm2 > 0.0f);
            assert_true(r->score > 0.0f && r->score <= 1.0f);
            assert_true(r->peaks_per_breath > 0.5f && r->peaks_per_breath < 2.0f);
        }
        const ResonanceResult slide = search(PACER_SLIDE, rates[i], 0.02, 15.5, 6);
        assert_true(slide.done);
        assert_true(fabs((double)slide.rate_per_min - rates[i]) < 0.51);
    }
}

static void without_beats_nothing_is_claimed(void** state)
{
    (void)state;
    Resonance* const r = resonance_new();
    for (uint32_t i = 0; i < 20; ++i) {
        resonance_breath(r, i / 10, 6.0f, true);
        for (int k = 0; k < 10; ++k) {
            resonance_beat(r, (float)k / 10.0f, 1000.0f, false);
            resonance_beat(r, (float)k / 10.0f, NAN, true);
        }
    }
    const ResonanceResult result = resonance_result(r, 1.0f);
    assert_true(result.rate_per_min == 0.0f && result.confidence == 0.0f);
    resonance_free(r);
    resonance_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_of_the_largest_swing_is_found),
        cmocka_unit_test(without_beats_nothing_is_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
