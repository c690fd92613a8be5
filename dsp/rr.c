// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/rr.h"

#include "dsp/ranked.h"
#include "dsp/rhythm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_LEVEL = 9,  // NN intervals whose median is the level: half a slow breath, robust against four
    N_RECENT = 9, // intervals of any kind to start the level from
    N_PRIOR = 12, // differences assumed at the start
    BOOT = 5,     // NN intervals before the level is trusted
};

// Relative to the level (no unit) where not said otherwise. Sources: docs/algorithms.md.
#define PRIOR_STEP    0.02 // median difference of adults at rest (RMSSD about 30 ms at 75/min)
#define DROP_FLOOR    0.05 // least prematurity of an ectopic beat that is called one
#define DROP_SCALE    3.5  // times the median difference
#define REBOUND_FLOOR 0.10 // least lengthening after it
#define REBOUND_SCALE 6.0  // times the median difference
#define DROP_CAP      0.13 // prematurity that is never respiratory from one beat to the next ...
#define REBOUND_CAP   0.22 // ... if followed by such a rebound
#define FIT           0.15 // how well a mended interval must fit the level
#define RUN_DROP      0.20 // a fast run begins with a drop by this much in one beat ...
#define RUN_SCALE     1.5  // ... and by this much more than the person's large differences ...
#define RUN_END       0.12 // ... and lasts while intervals stay this much below the level
#define RUN_MAX       30   // intervals; after that it is the new rhythm ...
#define RUN_STEEP     0.30 // ... unless it began with a drop by this much, but not to the half ...
#define RUN_LONGEST   120  // ... which sinus rhythm does not do
#define PAUSE         1.5 // a single interval this much longer than the level, and alone, is a pause
#define MENDED_MAX    4   // beats mended in a row; after that it is the rhythm that has changed
#define GAP_LEVELS    3.5    // longer than this many levels: beats were lost, nobody knows how many
#define TRUST_SHARE   0.0625 // of one doubtful beat in what is learned about doubtful beats
#define TRUSTED       0.4    // share of them that come oddly; above, they are all left out ...
#define HALF_TRUSTED  0.3    // ... below this, none for the detector's word alone
#define PAIR_QUALITY  0.95   // beats from which differences are taken, or the better half of them
#define STEP_MAX      0.5    // differences are clipped to this
#define ALIKE         0.9    // likeness (correlation) of a beat that looks as usual ...
#define ALIKE_QUALITY 0.5    // ... where it can be seen at all

typedef struct {
    double median, large; // median and nearly the largest, of the level
} Steps;

typedef enum { EXPECT_NORMAL, EXPECT_PAUSE, EXPECT_RUN } Expect;

typedef struct {
    RrType type;
    Expect next;
} Verdict;

typedef struct {
    double rr_ms;
    double time_s;
    float quality;
    bool reliable;
} Raw;

struct Rr {
    bool clean;

    bool has_beat;
    RrBeat beat;          // the last one
    float before_quality; // of the one before it
    bool before_trusted;

    bool waiting; // an interval waits for its successor
    Raw raw;

    double nn_ms[N_LEVEL];
    uint32_t n_nn;
    double recent_ms[N_RECENT];
    uint32_t n_recent;
    Ranked steps; // relative differences of successive NN intervals: about half a minute

    Expect expect;
    uint32_t run;     // intervals in the present fast run
    uint32_t run_max; // it may last this long
    uint32_t mended;  // times in a row that a beat was mended
    double previous;  // last interval, ms, if it was NN; else 0
    double strict_ms; // the same for the strict verdict
    bool chain;       // the interval given out last was NN and nothing lies in between

    Ranked qualities; // of the last intervals

    double trust; // share of doubtful beats that came oddly, 0..1

    Rhythm rhythm;
};

// Median of at most N_RECENT + 1 values
static double median(const double* values, uint32_t n)
{
    double sorted[N_RECENT + 1];
    for (uint32_t i = 0; i < n; ++i) {
        ranked_insert(sorted, i, values[i]);
    }
    return ranked_of_sorted(sorted, n, 0.5);
}

static void put(double* ring, uint32_t size, uint32_t* count, double value)
{
    ring[*count % size] = value;
    *count = *count + 1 < 2 * size ? *count + 1 : *count + 1 - size;
}

static uint32_t held(uint32_t count, uint32_t size)
{
    return count < size ? count : size;
}

// The person's present sinus interval, ms
static double level(const Rr* rr, double current, double next)
{
    if (rr->n_nn >= BOOT) {
        return median(rr->nn_ms, held(rr->n_nn, N_LEVEL));
    }

    // At the start nobody knows which interval is normal. The mean of two neighbours is the same
    // before, in and after a premature beat with its pause
    double means[N_RECENT + 1];
    uint32_t n = 0;
    const uint32_t n_recent = held(rr->n_recent, N_RECENT);
    double before = 0.0;
    for (uint32_t i = 0; i < n_recent; ++i) {
        const double value = rr->recent_ms[(rr->n_recent - n_recent + i) % N_RECENT];
        if (before > 0.0) {
            means[n++] = 0.5 * (before + value);
        }
        before = value;
    }
    if (before > 0.0) {
        means[n++] = 0.5 * (before + current);
    }
    means[n++] = 0.5 * (current + next);
    return median(means, n);
}

// The person's scale
static Steps step_scale(const Rr* rr)
{
    return (Steps){ranked_quantile(&rr->steps, 0.5), ranked_quantile(&rr->steps, 0.9)};
}

static double threshold(double floor, double scaled, double cap)
{
    return fmin(fmax(floor, scaled), cap);
}

/// What the waiting interval is. `strict`: large differences cannot be sinus rhythm
static Verdict judge(const Rr* rr, double current, double next, double ref, Steps step, bool strict)
{
    const double drop =
        ref * threshold(DROP_FLOOR, DROP_SCALE * step.median, strict ? DROP_CAP : HUGE_VAL);
    const double rebound = ref * threshold(REBOUND_FLOOR, REBOUND_SCALE * step.median,
                                           strict ? REBOUND_CAP : HUGE_VAL);
    const double fit = fmin(drop, FIT * ref);
    const double before = rr->previous > 0.0 ? rr->previous : ref;
    const double base = fmin(ref, before);
    const bool rebounds = next > current + rebound;
    const double fast = (1.0 - fmax(RUN_DROP, RUN_SCALE * step.large));

    if (rr->expect != EXPECT_RUN && fabs(current + next - ref) < 1.5 * fit &&
        fmin(current, next) < 0.75 * ref) {
        return (Verdict){RR_EXTRA, EXPECT_NORMAL};
    }
    if (rr->expect == EXPECT_PAUSE) {
        if (current < ref - drop && rebounds) {
            return (Verdict){RR_ECTOPIC, EXPECT_PAUSE};
        }
        const bool fast_on = current < fast * ref && next < fast * ref;
        return (Verdict){RR_ECTOPIC, fast_on ? EXPECT_RUN : EXPECT_NORMAL};
    }
    if (rr->expect == EXPECT_RUN && current < ref - drop && rebounds) {
        return (Verdict){RR_ECTOPIC, EXPECT_PAUSE};
    }
    if (rr->expect == EXPECT_RUN && current < (1.0 - RUN_END) * ref) {
        return (Verdict){RR_ECTOPIC, EXPECT_RUN};
    }
    if (current < base - drop) {
        if (rebounds) {
            return (Verdict){RR_ECTOPIC, EXPECT_PAUSE};
        }
        if (current < fast * base && next < (1.0 - RUN_END) * ref) {
            return (Verdict){RR_ECTOPIC, EXPECT_RUN};
        }
    } else if (current > ref + drop) {
        const double parts = floor(current / ref + 0.5);
        if (parts >= 2.0 && parts <= 3.0 && fabs(current / parts - ref) < fit && next < 1.4 * ref &&
            before < 1.4 * ref) {
            return (Verdict){RR_MISSED, EXPECT_NORMAL};
        }
        // A long interval among long ones is a slow heart (cold face, breath held), one alone is a
        // pause: blocked beat or escape
        if (current > PAUSE * ref && current > next + rebound && current > before + rebound) {
            return (Verdict){RR_ECTOPIC, EXPECT_NORMAL};
        }
    }
    return (Verdict){RR_NORMAL, EXPECT_NORMAL};
}

static uint32_t give(Rr* rr, RrInterval* out, double time_s, double rr_ms, RrType type,
                     float quality)
{
    const bool nn = type == RR_NORMAL || type == RR_EXTRA;
    const double usual = ranked_quantile(&rr->qualities, 0.5);
    // A merged interval is as long as the level said it should be, and the level may be wrong
    const bool good = (double)quality >= fmin(PAIR_QUALITY, usual) && type != RR_EXTRA;
    *out = (RrInterval){time_s, rr_ms, type, nn && good && rr->chain, quality};
    rr->chain = nn && good;
    ranked_put(&rr->qualities, (double)quality);
    return 1;
}

// The strict verdict feeds the person's scale, whatever verdict is given out, so that the scale
// cannot swell by what it has let pass
static void learn_step(Rr* rr, bool normal, double current, double ref)
{
    if (normal && rr->strict_ms > 0.0) {
        ranked_put(&rr->steps, fmin(fabs(current - rr->strict_ms) / ref, STEP_MAX));
    }
    rr->strict_ms = normal ? current : 0.0;
}

/// The verdict on an interval of a beat that the detector does not trust. How far it is right in
/// that is learned: if its doubtful beats come where sinus beats come, the rhythm is believed
static Verdict doubt(Rr* rr, Verdict verdict, double current, double next, double ref, Steps step)
{
    const double drop = ref * fmax(DROP_FLOOR, DROP_SCALE * step.median);
    const double before = rr->previous > 0.0 ? rr->previous : ref;
    const bool odd =
        verdict.type != RR_NORMAL || fabs(current - before) > drop || fabs(next - current) > drop;
    rr->trust += TRUST_SHARE * ((odd ? 1.0 : 0.0) - rr->trust);
    if (verdict.type == RR_NORMAL && ((odd && rr->trust > HALF_TRUSTED) || rr->trust > TRUSTED)) {
        verdict.type = RR_ECTOPIC;
    }
    return verdict;
}

/// Classify the waiting interval, knowing the next; sets *merged if it took the next one in
static uint32_t classify(Rr* rr, const Raw* next, bool* merged, RrInterval* out)
{
    const Raw now = rr->raw;
    const double current = now.rr_ms;
    if ((rr->run > 0 && rr->run >= rr->run_max) ||
        rr->mended >= MENDED_MAX) { // it has become the rhythm
        rr->n_nn = 0;
        rr->run = 0;
        rr->mended = 0;
        rr->expect = EXPECT_NORMAL;
    }
    const double ref = level(rr, current, next->rr_ms);
    const Steps step = step_scale(rr);
    const Verdict strict = judge(rr, current, next->rr_ms, ref, step, true);
    Verdict verdict =
        rr->rhythm.irregular ? judge(rr, current, next->rr_ms, ref, step, false) : strict;
    if (verdict.type == RR_EXTRA && !(next->rr_ms > 0.0)) {
        verdict = (Verdict){RR_NORMAL, EXPECT_NORMAL};
    }
    if (!now.reliable && verdict.type != RR_EXTRA) {
        verdict = doubt(rr, verdict, current, next->rr_ms, ref, step);
    }
    learn_step(rr, strict.type == RR_NORMAL && verdict.type == RR_NORMAL, current, ref);
    rhythm_interval(&rr->rhythm, (float)current);
    put(rr->recent_ms, N_RECENT, &rr->n_recent, current);

    const bool was_pause = rr->expect == EXPECT_PAUSE;
    rr->expect = verdict.next;
    if (verdict.next == EXPECT_RUN) {
        if (rr->run++ == 0) {
            const bool half = fabs(2.0 * current - ref) < 0.1 * ref;
            rr->run_max = current < (1.0 - RUN_STEEP) * ref && !half ? RUN_LONGEST : RUN_MAX;
        }
    } else {
        rr->run = 0;
    }
    rr->mended = verdict.type == RR_EXTRA || verdict.type == RR_MISSED ? rr->mended + 1u : 0u;
    rr->previous = 0.0;

    switch (verdict.type) {
    case RR_EXTRA: {
        const double whole = current + next->rr_ms;
        put(rr->nn_ms, N_LEVEL, &rr->n_nn, whole);
        rr->previous = whole;
        *merged = true;
        return give(rr, out, next->time_s, whole, was_pause ? RR_ECTOPIC : RR_EXTRA,
                    fminf(now.quality, next->quality));
    }
    case RR_MISSED: {
        const uint32_t parts = (uint32_t)floor(current / ref + 0.5);
        const double part = current / parts;
        for (uint32_t i = 0; i < parts; ++i) {
            give(rr, out + i, now.time_s - 1e-3 * part * (parts - 1u - i), part, RR_MISSED,
                 now.quality);
        }
        return parts;
    }
    case RR_ECTOPIC: {
        // A premature beat and its pause are two sinus intervals long, if the sinus node went on
        const double mean = 0.5 * (current + next->rr_ms);
        if (verdict.next == EXPECT_PAUSE && fabs(mean - ref) < 0.2 * ref) {
            put(rr->nn_ms, N_LEVEL, &rr->n_nn, mean);
        }
        return give(rr, out, now.time_s, current, RR_ECTOPIC, now.quality);
    }
    default:
        put(rr->nn_ms, N_LEVEL, &rr->n_nn, current);
        rr->previous = current;
        return give(rr, out, now.time_s, current, RR_NORMAL, now.quality);
    }
}

// What waits is given out without knowing its successor
static uint32_t flush(Rr* rr, RrInterval* out)
{
    if (!rr->waiting) {
        return 0;
    }
    rr->waiting = false;
    const Raw unknown = {rr->raw.rr_ms, rr->raw.time_s, 1.f, true};
    bool merged = false;
    const Verdict verdict = {
        rr->expect != EXPECT_NORMAL || !rr->raw.reliable ? RR_ECTOPIC : RR_NORMAL, EXPECT_NORMAL};
    if (verdict.type == RR_ECTOPIC) {
        rr->expect = EXPECT_NORMAL;
        rr->run = 0;
        rr->previous = 0.0;
        return give(rr, out, rr->raw.time_s, rr->raw.rr_ms, RR_ECTOPIC, rr->raw.quality);
    }
    return classify(rr, &unknown, &merged, out);
}

// Start a new series: what was there before does not tell how fast the heart beats now
static void forget_series(Rr* rr)
{
    rr->waiting = false;
    rr->n_nn = 0;
    rr->n_recent = 0;
    rr->expect = EXPECT_NORMAL;
    rr->run = 0;
    rr->mended = 0;
    rr->previous = 0.0;
    rr->strict_ms = 0.0;
    rr->chain = false;
}

Rr* rr_new(void)
{
    Rr* const rr = calloc(1, sizeof(Rr));
    if (rr) {
        rr->clean = true;
        rr_reset(rr);
    }
    return rr;
}

void rr_free(Rr* rr)
{
    free(rr);
}

void rr_reset(Rr* rr)
{
    const bool clean = rr->clean;
    memset(rr, 0, sizeof(*rr));
    rr->clean = clean;
    ranked_assume(&rr->steps, N_PRIOR, PRIOR_STEP);
    rr->trust = TRUSTED; // the benefit of the doubt: not above it
    rhythm_reset(&rr->rhythm);
}

void rr_set_clean(Rr* rr, bool clean)
{
    if (clean != rr->clean) {
        rr->clean = clean;
        forget_series(rr);
        rr->has_beat = false;
    }
}

uint32_t rr_break(Rr* rr, RrInterval out[RR_MAX_OUT])
{
    const uint32_t n = flush(rr, out);
    forget_series(rr);
    rr->has_beat = false;
    return n;
}

// A beat that is doubtful because it is hard to see, but looks as usual, is no ectopic one
static bool trusted(const RrBeat* beat)
{
    return beat->reliable ||
           (beat->likeness >= (float)ALIKE && beat->quality >= (float)ALIKE_QUALITY);
}

uint32_t rr_beat(Rr* rr, const RrBeat* beat, RrInterval out[RR_MAX_OUT])
{
    if (!isfinite(beat->time_s) || (rr->has_beat && !(beat->time_s > rr->beat.time_s))) {
        return 0;
    }
    const RrBeat last = rr->beat;
    const bool first = !rr->has_beat;
    rr->beat = *beat;
    rr->beat.quality = beat->quality >= 0.f && beat->quality <= 1.f ? beat->quality : 0.f;
    rr->has_beat = true;
    if (first) {
        return 0;
    }

    const Raw raw = {1e3 * (beat->time_s - last.time_s), beat->time_s,
                     fminf(last.quality, rr->beat.quality), trusted(&last) && trusted(&rr->beat)};
    rr->before_quality = last.quality;
    rr->before_trusted = trusted(&last);
    const double known = rr->n_nn >= BOOT ? level(rr, raw.rr_ms, raw.rr_ms) : RR_GAP_MS;
    if (raw.rr_ms > RR_GAP_MS || (rr->clean && raw.rr_ms > GAP_LEVELS * known)) {
        uint32_t n = flush(rr, out);
        forget_series(rr);
        n += give(rr, out + n, raw.time_s, 0.0, RR_GAP, 0.f);
        return n;
    }
    if (!rr->clean) {
        rhythm_interval(&rr->rhythm, (float)raw.rr_ms);
        return give(rr, out, raw.time_s, raw.rr_ms, RR_NORMAL, raw.quality);
    }

    uint32_t n = 0;
    bool merged = false;
    if (rr->waiting) {
        n = classify(rr, &raw, &merged, out);
    }
    rr->waiting = !merged;
    rr->raw = raw;
    return n;
}

void rr_quality(Rr* rr, float quality)
{
    rr->beat.quality = quality >= 0.f && quality <= 1.f ? quality : 0.f;
    if (rr->waiting) {
        rr->raw.quality = fminf(rr->before_quality, rr->beat.quality);
        rr->raw.reliable = rr->before_trusted && trusted(&rr->beat);
    }
}

void rr_likeness(Rr* rr, float likeness)
{
    rr->beat.likeness = likeness >= 0.f && likeness <= 1.f ? likeness : 0.f;
    if (rr->waiting) {
        rr->raw.reliable = rr->before_trusted && trusted(&rr->beat);
    }
}

bool rr_irregular(const Rr* rr)
{
    return rhythm_irregular(&rr->rhythm);
}
