// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What the drone tells, against what a listener can just notice: renders each step of the mapping
// and prints the measured change beside the threshold. The sources of the thresholds are in
// docs/algorithms.md. Ends with 1 when a step cannot be heard.

#include "dsp/drone.h"

#include "audio.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RATE 16000.0

#define LEVEL_DB   1.0  // loudness
#define PARTIAL_DB 2.0  // one partial of a complex tone
#define RATE_RATIO 1.25 // rate of beats
#define CENTROID   1.10 // brightness
#define WIDTH_DB   2.5  // side over left: as direct over reverberant sound, 2 to 3 dB (Larsen 2008)

static const char* const names[DRONE_VOICINGS] = {"organ", "strings", "bowls", "choir", "ocean"};
static int inaudible;

typedef struct {
    float *left, *right;
    size_t n;
} Take;

static void play(Drone* drone, Take* take, double seconds)
{
    const size_t n = (size_t)(seconds * RATE);
    free(take->left);
    free(take->right);
    take->left = malloc(n * sizeof(float));
    take->right = malloc(n * sizeof(float));
    if (!take->left || !take->right) {
        exit(2);
    }
    take->n = n;
    drone_process(drone, take->left, take->right, (uint32_t)n);
}

static double partial_db(const AudioSpectrum* spectrum, double hz)
{
    return audio_db(audio_band(spectrum, hz - 12.0, hz + 12.0));
}

static double loudness(const Take* take)
{
    static double lufs[4000];
    const size_t n = audio_momentary(take->left, take->right, take->n, RATE, lufs, 4000);
    double sum = 0.0;
    for (size_t i = 0; i < n; ++i) {
        sum += lufs[i];
    }
    return sum / (double)n;
}

static double centroid(const Take* take, double root_hz)
{
    AudioSpectrum spectrum = audio_spectrum(take->left, take->n, RATE);
    double sum = 0.0, weighted = 0.0;
    for (int k = 1; k <= 16; ++k) {
        const double a = sqrt(audio_band(&spectrum, (k - 0.2) * root_hz, (k + 0.2) * root_hz));
        sum += a;
        weighted += a * k;
    }
    audio_spectrum_free(&spectrum);
    return weighted / sum;
}

// A step counts in thresholds: in dB their difference, of ratios their logarithms.
static void row(const char* what, const char* unit, const double* value, int n, double threshold,
                int ratio)
{
    double least = 1e9;
    printf("  %-28s", what);
    for (int i = 0; i < 5; ++i) {
        if (i < n) {
            printf(" %8.2f", value[i]);
        } else {
            printf("         ");
        }
    }
    for (int i = 1; i < n; ++i) {
        const double step = ratio ? fabs(log(value[i] / value[i - 1])) / log(threshold)
                                  : fabs(value[i] - value[i - 1]) / threshold;
        least = fmin(least, step);
    }
    printf("  %-5s %6.2f%s  %5.1f\n", unit, threshold, ratio ? " x" : "  ", least);
    inaudible += !(least > 1.0);
}

static Drone* begin(int voicing)
{
    Drone* const drone = drone_new(RATE);
    if (!drone) {
        exit(2);
    }
    drone_set_voicing(drone, (DroneVoicing)voicing);
    drone_set_tone(drone, 0.5, 1.0);
    drone_reset(drone);
    return drone;
}

static void print_tone(int voicing)
{
    double level[5], fifth[5], octave[5], beats[5];
    Take take = {0};
    for (int i = 0; i < 5; ++i) {
        Drone* const drone = begin(voicing);
        drone_set_tone(drone, 0.25 * i, 1.0);
        play(drone, &take, 14.0);
        play(drone, &take, 90.0);
        AudioSpectrum spectrum = audio_spectrum(take.left, take.n, RATE);
        level[i] = loudness(&take);
        fifth[i] = partial_db(&spectrum, 330.0) - partial_db(&spectrum, 110.0);
        octave[i] = partial_db(&spectrum, 880.0) - partial_db(&spectrum, 110.0);
        audio_modulation_at(take.left, take.n, RATE, 330.0, 12.0, 0.07, 10.0, &beats[i]);
        audio_spectrum_free(&spectrum);
        drone_free(drone);
    }
    row("tone: loudness", "LUFS", level, 5, LEVEL_DB, 0);
    if (voicing != DRONE_OCEAN) {
        row("tone: fifth over root", "dB", fifth, 5, PARTIAL_DB, 0);
        row("tone: octave over root", "dB", octave, 5, PARTIAL_DB, 0);
        row("tone: beating", "Hz", beats, 5, RATE_RATIO, 1);
    }
    free(take.left);
    free(take.right);
}

static void print_breath(int voicing)
{
    double level[2], bright[2];
    Take take = {0};
    for (int full = 0; full < 2; ++full) {
        Drone* const drone = begin(voicing);
        drone_set_breath(drone, 0.5, 1.0);
        play(drone, &take, 14.0);
        drone_breath(drone, full);
        play(drone, &take, 7.0); // longer than a breath: lungs stay full or empty
        play(drone, &take, 8.2);
        level[full] = loudness(&take);
        bright[full] = centroid(&take, 110.0);
        drone_free(drone);
    }
    row("breath: loudness", "LUFS", level, 2, LEVEL_DB, 0);
    row("breath: centroid / root", "", bright, 2, CENTROID, 1);
    free(take.left);
    free(take.right);
}

// Synchrony: darker, and more of the room, which shows as what left and right do not share.
static void print_synchrony(int voicing)
{
    double bright[5], wide[5];
    Take take = {0};
    for (int i = 0; i < 5; ++i) {
        Drone* const drone = begin(voicing);
        drone_set_synchrony(drone, 0.25 * i, 1.0);
        play(drone, &take, 20.0);
        play(drone, &take, 33.0);
        bright[i] = centroid(&take, 110.0);
        AudioSpectrum both = audio_spectrum(take.left, take.n, RATE);
        for (size_t n = 0; n < take.n; ++n) {
            take.left[n] -= take.right[n];
        }
        AudioSpectrum side = audio_spectrum(take.left, take.n, RATE);
        wide[i] = audio_db(audio_band(&side, 250.0, 6000.0) / audio_band(&both, 250.0, 6000.0));
        audio_spectrum_free(&both);
        audio_spectrum_free(&side);
        drone_free(drone);
    }
    printf("  %-28s", "synchrony: centroid / root");
    for (int i = 0; i < 5; ++i) {
        printf(" %8.2f", bright[i]);
    }
    printf("\n  %-28s", "synchrony: side over left");
    for (int i = 0; i < 5; ++i) {
        printf(" %8.2f", wide[i]);
    }
    // A step is heard by whichever of the two is plainer
    double least = 100.0;
    for (int i = 1; i < 5; ++i) {
        const double darker = log(bright[i - 1] / bright[i]) / log(CENTROID);
        const double wider = (wide[i] - wide[i - 1]) / WIDTH_DB;
        least = fmin(least, fmax(darker, wider));
    }
    printf("  dB      %5.2f    %5.1f\n", WIDTH_DB, least);
    free(take.left);
    free(take.right);
}

int main(void)
{
    printf("The drone's mapping, measured on rendered sound (root 110 Hz).\n"
           "tone and synchrony: 0, 0.25, 0.5, 0.75, 1; breath: lungs empty, lungs full.\n"
           "least: the smallest step, in just noticeable steps; it must be over 1,\n"
           "but for synchrony.\n");
    for (int voicing = 0; voicing < DRONE_VOICINGS; ++voicing) {
        printf("%-54s %*s  unit  notice   least\n", names[voicing], 22, "");
        print_tone(voicing);
        print_breath(voicing);
        print_synchrony(voicing);
    }
    printf("%d inaudible steps\n", inaudible);
    return inaudible > 0;
}
