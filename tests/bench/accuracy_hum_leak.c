// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// How many hums are found while our own drone leaks from a loudspeaker into the microphone, by the
/// level of the leak under the hum, for every voicing, in unison with the drone and beside it; and
/// what the drone alone, breathing and changing its tone, is taken for.
#include "dsp/drone.h"
#include "dsp/hum.h"
#include "voice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 16000, BLOCK = 256, VOICINGS = 5, HUMS = 7, EACH_S = 11 };

static const double roots[VOICINGS] = {110.0, 98.0, 130.8, 73.4, 110.0};

// A loudspeaker across the room: the drone as the microphone hears it, -30 dBFS
static void leak(float* x, size_t n, int voicing, double root_hz, uint32_t* seed)
{
    Drone* const drone = drone_new(RATE);
    drone_set_voicing(drone, (DroneVoicing)voicing);
    drone_set_root(drone, root_hz);
    double power = 0.0;
    for (size_t at = 0; drone && at + BLOCK <= n; at += BLOCK) {
        float left[BLOCK], right[BLOCK];
        if (at / BLOCK % (5 * RATE / BLOCK) == 0) {
            drone_breath(drone, at / BLOCK / (5 * RATE / BLOCK) % 2 == 0);
            drone_set_tone(drone, voice_random(seed), 1.0);
            drone_set_breath(drone, 1.0, 1.0);
        }
        drone_process(drone, left, right, BLOCK);
        for (size_t i = 0; i < BLOCK; ++i) {
            x[at + i] = 0.5F * (left[i] + right[i]);
            power += at >= n / 4 ? (double)(x[at + i] * x[at + i]) : 0.0;
        }
    }
    drone_free(drone);
    const float gain = (float)(pow(10.0, -30.0 / 20.0) / sqrt(power / (0.75 * (double)n) + 1e-12));
    for (size_t i = 0; i < n; ++i) {
        x[i] *= gain;
    }
}

// Starts heard within half a second of each of the moments (s)
static int listen(const float* x, size_t n, const float* known, uint32_t n_known,
                  const double* starts, int* strays)
{
    Hum* const hum = hum_new(RATE);
    hum_set_known(hum, known, n_known);
    bool hit[HUMS] = {false};
    HumEvent events[8];
    for (size_t at = 0; hum && at + BLOCK <= n; at += BLOCK) {
        const uint32_t count = hum_process(hum, x + at, BLOCK, events, 8);
        for (uint32_t i = 0; i < count; ++i) {
            const double t = ((double)at + events[i].frame - hum_delay(RATE)) / RATE;
            if (events[i].kind == HUM_START) {
                bool stray = true;
                for (int k = 0; starts && k < HUMS; ++k) {
                    const bool near = fabs(t - starts[k]) < 0.6;
                    stray = stray && !near;
                    hit[k] = hit[k] || near;
                }
                *strays += stray;
            }
        }
    }
    hum_free(hum);
    int hits = 0;
    for (int k = 0; k < HUMS; ++k) {
        hits += hit[k];
        if (starts && !hit[k] && getenv("HUM_MISSES")) {
            printf("  missed the hum at %.1f s (%d)\n", starts[k], k);
        }
    }
    return hits;
}

int main(void)
{
    static const char* const names[VOICINGS] = {"organ", "strings", "bowls", "choir", "ocean"};
    // In unison, an octave, a fifth over the root, beside it, and by 30 and 60 cents out of tune
    static const double ratios[HUMS] = {1.0, 2.0, 1.5, 1.19, 2.37, 1.0175, 2.07};
    static const double below_db[] = {20.0, 16.0, 12.0, 10.0, 8.0, 6.0};
    const size_t n = (size_t)(HUMS * EACH_S + 16) * RATE;
    float* const bed = (float*)calloc(n, sizeof(float));
    float* const x = (float*)calloc(n, sizeof(float));
    int found[6] = {0}, strays[6] = {0}, alone = 0;
    uint32_t seed = 2027;
    for (int v = 0; bed && x && v < VOICINGS; ++v) {
        leak(bed, n, v, roots[v], &seed);
        voice_noise(bed, n, -66.0, &seed);
        const float known[3] = {(float)roots[v], (float)(1.5 * roots[v]), (float)(2.0 * roots[v])};
        const int before = alone;
        listen(bed, n, known, 3, NULL, &alone);
        printf("%-8s alone: false %d; hums found of %d:", names[v], alone - before, HUMS);
        for (size_t level = 0; level < sizeof below_db / sizeof *below_db; ++level) {
            double starts[HUMS];
            memcpy(x, bed, n * sizeof(float));
            for (int k = 0; k < HUMS; ++k) {
                starts[k] = 14.0 + EACH_S * k + 0.7 * voice_random(&seed);
                Voice hum = voice_hum(roots[v] * ratios[k], 4.0 + 2.0 * voice_random(&seed),
                                      -30.0 + below_db[level]);
                hum.jitter_cents = 5.0;
                voice_add(x, n, (size_t)(starts[k] * RATE), RATE, &hum, &seed);
            }
            const int hits = listen(x, n, known, 3, starts, &strays[level]);
            found[level] += hits;
            printf("  -%.0f dB %d", below_db[level], hits);
            fflush(stdout);
        }
        printf("\n");
    }
    for (size_t level = 0; level < sizeof below_db / sizeof *below_db; ++level) {
        printf("leak %4.0f dB under the hum: %2d of %d found, %d at other times\n",
               -below_db[level], found[level], VOICINGS * HUMS, strays[level]);
    }
    printf("drone alone, %.1f min: false %d\n", VOICINGS * (double)n / RATE / 60.0, alone);
    free(x);
    free(bed);
    return 0;
}
