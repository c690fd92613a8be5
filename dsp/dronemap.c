// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/dronemap.h"

#include <math.h>

#define TWO_PI 6.28318530717958647692

// --- The mapping; thresholds of hearing and reasons are in docs/algorithms.md --------------------
#define TONE_RANGE_DB  5.0     // tone 1 is so much louder than tone 0
#define SWELL_RANGE_DB 3.0     // full lungs are so much louder than empty ones
#define TILT_RANGE_DB  3.0     // and brighter by so many dB per octave
#define BEATING_HZ     2.0     // of the third partial at tone 0
#define BEATING_RATIO  0.05    // at tone 1, relative to that
#define ROOM_FLOOR_DB  (-23.0) // of what the room hears
#define ROOM_RANGE_DB  23.0    // synchrony 1 is so much more spacious
#define WARM_DB        3.0     // and darker by so many dB per octave
#define SURF_HZ        900.0
#define SURF_DARKER    1.2 // synchrony 1: octaves less than synchrony 0
// The correlation of the surf's two sides is the cosine of an angle that goes from the first to the
// second of these (rad, 0.97 to 0.03) with synchrony. From 1 a correlation of 0.96 is just heard,
// from 0 one of 0.4 (Pollack & Trittipoe 1959): equal angles are about equal steps to the ear
#define SURF_NARROW  0.24
#define SURF_WIDE    1.54
#define SURF_OCTAVES 2.0 // full lungs open the surf so much further than empty ones

// --- Movement ------------------------------------------------------------------------------------
#define LEVEL_DB_PER_S 3.9  // fastest change of the level; 5 is promised, beating adds a little
#define LEVEL_LAG_S    0.15 // of small changes
#define LEVEL_EASE_S   0.07 // of its speed
#define CALM_DB_PER_S  2.5  // faster than this the partners step back, for their beats add to it
#define CALM_SHARE     0.7  // at LEVEL_DB_PER_S by so much
#define FADE_DB        30.5 // start and stop pass through so much at that speed
#define HUSH_DB        40.0 // and through so much more, below hearing, at the next one
#define HUSH_DB_PER_S  120.0
#define TONE_S         0.9 // time constants, each twice in series
#define SYNCHRONY_S    1.5
#define DEPTH_S        0.8
#define SWELL_S        0.08
#define LONGEST_STEP_S 0.02 // the level moves in steps no longer than this

// Confidence in the breath (a probability): below the first none of it sounds, from the second on
// all
#define TRUST_NONE 0.25
#define TRUST_ALL  0.5

#define LOST_S        5.0  // without a beat: the sensor is lost
#define APNOEA_S      20.0 // without a new breath: its rhythm is lost
#define PULSE_AT_S    0.55 // the pulse is highest so long after the beat
#define PULSE_WIDTH_S 0.25 // half its width at -8.7 dB
#define PULSE_END_S   3.0

// A usual breath at rest, until the person's own is known, s
#define USUAL_IN_S  2.0
#define USUAL_OUT_S 3.0

double dronemap_power(double db)
{
    return exp2(0.33219280948873623 * db);
}

static void smooth_init(DronemapSmooth* smooth, double value, double time_s, double step_s)
{
    *smooth = (DronemapSmooth){value, value, exp(-step_s / time_s)};
}

static double smooth_step(DronemapSmooth* smooth, double goal)
{
    smooth->once = goal + smooth->keep * (smooth->once - goal);
    smooth->twice = smooth->once + smooth->keep * (smooth->twice - smooth->once);
    return smooth->twice;
}

static double faint_db(const Dronemap* m)
{
    return DRONEMAP_LUFS + m->volume_db - FADE_DB;
}

// Everything that follows from the smoothed values.
static void derive(Dronemap* m)
{
    const double bright = m->swell_now - 0.5, accord = m->synchrony_smooth.twice - 0.5;
    m->tilt_db = TILT_RANGE_DB * bright - WARM_DB * accord;
    m->room = sqrt(dronemap_power(ROOM_FLOOR_DB + ROOM_RANGE_DB * (accord + 0.5)));
    m->beating_hz = BEATING_HZ * exp2(log2(BEATING_RATIO) * m->tone_now);
    const double haste = (fabs(m->level_speed) - CALM_DB_PER_S) / (LEVEL_DB_PER_S - CALM_DB_PER_S);
    m->bloom = 1.0 - CALM_SHARE * fmin(fmax(haste, 0.0), 1.0);
    m->cutoff_hz = SURF_HZ * exp2(SURF_OCTAVES * bright - SURF_DARKER * accord);
    m->common = cos(SURF_NARROW + (SURF_WIDE - SURF_NARROW) * (accord + 0.5));
    m->pulse = 0.0;
    if (m->pulse_s >= 0.0 && m->pulse_db > DRONEMAP_PULSE_OFF) {
        const double x = (m->pulse_s - PULSE_AT_S) / PULSE_WIDTH_S;
        m->pulse = sqrt(dronemap_power(m->pulse_db)) * exp(-x * x);
    }
}

void dronemap_reset(Dronemap* m)
{
    m->breathing = false;
    m->inhaling = false;
    m->breath_s = 0.0;
    m->length_s[0] = USUAL_OUT_S;
    m->length_s[1] = USUAL_IN_S;
    m->swell_from = m->swell = 0.5;
    m->phase_before = -1.0;
    m->beats = 0;
    m->since_beat_s = 0.0;
    m->pulse_s = -1.0;
    smooth_init(&m->tone_smooth, 0.5, TONE_S, m->step_s);
    smooth_init(&m->synchrony_smooth, 0.5, SYNCHRONY_S, m->step_s);
    smooth_init(&m->depth_smooth, 0.0, DEPTH_S, m->step_s);
    smooth_init(&m->swell_smooth, 0.5, SWELL_S, m->step_s);
    m->tone_now = m->swell_now = 0.5;
    m->level_db = faint_db(m) - HUSH_DB;
    m->level_speed = 0.0;
    m->muted = true;
    for (int i = 0; i < 2; ++i) {
        m->wander[i] = m->wander_aim[i] = 0.0;
    }
    m->random = random_make(1, 0);
    derive(m);
}

void dronemap_init(Dronemap* m, double step_s)
{
    *m = (Dronemap){.step_s = step_s,
                    .playing = true,
                    .pulse_db = DRONEMAP_PULSE_OFF,
                    .tone = 0.5,
                    .synchrony = 0.5,
                    .trust = 1.0,
                    .lungs = -1.0};
    dronemap_reset(m);
}

void dronemap_breath(Dronemap* m, bool inhaling)
{
    if (m->breathing && inhaling == m->inhaling) {
        return;
    }
    if (m->breathing) {
        // Half of what is expected is what was; pauses and sniffs are no measure.
        double* const length_s = &m->length_s[m->inhaling];
        *length_s += 0.5 * (fmin(fmax(m->breath_s, 0.6), 12.0) - *length_s);
    }
    m->breathing = true;
    m->inhaling = inhaling;
    m->breath_s = 0.0;
    m->swell_from = m->swell;
}

void dronemap_phase(Dronemap* m, double phase)
{
    if (!(phase >= 0.0 && phase <= 1.0)) {
        return;
    }
    const bool inhaling = phase < 0.5;
    if (m->phase_before >= 0.0 && inhaling != (m->phase_before < 0.5)) {
        dronemap_breath(m, inhaling);
    }
    m->phase_before = phase;
}

void dronemap_beat(Dronemap* m)
{
    m->since_beat_s = 0.0;
    if (m->beats++ % 2 == 0) {
        m->pulse_s = 0.0;
    }
}

// The swell rises and falls along half a cosine of the length that this person's breaths have.
static void move_swell(Dronemap* m)
{
    if (m->lungs >= 0.0) {
        m->swell = m->lungs;
        return;
    }
    if (!m->breathing) {
        return;
    }
    m->breath_s += m->step_s;
    const double goal = m->inhaling ? 1.0 : 0.0;
    const double way = fmin(m->breath_s / m->length_s[m->inhaling], 1.0);
    m->swell = m->swell_from + (goal - m->swell_from) * (0.5 - 0.5 * cos(0.5 * TWO_PI * way));
}

// Neutral mode: tone and swell wander like a person's would, about every 20 and 5 s, but drawn from
// a fixed series.
static void move_wander(Dronemap* m)
{
    static const double every_s[2] = {20.0, 5.0};
    static const double range[2] = {0.25, 0.5};
    for (int i = 0; i < 2; ++i) {
        const double draw = random_uniform(&m->random), aim = random_uniform(&m->random);
        if (draw < m->step_s / every_s[i]) {
            m->wander_aim[i] = range[i] * (2.0 * aim - 1.0);
        }
        const double keep = exp(-m->step_s / (0.3 * every_s[i]));
        m->wander[i] = m->wander_aim[i] + keep * (m->wander[i] - m->wander_aim[i]);
    }
}

// The level follows its goal, never faster than LEVEL_DB_PER_S, and without a jerk.
static void move_level(Dronemap* m)
{
    const double bottom_db = faint_db(m) - HUSH_DB;
    if (m->playing && m->muted) {
        m->muted = false;
        m->level_db = bottom_db;
        m->level_speed = 0.0;
    }
    const double goal_db = DRONEMAP_LUFS + m->volume_db + TONE_RANGE_DB * (m->tone_now - 0.5) +
                           SWELL_RANGE_DB * (m->swell_now - 0.5);
    const double aim_db = m->playing ? goal_db : bottom_db - 1.0;
    const int parts = (int)ceil(m->step_s / LONGEST_STEP_S);
    const double part_s = m->step_s / parts;
    const double ease = 1.0 - exp(-part_s / LEVEL_EASE_S);
    for (int i = 0; i < parts; ++i) {
        const double limit = m->level_db < faint_db(m) ? HUSH_DB_PER_S : LEVEL_DB_PER_S;
        const double speed = fmin(fmax((aim_db - m->level_db) / LEVEL_LAG_S, -limit), limit);
        m->level_speed += ease * (speed - m->level_speed);
        m->level_speed = fmin(m->level_speed, limit); // on the way up there is nothing to ease
        m->level_db += m->level_speed * part_s;
    }
    m->muted = !m->playing && m->level_db < bottom_db;
}

void dronemap_step(Dronemap* m)
{
    move_wander(m);
    move_swell(m);
    m->since_beat_s += m->step_s;
    double tone = 0.5, accord = 0.5, depth = 0.7, swell = 0.5 + m->wander[1];
    if (m->neutral) {
        tone += m->wander[0];
    } else {
        const double known = m->beats > 0 && m->since_beat_s > LOST_S ? 0.0 : 1.0;
        const bool still = m->lungs < 0.0 && (!m->breathing || m->breath_s > APNOEA_S);
        tone += known * m->tone_quality * (m->tone - 0.5);
        accord += known * m->synchrony_quality * (m->synchrony - 0.5);
        // A usual breath (depth 0.5) has the full swell, a flat one half of it.
        const double trust =
            fmin(fmax((m->trust - TRUST_NONE) / (TRUST_ALL - TRUST_NONE), 0.0), 1.0);
        depth = still ? 0.0 : known * trust * m->confidence * fmin(0.5 + m->depth, 1.2);
        swell = m->swell;
    }
    m->tone_now = smooth_step(&m->tone_smooth, tone);
    smooth_step(&m->synchrony_smooth, accord);
    depth = smooth_step(&m->depth_smooth, depth);
    m->swell_now = smooth_step(&m->swell_smooth, 0.5 + depth * (swell - 0.5));
    move_level(m);
    if (m->pulse_s >= 0.0) {
        m->pulse_s = m->pulse_s < PULSE_END_S ? m->pulse_s + m->step_s : -1.0;
    }
    derive(m);
}
