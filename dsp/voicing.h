// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_VOICING_H
#define TONUS_DSP_VOICING_H

// What the drone's voicings are made of: partials, how tone and breath move them, and how loud a
// spectrum is to the ear. Constant tables and pure functions, all [realtime].

#include <stdint.h>

#define VOICING_PARTIALS 12

typedef struct {
    float ratio;    // frequency over the note's; 0 = not used
    float db;       // level over the fundamental, in the middle of all ranges
    float fifth_db; // how much tone 1 adds and tone 0 takes: partials that are fifths or octaves
    float partners; // amplitude of each detuned partner over the middle sine's
    float drift_db; // slow movement of its own
} VoicingPartial;

typedef struct {
    VoicingPartial partial[VOICING_PARTIALS];
    float surf; // share of the loudness that is surf (noise), 0..1
} Voicing;

// index as in DroneVoicing; out of range: the first.
const Voicing* voicing_get(uint32_t index);

// Power of a partial relative to the fundamental. tone 0..1; tilt_db_per_octave: brightness.
float voicing_power(const VoicingPartial* partial, float tone, float tilt_db_per_octave);

// Factor of the power after ITU-R BS.1770's K weighting, at a frequency in Hz.
float voicing_loudness(float hz);

// 1 within the range of frequencies that the drone uses, falling to 0 at its ends (amplitude):
// nothing below 36 Hz, nothing above 6 kHz or 0.42 of the rate.
float voicing_range(float hz, float rate);

#endif
