// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TICK_S         0.002  // control grid: a beat's work is spread over 64 ticks, 128 ms
#define COARSE_HZ      2000.0 // below this rate, in recordings, the grid is
#define COARSE_TICK_S  0.011
#define TELL_UNTIL     0.5 // below this, for HUSH_S, they are no longer
#define HUSH_S         4.0
#define FRESH_S        3.0  // without a beat for this long confidence begins to fall
#define FADE_S         4.0  // with this time constant
#define FORGET_S       30.0 // without a beat for this long nothing is known any more
#define WARM_UP_BEATS  12.0 // before, confidence is scaled down: two or three breaths
#define DEPTH_MEMORY_S 120.0
#define DEEPEST        4.0f

// Swing of the last breath over the usual one. What noise leaves in a follower that forgets within
// half a breath: no breath. From BREATHING on: a breath, if a shallow one.
#define STILL      0.25
#define BREATHING  0.55
#define FORGIVE    0.25 // of a breath: over which the swing is averaged
#define LEAST_SURE 0.02 // the rate before stays readable

#define BELT_SURE 0.95 // confidence while a belt leads: it may have slipped

Breath* breath_new(const double rate)
{
    if (!(rate >= 200.0 && rate <= 768000.0)) {
        return NULL;
    }
    Breath* const breath = (Breath*)calloc(1, sizeof *breath);
    if (!breath) {
        return NULL;
    }
    breath->rate = rate;
    breath->tick =
        (uint32_t)fmax(1.0, floor(rate * (rate < COARSE_HZ ? COARSE_TICK_S : TICK_S) + 0.5));
    breath->steps = (uint32_t)fmax(1.0, ceil(breath->tick / rate / TICK_S - 1e-9));
    breath->delay = (uint32_t)lrint(rate * 0.3);
    breath->shape = shape_new(rate);
    if (!turns_new(&breath->turns, rate) || !breath->shape) {
        breath_free(breath);
        return NULL;
    }
    phase_init(&breath->phase);
    breath_reset(breath);
    return breath;
}

void breath_free(Breath* const breath)
{
    if (breath) {
        shape_free(breath->shape);
        turns_free(&breath->turns);
        free(breath);
    }
}

void breath_reset(Breath* const breath)
{
    bank_init(&breath->bank);
    clock_init(&breath->clock);
    phase_reset(&breath->phase);
    hum_forget(&breath->hum);
    shape_reset(breath->shape);
    turns_reset(&breath->turns);
    breath->now = breath->next_tick = 0;
    breath->has_signal = breath->waiting = false;
    intervals_forget(&breath->intervals);
    breath->last_at = breath->concluded_at = 0;
    breath->last_fraction = 0.0;
    breath->last_rr_s = 0.0;
    breath->confidence = breath->rate_per_min = 0.0;
    memset(breath->usual, 0, sizeof breath->usual);
    breath->depth = breath->present = breath->known_s = 0.0;
    breath->source = BREATH_FROM_NOTHING;
    breath->telling = breath->event_due = breath->inhaling = false;
    breath->hush_s = 0.0;
    breath->turned_at = 0;
    breath->in_s = breath->out_s = 0.0;
}

void breath_set_beat_delay(Breath* const breath, const uint32_t frames)
{
    const uint32_t most = (uint32_t)(2.0 * breath->rate);
    breath->delay = frames < most ? frames : most;
}

void breath_set_aligned(Breath* const breath, const bool aligned)
{
    breath->aligned = aligned;
}

void breath_set_sensor(Breath* const breath, const BreathSensor sensor)
{
    breath->sensor = sensor;
    shape_set_kind(breath->shape, sensor == BREATH_SENSOR_ECG   ? SHAPE_ECG
                                  : sensor == BREATH_SENSOR_PPG ? SHAPE_PPG
                                                                : SHAPE_UNKNOWN);
}

void breath_forget(Breath* const breath)
{
    memset(&breath->phase.memory, 0, sizeof breath->phase.memory);
    phase_reset(&breath->phase);
}

uint32_t breath_belt_delay(const double rate)
{
    return rate > 0.0 ? (uint32_t)lrint(fmin(rate, 1e6) * TURNS_DELAY_S) : 0;
}

static ShapeKind kind_of(const Breath* const breath)
{
    return shape_kind(breath->shape);
}

static double seconds_since(const Breath* const breath, const uint64_t frame)
{
    return (double)(int64_t)(breath->now - frame) / breath->rate;
}

// --- beats

// Hands the waiting beat to the bank, with its shape if the signal after it is there.
static void take_beat(Breath* const breath)
{
    const uint64_t at = breath->waiting_at;
    BreathIntervals* const rr = &breath->intervals;
    const double since =
        (double)(int64_t)(at - breath->last_at) + breath->fraction - breath->last_fraction;
    const double since_s = rr->any ? since / breath->rate : 0.0;
    breath->waiting = false;
    if (!intervals_beat(rr, since_s, breath->beat.reliable)) {
        return;
    }
    BankBeat beat = {.dt_s = (float)since_s,
                     .rr_s = (float)rr->mean_s,
                     .interval_valid = rr->pair,
                     .difference_s = (float)rr->difference_s,
                     .shape = {breath->beat.amplitude, breath->beat.baseline, NAN}};
    if (breath->has_signal) {
        const BeatShape shape =
            shape_take(breath->shape, (uint32_t)fmin((double)(breath->now - at), 4e9));
        beat.shape[0] = shape.height;
        beat.shape[1] = shape.level;
        beat.shape[2] = shape.mean;
    }
    if (!breath->beat.reliable) { // an ectopic beat has another shape
        beat.shape[0] = beat.shape[1] = NAN;
    }
    breath->last_at = at;
    breath->last_fraction = breath->fraction;
    breath->last_rr_s = rr->valid ? since_s : rr->mean_s;
    bank_beat(&breath->bank, &beat);
}

void breath_beat(Breath* const breath, const BreathBeat* const beat)
{
    breath_beat_between(breath, beat, 0.0);
}

void breath_beat_between(Breath* const breath, const BreathBeat* const beat, const double fraction)
{
    if (breath->waiting) {
        take_beat(breath);
    }
    const uint64_t late = breath->aligned ? 0 : breath->delay;
    breath->waiting_at = breath->now - late; // may lie before the start: unsigned wraps, as meant
    breath->fraction = fraction;
    breath->beat = *beat;
    breath->waiting = true;
}

// --- what the bank says

static BreathSource leading(const BankResult* const result)
{
    const float interval = result->source[0].support;
    const float height = result->source[1].support;
    const float level = fmaxf(result->source[2].support, result->source[3].support);
    if (interval >= height && interval >= level) {
        return BREATH_FROM_INTERVALS;
    }
    return height >= level ? BREATH_FROM_AMPLITUDE : BREATH_FROM_BASELINE;
}

static void measure_depth(Breath* const breath, const BankResult* const result)
{
    breath->known_s = fmin(breath->known_s + breath->last_rr_s, DEPTH_MEMORY_S);
    const double gain =
        breath->known_s > 0.0 ? fmin(breath->last_rr_s / breath->known_s, 1.0) : 0.0;
    double sum = 0.0;
    double weights = 0.0;
    for (int s = 0; s < BANK_SOURCES; ++s) {
        const double amplitude = (double)result->source[s].amplitude;
        double* const usual = &breath->usual[s];
        *usual += gain * (amplitude - *usual);
        if (*usual > 1e-12) {
            const double weight = (double)result->source[s].support + 1e-3;
            sum += weight * amplitude / *usual;
            weights += weight;
        }
    }
    breath->depth = weights > 0.0 ? fmin(sum / weights, (double)DEEPEST) : 0.0;
    const double over_s = FORGIVE * 60.0 / fmax((double)result->rate_per_min, 1.0);
    breath->present += breath->last_rr_s / (breath->last_rr_s + over_s) *
                       (fmin(breath->depth, 1.0) - breath->present);
}

// How sure it is that there is a breath just now: evidence fades slowly, a held breath is seen soon
static double breathing(const Breath* const breath)
{
    return fmin(fmax((breath->present - STILL) / (BREATHING - STILL), LEAST_SURE), 1.0);
}

static void conclude(Breath* const breath)
{
    breath->concluded_at = breath->last_at;
    const BankResult* const result = &breath->bank.result;
    if (!breath->clock.led) {
        breath->rate_per_min = (double)result->rate_per_min;
        breath->source = leading(result);
    }
    measure_depth(breath, result);
    breath->confidence = (double)result->confidence * breathing(breath) *
                         fmin(breath->intervals.beats / WARM_UP_BEATS, 1.0);
    const double per_s = (double)result->rate_per_min / 60.0;
    const double at_beat = phase_from_bank(&breath->phase, result, breath->last_rr_s,
                                           breath->intervals.mean_s, kind_of(breath));
    const double now = at_beat + per_s * seconds_since(breath, breath->last_at);
    if (!hum_leads(&breath->hum) && !breath->clock.led) {
        clock_aim(&breath->clock, now, per_s, !breath->telling);
    }
}

// --- the clock

static double confidence_now(const Breath* const breath)
{
    if (breath->clock.led) {
        return BELT_SURE;
    }
    if (hum_leads(&breath->hum)) {
        return HUM_CONFIDENCE;
    }
    if (!breath->intervals.any) {
        return 0.0;
    }
    const double quiet_s = seconds_since(breath, breath->last_at) - FRESH_S;
    if (quiet_s > FORGET_S) {
        return 0.0;
    }
    return breath->confidence * (quiet_s > 0.0 ? exp(-quiet_s / FADE_S) : 1.0);
}

static void tick(Breath* const breath)
{
    const uint64_t need = (uint64_t)(SHAPE_AFTER_S * breath->rate) + breath->tick;
    if (breath->waiting &&
        (!breath->has_signal || (int64_t)(breath->now - breath->waiting_at) >= (int64_t)need)) {
        take_beat(breath);
    }
    for (uint32_t i = 0; i < breath->steps; ++i) {
        if (bank_step(&breath->bank)) {
            conclude(breath);
        }
    }
    breath->clock.led = turns_lead(&breath->turns, breath->now);
    if (!breath->clock.led) {
        breath_follow_hum(breath);
    }
    const double dt_s = breath->tick / breath->rate;
    const double confidence = confidence_now(breath);
    breath->hush_s = confidence < TELL_UNTIL ? breath->hush_s + dt_s : 0.0;
    if (breath->hush_s > HUSH_S || (confidence < TELL_UNTIL && breath->present < STILL)) {
        breath->telling = false;
    } else if (confidence >= BREATH_TELL_FROM) {
        breath->telling = true;
    }
    double when_s = 0.0;
    const ClockEvent event = clock_advance(&breath->clock, dt_s, &when_s);
    if (event == CLOCK_NOTHING) {
        return;
    }
    breath->event_due = true;
    breath->event_at = breath->now + (uint64_t)fmin(when_s * breath->rate, breath->tick - 1.0);
    breath->event_type = event == CLOCK_IN_STARTS ? BREATH_IN_STARTS : BREATH_OUT_STARTS;
}

static bool tell(Breath* const breath, const uint32_t age, BreathEvent* const event)
{
    const double lasted_s = breath->turned_at > 0 ? seconds_since(breath, breath->turned_at) : 0.0;
    breath->inhaling = breath->event_type == BREATH_IN_STARTS;
    breath->turned_at = breath->now;
    if (breath->inhaling) {
        intervals_breath(&breath->intervals);
    }
    if (!breath->telling) {
        breath->turned_at = 0;
        breath->in_s = breath->out_s = 0.0;
        return false;
    }
    if (breath->inhaling) {
        breath->out_s = lasted_s;
    } else {
        breath->in_s = lasted_s;
    }
    *event = (BreathEvent){.type = breath->event_type,
                           .age_frames = age,
                           .rate_per_min = (float)breath->rate_per_min,
                           .depth = (float)breath->depth,
                           .confidence = (float)confidence_now(breath)};
    return true;
}

// A turn of the belt is to be told now.
static bool tell_turn(Breath* const breath, BreathEvent* const event)
{
    const Turn turn = turns_take(&breath->turns);
    if (!turns_lead(&breath->turns, breath->now)) {
        return false;
    }
    const bool in_starts = turn.kind == BELT_LOWEST;
    const BreathTurns* const turns = &breath->turns;
    const double share = breath->clock.in_share;
    breath->clock.led = breath->telling = true;
    breath->event_due = false;
    breath->source = BREATH_FROM_BELT;
    breath->rate_per_min = turns_per_s(turns) * 60.0;
    breath->depth = (double)fminf(belt_depth(turns->belt), DEEPEST);
    clock_turn(&breath->clock, in_starts,
               in_starts ? share / turns->in_s : (1.0 - share) / turns->out_s);
    breath->event_type = in_starts ? BREATH_IN_STARTS : BREATH_OUT_STARTS;
    return tell(breath, (uint32_t)(breath->now - turn.at), event);
}

uint32_t breath_process(Breath* const breath, const float* const in, const float* const belt,
                        const uint32_t n, BreathEvent* const events, const uint32_t capacity)
{
    uint32_t told = 0;
    breath->has_signal = in != NULL;
    for (uint32_t done = 0; done < n;) {
        BreathEvent event;
        if (breath->now == breath->next_tick) {
            tick(breath);
            breath->next_tick += breath->tick;
        }
        if (breath->event_due && breath->now == breath->event_at) {
            breath->event_due = false;
            if (tell(breath, 0, &event) && told < capacity) {
                event.frame = done;
                events[told++] = event;
            }
        }
        if (turns_due(&breath->turns) == breath->now && tell_turn(breath, &event) &&
            told < capacity) {
            event.frame = done;
            events[told++] = event;
        }
        uint64_t stop = breath->next_tick;
        if (breath->event_due && breath->event_at < stop) {
            stop = breath->event_at;
        }
        stop = turns_due(&breath->turns) < stop ? turns_due(&breath->turns) : stop;
        uint32_t part = stop - breath->now < n - done ? (uint32_t)(stop - breath->now) : n - done;
        for (uint32_t i = 0; belt && i < part; ++i) {
            if (turns_frame(&breath->turns, belt[done + i], breath->now + i)) {
                breath_turned(breath);
            }
            // What was found may be due within this part
            const uint64_t due = turns_due(&breath->turns) - breath->now;
            part = due < part ? (uint32_t)due : part;
        }
        if (in) {
            shape_process(breath->shape, in + done, part);
        }
        breath->now += part;
        done += part;
    }
    return told;
}

BreathState breath_state(const Breath* const breath)
{
    const double confidence = confidence_now(breath);
    const bool known = confidence > 0.0 && breath->rate_per_min > 0.0;
    const ShapeKind kind = kind_of(breath);
    return (BreathState){
        .rate_per_min = known ? (float)breath->rate_per_min : 0.0f,
        .phase = (float)fmin(breath->clock.phase, 0.99999),
        .fullness = known ? (float)clock_fullness(&breath->clock) : 0.0f,
        .inhaling = breath->clock.phase < breath->clock.in_share,
        .depth = known ? (float)breath->depth : 0.0f,
        .in_s = (float)breath->in_s,
        .out_s = (float)breath->out_s,
        .resp_hrv_ms = known ? (float)breath->intervals.swing_ms : 0.0f,
        .confidence = (float)confidence,
        .told = breath->telling && known,
        .source = known ? breath->source : BREATH_FROM_NOTHING,
        .sensor = kind == SHAPE_ECG   ? BREATH_SENSOR_ECG
                  : kind == SHAPE_PPG ? BREATH_SENSOR_PPG
                                      : BREATH_SENSOR_AUTO,
    };
}

void breath_memory(const Breath* const breath, BreathMemory* const memory)
{
    *memory = breath->phase.memory;
}

void breath_set_memory(Breath* const breath, const BreathMemory* const memory)
{
    phase_set_memory(&breath->phase, memory);
}
