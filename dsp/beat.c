// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/beat.h"

#include "dsp/beat_finer.h"
#include "dsp/beat_locate.h"
#include "dsp/beat_path.h"
#include "dsp/beat_queue.h"
#include "dsp/beat_sensor.h"
#include "dsp/decimator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The delay D, s: band filter and feature window of the ECG take 0.11 s after the R peak, the rest
// is look-ahead for a larger wave (a P wave is told from its QRS complex by it)
#define DELAY_S 0.300

// Inner rates, Hz: R peaks are placed at the first, beats are decided at the second
#define BASE_HZ   1000.0
#define DETECT_HZ 250.0

// Kept free for the fine location, s: it moves the fiducial point by less; at low rates this many
// base samples
#define LOCATE_S       0.004
#define LOCATE_SAMPLES 3.0

// Input beyond this is no sensor's (full scale is 1; raw converter counts stay below 2^24)
#define WILD 1e9F

// A line without any change for this long is dead, s; levels are learnt anew after the second
#define FLAT_S   0.3
#define FORGET_S 3.0

// Without a beat for this long the rhythm is lost, s: twice the interval at 30 beats per minute
#define LOST_S 4.0

// A beat on the edge of a dead line is a step, no beat, s
#define EDGE_S 0.08

// Beats are never closer, s (400 per minute; each path keeps its own refractory time, but while the
// sensor is being found out a beat may be seen by one path after the other)
#define APART_S 0.15

// A staircase: more than this part of the samples around beats repeat the one before
#define REPEATS 0.4F

struct Beat {
    double rate_hz;
    uint32_t factor;        // frames per base sample
    uint32_t detect_factor; // base samples per detection sample
    uint32_t delay;         // D, frames
    int reach;              // base samples that the fine location looks to either side
    BeatSensor sensor;      // as set
    BeatPolarity polarity;  // as set
    Decimator* to_base;
    Decimator* to_detect;

    uint64_t frames;             // taken since the reset
    int64_t samples;             // base samples since the reset
    float base[LOCATE_RING];     // base samples
    BeatFiner finer;             // stretches of them, where their rate is low
    uint8_t repeat[LOCATE_RING]; // 1: the input repeated the frame one base period before
    float last_input, last_base;
    uint32_t spoilt; // base samples still spoilt by a wild frame
    uint32_t flat;   // base samples without change
    uint32_t flat_limit, forget_limit;
    bool forgotten;      // on this dead line all that was learnt became void
    uint32_t waking;     // base samples that still hold the step from a dead line
    int64_t since_reset; // detection samples are counted from this base sample
    int64_t detected;    // detection samples since

    BeatPath ecg, pulse; // only what may be the sensor's is at work
    bool ecg_idle, pulse_idle;
    SensorGuess guess;
    bool inverted; // the pulse path is fed upside down

    BeatQueue queue;
    uint64_t last_due;

    uint32_t found;     // beats since the levels were learnt
    int64_t last_found; // base sample of the last one
    float quality;      // running quality
    float repeats;      // running part of repeated samples around beats
    uint32_t rail;      // base samples that the input has stood still at its extreme
    float clipping;     // running part of beats with a flat top
};

static uint32_t factor_for(const double rate)
{
    const double factor = floor(rate / BASE_HZ + 0.5);
    return factor < 1.0 ? 1U : (uint32_t)factor;
}

uint32_t beat_delay(const double rate)
{
    return (uint32_t)lround(DELAY_S * rate);
}

void beat_free(Beat* const b)
{
    if (b) {
        decimator_free(b->to_base);
        decimator_free(b->to_detect);
        free(b);
    }
}

Beat* beat_new(const double rate)
{
    if (!(rate >= BEAT_MIN_RATE && rate <= BEAT_MAX_RATE)) {
        return NULL;
    }

    Beat* const b = (Beat*)calloc(1, sizeof(Beat));
    if (!b) {
        return NULL;
    }
    b->rate_hz = rate;
    b->factor = factor_for(rate);
    const double base_hz = rate / b->factor;
    const double per = floor(base_hz / DETECT_HZ + 0.5);
    b->detect_factor = per < 1.0 ? 1U : (uint32_t)per;
    const double detect_hz = base_hz / b->detect_factor;
    b->delay = beat_delay(rate);
    b->to_base = decimator_new(b->factor);
    b->to_detect = decimator_new(b->detect_factor);
    if (!b->to_base || !b->to_detect) {
        beat_free(b);
        return NULL;
    }

    // What the path has left of D after both decimators, counted in whole detection samples
    const double spent = decimator_delay(b->to_base) / rate +
                         decimator_delay(b->to_detect) / base_hz + 1.0 / base_hz;
    const double locate_s = fmax(LOCATE_S, LOCATE_SAMPLES / base_hz);
    b->reach = (int)ceil(locate_s * base_hz - 1e-9) - 1;
    path_init(&b->ecg, &path_ecg, detect_hz, DELAY_S - spent - locate_s);
    path_init(&b->pulse, &path_pulse, detect_hz, DELAY_S - spent - locate_s);
    sensor_init(&b->guess, detect_hz);
    finer_init(&b->finer, base_hz);
    b->flat_limit = (uint32_t)lround(FLAT_S * base_hz);
    b->forget_limit = (uint32_t)lround(FORGET_S * base_hz);
    beat_reset(b);
    return b;
}

// Learn everything anew from the next sample on
static void forget(Beat* const b)
{
    decimator_reset(b->to_detect);
    path_reset(&b->ecg);
    path_reset(&b->pulse);
    sensor_reset(&b->guess);
    b->inverted = b->polarity == BEAT_INVERTED;
    b->since_reset = b->samples;
    b->detected = 0;
    b->found = 0;
    b->last_found = INT64_MIN / 2;
    b->quality = 0.0F;
    b->repeats = 0.0F;
    b->clipping = 0.0F;
}

void beat_reset(Beat* const b)
{
    decimator_reset(b->to_base);
    memset(b->base, 0, sizeof(b->base));
    memset(b->repeat, 0, sizeof(b->repeat));
    b->frames = 0;
    b->samples = 0;
    b->last_input = 0.0F;
    b->last_base = 0.0F;
    b->spoilt = 0;
    b->flat = b->flat_limit; // nothing has come yet
    b->forgotten = true;
    b->waking = 0;
    b->queue.n = 0;
    b->last_due = 0;
    b->rail = 0;
    forget(b);
}

void beat_set_sensor(Beat* const b, const BeatSensor sensor)
{
    b->sensor = sensor;
}

void beat_set_polarity(Beat* const b, const BeatPolarity polarity)
{
    b->polarity = polarity;
    b->ecg.forced = polarity == BEAT_UPRIGHT ? 1 : polarity == BEAT_INVERTED ? -1 : 0;
}

BeatSensor beat_sensor(const Beat* const b)
{
    if (b->sensor != BEAT_AUTO_SENSOR) {
        return b->sensor;
    }
    return !b->guess.looks ? BEAT_AUTO_SENSOR : b->guess.pulse ? BEAT_PPG : BEAT_ECG;
}

BeatPolarity beat_polarity(const Beat* const b)
{
    if (b->polarity != BEAT_AUTO_POLARITY) {
        return b->polarity;
    }
    if (b->found < 3U) {
        return BEAT_AUTO_POLARITY;
    }
    const bool down = beat_sensor(b) == BEAT_PPG ? b->inverted : b->ecg.upward < 0.0;
    return down ? BEAT_INVERTED : BEAT_UPRIGHT;
}

bool beat_is_staircase(const Beat* const b)
{
    return b->repeats > REPEATS;
}

BeatState beat_state(const Beat* const b)
{
    if (b->flat >= b->flat_limit) {
        return BEAT_WAITING;
    }
    const double base_hz = b->rate_hz / b->factor;
    const double silent = (double)(b->samples - b->last_found) / base_hz;
    if (b->clipping > 0.5F && b->found > 2U) {
        return BEAT_CLIPPING;
    }
    if (b->found && silent > LOST_S) {
        return BEAT_LOST;
    }
    if (b->found < 4U) {
        return BEAT_LEARNING;
    }
    return b->quality >= 0.5F ? BEAT_TRACKING : BEAT_POOR;
}

float beat_quality(const Beat* const b)
{
    const BeatState state = beat_state(b);
    const float part = beat_is_staircase(b) ? 0.5F : 1.0F;
    return state == BEAT_TRACKING || state == BEAT_POOR ? part * b->quality
           : state == BEAT_CLIPPING                     ? 0.5F * part * b->quality
                                                        : 0.0F;
}

static float clamp01(const float x)
{
    return x < 0.0F ? 0.0F : x > 1.0F ? 1.0F : x;
}

// How many base samples around a position repeat the one before, as a part
static float repeats_near(const Beat* const b, const int64_t middle, const int reach)
{
    int n = 0;
    for (int64_t k = middle - reach; k <= middle + reach; ++k) {
        n += b->repeat[(uint64_t)k % LOCATE_RING];
    }
    return (float)n / (float)(2 * reach + 1);
}

// Longest run of repeated samples at the very top of a wave
static int flat_top(const Beat* const b, const int64_t peak)
{
    int run = 0;
    for (int way = -1; way <= 1; way += 2) {
        for (int i = way > 0 ? 1 : 0; i < 40; ++i) {
            if (!b->repeat[(uint64_t)(peak + way * i) % LOCATE_RING]) {
                break;
            }
            ++run;
        }
    }
    return run;
}

// Detection sample k was completed by base sample since_reset + (k + 1) detect_factor - 1, and base
// sample k by frame (k + 1) factor - 1; both lie the decimators' delay before that
static double base_position(const Beat* const b, const double sample)
{
    return (double)b->since_reset + (sample + 1.0) * b->detect_factor - 1.0 -
           decimator_delay(b->to_detect);
}

// The samples around a position, so many for each base sample
static const float* samples_near(Beat* const b, const double position)
{
    if (b->finer.factor == 1) {
        return b->base;
    }
    finer_fill(&b->finer, b->base, position, b->reach);
    return b->finer.ring;
}

static double peak_near(Beat* const b, const double position, const float sign)
{
    const int per = b->finer.factor;
    const float* const ring = samples_near(b, position);
    return locate_peak(ring, position * per, b->reach * per, sign) / per;
}

// The middle of the upslope, between foot and top as they are at the finer rate
static double pulse_place(Beat* const b, const FoundBeat* const f)
{
    const float sign = b->inverted ? -1.0F : 1.0F;
    if (f->tilt != 0.0) {
        return base_position(b, f->mark); // the middle of what is left without the wander
    }
    const int per = b->finer.factor;
    const int reach = b->reach * per;
    const double above = base_position(b, f->top);
    const double below = base_position(b, f->foot);
    const double middle = base_position(b, f->mark);
    const double top = locate_value(samples_near(b, above), above * per, reach, sign);
    const double foot = locate_value(samples_near(b, below), below * per, reach, -sign);
    return locate_crossing(samples_near(b, middle), middle * per, reach, 0.5 * (foot + top), sign) /
           per;
}

// A path has decided: find the fiducial point exactly and let the beat wait for its frame
static void beat_found(Beat* const b, const FoundBeat* const f, const bool pulse)
{
    const double base_hz = b->rate_hz / b->factor;
    const double place =
        pulse ? pulse_place(b, f) : peak_near(b, base_position(b, f->mark), f->down ? -1.0F : 1.0F);

    const double frame = (place + 1.0) * b->factor - 1.0 - decimator_delay(b->to_base);
    const double whole = floor(frame + 0.5);
    uint64_t due = whole < 0.0 ? b->delay : (uint64_t)whole + b->delay;
    if (due < b->frames) {
        due = b->frames; // cannot be: the deadline leaves room for the fine location
    }
    if (b->last_due && due < b->last_due + (uint64_t)(APART_S * b->rate_hz)) {
        return;
    }

    // A step at the edge of a dead line is no beat
    const int64_t middle = (int64_t)lround(place);
    if (b->flat >= b->flat_limit &&
        middle + (int64_t)(EDGE_S * base_hz) >= b->samples - (int64_t)b->flat) {
        return;
    }

    b->last_due = due;
    b->repeats += 0.2F * (repeats_near(b, middle, (int)(0.02 * base_hz)) - b->repeats);
    b->clipping +=
        0.2F * ((flat_top(b, middle) > (int)(0.006 * base_hz) ? 1.0F : 0.0F) - b->clipping);

    const double sure = 1.0 / (1.0 + exp(-f->evidence));
    const double alike = f->known ? (f->likeness - 0.5) * 2.0 : 0.0;
    const float quality = clamp01((float)(sure * alike));

    const BeatEvent event = {
        .kind = BEAT_EVENT_BEAT,
        .reliable = f->reliable && b->found >= 2U,
        .fraction = (float)(frame - whole),
        .quality = quality,
        .amplitude = f->height,
        .baseline = pulse && b->inverted ? -f->base : f->base,
        .width_ms = 1000.0F * f->width_s,
        .likeness = f->likeness,
        .usual = f->usual,
    };
    beat_queue_add(&b->queue, due, &event);

    b->last_found = b->samples;
    b->found += b->found < UINT32_MAX;
    b->quality += (b->found < 4U ? 0.5F : 0.25F) * (quality - b->quality);
}

// What the sensor cannot be has a rest; what it may be now begins anew
static void choose_paths(Beat* const b)
{
    const bool ecg_idle = b->sensor == BEAT_PPG;
    const bool pulse_idle = b->sensor == BEAT_ECG;
    if (b->ecg_idle && !ecg_idle) {
        path_begin(&b->ecg, b->detected);
    }
    if (b->pulse_idle && !pulse_idle) {
        path_begin(&b->pulse, b->detected);
        sensor_reset(&b->guess); // of whose polarity a pulse makes use
    }
    b->ecg_idle = ecg_idle;
    b->pulse_idle = pulse_idle;
}

// One sample at about 250 Hz
static void detect(Beat* const b, const float x)
{
    FoundBeat found;
    choose_paths(b);
    if (!b->pulse_idle) {
        sensor_step(&b->guess, x);
    }
    const bool pulse = b->ecg_idle || (!b->pulse_idle && b->guess.pulse);
    bool began = false;
    if (!b->ecg_idle) {
        if (path_step(&b->ecg, x, &found) && !pulse) {
            beat_found(b, &found, false);
        }
        began = path_trigger(&b->ecg) && !pulse;
    }
    if (!b->pulse_idle) {
        // A pulse the other way up: the path must begin anew, its shapes are of no use
        const bool inverted =
            b->polarity == BEAT_INVERTED || (b->polarity == BEAT_AUTO_POLARITY && b->guess.upside);
        if (inverted != b->inverted) {
            b->inverted = inverted;
            path_begin(&b->pulse, b->detected);
        }
        if (path_step(&b->pulse, b->inverted ? -x : x, &found) && pulse) {
            beat_found(b, &found, true);
        }
        began |= path_trigger(&b->pulse) && pulse;
    }
    ++b->detected;
    if (began) {
        const BeatEvent event = {.kind = BEAT_EVENT_PROVISIONAL};
        beat_queue_add(&b->queue, b->frames - 1U, &event);
    }
}

// One sample at about 1 kHz; `input` is the frame that completed it
static void take_base(Beat* const b, float x, const float input)
{
    if (!(fabsf(x) < WILD)) {
        // Not a number or far out: hold the last good sample until the window is clean again
        decimator_reset_sums(b->to_base);
        b->spoilt = DECIMATOR_SPAN;
    }
    bool still = input == b->last_input || !(fabsf(input) < WILD);
    if (b->spoilt) {
        --b->spoilt;
        x = b->last_base;
        still = true;
    }
    b->last_input = input;
    b->last_base = x;

    const uint64_t k = (uint64_t)b->samples % LOCATE_RING;
    b->base[k] = x;
    b->repeat[k] = still;
    ++b->samples;

    if (!still) {
        if (b->forgotten) {
            b->forgotten = false;
            b->waking = DECIMATOR_SPAN;
        }
        b->flat = 0;
    } else if (b->flat < b->forget_limit) {
        ++b->flat;
    } else {
        b->forgotten = true;
    }

    // The step at the end of a dead line may be far larger than the beats; what learns begins after
    // it has left the decimator
    if (b->waking) {
        if (--b->waking == 0) {
            forget(b);
        }
        return;
    }

    float y = 0.0F;
    bool ready = false;
    decimator_feed(b->to_detect, &x, 1, &y, &ready);
    if (ready) {
        detect(b, y);
    }
}

uint32_t beat_process(Beat* const b, const float* in, const uint32_t n, BeatEvent* const events,
                      const uint32_t capacity)
{
    const uint64_t start = b->frames;
    for (uint32_t i = 0; i < n;) {
        float x = 0.0F;
        bool ready = false;
        const uint32_t taken = decimator_feed(b->to_base, in + i, n - i, &x, &ready);
        i += taken;
        b->frames += taken;
        if (ready) {
            take_base(b, x, in[i - 1U]);
        }
    }
    return beat_queue_take(&b->queue, start, b->frames, events, capacity);
}
