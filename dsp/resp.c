// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/resp.h"

#include <math.h>
#include <string.h>

#define PI           3.141592653589793
#define TWO_PI       6.283185307179586
#define BREATH_MIN_S 1.5  // 40 per minute
#define BREATH_MAX_S 25.0 // 2.4 per minute: a long hum
// Hirsch and Bishop 1981: corner at 7.2 breaths per minute in adults at rest; Saul 1989 and later
// fits lie at 0.12..0.15 Hz
#define CORNER_HZ  0.13
#define LEAST_SEEN 0.5 // of a swing, with the fewest intervals in a breath

enum { LEAST_INTERVALS = 3 };

double resp_vagal_gain(double breath_hz)
{
    return 1.0 / sqrt(1.0 + (breath_hz / CORNER_HZ) * (breath_hz / CORNER_HZ));
}

// What a breath of this length shows of its swing: the longest of the intervals, spread evenly over
// it, lies up to half an interval from the crest, the shortest from the trough
static double seen_share(double length_s, double rr_s)
{
    const double half = PI * fmin(rr_s / length_s, 0.5);
    return half > 1e-6 ? fmax(sin(half) / half, LEAST_SEEN) : 1.0;
}

void resp_reset(Resp* resp)
{
    memset(resp, 0, sizeof(*resp));
}

void resp_interval(Resp* resp, const RrInterval* interval)
{
    resp->intervals[resp->n_intervals % RESP_INTERVALS] = *interval;
    const uint32_t n = resp->n_intervals + 1u;
    resp->n_intervals = n < 2u * RESP_INTERVALS ? n : n - RESP_INTERVALS;
}

static void drop_start(Resp* resp)
{
    memmove(resp->starts_s, resp->starts_s + 1, RESP_PENDING * sizeof(double));
    --resp->n_starts;
}

void resp_start(Resp* resp, double time_s)
{
    if (!isfinite(time_s) ||
        (resp->n_starts > 0 && !(time_s > resp->starts_s[resp->n_starts - 1u]))) {
        return;
    }
    if (resp->n_starts > RESP_PENDING) {
        drop_start(resp);
    }
    resp->starts_s[resp->n_starts++] = time_s;
}

static double middle_s(const RrInterval* interval)
{
    return interval->time_s - 0.5e-3 * interval->rr_ms;
}

// Amplitude vector of the sums, false where they do not determine it
static bool solve(const RespSums* sums, double* a, double* b)
{
    const double determinant = sums->cc * sums->ss - sums->cs * sums->cs;
    if (!(determinant > 1e-3 * sums->n * sums->n)) {
        return false;
    }
    *a = (sums->yc * sums->ss - sums->ys * sums->cs) / determinant;
    *b = (sums->ys * sums->cc - sums->yc * sums->cs) / determinant;
    return true;
}

/// Sums of the intervals whose middle lies in the breath; false if it cannot be used
static bool measure(const Resp* resp, RespBreath* breath)
{
    RespSums s = {0};
    double c1 = 0.0, s1 = 0.0, y1 = 0.0, y0 = 0.0, shortest = HUGE_VAL, longest = 0.0;
    const double length_s = breath->end_s - breath->start_s;
    const uint32_t held = resp->n_intervals < RESP_INTERVALS ? resp->n_intervals : RESP_INTERVALS;
    for (uint32_t i = 0; i < held; ++i) {
        const RrInterval* const interval =
            &resp->intervals[(resp->n_intervals - held + i) % RESP_INTERVALS];
        const double at = (middle_s(interval) - breath->start_s) / length_s;
        if (at < 0.0 || at >= 1.0) {
            continue;
        }
        if (!rr_is_nn(interval)) {
            return false;
        }
        if (s.n == 0.0) {
            y0 = interval->rr_ms;
        }
        const double c = cos(TWO_PI * at), d = sin(TWO_PI * at), y = interval->rr_ms - y0;
        s.n += 1.0;
        c1 += c;
        s1 += d;
        y1 += y;
        s.cc += c * c;
        s.ss += d * d;
        s.cs += c * d;
        s.yc += y * c;
        s.ys += y * d;
        s.yy += y * y;
        shortest = fmin(shortest, interval->rr_ms);
        longest = fmax(longest, interval->rr_ms);
    }
    if (s.n < LEAST_INTERVALS) {
        return false;
    }
    s.cc -= c1 * c1 / s.n;
    s.ss -= s1 * s1 / s.n;
    s.cs -= c1 * s1 / s.n;
    s.yc -= y1 * c1 / s.n;
    s.ys -= y1 * s1 / s.n;
    s.yy = fmax(s.yy - y1 * y1 / s.n, 0.0);
    s.breaths = 1.0;
    s.peak_trough_ms = longest - shortest;
    s.at_15_ms = s.peak_trough_ms / seen_share(length_s, 1e-3 * (y0 + y1 / s.n)) *
                 resp_vagal_gain(RESP_REFERENCE_HZ) / resp_vagal_gain(1.0 / length_s);
    s.duration_s = length_s;
    double a = 0.0, b = 0.0;
    if (solve(&s, &a, &b)) {
        const double size = sqrt(a * a + b * b);
        s.unit_re = size > 0.0 ? a / size : 0.0;
        s.unit_im = size > 0.0 ? b / size : 0.0;
    }
    breath->sums = s;
    return true;
}

bool resp_next(Resp* resp, RespBreath* breath)
{
    while (resp->n_starts >= 2u && resp->n_intervals > 0) {
        const RrInterval* const last = &resp->intervals[(resp->n_intervals - 1u) % RESP_INTERVALS];
        breath->start_s = resp->starts_s[0];
        breath->end_s = resp->starts_s[1];
        if (middle_s(last) < breath->end_s) {
            return false;
        }
        drop_start(resp);
        const double length_s = breath->end_s - breath->start_s;
        if (length_s >= BREATH_MIN_S && length_s <= BREATH_MAX_S && measure(resp, breath)) {
            return true;
        }
    }
    return false;
}

void resp_add(RespSums* sums, const RespSums* more, double sign)
{
    sums->n += sign * more->n;
    sums->breaths += sign * more->breaths;
    sums->cc += sign * more->cc;
    sums->ss += sign * more->ss;
    sums->cs += sign * more->cs;
    sums->yc += sign * more->yc;
    sums->ys += sign * more->ys;
    sums->yy += sign * more->yy;
    sums->peak_trough_ms += sign * more->peak_trough_ms;
    sums->at_15_ms += sign * more->at_15_ms;
    sums->duration_s += sign * more->duration_s;
    sums->unit_re += sign * more->unit_re;
    sums->unit_im += sign * more->unit_im;
}

bool resp_fit(const RespSums* sums, RespFit* fit)
{
    double a = 0.0, b = 0.0;
    const double free = sums->n - sums->breaths - 2.0; // degrees of freedom that are left
    if (free < 2.0 || sums->breaths < 2.0 || !solve(sums, &a, &b)) {
        return false;
    }
    const double explained = a * sums->yc + b * sums->ys;
    const double noise = fmax(sums->yy - explained, 0.0) / free;
    const double determinant = sums->cc * sums->ss - sums->cs * sums->cs;
    const double chance = noise * (sums->cc + sums->ss) / determinant;
    fit->amplitude_ms = sqrt(fmax(a * a + b * b - chance, 0.0));
    fit->explained = sums->yy > 0.0 ? fmin(fmax(explained / sums->yy, 0.0), 1.0) : 0.0;

    const double k = sums->breaths;
    const double locked = (sums->unit_re * sums->unit_re + sums->unit_im * sums->unit_im) / k;
    fit->synchrony = fmin(sqrt(fmax((locked - 1.0) / (k - 1.0), 0.0)), 1.0);
    return true;
}
