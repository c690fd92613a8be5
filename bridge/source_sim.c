// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// sim: the simulated person of dsp/heart, so that everything can be tried without a sensor

#include "bridge/replay.h"
#include "bridge/source.h"
#include "dsp/heart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK         256u
#define FULL_SCALE_MV 5.0 // dsp/heart's 1.0

typedef struct {
    Heart* heart;
    bool belt;
    uint64_t played;
    Replay* replay; // NULL without jitter
} Sim;

static void close_sim(Source* source)
{
    Sim* const sim = source_own(source);
    if (sim) {
        heart_free(sim->heart);
        replay_free(sim->replay);
        free(sim);
    }
}

static bool open_sim(Source* source)
{
    Sim* const sim = calloc(1, sizeof *sim);
    if (!sim) {
        return source_fail(source, "out of memory");
    }
    source_set_own(source, sim);
    SignalKind kind = SIGNAL_ECG;
    const char* const what = *source_address(source) ? source_address(source) : "ecg";
    if (!signal_from_name(what, &kind) || kind == SIGNAL_BELT) {
        return source_usage(source, "sim: can be sim:ecg or sim:ppg, not \"%.40s\"", what);
    }
    double rate;
    double seed;
    double heart_rate;
    double breath_rate;
    double rsa;
    double noise;
    if (!source_number(source, "rate", 1000.0, 1000.0, 192000.0, &rate) ||
        !source_number(source, "seed", 1.0, 0.0, 4294967295.0, &seed) ||
        !source_number(source, "heart_rate", 66.0, 20.0, 220.0, &heart_rate) ||
        !source_number(source, "breath_rate", 6.0, 2.0, 40.0, &breath_rate) ||
        !source_number(source, "rsa", 80.0, 0.0, 400.0, &rsa) ||
        !source_number(source, "noise", -120.0, -120.0, 20.0, &noise) ||
        !source_switch(source, "belt", true, &sim->belt) || !replay_open(source, &sim->replay)) {
        return false;
    }
    sim->heart = heart_new(rate, (uint32_t)seed);
    SourceChannel* const channel = source_add_channel(source, kind, rate, !sim->replay);
    SourceChannel* const belt =
        sim->belt ? source_add_channel(source, SIGNAL_BELT, rate, !sim->replay) : NULL;
    if (!sim->heart || !channel || (sim->belt && !belt)) {
        return source_fail(source, "out of memory");
    }
    if (kind == SIGNAL_ECG) {
        strcpy(channel->unit, "mV");
        channel->full_scale = FULL_SCALE_MV;
    }
    heart_set_signal(sim->heart, kind == SIGNAL_ECG ? HEART_ECG : HEART_PPG);
    heart_set_heart_rate(sim->heart, heart_rate);
    heart_set_breath_rate(sim->heart, breath_rate);
    heart_set_rsa(sim->heart, rsa);
    heart_set_noise(sim->heart, noise);
    heart_reset(sim->heart);
    return !sim->replay || (replay_add(sim->replay, 0) && (!belt || replay_add(sim->replay, 1)));
}

/// What a belt shows: the chest's circumference, highest at the end of the in-breath
static float belt(const HeartState* state)
{
    static const double pi = 3.14159265358979323846;
    static const double inhale_share = 0.4; // dsp/heart's default
    const double phase = state->breath_phase;
    const double turn = phase < inhale_share ? phase / inhale_share
                                             : 1.0 + (phase - inhale_share) / (1.0 - inhale_share);
    return (float)(-0.5 * cos(pi * turn));
}

static void run(Source* source)
{
    enum { BELT_STEP = 16 }; // samples that share one value of the belt: 16 ms
    Sim* const sim = source_own(source);
    const double scale = source_channel(source, 0)->full_scale;
    uint32_t n = CHUNK;
    if (sim->replay) {
        n = replay_packet(sim->replay, stream_rate(source_channel(source, 0)->stream));
        n = n > BELT_STEP ? n - n % BELT_STEP : BELT_STEP;
        replay_begin(sim->replay);
    }
    source_set_state(source, SOURCE_RUNNING, "simulated person");
    for (bool going = true; going;) {
        float x[REPLAY_MAX_SAMPLES];
        float chest[REPLAY_MAX_SAMPLES];
        for (uint32_t i = 0; i < n; i += BELT_STEP) {
            heart_process(sim->heart, x + i, BELT_STEP, NULL, 0);
            const HeartState state = heart_state(sim->heart);
            for (uint32_t k = 0; k < BELT_STEP; k++) {
                x[i + k] *= (float)scale;
                chest[i + k] = belt(&state);
            }
        }
        if (sim->replay) {
            going = replay_play(sim->replay, 0, x, n) &&
                    (!sim->belt || replay_play(sim->replay, 1, chest, n));
        } else {
            going = source_play(source, 0, sim->played, x, n) &&
                    (!sim->belt || source_play(source, 1, sim->played, chest, n));
            source_count(source, 1, n, 0, 0.0);
        }
        sim->played += n;
    }
}

const SourceKind source_sim = {
    .name = "sim",
    .address = "ecg|ppg",
    .help =
        "a simulated person with a belt; heart_rate=BPM breath_rate=PER_MIN rsa=MS noise=DB seed=N "
        "belt=no; jitter=ble|usb1|usb16 drift=PERCENT: as a live sensor",
    .open = open_sim,
    .run = run,
    .close = close_sim,
};
