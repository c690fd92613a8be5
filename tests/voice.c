// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "voice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

static const char text[] =
    "Sit comfortably and let your shoulders fall. Breathe in slowly through the nose, and let the "
    "belly rise. Breathe out through the mouth, about twice as long. Many people find that moments "
    "of calm remain with them for the rest of the morning. I am warm, I am home, no one minds. "
    "When "
    "the moon moves among many mountains, animals roam and murmur. Mmm, yes, I know what you mean, "
    "hmm, let me see. There are a few things that you may notice: a warm feeling in your hands, a "
    "slower pulse, or a yawn. None of them is wrong. If you feel dizzy, breathe more shallowly, "
    "and "
    "stop if it remains. Tomorrow we are going to meet at the same time, in the room on the second "
    "floor. Remember to bring something warm to wear. Well, I don't know, maybe it is raining. Oh "
    "no! Who are you? We have been to Rome in June, and you know how humid the afternoons can be.";

double voice_random(uint32_t* seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) / 16777216.0;
}

static double gauss(uint32_t* seed)
{
    // Four uniform numbers are near enough; variance 1
    const double sum =
        voice_random(seed) + voice_random(seed) + voice_random(seed) + voice_random(seed);
    return (sum - 2.0) * 1.7320508;
}

Voice voice_hum(double hz, double seconds, double level_db)
{
    const Voice voice = {hz, seconds, level_db, 0.05, 0.1, 0.0, 0.0, 0.0, 'm'};
    return voice;
}

static double resonance(double hz, double centre, double width)
{
    const double x = hz / centre;
    const double a = 1.0 - x * x;
    const double b = hz * width / (centre * centre);
    return 1.0 / sqrt(a * a + b * b);
}

// What leaves the mouth at the k-th harmonic. Closed lips: one strong resonance near 270 Hz, weak
// ones above (Fujimura 1962, nasal murmur) of pulses that fall by 12 dB per octave; open ones:
// three formants with the levels that were measured (Peterson & Barney 1952, men), of pulses that
// fall by 6 dB per octave once they are radiated
static double mouth(char vowel, double hz, int k)
{
    static const struct {
        char vowel;
        double hz[3], db[3];
    } list[] = {{'a', {730, 1090, 2440}, {-1, -5, -28}},
                {'o', {570, 840, 2410}, {0, -7, -34}},
                {'e', {530, 1840, 2480}, {-2, -17, -24}},
                {'i', {270, 2290, 3010}, {-4, -24, -28}},
                {'u', {300, 870, 2240}, {-3, -19, -43}}};
    static const double width[3] = {80, 90, 120};
    for (size_t i = 0; i < sizeof list / sizeof *list; ++i) {
        if (list[i].vowel == vowel) {
            double sum = 0.0;
            for (int f = 0; f < 3; ++f) {
                sum += pow(10.0, list[i].db[f] / 20.0) * width[f] / hz *
                       resonance(hz, list[i].hz[f], width[f]);
            }
            return sum;
        }
    }
    return resonance(hz, 270, 90) * resonance(hz, 1000, 400) * resonance(hz, 2200, 400) / (k * k);
}

size_t voice_add(float* to, size_t n, size_t at, double rate, const Voice* v, uint32_t* seed)
{
    enum { MOST = 64 };
    const size_t frames = (size_t)(v->seconds * rate);
    double gain[MOST], offset[MOST];
    int harmonics = 0;
    double power = 0.0;
    for (int k = 1; k < MOST && k * v->hz < fmin(4000.0, 0.45 * rate); ++k, ++harmonics) {
        gain[k] = mouth(v->vowel, k * v->hz, k);
        offset[k] = 2.0 * PI * voice_random(seed);
        power += 0.5 * gain[k] * gain[k];
    }
    const double level = pow(10.0, v->level_db / 20.0) / sqrt(power);
    const double vibrato_hz = 4.5 + 1.5 * voice_random(seed);
    const double keep = exp(-2.0 * PI * 3.0 / rate); // jitter below 3 Hz
    const double drive = sqrt((1.0 + keep) / (1.0 - keep));
    double wander = 0.0, phase = 0.0;
    for (size_t i = 0; i < frames && at + i < n; ++i) {
        const double t = (double)i / rate;
        wander = keep * wander + (1.0 - keep) * drive * gauss(seed);
        const double cents = v->vibrato_cents * sin(2.0 * PI * vibrato_hz * t) +
                             v->jitter_cents * wander + v->drift_cents * (t / v->seconds - 0.5);
        phase += 2.0 * PI * v->hz * exp2(cents / 1200.0) / rate;
        phase -= phase > 2.0 * PI ? 2.0 * PI : 0.0;
        double x = 0.0;
        for (int k = 1; k <= harmonics; ++k) {
            x += gain[k] * sin(k * phase + offset[k]);
        }
        const double rise = fmin(1.0, t / v->attack_s);
        const double fall = fmin(1.0, (v->seconds - t) / v->release_s);
        to[at + i] += (float)(level * x * (0.5 - 0.5 * cos(PI * fmin(rise, fall))));
    }
    return frames;
}

void voice_noise(float* to, size_t n, double level_db, uint32_t* seed)
{
    const double level = pow(10.0, level_db / 20.0);
    for (size_t i = 0; i < n; ++i) {
        to[i] += (float)(level * gauss(seed));
    }
}

void voice_breath(float* to, size_t n, double rate, double level_db, uint32_t* seed)
{
    const double high = exp(-2.0 * PI * 300.0 / rate);
    const double low = exp(-2.0 * PI * 2500.0 / rate);
    double a = 0.0, b = 0.0;
    // Power that white noise of RMS one keeps between the two corners, about
    const double level = pow(10.0, level_db / 20.0) / sqrt(2.0 * 1800.0 / rate);
    for (size_t i = 0; i < n; ++i) {
        const double white = gauss(seed);
        a += (1.0 - low) * (white - a);
        b += (1.0 - high) * (a - b);
        to[i] += (float)(level * (a - b) * sin(PI * (double)i / (double)n));
    }
}

void voice_mains(float* to, size_t n, double rate, double hz, double level_db)
{
    const double level = pow(10.0, level_db / 20.0);
    for (size_t i = 0; i < n; ++i) {
        double x = 0.0;
        for (int k = 1; k <= 8; ++k) {
            x += sin(2.0 * PI * fmod(k * hz * (double)i / rate, 1.0) + k) / k;
        }
        to[i] += (float)(level * x);
    }
}

static uint32_t little(const uint8_t* bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

float* voice_speech(const char* language, int words_per_min, int pitch, size_t* n, double* rate)
{
    enum { HEADER = 44 };
    char command[2048];
    snprintf(command, sizeof command, "espeak-ng -v %s -s %d -p %d --stdout \"%s\" 2>/dev/null",
             language, words_per_min, pitch, text);
    FILE* const pipe = popen(command, "r");
    if (!pipe) {
        return NULL;
    }
    size_t size = 0, room = 1u << 20;
    uint8_t* bytes = (uint8_t*)malloc(room);
    for (size_t got = 1; bytes && got; size += got) {
        if (size == room) {
            uint8_t* const more = (uint8_t*)realloc(bytes, room *= 2);
            if (!more) {
                free(bytes);
            }
            bytes = more;
        }
        got = bytes ? fread(bytes + size, 1, room - size, pipe) : 0;
    }
    pclose(pipe);
    if (!bytes || size < HEADER + 2 || memcmp(bytes, "RIFF", 4)) {
        free(bytes);
        return NULL;
    }
    *rate = little(bytes + 24);
    *n = (size - HEADER) / 2;
    float* const speech = (float*)malloc(*n * sizeof(float));
    double power = 0.0;
    for (size_t i = 0; speech && i < *n; ++i) {
        speech[i] = (float)(int16_t)(bytes[HEADER + 2 * i] | bytes[HEADER + 2 * i + 1] << 8);
        power += (double)speech[i] * (double)speech[i];
    }
    const float gain = (float)(pow(10.0, -26.0 / 20.0) / sqrt(power / (double)*n + 1e-9));
    for (size_t i = 0; speech && i < *n; ++i) {
        speech[i] *= gain;
    }
    free(bytes);
    return speech;
}
