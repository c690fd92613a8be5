// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/tone.h"

#include "dsp/resp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.141592653589793

#define TICKS_PER_S 750.0  // control grid: every 64 frames at 48 kHz
#define COARSE_HZ   2000.0 // below this rate, in recordings, a tenth of it

// Of the logistic scale. Respiratory HRV of one minute varies within one person at rest by a factor
// of 1.35 (95 %; ds210): that shall move the tone by no more than 0.1. Twice the baseline makes
// 0.72, half of it 0.28
#define STEEPNESS (4.0 / 3.0)
#define NEUTRAL   0.5
// Breaths over which a value is averaged (time constant), besides the window that it is of: near
// 0.1 Hz a Mayer wave adds to the swing, or takes from it, for some breaths
#define AVERAGE_BREATHS 4.0

#define LEARN_LEAST_S 60.0
#define LEARN_MOST_S  120.0
#define LEARN_STEADY  0.20 // standard deviation of the logarithm that ends learning early
#define UPDATE_MOST_S 2.0  // an update stands for this much time at most (a slow beat)

// Where the sine at the breath's phase suddenly tells much less of the swings than it does in this
// person, the breath is not where it is thought to be, as when its rate has just changed: the tone
// waits. Measured with breaths taken from the beats: 15 to 6 per minute takes up to 30 s
#define LOCK_SHARE  0.5
#define LOCK_S      60.0 // time constant of what is usual
#define LOCK_WAIT_S 45.0

#define HOLD_S           10.0 // without data the tone stands still this long, then glides to neutral
#define SMOOTH_LEAST_S   2.5  // each of two poles: together a breath of 5 s ...
#define SMOOTH_BREATHS   0.5  // ... or of the breath that there is
#define SMOOTH_NEUTRAL_S 4.0
#define TINY             1e-9 // far below a step of the 14-bit controller

struct Tone {
    uint32_t tick_frames, to_tick;
    double tick_s, now_s;

    ToneDrive drive;
    ToneBaseline baseline;

    // learning, per drive: time, mean and second moment of the logarithm
    double learned_s[TONE_N_DRIVES], mean[TONE_N_DRIVES], moment[TONE_N_DRIVES];

    double updated_s;             // now_s at the last update
    double good_s[TONE_N_DRIVES]; // now_s at the last update with usable data
    bool good[TONE_N_DRIVES];
    double ln_value[TONE_N_DRIVES];
    HrvReason reason[TONE_N_DRIVES];
    double breath_s;   // of the last breaths, 0 if not known
    double correction; // of ln RMSSD, for the breathing rate
    double lock;       // usual share of the sine in the swings, 0..1, 0 if not known
    double locked_s;   // now_s when it was as usual

    double first, second; // poles
    double target, share; // what they go to, and how much of the way in a tick, while it follows
};

// To be called when something changes that the target is made of
static void aim(Tone* tone)
{
    const double over = tone->ln_value[tone->drive] - (double)tone->baseline.ln_value[tone->drive];
    const double tau_s = fmax(SMOOTH_LEAST_S, SMOOTH_BREATHS * tone->breath_s);
    tone->target = 1.0 / (1.0 + exp(-STEEPNESS * over));
    tone->share = tone->tick_s / (tau_s + tone->tick_s);
}

Tone* tone_new(double rate)
{
    if (!(rate >= 200.0 && rate <= 768000.0)) {
        return NULL;
    }
    Tone* const tone = calloc(1, sizeof(Tone));
    if (tone) {
        const double per_s = rate < COARSE_HZ ? 0.1 * TICKS_PER_S : TICKS_PER_S;
        tone->tick_frames = (uint32_t)(rate / per_s + 0.5);
        tone->tick_s = tone->tick_frames / rate;
        tone_reset(tone);
    }
    return tone;
}

void tone_free(Tone* tone)
{
    free(tone);
}

void tone_reset(Tone* tone)
{
    const Tone old = *tone;
    memset(tone, 0, sizeof(*tone));
    tone->tick_frames = tone->to_tick = old.tick_frames;
    tone->tick_s = old.tick_s;
    tone->drive = old.drive;
    tone->baseline = old.baseline;
    tone->first = tone->second = NEUTRAL;
    for (int i = 0; i < TONE_N_DRIVES; ++i) {
        tone->reason[i] = HRV_NO_BEATS;
    }
    aim(tone);
}

void tone_set_drive(Tone* tone, ToneDrive drive)
{
    if ((unsigned)drive < TONE_N_DRIVES) {
        tone->drive = drive;
        aim(tone);
    }
}

static void know(Tone* tone, int drive, float ln_value)
{
    tone->baseline.ln_value[drive] = ln_value;
    tone->baseline.known[drive] = true;
    tone->baseline.shown_ms[drive] = (float)exp((double)ln_value);
}

void tone_learn(Tone* tone)
{
    memset(&tone->baseline, 0, sizeof(tone->baseline));
    memset(tone->learned_s, 0, sizeof(tone->learned_s));
    memset(tone->mean, 0, sizeof(tone->mean));
    memset(tone->moment, 0, sizeof(tone->moment));
    aim(tone);
}

void tone_baseline(const Tone* tone, ToneBaseline* baseline)
{
    *baseline = tone->baseline;
}

void tone_set_baseline(Tone* tone, const ToneBaseline* baseline)
{
    tone_learn(tone);
    for (int i = 0; i < TONE_N_DRIVES; ++i) {
        const float value = baseline->ln_value[i];
        if (baseline->known[i] && isfinite(value) && fabsf(value) < 20.f) {
            know(tone, i, value);
        }
    }
    aim(tone);
}

// What to add to the ln of RMSSD to have it as it would be at 15 breaths per minute: its
// respiratory part, which follows from the amplitude a and the rate f of the swing (mean square of
// successive differences 2 a² sin²(pi f RR)), is exchanged for that at 15
static double rmssd_correction(const HrvRecent* recent)
{
    const double whole = recent->rmssd_ms * recent->rmssd_ms;
    const double rr_s = 1e-3 * recent->mean_rr_ms;
    const double there_ms = 0.5 * recent->resp_at_15_ms;
    const double here_ms =
        there_ms * resp_vagal_gain(recent->breath_hz) / resp_vagal_gain(RESP_REFERENCE_HZ);
    const double here = here_ms * sin(PI * fmin(recent->breath_hz * rr_s, 0.5));
    const double there = there_ms * sin(PI * fmin(RESP_REFERENCE_HZ * rr_s, 0.5));
    const double rest = fmax(whole - 2.0 * here * here, 0.05 * whole);
    return 0.5 * log((rest + 2.0 * there * there) / whole);
}

static void learn(Tone* tone, ToneDrive drive, double value, double dt_s)
{
    if (tone->baseline.known[drive] || !(dt_s > 0.0)) {
        return;
    }
    tone->learned_s[drive] += dt_s;
    const double delta = value - tone->mean[drive];
    tone->mean[drive] += delta * dt_s / tone->learned_s[drive];
    tone->moment[drive] += dt_s * delta * (value - tone->mean[drive]);
    const double variance = tone->moment[drive] / tone->learned_s[drive];
    if (tone->learned_s[drive] >= LEARN_MOST_S ||
        (tone->learned_s[drive] >= LEARN_LEAST_S && variance < LEARN_STEADY * LEARN_STEADY)) {
        know(tone, (int)drive, (float)tone->mean[drive]);
    }
}

static void take(Tone* tone, ToneDrive drive, HrvReason reason, double value, double dt_s)
{
    tone->reason[drive] = reason == HRV_OK && !isfinite(value) ? HRV_NO_VARIATION : reason;
    if (tone->reason[drive] != HRV_OK) {
        return;
    }
    const double tau_s = AVERAGE_BREATHS * tone->breath_s;
    const double share = tone->good[drive] && tau_s > 0.0 ? dt_s / (dt_s + tau_s) : 1.0;
    tone->ln_value[drive] += share * (value - tone->ln_value[drive]);
    tone->good[drive] = true;
    tone->good_s[drive] = tone->now_s;
    learn(tone, drive, value, dt_s);
}

// False while the breath is not where it is thought to be
static bool locked(Tone* tone, const HrvRecent* recent, double dt_s)
{
    if (recent->resp_reason != HRV_OK || !(recent->resp_ms > 0.0)) {
        return true; // nothing to judge by
    }
    const double share = fmin(fmax(recent->resp_amplitude_ms / recent->resp_ms, 0.0), 1.0);
    if (!(tone->lock > 0.0)) {
        tone->lock = share;
    }
    const bool usual = share >= LOCK_SHARE * tone->lock;
    if (usual) {
        tone->locked_s = tone->now_s;
    }
    tone->lock += (share - tone->lock) * dt_s / (LOCK_S + dt_s);
    return usual || tone->now_s - tone->locked_s > LOCK_WAIT_S;
}

void tone_update(Tone* tone, const HrvRecent* recent)
{
    const double dt_s = fmin(tone->now_s - tone->updated_s, UPDATE_MOST_S);
    tone->updated_s = tone->now_s;
    tone->breath_s = recent->breath_hz > 0.0 ? 1.0 / recent->breath_hz : 0.0;
    if (locked(tone, recent, dt_s) || !tone->good[TONE_RESP]) {
        take(tone, TONE_RESP, recent->resp_reason, log(recent->resp_at_15_ms), dt_s);
    } else {
        tone->good_s[TONE_RESP] = tone->now_s; // stands, and waits
    }
    if (recent->resp_reason == HRV_OK && recent->rmssd_reason == HRV_OK) {
        const double correction = rmssd_correction(recent);
        tone->correction = isfinite(correction) ? correction : 0.0;
    } // else the breath goes on as it was, as far as is known
    take(tone, TONE_RMSSD, recent->rmssd_reason, log(recent->rmssd_ms) + tone->correction, dt_s);
    aim(tone);
}

static bool follows(const Tone* tone)
{
    const ToneDrive d = tone->drive;
    return tone->good[d] && tone->now_s - tone->good_s[d] < HOLD_S && tone->baseline.known[d];
}

static void tick(Tone* tone)
{
    tone->now_s += tone->tick_s;
    double target = NEUTRAL, share = tone->tick_s / (SMOOTH_NEUTRAL_S + tone->tick_s);
    if (follows(tone)) {
        target = tone->target;
        share = tone->share;
    }
    tone->first += share * (target - tone->first);
    tone->second += share * (tone->first - tone->second);
    if (fabs(tone->first - target) < TINY && fabs(tone->second - target) < TINY) {
        tone->first = tone->second = target;
    }
}

void tone_process(Tone* tone, uint32_t n)
{
    while (n >= tone->to_tick) {
        n -= tone->to_tick;
        tone->to_tick = tone->tick_frames;
        tick(tone);
    }
    tone->to_tick -= n;
}

ToneState tone_state(const Tone* tone)
{
    const ToneDrive d = tone->drive;
    ToneState state = {.tone = (float)tone->second, .valid = follows(tone)};
    state.learned =
        tone->baseline.known[d] ? 1.f : (float)fmin(tone->learned_s[d] / LEARN_MOST_S, 1.0);
    if (!state.valid) {
        const bool fresh = tone->good[d] && tone->now_s - tone->good_s[d] < HOLD_S;
        state.reason =
            fresh ? HRV_LEARNING : (tone->reason[d] != HRV_OK ? tone->reason[d] : HRV_NO_BEATS);
    }
    return state;
}
