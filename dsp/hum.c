// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/hum.h"

#include "dsp/hum_marks.h"
#include "dsp/hum_notes.h"
#include "dsp/pitch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Start and end are told this long after they happened: long enough to hear that a vowel of speech
// (50..450 ms) is none, and longer than the pause that a hum may have
#define DELAY_S 0.5
// Quiet enough to breathe in before a hum: so much below it
#define QUIET_DB 4.0F
// Weakest hum, dBFS: below any usable microphone's noise; and at a pitch that Tonus itself plays,
// which fades in
#define WEAKEST_DB       (-65.0F)
#define WEAKEST_KNOWN_DB (-50.0F)
// Over the tonal background to begin, and at pitches that Tonus itself plays
#define RISE_DB       6.0F
#define RISE_KNOWN_DB 7.0F
// How fast the background follows: no drone of ours rises faster than 5 dB/s
#define FOLLOW_UP_DB_PER_S   5.0F
#define FOLLOW_DOWN_DB_PER_S 4.0F
// A rise may begin a hum for so long
#define RISE_MEMORY_S 0.6
// A candidate that was uneven at first may still be confirmed so long after its onset
#define LATE_S 1.0
// While an instrument plays, only what has sustained for so long is believed to be a hum
#define MUSIC_LATE_S 3.0
// A tone of a melody: clear and not too faint, in the range that can be followed
#define NOTE_CLARITY    0.8F
#define NOTE_WEAKEST_DB (-60.0F)
#define NOTE_LOWEST_HZ  50.0F
// Over what leaks in all, at pitches that Tonus itself plays, to begin; and so much below to go on
#define OVER_LEAK_DB 3.0F
// What is left of it at other pitches (of its beats) is so much fainter
#define LEFT_DB 12.0F
// What leaks from our own drone counts while it is no more than this below
#define LEAK_DB 20.0F
// Loss that ends a candidate and a hum
#define CANDIDATE_LOSS_S 0.08
#define HANG_S           0.28
// No breath lasts longer: what does is a machine
#define LONGEST_S 30.0
// Smallest and largest level of a live microphone, dBFS
#define DEAD_DB (-110.0F)

enum { INTERVALS = 16, STARTS = 32, QUEUE = 8 };

typedef enum { IDLE, CANDIDATE, HUMMING } Stage;

typedef struct {
    int64_t from, to; // frames; to < 0 while it goes on
} Interval;

struct Hum {
    double rate;
    Pitch* pitch;
    int64_t clock; // frames taken
    int64_t delay; // frames
    HumMarks marks;
    HumNotes notes;

    Stage stage;
    float background_db;
    int64_t rise_at;  // clock of the last rise
    int64_t good_at;  // clock of the last hum-like estimate
    int64_t onset;    // frames
    bool fits;        // the candidate came after a pause and sounds like closed lips
    bool from_start;  // the candidate was there from the first moment
    float plateau_db; // level of the running hum
    float start_db;   // tonal level needed by the running candidate or hum to go on
    Interval intervals[INTERVALS];
    uint32_t interval_count;
    int64_t starts[STARTS];
    uint32_t start_count;

    // Out-breath of the person
    int64_t out_from, out_to; // -1 = not known
    int64_t out_running;      // start of the present one, -1 = none
    float share;

    HumEvent queue[QUEUE];
    int64_t queue_at[QUEUE];
    uint32_t queued;
    bool on; // as told by events
    int64_t told_onset;
    float last_duration_s;
    HumState state;
};

Hum* hum_new(const double rate)
{
    Hum* const h = (Hum*)calloc(1, sizeof(Hum));
    if (!h) {
        return NULL;
    }
    h->pitch = pitch_new(rate);
    if (!h->pitch) {
        free(h);
        return NULL;
    }
    h->rate = rate;
    h->delay = (int64_t)hum_delay(rate);
    hum_marks_init(&h->marks, rate, h->pitch);
    hum_reset(h);
    return h;
}

void hum_free(Hum* const h)
{
    if (h) {
        pitch_free(h->pitch);
        free(h);
    }
}

void hum_reset(Hum* const h)
{
    pitch_reset(h->pitch);
    h->clock = 0;
    hum_marks_reset(&h->marks);
    hum_notes_init(&h->notes, (double)h->marks.hop / h->rate);
    h->stage = IDLE;
    h->background_db = HUM_SILENCE_DB;
    h->rise_at = h->good_at = -(int64_t)(10.0 * h->rate);
    h->from_start = false;
    h->interval_count = h->start_count = h->queued = 0U;
    h->out_from = h->out_to = h->out_running = -1;
    h->share = 0.0F;
    h->on = false;
    h->last_duration_s = 0.0F;
    memset(&h->state, 0, sizeof(h->state));
    h->state.level_db = -140.0F;
}

uint32_t hum_delay(const double rate)
{
    return rate > 0.0 && rate <= 1e6 ? (uint32_t)(DELAY_S * rate + 0.5) : 0U;
}

void hum_set_singing(Hum* const h, const bool counts)
{
    h->marks.singing = counts;
}

void hum_set_known(Hum* const h, const float* const fundamentals_hz, const uint32_t count)
{
    if (hum_marks_set_known(&h->marks, fundamentals_hz, count)) {
        pitch_set_known(h->pitch, h->marks.known, h->marks.known_count);
    }
}

void hum_breath(Hum* const h, const bool inhaling)
{
    if (!inhaling) {
        h->out_running = h->clock;
    } else if (h->out_running >= 0) {
        h->out_from = h->out_running;
        h->out_to = h->clock;
        h->out_running = -1;
    }
}

static void tell(Hum* const h, const HumEventKind kind, const int64_t at, const float hz,
                 const float duration_s)
{
    if (h->queued < QUEUE) {
        const HumEvent event = {0U, kind, hz, duration_s, h->share};
        h->queue[h->queued] = event;
        h->queue_at[h->queued++] = at > h->clock ? at : h->clock;
    }
}

static void add_interval(Hum* const h, const int64_t from)
{
    if (h->interval_count == INTERVALS) {
        memmove(h->intervals, h->intervals + 1, (INTERVALS - 1U) * sizeof(Interval));
        --h->interval_count;
    }
    h->intervals[h->interval_count].from = from;
    h->intervals[h->interval_count++].to = -1;
}

// Share of the finished out-breath that was hummed, once the hum's delay has passed
static void settle_share(Hum* const h)
{
    if (h->out_to < 0 || h->clock < h->out_to + h->delay) {
        return;
    }
    int64_t hummed = 0;
    for (uint32_t i = 0; i < h->interval_count; ++i) {
        const int64_t end = h->intervals[i].to < 0 ? h->clock : h->intervals[i].to;
        const int64_t from =
            h->intervals[i].from > h->out_from ? h->intervals[i].from : h->out_from;
        const int64_t to = end < h->out_to ? end : h->out_to;
        hummed += to > from ? to - from : 0;
    }
    const int64_t length = h->out_to - h->out_from;
    h->share = length > 0 ? fminf(1.0F, (float)((double)hummed / (double)length)) : 0.0F;
    h->out_from = h->out_to = -1;
}

static void end_hum(Hum* const h, const int64_t end)
{
    const int64_t to = end > h->onset ? end : h->onset;
    h->intervals[h->interval_count - 1U].to = to;
    h->last_duration_s = (float)((double)(to - h->onset) / h->rate);
    tell(h, HUM_END, to + h->delay, h->state.pitch_hz, h->last_duration_s);
    h->stage = IDLE;
}

// A candidate is confirmed half a second after its onset, or later, or not at all
static void take_candidate(Hum* const h, const PitchEstimate* const e,
                           const HumEvenness* const even, const bool known, const int64_t now)
{
    const HumMarks* const m = &h->marks;
    const int64_t since = now - h->onset;
    const bool music = hum_notes_music(&h->notes);
    const bool late = since >= h->delay;
    // Beats with our own drone look like a fall
    const bool leaks = m->known_count && e->tonal_db - h->background_db < LEAK_DB;
    const int64_t late_s = (int64_t)(LATE_S * h->rate);
    const int64_t wait = music ? (int64_t)(MUSIC_LATE_S * h->rate) : h->delay - m->hop;
    if (since < h->delay - m->hop) {
        return;
    }
    if (since < late_s) {
        h->fits = hum_marks_breath(m, now, h->onset, e->tonal_db - QUIET_DB) &&
                  (leaks || !hum_marks_rings_out(m, now, h->onset)) &&
                  !hum_marks_bright(m, now, h->onset, e->hz);
    }
    if (late && (known || since > (music ? wait : 0) + late_s)) {
        h->stage = IDLE;
    } else if (since >= wait && (!known || e->tonal_db > WEAKEST_KNOWN_DB) &&
               hum_is_even(even, late || known) && !(h->from_start && hum_marks_mains(e->hz)) &&
               h->fits) {
        if (late) {
            h->onset = now - h->delay;
        }
        h->stage = HUMMING;
        h->plateau_db = e->low_db;
        add_interval(h, h->onset);
        h->starts[h->start_count++ % STARTS] = now;
        tell(h, HUM_START, h->onset + h->delay, e->hz, 0.0F);
    }
}

// The gate, once per estimate, at clock now
static void take_estimate(Hum* const h, const PitchEstimate* const e, const int64_t now)
{
    HumMarks* const m = &h->marks;
    const float hop_s = (float)((double)m->hop / h->rate);

    hum_marks_take(m, e);
    const bool known = hum_marks_known(m, e->hz);
    // What is left of what leaks is fainter than that was, and plays no melody
    const float over_leak_db = e->tonal_db - pitch_known_db(h->pitch);
    hum_notes_take(&h->notes,
                   e->clarity > NOTE_CLARITY && e->tonal_db > NOTE_WEAKEST_DB &&
                       e->hz > NOTE_LOWEST_HZ && over_leak_db > -OVER_LEAK_DB,
                   m->cents[m->head], e->low_db);
    const float rise = known ? RISE_KNOWN_DB : RISE_DB;
    if (hum_marks_rises(m, rise)) {
        h->rise_at = now;
    }

    bool like = hum_marks_like(m, e, h->stage == HUMMING);
    like = like && over_leak_db > (!known             ? -LEFT_DB
                                   : h->stage == IDLE ? OVER_LEAK_DB
                                                      : -OVER_LEAK_DB);
    const float needed = fmaxf(known ? WEAKEST_KNOWN_DB : WEAKEST_DB, h->background_db + rise);
    if (h->stage == IDLE) {
        like = like && e->tonal_db > needed;
    } else {
        like = like && e->tonal_db > h->start_db;
        // The periodic level dies away slower than the sound itself
        like = like && (h->stage == CANDIDATE || e->low_db > h->plateau_db - HUM_ONSET_BELOW_DB);
    }
    if (h->stage != HUMMING) {
        like = like && hum_marks_steady(m);
    }
    hum_marks_judge(m, like);
    if (like) {
        h->good_at = now;
    }

    const HumEvenness even = hum_marks_evenness(m);
    switch (h->stage) {
    case IDLE:
        if (like && now - h->rise_at < (int64_t)(RISE_MEMORY_S * h->rate)) {
            h->stage = CANDIDATE;
            h->onset = hum_marks_onset(m, now);
            h->fits = false;
            h->from_start = hum_marks_first(m);
            h->start_db = fmaxf(WEAKEST_DB, h->background_db + 0.6F * rise);
        } else {
            const float step = e->tonal_db - h->background_db;
            h->background_db +=
                fmaxf(-FOLLOW_DOWN_DB_PER_S * hop_s, fminf(FOLLOW_UP_DB_PER_S * hop_s, step));
            h->background_db = fmaxf(h->background_db, -100.0F);
        }
        break;
    case CANDIDATE:
        if (now - h->good_at > (int64_t)(CANDIDATE_LOSS_S * h->rate)) {
            h->stage = IDLE;
        } else {
            take_candidate(h, e, &even, known, now);
        }
        break;
    case HUMMING:
        if (like) {
            h->plateau_db += 0.05F * (e->low_db - h->plateau_db);
        }
        if (now - h->good_at > (int64_t)(HANG_S * h->rate)) {
            end_hum(h, hum_marks_end(m, now, 2.0 * HANG_S, h->plateau_db, h->good_at));
        } else if (now - h->onset > (int64_t)(LONGEST_S * h->rate)) {
            end_hum(h, now - h->delay);
            h->background_db = e->tonal_db;
        }
        break;
    }

    pitch_hold_known(h->pitch, h->stage == IDLE ? 0.0F : h->stage == CANDIDATE ? -1.0F : e->hz);

    h->state.clarity = e->clarity;
    h->state.low_share = e->low_share;
    h->state.level_db = e->low_db;
    h->state.steadiness_cents = even.pitch_sd;
    h->state.quality = e->low_db > DEAD_DB ? 1.0F : 0.0F;
    if (h->stage != IDLE && like) {
        h->state.pitch_hz = e->hz;
    } else if (h->stage == IDLE && !h->on) {
        h->state.pitch_hz = 0.0F;
    }
    const int64_t minute = (int64_t)(60.0 * h->rate);
    uint32_t recent = 0;
    for (uint32_t i = 0; i < STARTS && i < h->start_count; ++i) {
        recent += now - h->starts[i] < minute;
    }
    h->state.hums_per_min = (float)recent;
    settle_share(h);
    h->state.share = h->share;
}

// Events that fall due before frame end of the clock
static uint32_t send_due(Hum* const h, const int64_t start, const int64_t end,
                         HumEvent* const events, uint32_t count, const uint32_t capacity)
{
    uint32_t sent = 0;
    while (sent < h->queued && h->queue_at[sent] < end) {
        HumEvent event = h->queue[sent];
        const int64_t at = h->queue_at[sent] > start ? h->queue_at[sent] : start;
        event.frame = (uint32_t)(at - start);
        h->on = event.kind == HUM_START;
        h->told_onset = at - h->delay;
        if (count < capacity) {
            events[count++] = event;
        }
        ++sent;
    }
    if (sent) {
        memmove(h->queue, h->queue + sent, (h->queued - sent) * sizeof(HumEvent));
        memmove(h->queue_at, h->queue_at + sent, (h->queued - sent) * sizeof(int64_t));
        h->queued -= sent;
    }
    return count;
}

uint32_t hum_process(Hum* const h, const float* const in, const uint32_t n, HumEvent* const events,
                     const uint32_t capacity)
{
    const int64_t start = h->clock;
    uint32_t count = 0;
    for (uint32_t done = 0; done < n;) {
        // What an estimate tells holds from the next frame on, whatever the blocks
        const uint32_t next = pitch_next(h->pitch);
        const uint32_t chunk = n - done < next ? n - done : next;
        PitchEstimate e;
        const bool due = pitch_process(h->pitch, in + done, chunk, &e, 1U) > 0U;
        done += chunk;
        h->clock = start + done;
        count = send_due(h, start, h->clock, events, count, capacity);
        if (due) {
            take_estimate(h, &e, h->clock);
        }
    }
    h->state.humming = h->on;
    h->state.duration_s =
        h->on ? (float)((double)(h->clock - h->told_onset) / h->rate) : h->last_duration_s;
    return count;
}

HumState hum_state(const Hum* const h)
{
    return h->state;
}
