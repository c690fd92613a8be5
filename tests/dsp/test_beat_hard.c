// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Signals that other detectors fail on: slow and fast hearts, pacemakers, high T waves, bigeminy,
// leads with two equal lobes, jumping and tiny amplitudes, wander, bursts, a sensor re-seated.

#include "dsp/beat.h"
#include "dsp/random.h"

#include "unit.h"

#include <math.h>
#include <string.h>

enum { MOST = 600 };

#define RATE   1000.0 // Hz
#define TWO_PI 6.28318530717958648

// A made signal: waves are Gaussian bells around the times of beats
typedef struct {
    uint32_t n;
    float* x;
    double truth[MOST]; // s
    uint32_t n_truth;
} Made;

static Made made_new(double seconds)
{
    Made m = {.n = (uint32_t)(seconds * RATE)};
    m.x = (float*)calloc(m.n, sizeof(float));
    assert_non_null(m.x);
    Random random = random_make(77, 0);
    for (uint32_t i = 0; i < m.n; ++i) { // no sensor is quite silent
        m.x[i] = 1e-5f * ((float)(random_bits(&random) >> 40) / 16777216.0f - 0.5f);
    }
    return m;
}

static void bell(Made* m, double at_s, double height, double sigma_s)
{
    const int64_t from = (int64_t)((at_s - 5.0 * sigma_s) * RATE);
    const int64_t to = (int64_t)((at_s + 5.0 * sigma_s) * RATE);
    for (int64_t k = from < 0 ? 0 : from; k < to && k < (int64_t)m->n; ++k) {
        const double z = ((double)k / RATE - at_s) / sigma_s;
        m->x[k] += (float)(height * exp(-0.5 * z * z));
    }
}

static void truth(Made* m, double at_s)
{
    assert_true(m->n_truth < MOST);
    m->truth[m->n_truth++] = at_s;
}

// An ECG's beat of R wave 0.2 with its P and T waves; those follow the interval
static void ecg_beat(Made* m, double at_s, double rr_s, double t_height)
{
    const double pace = fmin(sqrt(rr_s), 1.0);
    bell(m, at_s - 0.16 * pace, 0.02, 0.02 * pace);
    bell(m, at_s - 0.025, -0.03, 0.008);
    bell(m, at_s, 0.2, 0.010);
    bell(m, at_s + 0.025, -0.05, 0.009);
    bell(m, at_s + 0.28 * pace, t_height, 0.045 * pace);
    truth(m, at_s);
}

// A steady rhythm with a respiratory swing of 5 %
static Made made_ecg(double bpm, double seconds, double t_height)
{
    Made m = made_new(seconds);
    double rr = 60.0 / bpm;
    for (double t = 0.7; t < seconds; t += rr) {
        rr = 60.0 / bpm * (1.0 + 0.025 * sin(TWO_PI * 0.2 * t));
        ecg_beat(&m, t, rr, t_height);
    }
    return m;
}

// A finger pulse; its middle of the upslope is the truth
static Made made_pulse(double bpm, double seconds)
{
    Made m = made_new(seconds);
    double rr = 60.0 / bpm;
    for (double t = 0.7; t < seconds; t += rr) {
        rr = 60.0 / bpm * (1.0 + 0.025 * sin(TWO_PI * 0.2 * t));
        const double pace = fmin(sqrt(rr), 1.0);
        for (int k = -400; k < 1200; ++k) { // steep rise, slow fall, a dicrotic wave
            const int64_t at = (int64_t)(t * RATE) + k;
            const double s = (double)at / RATE - t;
            if (at >= 0 && at < (int64_t)m.n) {
                const double rise = 1.0 / (1.0 + exp(-s / (0.022 * pace)));
                const double z = (s - 0.32 * pace) / (0.06 * pace);
                m.x[at] += (float)(0.2 * rise * exp(-fmax(s, 0.0) / (0.25 * pace)) +
                                   0.02 * exp(-0.5 * z * z));
            }
        }
        truth(&m, t);
    }
    return m;
}

typedef struct {
    uint32_t found, missed, extra, reliable;
    double worst_s; // departure from the median departure
    BeatState state;
    BeatSensor sensor;
    BeatPolarity polarity;
} Outcome;

static int ascending(const void* a, const void* b)
{
    const double x = *(const double*)a, y = *(const double*)b;
    return x < y ? -1 : x > y;
}

// Frees the signal. Beats between from_s and half a second before the end are scored
static Outcome hear(Made* m, double from_s, BeatSensor sensor)
{
    static double at[4 * MOST], off[4 * MOST];
    static bool reliable[4 * MOST];
    uint32_t n = 0;
    Outcome o = {0};
    Beat* const beat = beat_new(RATE);
    assert_non_null(beat);
    beat_set_sensor(beat, sensor);
    for (uint32_t i = 0; i < m->n; i += 100) {
        BeatEvent events[32];
        const uint32_t part = m->n - i < 100 ? m->n - i : 100;
        const uint32_t count = beat_process(beat, m->x + i, part, events, 32);
        for (uint32_t k = 0; k < count; ++k) {
            if (events[k].kind == BEAT_EVENT_BEAT) {
                assert_true(n < 4 * MOST);
                reliable[n] = events[k].reliable;
                at[n++] = ((double)i + events[k].frame - (double)beat_delay(RATE)) / RATE;
            }
        }
    }
    o.state = beat_state(beat);
    o.sensor = beat_sensor(beat);
    o.polarity = beat_polarity(beat);
    beat_free(beat);

    const double to_s = m->n / RATE - 0.5;
    uint32_t matched = 0;
    for (uint32_t i = 0; i < m->n_truth; ++i) {
        if (m->truth[i] < from_s || m->truth[i] > to_s) {
            continue;
        }
        uint32_t best = n;
        for (uint32_t k = 0; k < n; ++k) {
            const double d = fabs(at[k] - m->truth[i]);
            best = d < 0.1 && (best == n || d < fabs(at[best] - m->truth[i])) ? k : best;
        }
        o.missed += best == n;
        if (best < n) {
            ++o.found;
            o.reliable += reliable[best];
            off[matched++] = at[best] - m->truth[i];
        }
    }
    for (uint32_t k = 0; k < n; ++k) {
        bool true_one = at[k] < from_s || at[k] > to_s;
        for (uint32_t i = 0; i < m->n_truth; ++i) {
            true_one |= fabs(at[k] - m->truth[i]) < 0.1;
        }
        o.extra += !true_one;
    }
    qsort(off, matched, sizeof(double), ascending);
    for (uint32_t i = 0; i < matched; ++i) {
        o.worst_s = fmax(o.worst_s, fabs(off[i] - off[matched / 2]));
    }
    free(m->x);
    return o;
}

static void assert_all(const Outcome* o, uint32_t least)
{
    assert_true(o->found >= least);
    assert_int_equal(o->missed, 0);
    assert_int_equal(o->extra, 0);
}

static void ecg_from_25_to_240_per_minute(void** state)
{
    (void)state;
    const double rates[] = {25, 30, 40, 60, 90, 120, 150, 180, 200, 220, 240};
    for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
        Made m = made_ecg(rates[i], 60.0, 0.04);
        const Outcome o = hear(&m, 5.0, BEAT_AUTO_SENSOR);
        assert_all(&o, (uint32_t)(rates[i] * 0.85));
        assert_true(o.reliable >= 0.9 * o.found);
        assert_int_equal(o.state, BEAT_TRACKING);
    }
}

static void pulse_from_25_to_200_per_minute(void** state)
{
    (void)state;
    const double rates[] = {25, 30, 40, 60, 90, 120, 150, 180, 200};
    for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
        Made m = made_pulse(rates[i], 60.0);
        const Outcome o = hear(&m, 6.0, rates[i] < 180.0 ? BEAT_AUTO_SENSOR : BEAT_PPG);
        assert_all(&o, (uint32_t)(rates[i] * 0.85));
        assert_int_equal(o.sensor, BEAT_PPG);
        assert_int_equal(o.polarity, BEAT_UPRIGHT);
        assert_true(o.reliable >= 0.8 * o.found);
    }
}

// T waves as high as the R wave
static void high_t_waves_are_no_beats(void** state)
{
    (void)state;
    const double rates[] = {50, 70, 100};
    for (size_t i = 0; i < 3; ++i) {
        Made m = made_ecg(rates[i], 60.0, 0.2);
        const Outcome o = hear(&m, 4.0, BEAT_AUTO_SENSOR);
        assert_all(&o, (uint32_t)(rates[i] * 0.85));
        assert_int_equal(o.sensor, BEAT_ECG);
        assert_true(o.worst_s < 0.003);
    }
}

// A wide complex of opposite T wave
static void wide_beat(Made* m, double at_s)
{
    bell(m, at_s, 0.25, 0.03);
    bell(m, at_s + 0.09, -0.1, 0.03);
    bell(m, at_s + 0.32, -0.07, 0.05);
    truth(m, at_s);
}

static void bigeminy_is_followed(void** state)
{
    (void)state;
    Made m = made_new(80.0);
    for (double t = 0.7; t < 79.0; t += 1.7) {
        ecg_beat(&m, t, 0.85, 0.04);
        wide_beat(&m, t + 0.5);
    }
    const Outcome o = hear(&m, 6.0, BEAT_AUTO_SENSOR);
    assert_all(&o, 80);
}

// Spikes of 2 ms, five times the R wave, before a wide complex (ventricular) or a P wave (atrial)
static void pacemaker_spikes_are_no_beats(void** state)
{
    (void)state;
    const double before[] = {0.05, 0.2};
    for (size_t k = 0; k < 2; ++k) {
        Made m = made_new(60.0);
        for (double t = 0.7; t < 60.0; t += 0.86) {
            if (k) {
                ecg_beat(&m, t, 0.86, 0.04);
            } else {
                wide_beat(&m, t);
            }
            const uint32_t at = (uint32_t)((t - before[k]) * RATE);
            for (uint32_t i = at; i < at + 2 && i < m.n; ++i) {
                m.x[i] += 1.0f;
            }
        }
        const Outcome o = hear(&m, 5.0, BEAT_AUTO_SENSOR);
        assert_all(&o, 60);
        assert_true(o.worst_s < 0.01);
    }
}

// An R and an S wave of the same size, each a little larger by turns: the mark must not jump
static void a_lead_of_two_lobes_has_one_mark(void** state)
{
    (void)state;
    for (int down = 0; down < 2; ++down) {
        Made m = made_new(60.0);
        int i = 0;
        for (double t = 0.7; t < 60.0; t += 0.8, ++i) {
            const double larger = i % 2 ? 1.15 : 0.9;
            bell(&m, t, 0.2 * larger, 0.010);
            bell(&m, t + 0.04, -0.2 * (down ? 1.8 : 1.0) / larger, 0.010);
            bell(&m, t + 0.3, 0.04, 0.045);
            truth(&m, t);
        }
        const Outcome o = hear(&m, 5.0, BEAT_AUTO_SENSOR);
        assert_all(&o, 60);
        assert_true(o.worst_s < 0.004);
    }
}

// Amplitude times or divided by five every 15 s: a beat or two after a fall may be missed
static void jumping_amplitude(void** state)
{
    (void)state;
    for (int pulse = 0; pulse < 2; ++pulse) {
        Made m = pulse ? made_pulse(70.0, 90.0) : made_ecg(70.0, 90.0, 0.04);
        for (uint32_t i = 0; i < m.n; ++i) {
            m.x[i] *= (i / 15000) & 1 ? 0.2f : 1.0f;
        }
        const Outcome o = hear(&m, 5.0, pulse ? BEAT_PPG : BEAT_ECG);
        assert_true(o.found > 90);
        assert_true(o.missed <= (pulse ? 6 : 3));
        assert_true(o.extra <= (pulse ? 5 : 0));
    }
}

static void tiny_and_huge_signals(void** state)
{
    (void)state;
    const float factors[] = {0.0005f, 5000.0f};
    for (int k = 0; k < 4; ++k) {
        Made m = k & 1 ? made_pulse(70.0, 40.0) : made_ecg(70.0, 40.0, 0.04);
        for (uint32_t i = 0; i < m.n; ++i) {
            m.x[i] *= factors[k / 2];
        }
        const Outcome o = hear(&m, 5.0, BEAT_AUTO_SENSOR);
        assert_all(&o, 35);
    }
}

// Ten times the height from trough to crest, as fast as breathing
static void wander_of_ten_times(void** state)
{
    (void)state;
    const double hz[] = {0.1, 0.15, 0.25};
    for (size_t k = 0; k < 6; ++k) {
        const bool pulse = k & 1;
        Made m = pulse ? made_pulse(70.0, 60.0) : made_ecg(70.0, 60.0, 0.04);
        for (uint32_t i = 0; i < m.n; ++i) {
            m.x[i] += (float)sin(TWO_PI * hz[k / 2] * i / RATE);
        }
        const Outcome o = hear(&m, 10.0, pulse ? BEAT_PPG : BEAT_ECG);
        assert_true(o.found >= 50);
        assert_true(o.missed <= (pulse ? 5 : 0));
        assert_true(o.extra <= (pulse ? 6 : 0));
    }
}

// Five seconds of noise, ten times the signal: three seconds later everything is as before
static void a_burst_is_over_in_three_seconds(void** state)
{
    (void)state;
    for (int pulse = 0; pulse < 2; ++pulse) {
        Random random = random_make(5, 0);
        Made m = pulse ? made_pulse(70.0, 50.0) : made_ecg(70.0, 50.0, 0.04);
        for (uint32_t i = 20000; i < 25000; ++i) {
            m.x[i] += 4.0f * ((float)(random_bits(&random) >> 40) / 16777216.0f - 0.5f);
        }
        const Outcome o = hear(&m, 28.0, BEAT_AUTO_SENSOR);
        assert_all(&o, 20);
        assert_int_equal(o.state, BEAT_TRACKING);
        assert_int_equal(o.sensor, pulse ? BEAT_PPG : BEAT_ECG);
    }
}

// Off for two seconds, then on again the other way round and with another level
static void a_sensor_is_put_on_again_upside_down(void** state)
{
    (void)state;
    for (int pulse = 0; pulse < 2; ++pulse) {
        Made m = pulse ? made_pulse(70.0, 50.0) : made_ecg(70.0, 50.0, 0.04);
        for (uint32_t i = 20000; i < m.n; ++i) {
            m.x[i] = i < 22000 ? 0.9f : 0.5f - m.x[i];
        }
        const Outcome o = hear(&m, 30.0, BEAT_AUTO_SENSOR);
        assert_true(o.found >= 20 && o.missed <= 1 && o.extra <= 1);
        assert_int_equal(o.polarity, BEAT_INVERTED);
        assert_int_equal(o.sensor, pulse ? BEAT_PPG : BEAT_ECG);
    }
}

// Within five seconds, with noise at 12 dB (power (peak to peak)^2 / 8)
static void sensor_and_polarity_within_five_seconds(void** state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 12; ++seed) {
        Random random = random_make(seed, 0);
        const bool pulse = seed & 1, inverted = seed & 2;
        Made m =
            pulse ? made_pulse(50.0 + 5.0 * seed, 5.0) : made_ecg(50.0 + 5.0 * seed, 5.0, 0.04);
        for (uint32_t i = 0; i < m.n; ++i) {
            // uniform noise of that power: half its width is sqrt(3) times its root mean square
            const double noise = (double)(random_bits(&random) >> 40) / 8388608.0 - 1.0;
            m.x[i] = (float)((inverted ? -1.0 : 1.0) * (double)m.x[i] +
                             0.2 / sqrt(8.0) * sqrt(3.0) * 0.25 * noise);
        }
        const Outcome o = hear(&m, 3.0, BEAT_AUTO_SENSOR);
        assert_int_equal(o.sensor, pulse ? BEAT_PPG : BEAT_ECG);
        assert_int_equal(o.polarity, inverted ? BEAT_INVERTED : BEAT_UPRIGHT);
    }
}

// The beginning of a hum was taken for the first beat, and one of its waves a second for others
static void a_hum_that_begins_before_the_beats(void** state)
{
    (void)state;
    static const double hums_hz[] = {60.0, 140.0};
    for (int k = 0; k < 2; ++k) {
        for (int start = 0; start < 3; ++start) {
            const double from_s = 0.27 * start;
            Made m = made_new(40.0);
            for (uint32_t i = (uint32_t)(from_s * RATE); i < m.n; ++i) {
                m.x[i] += (float)(0.02 * sin(TWO_PI * hums_hz[k] * (i / RATE - from_s)));
            }
            for (double t = from_s + 0.5; t < 40.0; t += 1.0) {
                bell(&m, t, 0.4, 0.008);
                truth(&m, t);
            }
            const Outcome o = hear(&m, 10.0, BEAT_AUTO_SENSOR);
            assert_int_equal(o.missed, 0);
            assert_int_equal(o.extra, 0);
            assert_int_equal(o.reliable, o.found);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecg_from_25_to_240_per_minute),
        cmocka_unit_test(pulse_from_25_to_200_per_minute),
        cmocka_unit_test(high_t_waves_are_no_beats),
        cmocka_unit_test(bigeminy_is_followed),
        cmocka_unit_test(pacemaker_spikes_are_no_beats),
        cmocka_unit_test(a_lead_of_two_lobes_has_one_mark),
        cmocka_unit_test(jumping_amplitude),
        cmocka_unit_test(tiny_and_huge_signals),
        cmocka_unit_test(wander_of_ten_times),
        cmocka_unit_test(a_burst_is_over_in_three_seconds),
        cmocka_unit_test(a_sensor_is_put_on_again_upside_down),
        cmocka_unit_test(a_hum_that_begins_before_the_beats),
        cmocka_unit_test(sensor_and_polarity_within_five_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
