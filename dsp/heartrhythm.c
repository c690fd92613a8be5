// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/heartrhythm.h"

#include <math.h>

#define TWO_PI 6.28318530717958647692

#define MAYER_HZ       0.1  // Mayer waves: around 0.1 Hz in adults (Julien 2006)
#define MAYER_MEMORY_S 20.0 // keeps the wave within about +-0.01 Hz
#define VERY_SLOW_S    30.0 // time constant of the very slow wave, s

// Transfer from breath volume to RR: first-order response of the sinus node to the vagus with a
// corner of 0.13 Hz, plus a vagal latency of 0.25 s. Heart rate and volume swing together at 0.1 Hz
// (Vaschillo 2002); with these figures RR runs 142 degrees after the volume at 0.25 Hz, which is
// what a healthy adult's ECG at rest showed.
#define CORNER_HZ   0.13
#define LATENCY_S   0.25
#define IN_PHASE_HZ 0.1

double heartrhythm_volume(double phase, double inhale_share)
{
    const double p = phase - floor(phase);
    const double x =
        p < inhale_share ? p / inhale_share : 1.0 - (p - inhale_share) / (1.0 - inhale_share);
    return 0.5 - 0.5 * cos(0.5 * TWO_PI * x);
}

static double gain_at(double hz)
{
    return 1.0 / sqrt(1.0 + (hz / CORNER_HZ) * (hz / CORNER_HZ));
}

double heartrhythm_rsa_ratio(double hz, double reference_hz)
{
    return gain_at(hz) / gain_at(reference_hz);
}

// Lag of the heart rate behind the volume, in cycles.
static double lag_at(double hz)
{
    return (atan(hz / CORNER_HZ) - atan(IN_PHASE_HZ / CORNER_HZ)) / TWO_PI +
           LATENCY_S * (hz - IN_PHASE_HZ);
}

void heartrhythm_init(Heartrhythm* rhythm, uint32_t seed, double mayer_ms, double very_slow_ms)
{
    rhythm->random = random_make(seed, 0);
    rhythm->mayer[0] = mayer_ms * random_normal(&rhythm->random);
    rhythm->mayer[1] = mayer_ms * random_normal(&rhythm->random);
    rhythm->very_slow = very_slow_ms * random_normal(&rhythm->random);
}

// An Ornstein-Uhlenbeck process of the given standard deviation, dt_s later.
static double drift(Random* random, double value, double sd, double dt_s, double memory_s)
{
    const double keep = exp(-dt_s / memory_s);
    return value * keep + sd * sqrt(1.0 - keep * keep) * random_normal(random);
}

double heartrhythm_next_s(Heartrhythm* rhythm, const HeartrhythmInput* input, double dt_s)
{
    Random* const random = &rhythm->random;
    const double c = cos(TWO_PI * MAYER_HZ * dt_s), s = sin(TWO_PI * MAYER_HZ * dt_s);
    const double a = rhythm->mayer[0], b = rhythm->mayer[1];
    rhythm->mayer[0] = drift(random, c * a - s * b, input->mayer_ms, dt_s, MAYER_MEMORY_S);
    rhythm->mayer[1] = drift(random, s * a + c * b, input->mayer_ms, dt_s, MAYER_MEMORY_S);
    rhythm->very_slow = drift(random, rhythm->very_slow, input->very_slow_ms, dt_s, VERY_SLOW_S);

    // The respiratory part is that of the interval's middle.
    const double middle = input->breath_phase + 0.5 * input->mean_s * input->breath_hz;
    const double volume =
        heartrhythm_volume(middle - lag_at(input->breath_hz), input->inhale_share);
    const double ms = input->rsa_ms * (0.5 - volume) + rhythm->mayer[0] + rhythm->very_slow +
                      input->jitter_ms * random_normal(random);
    return input->mean_s + 1e-3 * ms;
}
