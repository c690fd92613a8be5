// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/hum_marks.h"

#include <math.h>
#include <string.h>

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
// Before a hum one breathes in: of these seconds before it so much must be quiet. A quick breath
// takes 0.7 s at least; most rests of a melody are shorter
#define BREATH_IN_S 0.8
#define QUIET_SHARE 0.8F
// The voice sets in within this time by a rise; a drone, a fan and the mains never do
#define ONSET_S 0.25
// Onset: where the level comes this over what was before, and within HUM_ONSET_BELOW_DB
#define ONSET_ABOVE_DB 6.0F
// From there to 12 dB more a voice takes so long; its first moment lies before that by 0.34 times
// as long when it swells straight, 0.86 to 0.95 times when by a raised cosine. Not by more than
// this
#define SWELL_DB       12.0F
#define SWELL_SHARE    0.65F
#define SWELL_MOST_S   0.03
#define SWELL_UNDER_DB 3.0F // of the level now
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
// Something plucked or struck falls from its first moment on: by 9 dB/s (guitar), 10 (vibraphone),
// 20 (piano); a held hum does not, though one that wavers in a room may seem to, by 5. Measured
// from so long after the onset
#define RING_FALL   7.0F
#define RING_FROM_S 0.08
// Above 1.9 kHz "ee" and "eh" have 18 to 21 dB less than below 700 Hz (Peterson & Barney 1952), a
// nasal murmur has 25 to 35 dB less (Fujimura 1962). What was there before the onset is noise
#define BRIGHT_SHARE 0.005F // -23 dB
// Above 700 Hz "oo" and "ee" have 16 to 20 dB less than below, a nasal murmur less than -25 dB ...
#define OVER_SHARE 0.0079F // -21 dB
// ... unless its pitch is so high that few harmonics are left below: then as much as harmonics have
// that fall by 12 dB per octave, and 1 dB
#define OVER_MORE 1.26F
// 700 Hz: corner of the low band, fourth order
#define LOW_BAND_HZ 700.0F
#define NOISE_S     0.3
// Multiples of these with the sound there from the very first moment are the mains (tolerance 0.3
// %)
#define MAINS_A_HZ      50.0F
#define MAINS_B_HZ      60.0F
#define MAINS_TOLERANCE 0.003F
// Pitches within this of a known partial are treated as leakage
#define KNOWN_CENTS 30.0F

// Estimates that the evenness is taken over (256 ms)
enum { WINDOW = 64 };

void hum_marks_init(HumMarks* const m, const double rate, const Pitch* const pitch)
{
    m->rate = rate;
    m->hop = (int64_t)pitch_hop(pitch);
    m->lag = (int64_t)pitch_delay(pitch);
    hum_marks_reset(m);
}

void hum_marks_reset(HumMarks* const m)
{
    m->head = m->filled = 0U;
}

bool hum_marks_set_known(HumMarks* const m, const float* const fundamentals_hz,
                         const uint32_t count)
{
    float known[HUM_MAX_KNOWN] = {0.0F};
    uint32_t known_count = 0;
    for (uint32_t i = 0; i < count && known_count < HUM_MAX_KNOWN; ++i) {
        if (fundamentals_hz[i] > 10.0F && fundamentals_hz[i] < 2000.0F) {
            known[known_count++] = fundamentals_hz[i];
        }
    }
    bool changed = known_count != m->known_count;
    for (uint32_t i = 0; i < known_count; ++i) {
        changed = changed || known[i] != m->known[i];
    }
    m->known_count = known_count;
    memcpy(m->known, known, sizeof(known));
    return changed;
}

// Estimates ago, clamped to what is there
static uint32_t ago(const HumMarks* const m, const uint32_t steps)
{
    const uint32_t back = steps < m->filled ? steps : (m->filled ? m->filled - 1U : 0U);
    return (m->head + HUM_HISTORY - back) % HUM_HISTORY;
}

static uint32_t hops(const HumMarks* const m, const double seconds)
{
    const double steps = seconds * m->rate / (double)m->hop + 0.5;
    return steps < HUM_HISTORY - 1 ? (uint32_t)steps : HUM_HISTORY - 1U;
}

void hum_marks_take(HumMarks* const m, const PitchEstimate* const e)
{
    m->head = (m->head + 1U) % HUM_HISTORY;
    m->filled += m->filled < HUM_HISTORY;
    m->level[m->head] = e->low_db;
    m->tonal[m->head] = e->tonal_db;
    m->centre[m->head] = e->centre_hz;
    m->low[m->head] = e->low_power;
    m->high[m->head] = e->high_power;
    m->over[m->head] = e->over_power;
    m->cents[m->head] = e->hz > 0.0F ? 1200.0F * log2f(e->hz / 55.0F) : 0.0F;
}

bool hum_marks_known(const HumMarks* const m, const float hz)
{
    for (uint32_t i = 0; i < m->known_count; ++i) {
        const float ratio = hz / m->known[i];
        const float partial = fmaxf(1.0F, floorf(ratio + 0.5F));
        // The period found may also be a multiple of the partial's (octave below)
        if (fabsf(1200.0F * log2f(ratio / partial)) < KNOWN_CENTS ||
            fabsf(1200.0F * log2f(2.0F * ratio)) < KNOWN_CENTS) {
            return true;
        }
    }
    return false;
}

bool hum_marks_mains(const float hz)
{
    const float a = hz / MAINS_A_HZ;
    const float b = hz / MAINS_B_HZ;
    return fabsf(a - floorf(a + 0.5F)) < MAINS_TOLERANCE * a ||
           fabsf(b - floorf(b + 0.5F)) < MAINS_TOLERANCE * b;
}

bool hum_marks_like(const HumMarks* const m, const PitchEstimate* const e, const bool hold)
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
    if (!m->singing && e->low_share < (hold ? SHARE_HOLD : SHARE_OPEN)) {
        return false;
    }
    const float highest = fmaxf(CENTRE_HZ, CENTRE_RATIO * e->hz) * (hold ? 1.2F : 1.0F);
    if (!m->singing && e->centre_hz > highest) {
        return false;
    }
    return true;
}

bool hum_marks_first(const HumMarks* const m)
{
    return m->filled <= hops(m, ONSET_S);
}

bool hum_marks_rises(const HumMarks* const m, const float rise_db)
{
    const uint32_t onset_hops = hops(m, ONSET_S);
    const float tonal = m->tonal[m->head];
    float least = tonal;
    for (uint32_t i = 0; i < onset_hops && i < m->filled; ++i) {
        least = fminf(least, m->tonal[ago(m, i)]);
    }
    return tonal - (hum_marks_first(m) ? HUM_SILENCE_DB : least) > rise_db;
}

bool hum_marks_steady(const HumMarks* const m)
{
    const uint32_t steps = hops(m, DRIFT_S);
    if (m->filled <= steps) {
        return true;
    }
    const uint32_t before = ago(m, steps);
    return !(m->like[before] && fabsf(m->cents[m->head] - m->cents[before]) > DRIFT_CENTS);
}

HumEvenness hum_marks_evenness(const HumMarks* const m)
{
    const float hop_s = (float)((double)m->hop / m->rate);
    const float middle = 0.5F * (float)(WINDOW - 1);
    float n = 0.0F, sx = 0.0F, sxx = 0.0F, sc = 0.0F, scc = 0.0F, sxc = 0.0F;
    float sl = 0.0F, sll = 0.0F, sxl = 0.0F, sm = 0.0F, smm = 0.0F, all_xx = 0.0F;
    const float cents_now = m->cents[m->head]; // taken off: small numbers keep their digits
    const float level_now = m->level[m->head];
    for (uint32_t i = 0; i < WINDOW; ++i) {
        const uint32_t at = (m->head + HUM_HISTORY - i) % HUM_HISTORY;
        const float x = middle - (float)i;
        const float level = m->level[at] - level_now;
        const float centre = m->centre[at];
        all_xx += x * x;
        sl += level;
        sll += level * level;
        sxl += x * level;
        sm += centre;
        smm += centre * centre;
        if (m->like[at]) {
            const float cents = m->cents[at] - cents_now;
            n += 1.0F;
            sx += x;
            sxx += x * x;
            sc += cents;
            scc += cents * cents;
            sxc += x * cents;
        }
    }
    HumEvenness e = {0};
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

bool hum_is_even(const HumEvenness* const e, const bool late)
{
    return e->like >= CONFIRM_SHARE && e->level_sd < LEVEL_SD_DB && e->pitch_sd < PITCH_SD_CENTS &&
           fabsf(e->pitch_slope) < PITCH_SLOPE && e->centre_sd < CENTRE_SD &&
           e->level_slope > -LEVEL_FALL && e->level_slope < (late ? LEVEL_SLOPE_LATE : LEVEL_SLOPE);
}

bool hum_marks_rings_out(const HumMarks* const m, const int64_t now, const int64_t onset)
{
    const int64_t span = (now - onset) / m->hop - (int64_t)hops(m, RING_FROM_S);
    const uint32_t count = span > 0 ? (uint32_t)span : 0U;
    if (count < WINDOW || count > m->filled) {
        return false;
    }
    const float middle = 0.5F * (float)(count - 1U);
    float xx = 0.0F, xy = 0.0F;
    for (uint32_t i = 0; i < count; ++i) {
        const float x = middle - (float)i;
        xx += x * x;
        xy += x * m->tonal[ago(m, i)];
    }
    return xy / xx * (float)(m->rate / (double)m->hop) < -RING_FALL;
}

// Power above the low band over that within it, of harmonics that fall by 12 dB per octave
static float falling_share(const float hz)
{
    float low = 0.0F, over = 0.0F;
    for (int k = 1; k < 12; ++k) {
        const float x = (float)k * hz / LOW_BAND_HZ;
        const float x4 = x * x * x * x;
        const float passed = 1.0F / (1.0F + x4 * x4);
        const float power = 1.0F / (float)(k * k * k * k);
        low += power * passed;
        over += power * (1.0F - passed);
    }
    return over / low;
}

bool hum_marks_bright(const HumMarks* const m, const int64_t now, const int64_t onset,
                      const float hz)
{
    float low = 0.0F, high = 0.0F, over = 0.0F;
    for (uint32_t i = 0; i < WINDOW; ++i) {
        low += m->low[ago(m, i)];
        high += m->high[ago(m, i)];
        over += m->over[ago(m, i)];
    }
    const uint32_t since = (uint32_t)((now - onset) / m->hop) + hops(m, 0.02);
    const uint32_t span = hops(m, NOISE_S);
    float noise = 0.0F, noise_over = 0.0F;
    for (uint32_t i = since; i < since + span; ++i) {
        noise += m->high[ago(m, i)];
        noise_over += m->over[ago(m, i)];
    }
    const float scale = (float)WINDOW / (float)span;
    const float over_share = fmaxf(OVER_SHARE, OVER_MORE * falling_share(hz));
    return !m->singing && (high - scale * noise > BRIGHT_SHARE * low ||
                           over - scale * noise_over > over_share * low);
}

// Estimates ago at which the level came over the threshold, between them by its slope
static float crossing(const HumMarks* const m, const uint32_t lowest, const float threshold)
{
    uint32_t i = 0;
    while (i < lowest && m->level[ago(m, i + 1U)] > threshold) {
        ++i;
    }
    const float above = m->level[ago(m, i)];
    const float below = m->level[ago(m, i + 1U)];
    const float part =
        above > below ? fmaxf(0.0F, fminf(1.0F, (above - threshold) / (above - below))) : 0.0F;
    return (float)i + part;
}

int64_t hum_marks_onset(const HumMarks* const m, const int64_t now)
{
    const uint32_t reach = hops(m, ONSET_S);
    const float plateau = fmaxf(m->level[m->head], m->level[ago(m, 3)]);
    float before = 0.0F;
    uint32_t lowest = 0;
    for (uint32_t i = 0; i < reach && i < m->filled; ++i) {
        const float level = m->level[ago(m, i)];
        if (!i || level < before) {
            before = level;
            lowest = i;
        }
    }
    // Not deep: half way between what was and what is
    const float threshold = fminf(fmaxf(plateau - HUM_ONSET_BELOW_DB, before + ONSET_ABOVE_DB),
                                  0.5F * (plateau + before));
    float steps = crossing(m, lowest, threshold);
    // A voice swells from nothing: its first moment lies before the one in which it was loud enough
    if (threshold + SWELL_DB < plateau - SWELL_UNDER_DB) {
        const float rise = steps - crossing(m, lowest, threshold + SWELL_DB);
        steps += fminf(SWELL_SHARE * rise, (float)hops(m, SWELL_MOST_S));
    }
    return now - (int64_t)(steps * (float)m->hop + 0.5F) - m->lag;
}

int64_t hum_marks_end(const HumMarks* const m, const int64_t now, const double reach_s,
                      const float plateau_db, const int64_t good_at)
{
    const uint32_t reach = hops(m, reach_s);
    float after = m->level[m->head];
    for (uint32_t i = 1; i < hops(m, 0.1) && i < m->filled; ++i) {
        after = fmaxf(after, m->level[ago(m, i)]);
    }
    const float threshold =
        fminf(fmaxf(plateau_db - HUM_ONSET_BELOW_DB, after + 3.0F), 0.5F * (plateau_db + after));
    uint32_t i = 0;
    while (i < reach && i + 1U < m->filled && m->level[ago(m, i)] < threshold) {
        ++i;
    }
    // Never that quiet (noise, or another sound took over): the last hum-like estimate
    const int64_t by_level = now - (int64_t)i * m->hop - m->lag;
    const int64_t by_tone = good_at - m->lag;
    return i ? (by_level < by_tone + m->hop * 8 ? by_level : by_tone) : by_tone;
}

bool hum_marks_breath(const HumMarks* const m, const int64_t now, const int64_t onset,
                      const float level_db)
{
    const uint32_t since = (uint32_t)((now - onset) / m->hop) + hops(m, 0.02);
    const uint32_t wanted = hops(m, BREATH_IN_S);
    uint32_t loud = 0;
    for (uint32_t i = since; i < since + wanted && i < m->filled; ++i) {
        loud += m->tonal[ago(m, i)] > level_db;
    }
    return (float)loud <= (1.0F - QUIET_SHARE) * (float)wanted;
}
