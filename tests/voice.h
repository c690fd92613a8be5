// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Sounds of a person at a microphone, for tests: hums, sung vowels, breathing, noise, and speech
/// where espeak-ng is installed. All add to what is there already; all are seeded.
#ifndef TESTS_VOICE_H
#define TESTS_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    double hz;       ///< pitch
    double seconds;  ///< from the first to the last sound
    double level_db; ///< RMS in the middle, dBFS
    double attack_s; ///< raised cosine
    double release_s;
    double vibrato_cents; ///< at about 5 Hz
    double jitter_cents;  ///< slow random wander
    double drift_cents;   ///< over the whole hum
    char vowel;           ///< 'm': lips closed; or one of "aoeiu", sung
} Voice;

/// A plain hum: 1 s attack of 50 ms, no vibrato.
Voice voice_hum(double hz, double seconds, double level_db);

/// Adds the voice at frame `at`; what lies beyond n is left out. Returns the frames it takes.
size_t voice_add(float* to, size_t n, size_t at, double rate, const Voice* voice, uint32_t* seed);

/// Adds white noise, RMS in dBFS.
void voice_noise(float* to, size_t n, double level_db, uint32_t* seed);

/// Adds one breath at a microphone: noise between 300 and 2500 Hz that swells and fades.
void voice_breath(float* to, size_t n, double rate, double level_db, uint32_t* seed);

/// Adds the mains: the fundamental and seven harmonics, falling by 1/k.
void voice_mains(float* to, size_t n, double rate, double hz, double level_db);

/// Speech by espeak-ng at its own rate (written to *rate), -26 dBFS RMS, malloc'ed. NULL when it is
/// not there.
float* voice_speech(const char* language, int words_per_min, int pitch, size_t* n, double* rate);

/// 0..1
double voice_random(uint32_t* seed);

#endif
