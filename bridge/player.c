// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/player.h"

#include "bridge/resampler.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#define HOLD_S        0.25 // a gap is held this long before it fades: short radio losses stay hidden
#define FADE_OUT_S    0.5  // then it takes this long to silence
#define FADE_IN_S     0.1  // back from silence, short against a heartbeat
#define SETTLE_S      60.0 // the map is coarse in its first seconds: follow it faster
#define SETTLE_SLEW   0.02 // relative speed, a third of a semitone: no sensor's rate is further off
#define SLEW          200e-6 // relative speed: 0.2 ms per second
#define SETTLE_TIME_S 5.0    // an error is worked off with this time constant at first,
#define CATCH_UP_S    30.0   // then with this one: the map corrects itself in steps, some too far
#define LEAP_S        0.25   // an error beyond this is a break, not a drift;
#define LEAP_LATER_S  0.04   // once settled: JACK has lost frames, and slewing would take minutes
#define KNEE          0.9f   // the limiter is linear below
#define LEVEL_DECAY_S 0.5    // of the level display

struct Player {
    Stream* stream;
    Resampler* rs;
    double jack_rate;
    // Input
    StreamPacket packet;
    uint32_t in_packet; // samples of it taken
    uint64_t base;      // number of the sample that the resampler counts as 0
    uint64_t next;      // number of the next sample to be taken
    float held;
    uint64_t missing; // samples in a row
    // Clock
    StreamMap map;
    bool running;
    double settled_us; // from this time on slewing is slow
    // Output
    float gain;
    _Atomic float level;
    atomic_bool good;
    _Atomic uint32_t underruns, resyncs;
    _Atomic double error_ms;
};

Player* player_new(Stream* stream, double jack_rate)
{
    if (!(jack_rate >= 1.0)) {
        return NULL;
    }
    Player* const player = calloc(1, sizeof *player);
    if (!player) {
        return NULL;
    }
    player->stream = stream;
    player->jack_rate = jack_rate;
    // Slewing and the sensor's own error may ask for a little more than the nominal ratio
    player->rs = resampler_new(stream_rate(stream) / jack_rate * 1.06);
    if (!player->rs) {
        free(player);
        return NULL;
    }
    resampler_set_step(player->rs, stream_rate(stream) / jack_rate);
    return player;
}

void player_free(Player* player)
{
    if (player) {
        resampler_free(player->rs);
        free(player);
    }
}

float player_limit(float x)
{
    const float size = fabsf(x);
    if (!(size > KNEE)) {
        return x == x ? x : 0.0f;
    }
    const float bent = KNEE + (1.0f - KNEE) * tanhf((size - KNEE) / (1.0f - KNEE));
    return copysignf(fminf(bent, 1.0f), x);
}

/// Gives one sample to the resampler; a missing one is replaced by the last
static void push(Player* player, float x)
{
    const bool good = isfinite(x);
    player->missing = good ? 0 : player->missing + 1;
    // A sensor gone wild must not blow up the sum; the limiter shapes what is left
    player->held = good ? fminf(fmaxf(x, -16.0f), 16.0f) : player->held;
    resampler_push(player->rs, player->held);
    player->next++;
}

static bool more(Player* player)
{
    if (player->in_packet < player->packet.n) {
        return true;
    }
    player->in_packet = player->packet.n = 0;
    return stream_get(player->stream, &player->packet);
}

/// The next sample of a source without a clock; false when it is not there yet
static bool take_free(Player* player, bool freewheel)
{
    if (!more(player)) {
        if (freewheel) {
            stream_wait(player->stream);
        }
        if (!more(player)) {
            if (!stream_ended(player->stream)) {
                return false;
            }
            push(player, NAN);
            return true;
        }
    }
    push(player, player->packet.x[player->in_packet++]);
    return true;
}

/// The next sample by number: what comes too late is dropped, what does not come is missing
static void take_clocked(Player* player)
{
    while (more(player)) {
        const uint64_t index = player->packet.index + player->in_packet;
        if (index > player->next) {
            break;
        }
        player->in_packet++;
        if (index == player->next) {
            push(player, player->packet.x[player->in_packet - 1]);
            return;
        }
    }
    push(player, NAN);
}

/// Drops what was collected for a position that is not known yet, so that the ring does not
/// overflow
static void discard(Player* player, double before)
{
    while (more(player) && (double)(player->packet.index + player->packet.n) < before) {
        player->in_packet = player->packet.n;
    }
}

/// Sets the resampler's speed for a block of a live sensor; false when there is nothing to play
static bool follow_map(Player* player, double time_us, double period_us, uint32_t n)
{
    StreamMap map;
    if (stream_map(player->stream, &map)) {
        if (map.epoch != player->map.epoch) {
            player->running = false;
        }
        player->map = map;
    }
    if (player->map.rate <= 0.0) {
        return false;
    }
    const double rate = player->map.rate;
    const double target =
        player->map.index + ((time_us - player->map.time_us) * 1e-6 - player->map.delay_s) * rate;
    double error = target - ((double)player->base + resampler_position(player->rs));
    const bool settled = player->running && time_us >= player->settled_us;
    if (player->running && fabs(error) > (settled ? LEAP_LATER_S : LEAP_S) * rate) {
        player->running = false;
        atomic_fetch_add_explicit(&player->resyncs, 1, memory_order_relaxed);
    }
    if (!player->running) {
        const double first = floor(target) - RESAMPLER_HALF_WIDTH;
        if (first < 0.0) {
            return false;
        }
        player->running = true;
        player->base = player->next = (uint64_t)first;
        discard(player, first);
        resampler_begin_at(player->rs, target - first);
        // The map may be known well already: then there is nothing to settle
        player->settled_us = settled ? time_us : time_us + SETTLE_S * 1e6;
        player->missing = (uint64_t)rate; // silent until something is there
        error = 0.0;
    }
    const bool settling = time_us < player->settled_us;
    const double slew = settling ? SETTLE_SLEW : SLEW;
    const double within_s = settling ? SETTLE_TIME_S : CATCH_UP_S;
    const double speed = fmin(fmax(error / (rate * within_s), -slew), slew);
    // JACK's period as its clock measures it: the sound card's error is not the sensor's
    resampler_set_step(player->rs, rate * period_us * 1e-6 / n * (1.0 + speed));
    atomic_store_explicit(&player->error_ms, error / rate * 1e3, memory_order_relaxed);
    return true;
}

void player_process(Player* player, double time_us, double period_us, bool freewheel, float* out,
                    float* quality, uint32_t n)
{
    const bool free_running = stream_free_running(player->stream);
    const bool plays =
        free_running || (!freewheel && n > 0 && follow_map(player, time_us, period_us, n));
    const double rate = free_running || !plays ? stream_rate(player->stream) : player->map.rate;
    const uint64_t hold = (uint64_t)(HOLD_S * rate);
    const float out_step = (float)(1.0 / (FADE_OUT_S * player->jack_rate));
    const float in_step = (float)(1.0 / (FADE_IN_S * player->jack_rate));
    float level = atomic_load_explicit(&player->level, memory_order_relaxed);
    bool starved = false;
    bool trusted = false;
    for (uint32_t i = 0; i < n; i++) {
        while (plays && !starved && resampler_hungry(player->rs)) {
            if (!free_running) {
                take_clocked(player);
            } else if (!take_free(player, freewheel)) {
                starved = true;
            }
        }
        const bool good = plays && !starved && player->missing == 0;
        const bool audible = plays && player->missing <= hold;
        player->gain += audible ? in_step : -out_step;
        player->gain = fminf(fmaxf(player->gain, 0.0f), 1.0f);
        const float x = plays && !starved ? resampler_pull(player->rs) : player->held;
        out[i] = player_limit(x) * player->gain;
        level = fmaxf(level, fabsf(out[i]));
        trusted = good && (free_running || player->map.locked);
        if (quality) {
            quality[i] = trusted ? 1.0f : 0.0f;
        }
    }
    atomic_store_explicit(&player->good, trusted, memory_order_relaxed);
    if (starved || (plays && !free_running && player->missing > 0)) {
        atomic_fetch_add_explicit(&player->underruns, 1, memory_order_relaxed);
    }
    level *= (float)fmax(1.0 - n / (LEVEL_DECAY_S * player->jack_rate), 0.0);
    atomic_store_explicit(&player->level, level > 1e-6f ? level : 0.0f, memory_order_relaxed);
}

PlayerState player_state(const Player* player)
{
    return (PlayerState){
        .good = atomic_load_explicit(&player->good, memory_order_relaxed),
        .level = atomic_load_explicit(&player->level, memory_order_relaxed),
        .underruns = atomic_load_explicit(&player->underruns, memory_order_relaxed),
        .resyncs = atomic_load_explicit(&player->resyncs, memory_order_relaxed),
        .error_ms = atomic_load_explicit(&player->error_ms, memory_order_relaxed),
    };
}
