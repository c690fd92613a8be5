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
static const float window_s = 12.0f;
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
                 const bool use, const uint32_t old, const float old_per_s, const bool shown)
{
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
               window_s) {
        --change->n;
    }
    const float away = fabsf((float)old - (float)change->old);
    change->old = old;
    change->gain = away > same_bins ? 1.0f : dt_s / (remember_s + dt_s);
    change->shown = shown && old_per_s * window_s > least_breaths;
}

// Solves m x = b for a symmetric positive definite m (Cholesky) and returns x·b, what is explained.
static float solve(const int n, float m[4][4], const float* const b, float* const x)
{
    float z[4] = {0.0f};
    float explained = 0.0f;
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j <= i; ++j) {
            float sum = m[i][j];
            for (int k = 0; k < j; ++k) {
                sum -= m[i][k] * m[j][k];
            }
            m[i][j] = i == j ? sqrtf(larger(sum, 1e-6f)) : sum / m[j][j];
        }
        float sum = b[i];
        for (int k = 0; k < i; ++k) {
            sum -= m[i][k] * z[k];
        }
        z[i] = sum / m[i][i];
        explained += z[i] * z[i];
    }
    for (int i = n - 1; i >= 0; --i) {
        float sum = z[i];
        for (int k = i + 1; k < n; ++k) {
            sum -= m[k][i] * x[k];
        }
        x[i] = sum / m[i][i];
    }
    return explained;
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
        const float w = 1.0f - taper * change->age_s[at] / window_s;
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
    if (bin == change->old) {
        share(change);
    }
    // Sums over the window: 0, 1 this rate's cosine and sine, 2, 3 the old one's
    Four cosines = {0.0f}; // with itself, with 2 and 3, with the differences
    Four sines = {0.0f};
    float crossed = 0.0f;
    for (uint32_t i = 0, at = change->newest; i < change->n; ++i) {
        const float u0 = change->c[at][bin];
        const float u1 = change->s[at][bin];
        const Four by = four_load(change->shared[i]);
        Four by_u = by;
        crossed += by[0] * u0 * u1;
        by_u[0] = by[0] * u0;
        cosines += u0 * by_u;
        by_u[0] = by[0] * u1;
        sines += u1 * by_u;
        at = at ? at - 1 : CHANGE_BEATS - 1;
    }
    const float square = change->square;
    const float count = change->count;
    float m[4][4] = {{cosines[0]},
                     {crossed, sines[0]},
                     {cosines[1], sines[1], change->old_m[0]},
                     {cosines[2], sines[2], change->old_m[1], change->old_m[2]}};
    const float b[4] = {cosines[3], sines[3], change->old_b[0], change->old_b[1]};
    for (int r = 0; r < 4; ++r) {
        m[r][r] += ridge_beats;
    }
    float only[4][4] = {{m[2][2]}, {m[3][2], m[3][3]}};
    float own[4][4] = {{m[0][0]}, {m[1][0], m[1][1]}};
    float x[4] = {0.0f};
    const float floor = 1e-3f * square + 1e-12f;
    const float before = larger(square - solve(2, only, b + 2, x), floor);
    const float alone = larger(square - solve(2, own, b, x), floor);
    const float n = larger(count, 1.0f);
    if (bin == change->old) {
        const float amplitude = sqrtf(x[0] * x[0] + x[1] * x[1]);
        change->usual += change->gain * (amplitude - change->usual);
    }
    // The sine as an oscillator's state: turned to now
    change->a[bin] = x[0] * now_c + x[1] * now_s;
    change->b[bin] = x[0] * now_s - x[1] * now_c;
    change->residual[bin] = alone / n;
    const float both = larger(square - solve(4, m, b, x), floor);
    change->nats[bin] = 0.5f * n * logf(before / both);
    change->left[bin] = sqrtf(x[2] * x[2] + x[3] * x[3]);
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
