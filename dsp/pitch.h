// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Pitch: clarity and pitch of a voice, 65..400 Hz, from a sliding normalised square difference (the
 * measure of the McLeod Pitch Method, McLeod & Wyvill 2005), kept up to date sample by sample at
 * about 4 kHz, so that the work is the same in every block; and the share of the power that lies
 * below 700 Hz.
 */

#ifndef TONUS_DSP_PITCH_H
#define TONUS_DSP_PITCH_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Pitch Pitch;

typedef struct {
    uint32_t frame;    /* offset in this call */
    float hz;          /* of the period found, 0 = none; may lie outside 65..400 Hz */
    float fundamental; // share of the low band's power at hz itself, 0..1
    float clarity;     /* 0..1, 1 = exactly periodic */
    float low_share;   /* power below 700 Hz to that below about 4 kHz, 0..1 */
    float centre_hz;   // mean-square centre of the low band's spectrum, Hz, 0 = silence
    float low_db;      /* power of the low band over about 6 ms, dBFS, >= -140 */
    float tonal_db;    /* power of the periodic part over about 30 ms, dBFS, >= -140 */
    float low_power;   // below 700 Hz, mean square over about 25 ms, full scale = 1
    float over_power;  // above 700 Hz, likewise; on average >= 0
    float high_power;  // above 1.9 kHz, likewise; 0 at rates that do not reach so far
} PitchEstimate;

Pitch* pitch_new(double rate); /* Hz, 1000..1e6, else NULL */
void pitch_free(Pitch* pitch);
void pitch_reset(Pitch* pitch); /* [realtime] */

/* [realtime] The fundamentals (Hz) of what Tonus itself plays into the room: it is taken out of the
 * signal before anything is measured. See leak.h; so is pitch_hold_known(). */
void pitch_set_known(Pitch* pitch, const float* fundamentals_hz, uint32_t count);
void pitch_hold_known(Pitch* pitch, float hz);
float pitch_known_db(const Pitch* pitch); /* [realtime] power taken out now, dBFS, >= -140 */

uint32_t pitch_hop(const Pitch* pitch);   /* frames between estimates, about 4 ms, constant */
uint32_t pitch_next(const Pitch* pitch);  /* frames to take until the next estimate, >= 1 */
uint32_t pitch_delay(const Pitch* pitch); /* frames by which low_db lags behind the sound */

/* [realtime] Takes n frames; writes the estimates that fall due, on a fixed grid since the reset.
 * Returns their number. */
uint32_t pitch_process(Pitch* pitch, const float* in, uint32_t n, PitchEstimate* estimates,
                       uint32_t capacity);

#endif
