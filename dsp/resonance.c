// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/resonance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.28318530717958647692
// The low-frequency band, Hz, and its lines
#define LF_LOW_HZ  0.04
#define LF_STEP_HZ 0.01
// Breaths that are needed before a rate has a score
#define LEAST_BREATHS 4U
// Sound share of a breath that is needed for it to count
#define LEAST_USABLE 0.8
// Turn of the heart-rate curve that counts as a peak, beats per min; below lie the beats' own
// scatter
#define PEAK_BPM 1.0F
// Intervals that a heart can have, ms
#define SHORTEST_RR_MS 250.0F
#define LONGEST_RR_MS  2500.0F

enum { LINES = 12 };

// One paced rate
typedef struct {
    float rate_per_min;
    uint32_t breaths;
    double unit_re, unit_im; // sum of the breaths' unit phasors
    double swing, swing2;    // peak to trough, bpm
    double power, variance;  // of the breath's line, of all
    double peaks;
    double usable_s, all_s;
    double time_s; // for the lines
    double line_re[LINES], line_im[LINES];
} Bin;

struct Resonance {
    Bin bins[RESONANCE_MAX_RATES];
    uint32_t used; // bins seen
    uint32_t bin;  // of this breath
    bool open, settled;
    // This breath
    double hr, hr2, cos_hr, sin_hr, cos_sum, sin_sum, time_s, all_s;
    float highest, lowest;
    uint32_t peaks;
    // For the peaks: a curve of the heart rate with hysteresis
    float turn;
    bool rising;
    float last_phase, last_hr;
    double mean_hr; // slow, taken off for the lines
};

Resonance* resonance_new(void)
{
    Resonance* const r = (Resonance*)calloc(1, sizeof(Resonance));
    if (r) {
        resonance_reset(r);
    }
    return r;
}

void resonance_free(Resonance* const r)
{
    free(r);
}

void resonance_reset(Resonance* const r)
{
    memset(r, 0, sizeof(*r));
}

static void close_breath(Resonance* const r)
{
    Bin* const b = &r->bins[r->bin];
    if (!r->open || !r->settled) {
        return;
    }
    b->usable_s += r->time_s;
    b->all_s += r->all_s;
    if (r->time_s < LEAST_USABLE * r->all_s || r->time_s < 1.0 || r->highest <= r->lowest) {
        return;
    }
    const double mean = r->hr / r->time_s;
    const double re = 2.0 * (r->cos_hr - mean * r->cos_sum) / r->time_s;
    const double im = 2.0 * (r->sin_hr - mean * r->sin_sum) / r->time_s;
    const double size = sqrt(re * re + im * im);
    if (size > 0.0) {
        b->unit_re += re / size;
        b->unit_im += im / size;
    }
    const double swing = (double)(r->highest - r->lowest);
    b->swing += swing;
    b->swing2 += swing * swing;
    b->power += 0.5 * size * size;
    b->variance += fmax(0.0, r->hr2 / r->time_s - mean * mean);
    b->peaks += (double)r->peaks;
    ++b->breaths;
}

void resonance_breath(Resonance* const r, const uint32_t bin, const float rate_per_min,
                      const bool settled)
{
    close_breath(r);
    r->bin = bin < RESONANCE_MAX_RATES ? bin : RESONANCE_MAX_RATES - 1U;
    if (settled && r->bin >= r->used) {
        r->used = r->bin + 1U;
    }
    if (settled) {
        r->bins[r->bin].rate_per_min = rate_per_min;
    }
    r->settled = settled;
    r->open = true;
    r->hr = r->hr2 = r->cos_hr = r->sin_hr = r->cos_sum = r->sin_sum = 0.0;
    r->time_s = r->all_s = 0.0;
    r->highest = 0.0F;
    r->lowest = 1e6F;
    r->peaks = 0U;
}

void resonance_beat(Resonance* const r, const float phase, const float rr_ms, const bool usable)
{
    if (!r->open || !(rr_ms >= SHORTEST_RR_MS && rr_ms <= LONGEST_RR_MS)) {
        return;
    }
    const double dt = (double)rr_ms / 1000.0;
    r->all_s += dt;
    if (!usable) {
        return;
    }
    const float hr = 60000.0F / rr_ms;
    const double x = (double)hr;
    const double c = cos(TWO_PI * (double)phase);
    const double s = sin(TWO_PI * (double)phase);
    r->time_s += dt;
    r->hr += x * dt;
    r->hr2 += x * x * dt;
    r->cos_hr += x * c * dt;
    r->sin_hr += x * s * dt;
    r->cos_sum += c * dt;
    r->sin_sum += s * dt;
    r->highest = fmaxf(r->highest, hr);
    r->lowest = fminf(r->lowest, hr);

    // A peak is a turn downwards by more than PEAK_BPM
    if (r->turn <= 0.0F) {
        r->turn = hr;
        r->mean_hr = x;
    }
    if (r->rising) {
        if (hr > r->turn) {
            r->turn = hr;
        } else if (hr < r->turn - PEAK_BPM) {
            ++r->peaks;
            r->rising = false;
            r->turn = hr;
        }
    } else if (hr < r->turn) {
        r->turn = hr;
    } else if (hr > r->turn + PEAK_BPM) {
        r->rising = true;
        r->turn = hr;
    }

    r->mean_hr += 0.02 * (x - r->mean_hr);
    if (r->settled) {
        Bin* const b = &r->bins[r->bin];
        for (int i = 0; i < LINES; ++i) {
            const double angle = TWO_PI * (LF_LOW_HZ + i * LF_STEP_HZ) * b->time_s;
            b->line_re[i] += (x - r->mean_hr) * cos(angle) * dt;
            b->line_im[i] += (x - r->mean_hr) * sin(angle) * dt;
        }
        b->time_s += dt;
    }
}

static ResonanceRate measure(const Bin* const b)
{
    ResonanceRate m = {0};
    m.rate_per_min = b->rate_per_min;
    m.breaths = b->breaths;
    m.usable = b->all_s > 0.0 ? (float)(b->usable_s / b->all_s) : 0.0F;
    if (!b->breaths) {
        return m;
    }
    const double n = (double)b->breaths;
    m.synchrony = (float)(sqrt(b->unit_re * b->unit_re + b->unit_im * b->unit_im) / n);
    m.peak_trough_bpm = (float)(b->swing / n);
    m.smoothness = b->variance > 0.0 ? (float)fmin(1.0, b->power / b->variance) : 0.0F;
    m.peaks_per_breath = (float)(b->peaks / n);
    if (b->time_s > 0.0) {
        for (int i = 0; i < LINES; ++i) {
            const double re = b->line_re[i] / b->time_s;
            const double im = b->line_im[i] / b->time_s;
            // Power of a sine line is 2 |X|^2; lines a step apart, each 1 / time wide
            const double line = 2.0 * (re * re + im * im);
            m.lf_power_bpm2 += (float)(line * fmax(1.0, LF_STEP_HZ * b->time_s));
            m.lf_peak_bpm2 = fmaxf(m.lf_peak_bpm2, (float)line);
        }
    }
    return m;
}

static float share(const float x, const float largest)
{
    return largest > 0.0F ? x / largest : 0.0F;
}

// Chance that a normal variable stays below z (logistic approximation, within 0.01)
static float below(const float z)
{
    return 1.0F / (1.0F + expf(-1.702F * z));
}

ResonanceResult resonance_result(const Resonance* const r, const float progress)
{
    ResonanceResult result = {0};
    result.progress = progress;
    result.done = progress >= 1.0F;
    result.count = r->used;

    ResonanceRate top = {0};
    for (uint32_t i = 0; i < r->used; ++i) {
        const ResonanceRate m = measure(&r->bins[i]);
        result.rates[i] = m;
        if (m.breaths >= LEAST_BREATHS) {
            top.synchrony = fmaxf(top.synchrony, m.synchrony);
            top.peak_trough_bpm = fmaxf(top.peak_trough_bpm, m.peak_trough_bpm);
            top.lf_power_bpm2 = fmaxf(top.lf_power_bpm2, m.lf_power_bpm2);
            top.lf_peak_bpm2 = fmaxf(top.lf_peak_bpm2, m.lf_peak_bpm2);
            top.smoothness = fmaxf(top.smoothness, m.smoothness);
        }
    }
    int best = -1;
    int second = -1;
    for (uint32_t i = 0; i < r->used; ++i) {
        ResonanceRate* const m = &result.rates[i];
        if (m->breaths < LEAST_BREATHS) {
            continue;
        }
        // One peak per breath is ideal, three or more are worth nothing
        const float few = fmaxf(0.0F, fminf(1.0F, 1.0F - 0.5F * fabsf(m->peaks_per_breath - 1.0F)));
        m->score =
            (share(m->synchrony, top.synchrony) + share(m->peak_trough_bpm, top.peak_trough_bpm) +
             share(m->lf_power_bpm2, top.lf_power_bpm2) + share(m->lf_peak_bpm2, top.lf_peak_bpm2) +
             share(m->smoothness, top.smoothness) + few) /
            6.0F;
        if (best < 0 || m->score > result.rates[best].score) {
            second = best;
            best = (int)i;
        } else if (second < 0 || m->score > result.rates[second].score) {
            second = (int)i;
        }
    }
    if (best >= 0) {
        result.rate_per_min = result.rates[best].rate_per_min;
    }
    if (best >= 0 && second >= 0) {
        // Is the swing at the best rate surely larger than at the second best?
        const Bin* const a = &r->bins[best];
        const Bin* const b = &r->bins[second];
        const double na = (double)a->breaths;
        const double nb = (double)b->breaths;
        const double mean_a = a->swing / na;
        const double mean_b = b->swing / nb;
        const double var = fmax(0.0, a->swing2 / na - mean_a * mean_a) / na +
                           fmax(0.0, b->swing2 / nb - mean_b * mean_b) / nb;
        const double z = var > 0.0 ? (mean_a - mean_b) / sqrt(var) : 0.0;
        const float sure = 2.0F * below((float)fmin(8.0, fmax(0.0, z))) - 1.0F;
        result.confidence = sure * result.rates[best].usable;
    }
    return result;
}
