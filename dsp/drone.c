// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/drone.h"

#include "dsp/ceiling.h"
#include "dsp/dronemap.h"
#include "dsp/dronevoices.h"
#include "dsp/room.h"
#include "dsp/sieve.h"
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

#define QUIET_S 6.0 // after the last partial the room needs so long to be silent
#define SURF_S  0.9 // time constant of the surf's share, twice in series

#define SIEVE_MAKEUP 0.25 // power that the sieve takes from a voice is made up for by 6 dB at most

#define PULSE_PARTIAL (DRONEVOICES * VOICING_PARTIALS)

struct Drone {
    double rate, step_s;
    Dronevoices voices;
    Sinebank* bank;
    Room* room;
    Surf surf;
    Ceiling ceiling;

    Dronemap map;
    Sieve sieve;

    uint64_t keys[2]; // held, one bit each
    uint64_t steps;   // of control, since the reset
    double surf_share[2];

    // Of this step, for the partials
    float gain2[DRONEVOICES], surf_level; // factor of the power; RMS
    float drift[VOICING_PARTIALS];        // -1..1
    double brightness;                    // centroid over the fundamental
    double power;                         // of all partials, sum of squared amplitudes

    bool live[DRONEVOICES]; // a partial of the voice sounds
    uint32_t block;         // within the step
    double quiet_s;         // since the last partial faded
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

// --- the object ----------------------------------------------------------------------------------

void drone_reset(Drone* d)
{
    dronevoices_reset(&d->voices);
    drone_release_keys(d);
    sinebank_reset(d->bank);
    room_reset(d->room);
    surf_init(&d->surf, d->rate);
    ceiling_init(&d->ceiling, d->rate);
    dronemap_reset(&d->map);
    sieve_init(&d->sieve, PULSE_PARTIAL, d->step_s);
    d->power = 0.0;
    d->surf_share[0] = d->surf_share[1] = (double)voicing_get(d->voices.voicing)->surf;
    d->steps = 0;
    d->block = 0;
    d->quiet_s = QUIET_S;
    d->silent = true;
    d->at = BLOCK;
    d->wet_before = 0.0f;
    memset(d->gain2, 0, sizeof(d->gain2));
    memset(d->live, 0, sizeof(d->live));
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
    dronemap_init(&d->map, d->step_s);
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
    d->map.playing = playing;
}

void drone_set_volume(Drone* d, double db)
{
    set_within(&d->map.volume_db, db, -60.0, 24.0);
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
    set_within(&d->map.tone, tone, 0.0, 1.0);
    set_within(&d->map.tone_quality, isnan(tone) ? 0.0 : quality, 0.0, 1.0);
}

void drone_set_breath(Drone* d, double depth, double confidence)
{
    set_within(&d->map.depth, depth, 0.0, 1.0);
    set_within(&d->map.confidence, isnan(depth) ? 0.0 : confidence, 0.0, 1.0);
}

void drone_set_breath_trust(Drone* d, double confidence)
{
    set_within(&d->map.trust, isnan(confidence) ? 0.0 : confidence, 0.0, 1.0);
}

void drone_breath(Drone* d, bool inhaling)
{
    dronemap_breath(&d->map, inhaling);
}

void drone_set_breath_phase(Drone* d, double phase)
{
    dronemap_phase(&d->map, phase);
}

void drone_set_lungs(Drone* d, double fullness)
{
    d->map.lungs = isnan(fullness) ? -1.0 : fmin(fmax(fullness, 0.0), 1.0);
}

void drone_set_synchrony(Drone* d, double synchrony, double quality)
{
    set_within(&d->map.synchrony, synchrony, 0.0, 1.0);
    set_within(&d->map.synchrony_quality, isnan(synchrony) ? 0.0 : quality, 0.0, 1.0);
}

void drone_beat(Drone* d)
{
    dronemap_beat(&d->map);
}

void drone_set_pulse(Drone* d, double db)
{
    set_within(&d->map.pulse_db, db, -60.0, -12.0);
}

void drone_set_neutral(Drone* d, bool neutral)
{
    d->map.neutral = neutral;
}

// --- a step of control ---------------------------------------------------------------------------

// How much each voice must be amplified to be as loud as its share of the level says.
static void weigh_voices(Drone* d)
{
    const double surf = d->surf_share[1];
    // BS.1770: loudness = -0.691 + 10 lg of the sum of the channels' mean squares
    const double power = d->map.muted ? 0.0 : dronemap_power(d->map.level_db + 0.691);
    const float rate = (float)d->rate;
    const float tone = (float)d->map.tone_now, tilt = (float)d->map.tilt_db;
    double centroid = 0.0, total = 0.0, whole = 0.0;
    for (uint32_t i = 0; i < DRONEVOICES; ++i) {
        const DroneVoice* const voice = &d->voices.voice[i];
        if (!dronevoice_sounds(voice)) {
            d->gain2[i] = 0.0f;
            continue;
        }
        const Voicing* const voicing = voicing_get(voice->voicing);
        const float hz = (float)exp2(voice->log2_hz);
        double sum = 1e-9, whole_sum = 1e-9, plain = 0.0; // with and without the sieve
        for (uint32_t k = 0; k < VOICING_PARTIALS && voicing->partial[k].ratio > 0.0f; ++k) {
            const VoicingPartial* const partial = &voicing->partial[k];
            const float f = hz * partial->ratio;
            const float range = voicing_range(f, rate);
            const float sieved = sieve_now(&d->sieve, i * VOICING_PARTIALS + k);
            const float unsieved = voicing_power(partial, tone, tilt) * range * range *
                                   (1.0f + partial->partners * partial->partners);
            const float p = unsieved * sieved * sieved;
            const float loudness = voicing_loudness(f);
            plain += (double)p;
            sum += (double)(p * loudness);
            whole_sum += (double)(unsieved * loudness);
            centroid += (double)(p * voice->share[1] * partial->ratio);
            total += (double)(p * voice->share[1]);
        }
        sum = fmax(sum, SIEVE_MAKEUP * whole_sum);
        d->gain2[i] = (float)(power * (1.0 - surf) * (double)voice->share[1] / sum);
        whole += plain * (double)d->gain2[i];
    }
    d->power = whole;
    d->brightness = total > 0.0 ? centroid / total : 0.0;
    d->surf_level = (float)sqrt(0.5 * power * surf);
}

static void step(Drone* d)
{
    dronemap_step(&d->map);
    dronevoices_step(&d->voices);
    const double keep = exp(-d->step_s / SURF_S);
    const double share = (double)voicing_get(d->voices.voicing)->surf;
    d->surf_share[0] = share + keep * (d->surf_share[0] - share);
    d->surf_share[1] = d->surf_share[0] + keep * (d->surf_share[1] - d->surf_share[0]);
    weigh_voices(d);

    // Each partial breathes by itself, between 17 and 41 s a cycle, so that nothing stands dead.
    for (uint32_t k = 0; k < VOICING_PARTIALS; ++k) {
        const double cycle_s = 17.0 + 24.0 * fmod(0.6180339887498949 * (k + 1), 1.0);
        const double turns = fmod((double)d->steps * d->step_s / cycle_s, 1.0);
        d->drift[k] = (float)sin(TWO_PI * turns);
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
            const SinebankPartial off = {DRONEMAP_ROOT_HZ, 0.0f, 0.0f, 0.0f};
            sinebank_set(d->bank, index, &off);
        }
        sieve_forget(&d->sieve, index);
        return;
    }
    const double root_hz = exp2(voice->log2_hz);
    const double hz = root_hz * (double)partial->ratio;
    const float p = voicing_power(partial, (float)d->map.tone_now, (float)d->map.tilt_db);
    const float drift = exp2f(0.16609640f * partial->drift_db * d->drift[k]);
    // Beats of the higher partials quicken less than their frequency does, to stay calm.
    const float order = partial->ratio / 3.0f;
    const float hurry = order <= 1.0f ? order : powf(order, 0.4f);
    const float amplitude =
        sqrtf(p * d->gain2[voice_index]) * voicing_range((float)hz, (float)d->rate);
    float sieved = sieve_now(&d->sieve, index);
    if (voice->wanted) {
        // A fundamental comes before all others, what tells the tone before what only colours
        const float rank = partial->db + partial->fifth_db + (k == 0 ? 100.0f : 0.0f);
        sieved =
            sieve_factor(&d->sieve, index, (float)hz, amplitude * (1.0f + partial->partners), rank);
    } else {
        sieve_leave(&d->sieve, index); // it fades as it is
    }
    const SinebankPartial to = {
        .hz = hz,
        .spread_hz = (float)(d->map.beating_hz * root_hz / DRONEMAP_ROOT_HZ) * hurry,
        .amplitude = amplitude * drift * sieved,
        .partners = partial->partners * (float)d->map.bloom,
    };
    sinebank_set(d->bank, index, &to);
}

static void set_pulse(Drone* d)
{
    double hz[DRONE_MAX_NOTES];
    dronevoices_wanted(&d->voices, hz);
    const double pulse_hz = hz[0] > 90.0 ? 0.5 * hz[0] : hz[0];
    const double amplitude = d->map.muted || d->map.pulse <= 0.0
                                 ? 0.0
                                 : d->map.pulse * sqrt(dronemap_power(d->map.level_db + 0.691) /
                                                       (double)voicing_loudness((float)pulse_hz));
    const SinebankPartial to = {
        pulse_hz, 0.0f, (float)amplitude * voicing_range((float)pulse_hz, (float)d->rate), 0.0f};
    sinebank_set(d->bank, PULSE_PARTIAL, &to);
}

// True while any partial sounds, or is to. A quarter of the partials is set; a voice without any
// sound, and none to come, is passed over.
static bool set_partials(Drone* d)
{
    bool sounds = false;
    for (uint32_t v = 0; v < DRONEVOICES; ++v) {
        if (!d->live[v] && !dronevoice_sounds(&d->voices.voice[v])) {
            continue;
        }
        bool live = false;
        for (uint32_t k = 0; k < VOICING_PARTIALS; ++k) {
            if (k % STRIDE == d->block) {
                set_partial(d, v, k);
            }
            live |= sinebank_sounds(d->bank, v * VOICING_PARTIALS + k);
        }
        d->live[v] = live;
        sounds |= live;
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
    sieve_judge(&d->sieve, d->power);
    d->block = (d->block + 1) % STRIDE;
    d->quiet_s = sounds ? 0.0 : d->quiet_s + BLOCK / d->rate;
    d->silent = d->quiet_s >= QUIET_S;
    if (d->silent) {
        memset(d->left, 0, sizeof(d->left));
        memset(d->right, 0, sizeof(d->right));
        return;
    }

    _Alignas(16) float middle[BLOCK];
    float send[BLOCK], room_left[BLOCK], room_right[BLOCK];
    sinebank_process(d->bank, middle, d->left, d->right);
    // The room hears the partners, not the middle sines: what is strong and low stays dry, so that
    // no echo of it can cancel it. Nor the surf: noise would make its modes ring like metal, and it
    // is wide enough by itself.
    for (int k = 0; k < BLOCK; ++k) {
        send[k] = d->left[k] + d->right[k];
        d->left[k] += middle[k];
        d->right[k] += middle[k];
    }
    surf_add(&d->surf, d->surf_level, d->map.cutoff_hz, d->map.common, d->left, d->right);
    room_process(d->room, send, room_left, room_right);
    const float wet_goal = (float)d->map.room;
    const float wet_step = (wet_goal - d->wet_before) / BLOCK;
    for (int k = 0; k < BLOCK; ++k) {
        const float wet = d->wet_before + wet_step * (float)k;
        d->left[k] += wet * room_left[k];
        d->right[k] += wet * room_right[k];
    }
    d->wet_before = wet_goal;
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
        .level_db = d->map.muted ? -120.0f : (float)d->map.level_db,
        .tone = (float)d->map.tone_now,
        .swell = (float)d->map.swell_now,
        .brightness = (float)d->brightness,
        .reduction_db = -20.0f * log10f(d->ceiling.gain),
        .silent = d->silent,
    };
    double hz[DRONE_MAX_NOTES];
    state.n_notes = dronevoices_wanted(&d->voices, hz);
    for (uint32_t i = 0; i < state.n_notes; ++i) {
        state.note_hz[i] = (float)hz[i];
    }
    state.beating_hz = (float)(d->map.beating_hz * hz[0] / DRONEMAP_ROOT_HZ);
    return state;
}
