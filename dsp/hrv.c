// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/hrv.h"

#include "dsp/lomb.h"
#include "dsp/nn.h"
#include "dsp/resp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_ENTRIES = 2048,     // 300 s at 240 per minute, and room for the spectrum's snapshot
    N_WINDOW = 1900,      // most entries in a window: a bound, not a setting
    N_BREATHS = 256,      // 300 s at 40 per minute and more
    EVICT_PER_TICK = 8,   // entries that leave a window at a time
    UNITS_PER_TICK = 256, // of the spectrum, see lomb.h
    ADDS_PER_TICK = 32,   // points that enter a spectrum at a time
    N_FREQUENCIES = 512,
};

#define TICKS_PER_S    750.0 // control grid: every 64 frames at 48 kHz
#define WINDOW_LEAST_S 30.0
#define WINDOW_MOST_S  300.0 // Task Force 1996: short-term recordings of 5 minutes
#define COHERENCE_S    64.0  // McCraty and Zayas 2014
#define RECENT_S       60.0
#define RECENT_RESP_S  30.0
#define SYNCHRONY_S    60.0
#define STALE_S        10.0 // without a beat
#define BREATH_STALE_S 26.0 // without a breath: the longest one, and a little
#define OVERSAMPLING   4.0  // frequencies per 1 / window
#define HIGHEST_HZ     0.4  // Task Force 1996: upper edge of HF

// Share of intervals that may be mended or left out. Leaving out is unbiased in the time domain;
// spectra ask for more than 85 % of the beats (Task Force 1996)
#define MENDED_MEAN     0.50
#define MENDED_TIME     0.25
#define MENDED_SPECTRUM 0.15
#define IRREGULAR_SHARE 0.25

#define CONFIDENT 0.5f // breaths that are more likely right than wrong
#define SURE      0.8  // breathing rates that may take a number away

#define HF_SLOWEST 9.0  // breaths per minute that lie in HF (0.15 Hz)
#define HF_FASTEST 24.0 // (0.4 Hz)

typedef struct {
    uint64_t first; // entry
    NnSums sums;
} Window;

typedef enum { JOB_MAIN, JOB_COHERENCE, N_JOBS } JobKind;

struct Hrv {
    uint32_t tick_frames, to_tick;
    double tick_s, now_s; // clock of the caller's frames; only differences are used
    double beat_now_s;    // now_s when the last interval came
    double breath_now_s;

    double window_s; // 0: all
    NnEntry entries[N_ENTRIES];
    uint64_t n_entries;
    double latest_rr_ms;
    Window window, recent;
    NnSums all;
    NnShape all_shape;
    bool has_interval;

    Resp resp;
    RespBreath breaths[N_BREATHS];
    uint64_t n_breaths;
    RespSums all_breaths;
    double rate_per_min, rate_confidence;

    Lomb* lomb;
    JobKind job;
    bool adding;
    uint64_t job_at, job_end;
    NnShape job_shape, shape; // of the job at work, of the finished one
    double vlf, lf, hf, total, lf_peak, coherence;
    bool spectrum_known, coherence_known;
    uint32_t spectrum_points;

    bool irregular;
    HrvMeasures measures;
};

static NnEntry* entry(Hrv* hrv, uint64_t i)
{
    return &hrv->entries[i % N_ENTRIES];
}

static double latest_s(const Hrv* hrv)
{
    return hrv->n_entries ? hrv->entries[(hrv->n_entries - 1u) % N_ENTRIES].time_s : 0.0;
}

// ---- windows

static void window_push(Hrv* hrv, Window* window)
{
    const NnEntry* const last = entry(hrv, hrv->n_entries - 1u);
    nn_add(&window->sums, last, 1.0);
    if (hrv->n_entries - 1u > window->first) {
        nn_add_pair(&window->sums, last, 1.0);
    }
}

/// Let the window's start follow, a few entries at a time
static void window_follow(Hrv* hrv, Window* window, double length_s)
{
    const double from_s = latest_s(hrv) - length_s;
    for (int i = 0; i < EVICT_PER_TICK && window->first < hrv->n_entries; ++i) {
        const NnEntry* const oldest = entry(hrv, window->first);
        if (oldest->time_s - 1e-3 * oldest->rr_ms < from_s ||
            hrv->n_entries - window->first > N_WINDOW) {
            nn_add(&window->sums, oldest, -1.0);
            ++window->first;
            if (window->first < hrv->n_entries) { // its difference to the one that left
                nn_add_pair(&window->sums, entry(hrv, window->first), -1.0);
            }
            continue;
        }
        const uint64_t kept = hrv->n_entries < N_WINDOW ? hrv->n_entries : N_WINDOW;
        if (window->first == hrv->n_entries - kept) {
            return;
        }
        const NnEntry* const before = entry(hrv, window->first - 1u);
        if (before->time_s - 1e-3 * before->rr_ms < from_s) {
            return;
        }
        nn_add_pair(&window->sums, oldest, 1.0);
        nn_add(&window->sums, before, 1.0);
        --window->first;
    }
}

static double sliding_s(const Hrv* hrv)
{
    return hrv->window_s > 0.0 ? hrv->window_s : WINDOW_MOST_S;
}

static const NnSums* sums(const Hrv* hrv)
{
    return hrv->window_s > 0.0 ? &hrv->window.sums : &hrv->all;
}

// ---- breaths

/// Sums of the breaths of the last `length_s`
static RespSums breaths_of(const Hrv* hrv, double length_s)
{
    RespSums total = {0};
    const uint64_t held = hrv->n_breaths < N_BREATHS ? hrv->n_breaths : N_BREATHS;
    for (uint64_t i = 0; i < held; ++i) {
        const RespBreath* const breath = &hrv->breaths[(hrv->n_breaths - 1u - i) % N_BREATHS];
        if (latest_s(hrv) - breath->end_s > length_s) {
            break;
        }
        resp_add(&total, &breath->sums, 1.0);
    }
    return total;
}

static void take_breaths(Hrv* hrv)
{
    RespBreath breath;
    while (resp_next(&hrv->resp, &breath)) {
        hrv->breaths[hrv->n_breaths++ % N_BREATHS] = breath;
        resp_add(&hrv->all_breaths, &breath.sums, 1.0);
    }
}

double hrv_breath_rate(const Hrv* hrv)
{
    return hrv->now_s - hrv->breath_now_s < BREATH_STALE_S ? hrv->rate_per_min : 0.0;
}

// ---- spectrum

static void job_begin(Hrv* hrv)
{
    hrv->job = (JobKind)((hrv->job + 1) % N_JOBS);
    const double length_s = hrv->job == JOB_MAIN ? sliding_s(hrv) : COHERENCE_S;
    const double df_hz = 1.0 / (OVERSAMPLING * length_s);
    lomb_begin(hrv->lomb, df_hz, (uint32_t)ceil(HIGHEST_HZ / df_hz) + 1u);
    nn_shape_reset(&hrv->job_shape);

    hrv->job_at = hrv->window.first;
    hrv->job_end = hrv->n_entries;
    if (hrv->job == JOB_COHERENCE || hrv->window_s == 0.0) {
        const uint64_t most = hrv->n_entries < N_WINDOW ? hrv->n_entries : N_WINDOW;
        hrv->job_at = hrv->n_entries - most;
    }
    hrv->adding = true;
}

static void job_add(Hrv* hrv)
{
    const double length_s = hrv->job == JOB_MAIN ? sliding_s(hrv) : COHERENCE_S;
    const double from_s = entry(hrv, hrv->job_end - 1u)->time_s - length_s;
    for (int i = 0; i < ADDS_PER_TICK && hrv->job_at < hrv->job_end; ++i, ++hrv->job_at) {
        const NnEntry* const e = entry(hrv, hrv->job_at);
        if (e->nn && e->time_s - 1e-3 * e->rr_ms >= from_s) {
            lomb_add(hrv->lomb, e->time_s, e->rr_ms);
            nn_shape_add(&hrv->job_shape, e->rr_ms);
        }
    }
    hrv->adding = hrv->job_at < hrv->job_end;
}

static void job_finish(Hrv* hrv)
{
    const Lomb* const l = hrv->lomb;
    if (hrv->job == JOB_MAIN) {
        hrv->vlf = lomb_power(l, 0.0033, 0.04); // bands: Task Force 1996
        hrv->lf = lomb_power(l, 0.04, 0.15);
        hrv->hf = lomb_power(l, 0.15, 0.4);
        hrv->total = hrv->vlf + hrv->lf + hrv->hf;
        hrv->lf_peak = lomb_peak(l, 0.04, 0.15);
        hrv->spectrum_points = lomb_points(l);
        hrv->spectrum_known = true;
        hrv->shape = hrv->job_shape;
        return;
    }
    // McCraty and Zayas 2014: highest peak of 0.04..0.26 Hz, 0.015 Hz to either side, over the rest
    // of 0.0033..0.4 Hz
    const double peak_hz = lomb_peak(l, 0.04, 0.26);
    const double peak = lomb_power(l, fmax(peak_hz - 0.015, 0.0033), peak_hz + 0.015);
    const double rest = lomb_power(l, 0.0033, 0.4) - peak;
    hrv->coherence = peak_hz > 0.0 && rest > 0.0 ? fmin(peak / rest, 1000.0) : 0.0;
    hrv->coherence_known = true;
}

static void measure(Hrv* hrv);

static void job_step(Hrv* hrv)
{
    if (hrv->n_entries == 0) {
        return;
    }
    if (hrv->adding) {
        job_add(hrv);
    } else if (lomb_step(hrv->lomb, UNITS_PER_TICK)) {
        job_finish(hrv);
        measure(hrv);
        job_begin(hrv);
    }
}

// ---- measures

static bool stale(const Hrv* hrv)
{
    return !hrv->has_interval || hrv->now_s - hrv->beat_now_s > STALE_S;
}

static HrvReason general_reason(const Hrv* hrv, const NnSums* s, double least_s, double mended)
{
    if (!hrv->has_interval || (stale(hrv) && hrv->window_s > 0.0)) {
        return HRV_NO_BEATS;
    }
    if (s->all > 0.0 && s->mended > mended * s->all && s->all >= 10.0) {
        return HRV_ARTEFACTS;
    }
    return s->seconds >= 0.9 * least_s && s->n >= 3.0 ? HRV_OK : HRV_TOO_SHORT;
}

static HrvReason rhythm_reason(const Hrv* hrv, const NnSums* s)
{
    return hrv->irregular || s->irregular > IRREGULAR_SHARE * s->all ? HRV_IRREGULAR : HRV_OK;
}

static HrvReason first_of(HrvReason a, HrvReason b)
{
    return a != HRV_OK ? a : b;
}

static void put(HrvMeasures* m, HrvMeasure which, double value, HrvReason reason)
{
    m->reason[which] = reason == HRV_OK && !isfinite(value) ? HRV_NO_VARIATION : reason;
    m->value[which] = m->reason[which] == HRV_OK ? value : 0.0;
}

static HrvReason least(const Hrv* hrv, const NnSums* s, HrvMeasure which, double mended)
{
    return general_reason(hrv, s, (double)hrv_measure_info(which)->least_s, mended);
}

static void measure_time(Hrv* hrv, HrvMeasures* m, const NnSums* s, HrvReason rhythm)
{
    const double mean = nn_mean_ms(s), sdnn = nn_sdnn_ms(s), rmssd = nn_rmssd_ms(s);
    const double sdsd = nn_sdsd_ms(s);
    const double sd2 = sqrt(fmax(2.0 * sdnn * sdnn - 0.5 * sdsd * sdsd, 0.0));
    const NnShape* const shape = hrv->window_s > 0.0 ? &hrv->shape : &hrv->all_shape;

    put(m, HRV_HEART_RATE, 60000.0 / mean, least(hrv, s, HRV_HEART_RATE, MENDED_MEAN));
    put(m, HRV_MEAN_RR, mean, least(hrv, s, HRV_MEAN_RR, MENDED_MEAN));

    const struct {
        HrvMeasure which;
        double value;
    } list[] = {
        {HRV_SDNN, sdnn},
        {HRV_RMSSD, rmssd},
        {HRV_LN_RMSSD, rmssd > 0.0 ? log(rmssd) : NAN},
        {HRV_SDSD, sdsd},
        {HRV_NN50, s->above_50},
        {HRV_PNN50, 100.0 * s->above_50 / s->pairs},
        {HRV_PNN20, 100.0 * s->above_20 / s->pairs},
        {HRV_SD1, sdsd * sqrt(0.5)},
        {HRV_SD2, sd2},
        {HRV_RANGE, shape->longest_ms - shape->shortest_ms},
        {HRV_TRIANGULAR, nn_triangular(shape)},
        {HRV_STRESS, nn_stress(shape) > 0.0 ? nn_stress(shape) : NAN},
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); ++i) {
        HrvReason reason = first_of(rhythm, least(hrv, s, list[i].which, MENDED_TIME));
        if (reason == HRV_OK && s->pairs < 2.0) {
            reason = HRV_TOO_SHORT;
        }
        put(m, list[i].which, list[i].value, reason);
    }
    if (shape->n < 3.0) { // the first job is still at work
        for (HrvMeasure w = HRV_RANGE; w <= HRV_STRESS; ++w) {
            put(m, w, 0.0, first_of(m->reason[w], HRV_TOO_SHORT));
        }
    }
}

static HrvReason hf_reason(const Hrv* hrv, const NnSums* s)
{
    const double rate = hrv->rate_confidence >= SURE ? hrv_breath_rate(hrv) : 0.0;
    const double heart_rate = 60000.0 / fmax(nn_mean_ms(s), 1.0);
    return rate <= 0.0               ? HRV_OK
           : rate < HF_SLOWEST       ? HRV_SLOW_BREATH
           : rate > 0.5 * heart_rate ? HRV_ALIASED
           : rate > HF_FASTEST       ? HRV_FAST_BREATH
                                     : HRV_OK;
}

static void measure_spectrum(Hrv* hrv, HrvMeasures* m, const NnSums* s, HrvReason rhythm)
{
    const HrvReason known =
        hrv->spectrum_known && hrv->spectrum_points > 2u ? HRV_OK : HRV_TOO_SHORT;
    const HrvReason breath = hf_reason(hrv, s);
    const double both = hrv->lf + hrv->hf;
    const struct {
        HrvMeasure which;
        double value;
        HrvReason breath;
    } list[] = {
        {HRV_VLF, hrv->vlf, HRV_OK},
        {HRV_LF, hrv->lf, HRV_OK},
        {HRV_HF, hrv->hf, breath},
        {HRV_TOTAL, hrv->total, HRV_OK},
        {HRV_LF_HF, hrv->hf > 0.0 ? hrv->lf / hrv->hf : NAN, breath},
        {HRV_LF_NU, both > 0.0 ? 100.0 * hrv->lf / both : NAN, breath},
        {HRV_HF_NU, both > 0.0 ? 100.0 * hrv->hf / both : NAN, breath},
        {HRV_LF_PEAK, hrv->lf_peak > 0.0 ? hrv->lf_peak : NAN, HRV_OK},
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); ++i) {
        const HrvReason clean = first_of(rhythm, least(hrv, s, list[i].which, MENDED_SPECTRUM));
        put(m, list[i].which, list[i].value, first_of(first_of(clean, known), list[i].breath));
    }

    HrvReason clean =
        first_of(rhythm, least(hrv, &hrv->recent.sums, HRV_COHERENCE, MENDED_SPECTRUM));
    if (clean == HRV_TOO_SHORT && hrv->recent.sums.seconds >= 0.9 * RECENT_S) {
        clean = HRV_OK; // the recent window is a little shorter than the 64 s
    }
    put(m, HRV_COHERENCE, hrv->coherence > 0.0 ? hrv->coherence : NAN,
        first_of(clean, hrv->coherence_known ? HRV_OK : HRV_TOO_SHORT));
}

static HrvReason resp_reason(const Hrv* hrv, const NnSums* s, const RespSums* breaths,
                             double least_s)
{
    const bool here = hrv_breath_rate(hrv) > 0.0 || hrv->window_s == 0.0;
    if (!hrv->has_interval || (stale(hrv) && hrv->window_s > 0.0)) {
        return HRV_NO_BEATS;
    }
    if (!here || hrv->n_breaths + hrv->resp.n_starts == 0) {
        return HRV_NO_BREATH;
    }
    if (hrv_breath_rate(hrv) > 30000.0 / fmax(nn_mean_ms(s), 1.0)) {
        return HRV_ALIASED;
    }
    return breaths->breaths >= 3.0 && breaths->duration_s >= 0.9 * least_s ? HRV_OK : HRV_TOO_SHORT;
}

static void measure_resp(Hrv* hrv, HrvMeasures* m, const NnSums* s, HrvReason rhythm)
{
    const RespSums b = hrv->window_s > 0.0 ? breaths_of(hrv, hrv->window_s) : hrv->all_breaths;
    const RespSums last = breaths_of(hrv, SYNCHRONY_S);
    const HrvReason reason =
        first_of(rhythm, resp_reason(hrv, s, &b, (double)hrv_measure_info(HRV_RESP)->least_s));
    RespFit fit;
    const bool fits = resp_fit(&b, &fit);
    put(m, HRV_RESP, b.peak_trough_ms / b.breaths, reason);
    put(m, HRV_RESP_AMPLITUDE, fits ? 2.0 * fit.amplitude_ms : NAN, reason);
    put(m, HRV_RESP_POWER, fits ? 0.5 * fit.amplitude_ms * fit.amplitude_ms : NAN, reason);

    const HrvReason lock = first_of(
        rhythm, resp_reason(hrv, s, &last, (double)hrv_measure_info(HRV_SYNCHRONY)->least_s));
    put(m, HRV_SYNCHRONY, resp_fit(&last, &fit) ? fit.synchrony : NAN, lock);
}

static double quality(const Hrv* hrv, const NnSums* s, HrvReason rhythm)
{
    if (stale(hrv) || rhythm != HRV_OK || !(s->n > 0.0) || !(s->all > 0.0)) {
        return 0.0;
    }
    const double covered = fmin(s->seconds / WINDOW_LEAST_S, 1.0);
    const double clean = fmax(1.0 - s->mended / s->all / MENDED_TIME, 0.0);
    return covered * clean * fmin(fmax(s->quality / s->n, 0.0), 1.0);
}

static void measure(Hrv* hrv)
{
    HrvMeasures* const m = &hrv->measures;
    const NnSums* const s = sums(hrv);
    const HrvReason rhythm = rhythm_reason(hrv, s);

    measure_time(hrv, m, s, rhythm);
    measure_spectrum(hrv, m, s, rhythm);
    measure_resp(hrv, m, s, rhythm);

    m->n_nn = (uint64_t)s->n;
    m->n_pairs = (uint64_t)s->pairs;
    m->covered_s = s->seconds;
    m->artefacts_percent = s->all > 0.0 ? 100.0 * s->mended / s->all : 0.0;
    m->quality = quality(hrv, s, rhythm);
    m->overall = m->reason[HRV_RMSSD];
    if (m->overall == HRV_OK && m->reason[HRV_HF] != HRV_TOO_SHORT) {
        m->overall = m->reason[HRV_HF];
    }
}

// ---- life

Hrv* hrv_new(double rate)
{
    if (!(rate >= 1000.0 && rate <= 768000.0)) {
        return NULL;
    }
    Hrv* const hrv = calloc(1, sizeof(Hrv));
    if (!hrv) {
        return NULL;
    }
    hrv->lomb = lomb_new(N_WINDOW, N_FREQUENCIES);
    if (!hrv->lomb) {
        free(hrv);
        return NULL;
    }
    hrv->tick_frames = (uint32_t)(rate / TICKS_PER_S + 0.5);
    hrv->tick_s = hrv->tick_frames / rate;
    hrv->window_s = 120.0;
    hrv_reset(hrv);
    return hrv;
}

void hrv_free(Hrv* hrv)
{
    if (hrv) {
        lomb_free(hrv->lomb);
        free(hrv);
    }
}

void hrv_reset(Hrv* hrv)
{
    Lomb* const lomb = hrv->lomb;
    const uint32_t tick_frames = hrv->tick_frames;
    const double tick_s = hrv->tick_s, window_s = hrv->window_s;
    memset(hrv, 0, sizeof(*hrv));
    hrv->lomb = lomb;
    hrv->tick_frames = hrv->to_tick = tick_frames;
    hrv->tick_s = tick_s;
    hrv->window_s = window_s;
    hrv->job = JOB_COHERENCE;
    lomb_begin(lomb, 1.0, 0);
    measure(hrv);
}

void hrv_set_window(Hrv* hrv, float window_s)
{
    const double wanted = !(window_s >= 15.f) ? 0.0
                          : window_s < (float)WINDOW_LEAST_S
                              ? WINDOW_LEAST_S
                              : fmin((double)window_s, WINDOW_MOST_S);
    hrv->window_s = wanted;
}

void hrv_interval(Hrv* hrv, const RrInterval* interval, bool irregular)
{
    if (!isfinite(interval->rr_ms) || !isfinite(interval->time_s) || interval->rr_ms < 0.0) {
        return;
    }
    const bool nn = rr_is_nn(interval);
    const bool after = hrv->n_entries > 0;
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
    hrv->entries[hrv->n_entries++ % N_ENTRIES] = e;
    hrv->has_interval = true;
    hrv->irregular = irregular;
    hrv->beat_now_s = hrv->now_s;

    nn_add(&hrv->all, &e, 1.0);
    nn_add_pair(&hrv->all, &e, 1.0);
    if (nn) {
        nn_shape_add(&hrv->all_shape, e.rr_ms);
    }
    window_push(hrv, &hrv->window);
    window_push(hrv, &hrv->recent);
    window_follow(hrv, &hrv->window, sliding_s(hrv));
    window_follow(hrv, &hrv->recent, RECENT_S);

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
    resp_start(&hrv->resp, time_s);
    take_breaths(hrv);
    measure(hrv);
}

void hrv_process(Hrv* hrv, uint32_t n)
{
    while (n >= hrv->to_tick) {
        n -= hrv->to_tick;
        hrv->to_tick = hrv->tick_frames;
        const bool was_stale = stale(hrv);
        const bool had_breath = hrv_breath_rate(hrv) > 0.0;
        hrv->now_s += hrv->tick_s;
        window_follow(hrv, &hrv->window, sliding_s(hrv));
        window_follow(hrv, &hrv->recent, RECENT_S);
        job_step(hrv);
        if (stale(hrv) != was_stale || (hrv_breath_rate(hrv) > 0.0) != had_breath) {
            measure(hrv);
        }
    }
    hrv->to_tick -= n;
}

const HrvMeasures* hrv_measures(const Hrv* hrv)
{
    return &hrv->measures;
}

HrvRecent hrv_recent(const Hrv* hrv)
{
    HrvRecent r = {0};
    const NnSums* const s = &hrv->recent.sums;
    const HrvReason rhythm = hrv->irregular ? HRV_IRREGULAR : HRV_OK;
    r.rmssd_reason =
        stale(hrv) ? HRV_NO_BEATS : first_of(rhythm, least(hrv, s, HRV_RMSSD, MENDED_TIME));
    if (r.rmssd_reason == HRV_OK) {
        r.rmssd_ms = nn_rmssd_ms(s);
        r.mean_rr_ms = nn_mean_ms(s);
    }

    const RespSums b = breaths_of(hrv, RECENT_RESP_S);
    r.resp_reason = stale(hrv)                   ? HRV_NO_BEATS
                    : hrv_breath_rate(hrv) > 0.0 ? first_of(rhythm, resp_reason(hrv, s, &b, 0.0))
                                                 : HRV_NO_BREATH;
    if (r.resp_reason == HRV_TOO_SHORT && b.breaths >= 2.0) {
        r.resp_reason = HRV_OK; // slow breaths: two of them take half a minute
    }
    if (r.resp_reason == HRV_OK) {
        RespFit fit;
        r.resp_ms = b.peak_trough_ms / b.breaths;
        r.resp_amplitude_ms = resp_fit(&b, &fit) ? 2.0 * fit.amplitude_ms : 0.0;
        r.breath_hz = b.breaths / b.duration_s;
    }
    return r;
}
