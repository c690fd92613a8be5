// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/tuning.h"

#include <math.h>

static const double just_ratio[12] = {1.0,       16.0 / 15.0, 9.0 / 8.0,   6.0 / 5.0,
                                      5.0 / 4.0, 4.0 / 3.0,   45.0 / 32.0, 3.0 / 2.0,
                                      8.0 / 5.0, 5.0 / 3.0,   9.0 / 5.0,   15.0 / 8.0};

double tuning_equal_hz(uint8_t note, double a4_hz)
{
    return a4_hz * exp2(((double)note - 69.0) / 12.0);
}

double tuning_just_hz(uint8_t note, uint8_t tonic, double a4_hz)
{
    const int distance = (int)note - (int)tonic;
    const int octave = distance >= 0 ? distance / 12 : -((11 - distance) / 12);
    return tuning_equal_hz(tonic, a4_hz) * ldexp(just_ratio[distance - 12 * octave], octave);
}

double tuning_snap_hz(double hz, double a4_hz)
{
    return a4_hz * exp2(floor(12.0 * log2(hz / a4_hz) + 0.5) / 12.0);
}

double tuning_fold_hz(double hz, double low)
{
    return ldexp(hz, -(int)floor(log2(hz / low)));
}
