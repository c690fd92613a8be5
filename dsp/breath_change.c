// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_change.h"

#include "dsp/four.h"

#include <math.h>
#include <string.h>

// fmaxf and fminf are calls, and these run a hundred times a beat for each bin. What is not a
// number gives the second.
static inline float larger(const float x, const float y)
{
    return x > y ? x : y;
}

// What is looked at, s: one breath at 5 per min
static const float usual_window_s = 12.0f;
// A change is seen about 9 s after it happened: then the window grows from there, because a breath
// and a half of the new rhythm tells its rate and one does not.
static const float changed_window_s = 11.0f;
// The newest beat counts fully, the oldest less by this share
static const float taper = 0.8f;
// Fewer differences tell nothing: two sines have four unknowns
static const float least_beats = 8.0f;
// Of the old rhythm there must be room for so many breaths in it, else two sines are one.
static const float least_breaths = 2.2f;
// The new rhythm must explain this much more than the old one, nats,
static const float clear_nats = 0.5f;
// and of the old one no more may be left than this share of its amplitude,
static const float silent_share = 0.35f;
// which is its mean over this time, s.
static const float remember_s = 30.0f;
// Ridge on the fit, in beats: a sine of less than half a turn in the window is not determined.
static const float ridge_beats = 1.0f;
// Rates nearer to the old one (ln) are not another rhythm; the bank follows those itself.
static const float apart_ln = 0.25f;

// A rate that moves by no more bins is the same rhythm
static const float same_bins = 4.0f;

void change_init(BreathChange* const change)
{
    memset(change, 0, sizeof *change);
    for (int k = 0; k < CHANGE_BINS; ++k) {
        change->now_c[k] = 1.0f;
    }
}

void change_beat(BreathChange* const change, const float dt_s, const float difference_s,
                 const bool use, const uint32_t old, const float old_per_s, const bool shown,
                 const float changed_s)
{
    change->window_s = changed_s < CHANGE_FITS_S ? changed_window_s + changed_s : usual_window_s;
    for (uint32_t i = 0; i < change->n; ++i) {
        change->age_s[(change->newest + CHANGE_BEATS - i) % CHANGE_BEATS] += dt_s;
    }
    change->use = use;
    if (use) {
        change->newest = (change->newest + 1) % CHANGE_BEATS;
        change->y[change->newest] = difference_s;
        change->age_s[change->newest] = 0.0f;
        change->n += change->n < CHANGE_BEATS;
    }
    while (change->n > 0 &&
           change->age_s[(change->newest + CHANGE_BEATS + 1 - change->n) % CHANGE_BEATS] >
               change->window_s) {
        --change->n;
    }
    const float away = fabsf((float)old - (float)change->old);
    change->old = old;
    change->gain = away > same_bins ? 1.0f : dt_s / (remember_s + dt_s);
    change->shown = shown && old_per_s * usual_window_s > least_breaths;
}

// What two sines explain of the differences by themselves: m x = b with a symmetric positive
// definite m, given by its lower half (Cholesky), and x·b
static float explained_by_two(const float m[3], const float b[2])
{
    const float d0 = sqrtf(larger(m[0], 1e-6f));
    const float l10 = m[1] / d0;
    const float d1 = sqrtf(larger(m[2] - l10 * l10, 1e-6f));
    const float z0 = b[0] / d0;
    const float z1 = (b[1] - l10 * z0) / d1;
    return z0 * z0 + z1 * z1;
}

static float least_left(const BreathChange* const change)
{
    return 1e-3f * change->square + 1e-12f;
}

// What the fits of all bins have in common
static void share(BreathChange* const change)
{
    const uint32_t old = change->old;
    memset(change->old_m, 0, sizeof change->old_m);
    memset(change->old_b, 0, sizeof change->old_b);
    change->square = change->count = 0.0f;
    for (uint32_t i = 0; i < change->n; ++i) {
        const uint32_t at = (change->newest + CHANGE_BEATS - i) % CHANGE_BEATS;
        const float c = change->c[at][old];
        const float s = change->s[at][old];
        const float y = change->y[at];
        const float w = 1.0f - taper * change->age_s[at] / change->window_s;
        const float terms[4] = {w, w * c, w * s, w * y};
        memcpy(change->shared[i], terms, sizeof terms);
        change->square += w * y * y;
        change->count += w;
        change->old_m[0] += w * c * c;
        change->old_m[1] += w * s * c;
        change->old_m[2] += w * s * s;
        change->old_b[0] += w * c * y;
        change->old_b[1] += w * s * y;
    }
    change->old_m[0] += ridge_beats;
    change->old_m[2] += ridge_beats;
    change->before =
        larger(change->square - explained_by_two(change->old_m, change->old_b), least_left(change));
}

// The fits of four neighbouring bins, one in each lane: of the sine alone and beside the old one
static void fit(BreathChange* const change, const uint32_t first)
{
    // Sums over the window: 0, 1 this rate's cosine and sine, 2, 3 the old one's
    Four m00 = {0.0f}, m10 = {0.0f}, m11 = {0.0f};
    Four m20 = {0.0f}, m21 = {0.0f}, m30 = {0.0f}, m31 = {0.0f};
    Four b0 = {0.0f}, b1 = {0.0f};
    for (uint32_t i = 0, at = change->newest; i < change->n; ++i) {
        const Four u0 = four_load(&change->c[at][first]);
        const Four u1 = four_load(&change->s[at][first]);
        const float* const by = change->shared[i];
        const Four weighed = by[0] * u0;
        m00 += u0 * weighed;
        m10 += weighed * u1;
        m11 += u1 * (by[0] * u1);
        m20 += u0 * by[1];
        m21 += u1 * by[1];
        m30 += u0 * by[2];
        m31 += u1 * by[2];
        b0 += u0 * by[3];
        b1 += u1 * by[3];
        at = at ? at - 1 : CHANGE_BEATS - 1;
    }
    const float* const old_m = change->old_m;
    const float* const old_b = change->old_b;
    const float square = change->square;
    const Four floor = four_all(least_left(change));
    const Four tiny = four_all(1e-6f);
    const float n = larger(change->count, 1.0f);

    // m = l lᵀ (Cholesky), l z = b: row by row, so that two rows are the fit of the sine alone
    const Four l00 = four_sqrt(four_larger(m00 + ridge_beats, tiny));
    const Four l10 = m10 / l00;
    const Four l11 = four_sqrt(four_larger(m11 + ridge_beats - l10 * l10, tiny));
    const Four z0 = b0 / l00;
    const Four z1 = (b1 - l10 * z0) / l11;
    const Four alone = z0 * z0 + z1 * z1;
    const Four l20 = m20 / l00;
    const Four l21 = (m21 - l20 * l10) / l11;
    const Four l22 = four_sqrt(four_larger(old_m[0] - l20 * l20 - l21 * l21, tiny));
    const Four z2 = (old_b[0] - l20 * z0 - l21 * z1) / l22;
    const Four l30 = m30 / l00;
    const Four l31 = (m31 - l30 * l10) / l11;
    const Four l32 = (old_m[1] - l30 * l20 - l31 * l21) / l22;
    const Four l33 = four_sqrt(four_larger(old_m[2] - l30 * l30 - l31 * l31 - l32 * l32, tiny));
    const Four z3 = (old_b[1] - l30 * z0 - l31 * z1 - l32 * z2) / l33;
    const Four both = four_larger(square - (alone + z2 * z2 + z3 * z3), floor);

    // The sine alone as an oscillator's state: turned to now
    const Four x1 = z1 / l11;
    const Four x0 = (z0 - l10 * x1) / l00;
    const Four now_c = four_load(&change->now_c[first]);
    const Four now_s = four_load(&change->now_s[first]);
    four_store(&change->a[first], x0 * now_c + x1 * now_s);
    four_store(&change->b[first], x0 * now_s - x1 * now_c);
    four_store(&change->residual[first], four_larger(square - alone, floor) / n);

    const Four ratio = change->before / both;
    for (uint32_t k = 0; k < 4; ++k) {
        change->nats[first + k] = 0.5f * n * logf(ratio[k]);
    }
    const Four x3 = z3 / l33;
    const Four x2 = (z2 - l32 * x3) / l22;
    four_store(&change->left[first], four_sqrt(x2 * x2 + x3 * x3));

    const uint32_t lane = change->old - first;
    if (lane < 4) {
        const float amplitude = sqrtf(x0[lane] * x0[lane] + x1[lane] * x1[lane]);
        change->usual += change->gain * (amplitude - change->usual);
    }
}

void change_step(BreathChange* const change, const uint32_t bin, const float c, const float s)
{
    const float length =
        change->now_c[bin] * change->now_c[bin] + change->now_s[bin] * change->now_s[bin];
    const float right = 1.5f - 0.5f * length; // keeps the phasor's length at one
    const float now_c = right * (c * change->now_c[bin] - s * change->now_s[bin]);
    const float now_s = right * (s * change->now_c[bin] + c * change->now_s[bin]);
    change->now_c[bin] = now_c;
    change->now_s[bin] = now_s;
    if (change->use) {
        change->c[change->newest][bin] = now_c;
        change->s[change->newest][bin] = now_s;
    }
    const uint32_t turn = change_nth(change, bin);
    if (turn == 0) {
        share(change);
    }
    if (turn % 4 == 3) {
        fit(change, bin & ~3u);
    }
}

int change_to(const BreathChange* const change, const float* const others, const float step_ln,
              const uint32_t bins)
{
    if ((float)change->n < least_beats || !change->shown) {
        return -1;
    }
    int best = -1;
    float most = clear_nats;
    for (uint32_t k = 0; k < bins; ++k) {
        const float away = step_ln * fabsf((float)k - (float)change->old);
        const float nats = change->nats[k] + others[k] - others[change->old];
        if (away > apart_ln && nats > most) {
            most = nats;
            best = (int)k;
        }
    }
    return best >= 0 && change->left[best] < silent_share * change->usual ? best : -1;
}

uint32_t change_count(const BreathChange* const change)
{
    return change->n;
}
