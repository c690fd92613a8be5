// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// How well the breath is followed in simulation: slow breathing, changes of rate, turns of a belt.

#include "breathscore.h"
#include "dsp/breath.h"
#include "dsp/heart.h"
#include "dsp/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/// A simulated person, exact beats; the breath glides from one rate to another after 90 s
static void simulate(uint32_t seed, HeartSignal kind, bool signal, double per_min, double then,
                     double seconds, BreathTold* told)
{
    enum { RATE_HZ = 1000, DELAY = 300 };
    Heart* const heart = heart_new(RATE_HZ, seed);
    Breath* const breath = breath_new(RATE_HZ);
    uint32_t due[16];
    uint32_t waiting = 0;
    heart_set_signal(heart, kind);
    heart_set_rsa_reference(heart, 15.0);
    heart_set_slow_waves(heart, 18.0, 20.0);
    heart_set_jitter(heart, 4.0);
    heart_set_breath_rate(heart, per_min);
    heart_reset(heart);
    breath_set_beat_delay(breath, DELAY);
    breath_set_sensor(breath, kind == HEART_ECG ? BREATH_SENSOR_ECG : BREATH_SENSOR_PPG);
    told->seconds = 0;
    for (uint32_t i = 0; i < (uint32_t)(seconds * RATE_HZ) && told->seconds < BREATHTOLD_MOST_S;
         ++i) {
        float x = 0.0f;
        HeartEvent event;
        if (i == 90 * RATE_HZ) {
            heart_set_breath_rate(heart, then);
        }
        if (heart_process(heart, &x, 1, &event, 1) && event.kind == HEART_BEAT && waiting < 16) {
            due[waiting++] = i + DELAY;
        }
        if (waiting > 0 && due[0] <= i) {
            const BreathBeat beat = {true, 1.0f, NAN, NAN};
            breath_beat(breath, &beat);
            memmove(due, due + 1, --waiting * sizeof *due);
        }
        BreathEvent events[4];
        breath_process(breath, signal ? &x : NULL, NULL, 1, events, 4);
        if ((i + 1) % RATE_HZ == 0) {
            told->rate[told->seconds++] = (double)breath_state(breath).rate_per_min;
        }
    }
    heart_free(heart);
    breath_free(breath);
}

enum { LEAP_S = 120 };

/// The person that the peers were tried on: 65 beats per min, breath 0.045 s / sqrt(1 + (f / 0.13
/// Hz)^2), Mayer waves of 0.08..0.12 Hz with 18 ms, very slow waves of 20 ms, jitter 4 ms (standard
/// deviations); intervals alone. At LEAP_S the breath goes over to another rate at once.
static void leap(uint32_t seed, double per_min, double then, BreathTold* told)
{
    enum { RATE_HZ = 1000, DELAY = 300, WAVES = 16 };
    Random random = random_make(seed, 7);
    Breath* const breath = breath_new(RATE_HZ);
    double mayer[WAVES][2];
    double slow_s = 0.0;
    for (int i = 0; i < WAVES; ++i) {
        mayer[i][0] = 6.28318530718 * (0.08 + 0.04 * random_uniform(&random));
        mayer[i][1] = 6.28318530718 * random_uniform(&random);
    }
    double turns = random_uniform(&random);
    double beat_s = 0.0;
    told->seconds = 0;
    breath_set_beat_delay(breath, DELAY);
    for (uint32_t i = 0; i < (LEAP_S + 60) * RATE_HZ; ++i) {
        if ((double)i / RATE_HZ >= beat_s + 0.001 * DELAY) {
            const BreathBeat beat = {true, 1.0f, NAN, NAN};
            breath_beat(breath, &beat);
            const double hz = (beat_s < LEAP_S ? per_min : then) / 60.0;
            double rr_s = 0.92 + 0.004 * random_normal(&random);
            rr_s += 0.045 / sqrt(1.0 + hz * hz / (0.13 * 0.13)) * sin(6.28318530718 * turns);
            for (int k = 0; k < WAVES; ++k) {
                rr_s += 0.018 * sqrt(2.0 / WAVES) * sin(mayer[k][0] * beat_s + mayer[k][1]);
            }
            const double keep = exp(-rr_s / 60.0); // very slow: a minute
            slow_s = keep * slow_s + 0.020 * sqrt(1.0 - keep * keep) * random_normal(&random);
            rr_s += slow_s;
            const double before_s = fmin(fmax(LEAP_S - beat_s, 0.0), rr_s);
            turns += (before_s * per_min + (rr_s - before_s) * then) / 60.0;
            beat_s += rr_s;
        }
        BreathEvent events[4];
        breath_process(breath, NULL, NULL, 1, events, 4);
        if ((i + 1) % RATE_HZ == 0) {
            told->rate[told->seconds++] = (double)breath_state(breath).rate_per_min;
        }
    }
    breath_free(breath);
}

/// Seconds after the change until the rate is within 1 of 6 for five seconds, and for good
static void add_settling(const BreathTold* told, size_t change, double* first, double* good)
{
    size_t off = change; // first second after the last one that was off
    size_t on = 0;
    size_t reached = told->seconds;
    for (size_t s = change; s < told->seconds; ++s) {
        const bool near = fabs(told->rate[s] - 6.0) <= 1.0;
        off = near ? off : s + 1;
        on = near ? on + 1 : 0;
        reached = on == 5 && reached == told->seconds ? s - 4 : reached;
    }
    *first += (double)(reached - change);
    *good += (double)(off - change);
}

static void show_settling(const char* what, double first, double good)
{
    breathscore_row(what, "17", "15", "10", first, "s");
    printf("    for good after %.1f s\n", good);
}

static void simulations(BreathTold* told)
{
    static const struct {
        double per_min;
        const char *peer, *must, *aim;
    } slow[] = {{4.3, "5.20", "0.30", "0.15"},
                {5.0, "3.80", "0.20", "0.10"},
                {6.0, "0.90", "0.10", "0.05"},
                {10.0, "-", "0.30", "-"},
                {15.0, "-", "0.30", "-"}};
    static const char* const kinds[] = {"ECG", "pulse", "intervals alone"};
    enum { SEEDS = 8, LEAPS = 64 };
    char what[96];
    for (size_t r = 0; r < sizeof slow / sizeof *slow; ++r) {
        for (int kind = 0; kind < 3; ++kind) {
            double sum = 0.0;
            double n = 0.0;
            for (uint32_t seed = 1; seed <= SEEDS; ++seed) {
                simulate(seed, kind == 1 ? HEART_PPG : HEART_ECG, kind < 2, slow[r].per_min,
                         slow[r].per_min, 240.0, told);
                for (size_t s = 40; s < told->seconds; ++s) {
                    sum += fabs(told->rate[s] - slow[r].per_min);
                    n += 1.0;
                }
            }
            snprintf(what, sizeof what, "simulated at %.1f per min, %s", slow[r].per_min,
                     kinds[kind]);
            breathscore_row(what, slow[r].peer, slow[r].must, slow[r].aim, sum / n, "/min");
        }
    }
    for (int kind = 0; kind < 3; ++kind) {
        double first = 0.0;
        double good = 0.0;
        for (uint32_t seed = 1; seed <= SEEDS; ++seed) {
            simulate(seed, kind == 1 ? HEART_PPG : HEART_ECG, kind < 2, 15.0, 6.0, 150.0, told);
            add_settling(told, 90, &first, &good);
        }
        snprintf(what, sizeof what, "15 gliding to 6 (time constant 2 s), %s", kinds[kind]);
        show_settling(what, first / SEEDS, good / SEEDS);
    }
    double first = 0.0;
    double good = 0.0;
    for (uint32_t seed = 1; seed <= LEAPS; ++seed) {
        leap(seed, 15.0, 6.0, told);
        add_settling(told, LEAP_S, &first, &good);
    }
    show_settling("15 to 6 at once, as the peers had it, intervals alone", first / LEAPS,
                  good / LEAPS);
}

static double turn_error_ms(double per_min, double noise)
{
    enum { RATE_HZ = 1000 };
    static double turn_s[BREATHTOLD_MOST_TURNS];
    static double errors[BREATHTOLD_MOST_TURNS];
    uint32_t random = 17;
    size_t n = 0;
    size_t told = 0;
    size_t k = 0;
    for (double t = 0.0; t < 600.0; n += 2) { // lengths vary by a tenth, evenly
        random = random * 1664525u + 1013904223u;
        const double whole_s = 60.0 / per_min * (0.83 + 0.34 * (random >> 8) / 16777216.0);
        turn_s[n] = t;
        turn_s[n + 1] = t + 0.42 * whole_s;
        t += whole_s;
    }
    Breath* const breath = breath_new(RATE_HZ);
    for (uint32_t i = 0; (double)i / RATE_HZ < turn_s[n - 1]; ++i) {
        const double t = (double)i / RATE_HZ;
        k += t >= turn_s[k + 1];
        const double part = (t - turn_s[k]) / (turn_s[k + 1] - turn_s[k]);
        double sum = 0.0; // twelve even numbers: nearly normal
        for (int j = 0; j < 12; ++j) {
            random = random * 1664525u + 1013904223u;
            sum += (random >> 8) / 16777216.0 - 0.5;
        }
        const float belt =
            (float)(0.5 * cos(3.14159265359 * part) * (k % 2 ? 1.0 : -1.0) + noise * sum);
        BreathEvent event;
        if (breath_process(breath, NULL, &belt, 1, &event, 1)) {
            const double at = t - (double)event.age_frames / RATE_HZ;
            double best = 9.0;
            for (size_t j = event.type == BREATH_OUT_STARTS; j < n; j += 2) {
                best = fmin(best, fabs(at - turn_s[j]));
            }
            errors[told++] = 1000.0 * best;
        }
    }
    breath_free(breath);
    return breathscore_median(errors, told);
}

int main(void)
{
    static BreathTold told;
    printf("\nBreath%53s%9s %7s %7s %8s\n", "", "peer", "must", "aim", "found");
    simulations(&told);
    breathscore_row("turns of a belt, 6 per min, no noise", "-", "30", "10",
                    turn_error_ms(6.0, 0.0), "ms");
    breathscore_row("turns of a belt, 6 per min, noise 0.5 % of the swing", "-", "30", "10",
                    turn_error_ms(6.0, 0.005), "ms");
    breathscore_row("turns of a belt, 15 per min, noise 1 % of the swing", "-", "30", "10",
                    turn_error_ms(15.0, 0.01), "ms");
    return 0;
}
