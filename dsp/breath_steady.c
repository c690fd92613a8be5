// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_steady.h"

#include <math.h>

// Time constant, s: two or three breaths
static const float remember_s = 12.0f;
// Standard deviation of the rate's logarithm that halves the confidence. From breath to breath
// lengths differ by 5 to 15 % at rest, and the rate that is told is smoother than that.
static const float uneven_ln = 0.2f;

float steady_take(BreathSteady* const steady, const float rate_per_min, const float dt_s,
                  const bool changed)
{
    if (!(rate_per_min > 0.0f)) {
        return 0.0f;
    }
    const float ln_rate = logf(rate_per_min);
    if (!steady->known || changed) { // a step that is explained does not count
        steady->ln_mean = ln_rate;
        steady->known = true;
    }
    const float gain = dt_s / (remember_s + dt_s);
    const float away = ln_rate - steady->ln_mean;
    steady->ln_mean += gain * away;
    steady->ln_variance = (1.0f - gain) * (steady->ln_variance + gain * away * away);
    const float uneven = steady->ln_variance / (uneven_ln * uneven_ln);
    return 1.0f / (1.0f + uneven * uneven);
}
