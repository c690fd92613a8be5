// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/hum.h"

#include "dsp/pitch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Start and end are told this long after they happened: long enough to hear that a vowel of speech
// (50..450 ms) is none, and longer than the pause that a hum may have
#define DELAY_S 0.5
// Range of a hum
#define LOWEST_HZ  65.0F
#define HIGHEST_HZ 400.0F
// Clarity to begin and to go on: 6 dB and 3 dB of tone over noise within the low band
#define CLARITY_OPEN 0.80F
#define CLARITY_HOLD 0.66F
// Share below 700 Hz to begin and to go on; closed lips leave more than 0.85, an open "ah" less
// than 0.6
#define SHARE_OPEN 0.72F
#define SHARE_HOLD 0.60F
// Centre of the low band, Hz and over the pitch: a nasal murmur's formant lies at 250..300 Hz
// (Fujimura 1962), that of an open vowel above 430 Hz
#define CENTRE_HZ    380.0F
#define CENTRE_RATIO 1.45F
// Share of the low band at the fundamental itself: a hum's is strongest of all; a chord's common
// period has none
#define FUNDAMENTAL 0.08F
// Before a hum one breathes in: of these seconds before it so much must be quiet, by so much
#define BREATH_IN_S 0.5
#define QUIET_SHARE 0.8F
#define QUIET_DB    4.0F
// Weakest hum, dBFS: below any usable microphone's noise; and at a pitch that Tonus itself plays,
// which fades in
#define WEAKEST_DB       -65.0F
#define WEAKEST_KNOWN_DB -50.0F
// Over the tonal background to begin, and at pitches that Tonus itself plays
#define RISE_DB       6.0F
#define RISE_KNOWN_DB 7.0F
// How fast the background follows: no drone of ours rises faster than 5 dB/s
#define FOLLOW_UP_DB_PER_S   5.0F
#define FOLLOW_DOWN_DB_PER_S 4.0F
// Background level that is assumed before anything was heard
#define SILENCE_DB -80.0F
// The voice sets in within this time by RISE_DB; a drone, a fan and the mains never do
#define ONSET_S 0.25
// A rise may begin a hum for so long
#define RISE_MEMORY_S 0.6
// Onset: where the level comes within this of the hum's
#define ONSET_BELOW_DB 24.0F
// ... and this over what was before
#define ONSET_ABOVE_DB 6.0F
// Steady: pitch moves less than a semitone in 100 ms
#define DRIFT_CENTS 100.0F
#define DRIFT_S     0.1
// Confirmed by the last 256 ms: so many of the estimates hum-like ...
#define CONFIRM_SHARE 0.9F
// ... level, pitch and spectrum even. Synthetic hums have 1 dB, 10 cents, 100 cents/s and 0.02;
// speech with all the marks above has more than 2.7 dB in 99 of 100 windows (95 of 100: 6 cents, 56
// cents/s, 0.03)
#define LEVEL_SD_DB    2.3F
#define PITCH_SD_CENTS 30.0F
#define PITCH_SLOPE    400.0F
#define CENTRE_SD      0.10F
// ... and the level no longer rising or falling (dB/s): at once, and when confirmed late or at a
// pitch that Tonus itself plays, whose fades are 5 dB/s
#define LEVEL_SLOPE 12.0F
// A hum does not ring out from its first moment like a plucked or struck string, dB/s
#define LEVEL_FALL       8.0F
#define LEVEL_SLOPE_LATE 2.5F
// A candidate that was uneven at first may still be confirmed so long after its onset
#define LATE_S 1.0
// Multiples of these with the sound there from the very first moment are the mains (tolerance 0.3
// %)
#define MAINS_A_HZ      50.0F
#define MAINS_B_HZ      60.0F
#define MAINS_TOLERANCE 0.003F
// Loss that ends a candidate and a hum
#define CANDIDATE_LOSS_S 0.08
#define HANG_S           0.28
// No breath lasts longer: what does is a machine
#define LONGEST_S 30.0
// Pitches within this of a known partial are treated as leakage
#define KNOWN_CENTS 30.0F
// Smallest and largest level of a live microphone, dBFS
#define DEAD_DB -110.0F

// Estimates that the evenness is taken over (256 ms)
enum { WINDOW = 64 };

enum { MAX_KNOWN = 8, HISTORY = 512, INTERVALS = 16, STARTS = 32, QUEUE = 8 };

typedef enum { IDLE, CANDIDATE, HUMMING } Stage;

typedef struct {
    int64_t from, to; // frames; to < 0 while it goes on
} Interval;

struct Hum {
    double rate;
    Pitch* pitch;
    int64_t clock; // frames taken
    int64_t delay; // frames
    int64_t hop;   // frames
    int64_t lag;   // frames by which the level lags
    bool singing;
    float known[MAX_KNOWN];
    uint32_t known_count;

    // Newest estimates, a ring
    uint32_t head; // of the newest
    uint32_t filled;
    float level[HISTORY], tonal[HISTORY], cents[HISTORY]; // cents over 55 Hz
    float centre[HISTORY];                                // Hz
    bool like[HISTORY];                                   // hum-like

    Stage stage;
    float background_db;
    int64_t rise_at;  // clock of the last rise
    int64_t good_at;  // clock of the last hum-like estimate
    int64_t onset;    // frames
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
    h->hop = (int64_t)pitch_hop(h->pitch);
    h->lag = (int64_t)pitch_delay(h->pitch);
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
    h->head = h->filled = 0U;
    h->stage = IDLE;
    h->background_db = SILENCE_DB;
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
    h->singing = counts;
}

void hum_set_known(Hum* const h, const float* const fundamentals_hz, const uint32_t count)
{
    h->known_count = 0;
    for (uint32_t i = 0; i < count && h->known_count < MAX_KNOWN; ++i) {
        if (fundamentals_hz[i] > 10.0F && fundamentals_hz[i] < 2000.0F) {
            h->known[h->known_count++] = fundamentals_hz[i];
        }
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

// Estimates ago, clamped to what is there
static uint32_t ago(const Hum* const h, const uint32_t steps)
{
    const uint32_t back = steps < h->filled ? steps : (h->filled ? h->filled - 1U : 0U);
    return (h->head + HISTORY - back) % HISTORY;
}

static uint32_t hops(const Hum* const h, const double seconds)
{
    const double steps = seconds * h->rate / (double)h->hop + 0.5;
    return steps < HISTORY - 1 ? (uint32_t)steps : HISTORY - 1U;
}

// Is this pitch one that Tonus itself plays?
static bool is_known(const Hum* const h, const float hz)
{
    for (uint32_t i = 0; i < h->known_count; ++i) {
        const float ratio = hz / h->known[i];
        const float partial = fmaxf(1.0F, floorf(ratio + 0.5F));
        // The period found may also be a multiple of the partial's (octave below)
        if (fabsf(1200.0F * log2f(ratio / partial)) < KNOWN_CENTS ||
            fabsf(1200.0F * log2f(2.0F * ratio)) < KNOWN_CENTS) {
            return true;
        }
    }
    return false;
}

// Does this estimate sound like a hum, to begin one or (hold) to go on with one?
static bool is_like(const Hum* const h, const PitchEstimate* const e, const bool hold)
{
    if (!(e->hz >= LOWEST_HZ && e->hz <= HIGHEST_HZ)) {
        return false;
    }
    if (e->clarity < (hold ? CLARITY_HOLD : CLARITY_OPEN)) {
        return false;
    }
    if (e->fundamental < FUNDAMENTAL) {
        return false;
    }
    if (!h->singing && e->low_share < (hold ? SHARE_HOLD : SHARE_OPEN)) {
        return false;
    }
    const float highest = fmaxf(CENTRE_HZ, CENTRE_RATIO * e->hz) * (hold ? 1.2F : 1.0F);
    if (!h->singing && e->centre_hz > highest) {
        return false;
    }
    return true;
}

// How even the last WINDOW estimates are: slopes and standard deviations around the slopes
typedef struct {
    float pitch_slope, pitch_sd; // cents per s, cents; of the hum-like ones
    float level_slope, level_sd; // dB per s, dB
    float centre_sd;             // of the mean, 1 = 100 %
    float like;                  // share of hum-like ones
} Evenness;

static Evenness evenness(const Hum* const h)
{
    const float hop_s = (float)((double)h->hop / h->rate);
    const float middle = 0.5F * (float)(WINDOW - 1);
    float n = 0.0F, sx = 0.0F, sxx = 0.0F, sc = 0.0F, scc = 0.0F, sxc = 0.0F;
    float sl = 0.0F, sll = 0.0F, sxl = 0.0F, sm = 0.0F, smm = 0.0F, all_xx = 0.0F;
    const float cents_now = h->cents[h->head]; // taken off: small numbers keep their digits
    const float level_now = h->level[h->head];
    for (uint32_t i = 0; i < WINDOW; ++i) {
        const uint32_t at = (h->head + HISTORY - i) % HISTORY;
        const float x = middle - (float)i;
        const float level = h->level[at] - level_now;
        const float centre = h->centre[at];
        all_xx += x * x;
        sl += level;
        sll += level * level;
        sxl += x * level;
        sm += centre;
        smm += centre * centre;
        if (h->like[at]) {
            const float cents = h->cents[at] - cents_now;
            n += 1.0F;
            sx += x;
            sxx += x * x;
            sc += cents;
            scc += cents * cents;
            sxc += x * cents;
        }
    }
    Evenness e = {0};
    const float w = (float)WINDOW;
    e.like = n / w;
    const float level_slope = sxl / all_xx;
    e.level_slope = level_slope / hop_s;
    e.level_sd = sqrtf(fmaxf(0.0F, (sll - sl * sl / w - level_slope * sxl) / w));
    e.centre_sd = sm > 0.0F ? sqrtf(fmaxf(0.0F, smm * w / (sm * sm) - 1.0F)) : 1.0F;
    if (n >= 5.0F) {
        const float vxx = sxx - sx * sx / n;
        const float vxc = sxc - sx * sc / n;
        const float slope = vxx > 0.0F ? vxc / vxx : 0.0F;
        e.pitch_slope = slope / hop_s;
        e.pitch_sd = sqrtf(fmaxf(0.0F, (scc - sc * sc / n - slope * vxc) / n));
    }
    return e;
}

// When, in frames, did the sound that is there now begin? Looks back over the levels.
static int64_t find_onset(const Hum* const h, const int64_t now, const uint32_t reach)
{
    const float plateau = fmaxf(h->level[h->head], h->level[ago(h, 3)]);
    float before = 0.0F;
    uint32_t lowest = 0;
    for (uint32_t i = 0; i < reach && i < h->filled; ++i) {
        const float level = h->level[ago(h, i)];
        if (!i || level < before) {
            before = level;
            lowest = i;
        }
    }
    // Not deep: half way between what was and what is
    const float threshold =
        fminf(fmaxf(plateau - ONSET_BELOW_DB, before + ONSET_ABOVE_DB), 0.5F * (plateau + before));
    uint32_t i = 0;
    while (i < lowest && h->level[ago(h, i + 1U)] > threshold) {
        ++i;
    }
    // Between the estimates, by the slope of the level
    const float above = h->level[ago(h, i)];
    const float below = h->level[ago(h, i + 1U)];
    const float part =
        above > below ? fmaxf(0.0F, fminf(1.0F, (above - threshold) / (above - below))) : 0.0F;
    return now - (int64_t)(((float)i + part) * (float)h->hop + 0.5F) - h->lag;
}

// When did the hum's level leave its plateau for good? Looks back from now.
static int64_t find_end(const Hum* const h, const int64_t now, const uint32_t reach)
{
    float after = h->level[h->head];
    for (uint32_t i = 1; i < hops(h, 0.1) && i < h->filled; ++i) {
        after = fmaxf(after, h->level[ago(h, i)]);
    }
    const float threshold =
        fminf(fmaxf(h->plateau_db - ONSET_BELOW_DB, after + 3.0F), 0.5F * (h->plateau_db + after));
    uint32_t i = 0;
    while (i < reach && i + 1U < h->filled && h->level[ago(h, i)] < threshold) {
        ++i;
    }
    // Never that quiet (noise, or another sound took over): the last hum-like estimate
    const int64_t by_level = now - (int64_t)i * h->hop - h->lag;
    const int64_t by_tone = h->good_at - h->lag;
    return i ? (by_level < by_tone + h->hop * 8 ? by_level : by_tone) : by_tone;
}

static bool is_even(const Evenness* const e, const bool late)
{
    return e->like >= CONFIRM_SHARE && e->level_sd < LEVEL_SD_DB && e->pitch_sd < PITCH_SD_CENTS &&
           fabsf(e->pitch_slope) < PITCH_SLOPE && e->centre_sd < CENTRE_SD &&
           e->level_slope > -LEVEL_FALL && e->level_slope < (late ? LEVEL_SLOPE_LATE : LEVEL_SLOPE);
}

// Was it quiet before the onset, long enough to breathe in?
static bool had_breath(const Hum* const h, const int64_t now, const float level_db)
{
    const uint32_t since = (uint32_t)((now - h->onset) / h->hop) + hops(h, 0.02);
    const uint32_t wanted = hops(h, BREATH_IN_S);
    uint32_t loud = 0;
    for (uint32_t i = since; i < since + wanted && i < h->filled; ++i) {
        loud += h->tonal[ago(h, i)] > level_db;
    }
    return (float)loud <= (1.0F - QUIET_SHARE) * (float)wanted;
}

static bool is_mains(const float hz)
{
    const float a = hz / MAINS_A_HZ;
    const float b = hz / MAINS_B_HZ;
    return fabsf(a - floorf(a + 0.5F)) < MAINS_TOLERANCE * a ||
           fabsf(b - floorf(b + 0.5F)) < MAINS_TOLERANCE * b;
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

// The gate, once per estimate, at clock now
static void take_estimate(Hum* const h, const PitchEstimate* const e, const int64_t now)
{
    const float hop_s = (float)((double)h->hop / h->rate);
    const uint32_t onset_hops = hops(h, ONSET_S);

    h->head = (h->head + 1U) % HISTORY;
    h->filled += h->filled < HISTORY;
    h->level[h->head] = e->low_db;
    h->tonal[h->head] = e->tonal_db;
    h->centre[h->head] = e->centre_hz;
    h->cents[h->head] = e->hz > 0.0F ? 1200.0F * log2f(e->hz / 55.0F) : 0.0F;

    // A rise: the tonal level is well over the least of the last moments
    float least = e->tonal_db;
    for (uint32_t i = 0; i < onset_hops && i < h->filled; ++i) {
        least = fminf(least, h->tonal[ago(h, i)]);
    }
    const bool known = h->known_count && is_known(h, e->hz);
    const float rise = known ? RISE_KNOWN_DB : RISE_DB;
    const bool first_sound = h->filled <= onset_hops;
    if (e->tonal_db - (first_sound ? SILENCE_DB : least) > rise) {
        h->rise_at = now;
    }

    bool like = is_like(h, e, h->stage == HUMMING);
    const float needed = fmaxf(known ? WEAKEST_KNOWN_DB : WEAKEST_DB, h->background_db + rise);
    if (h->stage == IDLE) {
        like = like && e->tonal_db > needed;
    } else {
        like = like && e->tonal_db > h->start_db;
        // The periodic level dies away slower than the sound itself
        like = like && (h->stage == CANDIDATE || e->low_db > h->plateau_db - ONSET_BELOW_DB);
    }
    if (like && h->stage != HUMMING && h->filled > hops(h, DRIFT_S)) {
        // Steady, unless the pitch of 100 ms ago was none
        const uint32_t before = ago(h, hops(h, DRIFT_S));
        if (h->like[before] && fabsf(h->cents[h->head] - h->cents[before]) > DRIFT_CENTS) {
            like = false;
        }
    }
    h->like[h->head] = like;
    if (like) {
        h->good_at = now;
    }

    const Evenness even = evenness(h);
    switch (h->stage) {
    case IDLE:
        if (like && now - h->rise_at < (int64_t)(RISE_MEMORY_S * h->rate)) {
            h->stage = CANDIDATE;
            h->onset = find_onset(h, now, onset_hops);
            h->from_start = first_sound;
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
        } else if (now - h->onset >= h->delay - h->hop) {
            const bool late = now - h->onset >= h->delay;
            if (late && (known || now - h->onset > (int64_t)(LATE_S * h->rate))) {
                h->stage = IDLE;
            } else if ((!known || e->tonal_db > WEAKEST_KNOWN_DB) &&
                       is_even(&even, late || known) && !(h->from_start && is_mains(e->hz)) &&
                       had_breath(h, now, e->tonal_db - QUIET_DB)) {
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
        break;
    case HUMMING:
        if (like) {
            h->plateau_db += 0.05F * (e->low_db - h->plateau_db);
        }
        if (now - h->good_at > (int64_t)(HANG_S * h->rate)) {
            end_hum(h, find_end(h, now, hops(h, 2.0 * HANG_S)));
        } else if (now - h->onset > (int64_t)(LONGEST_S * h->rate)) {
            end_hum(h, now - h->delay);
            h->background_db = e->tonal_db;
        }
        break;
    }

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
        const uint32_t chunk = n - done < 256U ? n - done : 256U;
        PitchEstimate estimates[256];
        const uint32_t found = pitch_process(h->pitch, in + done, chunk, estimates, 256U);
        for (uint32_t i = 0; i < found; ++i) {
            const int64_t now = start + done + estimates[i].frame + 1;
            h->clock = now;
            count = send_due(h, start, now, events, count, capacity);
            take_estimate(h, &estimates[i], now);
        }
        done += chunk;
        h->clock = start + done;
        count = send_due(h, start, h->clock, events, count, capacity);
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
