// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/heart.h"

#include "dsp/heartnoise.h"
#include "dsp/heartrhythm.h"
#include "dsp/heartwave.h"
#include "dsp/random.h"

#include <math.h>
#include <stdlib.h>

#define TICK_S       1e-3 // grid of breath, glides and noise
#define GLIDE_S      2.0  // time constant of rate changes
#define FIRST_BEAT_S 0.5  // R peak of the first beat
#define LONGEST_RR_S 3.0

#define QUEUE 8 // events known but not yet due; at most 5 occur (two beats, two pulses, a breath)

#define MEAN_LEVEL_ECG 0.05 // about the mean of the shapes relative to the amplitude, taken off
#define MEAN_LEVEL_PPG 0.37

typedef struct {
    double time; // frames since the start
    HeartEventKind kind;
    bool ectopic;
    double rr_s;
} Due;

typedef struct {
    HeartSignal signal;
    double heart_rate, breath_rate; // per minute
    double inhale_share, breath_jitter;
    double rsa_ms, rsa_reference; // reference per minute, 0 = none
    double mayer_ms, very_slow_ms, jitter_ms;
    double ectopics, dropouts; // per minute
    double amplitude, amplitude_modulation, baseline_modulation;
    double noise_db[HEARTNOISE_KINDS];
    bool inverted;
} Settings;

struct Heart {
    double rate, tick_s;
    uint32_t step; // frames per tick
    uint32_t seed;
    Settings set;

    uint64_t frame;   // frames since the start
    uint32_t in_tick; // frames since the last tick, 0 = the tick is due
    Random breaths;   // jitter of the breath
    Random faults;    // ectopics and dropouts
    Heartrhythm rhythm;
    double heart_rate; // glided, per minute
    double breath_rate;

    double phase;      // breath phase at the last tick, 0..1
    double cycle_rate; // breaths per second of the present cycle, jitter included, at the last tick
    double cycle_stretch;

    HeartwaveBeat previous, last, next;
    bool compensate;      // the last beat was ectopic, a pause follows
    double compensated_s; // length of that pause

    Heartnoise noise;
    double noise_now, noise_next;
    double dead_left_s; // rest of a dropout

    Due due[QUEUE];
    uint32_t n_due;
};

// --- small helpers -------------------------------------------------------------------------------

static void set_within(double* target, double value, double low, double high)
{
    if (!isnan(value)) {
        *target = fmin(fmax(value, low), high);
    }
}

static double rsa_swing_ms(const Heart* h)
{
    if (h->set.rsa_reference <= 0.0) {
        return h->set.rsa_ms;
    }
    return h->set.rsa_ms *
           heartrhythm_rsa_ratio(h->breath_rate / 60.0, h->set.rsa_reference / 60.0);
}

// --- the rhythm ----------------------------------------------------------------------------------

static void push_due(Heart* h, Due due)
{
    if (h->n_due >= QUEUE) {
        return;
    }
    uint32_t at = h->n_due++;
    for (; at > 0 && h->due[at - 1].time > due.time; --at) {
        h->due[at] = h->due[at - 1];
    }
    h->due[at] = due;
}

static void push_beat(Heart* h, const HeartwaveBeat* beat, const HeartwaveBeat* before)
{
    const double transit_s = h->set.signal == HEART_PPG ? HEARTWAVE_TRANSIT_S : 0.0;
    const double time = (beat->time_s + transit_s) * h->rate;
    if (beat->amplitude > 0.0 && time >= (double)h->frame) {
        push_due(
            h, (Due){time, HEART_BEAT, beat->ectopic, before->amplitude > 0.0 ? beat->rr_s : 0.0});
    }
}

// The interval that follows the last beat.
static double normal_interval_s(Heart* h, double phase)
{
    const HeartrhythmInput input = {
        .mean_s = 60.0 / h->heart_rate,
        .breath_phase = phase,
        .breath_hz = h->cycle_rate,
        .inhale_share = h->set.inhale_share,
        .rsa_ms = rsa_swing_ms(h),
        .mayer_ms = h->set.mayer_ms,
        .very_slow_ms = h->set.very_slow_ms,
        .jitter_ms = h->set.jitter_ms,
    };
    const double rr_s = heartrhythm_next_s(&h->rhythm, &input, h->last.rr_s);
    return fmin(fmax(rr_s, HEARTWAVE_SHORTEST_RR_S), LONGEST_RR_S);
}

// The R peak of `next` has been reached: it becomes the last one, another is planned.
static void advance_beat(Heart* h)
{
    h->previous = h->last;
    h->last = h->next;

    const double past_tick_s = h->last.time_s - (double)(h->frame - h->in_tick) / h->rate;
    const double phase = h->phase + h->cycle_rate * past_tick_s;
    double rr_s = normal_interval_s(h, phase);
    bool ectopic = false;
    if (h->compensate) {
        rr_s = fmax(h->compensated_s, rr_s);
        h->compensate = false;
    } else {
        const double chance = h->set.ectopics * rr_s / 60.0;
        const double coupling = 0.58 + 0.17 * random_uniform(&h->faults); // of the interval
        if (random_uniform(&h->faults) < chance && rr_s * coupling > 0.4) {
            ectopic = true;
            h->compensate = true;
            h->compensated_s = (2.0 - coupling) * rr_s;
            rr_s *= coupling;
        }
    }
    const double breath = heartrhythm_volume(phase, h->set.inhale_share) - 0.5;
    const double full = h->set.amplitude;
    const bool weak = ectopic && h->set.signal == HEART_PPG; // little filling, little pulse
    h->next = (HeartwaveBeat){
        .time_s = h->last.time_s + rr_s,
        .rr_s = rr_s,
        .amplitude = full * (1.0 - h->set.amplitude_modulation * breath) * (weak ? 0.5 : 1.0),
        .baseline = -full * h->set.baseline_modulation * breath,
        .ectopic = ectopic,
    };
    push_beat(h, &h->next, &h->last);
}

static void move_breath(Heart* h)
{
    // The new tick's phase is where the old tick's rate has led; crossings were announced then.
    const double glide = 1.0 - exp(-h->tick_s / GLIDE_S);
    h->heart_rate += glide * (h->set.heart_rate - h->heart_rate);
    h->breath_rate += glide * (h->set.breath_rate - h->breath_rate);
    if (h->phase >= 1.0) {
        h->phase -= 1.0;
        const double jitter = h->set.breath_jitter * random_normal(&h->breaths);
        h->cycle_stretch = fmin(fmax(1.0 + jitter, 0.5), 2.0);
    }
    h->cycle_rate = h->breath_rate / (60.0 * h->cycle_stretch);

    const double next = h->phase + h->cycle_rate * h->tick_s;
    const double share = h->set.inhale_share;
    const double here = (double)h->frame;
    const double frames_per_cycle = h->rate / h->cycle_rate;
    if (h->phase < share && share <= next) {
        const double time = here + (share - h->phase) * frames_per_cycle;
        push_due(h, (Due){time, HEART_OUT_BREATH, false, 0.0});
    }
    if (next >= 1.0) {
        const double time = here + (1.0 - h->phase) * frames_per_cycle;
        push_due(h, (Due){time, HEART_IN_BREATH, false, 0.0});
    }
}

static void tick(Heart* h)
{
    if (h->frame > 0) {
        h->phase += h->cycle_rate * h->tick_s;
    } else {
        push_due(h, (Due){0.0, HEART_IN_BREATH, false, 0.0});
    }
    move_breath(h);
    h->noise_now = h->noise_next;
    h->noise_next = heartnoise_tick(&h->noise);

    if (h->dead_left_s > 0.0) {
        h->dead_left_s -= h->tick_s;
    } else if (random_uniform(&h->faults) < h->set.dropouts * h->tick_s / 60.0) {
        h->dead_left_s = 1.0 + 3.0 * random_uniform(&h->faults);
    }
}

// --- the object ----------------------------------------------------------------------------------

static void update_levels(Heart* h)
{
    // Linear interpolation between the grid's values leaves 2/3 of white noise's power.
    static const double correction[HEARTNOISE_KINDS] = {1.2247448713915890, 1.0, 1.0};
    const double peak_to_peak = h->set.amplitude * (h->set.signal == HEART_ECG ? 1.2 : 1.0);
    for (int i = 0; i < HEARTNOISE_KINDS; ++i) {
        const double db = h->set.noise_db[i];
        h->noise.level[i] =
            db <= -120.0 ? 0.0 : correction[i] * peak_to_peak / sqrt(8.0) * pow(10.0, db / 20.0);
    }
}

void heart_reset(Heart* h)
{
    h->frame = 0;
    h->in_tick = 0;
    heartrhythm_init(&h->rhythm, h->seed, h->set.mayer_ms, h->set.very_slow_ms);
    h->breaths = random_make(h->seed, 3);
    h->faults = random_make(h->seed, 1);
    heartnoise_init(&h->noise, h->seed, h->tick_s);
    update_levels(h);
    h->noise_now = 0.0;
    h->noise_next = 0.0;
    h->dead_left_s = 0.0;
    h->n_due = 0;
    h->heart_rate = h->set.heart_rate;
    h->breath_rate = h->set.breath_rate;
    h->phase = 0.0;
    h->cycle_stretch = 1.0;
    h->cycle_rate = h->breath_rate / 60.0;
    h->compensate = false;

    // Before the first beat: silence of two beats without amplitude.
    const double mean_s = 60.0 / h->heart_rate;
    h->previous = (HeartwaveBeat){.time_s = FIRST_BEAT_S - 2.0 * mean_s - 2.0, .rr_s = mean_s};
    h->last = (HeartwaveBeat){.time_s = FIRST_BEAT_S - mean_s - 1.0, .rr_s = mean_s};
    h->next = (HeartwaveBeat){
        .time_s = FIRST_BEAT_S, .rr_s = mean_s + 1.0, .amplitude = h->set.amplitude};
    push_beat(h, &h->next, &h->last);
}

Heart* heart_new(double rate, uint32_t seed)
{
    if (!(rate >= 1000.0 && rate <= 1e6)) {
        return NULL;
    }
    Heart* const h = (Heart*)calloc(1, sizeof(Heart));
    if (!h) {
        return NULL;
    }
    h->rate = rate;
    h->step = (uint32_t)fmax(1.0, floor(rate * TICK_S + 0.5));
    h->tick_s = (double)h->step / rate;
    h->seed = seed;
    h->set = (Settings){
        .signal = HEART_ECG,
        .heart_rate = 66.0,
        .breath_rate = 15.0,
        .inhale_share = 0.4,
        .rsa_ms = 50.0,
        .mayer_ms = 10.0,
        .very_slow_ms = 10.0,
        .jitter_ms = 2.0,
        .amplitude = 0.2,
        .amplitude_modulation = 0.12,
        .baseline_modulation = 0.1,
        .noise_db = {-120.0, -120.0, -120.0},
    };
    heart_reset(h);
    return h;
}

void heart_free(Heart* h)
{
    free(h);
}

void heart_set_seed(Heart* h, uint32_t seed)
{
    h->seed = seed;
    heart_reset(h);
}

void heart_set_signal(Heart* h, HeartSignal signal)
{
    if (h->set.signal == signal) {
        return;
    }
    h->set.signal = signal;
    update_levels(h);
    // The truth of the beats ahead moves by the pulse's transit time.
    uint32_t kept = 0;
    for (uint32_t i = 0; i < h->n_due; ++i) {
        if (h->due[i].kind != HEART_BEAT) {
            h->due[kept++] = h->due[i];
        }
    }
    h->n_due = kept;
    push_beat(h, &h->last, &h->previous);
    push_beat(h, &h->next, &h->last);
}

// A glide is for a person who is running; before the first frame a setting is where they begin.
void heart_set_heart_rate(Heart* h, double beats_per_min)
{
    set_within(&h->set.heart_rate, beats_per_min, 20.0, 220.0);
    if (h->frame == 0) {
        h->heart_rate = h->set.heart_rate;
    }
}

void heart_set_breath_rate(Heart* h, double breaths_per_min)
{
    set_within(&h->set.breath_rate, breaths_per_min, 2.0, 40.0);
    if (h->frame == 0) {
        h->breath_rate = h->set.breath_rate;
        h->cycle_rate = h->breath_rate / 60.0;
    }
}

void heart_set_inhale_share(Heart* h, double share)
{
    // Within a cycle the share may jump over the present phase; the missing event is not invented.
    set_within(&h->set.inhale_share, share, 0.2, 0.8);
}

void heart_set_breath_jitter(Heart* h, double fraction)
{
    set_within(&h->set.breath_jitter, fraction, 0.0, 0.3);
}

void heart_set_rsa(Heart* h, double ms)
{
    set_within(&h->set.rsa_ms, ms, 0.0, 400.0);
}

void heart_set_rsa_reference(Heart* h, double breaths_per_min)
{
    if (breaths_per_min <= 0.0) {
        h->set.rsa_reference = 0.0;
    } else {
        set_within(&h->set.rsa_reference, breaths_per_min, 2.0, 40.0);
    }
}

void heart_set_slow_waves(Heart* h, double mayer_ms, double very_slow_ms)
{
    set_within(&h->set.mayer_ms, mayer_ms, 0.0, 200.0);
    set_within(&h->set.very_slow_ms, very_slow_ms, 0.0, 200.0);
    if (h->frame == 0) {
        heart_reset(h);
    }
}

void heart_set_jitter(Heart* h, double ms)
{
    set_within(&h->set.jitter_ms, ms, 0.0, 50.0);
}

void heart_set_ectopics(Heart* h, double per_min)
{
    set_within(&h->set.ectopics, per_min, 0.0, 30.0);
}

void heart_set_amplitude(Heart* h, double full_scale)
{
    set_within(&h->set.amplitude, full_scale, 0.001, 1.0);
    update_levels(h);
    if (h->frame == 0) {
        h->next.amplitude = h->set.amplitude;
    }
}

void heart_set_modulation(Heart* h, double amplitude, double baseline)
{
    set_within(&h->set.amplitude_modulation, amplitude, 0.0, 0.8);
    set_within(&h->set.baseline_modulation, baseline, 0.0, 2.0);
}

static void set_noise(Heart* h, HeartnoiseKind kind, double db)
{
    const double old = h->set.noise_db[kind];
    set_within(&h->set.noise_db[kind], db, -120.0, 20.0);
    if (h->set.noise_db[kind] != old) {
        update_levels(h);
    }
}

void heart_set_noise(Heart* h, double db)
{
    set_noise(h, HEARTNOISE_MUSCLE, db);
}
void heart_set_wander(Heart* h, double db)
{
    set_noise(h, HEARTNOISE_WANDER, db);
}
void heart_set_motion(Heart* h, double db)
{
    set_noise(h, HEARTNOISE_MOTION, db);
}

void heart_set_dropouts(Heart* h, double per_min)
{
    set_within(&h->set.dropouts, per_min, 0.0, 20.0);
}

void heart_set_inverted(Heart* h, bool inverted)
{
    h->set.inverted = inverted;
}

// One frame of the signal at the present frame.
static double sample(const Heart* h)
{
    if (h->dead_left_s > 0.0) {
        return 0.0;
    }
    const double time_s = (double)h->frame / h->rate;
    double clean = 0.0;
    if (h->set.signal == HEART_ECG) {
        clean = heartwave_ecg(&h->last, &h->next, time_s) - MEAN_LEVEL_ECG * h->set.amplitude;
    } else {
        clean = heartwave_ppg(&h->previous, &h->last, &h->next, time_s) -
                MEAN_LEVEL_PPG * h->set.amplitude;
    }
    const double way = (double)h->in_tick / (double)h->step;
    const double noise = h->noise_now + way * (h->noise_next - h->noise_now);
    return (h->set.inverted ? -clean : clean) + noise;
}

uint32_t heart_process(Heart* h, float* out, uint32_t n, HeartEvent* events, uint32_t capacity)
{
    uint32_t n_events = 0;
    for (uint32_t i = 0; i < n; ++i) {
        if (h->in_tick == 0) {
            tick(h);
        }
        if ((double)h->frame >= h->next.time_s * h->rate) {
            advance_beat(h);
        }
        while (h->n_due > 0 && h->due[0].time < (double)h->frame + 0.5) {
            const Due due = h->due[0];
            --h->n_due;
            for (uint32_t k = 0; k < h->n_due; ++k) {
                h->due[k] = h->due[k + 1];
            }
            if (n_events < capacity) {
                events[n_events++] = (HeartEvent){
                    .frame = i,
                    .offset = due.time - (double)h->frame,
                    .kind = due.kind,
                    .ectopic = due.ectopic,
                    .lost = due.kind == HEART_BEAT && h->dead_left_s > 0.0,
                    .rr_ms = 1e3 * due.rr_s,
                };
            }
        }
        if (out) {
            out[i] = (float)sample(h);
        }
        ++h->frame;
        if (++h->in_tick == h->step) {
            h->in_tick = 0;
        }
    }
    return n_events;
}

HeartState heart_state(const Heart* h)
{
    double phase = h->phase + h->cycle_rate * (double)h->in_tick / h->rate;
    phase -= floor(phase);
    return (HeartState){
        .heart_rate_per_min = h->heart_rate,
        .breath_rate_per_min = h->breath_rate,
        .breath_phase = phase,
        .inhaling = phase < h->set.inhale_share,
        .rsa_ms = rsa_swing_ms(h),
    };
}
