// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/chain.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_BEATS = 8,   // in CHAIN_CHUNK frames, see beat_process
    MAX_BREATHS = 4, // likewise
    N_RATES = 5      // intervals whose median is the heart rate shown
};

// Without a beat for this long the heart rate is unknown: two beats at the slowest rate, 25 bpm
#define SILENCE_S 5.0

struct ChainImpl {
    double rate;    // Hz
    uint64_t now;   // frames since the start, at the point that all modules have reached
    uint32_t delay; // frames from a beat to its event
    Beat* beat;
    Rr* rr;
    Hrv* hrv;
    Breath* breath;
    Tone* tone;
    uint64_t last_beat;    // frame at which it was told
    double last_fraction;  // that it happened later by, frames
    bool have_beat;        // last_beat is one
    double rr_ms[N_RATES]; // the latest reliable intervals, a ring
    uint32_t n_rr;         // written so far
    bool silent;           // no beat for SILENCE_S
    BeatEvent told;        // the last beat that came by chain_beat
    bool told_waits;       // it is to be taken with the next frame
    bool by_word;          // the last beat came that way
};

typedef struct {
    ChainEvent* events;
    uint32_t capacity, count;
} Out;

Chain* chain_new(double rate_hz)
{
    Chain* const chain = (Chain*)calloc(1, sizeof(Chain));
    if (!chain) {
        return NULL;
    }
    chain->rate = rate_hz;
    chain->beat = beat_new(rate_hz);
    chain->rr = rr_new();
    chain->hrv = hrv_new(rate_hz);
    chain->breath = breath_new(rate_hz);
    chain->tone = tone_new(rate_hz);
    if (!chain->beat || !chain->rr || !chain->hrv || !chain->breath || !chain->tone) {
        chain_free(chain);
        return NULL;
    }
    chain->delay = beat_delay(rate_hz);
    chain_reset(chain);
    return chain;
}

void chain_free(Chain* chain)
{
    if (chain) {
        beat_free(chain->beat);
        rr_free(chain->rr);
        hrv_free(chain->hrv);
        breath_free(chain->breath);
        tone_free(chain->tone);
        free(chain);
    }
}

void chain_reset(Chain* chain)
{
    beat_reset(chain->beat);
    rr_reset(chain->rr);
    hrv_reset(chain->hrv);
    breath_reset(chain->breath);
    tone_reset(chain->tone);
    breath_set_beat_delay(chain->breath, chain->delay);
    chain->now = 0;
    chain->have_beat = false;
    chain->n_rr = 0;
    chain->silent = true;
    chain->told_waits = chain->by_word = false;
    memset(chain->rr_ms, 0, sizeof(chain->rr_ms));
}

void chain_set_sensor(Chain* chain, BeatSensor sensor)
{
    beat_set_sensor(chain->beat, sensor);
    breath_set_sensor(chain->breath, sensor == BEAT_ECG   ? BREATH_SENSOR_ECG
                                     : sensor == BEAT_PPG ? BREATH_SENSOR_PPG
                                                          : BREATH_SENSOR_AUTO);
}

void chain_set_clean(Chain* chain, bool clean)
{
    rr_set_clean(chain->rr, clean);
}

void chain_set_window(Chain* chain, float window_s)
{
    hrv_set_window(chain->hrv, window_s);
}

void chain_set_lazy(Chain* chain, bool lazy)
{
    hrv_set_lazy(chain->hrv, lazy);
}

void chain_set_drive(Chain* chain, ToneDrive drive)
{
    tone_set_drive(chain->tone, drive);
}

void chain_learn(Chain* chain)
{
    tone_learn(chain->tone);
}

void chain_hum(Chain* chain, bool starts)
{
    breath_hum(chain->breath, starts);
}

void chain_cue(Chain* chain, bool inhale)
{
    breath_cue(chain->breath, inhale);
}

static bool signal_shows_none(const Chain* chain)
{
    const BeatState state = beat_state(chain->beat);
    return state == BEAT_WAITING || state == BEAT_LOST;
}

void chain_beat(Chain* chain, bool reliable, float quality)
{
    if (signal_shows_none(chain)) {
        memset(&chain->told, 0, sizeof(chain->told));
        chain->told.kind = BEAT_EVENT_BEAT;
        chain->told.reliable = reliable;
        chain->told.quality = quality >= 0.f && quality <= 1.f ? quality : 0.f;
        chain->told_waits = true;
    }
}

static ChainEvent* tell(Out* out, uint32_t frame, ChainEventKind kind, double time_s)
{
    if (out->count == out->capacity) {
        return NULL;
    }
    ChainEvent* const event = &out->events[out->count++];
    memset(event, 0, sizeof(*event));
    event->frame = frame;
    event->kind = kind;
    event->time_s = time_s;
    return event;
}

static void update_tone(Chain* chain)
{
    const HrvRecent recent = hrv_recent(chain->hrv);
    tone_update(chain->tone, &recent);
}

static void pass(Chain* chain, uint32_t n)
{
    hrv_process(chain->hrv, n);
    tone_process(chain->tone, n);
    chain->now += n;
}

// Takes breath, hrv and tone from frame `from` of the call to frame `to`
static void advance(Chain* chain, const float* in, const float* belt, uint32_t from, uint32_t to,
                    Out* out)
{
    BreathEvent breaths[MAX_BREATHS];
    const uint32_t n = breath_process(chain->breath, in + from, belt ? belt + from : NULL,
                                      to - from, breaths, MAX_BREATHS);
    uint32_t at = from;
    for (uint32_t i = 0; i < n; ++i) {
        const BreathEvent* const breath = &breaths[i];
        const uint32_t frame = from + breath->frame;
        pass(chain, frame - at);
        at = frame;
        const double time_s = ((double)chain->now - (double)breath->age_frames) / chain->rate;
        ChainEvent* const event = tell(out, frame, CHAIN_BREATH, time_s);
        if (event) {
            event->breath = *breath;
        }
        if (breath->type == BREATH_IN_STARTS) {
            hrv_breath(chain->hrv, time_s, breath->rate_per_min, breath->confidence);
            update_tone(chain);
        }
    }
    pass(chain, to - at);
}

static void take_intervals(Chain* chain, uint32_t frame, const RrInterval* intervals, uint32_t n,
                           Out* out)
{
    const bool irregular = rr_irregular(chain->rr);
    for (uint32_t i = 0; i < n; ++i) {
        hrv_interval(chain->hrv, &intervals[i], irregular);
        ChainEvent* const event = tell(out, frame, CHAIN_INTERVAL, intervals[i].time_s);
        if (event) {
            event->interval = intervals[i];
        }
    }
    if (n) {
        update_tone(chain);
    }
}

static void take_beat(Chain* chain, uint32_t frame, const BeatEvent* beat, bool told, Out* out)
{
    const double fraction = chain->rate < CHAIN_FINE_HZ ? (double)beat->fraction : 0.0;
    const double on_frame = (double)chain->now - (double)chain->delay;
    const double time_s = (on_frame + fraction) / chain->rate;
    const double since = (double)(chain->now - chain->last_beat) + fraction - chain->last_fraction;
    const double rr_ms = chain->have_beat ? since * 1000.0 / chain->rate : 0.0;
    ChainEvent* const event = tell(out, frame, CHAIN_BEAT, time_s);
    if (event) {
        event->exact_s = (on_frame + (double)beat->fraction) / chain->rate;
        event->beat = *beat;
        event->told = told;
        event->rr_ms = rr_ms;
    }
    if (beat->reliable && rr_ms > 0.0 && rr_ms < RR_GAP_MS) {
        chain->rr_ms[chain->n_rr++ % N_RATES] = rr_ms;
    }
    chain->last_beat = chain->now;
    chain->last_fraction = fraction;
    chain->have_beat = true;
    chain->silent = false;
    chain->by_word = told;

    const BreathBeat breath_beat_now = {beat->reliable, beat->quality, beat->amplitude,
                                        beat->baseline};
    breath_beat_between(chain->breath, &breath_beat_now, fraction);
    RrInterval intervals[RR_MAX_OUT];
    const RrBeat rr_now = {time_s, beat->quality, beat->reliable, beat->usual};
    take_intervals(chain, frame, intervals, rr_beat(chain->rr, &rr_now, intervals), out);
}

// No beat for long: what waits in rr must not wait for the signal's return
static void mind_silence(Chain* chain, uint32_t frame, Out* out)
{
    if (!chain->silent && (double)(chain->now - chain->last_beat) > SILENCE_S * chain->rate) {
        RrInterval intervals[RR_MAX_OUT];
        chain->silent = true;
        chain->have_beat = false;
        chain->n_rr = 0;
        take_intervals(chain, frame, intervals, rr_break(chain->rr, intervals), out);
    }
}

// Frames [from, to) of the call, at most CHAIN_CHUNK, not across a multiple of it since the start
static void process_chunk(Chain* chain, const float* in, const float* belt, uint32_t from,
                          uint32_t to, Out* out)
{
    BeatEvent beats[MAX_BEATS];
    if (chain->told_waits) {
        chain->told_waits = false;
        take_beat(chain, from, &chain->told, true, out);
    }
    const uint32_t n = beat_process(chain->beat, in + from, to - from, beats, MAX_BEATS);
    uint32_t at = from;
    for (uint32_t i = 0; i < n; ++i) {
        const uint32_t frame = from + beats[i].frame;
        advance(chain, in, belt, at, frame, out);
        at = frame;
        if (beats[i].kind == BEAT_EVENT_BEAT) {
            take_beat(chain, frame, &beats[i], false, out);
        } else {
            tell(out, frame, CHAIN_PROVISIONAL, (double)chain->now / chain->rate);
        }
    }
    advance(chain, in, belt, at, to, out);
    if (chain->now % CHAIN_CHUNK == 0) {
        // told with the next frame that comes, so that the call's end does not matter
        mind_silence(chain, to ? to - 1 : 0, out);
    }
}

uint32_t chain_process(Chain* chain, const float* in, const float* belt, uint32_t n,
                       ChainEvent* events, uint32_t capacity)
{
    Out out = {events, capacity, 0};
    uint32_t at = 0;
    while (at < n) {
        const uint32_t to_grid = CHAIN_CHUNK - (uint32_t)(chain->now % CHAIN_CHUNK);
        const uint32_t to = n - at < to_grid ? n : at + to_grid;
        process_chunk(chain, in, belt, at, to, &out);
        at = to;
    }
    return out.count;
}

static double heart_rate(const Chain* chain)
{
    double sorted[N_RATES] = {0.0};
    const uint32_t n = chain->n_rr < N_RATES ? chain->n_rr : N_RATES;
    for (uint32_t i = 0; i < n; ++i) {
        uint32_t j = i;
        for (; j > 0 && sorted[j - 1] > chain->rr_ms[i]; --j) {
            sorted[j] = sorted[j - 1];
        }
        sorted[j] = chain->rr_ms[i];
    }
    return n ? 60000.0 / sorted[n / 2] : 0.0;
}

ChainState chain_state(const Chain* chain)
{
    ChainState state;
    memset(&state, 0, sizeof(state));
    state.state = beat_state(chain->beat);
    state.sensor = beat_sensor(chain->beat);
    state.beat_quality = beat_quality(chain->beat);
    if (chain->by_word && !chain->silent && signal_shows_none(chain)) {
        state.state = chain->told.reliable ? BEAT_TRACKING : BEAT_POOR;
        state.beat_quality = chain->told.quality;
    }
    state.rr_ms = chain->n_rr ? chain->rr_ms[(chain->n_rr - 1) % N_RATES] : 0.0;
    state.heart_rate_per_min = heart_rate(chain);
    state.measures = hrv_measures(chain->hrv);
    state.recent = hrv_recent(chain->hrv);
    state.breath = breath_state(chain->breath);
    state.tone = tone_state(chain->tone);
    state.irregular = rr_irregular(chain->rr);
    return state;
}

Tone* chain_tone(Chain* chain)
{
    return chain->tone;
}

Breath* chain_breath(Chain* chain)
{
    return chain->breath;
}
