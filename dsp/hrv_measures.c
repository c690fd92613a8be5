// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/hrv_internal.h"

#include <math.h>
#include <stddef.h>

#define RECENT_RESP_S  30.0
#define RECENT_BREATHS 3.5 // or so many breaths: two whole ones where one in between was lost
#define SYNCHRONY_S    60.0
#define STALE_S        10.0 // without a beat
#define BREATH_STALE_S 26.0 // without a breath: the longest one, and a little

// Share of intervals that may be mended or left out. Leaving out is unbiased in the time domain;
// spectra ask for more than 85 % of the beats (Task Force 1996)
#define MENDED_MEAN     0.50
#define MENDED_TIME     0.25
#define MENDED_SPECTRUM 0.15
#define IRREGULAR_SHARE 0.25

// Breathing rates that may take a number away: more likely right than not. HF that is shown wrongly
// is taken for vagal tone; one that is missing for a while does no harm
#define SURE 0.5

#define HF_SLOWEST 9.0  // breaths per minute that lie in HF (0.15 Hz)
#define HF_FASTEST 24.0 // (0.4 Hz)

static const NnSums* sums(const Hrv* hrv)
{
    return hrv->window_s > 0.0 ? &hrv->window.sums : &hrv->all;
}

/// Sums of the breaths of the last `length_s`
static RespSums breaths_of(const Hrv* hrv, double length_s)
{
    RespSums total = {0};
    const uint64_t held = hrv->n_breaths < HRV_BREATHS ? hrv->n_breaths : HRV_BREATHS;
    for (uint64_t i = 0; i < held; ++i) {
        const RespBreath* const breath = &hrv->breaths[(hrv->n_breaths - 1u - i) % HRV_BREATHS];
        if (nn_ring_latest_s(&hrv->ring) - breath->end_s > length_s) {
            break;
        }
        resp_add(&total, &breath->sums, 1.0);
    }
    return total;
}

double hrv_breath_rate(const Hrv* hrv)
{
    return hrv->now_s - hrv->breath_now_s < BREATH_STALE_S ? hrv->rate_per_min : 0.0;
}

bool hrv_stale(const Hrv* hrv)
{
    return !hrv->has_interval || hrv->now_s - hrv->beat_now_s > STALE_S;
}

static HrvReason general_reason(const Hrv* hrv, const NnSums* s, double least_s, double mended)
{
    if (!hrv->has_interval || (hrv_stale(hrv) && hrv->window_s > 0.0)) {
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
    const NnShape* const shape = hrv->window_s > 0.0 ? &hrv->spectrum.shape : &hrv->all_shape;

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
    const HrvSpectrum* const sp = &hrv->spectrum;
    const HrvReason known = sp->bands_known && sp->points > 2u ? HRV_OK : HRV_TOO_SHORT;
    const HrvReason breath = hf_reason(hrv, s);
    const double both = sp->lf + sp->hf;
    const struct {
        HrvMeasure which;
        double value;
        HrvReason breath;
    } list[] = {
        {HRV_VLF, sp->vlf, HRV_OK},
        {HRV_LF, sp->lf, HRV_OK},
        {HRV_HF, sp->hf, breath},
        {HRV_TOTAL, sp->vlf + both, HRV_OK},
        {HRV_LF_HF, sp->hf > 0.0 ? sp->lf / sp->hf : NAN, breath},
        {HRV_LF_NU, both > 0.0 ? 100.0 * sp->lf / both : NAN, breath},
        {HRV_HF_NU, both > 0.0 ? 100.0 * sp->hf / both : NAN, breath},
        {HRV_LF_PEAK, sp->lf_peak_hz > 0.0 ? sp->lf_peak_hz : NAN, HRV_OK},
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); ++i) {
        const HrvReason clean = first_of(rhythm, least(hrv, s, list[i].which, MENDED_SPECTRUM));
        put(m, list[i].which, list[i].value, first_of(first_of(clean, known), list[i].breath));
    }

    HrvReason clean =
        first_of(rhythm, least(hrv, &hrv->recent.sums, HRV_COHERENCE, MENDED_SPECTRUM));
    if (clean == HRV_TOO_SHORT && hrv->recent.sums.seconds >= 0.9 * HRV_RECENT_S) {
        clean = HRV_OK; // the recent window is a little shorter than the 64 s
    }
    put(m, HRV_COHERENCE, sp->coherence > 0.0 ? sp->coherence : NAN,
        first_of(clean, sp->coherence_known ? HRV_OK : HRV_TOO_SHORT));
}

static HrvReason resp_reason(const Hrv* hrv, const NnSums* s, const RespSums* breaths,
                             double least_s)
{
    const bool here = hrv_breath_rate(hrv) > 0.0 || hrv->window_s == 0.0;
    if (!hrv->has_interval || (hrv_stale(hrv) && hrv->window_s > 0.0)) {
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
    // Where there is no heart rate, there is no part of it
    const bool spoilt = s->all >= 10.0 && s->mended > MENDED_MEAN * s->all;
    const HrvReason enough = resp_reason(hrv, s, &b, (double)hrv_measure_info(HRV_RESP)->least_s);
    const HrvReason reason = first_of(rhythm, enough == HRV_OK && spoilt ? HRV_ARTEFACTS : enough);
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
    if (hrv_stale(hrv) || rhythm != HRV_OK || !(s->n > 0.0) || !(s->all > 0.0)) {
        return 0.0;
    }
    const double covered = fmin(s->seconds / HRV_WINDOW_LEAST_S, 1.0);
    const double clean = fmax(1.0 - s->mended / s->all / MENDED_TIME, 0.0);
    return covered * clean * fmin(fmax(s->quality / s->n, 0.0), 1.0);
}

void hrv_measure_now(Hrv* hrv)
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
    hrv->outdated = false;
}

uint32_t hrv_lines(const Hrv* hrv, const float** density, double* line_hz)
{
    *density = hrv->spectrum.line;
    *line_hz = hrv->spectrum.line_hz;
    return hrv->spectrum.bands_known ? hrv->spectrum.n_lines : 0;
}

HrvRecent hrv_recent(const Hrv* hrv)
{
    HrvRecent r = {0};
    const NnSums* const s = &hrv->recent.sums;
    const HrvReason rhythm = hrv->irregular ? HRV_IRREGULAR : HRV_OK;
    r.rmssd_reason =
        hrv_stale(hrv) ? HRV_NO_BEATS : first_of(rhythm, least(hrv, s, HRV_RMSSD, MENDED_TIME));
    if (r.rmssd_reason == HRV_OK) {
        r.rmssd_ms = nn_rmssd_ms(s);
        r.mean_rr_ms = nn_mean_ms(s);
    }

    const double breath_s = 60.0 / fmax(hrv_breath_rate(hrv), 3.0);
    const RespSums b = breaths_of(hrv, fmax(RECENT_RESP_S, RECENT_BREATHS * breath_s));
    r.resp_reason = hrv_stale(hrv)               ? HRV_NO_BEATS
                    : hrv_breath_rate(hrv) > 0.0 ? first_of(rhythm, resp_reason(hrv, s, &b, 0.0))
                                                 : HRV_NO_BREATH;
    if (r.resp_reason == HRV_TOO_SHORT && b.breaths >= 2.0) {
        r.resp_reason = HRV_OK; // slow breaths: two of them take half a minute
    }
    if (r.resp_reason == HRV_OK) {
        RespFit fit;
        r.resp_ms = b.peak_trough_ms / b.breaths;
        r.resp_at_15_ms = b.at_15_ms / b.breaths;
        r.resp_amplitude_ms = resp_fit(&b, &fit) ? 2.0 * fit.amplitude_ms : 0.0;
        r.breath_hz = b.breaths / b.duration_s;
    }
    return r;
}
