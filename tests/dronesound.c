// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dronesound.h"

#include "audio.h"
#include "unit.h"

#include <math.h>

Take take_new(double rate, double seconds)
{
    Take take = {.rate = rate, .room = (size_t)(rate * seconds) + 1};
    take.left = calloc(take.room, sizeof(float));
    take.right = calloc(take.room, sizeof(float));
    assert_non_null(take.left);
    assert_non_null(take.right);
    return take;
}

void take_free(Take* take)
{
    free(take->left);
    free(take->right);
    *take = (Take){0};
}

void take_play(Take* take, Drone* drone, double seconds)
{
    size_t n = (size_t)(seconds * take->rate);
    assert_true(take->n + n <= take->room);
    while (n) {
        const uint32_t some = n < 256 ? (uint32_t)n : 256;
        drone_process(drone, take->left + take->n, take->right + take->n, some);
        take->n += some;
        n -= some;
    }
}

void take_play_breathing(Take* take, Drone* drone, double seconds, double in_s, double out_s)
{
    bool inhaling = true;
    for (double at = 0.0; at < seconds; inhaling = !inhaling) {
        drone_breath(drone, inhaling);
        const double part = fmin(inhaling ? in_s : out_s, seconds - at);
        take_play(take, drone, part);
        at += part;
    }
}

double take_level_db(const Take* take, double from_s, double to_s)
{
    const size_t from = (size_t)(from_s * take->rate), to = (size_t)(to_s * take->rate);
    return audio_db(0.5 * (audio_mean_square(take->left + from, to - from) +
                           audio_mean_square(take->right + from, to - from)));
}

float* take_mono(const Take* take, size_t from)
{
    float* const mono = malloc((take->n - from) * sizeof(float));
    assert_non_null(mono);
    for (size_t i = from; i < take->n; ++i) {
        mono[i - from] = 0.5f * (take->left[i] + take->right[i]);
    }
    return mono;
}

Take take_steady(DroneVoicing voicing, double root_hz, double tone, double rate, double seconds)
{
    Drone* const drone = drone_new(rate);
    assert_non_null(drone);
    drone_set_voicing(drone, voicing);
    drone_reset(drone);
    drone_set_root(drone, root_hz);
    drone_set_tone(drone, tone, 1.0);
    Take take = take_new(rate, 14.0 > seconds ? 14.0 : seconds);
    take_play(&take, drone, 14.0);
    take.n = 0;
    take_play(&take, drone, seconds);
    drone_free(drone);
    return take;
}
