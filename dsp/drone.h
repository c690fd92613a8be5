// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_DRONE_H
#define TONUS_DSP_DRONE_H

// The sound of vagal tone: a still, warm drone that is beautiful by itself, and a layer that tells.
//
//   tone       -> consonance: partials beat more slowly, fifth and octave join; a little louder
//   breath     -> a swell of 3 dB and brightness, fuller lungs being louder and brighter
//   synchrony  -> warmth and space (a small room)
//   heart      -> a very soft low pulse at every other beat (off unless asked for)
//
// What is not known (quality or confidence 0) fades to the middle within 3 to 5 seconds; a listener
// never hears it as a fault. Everything is slow: the level moves by at most 5 dB per second,
// pitches crossfade, start and stop take about 8 seconds. The output never passes -6 dBFS (true
// peak), whatever is set. Default loudness: -30 LUFS.
//
// Additive synthesis; see docs/algorithms.md. The output depends on the rate and on the calls and
// their frames, not on the block size. All functions but drone_new and drone_free are [realtime];
// one thread at a time. Setters ignore NaN and clamp other values to the range stated.

#include <stdbool.h>
#include <stdint.h>

typedef struct Drone Drone;

typedef enum {
    DRONE_ORGAN,
    DRONE_STRINGS,
    DRONE_BOWLS,
    DRONE_CHOIR,
    DRONE_OCEAN,
    DRONE_VOICINGS // their number
} DroneVoicing;

#define DRONE_MAX_NOTES 4 // notes of a chord that sound at once

// NULL when the rate is not within 1000..1e6 Hz or memory is short.
Drone* drone_new(double rate);
void drone_free(Drone* drone); // NULL is fine

// Silence, settings kept; if it is to play, it fades in anew. [realtime]
void drone_reset(Drone* drone);

// Fades in or out within 8 s (default: playing). [realtime]
void drone_set_playing(Drone* drone, bool playing);

// dB relative to the default loudness, -60..24. [realtime]
void drone_set_volume(Drone* drone, double db);

// Root in Hz, 40..440 (default 110). Steps of more than half a semitone crossfade, smaller ones
// glide. [realtime]
void drone_set_root(Drone* drone, double hz);

// A key goes down or up, as a MIDI number 0..127. Held keys replace the root, the lowest
// DRONE_MAX_NOTES of them sound; without any the root sounds again. [realtime]
void drone_key(Drone* drone, uint8_t note, bool down);
void drone_release_keys(Drone* drone);

// Pitch of the person's hum in Hz, 0 = they do not hum. The root moves to it, in the octave that is
// nearest to the root set, and stays there until the root is set anew or `hum follow` is off.
// [realtime]
void drone_set_hum(Drone* drone, double hz);
void drone_set_hum_follow(Drone* drone, bool follow); // default on

// A4 in Hz, 416..466 (default 440); just intonation over the lowest note (default) or equal
// temperament, for chords. `snap`: root and hum move to the nearest note of the scale (default
// off: root and hum sound as they are). [realtime]
void drone_set_tuning(Drone* drone, double a4_hz, bool just, bool snap);

// [realtime]
void drone_set_voicing(Drone* drone, DroneVoicing voicing);

// Tone 0..1 and how far it is known, 0..1. [realtime]
void drone_set_tone(Drone* drone, double tone, double quality);

// Depth of breathing, 0..1 (0.5 = as deep as usual), and how far the rhythm is known, 0..1.
// [realtime]
void drone_set_breath(Drone* drone, double depth, double confidence);

// How sure whoever tells the breath is of it, 0..1, 1 until told. Where it is not known (below
// 0.25) the drone stands still instead of swelling with breaths that are made up; from 0.5 on it
// follows wholly. [realtime]
void drone_set_breath_trust(Drone* drone, double confidence);

// An in-breath (true) or out-breath begins now. [realtime]
void drone_breath(Drone* drone, bool inhaling);

// The phase of the breath now, 0..1, 0 = start of the in-breath, 0.5 = start of the out-breath: for
// those who know no more. Not needed where drone_breath is called. [realtime]
void drone_set_breath_phase(Drone* drone, double phase);

// How full the lungs are now, 0..1, for those who know that; NaN: not known (the default), then the
// in- and out-breaths told count. [realtime]
void drone_set_lungs(Drone* drone, double fullness);

// Accord of heart and breath, 0..1, and how far it is known. [realtime]
void drone_set_synchrony(Drone* drone, double synchrony, double quality);

// A heartbeat, now. Once beats have been told, 5 s without one mean that the sensor is lost: what
// came from it (tone, breath, synchrony) is not known until the next beat. [realtime]
void drone_beat(Drone* drone);

// Level of the pulse at every other heartbeat relative to the drone, -60 (off, default)..-12 dB.
// [realtime]
void drone_set_pulse(Drone* drone, double db);

// The same sound without information, for controlled studies: tone, swell and space wander slowly
// by themselves, the same way each time. [realtime]
void drone_set_neutral(Drone* drone, bool neutral);

// The next n frames, replacing what is in left and right. When one of them is NULL the other gets
// both channels, mixed; both may be NULL. [realtime]
void drone_process(Drone* drone, float* left, float* right, uint32_t n);

typedef struct {
    uint32_t n_notes;
    float note_hz[DRONE_MAX_NOTES]; // fundamentals that sound or are on their way
    float level_db;                 // LUFS aimed at now; -120 when silent
    float tone;                     // as sounding, 0..1
    float swell;                    // 0..1, as sounding
    float beating_hz;               // rate at which the third partial of the lowest note beats
    float brightness;               // spectral centroid over the lowest note's frequency
    float reduction_db;             // what the ceiling takes away, >= 0
    bool silent;                    // faded out
} DroneState;

DroneState drone_state(const Drone* drone); // [realtime]

#endif
