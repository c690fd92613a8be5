// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/hrv_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REST_TICKS = 5 }; // that the spectrum waits at a beat or breath

#define TICKS_PER_S   750.0 // control grid: every 64 frames at 48 kHz
#define WINDOW_MOST_S 300.0 // Task Force 1996: short-term recordings of 5 minutes
#define CONFIDENT     0.5f  // breaths that are more likely right than wrong

static double sliding_s(const Hrv* hrv)
{
    return hrv->window_s > 0.0 ? hrv->window_s : WINDOW_MOST_S;
}

static void follow(Hrv* hrv)
{
    nn_window_follow(&hrv->window, &hrv->ring, sliding_s(hrv));
    nn_window_follow(&hrv->recent, &hrv->ring, HRV_RECENT_S);
    hrv->settling = !nn_window_settled(&hrv->window, &hrv->ring, sliding_s(hrv)) ||
                    !nn_window_settled(&hrv->recent, &hrv->ring, HRV_RECENT_S);
}

static void take_breaths(Hrv* hrv)
{
    RespBreath breath;
    while (resp_next(&hrv->resp, &breath)) {
        hrv->breaths[hrv->n_breaths++ % HRV_BREATHS] = breath;
        resp_add(&hrv->all_breaths, &breath.sums, 1.0);
    }
}

// Lazy: before anything changes that the measures are made of and that does not measure itself
static void catch_up(Hrv* hrv)
{
    if (hrv->outdated) {
        hrv_spectrum_work_out(&hrv->spectrum, &hrv->ring);
        hrv_measure_now(hrv);
    }
}

static void measure(Hrv* hrv)
{
    if (hrv->lazy) {
        hrv->outdated = true;
    } else {
        hrv_measure_now(hrv);
    }
}

// ---- life

Hrv* hrv_new(double rate)
{
    if (!(rate >= 200.0 && rate <= 768000.0)) {
        return NULL;
    }
    Hrv* const hrv = calloc(1, sizeof(Hrv));
    if (!hrv) {
        return NULL;
    }
    if (!hrv_spectrum_init(&hrv->spectrum)) {
        free(hrv);
        return NULL;
    }
    hrv->tick_frames = (uint32_t)fmax(rate / TICKS_PER_S + 0.5, 1.0);
    hrv->tick_s = hrv->tick_frames / rate;
    hrv->slices = (uint32_t)fmax(TICKS_PER_S * hrv->tick_s + 0.5, 1.0);
    hrv->window_s = 120.0;
    hrv_reset(hrv);
    return hrv;
}

void hrv_free(Hrv* hrv)
{
    if (hrv) {
        hrv_spectrum_free(&hrv->spectrum);
        free(hrv);
    }
}

void hrv_reset(Hrv* hrv)
{
    const HrvSpectrum spectrum = hrv->spectrum;
    const uint32_t tick_frames = hrv->tick_frames, slices = hrv->slices;
    const bool lazy = hrv->lazy;
    const double tick_s = hrv->tick_s, window_s = hrv->window_s;
    memset(hrv, 0, sizeof(*hrv));
    hrv->spectrum = spectrum;
    hrv_spectrum_reset(&hrv->spectrum);
    hrv->tick_frames = hrv->to_tick = tick_frames;
    hrv->slices = slices;
    hrv->tick_s = tick_s;
    hrv->window_s = window_s;
    hrv->lazy = lazy;
    measure(hrv);
}

void hrv_set_window(Hrv* hrv, float window_s)
{
    const double wanted = !(window_s >= 15.f) ? 0.0
                          : window_s < (float)HRV_WINDOW_LEAST_S
                              ? HRV_WINDOW_LEAST_S
                              : fmin((double)window_s, WINDOW_MOST_S);
    if (wanted != hrv->window_s) {
        catch_up(hrv);
        hrv->window_s = wanted;
        hrv->settling = true;
    }
}

void hrv_set_lazy(Hrv* hrv, bool lazy)
{
    catch_up(hrv);
    hrv->lazy = lazy;
}

void hrv_interval(Hrv* hrv, const RrInterval* interval, bool irregular)
{
    if (!isfinite(interval->rr_ms) || !isfinite(interval->time_s) || interval->rr_ms < 0.0) {
        return;
    }
    const bool nn = rr_is_nn(interval);
    const bool after = hrv->ring.n > 0;
    const NnEntry e = {
        .time_s = interval->time_s,
        .rr_ms = interval->rr_ms,
        .step_ms = interval->rr_ms - hrv->latest_rr_ms,
        .quality = interval->quality,
        .nn = nn,
        .pair = nn && after && interval->pair,
        .mended = interval->type != RR_NORMAL,
        .irregular = irregular,
    };
    hrv->latest_rr_ms = interval->rr_ms;
    nn_ring_push(&hrv->ring, &e);
    hrv->has_interval = true;
    hrv->irregular = irregular;
    hrv->beat_now_s = hrv->now_s;
    hrv->rest = REST_TICKS;

    nn_add(&hrv->all, &e, 1.0);
    nn_add_pair(&hrv->all, &e, 1.0);
    if (nn) {
        nn_shape_add(&hrv->all_shape, e.rr_ms);
    }
    nn_window_push(&hrv->window, &hrv->ring);
    nn_window_push(&hrv->recent, &hrv->ring);
    follow(hrv);

    resp_interval(&hrv->resp, interval);
    take_breaths(hrv);
    measure(hrv);
}

void hrv_breath(Hrv* hrv, double time_s, float rate_per_min, float confidence)
{
    if (!isfinite(time_s)) {
        return;
    }
    if (!(confidence >= CONFIDENT)) { // a guess: better no breath than a wrong one
        if (hrv->n_breaths == 0 && hrv->resp.n_starts > 0) {
            catch_up(hrv); // until now they could tell that there is a breath
        }
        hrv->resp.n_starts = 0;
        return;
    }
    if (rate_per_min > 0.f && rate_per_min < 100.f) {
        // One breath counts for a third: the rate of the last few
        const bool known = hrv_breath_rate(hrv) > 0.0;
        hrv->rate_per_min = known
                                ? hrv->rate_per_min + ((double)rate_per_min - hrv->rate_per_min) / 3
                                : (double)rate_per_min;
        hrv->rate_confidence =
            known ? hrv->rate_confidence + ((double)confidence - hrv->rate_confidence) / 3
                  : (double)confidence;
    }
    hrv->breath_now_s = hrv->now_s;
    hrv->rest = REST_TICKS;
    resp_start(&hrv->resp, time_s);
    take_breaths(hrv);
    measure(hrv);
}

// The next tick
static void tick(Hrv* hrv)
{
    hrv->now_s = (double)++hrv->ticks * hrv->tick_s;
    if (hrv->settling) {
        catch_up(hrv);
        follow(hrv);
    }
    if (hrv->rest > 0) {
        --hrv->rest;
        return;
    }
    bool news = false;
    if (hrv->lazy) {
        news = hrv_spectrum_pass(&hrv->spectrum, &hrv->ring, hrv->window.first, sliding_s(hrv),
                                 hrv->slices);
    }
    for (uint32_t i = 0; !hrv->lazy && i < hrv->slices; ++i) {
        news |= hrv_spectrum_step(&hrv->spectrum, &hrv->ring, hrv->window.first, sliding_s(hrv));
    }
    if (news) {
        measure(hrv);
    }
}

// Lazy: so many ticks at once; nothing moves meanwhile but the clock and the spectrum's timetable
static void skip(Hrv* hrv, uint64_t ticks)
{
    const uint64_t rest = hrv->rest < ticks ? hrv->rest : ticks;
    hrv->rest -= (uint32_t)rest;
    hrv->ticks += ticks;
    hrv->now_s = (double)hrv->ticks * hrv->tick_s;
    if (hrv_spectrum_pass(&hrv->spectrum, &hrv->ring, hrv->window.first, sliding_s(hrv),
                          (ticks - rest) * hrv->slices)) {
        measure(hrv);
    }
}

void hrv_process(Hrv* hrv, uint32_t n)
{
    while (n >= hrv->to_tick) {
        n -= hrv->to_tick;
        hrv->to_tick = hrv->tick_frames;
        const bool was_stale = hrv_stale(hrv);
        const bool had_breath = hrv_breath_rate(hrv) > 0.0;
        if (hrv->lazy && !hrv->settling) {
            const uint32_t more = n / hrv->tick_frames;
            n -= more * hrv->tick_frames;
            skip(hrv, (uint64_t)more + 1u);
        } else {
            tick(hrv);
        }
        if (hrv_stale(hrv) != was_stale || (hrv_breath_rate(hrv) > 0.0) != had_breath) {
            measure(hrv);
        }
    }
    hrv->to_tick -= n;
}

const HrvMeasures* hrv_measures(Hrv* hrv)
{
    catch_up(hrv);
    return &hrv->measures;
}
