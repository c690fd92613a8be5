// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/drone.h"

#include "dsp/ceiling.h"
#include "dsp/dronevoices.h"
#include "dsp/random.h"
#include "dsp/room.h"
#include "dsp/sinebank.h"
#include "dsp/surf.h"
#include "dsp/voicing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.28318530717958647692

#define BLOCK  SINEBANK_BLOCK
#define STRIDE SINEBANK_STRIDE // a step of control is this many blocks

_Static_assert(ROOM_BLOCK == BLOCK && CEILING_BLOCK == BLOCK && SURF_BLOCK == BLOCK, "blocks");

// --- The mapping; thresholds of hearing and reasons are in docs/algorithms.md --------------------
#define DEFAULT_LUFS      (-30.0)
#define TONE_RANGE_DB     5.0  // tone 1 is so much louder than tone 0
#define SWELL_RANGE_DB    3.0  // full lungs are so much louder than empty ones
#define TILT_RANGE_DB     3.0  // and brighter by so many dB per octave
#define BEATING_HZ        2.0  // of the third partial at tone 0 and a root of 110 Hz
#define BEATING_RATIO     0.05 // at tone 1, relative to that
#define ROOM_FLOOR_DB     (-26.0)
#define ROOM_RANGE_DB     16.0 // synchrony 1 is so much more spacious
#define WARM_DB           1.5  // and darker by so many dB per octave
#define REFERENCE_ROOT_HZ 110.0

// --- Movement ------------------------------------------------------------------------------------
#define LEVEL_DB_PER_S 4.7  // fastest change of the level; 5 is the promise
#define LEVEL_LAG_S    0.15 // of small changes
#define LEVEL_EASE_S   0.07 // of its speed
#define FADE_DB        36.0 // start and stop pass through so much at that speed
#define TONE_S         0.9  // time constants, each twice in series
#define SYNCHRONY_S    1.5
#define DEPTH_S        0.8
#define BRIGHT_S       0.08
#define LONGEST_STEP_S 0.02 // the level moves in steps no longer than this

#define LOST_S        5.0  // without a beat: the sensor is lost
#define APNOEA_S      20.0 // without a new breath: its rhythm is lost
#define PULSE_AT_S    0.55 // the pulse is highest so long after the beat
#define PULSE_WIDTH_S 0.25 // half its width at -8.7 dB
#define PULSE_OFF_DB  (-59.9)

#define QUIET_S 6.0 // after the last partial the room needs so long to be silent

#define PULSE_PARTIAL (DRONEVOICES * VOICING_PARTIALS)

typedef struct {
    double once, twice, keep; // two one-pole smoothers in series
} Smooth;

struct Drone {
    double rate, step_s;
    Dronevoices voices;
    Sinebank* bank;
    Room* room;
    Surf surf;
    Ceiling ceiling;

    // Inputs
    bool playing, neutral;
    double volume_db, pulse_db;
    double tone, tone_quality, depth, confidence, synchrony, synchrony_quality;

    uint64_t keys[2]; // held, one bit each

    // The breath
    bool breathing; // one has been told
    bool inhaling;
    double breath_s;     // since the last in- or out-breath began
    double length_s[2];  // expected of out-breath [0] and in-breath [1]
    double swell_from;   // swell at that moment
    double swell_raw;    // 0..1 before smoothing
    double phase_before; // from drone_set_breath_phase; -1 = none

    // The heart
    uint32_t beats; // counted, for every other one
    double pulse_s; // since the beat that pulses; < 0 = none
    double since_beat_s;

    // Smoothed
    Smooth tone_now, synchrony_now, depth_now, bright_now, surf_now;
    double level_db, level_speed; // LUFS, dB/s
    bool muted;                   // faded out as far as the level goes
    double wander[2];             // of the neutral mode: tone, swell
    double wander_aim[2];
    Random random;
    uint64_t steps; // of control, since the reset

    // Of this step, for the partials
    float tilt, wet, gain2[DRONEVOICES], surf_level;
    double cutoff_hz, beating_hz;
    float drift[VOICING_PARTIALS];
    double brightness;

    uint32_t block; // within the step
    double quiet_s; // since the last partial faded
    bool silent;
    uint32_t at; // frames taken from the block below
    _Alignas(16) float left[BLOCK], right[BLOCK];
    float wet_before;
};

// --- small helpers -------------------------------------------------------------------------------

static void set_within(double* target, double value, double low, double high)
{
    if (!isnan(value)) {
        *target = fmin(fmax(value, low), high);
    }
}

static void smooth_init(Smooth* smooth, double value, double time_s, double step_s)
{
    *smooth = (Smooth){value, value, exp(-step_s / time_s)};
}

static void smooth_step(Smooth* smooth, double goal)
{
    smooth->once = goal + smooth->keep * (smooth->once - goal);
    smooth->twice = smooth->once + smooth->keep * (smooth->twice - smooth->once);
}

static double db_to_power(double db)
{
    return exp2(0.33219280948873623 * db);
}

// --- the object ----------------------------------------------------------------------------------

void drone_reset(Drone* d)
{
    dronevoices_reset(&d->voices);
    drone_release_keys(d);
    sinebank_reset(d->bank);
    room_reset(d->room);
    surf_init(&d->surf, d->rate);
    ceiling_init(&d->ceiling, d->rate);
    d->breathing = false;
    d->inhaling = false;
    d->breath_s = 0.0;
    d->length_s[0] = 3.0; // a usual breath at rest
    d->length_s[1] = 2.0;
    d->swell_from = d->swell_raw = 0.5;
    d->phase_before = -1.0;
    d->beats = 0;
    d->pulse_s = -1.0;
    d->since_beat_s = 0.0;
    smooth_init(&d->tone_now, 0.5, TONE_S, d->step_s);
    smooth_init(&d->synchrony_now, 0.5, SYNCHRONY_S, d->step_s);
    smooth_init(&d->depth_now, 0.0, DEPTH_S, d->step_s);
    smooth_init(&d->bright_now, 0.5, BRIGHT_S, d->step_s);
    smooth_init(&d->surf_now, voicing_get(d->voices.voicing)->surf, 0.9, d->step_s);
    d->level_db = DEFAULT_LUFS + d->volume_db - FADE_DB;
    d->level_speed = 0.0;
    d->muted = true;
    memset(d->wander, 0, sizeof(d->wander));
    memset(d->wander_aim, 0, sizeof(d->wander_aim));
    d->random = random_make(1, 0);
    d->steps = 0;
    d->block = 0;
    d->quiet_s = QUIET_S;
    d->silent = true;
    d->at = BLOCK;
    d->wet_before = 0.0f;
    memset(d->gain2, 0, sizeof(d->gain2));
    d->surf_level = 0.0f;
}

Drone* drone_new(double rate)
{
    if (!(rate >= 1000.0 && rate <= 1e6)) {
        return NULL;
    }
    Drone* const d = (Drone*)aligned_alloc(16, (sizeof(Drone) + 15) / 16 * 16);
    if (!d) {
        return NULL;
    }
    memset(d, 0, sizeof(Drone));
    d->rate = rate;
    d->step_s = BLOCK * STRIDE / rate;
    d->bank = sinebank_new(rate, PULSE_PARTIAL + 1);
    d->room = room_new(rate);
    if (!d->bank || !d->room) {
        drone_free(d);
        return NULL;
    }
    dronevoices_init(&d->voices, d->step_s);
    d->playing = true;
    d->pulse_db = -60.0;
    d->tone = d->synchrony = 0.5;
    drone_reset(d);
    return d;
}

void drone_free(Drone* d)
{
    if (d) {
        sinebank_free(d->bank);
        room_free(d->room);
        free(d);
    }
}

void drone_set_playing(Drone* d, bool playing)
{
    d->playing = playing;
}

void drone_set_volume(Drone* d, double db)
{
    set_within(&d->volume_db, db, -60.0, 24.0);
}

void drone_set_root(Drone* d, double hz)
{
    double root_hz = d->voices.root_hz;
    set_within(&root_hz, hz, 40.0, 440.0);
    dronevoices_set_root(&d->voices, root_hz);
}

static void take_chord(Drone* d)
{
    uint8_t held[DRONE_MAX_NOTES];
    uint32_t n = 0;
    for (uint32_t note = 0; note < 128 && n < DRONE_MAX_NOTES; ++note) {
        if (d->keys[note / 64] >> (note % 64) & 1) {
            held[n++] = (uint8_t)note;
        }
    }
    dronevoices_set_chord(&d->voices, held, n);
}

void drone_key(Drone* d, uint8_t note, bool down)
{
    if (note < 128) {
        const uint64_t bit = UINT64_C(1) << (note % 64);
        d->keys[note / 64] = down ? d->keys[note / 64] | bit : d->keys[note / 64] & ~bit;
        take_chord(d);
    }
}

void drone_release_keys(Drone* d)
{
    d->keys[0] = d->keys[1] = 0;
    take_chord(d);
}

void drone_set_hum(Drone* d, double hz)
{
    set_within(&d->voices.hum_hz, hz, 0.0, 1000.0);
}

void drone_set_hum_follow(Drone* d, bool follow)
{
    d->voices.hum_follow = follow;
}

void drone_set_tuning(Drone* d, double a4_hz, bool just, bool snap)
{
    set_within(&d->voices.a4_hz, a4_hz, 416.0, 466.0);
    d->voices.just = just;
    d->voices.snap = snap;
}

void drone_set_voicing(Drone* d, DroneVoicing voicing)
{
    d->voices.voicing = (uint32_t)voicing < DRONE_VOICINGS ? (uint32_t)voicing : 0;
}

void drone_set_tone(Drone* d, double tone, double quality)
{
    set_within(&d->tone, tone, 0.0, 1.0);
    set_within(&d->tone_quality, isnan(tone) ? 0.0 : quality, 0.0, 1.0);
}

void drone_set_breath(Drone* d, double depth, double confidence)
{
    set_within(&d->depth, depth, 0.0, 1.0);
    set_within(&d->confidence, isnan(depth) ? 0.0 : confidence, 0.0, 1.0);
}

void drone_breath(Drone* d, bool inhaling)
{
    if (d->breathing && inhaling == d->inhaling) {
        return;
    }
    if (d->breathing) {
        // Half of what is expected is what was; pauses of apnoea are no measure.
        double* const length_s = &d->length_s[d->inhaling];
        const double was_s = fmin(fmax(d->breath_s, 0.6), 12.0);
        *length_s += 0.5 * (was_s - *length_s);
    }
    d->breathing = true;
    d->inhaling = inhaling;
    d->breath_s = 0.0;
    d->swell_from = d->swell_raw;
}

void drone_set_breath_phase(Drone* d, double phase)
{
    if (!(phase >= 0.0 && phase <= 1.0)) {
        return;
    }
    const bool inhaling = phase < 0.5;
    if (d->phase_before >= 0.0 && inhaling != (d->phase_before < 0.5)) {
        drone_breath(d, inhaling);
    }
    d->phase_before = phase;
}

void drone_set_synchrony(Drone* d, double synchrony, double quality)
{
    set_within(&d->synchrony, synchrony, 0.0, 1.0);
    set_within(&d->synchrony_quality, isnan(synchrony) ? 0.0 : quality, 0.0, 1.0);
}

void drone_beat(Drone* d)
{
    d->since_beat_s = 0.0;
    if (d->beats++ % 2 == 0) {
        d->pulse_s = 0.0;
    }
}

void drone_set_pulse(Drone* d, double db)
{
    set_within(&d->pulse_db, db, -60.0, -12.0);
}

void drone_set_neutral(Drone* d, bool neutral)
{
    d->neutral = neutral;
}

// --- a step of control ---------------------------------------------------------------------------

// The swell rises and falls along half a cosine of the length that this person's breaths have.
static double move_swell(Drone* d)
{
    if (!d->breathing) {
        return 0.5;
    }
    d->breath_s += d->step_s;
    const double goal = d->inhaling ? 1.0 : 0.0;
    const double way = fmin(d->breath_s / d->length_s[d->inhaling], 1.0);
    d->swell_raw = d->swell_from + (goal - d->swell_from) * (0.5 - 0.5 * cos(0.5 * TWO_PI * way));
    return d->swell_raw;
}

// Neutral mode: tone and swell wander like a person's would, about every 20 and 5 s, but drawn from
// a fixed series.
static void move_wander(Drone* d)
{
    static const double every_s[2] = {20.0, 5.0};
    static const double range[2] = {0.25, 0.5};
    for (int i = 0; i < 2; ++i) {
        const double chance = d->step_s / every_s[i];
        const double draw = random_uniform(&d->random), aim = random_uniform(&d->random);
        if (draw < chance) {
            d->wander_aim[i] = range[i] * (2.0 * aim - 1.0);
        }
        d->wander[i] +=
            (1.0 - exp(-d->step_s / (0.3 * every_s[i]))) * (d->wander_aim[i] - d->wander[i]);
    }
}

// The level follows its goal, never faster than LEVEL_DB_PER_S, and without a jerk.
static void move_level(Drone* d, double goal_db)
{
    const double bottom_db = DEFAULT_LUFS + d->volume_db - FADE_DB;
    const double aim_db = d->playing ? goal_db : bottom_db;
    const int parts = (int)ceil(d->step_s / LONGEST_STEP_S);
    const double part_s = d->step_s / parts;
    const double ease = 1.0 - exp(-part_s / LEVEL_EASE_S);
    for (int i = 0; i < parts; ++i) {
        const double speed =
            fmin(fmax((aim_db - d->level_db) / LEVEL_LAG_S, -LEVEL_DB_PER_S), LEVEL_DB_PER_S);
        d->level_speed += ease * (speed - d->level_speed);
        d->level_db += d->level_speed * part_s;
    }
    if (d->playing && d->muted) {
        d->muted = false;
        d->level_db = bottom_db;
        d->level_speed = 0.0;
    } else if (!d->playing && d->level_db < bottom_db + 0.5) {
        d->muted = true;
    }
}

// How much each voice must be amplified to be as loud as its share of the level says.
static void weigh_voices(Drone* d, double level_db)
{
    const double surf = d->surf_now.twice;
    // BS.1770: loudness = -0.691 + 10 lg of the sum of the channels' mean squares
    const double power = d->muted ? 0.0 : db_to_power(level_db + 0.691);
    const float rate = (float)d->rate;
    double centroid = 0.0, total = 0.0;
    for (uint32_t i = 0; i < DRONEVOICES; ++i) {
        const DroneVoice* const voice = &d->voices.voice[i];
        if (!dronevoice_sounds(voice)) {
            d->gain2[i] = 0.0f;
            continue;
        }
        const Voicing* const voicing = voicing_get(voice->voicing);
        const float hz = (float)exp2(voice->log2_hz);
        double sum = 1e-9;
        for (uint32_t k = 0; k < VOICING_PARTIALS && voicing->partial[k].ratio > 0.0f; ++k) {
            const VoicingPartial* const partial = &voicing->partial[k];
            const float f = hz * partial->ratio;
            const float range = voicing_range(f, rate);
            const float p = voicing_power(partial, (float)d->tone_now.twice, d->tilt) * range *
                            range * (1.0f + partial->partners * partial->partners);
            sum += (double)(p * voicing_loudness(f));
            centroid += (double)(p * voice->share[1] * partial->ratio);
            total += (double)(p * voice->share[1]);
        }
        d->gain2[i] = (float)(power * (1.0 - surf) * (double)voice->share[1] / sum);
    }
    d->brightness = total > 0.0 ? centroid / total : 0.0;
    d->surf_level = (float)sqrt(0.5 * power * surf);
}

static void step(Drone* d)
{
    move_wander(d);
    const double swell = move_swell(d);
    d->since_beat_s += d->step_s;
    const bool lost = d->beats > 0 && d->since_beat_s > LOST_S;
    const bool still = !d->breathing || d->breath_s > APNOEA_S;
    if (d->neutral) {
        smooth_step(&d->tone_now, 0.5 + d->wander[0]);
        smooth_step(&d->synchrony_now, 0.5);
        smooth_step(&d->depth_now, 0.7);
        smooth_step(&d->bright_now, 0.5 + d->depth_now.twice * d->wander[1]);
    } else {
        const double known = lost ? 0.0 : 1.0;
        // A usual breath has the full swell, a flat one half of it.
        const double depth = still ? 0.0 : fmin(0.5 + d->depth, 1.2) * d->confidence;
        smooth_step(&d->tone_now, 0.5 + known * d->tone_quality * (d->tone - 0.5));
        smooth_step(&d->synchrony_now, 0.5 + known * d->synchrony_quality * (d->synchrony - 0.5));
        smooth_step(&d->depth_now, known * depth);
        smooth_step(&d->bright_now, 0.5 + d->depth_now.twice * (swell - 0.5));
    }
    smooth_step(&d->surf_now, (double)voicing_get(d->voices.voicing)->surf);
    dronevoices_step(&d->voices);

    const double t = d->tone_now.twice, b = d->bright_now.twice, y = d->synchrony_now.twice;
    const double raised = TONE_RANGE_DB * (t - 0.5) + SWELL_RANGE_DB * (b - 0.5);
    move_level(d, DEFAULT_LUFS + d->volume_db + raised);
    d->tilt = (float)(TILT_RANGE_DB * (b - 0.5) - WARM_DB * (y - 0.5));
    d->wet = (float)sqrt(db_to_power(ROOM_FLOOR_DB + ROOM_RANGE_DB * y));
    d->beating_hz = BEATING_HZ * exp2(log2(BEATING_RATIO) * t);
    d->cutoff_hz = 700.0 * exp2(2.0 * (b - 0.5));
    weigh_voices(d, d->level_db);

    // Each partial breathes by itself, between 17 and 41 s a cycle, so that nothing stands dead.
    for (uint32_t k = 0; k < VOICING_PARTIALS; ++k) {
        const double cycle_s = 17.0 + 24.0 * fmod(0.6180339887498949 * (k + 1), 1.0);
        const double turns = fmod((double)d->steps * d->step_s / cycle_s, 1.0);
        d->drift[k] = (float)sin(TWO_PI * turns);
    }
    if (d->pulse_s >= 0.0) {
        d->pulse_s = d->pulse_s < 3.0 ? d->pulse_s + d->step_s : -1.0;
    }
    ++d->steps;
}

// --- a block of sound ----------------------------------------------------------------------------

static void set_partial(Drone* d, uint32_t voice_index, uint32_t k)
{
    const uint32_t index = voice_index * VOICING_PARTIALS + k;
    const DroneVoice* const voice = &d->voices.voice[voice_index];
    const VoicingPartial* const partial = &voicing_get(voice->voicing)->partial[k];
    if (!dronevoice_sounds(voice) || partial->ratio <= 0.0f) {
        if (sinebank_sounds(d->bank, index)) {
            const SinebankPartial off = {REFERENCE_ROOT_HZ, 0.0f, 0.0f, 0.0f};
            sinebank_set(d->bank, index, &off);
        }
        return;
    }
    const double root_hz = exp2(voice->log2_hz);
    const double hz = root_hz * (double)partial->ratio;
    const float p = voicing_power(partial, (float)d->tone_now.twice, d->tilt);
    const float drift = exp2f(0.16609640f * partial->drift_db * d->drift[k]);
    // Beats of the higher partials quicken less than their frequency does, to stay calm.
    const float order = partial->ratio / 3.0f;
    const float hurry = order <= 1.0f ? order : powf(order, 0.4f);
    const SinebankPartial to = {
        .hz = hz,
        .spread_hz = (float)(d->beating_hz * root_hz / REFERENCE_ROOT_HZ) * hurry,
        .amplitude =
            sqrtf(p * d->gain2[voice_index]) * drift * voicing_range((float)hz, (float)d->rate),
        .partners = partial->partners,
    };
    sinebank_set(d->bank, index, &to);
}

static void set_pulse(Drone* d)
{
    double hz[DRONE_MAX_NOTES];
    dronevoices_wanted(&d->voices, hz);
    const double pulse_hz = hz[0] > 90.0 ? 0.5 * hz[0] : hz[0];
    double amplitude = 0.0;
    if (d->pulse_s >= 0.0 && d->pulse_db > PULSE_OFF_DB && !d->muted) {
        const double x = (d->pulse_s - PULSE_AT_S) / PULSE_WIDTH_S;
        amplitude = sqrt(db_to_power(d->level_db + d->pulse_db + 0.691) /
                         (double)voicing_loudness((float)pulse_hz)) *
                    exp(-x * x);
    }
    const SinebankPartial to = {
        pulse_hz, 0.0f, (float)amplitude * voicing_range((float)pulse_hz, (float)d->rate), 0.0f};
    sinebank_set(d->bank, PULSE_PARTIAL, &to);
}

// True while any partial sounds, or is to.
static bool set_partials(Drone* d)
{
    bool sounds = false;
    for (uint32_t v = 0; v < DRONEVOICES; ++v) {
        for (uint32_t k = 0; k < VOICING_PARTIALS; ++k) {
            if (k % STRIDE == d->block) {
                set_partial(d, v, k);
            }
            sounds |= sinebank_sounds(d->bank, v * VOICING_PARTIALS + k);
        }
    }
    if (PULSE_PARTIAL % STRIDE == d->block) {
        set_pulse(d);
    }
    return sounds || sinebank_sounds(d->bank, PULSE_PARTIAL) || d->surf.level > 0.0f;
}

static void render(Drone* d)
{
    if (d->block == 0) {
        step(d);
    }
    const bool sounds = set_partials(d);
    d->block = (d->block + 1) % STRIDE;
    d->quiet_s = sounds ? 0.0 : d->quiet_s + BLOCK / d->rate;
    d->silent = d->quiet_s >= QUIET_S;
    if (d->silent) {
        memset(d->left, 0, sizeof(d->left));
        memset(d->right, 0, sizeof(d->right));
        return;
    }

    _Alignas(16) float middle[BLOCK];
    float room_left[BLOCK], room_right[BLOCK];
    sinebank_process(d->bank, middle, d->left, d->right);
    for (int k = 0; k < BLOCK; ++k) {
        d->left[k] += middle[k];
        d->right[k] += middle[k];
    }
    surf_add(&d->surf, d->surf_level, d->cutoff_hz, d->left, d->right);
    for (int k = 0; k < BLOCK; ++k) {
        middle[k] = 0.5f * (d->left[k] + d->right[k]);
    }
    room_process(d->room, middle, room_left, room_right);
    const float wet_step = (d->wet - d->wet_before) / BLOCK;
    for (int k = 0; k < BLOCK; ++k) {
        const float wet = d->wet_before + wet_step * (float)k;
        d->left[k] += wet * room_left[k];
        d->right[k] += wet * room_right[k];
    }
    d->wet_before = d->wet;
    ceiling_process(&d->ceiling, d->left, d->right);
}

void drone_process(Drone* d, float* left, float* right, uint32_t n)
{
    for (uint32_t done = 0; done < n;) {
        if (d->at == BLOCK) {
            render(d);
            d->at = 0;
        }
        const uint32_t some = n - done < BLOCK - d->at ? n - done : BLOCK - d->at;
        const float* const l = d->left + d->at;
        const float* const r = d->right + d->at;
        if (left && right) {
            memcpy(left + done, l, some * sizeof(float));
            memcpy(right + done, r, some * sizeof(float));
        } else if (left || right) {
            float* const only = left ? left : right;
            for (uint32_t k = 0; k < some; ++k) {
                only[done + k] = 0.5f * (l[k] + r[k]);
            }
        }
        d->at += some;
        done += some;
    }
}

DroneState drone_state(const Drone* d)
{
    DroneState state = {
        .level_db = d->muted ? -120.0f : (float)d->level_db,
        .tone = (float)d->tone_now.twice,
        .swell = (float)d->bright_now.twice,
        .brightness = (float)d->brightness,
        .reduction_db = -20.0f * log10f(d->ceiling.gain),
        .silent = d->silent,
    };
    double hz[DRONE_MAX_NOTES];
    state.n_notes = dronevoices_wanted(&d->voices, hz);
    for (uint32_t i = 0; i < state.n_notes; ++i) {
        state.note_hz[i] = (float)hz[i];
    }
    state.beating_hz = (float)(d->beating_hz * hz[0] / REFERENCE_ROOT_HZ);
    return state;
}
