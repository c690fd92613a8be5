// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/heartnoise.h"

#include <math.h>

#define TWO_PI 6.28318530717958647692

#define BURST_MEAN_S   1.5 // mean length of a burst of motion
#define BURST_SHARE    0.2 // share of the time with motion
#define BURST_ATTACK_S 0.2 // time constant of its rise and fall

static double coefficient(double hz, double tick_s)
{
    return 1.0 - exp(-TWO_PI * hz * tick_s);
}

// RMS of white unit noise after two one-pole low-passes in series, of coefficients a and b.
static double series_rms(double a, double b)
{
    const double p = 1.0 - a, q = 1.0 - b;
    return sqrt(a * a * b * b * (1.0 + p * q) / ((1.0 - p * p) * (1.0 - q * q) * (1.0 - p * q)));
}

// RMS of white unit noise after the difference of two one-pole low-passes.
static double difference_rms(double a, double b)
{
    const double cross = a * b / (1.0 - (1.0 - a) * (1.0 - b));
    return sqrt(a / (2.0 - a) + b / (2.0 - b) - 2.0 * cross);
}

void heartnoise_init(Heartnoise* noise, uint32_t seed, double tick_s)
{
    *noise = (Heartnoise){.random = random_make(seed, 2), .tick_s = tick_s};
    noise->slow_coefficient[0] = coefficient(0.1, tick_s);
    noise->slow_coefficient[1] = coefficient(0.3, tick_s);
    noise->slow_scale = 1.0 / series_rms(noise->slow_coefficient[0], noise->slow_coefficient[1]);
    noise->motion_coefficient[0] = coefficient(5.0, tick_s);
    noise->motion_coefficient[1] = coefficient(0.5, tick_s);
    noise->motion_scale = 1.0 / (sqrt(BURST_SHARE) * difference_rms(noise->motion_coefficient[0],
                                                                    noise->motion_coefficient[1]));
    noise->burst_coefficient = 1.0 - exp(-tick_s / BURST_ATTACK_S);
    // Wander begins in the middle of its course, not at zero.
    noise->slow[0] = random_normal(&noise->random) / noise->slow_scale;
    noise->slow[1] = noise->slow[0];
}

double heartnoise_tick(Heartnoise* noise)
{
    Random* const random = &noise->random;
    const double muscle = random_normal(random);

    noise->slow[0] += noise->slow_coefficient[0] * (random_normal(random) - noise->slow[0]);
    noise->slow[1] += noise->slow_coefficient[1] * (noise->slow[0] - noise->slow[1]);

    noise->burst_left_s -= noise->tick_s;
    if (noise->burst_left_s <= 0.0) {
        noise->burst_goal = noise->burst_goal > 0.0 ? 0.0 : 1.0;
        const double mean_s =
            noise->burst_goal > 0.0 ? BURST_MEAN_S : BURST_MEAN_S * (1.0 / BURST_SHARE - 1.0);
        noise->burst_left_s = mean_s * (0.5 + random_uniform(random));
    }
    noise->burst += noise->burst_coefficient * (noise->burst_goal - noise->burst);
    const double white = random_normal(random);
    for (int i = 0; i < 2; ++i) {
        noise->motion[i] += noise->motion_coefficient[i] * (white - noise->motion[i]);
    }
    const double motion =
        noise->motion_scale * noise->burst * (noise->motion[0] - noise->motion[1]);

    return noise->level[HEARTNOISE_MUSCLE] * muscle +
           noise->level[HEARTNOISE_WANDER] * noise->slow_scale * noise->slow[1] +
           noise->level[HEARTNOISE_MOTION] * motion;
}
