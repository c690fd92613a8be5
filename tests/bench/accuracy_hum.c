// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// How well the hum detector tells hums from everything else, on synthetic sounds: hums found and
/// their timing and pitch, by signal-to-noise ratio; false hums per ten minutes of each other
/// sound.
#include "dsp/hum.h"
#include "voice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 48000, BLOCK = 256, HUMS = 40, MOST = 4096 };

typedef struct {
    double start[MOST], end[MOST]; // s
    int n;
    double pitch_error[MOST]; // cents, one per block while humming
    int n_errors;
} Found;

static Found found;

static void listen(const float* x, size_t n, double rate, double true_hz)
{
    Hum* const hum = hum_new(rate);
    HumEvent events[8];
    found.n = found.n_errors = 0;
    for (size_t at = 0; hum && at + BLOCK <= n; at += BLOCK) {
        const uint32_t count = hum_process(hum, x + at, BLOCK, events, 8);
        for (uint32_t i = 0; i < count; ++i) {
            const double t = ((double)at + events[i].frame - hum_delay(rate)) / rate;
            if (events[i].kind == HUM_START && found.n < MOST) {
                found.start[found.n] = found.end[found.n] = t;
                ++found.n;
            } else if (found.n) {
                found.end[found.n - 1] = t;
            }
        }
        const HumState s = hum_state(hum);
        if (true_hz > 0.0 && s.pitch_hz > 0.0f && found.n_errors < MOST) {
            found.pitch_error[found.n_errors++] = fabs(1200.0 * log2((double)s.pitch_hz / true_hz));
        }
    }
    hum_free(hum);
}

static int ascending(const void* a, const void* b)
{
    const double x = *(const double*)a, y = *(const double*)b;
    return (x > y) - (x < y);
}

static double percentile(double* list, int n, double share)
{
    qsort(list, (size_t)n, sizeof(double), ascending);
    return n ? list[(int)fmin(n - 1, share * n)] : 0.0;
}

static void hums_at(double noise_db, uint32_t seed)
{
    static double onset[HUMS], end[HUMS], pitch[HUMS];
    int hits = 0;
    int torn = 0;
    const size_t n = 9 * RATE;
    float* const x = (float*)malloc(n * sizeof(float));
    for (int i = 0; x && i < HUMS; ++i) {
        memset(x, 0, n * sizeof(float));
        const Voice v = {.hz = 68.0 * pow(390.0 / 68.0, voice_random(&seed)),
                         .seconds = 2.0 + 3.0 * voice_random(&seed),
                         .level_db = -26.0,
                         .attack_s = 0.02 + 0.1 * voice_random(&seed),
                         .release_s = 0.05 + 0.15 * voice_random(&seed),
                         .vowel = 'm'};
        const double from = 2.0 + 0.5 * voice_random(&seed);
        voice_noise(x, n, noise_db, &seed);
        voice_breath(x, RATE * 3 / 2, RATE, -46.0, &seed);
        const size_t first = (size_t)(from * RATE);
        const double to = from + (double)voice_add(x, n, first, RATE, &v, &seed) / RATE;
        listen(x, n, RATE, v.hz);
        torn += found.n > 1;
        if (found.n && fabs(found.start[0] - from) < 0.5) {
            onset[hits] = fabs(found.start[0] - from) * 1000.0;
            end[hits] = fabs(found.end[found.n - 1] - to) * 1000.0;
            pitch[hits++] = percentile(found.pitch_error, found.n_errors, 0.5);
        }
    }
    free(x);
    printf("%-24s %3d of %d  torn %d  onset p50 %4.1f p95 %4.1f ms  end p95 %4.0f ms  pitch p50 "
           "%.2f p95 %.2f cents\n",
           noise_db < -50   ? "quiet room (34 dB)"
           : noise_db < -40 ? "20 dB over noise"
                            : "12 dB over noise",
           hits, HUMS, torn, percentile(onset, hits, 0.5), percentile(onset, hits, 0.95),
           percentile(end, hits, 0.95), percentile(pitch, hits, 0.5),
           percentile(pitch, hits, 0.95));
}

// The same of people whose pitch and level wander, in a room that rings for 0.4 s
static void wandering(uint32_t seed)
{
    enum { TAPS = 12 };
    static double onset[HUMS];
    int hits = 0, late = 0;
    const size_t n = 9 * RATE;
    float* const dry = (float*)malloc(n * sizeof(float));
    float* const x = (float*)malloc(n * sizeof(float));
    for (int i = 0; dry && x && i < HUMS; ++i) {
        memset(dry, 0, n * sizeof(float));
        const Voice v = {.hz = 75.0 * pow(5.0, voice_random(&seed)),
                         .seconds = 3.0 + 2.0 * voice_random(&seed),
                         .level_db = -28.0,
                         .attack_s = 0.02 + 0.1 * voice_random(&seed),
                         .release_s = 0.05 + 0.15 * voice_random(&seed),
                         .vibrato_cents = 15.0 * voice_random(&seed),
                         .jitter_cents = 12.0,
                         .drift_cents = 80.0 * (voice_random(&seed) - 0.5),
                         .vowel = 'm'};
        const double from = 2.0 + 0.5 * voice_random(&seed);
        voice_add(dry, n, (size_t)(from * RATE), RATE, &v, &seed);
        memcpy(x, dry, n * sizeof(float));
        for (int tap = 0; tap < TAPS; ++tap) { // -60 dB after 0.4 s
            const double s = 0.004 + 0.25 * voice_random(&seed);
            const double gain = 0.35 * pow(10.0, -3.0 * s / 0.4) * (tap % 2 ? 1.0 : -1.0);
            const size_t by = (size_t)(s * RATE);
            for (size_t k = by; k < n; ++k) {
                x[k] += (float)gain * dry[k - by];
            }
        }
        voice_noise(x, n, -50.0, &seed);
        listen(x, n, RATE, 0.0);
        if (found.n && fabs(found.start[0] - from) < 0.5) {
            onset[hits] = fabs(found.start[0] - from) * 1000.0;
            late += onset[hits++] > 20.0;
        }
    }
    free(dry);
    free(x);
    printf("%-24s %3d of %d  onset p50 %4.1f p95 %4.1f ms, %d more than 20 ms off\n",
           "wandering, in a room", hits, HUMS, percentile(onset, hits, 0.5),
           percentile(onset, hits, 0.95), late);
}

static void others(const char* name, float* x, size_t n, double rate)
{
    listen(x, n, rate, 0.0);
    const double minutes = (double)n / rate / 60.0;
    printf("%-24s %5.1f min  false %d  = %.2f per 10 min\n", name, minutes, found.n,
           10.0 * found.n / minutes);
}

// Adds a melody of an instrument that sustains: a random walk on a scale around G3, notes of 0.25
// to 1.5 s, three of ten followed by a rest of up to 1.4 s
static void melody(float* x, size_t n, const double* harmonics, uint32_t* seed)
{
    static const int scale[] = {0, 2, 4, 5, 7, 9, 11};
    int degree = 7;
    for (double t = 1.0; t * RATE < (double)n;) {
        const double seconds = 0.25 * (1.0 + floor(6.0 * voice_random(seed)));
        const double u = voice_random(seed);
        const double rest = u < 0.7   ? 0.0
                            : u < 0.9 ? 0.25 + 0.25 * voice_random(seed)
                                      : 0.5 + 0.9 * voice_random(seed);
        degree += (int)floor(5.0 * voice_random(seed)) - 2;
        degree = degree < 2 ? 3 : degree > 14 ? 13 : degree;
        const double hz = 98.0 * exp2(degree / 7 + scale[degree % 7] / 12.0);
        const size_t length = (size_t)(seconds * RATE), at = (size_t)(t * RATE);
        for (size_t i = 0; i < length && at + i < n; ++i) {
            const double edge =
                fmin((double)i / (0.04 * RATE), (double)(length - i) / (0.05 * RATE));
            double y = 0.0;
            for (int k = 0; k < 5; ++k) {
                y += harmonics[k] * sin((k + 1) * 6.283185307179586 * hz * (double)i / RATE);
            }
            x[at + i] += (float)(0.05 * fmin(edge, 1.0) * y);
        }
        t += seconds + rest;
    }
}

int main(void)
{
    uint32_t seed = 2026;
    printf("Hums found (of those synthesised), 68..390 Hz, attacks of 20..120 ms:\n");
    hums_at(-60.0, 1);
    hums_at(-46.0, 2);
    hums_at(-38.0, 3);
    wandering(4);

    printf("What is no hum:\n");
    static const char* const people[] = {"en+f4", "en-gb+m2", "sv", "nb+f3", "de+m5"};
    for (size_t i = 0; i < sizeof people / sizeof *people; ++i) {
        size_t n = 0;
        double rate = 0.0;
        float* const x = voice_speech(people[i], 130, 45, &n, &rate);
        if (!x) {
            printf("speech: espeak-ng is not installed\n");
            break;
        }
        voice_noise(x, n, -65, &seed);
        char name[64];
        snprintf(name, sizeof name, "speech %s", people[i]);
        others(name, x, n, rate);
        free(x);
    }
    const size_t n = 300 * (size_t)RATE;
    float* const x = (float*)calloc(n, sizeof(float));
    if (!x) {
        return 1;
    }
    for (const char* vowel = "aoeiu"; *vowel; ++vowel) {
        const size_t part = n / 5;
        memset(x, 0, part * sizeof(float));
        voice_noise(x, part, -60, &seed);
        for (size_t at = RATE; at + 4 * RATE < part; at += 6 * RATE) {
            Voice v = voice_hum(110.0 * pow(3.0, voice_random(&seed)), 4.0, -25);
            v.vowel = *vowel;
            v.vibrato_cents = 15.0;
            voice_add(x, part, at, RATE, &v, &seed);
        }
        const char name[] = {'s', 'u', 'n', 'g', ' ', *vowel, '\0'};
        others(name, x, part, RATE);
    }
    static const struct {
        const char* name;
        double harmonics[5];
    } instruments[] = {{"melody, flute", {1, .2, .06, .02, 0}},
                       {"melody, clarinet", {1, .02, .4, .02, .2}},
                       {"melody, cello", {1, .7, .5, .35, .2}},
                       {"melody, horn", {1, .5, .2, .1, .05}}};
    for (size_t i = 0; i < sizeof instruments / sizeof *instruments; ++i) {
        memset(x, 0, n * sizeof(float));
        voice_noise(x, n, -65, &seed);
        melody(x, n, instruments[i].harmonics, &seed);
        others(instruments[i].name, x, n, RATE);
    }
    memset(x, 0, n * sizeof(float));
    voice_noise(x, n, -30, &seed);
    others("white noise", x, n, RATE);
    for (size_t at = 0; at + 4 * RATE <= n; at += 4 * RATE) {
        voice_breath(x + at, 3 * RATE, RATE, -35 + 20 * voice_random(&seed), &seed);
    }
    others("breathing", x, n, RATE);
    memset(x, 0, n * sizeof(float));
    voice_noise(x, n, -60, &seed);
    voice_mains(x, n, RATE, 50, -40);
    others("mains", x, n, RATE);
    free(x);
    return 0;
}
