// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A few real recordings, with margins: that nothing learnt since has spoilt what was good.

#include "dsp/beat.h"

#include "recorded.h"
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#define RATE 1000.0 // Hz

static Beats hear(const Signal* signal)
{
    Beats beats = {0};
    Signal s = signal_resampled(signal, RATE);
    Beat* const beat = beat_new(RATE);
    for (size_t i = 0; i < s.n; i += 250) {
        BeatEvent events[32];
        const uint32_t m = s.n - i < 250 ? (uint32_t)(s.n - i) : 250;
        const uint32_t count = beat_process(beat, s.sample + i, m, events, 32);
        for (uint32_t k = 0; k < count; ++k) {
            if (events[k].kind == BEAT_EVENT_BEAT) {
                const double at = (double)i + events[k].frame - (double)beat_delay(RATE);
                beats_add(&beats, at / RATE, events[k].reliable);
            }
        }
    }
    beat_free(beat);
    signal_free(&s);
    return beats;
}

static double reliable_share(const Beats* beats)
{
    size_t n = 0;
    for (size_t i = 0; i < beats->n; ++i) {
        n += beats->reliable[i];
    }
    return beats->n ? (double)n / (double)beats->n : 0.0;
}

static bool there(const char* path)
{
    return access(path, R_OK) == 0;
}

static void ecg_with_annotations(void** state)
{
    (void)state;
    static const struct {
        const char* name;
        double f1; // %
    } list[] = {{"101", 99.7}, {"203", 98.7}, {"208", 99.4}, {"223", 99.7}};
    char path[1100];
    snprintf(path, sizeof(path), "%s/mitdb/203.hea", unit_data_folder());
    if (!there(path)) {
        skip();
    }
    for (size_t i = 0; i < sizeof(list) / sizeof(*list); ++i) {
        Signal signal;
        Reference reference = {0};
        snprintf(path, sizeof(path), "%s/mitdb/%s.hea", unit_data_folder(), list[i].name);
        assert_true(signal_read(&signal, path, NULL, 0.0, 0.2));
        snprintf(path, sizeof(path), "%s/mitdb/%s.atr", unit_data_folder(), list[i].name);
        assert_true(reference_read(&reference, path, signal.rate));
        Beats beats = hear(&signal);
        Score s = score_beats(&beats, &reference, 0.0, 0.0);
        assert_true(score_f1(s.hit, s.missed, s.extra) > list[i].f1);
        score_free(&s);
        beats_free(&beats);
        reference_free(&reference);
        signal_free(&signal);
    }
}

static void reliable_beats_in_noise_are_true(void** state)
{
    (void)state;
    char path[1100];
    Signal signal;
    Reference reference = {0};
    snprintf(path, sizeof(path), "%s/nstdb/118e00.hea", unit_data_folder());
    if (!there(path)) {
        skip();
    }
    assert_true(signal_read(&signal, path, NULL, 0.0, 0.2));
    snprintf(path, sizeof(path), "%s/nstdb/118e00.atr", unit_data_folder());
    assert_true(reference_read(&reference, path, signal.rate));
    Beats beats = hear(&signal);
    Score s = score_beats(&beats, &reference, 0.0, 300.0);
    assert_true(s.reliable > 500);
    assert_true((double)s.reliable_hit > 0.985 * (double)s.reliable);
    assert_true(score_f1(s.hit, s.missed, s.extra) > 78.0);
    score_free(&s);
    beats_free(&beats);
    reference_free(&reference);
    signal_free(&signal);
}

static void pulses_of_the_bedside(void** state)
{
    (void)state;
    static const char* const list[] = {"bidmc_02", "bidmc_11", "bidmc_20"};
    char stem[1000], path[1100];
    snprintf(path, sizeof(path), "%s/bidmc/%s_beats.txt", unit_data_folder(), list[0]);
    if (!there(path)) {
        skip();
    }
    for (size_t i = 0; i < sizeof(list) / sizeof(*list); ++i) {
        Signal signal;
        Reference reference = {0};
        snprintf(stem, sizeof(stem), "%s/bidmc/%s", unit_data_folder(), list[i]);
        snprintf(path, sizeof(path), "%s_signals.csv.gz", stem);
        assert_true(reference_read_list(&reference, stem, 125.0));
        assert_true(signal_read(&signal, path, "pleth", 125.0, 1.0));
        Beats beats = hear(&signal);
        Score s = score_beats(&beats, &reference, score_lag(&beats, &reference, -0.3, 1.2), 0.0);
        assert_true(score_f1(s.hit, s.missed, s.extra) > 98.5);
        score_free(&s);
        beats_free(&beats);
        reference_free(&reference);
        signal_free(&signal);
    }
}

// Finger pulses of healthy people at rest with pronounced dicrotic waves: no wave counts twice
static void dicrotic_waves_are_no_beats(void** state)
{
    (void)state;
    static const int list[] = {1, 4, 5, 7};
    char path[1100];
    for (size_t i = 0; i < sizeof(list) / sizeof(*list); ++i) {
        Signal signal;
        snprintf(path, sizeof(path), "%s/ds210/sub-%02d_task-rest_run-01_physio.tsv.gz",
                 unit_data_folder(), list[i]);
        if (!there(path)) {
            skip();
        }
        assert_true(signal_read(&signal, path, "1", 50.0, 1.0 / 4096.0));
        Beats beats = hear(&signal);
        const double per_min = (double)beats.n / ((double)signal.n / signal.rate) * 60.0;
        assert_true(per_min > 40.0 && per_min < 100.0);
        assert_true(reliable_share(&beats) > 0.75);
        beats_free(&beats);
        signal_free(&signal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecg_with_annotations),
        cmocka_unit_test(reliable_beats_in_noise_are_true),
        cmocka_unit_test(pulses_of_the_bedside),
        cmocka_unit_test(dicrotic_waves_are_no_beats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
