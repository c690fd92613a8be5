// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_bank.h"

#include "dsp/breath_bin.h"
#include "dsp/four.h"

#include <math.h>
#include <string.h>

// fmaxf and fminf are calls, and these run a hundred times a beat for each bin. What is not a
// number gives the second.
static inline float larger(const float x, const float y)
{
    return x > y ? x : y;
}

static inline float smaller(const float x, const float y)
{
    return x < y ? x : y;
}

// Tuned on a part of the recordings at hand, looked at on the others (docs/algorithms.md). The
// variances are relative to the variance of the measurement noise, which is learned.

// An oscillation, and a Mayer wave, forget their phase in this time, s; that of slow breathing in
// so many breaths.
static const float coherence_s = 25.0f;
static const float coherence_breaths = 4.0f;
static const float slow_coherence_s = 8.0f;
// The follower forgets within half a breath: from breath to breath lengths differ by a tenth or
// two, and the phase shall be that of this breath.
static const float follower_coherence_breaths = 0.5f;
// Evidence fades with this time constant, s: about one window of 32 s; for slow breathing so many
// breaths, whichever is longer.
static const float memory_s = 20.0f;
static const float memory_breaths = 3.0f;
// The same for what tells that breathing has changed, and how clearly it must, in nats.
static const float new_memory_s = 6.5f;
static const float change_nats = 2.5f;
// Slower breaths than that take longer to know: more nats in proportion to the breath's length.
static const float change_rate_per_min = 15.0f;
static const float change_slope = 0.9f;
// Nats of the intervals for the rate that is told, from which on they may tell that it has gone.
static const float shown_nats = 4.0f;
// Differences of intervals, in standard deviations, beyond which they count as odd in the fits.
static const float clip_deviations = 2.5f;
// A change must last so many s.
static const float lasting_s = 1.5f;
// Nats by which the best rate is better than the average one that leave a third of the doubt
// whether there is a rhythm at all.
static const float clear_support = 2.7f;
// Beats after which what the shapes learn anew counts as after so many.
static const uint32_t shapes_again = 5;
// Noise variances that the rates leave are compared by their logarithm, times the number of beats
// that count: 0.5 would be right for independent beats of independent sources.
static const float evidence_power = 0.7f;
// The prior: adults at rest breathe 12..20 per min; standard deviations in ln(rate) below and
// above. Wider below, for slow paced breathing; narrow above, where harmonics lie.
static const float usual_per_min = 16.0f;
static const float slower_ln = 0.45f;
static const float faster_ln = 0.27f;

#define SLOW_RAD_S     (6.2831853f * 0.1f) // Mayer waves: 0.1 Hz in adults
#define LONGEST_STEP_S 5.0f  // after a longer gap the oscillators start from noise anyway
#define NEAR_LN        0.12f // rates within this of the best one count as agreeing
_Static_assert((int)BANK_BINS <= (int)CHANGE_BINS, "every rate has its fit");

void bank_init(BreathBank* const bank)
{
    memset(bank, 0, sizeof *bank);
    bank->next = BANK_STEPS;
    const float step = logf(BANK_HIGHEST_PER_MIN / BANK_LOWEST_PER_MIN) / (float)(BANK_BINS - 1);
    for (int k = 0; k < BANK_BINS; ++k) {
        const float per_min = BANK_LOWEST_PER_MIN * expf(step * (float)k);
        const float away = logf(per_min / usual_per_min);
        const float width = away < 0.0f ? slower_ln : faster_ln;
        bank->omega[k] = 6.2831853f * per_min / 60.0f;
        bank->prior[k] = -0.5f * away * away / (width * width);
        bin_init(&bank->bin[k]);
    }
    bank->follower = bank->bin[0];
    change_init(&bank->change);
    bank->changed_s = 1e3f;
}

// The spread of a source, from its successive differences; it starts the noise variances.
static void learn_scale(BreathBank* const bank, const int source, float square)
{
    float* const scale = &bank->scale[source];
    const uint32_t n = bank->count[source];
    if (n > 4 && square > 16.0f * *scale) {
        square = 16.0f * *scale; // an odd beat shall not blow it up
    }
    const float gain = n * 0.03f < 1.0f ? 1.0f / (float)n : 0.03f;
    *scale += gain * (square - *scale);
}

void bank_beat(BreathBank* const bank, const BankBeat* const beat)
{
    while (bank_busy(bank)) {
        bank_step(bank);
    }
    bank->beat = *beat;
    BankBeat* const now = &bank->beat;
    now->dt_s =
        isfinite(now->dt_s) ? smaller(larger(now->dt_s, 0.0f), LONGEST_STEP_S) : LONGEST_STEP_S;
    bank->use[0] = now->interval_valid && fabsf(now->difference_s) < 10.0f;
    bank->y[0] = now->difference_s;
    if (bank->use[0]) {
        ++bank->count[0];
        learn_scale(bank, 0, now->difference_s * now->difference_s);
    }
    for (int s = 0; s < BANK_SHAPES; ++s) {
        const int source = s + 1;
        const bool known = fabsf(now->shape[s]) < 1e9f; // false for NaN, too
        bank->use[source] = known && bank->count[source] > 0;
        if (!known) {
            continue;
        }
        if (bank->count[source] == 0) {
            bank->origin[s] = now->shape[s];
        } else {
            const float difference = now->shape[s] - bank->last[s];
            learn_scale(bank, source, 0.5f * difference * difference);
        }
        bank->last[s] = now->shape[s];
        bank->y[source] = now->shape[s] - bank->origin[s];
        ++bank->count[source];
    }
    bank->keep_slow = expf(-now->dt_s / slow_coherence_s);
    const float breath_s =
        bank->result.rate_per_min > 0.0f ? 60.0f / bank->result.rate_per_min : 0.0f;
    bank->fade = expf(-now->dt_s / larger(memory_s, memory_breaths * breath_s));
    bank->fade_new = expf(-now->dt_s / new_memory_s);
    bank->slow_c = cosf(SLOW_RAD_S * now->dt_s);
    bank->slow_s = sinf(SLOW_RAD_S * now->dt_s);
    for (int s = 0; s < BANK_SOURCES; ++s) {
        bank->weight[s] = bank->weight[s] * bank->fade + (bank->use[s] ? 1.0f : 0.0f);
        bank->weight_new[s] = bank->weight_new[s] * bank->fade_new + (bank->use[s] ? 1.0f : 0.0f);
    }
    // Intervals that never showed the breath cannot tell that it has gone
    const float most = clip_deviations * sqrtf(bank->scale[0]); // a sigh is no change of rate
    change_beat(&bank->change, now->dt_s, fminf(fmaxf(now->difference_s, -most), most),
                bank->use[0], bank->best, bank->omega[bank->best] / 6.2831853f,
                bank->result.source[0].support > shown_nats, bank->changed_s);
    bank->next = 0;
}

static float total(const BreathBank* const bank, const int k)
{
    // Nyquist: a breath needs two beats
    if (bank->omega[k] * bank->beat.rr_s > 3.1415927f) {
        return -1e9f;
    }
    return bank->prior[k] + bank->bin[k].sum;
}

// The best rate so far does not explain the last seconds, and another does: only they count now.
static void notice_change(BreathBank* const bank)
{
    int best = 0;
    int lately = 0;
    for (int k = 0; k < BANK_BINS; ++k) {
        best = total(bank, k) > total(bank, best) ? k : best;
        lately =
            bank->prior[k] + bank->bin[k].sum_new > bank->prior[lately] + bank->bin[lately].sum_new
                ? k
                : lately;
    }
    const float ahead = bank->prior[lately] + bank->bin[lately].sum_new - bank->prior[best] -
                        bank->bin[best].sum_new;
    const float longer = change_rate_per_min * (6.2831853f / 60.0f) / bank->omega[best];
    if (ahead < change_nats * powf(larger(longer, 1.0f), change_slope)) {
        return;
    }
    for (int s = 0; s < BANK_SOURCES; ++s) {
        bank->weight[s] = bank->weight_new[s];
        for (int k = 0; k < BANK_BINS; ++k) {
            bank->bin[k].v[s] = bank->bin[k].v_new[s];
        }
    }
    for (int k = 0; k < BANK_BINS; ++k) {
        bank->bin[k].sum = bank->bin[k].sum_new;
    }
}

static void weigh(const BreathBank* const bank, BankBin* const bin)
{
    const Four least = four_all(1e-18f);
    const Four ln_v = four_log(four_larger(four_load(bin->v), least));
    const Four ln_new = four_log(four_larger(four_load(bin->v_new), least));
    bin->sum = bin->sum_new = 0.0f;
    for (int i = 0; i < BANK_SOURCES; ++i) {
        const float old = ln_v[i] + bin->spread[i];
        const float new = ln_new[i] + bin->spread[i];
        bin->evidence[i] = -evidence_power * bank->weight[i] * old;
        bin->sum += bin->evidence[i];
        bin->evidence_new[i] = -evidence_power * bank->weight_new[i] * new;
        bin->sum_new += bin->evidence_new[i];
    }
}

// What the intervals say is what the fits over the last seconds say.
static void take_fits(BreathBank* const bank)
{
    const BreathChange* const change = &bank->change;
    const float n = (float)change_count(change);
    const float certain = 1.0f / (0.5f * n + 1.0f / BIN_INTERVAL_GAIN);
    for (int k = 0; k < BANK_BINS; ++k) {
        BankBin* const bin = &bank->bin[k];
        bin->rr_a = change->a[k];
        bin->rr_b = change->b[k];
        bin->rr_p[0] = bin->rr_p[2] = certain;
        bin->rr_p[1] = 0.0f;
        bin->v[0] = bin->v_new[0] = change->residual[k];
        bin->spread[0] = logf(1.0f + certain);
    }
    bank->weight[0] = bank->weight_new[0] = n;
    bank->count[0] = (uint32_t)n;
}

// The breath has another rate: what was known before counts no more, the shapes begin anew.
static void forget_shapes(BreathBank* const bank, const int to)
{
    for (int k = 0; k < BANK_BINS; ++k) {
        for (int s = 1; s < BANK_SOURCES; ++s) {
            bank->bin[k].v[s] = bank->bin[k].v_new[s] = bank->bin[to].v[s];
            bank->bin[k].spread[s] = bank->bin[to].spread[s];
        }
    }
    for (int s = 1; s < BANK_SOURCES; ++s) {
        bank->weight[s] = bank->weight_new[s] = 0.0f;
        bank->count[s] = bank->count[s] < shapes_again ? bank->count[s] : shapes_again;
    }
}

static void follow_change(BreathBank* const bank, const float step_ln)
{
    float others[BANK_BINS]; // what is known besides the intervals, nats
    for (int k = 0; k < BANK_BINS; ++k) {
        others[k] = bank->prior[k] + bank->bin[k].sum_new - bank->bin[k].evidence_new[0];
    }
    int to = change_to(&bank->change, others, step_ln, BANK_BINS);
    // One deep breath, a sigh, looks like a change for a moment
    bank->changing_s = to >= 0 ? bank->changing_s + bank->beat.dt_s : 0.0f;
    to = bank->changing_s > lasting_s ? to : -1;
    bank->changed_s = to >= 0 ? 0.0f : smaller(bank->changed_s + bank->beat.dt_s, 1e3f);
    if (to >= 0) {
        forget_shapes(bank, to);
    }
    // Until the bank has seen as much of the new rhythm as the fits have
    if (bank->changed_s < CHANGE_FITS_S) {
        take_fits(bank);
        for (int k = 0; k < BANK_BINS; ++k) {
            weigh(bank, &bank->bin[k]);
        }
    }
}

static void conclude(BreathBank* const bank)
{
    const float step = logf(bank->omega[1] / bank->omega[0]);
    follow_change(bank, step);
    float sums[BANK_BINS];
    int best = 0;
    for (int k = 0; k < BANK_BINS; ++k) {
        sums[k] = total(bank, k);
        best = sums[k] > sums[best] ? k : best;
    }
    notice_change(bank);
    BankResult* const result = &bank->result;
    const int near = (int)(NEAR_LN / step);
    float all = 0.0f;
    float agreeing = 0.0f;
    float mean[BANK_SOURCES] = {0.0f};
    for (int k = 0; k < BANK_BINS; ++k) {
        const float share = expf(sums[k] - sums[best]);
        all += share;
        agreeing += k >= best - near && k <= best + near ? share : 0.0f;
        for (int s = 0; s < BANK_SOURCES; ++s) {
            mean[s] += bank->bin[k].evidence[s] / (float)BANK_BINS;
        }
    }
    float off = 0.0f; // top of the parabola through three bins, in bins
    if (best > 0 && best < BANK_BINS - 1 && sums[best + 1] > -1e8f) {
        const float bend = sums[best - 1] - 2.0f * sums[best] + sums[best + 1];
        off = bend < -1e-9f ? 0.5f * (sums[best - 1] - sums[best + 1]) / bend : 0.0f;
    }
    bank->best = (uint32_t)best;
    const BankBin* const bin = &bank->bin[best];
    const BankBin* const follower = &bank->follower;
    result->rate_per_min = bank->omega[best] * expf(off * step) * (60.0f / 6.2831853f);
    float support = 0.0f;
    for (int s = 0; s < BANK_SOURCES; ++s) {
        const float a = s == 0 ? follower->rr_a : follower->x[s - 1][BIN_A];
        const float b = s == 0 ? follower->rr_b : follower->x[s - 1][BIN_B];
        result->source[s].phase_turns = atan2f(b, a) / 6.2831853f;
        result->source[s].amplitude = sqrtf(a * a + b * b);
        result->source[s].support = larger(bin->evidence[s] - mean[s], 0.0f);
        support += result->source[s].support;
    }
    // Among rates that all explain nothing one is still the best: is there a rhythm at all?
    const float clear = support / clear_support;
    const bool changed = bank->changed_s == 0.0f;
    const float steady = steady_take(&bank->steady, result->rate_per_min, bank->beat.dt_s, changed);
    result->confidence = agreeing / all * (1.0f - expf(-clear * clear)) * steady;
}

// k: the bin, or -1 for the follower
static void step(BreathBank* const bank, BankBin* const bin, const float omega,
                 const float coherence, const int k)
{
    const float keep = expf(-bank->beat.dt_s / coherence);
    const float angle = omega * bank->beat.dt_s;
    const float c = cosf(angle);
    const float s = sinf(angle);
    bin_step(bank, bin, keep, keep * c, keep * s);
    if (k >= 0) {
        change_step(&bank->change, (uint32_t)k, c, s);
    }
}

bool bank_step(BreathBank* const bank)
{
    if (!bank_busy(bank)) {
        return false;
    }
    // The bin that is told goes first: the others look at what it has become
    const uint32_t i = bank->next++;
    if (i < BANK_BINS) {
        const uint32_t k = change_nth(&bank->change, i);
        const float breath_s = 6.2831853f / bank->omega[k];
        step(bank, &bank->bin[k], bank->omega[k], larger(coherence_s, coherence_breaths * breath_s),
             (int)k);
        weigh(bank, &bank->bin[k]);
    } else if (i == BANK_BINS) {
        const float omega = bank->result.rate_per_min * (6.2831853f / 60.0f);
        const float breath_s = 6.2831853f / larger(omega, 1e-3f);
        step(bank, &bank->follower, omega, follower_coherence_breaths * breath_s, -1);
    } else {
        conclude(bank);
    }
    return !bank_busy(bank);
}
