// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/voicing.h"

#include <math.h>

#define DB_TO_LOG2_POWER 0.33219281f // log2(10) / 10

// Each row: ratio, dB, tone dB (+- at the ends of the range), partners, drift dB.
static const Voicing voicings[] = {
    // Organ: stopped pipes, whose second partial is missing. So the strong partials lie two
    // fundamentals apart, and none is close enough to another to be rough at the default root.
    // About -10 dB per octave.
    {.partial = {{1.0f, 0.0f, 0.0f, 0.02f, 0.0f},
                 {2.0f, -46.0f, 0.0f, 0.30f, 0.5f},
                 {3.0f, -17.0f, 5.0f, 0.40f, 0.5f},
                 {4.0f, -33.0f, 6.0f, 0.40f, 0.7f},
                 {5.0f, -30.0f, 0.0f, 0.50f, 0.7f},
                 {6.0f, -31.0f, 6.0f, 0.50f, 1.0f},
                 {8.0f, -33.0f, 8.0f, 0.50f, 1.0f},
                 {9.0f, -37.0f, 4.0f, 0.50f, 1.5f},
                 {12.0f, -39.0f, 6.0f, 0.60f, 1.5f},
                 {16.0f, -43.0f, 8.0f, 0.60f, 1.5f}}},
    // Strings: all partials, -9 dB per octave, broad.
    {.partial = {{1.0f, 0.0f, 0.0f, 0.03f, 0.5f},
                 {2.0f, -10.0f, 2.0f, 0.15f, 0.7f},
                 {3.0f, -13.0f, 5.0f, 0.35f, 1.0f},
                 {4.0f, -18.0f, 6.0f, 0.60f, 1.5f},
                 {5.0f, -21.0f, 0.0f, 0.60f, 1.5f},
                 {6.0f, -23.0f, 4.0f, 0.60f, 1.5f},
                 {7.0f, -28.0f, -2.0f, 0.60f, 1.5f},
                 {8.0f, -27.0f, 6.0f, 0.60f, 1.5f},
                 {9.0f, -31.0f, 3.0f, 0.60f, 1.5f},
                 {10.0f, -32.0f, 0.0f, 0.60f, 1.5f},
                 {12.0f, -34.0f, 4.0f, 0.60f, 1.5f},
                 {16.0f, -38.0f, 6.0f, 0.60f, 1.5f}}},
    // Bowls: modes of a struck bowl, bowed: 1, 3, 5.4, 9.6, 13.5 (thick rims give such ratios; the
    // second one is tuned to the twelfth). A second and a third bowl join at the octaves and the
    // fifth above, each at least 1.4 fundamentals from every mode.
    {.partial = {{1.0f, 0.0f, 0.0f, 0.03f, 0.5f},
                 {3.0f, -16.0f, 6.0f, 0.40f, 2.0f},
                 {5.40f, -21.0f, -1.0f, 0.70f, 4.0f},
                 {8.0f, -29.0f, 8.0f, 0.50f, 2.0f},
                 {9.60f, -31.0f, -1.0f, 0.70f, 4.0f},
                 {12.0f, -38.0f, 6.0f, 0.60f, 3.0f},
                 {13.5f, -37.0f, 0.0f, 0.70f, 4.0f}}},
    // Choir: formants of a hummed "oo" (350, 800 Hz) over a low voice.
    {.partial = {{1.0f, 0.0f, 0.0f, 0.03f, 0.5f},
                 {2.0f, -9.0f, 2.0f, 0.10f, 0.4f},
                 {3.0f, -11.0f, 5.0f, 0.13f, 0.4f},
                 {4.0f, -15.0f, 6.0f, 0.18f, 0.5f},
                 {5.0f, -20.0f, 0.0f, 0.50f, 2.0f},
                 {6.0f, -24.0f, 4.0f, 0.80f, 2.0f},
                 {7.0f, -25.0f, -2.0f, 0.80f, 2.0f},
                 {8.0f, -27.0f, 6.0f, 0.80f, 2.0f},
                 {9.0f, -29.0f, 3.0f, 0.80f, 2.0f},
                 {10.0f, -34.0f, 0.0f, 0.80f, 2.0f},
                 {12.0f, -40.0f, 4.0f, 0.80f, 2.0f}}},
    // Ocean: surf over a faint stopped pipe.
    {.partial = {{1.0f, 0.0f, 0.0f, 0.03f, 0.5f},
                 {3.0f, -15.0f, 5.0f, 0.50f, 1.0f},
                 {4.0f, -21.0f, 8.0f, 0.50f, 1.0f},
                 {6.0f, -28.0f, 6.0f, 0.50f, 1.5f},
                 {8.0f, -32.0f, 8.0f, 0.50f, 1.5f}},
     .surf = 0.5f},
};

const Voicing* voicing_get(uint32_t index)
{
    return &voicings[index < sizeof(voicings) / sizeof(voicings[0]) ? index : 0];
}

float voicing_power(const VoicingPartial* partial, float tone, float tilt_db_per_octave)
{
    const float db = partial->db + partial->fifth_db * (2.0f * tone - 1.0f) +
                     tilt_db_per_octave * log2f(partial->ratio);
    return exp2f(DB_TO_LOG2_POWER * db);
}

float voicing_loudness(float hz)
{
    // The standard's two filters in their analogue form: a high-pass at 38.1 Hz (Q 0.5) and a shelf
    // of +4 dB at 1.68 kHz (Q 0.71).
    const float f2 = hz * hz;
    const float low = f2 / (f2 + 38.135f * 38.135f);
    const float x = f2 / (1682.0f * 1682.0f);
    return low * low * (1.0f + 2.512f * x * x) / (1.0f + x * x);
}

float voicing_range(float hz, float rate)
{
    const float top = fminf(6000.0f, 0.42f * rate);
    const float low = fminf(fmaxf((hz - 36.0f) / 8.0f, 0.0f), 1.0f);
    const float high = fminf(fmaxf((top - hz) / (0.3f * top), 0.0f), 1.0f);
    return low * high;
}
