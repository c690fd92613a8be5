// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/guide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Measures and hints are brought up to date so often
#define TICKS_PER_S 10.0
// No sound beat for so long: the signal is lost, s
#define SIGNAL_S 10.0
// The heart rate that is held against the ceiling is a mean over about this many beats
#define CEILING_BEATS 10.0F
// ... and must fall this far below it before the hint goes, bpm
#define CEILING_BACK 5.0F
// Longest part that can be asked for, s
#define LONGEST_S 14400.0F

enum { PENDING = 16 };

struct Guide {
    double rate;
    int64_t tick_frames;
    uint32_t exercise_id;                // for the next start
    float before_s, exercise_s, after_s; // < 0 = the table's
    float ceiling_bpm;

    const Exercise* exercise; // of this run
    GuidePhase phase;
    bool paused;
    int64_t in_phase, phase_frames; // frames; phase_frames < 0 = open end
    int64_t total;
    int64_t in_tick;
    Part parts[3]; // before, exercise, after
    Dive* dive;
    uint32_t marks;
    double since_beat_s;
    float heart_rate; // smoothed, 0 = not known
    uint32_t hints;
    bool pacing;

    GuideEvent pending[PENDING];
    uint32_t pending_count;
};

Guide* guide_new(const double rate)
{
    if (!(rate >= 1000.0 && rate <= 1e6)) {
        return NULL;
    }
    Guide* const g = (Guide*)calloc(1, sizeof(Guide));
    if (!g) {
        return NULL;
    }
    g->dive = dive_new();
    if (!g->dive) {
        free(g);
        return NULL;
    }
    g->rate = rate;
    g->tick_frames = (int64_t)(rate / TICKS_PER_S);
    g->exercise_id = 1U;
    g->before_s = g->exercise_s = g->after_s = -1.0F;
    g->ceiling_bpm = -1.0F;
    guide_reset(g);
    return g;
}

void guide_free(Guide* const g)
{
    if (g) {
        dive_free(g->dive);
        free(g);
    }
}

void guide_reset(Guide* const g)
{
    g->exercise = exercise_by_id(g->exercise_id);
    g->phase = GUIDE_IDLE;
    g->paused = g->pacing = false;
    g->in_phase = g->total = g->in_tick = 0;
    g->phase_frames = -1;
    memset(g->parts, 0, sizeof(g->parts));
    dive_reset(g->dive);
    g->marks = g->hints = g->pending_count = 0U;
    g->since_beat_s = 0.0;
    g->heart_rate = 0.0F;
}

void guide_set_exercise(Guide* const g, const uint32_t id)
{
    if (exercise_by_id(id)) {
        g->exercise_id = id;
        if (g->phase == GUIDE_IDLE || g->phase == GUIDE_DONE) {
            g->exercise = exercise_by_id(id);
        }
    }
}

static float part_length(const float asked_s)
{
    return isfinite(asked_s) && asked_s >= 0.0F ? fminf(asked_s, LONGEST_S) : -1.0F;
}

void guide_set_times(Guide* const g, const float before_s, const float exercise_s,
                     const float after_s)
{
    g->before_s = part_length(before_s);
    g->exercise_s = part_length(exercise_s);
    g->after_s = part_length(after_s);
}

void guide_set_ceiling(Guide* const g, const float bpm)
{
    g->ceiling_bpm = isfinite(bpm) && bpm >= 0.0F ? fminf(bpm, 250.0F) : -1.0F;
}

// An event that happens now: it leaves with the first frame of the next process
static void put(Guide* const g, const GuideEventKind kind, const uint32_t value)
{
    if (g->pending_count < PENDING) {
        const GuideEvent event = {0U, kind, value};
        g->pending[g->pending_count++] = event;
    }
}

static bool running(const Guide* const g)
{
    return g->phase == GUIDE_BEFORE || g->phase == GUIDE_EXERCISE || g->phase == GUIDE_AFTER;
}

static bool is_paced(const Exercise* const e)
{
    return e->kind == EXERCISE_PACED || e->kind == EXERCISE_HUM || e->kind == EXERCISE_SEARCH;
}

static void update_pace(Guide* const g)
{
    const bool pace = g->phase == GUIDE_EXERCISE && !g->paused && is_paced(g->exercise);
    if (pace != g->pacing) {
        g->pacing = pace;
        put(g, GUIDE_PACE, pace);
    }
}

static void update_hints(Guide* const g)
{
    const Exercise* const e = g->exercise;
    const float ceiling = g->ceiling_bpm >= 0.0F ? g->ceiling_bpm : e->ceiling_bpm;
    uint32_t hints = 0;
    if (g->phase == GUIDE_EXERCISE && is_paced(e)) {
        hints |= GUIDE_HINT_DIZZY;
    }
    if (g->phase == GUIDE_BEFORE && *e->caution) {
        hints |= GUIDE_HINT_CAUTION;
    }
    if (running(g) && g->since_beat_s > SIGNAL_S) {
        hints |= GUIDE_HINT_SIGNAL;
    }
    const float limit = g->hints & GUIDE_HINT_RATE ? ceiling - CEILING_BACK : ceiling;
    if (running(g) && ceiling > 0.0F && g->heart_rate > limit && !(hints & GUIDE_HINT_SIGNAL)) {
        hints |= GUIDE_HINT_RATE;
    }
    const uint32_t dives = dive_count(g->dive);
    if (g->phase == GUIDE_EXERCISE && e->kind == EXERCISE_COLD && dives &&
        !dive_measure(g->dive, dives - 1U).done) {
        hints |= GUIDE_HINT_REST;
    }
    if (hints != g->hints) {
        g->hints = hints;
        put(g, GUIDE_HINT, hints);
    }
}

static void begin_phase(Guide* const g, GuidePhase phase)
{
    const Exercise* const e = g->exercise;
    for (; phase != GUIDE_DONE; phase = (GuidePhase)((int)phase + 1)) {
        const float asked[3] = {g->before_s, g->exercise_s, g->after_s};
        const float usual[3] = {e->before_s, e->exercise_s, e->after_s};
        const int i = (int)phase - (int)GUIDE_BEFORE;
        const float seconds = asked[i] >= 0.0F ? asked[i] : usual[i];
        const bool open = phase == GUIDE_EXERCISE && seconds <= 0.0F;
        if (seconds > 0.0F || open) {
            g->phase_frames = open ? -1 : (int64_t)((double)seconds * g->rate + 0.5);
            part_begin(&g->parts[i], phase == GUIDE_EXERCISE && is_paced(e),
                       phase == GUIDE_EXERCISE && e->moving);
            break;
        }
    }
    g->phase = phase;
    g->in_phase = 0;
    g->in_tick = 0;
    put(g, GUIDE_PHASE, (uint32_t)phase);
    update_pace(g);
    update_hints(g);
}

void guide_start(Guide* const g)
{
    const bool paused = g->paused;
    g->exercise = exercise_by_id(g->exercise_id);
    memset(g->parts, 0, sizeof(g->parts));
    dive_reset(g->dive);
    g->marks = 0U;
    g->total = 0;
    g->paused = false;
    g->since_beat_s = 0.0;
    if (paused) {
        put(g, GUIDE_PAUSE, 0U);
    }
    if (g->pacing) { // a new start of the same pace is told, too
        g->pacing = false;
        put(g, GUIDE_PACE, 0U);
    }
    begin_phase(g, GUIDE_BEFORE);
}

void guide_stop(Guide* const g)
{
    if (running(g)) {
        guide_pause(g, false);
        begin_phase(g, GUIDE_DONE);
    }
}

void guide_pause(Guide* const g, const bool paused)
{
    if (!running(g) || paused == g->paused) {
        return;
    }
    g->paused = paused;
    put(g, GUIDE_PAUSE, paused);
    for (int i = 0; i < 3; ++i) {
        g->parts[i].last_rr_ms = 0.0F; // no difference across a pause
    }
    update_pace(g);
}

void guide_skip(Guide* const g)
{
    if (running(g)) {
        guide_pause(g, false);
        begin_phase(g, (GuidePhase)((int)g->phase + 1));
    }
}

void guide_mark(Guide* const g)
{
    if (!running(g)) {
        return;
    }
    put(g, GUIDE_MARK, ++g->marks);
    if (g->phase == GUIDE_EXERCISE && g->exercise->kind == EXERCISE_COLD) {
        dive_mark(g->dive);
        update_hints(g);
    }
}

void guide_beat(Guide* const g, const float rr_ms, const bool usable)
{
    if (!(rr_ms > 0.0F)) {
        return;
    }
    if (usable) {
        g->since_beat_s = 0.0;
        const float rate = 60000.0F / rr_ms;
        if (rate > 20.0F && rate < 250.0F) {
            g->heart_rate += g->heart_rate > 0.0F ? (rate - g->heart_rate) / CEILING_BEATS : rate;
        }
    }
    dive_beat(g->dive, rr_ms, usable);
    if (running(g) && !g->paused) {
        Part* const part = &g->parts[(int)g->phase - (int)GUIDE_BEFORE];
        // An interval that began before the part does not belong to it
        const bool inside = (double)rr_ms <= (double)g->in_phase / g->rate * 1000.0;
        part_beat(part, rr_ms, usable && inside);
    }
}

void guide_breath(Guide* const g, const float rate_per_min, const float resp_hrv_ms,
                  const float confidence)
{
    for (int i = 0; i < 3; ++i) {
        part_breath(&g->parts[i], rate_per_min, resp_hrv_ms, confidence);
    }
}

static void tick(Guide* const g)
{
    const double seconds = (double)g->tick_frames / g->rate;
    g->since_beat_s = fmin(1e6, g->since_beat_s + seconds);
    dive_advance(g->dive, seconds);
    if (running(g) && !g->paused) {
        part_advance(&g->parts[(int)g->phase - (int)GUIDE_BEFORE], seconds);
    }
    update_hints(g);
}

static uint32_t send_pending(Guide* const g, const uint32_t frame, GuideEvent* const events,
                             uint32_t count, const uint32_t capacity)
{
    for (uint32_t i = 0; i < g->pending_count && count < capacity; ++i) {
        events[count] = g->pending[i];
        events[count++].frame = frame;
    }
    g->pending_count = 0;
    return count;
}

uint32_t guide_process(Guide* const g, const uint32_t n, GuideEvent* const events,
                       const uint32_t capacity)
{
    uint32_t count = 0;
    for (uint32_t done = 0; done < n;) {
        const bool timed = running(g) && !g->paused;
        if (timed && g->phase_frames >= 0 && g->in_phase >= g->phase_frames) {
            begin_phase(g, (GuidePhase)((int)g->phase + 1));
            continue;
        }
        count = send_pending(g, done, events, count, capacity);
        int64_t m = (int64_t)(n - done);
        m = m < g->tick_frames - g->in_tick ? m : g->tick_frames - g->in_tick;
        if (timed && g->phase_frames >= 0 && m > g->phase_frames - g->in_phase) {
            m = g->phase_frames - g->in_phase;
        }
        if (timed) {
            g->in_phase += m;
            g->total += m;
        }
        g->in_tick += m;
        if (g->in_tick >= g->tick_frames) {
            g->in_tick = 0;
            tick(g);
        }
        done += (uint32_t)m;
    }
    return count;
}

GuideState guide_state(const Guide* const g)
{
    GuideState s = {0};
    const Exercise* const e = g->exercise;
    s.phase = g->phase;
    s.paused = g->paused;
    s.exercise = e;
    s.hints = g->hints;
    s.marks = g->marks;
    s.total_elapsed_s = (float)((double)g->total / g->rate);
    if (running(g)) {
        s.elapsed_s = (float)((double)g->in_phase / g->rate);
        s.remaining_s = g->phase_frames >= 0
                            ? (float)((double)(g->phase_frames - g->in_phase) / g->rate)
                            : -1.0F;
        s.drone = e->drone && !g->paused;
    }
    s.pace = g->pacing;
    s.search = g->pacing && e->kind == EXERCISE_SEARCH;
    s.inhale_s = e->inhale_s;
    s.exhale_s = e->exhale_s;
    return s;
}

Comparison guide_comparison(const Guide* const g)
{
    const Comparison none = {0};
    return g->parts[2].seconds > 0.0 ? compare_parts(&g->parts[0], &g->parts[2]) : none;
}

Comparison guide_during(const Guide* const g)
{
    const Comparison none = {0};
    return g->parts[1].seconds > 0.0 ? compare_parts(&g->parts[0], &g->parts[1]) : none;
}

DiveMeasure guide_dive(const Guide* const g, const uint32_t i)
{
    return dive_measure(g->dive, i);
}

DiveMeasure guide_last_dive(const Guide* const g)
{
    const uint32_t count = dive_count(g->dive);
    return dive_measure(g->dive, count ? count - 1U : 0U);
}
