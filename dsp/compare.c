// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/compare.h"

#include "dsp/words.h"

#include <math.h>
#include <string.h>

// Shortest part that is compared, s: RMSSD needs 30..60 s of sound beats at least. Parts are
// counted in the caller's steps, which may end just before.
#define LEAST_S 60.0
#define STEP_S  0.2
// Share of the time that may lack sound beats
#define MOST_LOST 0.10
// Breathing rates are the same within the larger of these: RMSSD and respiratory HRV depend on the
// rate itself
#define SAME_BREATHING_SHARE 0.15F
#define SAME_BREATHING       1.0F
// Segments for the uncertainty of the heart rate, s
#define SEGMENT_S 20.0
// Repeatability of one person's RMSSD and respiratory HRV in 120 s against 5 min: 95 % within a
// factor of 1.21, so a standard deviation of ln of 0.097, growing as the root of the time gets
// shorter (measured on resting adults)
#define LN_SD_120S 0.097
// Smallest standard error of a mean heart rate, bpm: slow waves that no two minutes average out
#define LEAST_RATE_SE 0.5
// Breathing reports below this confidence, or older, do not count
#define BREATH_CONFIDENCE 0.4F
#define BREATH_FRESH_S    15.0
// Nor do those from the first so many s of a part: after another rate the breath is followed again
// within 13 to 21 s, until then the rate told is the one before
#define BREATH_SETTLES_S 20.0
#define SHORTEST_RR_MS   250.0F
#define LONGEST_RR_MS    3000.0F
#define Z95              1.96

void part_begin(Part* const p, const bool paced, const bool moving)
{
    memset(p, 0, sizeof(*p));
    p->paced = paced;
    p->moving = moving;
}

void part_advance(Part* const p, const double seconds)
{
    if (!(seconds > 0.0)) {
        return;
    }
    p->seconds += seconds;
    p->breath_age_s += seconds;
    if (p->seconds > BREATH_SETTLES_S && p->breath_rate > 0.0F &&
        p->breath_confidence >= BREATH_CONFIDENCE && p->breath_age_s < BREATH_FRESH_S) {
        p->breath_sum += (double)p->breath_rate * seconds;
        p->breath_weight_s += seconds;
        if (p->resp_hrv > 0.0F) {
            p->resp_ln_sum += log((double)p->resp_hrv) * seconds;
            p->resp_weight_s += seconds;
        }
    }
    p->segment_s += seconds;
    if (p->segment_s >= SEGMENT_S) {
        if (p->segment_beats >= 5U) {
            const double rate = 60000.0 * p->segment_beats / p->segment_rr_ms;
            ++p->segments;
            const double delta = rate - p->segment_mean;
            p->segment_mean += delta / p->segments;
            p->segment_m2 += delta * (rate - p->segment_mean);
        }
        p->segment_s = 0.0;
        p->segment_rr_ms = 0.0;
        p->segment_beats = 0U;
    }
}

void part_beat(Part* const p, const float rr_ms, const bool usable)
{
    if (!usable || !(rr_ms >= SHORTEST_RR_MS && rr_ms <= LONGEST_RR_MS)) {
        p->last_rr_ms = 0.0F;
        return;
    }
    p->usable_s += (double)rr_ms / 1000.0;
    p->rr_sum_ms += (double)rr_ms;
    ++p->rr_count;
    p->segment_rr_ms += (double)rr_ms;
    ++p->segment_beats;
    if (p->last_rr_ms > 0.0F) {
        const double diff = (double)rr_ms - (double)p->last_rr_ms;
        p->diff2_sum_ms2 += diff * diff;
        ++p->diff_count;
    }
    p->last_rr_ms = rr_ms;
}

void part_breath(Part* const p, const float rate_per_min, const float resp_hrv_ms,
                 const float confidence)
{
    if (!(rate_per_min > 0.0F && rate_per_min < 100.0F && confidence >= 0.0F)) {
        return;
    }
    p->breath_rate = rate_per_min;
    p->resp_hrv = resp_hrv_ms > 0.0F && resp_hrv_ms < 2000.0F ? resp_hrv_ms : 0.0F;
    p->breath_confidence = confidence;
    p->breath_age_s = 0.0;
}

// Half of the time that the breath was listened to must be known
static bool enough(const Part* const p, const double known_s)
{
    return known_s > 0.0 && known_s > 0.5 * (p->seconds - BREATH_SETTLES_S);
}

static float breathing(const Part* const p)
{
    return enough(p, p->breath_weight_s) ? (float)(p->breath_sum / p->breath_weight_s) : 0.0F;
}

static CompareReason reason_of(const Part* const p)
{
    if (p->seconds <= 0.0 || !p->rr_count) {
        return COMPARE_NOT_MEASURED;
    }
    if (p->moving) {
        return COMPARE_MOVING;
    }
    if (p->seconds < LEAST_S - STEP_S) {
        return COMPARE_TOO_SHORT;
    }
    // The first and last interval may lie half outside
    return p->usable_s < (1.0 - MOST_LOST) * p->seconds - 3.0 ? COMPARE_ARTEFACTS : COMPARE_OK;
}

static double heart_rate_se(const Part* const p)
{
    if (p->segments < 3U) {
        return 2.0;
    }
    const double se = sqrt(p->segment_m2 / (p->segments - 1U) / p->segments);
    return fmax(se, LEAST_RATE_SE);
}

static void set_factor(CompareMeasure* const m, const double usable_before_s,
                       const double usable_after_s)
{
    const double se = LN_SD_120S * sqrt(120.0 / usable_before_s + 120.0 / usable_after_s);
    m->change = m->after / m->before;
    m->low = (float)((double)m->change * exp(-Z95 * se));
    m->high = (float)((double)m->change * exp(Z95 * se));
    m->clear = m->low > 1.0F || m->high < 1.0F;
}

Comparison compare_parts(const Part* const before, const Part* const after)
{
    Comparison c = {0};
    const CompareReason first = reason_of(before);
    const CompareReason reason = first != COMPARE_OK ? first : reason_of(after);
    c.present = true;
    c.breath_before = breathing(before);
    c.breath_after = breathing(after);

    CompareMeasure* const rate = &c.heart_rate;
    rate->reason = reason;
    rate->before =
        before->rr_count ? (float)(60000.0 * before->rr_count / before->rr_sum_ms) : 0.0F;
    rate->after = after->rr_count ? (float)(60000.0 * after->rr_count / after->rr_sum_ms) : 0.0F;
    if (reason == COMPARE_OK) {
        const double a = heart_rate_se(before);
        const double b = heart_rate_se(after);
        const float margin = (float)(Z95 * sqrt(a * a + b * b));
        rate->change = rate->after - rate->before;
        rate->low = rate->change - margin;
        rate->high = rate->change + margin;
        rate->clear = rate->low > 0.0F || rate->high < 0.0F;
    }

    // Both of these move with the breathing rate by themselves
    CompareReason vagal = reason;
    if (vagal == COMPARE_OK && before->paced != after->paced) {
        vagal = COMPARE_PACED;
    } else if (vagal == COMPARE_OK && (c.breath_before <= 0.0F || c.breath_after <= 0.0F)) {
        vagal = COMPARE_NO_BREATHING;
    } else if (vagal == COMPARE_OK &&
               fabsf(c.breath_after - c.breath_before) >
                   fmaxf(SAME_BREATHING, SAME_BREATHING_SHARE * c.breath_before)) {
        vagal = COMPARE_BREATHING;
    }
    c.rmssd.reason = vagal;
    c.rmssd.before =
        before->diff_count ? (float)sqrt(before->diff2_sum_ms2 / before->diff_count) : 0;
    c.rmssd.after = after->diff_count ? (float)sqrt(after->diff2_sum_ms2 / after->diff_count) : 0;
    if (vagal == COMPARE_OK && !(c.rmssd.before > 0.0F && c.rmssd.after > 0.0F)) {
        c.rmssd.reason = COMPARE_NOT_MEASURED;
    } else if (vagal == COMPARE_OK) {
        set_factor(&c.rmssd, before->usable_s, after->usable_s);
    }

    c.resp_hrv.reason = vagal;
    const bool has_before = enough(before, before->resp_weight_s);
    const bool has_after = enough(after, after->resp_weight_s);
    c.resp_hrv.before = has_before ? (float)exp(before->resp_ln_sum / before->resp_weight_s) : 0.0F;
    c.resp_hrv.after = has_after ? (float)exp(after->resp_ln_sum / after->resp_weight_s) : 0.0F;
    if (vagal == COMPARE_OK && !(has_before && has_after)) {
        c.resp_hrv.reason = COMPARE_NOT_MEASURED;
    } else if (vagal == COMPARE_OK) {
        set_factor(&c.resp_hrv, before->usable_s, after->usable_s);
    }
    return c;
}

const char* compare_reason_text(const CompareReason reason)
{
    switch (reason) {
    case COMPARE_OK:
        return "comparable";
    case COMPARE_NOT_MEASURED:
        return "not measured both before and after";
    case COMPARE_TOO_SHORT:
        return "one part lasted less than a minute";
    case COMPARE_ARTEFACTS:
        return "too many beats were missing or doubtful";
    case COMPARE_PACED:
        return "one part was paced and the other was not";
    case COMPARE_BREATHING:
        return "you breathed at different rates before and after";
    case COMPARE_NO_BREATHING:
        return "the breathing rate was not known";
    case COMPARE_MOVING:
        return "there was too much movement";
    }
    return "not known";
}

static void say_factor(Words* const t, const char* const name, const char* const within,
                       const CompareMeasure* const m)
{
    if (m->clear) {
        words_say(t, name);
        words_say(t, m->change > 1.0F ? " is larger by " : " is smaller by ");
        words_number(t, 100.0F * fabsf(m->change - 1.0F));
        words_say(t, " % (95 % interval: ");
    } else {
        words_say(t, "No clear change of ");
        words_say(t, within);
        words_say(t, " (");
        words_signed(t, 100.0F * (m->change - 1.0F));
        words_say(t, " %, 95 % interval: ");
    }
    words_signed(t, 100.0F * (m->low - 1.0F));
    words_say(t, " to ");
    words_signed(t, 100.0F * (m->high - 1.0F));
    words_say(t, " %). ");
}

size_t compare_sentence(const Comparison* const c, char* const text, const size_t size)
{
    Words t = words_into(text, size);
    const CompareMeasure* const rate = &c->heart_rate;
    if (!c->present) {
        words_say(&t, "Nothing to compare yet.");
    } else if (rate->reason != COMPARE_OK) {
        words_say(&t, "Before and after cannot be compared: ");
        words_say(&t, compare_reason_text(rate->reason));
        words_say(&t, ".");
    } else {
        if (rate->clear) {
            words_say(&t, "Your heart beats ");
            words_number(&t, rate->change);
            words_say(&t, rate->change < 0.0F ? " per minute slower" : " per minute faster");
            words_say(&t, " than before (95 % interval: ");
        } else {
            words_say(&t, "No clear change of the heart rate (");
            words_signed(&t, rate->change);
            words_say(&t, " per minute, 95 % interval: ");
        }
        words_signed(&t, rate->low);
        words_say(&t, " to ");
        words_signed(&t, rate->high);
        words_say(&t, "). ");
        if (c->rmssd.reason == COMPARE_OK) {
            say_factor(&t, "RMSSD", "RMSSD", &c->rmssd);
        }
        if (c->resp_hrv.reason == COMPARE_OK) {
            say_factor(&t, "Respiratory HRV", "respiratory HRV", &c->resp_hrv);
        }
        if (c->rmssd.reason != COMPARE_OK) {
            words_say(&t, "RMSSD and respiratory HRV are not compared: ");
            words_say(&t, compare_reason_text(c->rmssd.reason));
            words_say(&t, ". ");
        }
        if (c->breath_before > 0.0F && c->breath_after > 0.0F) {
            words_say(&t, "Breaths per minute: ");
            words_tenths(&t, c->breath_before);
            words_say(&t, " before, ");
            words_tenths(&t, c->breath_after);
            words_say(&t, " after.");
        }
    }
    return words_end(&t);
}
