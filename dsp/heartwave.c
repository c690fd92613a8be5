// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/heartwave.h"

#include <math.h>

// Time kept free of baseline movement on both sides of an R peak, s: half a QRS complex.
#define HOLD_S 0.03

// Time from foot to top of the pulse wave, s (crest times in adults: 0.1-0.2 s).
#define RISE_S 0.13

typedef struct {
    double centre_s; // from the R peak
    double half_s;   // half width of the support
    double height;   // relative to R
} Wave;

// Timing and heights after textbook lead II: P 80-100 ms wide, PR 160 ms, QRS 90 ms, QT 400 ms at
// 60 per minute, heights P 0.12, Q -0.1, S -0.2, T 0.25 mV for R = 1 mV. P and T follow the square
// root of RR (Bazett).
static const Wave wave_p = {-0.16, 0.07, 0.12};
static const Wave wave_q = {-0.027, 0.016, -0.10};
static const Wave wave_r = {0.0, 0.020, 1.0};
static const Wave wave_s = {0.030, 0.018, -0.20};
static const Wave wave_t = {0.28, 0.13, 0.25};

// A ventricular ectopic beat: no P, wide QRS (over 120 ms), T opposite to R.
static const Wave ectopic_r = {0.0, 0.065, 1.25};
static const Wave ectopic_s = {0.115, 0.070, -0.40};
static const Wave ectopic_t = {0.32, 0.13, -0.35};

// (1 - x^2)^4 for |x| < 1, else 0: close to a Gaussian of standard deviation half / sqrt(8), three
// times continuously differentiable, and cheap.
static double bump(double t_s, double centre_s, double half_s)
{
    const double x = (t_s - centre_s) / half_s;
    const double y = fmax(1.0 - x * x, 0.0);
    return (y * y) * (y * y);
}

static double wave_at(const Wave* wave, double t_s, double stretch)
{
    return wave->height * bump(t_s, wave->centre_s * stretch, wave->half_s * stretch);
}

static double stretch_of(double rr_s)
{
    return sqrt(fmin(rr_s, 1.5));
}

static double smooth_step(double x)
{
    const double y = fmin(fmax(x, 0.0), 1.0);
    return y * y * (3.0 - 2.0 * y);
}

double heartwave_ecg(const HeartwaveBeat* last, const HeartwaveBeat* next, double time_s)
{
    const double since = time_s - last->time_s;
    const double until = time_s - next->time_s; // <= 0
    const double stretch = stretch_of(next->rr_s);

    double after = 0.0;
    if (last->ectopic) {
        after = wave_at(&ectopic_r, since, 1.0) + wave_at(&ectopic_s, since, 1.0) +
                wave_at(&ectopic_t, since, stretch);
    } else {
        after = wave_at(&wave_r, since, 1.0) + wave_at(&wave_s, since, 1.0) +
                wave_at(&wave_t, since, stretch);
    }
    double before = 0.0;
    if (next->ectopic) {
        before = wave_at(&ectopic_r, until, 1.0);
    } else {
        before = wave_at(&wave_p, until, stretch) + wave_at(&wave_q, until, 1.0) +
                 wave_at(&wave_r, until, 1.0);
    }
    const double way = (since - HOLD_S) / (next->rr_s - 2.0 * HOLD_S);
    const double baseline = last->baseline + (next->baseline - last->baseline) * smooth_step(way);
    return baseline + last->amplitude * after + next->amplitude * before;
}

double heartwave_ppg(const HeartwaveBeat* previous, const HeartwaveBeat* last,
                     const HeartwaveBeat* next, double time_s)
{
    const double foot_after_r_s = HEARTWAVE_TRANSIT_S - 0.5 * RISE_S;
    const bool arrived = time_s - last->time_s >= foot_after_r_s;
    const HeartwaveBeat* const pulse = arrived ? last : previous;
    const HeartwaveBeat* const follower = arrived ? next : last;

    const double since_foot = time_s - pulse->time_s - foot_after_r_s;
    const double top = pulse->baseline + pulse->amplitude;
    if (since_foot < RISE_S) {
        // Half a cosine: steepest exactly in the middle, where it also has half its height.
        const double x = 0.5 - 0.5 * cos(3.14159265358979323846 * fmax(since_foot, 0.0) / RISE_S);
        return pulse->baseline + pulse->amplitude * x;
    }
    // Run-off with a dicrotic wave, down to the follower's foot, level at both ends.
    const double since_top = since_foot - RISE_S;
    const double length = follower->rr_s - RISE_S;
    const double u = fmin(since_top / length, 1.0);
    const double taper = (1.0 - u * u) * (1.0 - u * u);
    const double decay = since_top / 0.22; // run-off time, s
    const double dicrotic_s = fmin(0.27, 0.45 * length);
    const double run_off = taper / (1.0 + decay * decay) +
                           0.16 * bump(since_top, dicrotic_s, fmin(0.15, 0.4 * length));
    return follower->baseline + (top - follower->baseline) * run_off;
}
