// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/pacer.h"

#include "dsp/cue.h"
#include "dsp/follow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Limits of a part of the breath, s
#define SHORTEST_S 0.5F
#define LONGEST_S  30.0F
// Shortest breath in whole bars, s; the number of bars is doubled until it is longer
#define SHORTEST_BREATH_S 2.0
// Cue: level follows the lungs by this, dB, but not faster than 3 dB/s on the mean
#define SWING_DB       12.0F
#define SWING_DB_PER_S 3.0F

// Confidence needed, and how long a measured rate holds, s
#define CONFIDENCE 0.5F
#define FRESH_S    15.0
// Smoothing of the person's rate, share taken of each new report
#define PERSON_SHARE 0.3F

// Search in steps: rates per min, two minutes each (Shaffer & Meehan 2020), the first 20 s of each
// not counted
static const float step_rates[] = {7.0F, 6.5F, 6.0F, 5.5F, 5.0F, 4.5F};
#define STEP_COUNT    ((uint32_t)(sizeof(step_rates) / sizeof(step_rates[0])))
#define STEP_S        120.0
#define STEP_SETTLE_S 20.0
// Sliding search (Fisher & Lehrer 2021): 78 breaths from 6.75 to 4.25 per min, counted in bins half
// a breath per min wide
#define SLIDE_BREATHS 78U
#define SLIDE_FROM    6.75F
#define SLIDE_TO      4.25F
#define SLIDE_BIN     0.5F

#define PI 3.14159265358979323846

struct Pacer {
    double rate;
    Cue* cue;
    Resonance* resonance;
    PacerPattern pattern; // as set
    PacerMode mode, next_mode;
    float bars;
    bool running, starting;
    bool tell; // a part began that no event has told yet

    int64_t now;        // frames since the reset
    int64_t start;      // of this breath, whole frames
    uint32_t start_q;   // and 2^-32 of a frame
    uint64_t part_q[4]; // lengths of the parts, 2^-32 frames
    PacerPart part;
    int64_t from, until; // of this part, frames
    PacerPattern breath; // pattern of this breath
    float rate_per_min;

    // Following
    float own_rate; // smoothed, 0 = never known
    int64_t own_at; // when it was measured
    Follow follow;

    // Search
    uint32_t breaths; // since the mode began
    double mode_s;    // since the mode began, at the start of this breath
    double step_s;    // since the step began
    uint32_t bin;
    bool settled, done;

    double bar_frames; // 0 = no host tempo
};

static float bounded(const float x, const float low, const float high, const float otherwise)
{
    return isfinite(x) ? fmaxf(low, fminf(high, x)) : otherwise;
}

Pacer* pacer_new(const double rate)
{
    if (!(rate >= 1000.0 && rate <= 1e6)) {
        return NULL;
    }
    Pacer* const p = (Pacer*)calloc(1, sizeof(Pacer));
    if (!p) {
        return NULL;
    }
    p->rate = rate;
    p->cue = cue_new(rate);
    p->resonance = resonance_new();
    if (!p->cue || !p->resonance) {
        pacer_free(p);
        return NULL;
    }
    const PacerPattern usual = {4.0F, 0.0F, 6.0F, 0.0F};
    p->pattern = usual;
    p->bars = 4.0F;
    pacer_reset(p);
    return p;
}

void pacer_free(Pacer* const p)
{
    if (p) {
        cue_free(p->cue);
        resonance_free(p->resonance);
        free(p);
    }
}

static void begin_mode(Pacer* const p)
{
    p->mode = p->next_mode;
    p->breaths = 0U;
    p->mode_s = p->step_s = 0.0;
    follow_begin(&p->follow);
    p->done = false;
    p->bin = 0U;
    if (p->mode == PACER_STEPS || p->mode == PACER_SLIDE) {
        resonance_reset(p->resonance);
    }
}

void pacer_reset(Pacer* const p)
{
    cue_reset(p->cue);
    resonance_reset(p->resonance);
    p->running = p->starting = p->tell = false;
    p->now = 0;
    p->start = p->from = p->until = 0;
    p->start_q = 0U;
    p->part = PACER_HOLD_OUT;
    p->breath = p->pattern;
    p->rate_per_min = 0.0F;
    p->own_rate = 0.0F;
    p->own_at = 0;
    p->bar_frames = 0.0;
    memset(p->part_q, 0, sizeof(p->part_q));
    begin_mode(p);
    cue_set_playing(p->cue, false);
}

static float length_s(const PacerPattern* const b)
{
    return b->inhale_s + b->hold_in_s + b->exhale_s + b->hold_out_s;
}

void pacer_set_pattern(Pacer* const p, const PacerPattern* const pattern)
{
    p->pattern.inhale_s = bounded(pattern->inhale_s, SHORTEST_S, LONGEST_S, p->pattern.inhale_s);
    p->pattern.exhale_s = bounded(pattern->exhale_s, SHORTEST_S, LONGEST_S, p->pattern.exhale_s);
    p->pattern.hold_in_s = bounded(pattern->hold_in_s, 0.0F, LONGEST_S, p->pattern.hold_in_s);
    p->pattern.hold_out_s = bounded(pattern->hold_out_s, 0.0F, LONGEST_S, p->pattern.hold_out_s);
}

void pacer_set_mode(Pacer* const p, const PacerMode mode)
{
    p->next_mode = mode;
}

void pacer_set_cue(Pacer* const p, const PacerCue cue)
{
    cue_set_kind(p->cue, cue == PACER_WAVES  ? CUE_WAVES
                         : cue == PACER_TONE ? CUE_TONE
                                             : CUE_SILENT);
}

void pacer_set_volume(Pacer* const p, const float level_db)
{
    cue_set_level(p->cue, level_db);
}

void pacer_set_root(Pacer* const p, const float hz)
{
    cue_set_root(p->cue, hz);
}

void pacer_set_bars(Pacer* const p, const float bars)
{
    p->bars = bounded(bars, 0.25F, 16.0F, p->bars);
}

void pacer_set_running(Pacer* const p, const bool running)
{
    if (running && !p->running) {
        p->starting = true;
        begin_mode(p);
    }
    p->running = running;
    cue_set_playing(p->cue, running);
}

// The person's rate as long as it holds, else 0
static float fresh_rate(const Pacer* const p)
{
    const bool fresh = p->now - p->own_at < (int64_t)(FRESH_S * p->rate);
    return fresh ? p->own_rate : 0.0F;
}

void pacer_sync(Pacer* const p, const PacerPattern* const pattern)
{
    pacer_set_pattern(p, pattern);
    p->next_mode = PACER_FIXED;
    begin_mode(p);
    p->running = p->starting = true;
    cue_set_playing(p->cue, true);
}

void pacer_person(Pacer* const p, const float rate_per_min, const float confidence)
{
    if (!(rate_per_min > 1.0F && rate_per_min < 60.0F && confidence >= CONFIDENCE)) {
        return;
    }
    const float own = fresh_rate(p);
    p->own_rate = own > 0.0F ? own + PERSON_SHARE * (rate_per_min - own) : rate_per_min;
    p->own_at = p->now;
}

void pacer_beat(Pacer* const p, const float rr_ms, const bool usable)
{
    if (p->running && !p->done && (p->mode == PACER_STEPS || p->mode == PACER_SLIDE)) {
        resonance_beat(p->resonance, pacer_state(p).phase, rr_ms, usable);
    }
}

// The whole pattern, scaled to a rate
static PacerPattern scaled(const PacerPattern* const pattern, const float rate_per_min)
{
    const float scale = 60.0F / (rate_per_min * length_s(pattern));
    const PacerPattern b = {pattern->inhale_s * scale, pattern->hold_in_s * scale,
                            pattern->exhale_s * scale, pattern->hold_out_s * scale};
    return b;
}

// Paced rate of the next breath of a search; when it is over, the best rate
static float search(Pacer* const p, const float goal)
{
    float rate = goal;
    bool over = false;
    if (p->mode == PACER_STEPS) {
        if (p->breaths && p->step_s >= STEP_S) {
            p->step_s = 0.0;
            ++p->bin;
        }
        over = p->bin >= STEP_COUNT;
        rate = step_rates[over ? STEP_COUNT - 1U : p->bin];
        p->settled = p->step_s >= STEP_SETTLE_S;
    } else {
        over = p->breaths >= SLIDE_BREATHS;
        const float way = (float)p->breaths / (float)(SLIDE_BREATHS - 1U);
        rate = SLIDE_FROM + (SLIDE_TO - SLIDE_FROM) * fminf(1.0F, way);
        p->bin = (uint32_t)((SLIDE_FROM - rate) / SLIDE_BIN);
        const uint32_t last = (uint32_t)((SLIDE_FROM - SLIDE_TO) / SLIDE_BIN) - 1U;
        p->bin = p->bin < last ? p->bin : last;
        p->settled = p->breaths >= 3U;
    }
    if (over) {
        if (!p->done) {
            resonance_breath(p->resonance, 0U, goal, false); // closes the last breath
        }
        p->done = true;
        const float best = resonance_result(p->resonance, 1.0F).rate_per_min;
        return best > 0.0F ? best : goal;
    }
    const float shown =
        p->mode == PACER_STEPS ? rate : SLIDE_FROM - SLIDE_BIN * ((float)p->bin + 0.5F);
    resonance_breath(p->resonance, p->bin, shown, p->settled);
    return rate;
}

static uint64_t to_q(const double frames)
{
    return (uint64_t)(frames * 4294967296.0 + 0.5);
}

static int64_t part_end(const Pacer* const p, const PacerPart part)
{
    uint64_t sum = p->start_q;
    for (uint32_t i = 0; i <= (uint32_t)part; ++i) {
        sum += p->part_q[i];
    }
    return p->start + (int64_t)(sum >> 32U);
}

static void begin_breath(Pacer* const p)
{
    if (p->next_mode != p->mode) {
        begin_mode(p);
    }
    const float goal = 60.0F / length_s(&p->pattern);
    double frames = 0.0; // length when not simply by seconds
    switch (p->mode) {
    case PACER_FOLLOW:
        p->breath = scaled(&p->pattern, follow_next(&p->follow, fresh_rate(p), goal));
        break;
    case PACER_STEPS:
    case PACER_SLIDE:
        p->breath = scaled(&p->pattern, search(p, goal));
        break;
    case PACER_TEMPO:
        p->breath = p->pattern;
        if (p->bar_frames > 0.0) {
            frames = (double)p->bars * p->bar_frames;
            while (frames < SHORTEST_BREATH_S * p->rate) {
                frames *= 2.0;
            }
            p->breath = scaled(&p->pattern, (float)(60.0 * p->rate / frames));
        }
        break;
    case PACER_FIXED:
    default:
        p->breath = p->pattern;
        break;
    }
    const float seconds = length_s(&p->breath);
    p->rate_per_min = 60.0F / seconds;
    const double scale = frames > 0.0 ? frames / (double)seconds : p->rate;
    p->part_q[PACER_INHALE] = to_q((double)p->breath.inhale_s * scale);
    p->part_q[PACER_HOLD_IN] = to_q((double)p->breath.hold_in_s * scale);
    p->part_q[PACER_EXHALE] = to_q((double)p->breath.exhale_s * scale);
    p->part_q[PACER_HOLD_OUT] = to_q((double)p->breath.hold_out_s * scale);
    p->part = PACER_INHALE;
    p->from = p->start;
    p->until = part_end(p, PACER_INHALE);
    ++p->breaths;
    p->mode_s += (double)seconds;
    p->step_s += (double)seconds;
}

// The part that follows, skipping holds of no length
static void begin_next_part(Pacer* const p)
{
    do {
        if (p->part == PACER_HOLD_OUT) {
            uint64_t sum = p->start_q;
            for (int i = 0; i < 4; ++i) {
                sum += p->part_q[i];
            }
            p->start += (int64_t)(sum >> 32U);
            p->start_q = (uint32_t)sum;
            begin_breath(p);
        } else {
            p->part = (PacerPart)((int)p->part + 1);
            p->from = p->until;
            p->until = part_end(p, p->part);
        }
    } while (p->until <= p->now);
}

void pacer_transport(Pacer* const p, const PacerTransport* const t)
{
    if (!(t->bar_frames >= 0.01 * p->rate && t->bar_frames < 1e3 * p->rate) || !isfinite(t->bar) ||
        fabs(t->bar) > 1e9) {
        return;
    }
    p->bar_frames = t->bar_frames;
    if (p->mode != PACER_TEMPO || !p->running || p->starting || !t->rolling) {
        return;
    }
    double frames = (double)p->bars * t->bar_frames;
    while (frames < SHORTEST_BREATH_S * p->rate) {
        frames *= 2.0;
    }
    // Where the bars say that we are in the breath, against where we are
    const double breaths = t->bar * t->bar_frames / frames;
    const double due = (breaths - floor(breaths)) * frames;
    const double length = (double)(part_end(p, PACER_HOLD_OUT) - p->start);
    const double is = (double)(p->now - p->start) - (double)p->start_q / 4294967296.0;
    double error = due - is;
    error -= frames * floor(error / frames + 0.5);
    if (fabs(error) < 1.0 && fabs(length - frames) < 2.0) {
        return;
    }
    // Another place or tempo: put the breath where the bars have it
    const PacerPart before = p->part;
    p->start = p->now - (int64_t)due;
    p->start_q = 0U;
    begin_breath(p);
    for (int i = 0; i < 4 && p->until <= p->now; ++i) {
        p->part = (PacerPart)i;
        p->from = i ? part_end(p, (PacerPart)(i - 1)) : p->start;
        p->until = part_end(p, p->part);
    }
    p->tell = p->tell || p->part != before;
}

static float fullness_at(const Pacer* const p, const int64_t frame)
{
    const double span = (double)(p->until - p->from);
    double way = span > 0.0 ? (double)(frame - p->from) / span : 1.0;
    way = way < 0.0 ? 0.0 : way > 1.0 ? 1.0 : way;
    switch (p->part) {
    case PACER_INHALE:
        return (float)(0.5 - 0.5 * cos(PI * way));
    case PACER_HOLD_IN:
        return 1.0F;
    case PACER_EXHALE:
        return (float)(0.5 + 0.5 * cos(PI * way));
    case PACER_HOLD_OUT:
    default:
        return 0.0F;
    }
}

uint32_t pacer_process(Pacer* const p, float* const left, float* const right, const uint32_t n,
                       PacerEvent* const events, const uint32_t capacity)
{
    uint32_t count = 0;
    for (uint32_t done = 0; done < n;) {
        if (p->starting) {
            p->starting = false;
            p->start = p->now;
            p->start_q = 0U;
            begin_breath(p);
            p->tell = true;
        }
        if (p->running && p->now >= p->until) {
            begin_next_part(p);
            p->tell = true;
        }
        if (p->tell && p->running) {
            if (count < capacity) {
                events[count].frame = done;
                events[count++].part = p->part;
            }
            p->tell = false;
        }
        const uint32_t in_tick = (uint32_t)(p->now % CUE_TICK);
        if (!in_tick) {
            const float shorter = fminf(p->breath.inhale_s, p->breath.exhale_s);
            cue_aim(p->cue, fullness_at(p, p->now + CUE_TICK),
                    fminf(SWING_DB, SWING_DB_PER_S * shorter));
        }
        uint32_t m = (uint32_t)CUE_TICK - in_tick;
        m = m < n - done ? m : n - done;
        if (p->running && (int64_t)m > p->until - p->now) {
            m = (uint32_t)(p->until - p->now);
        }
        cue_add(p->cue, left ? left + done : NULL, right ? right + done : NULL, m);
        p->now += m;
        done += m;
    }
    return count;
}

PacerState pacer_state(const Pacer* const p)
{
    PacerState s = {0};
    s.running = p->running;
    s.part = p->part;
    s.goal_per_min = 60.0F / length_s(&p->pattern);
    s.pattern = p->breath;
    if (p->running && !p->starting) {
        const double length = (double)(part_end(p, PACER_HOLD_OUT) - p->start);
        const double phase = length > 0.0 ? (double)(p->now - p->start) / length : 0.0;
        s.phase = (float)fmin(fmax(phase, 0.0), 0.999999);
        s.fullness = fullness_at(p, p->now);
        s.rate_per_min = p->rate_per_min;
        s.following = p->mode == PACER_FOLLOW && p->follow.following;
    }
    return s;
}

ResonanceResult pacer_resonance(const Pacer* const p)
{
    float progress = 0.0F;
    if (p->done) {
        progress = 1.0F;
    } else if (p->mode == PACER_STEPS) {
        progress = fminf(0.99F, (float)(p->mode_s / (STEP_S * STEP_COUNT)));
    } else if (p->mode == PACER_SLIDE) {
        progress = fminf(0.99F, (float)p->breaths / (float)SLIDE_BREATHS);
    }
    return resonance_result(p->resonance, progress);
}
