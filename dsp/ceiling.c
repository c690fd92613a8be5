// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/ceiling.h"

#include <math.h>

#define RISE_DB_PER_S 5.0

void ceiling_init(Ceiling* ceiling, double rate)
{
    *ceiling = (Ceiling){.needed = 1.0f, .gain = 1.0f};
    ceiling->rise = (float)pow(10.0, RISE_DB_PER_S * CEILING_BLOCK / rate / 20.0);
}

void ceiling_process(Ceiling* ceiling, float* left, float* right)
{
    float peak = 0.0f;
    for (int k = 0; k < CEILING_BLOCK; ++k) {
        // A comparison with NaN is false: it becomes 0.
        left[k] = fabsf(left[k]) < 1e9f ? left[k] : 0.0f;
        right[k] = fabsf(right[k]) < 1e9f ? right[k] : 0.0f;
        const float l = fabsf(left[k]), r = fabsf(right[k]);
        const float larger = l > r ? l : r;
        peak = larger > peak ? larger : peak;
    }
    const float coming = peak > CEILING_PEAK ? CEILING_PEAK / peak : 1.0f;

    // At the border between two blocks the gain suits both, so the ramp between borders does.
    const float from = ceiling->gain;
    float to = fminf(fminf(ceiling->needed, coming), from * ceiling->rise);
    const float step = (to - from) / CEILING_BLOCK;
    for (int k = 0; k < CEILING_BLOCK; ++k) {
        const float gain = from + step * (float)k;
        const float l = ceiling->left[k] * gain, r = ceiling->right[k] * gain;
        ceiling->left[k] = left[k];
        ceiling->right[k] = right[k];
        left[k] = l;
        right[k] = r;
    }
    ceiling->gain = to;
    ceiling->needed = coming;
}
