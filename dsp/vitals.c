// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/vitals.h"

#include "dsp/breath.h"
#include "dsp/rr.h"

#include <math.h>
#include <stdlib.h>

#define SILENCE_S     5.0  // without a beat: the series has ended (two beats at 25 per minute)
#define BREATH_MOST_S 25.0 // between in-breaths: beyond, breathing was not seen

enum { MAX_BREATHS = 4, CHUNK = 256 }; // no more events in so many frames, see BREATH_MIN_GAP_S

struct Vitals {
    double rate;
    uint64_t now; // frames since the reset
    double beat_delay_s;
    Breath* breath;
    Rr* rr;
    Hrv* hrv;
    Tone* tone;
    uint64_t last_beat, last_breath;
    bool has_beat, has_breath;
    float told_rate; // 1/min, as told, 0: not told
    float told_sure; // confidence, as told, 0..1; 1: not told
};

Vitals* vitals_new(double rate)
{
    Vitals* const vitals = calloc(1, sizeof(Vitals));
    if (!vitals) {
        return NULL;
    }
    vitals->rate = rate;
    vitals->breath = breath_new(rate);
    vitals->rr = rr_new();
    vitals->hrv = hrv_new(rate);
    vitals->tone = tone_new(rate);
    if (!vitals->breath || !vitals->rr || !vitals->hrv || !vitals->tone) {
        vitals_free(vitals);
        return NULL;
    }
    vitals->told_sure = 1.f;
    return vitals;
}

void vitals_free(Vitals* vitals)
{
    if (vitals) {
        breath_free(vitals->breath);
        rr_free(vitals->rr);
        hrv_free(vitals->hrv);
        tone_free(vitals->tone);
        free(vitals);
    }
}

void vitals_reset(Vitals* vitals)
{
    breath_reset(vitals->breath);
    rr_reset(vitals->rr);
    hrv_reset(vitals->hrv);
    tone_reset(vitals->tone);
    vitals->now = 0;
    vitals->has_beat = vitals->has_breath = false;
    vitals->told_rate = 0.f;
    vitals->told_sure = 1.f;
}

void vitals_set_clean(Vitals* vitals, bool clean)
{
    rr_set_clean(vitals->rr, clean);
}

void vitals_set_window(Vitals* vitals, float window_s)
{
    hrv_set_window(vitals->hrv, window_s);
}

void vitals_set_drive(Vitals* vitals, ToneDrive drive)
{
    tone_set_drive(vitals->tone, drive);
}

void vitals_learn(Vitals* vitals)
{
    tone_learn(vitals->tone);
}

void vitals_set_beat_delay(Vitals* vitals, uint32_t frames)
{
    const double delay_s = frames / vitals->rate;
    vitals->beat_delay_s = delay_s <= 2.0 ? delay_s : 0.0;
    breath_set_beat_delay(vitals->breath, delay_s <= 2.0 ? frames : 0);
}

static void update_tone(Vitals* vitals)
{
    const HrvRecent recent = hrv_recent(vitals->hrv);
    tone_update(vitals->tone, &recent);
}

static void take(Vitals* vitals, const RrInterval* intervals, uint32_t n)
{
    const bool irregular = rr_irregular(vitals->rr);
    for (uint32_t i = 0; i < n; ++i) {
        hrv_interval(vitals->hrv, &intervals[i], irregular);
    }
    if (n > 0) {
        update_tone(vitals);
    }
}

void vitals_beat(Vitals* vitals, bool reliable, float quality)
{
    RrInterval intervals[RR_MAX_OUT];
    const double time_s = (double)vitals->now / vitals->rate - vitals->beat_delay_s;
    const RrBeat beat = {time_s, quality, reliable, 0.f};
    vitals->last_beat = vitals->now;
    vitals->has_beat = true;
    const BreathBeat breath = {reliable, quality, NAN, NAN};
    breath_beat(vitals->breath, &breath);
    take(vitals, intervals, rr_beat(vitals->rr, &beat, intervals));
}

void vitals_quality(Vitals* vitals, float quality)
{
    rr_quality(vitals->rr, quality);
}

void vitals_likeness(Vitals* vitals, float likeness)
{
    rr_likeness(vitals->rr, likeness);
}

void vitals_breath(Vitals* vitals)
{
    const double since_s = (double)(vitals->now - vitals->last_breath) / vitals->rate;
    const bool follows = vitals->has_breath && since_s > 0.0 && since_s < BREATH_MOST_S;
    const float rate_per_min = vitals->told_rate > 0.f ? vitals->told_rate
                               : follows               ? (float)(60.0 / since_s)
                                                       : 0.f;
    vitals->last_breath = vitals->now;
    vitals->has_breath = true;
    hrv_breath(vitals->hrv, (double)vitals->now / vitals->rate, rate_per_min, vitals->told_sure);
    update_tone(vitals);
}

void vitals_breath_rate(Vitals* vitals, float rate_per_min)
{
    vitals->told_rate = rate_per_min > 0.f && rate_per_min < 100.f ? rate_per_min : 0.f;
}

void vitals_breath_confidence(Vitals* vitals, float confidence)
{
    vitals->told_sure = confidence >= 0.f ? fminf(confidence, 1.f) : 0.f;
}

bool vitals_told_breaths(const Vitals* vitals)
{
    return vitals->has_breath &&
           (double)(vitals->now - vitals->last_breath) < BREATH_MOST_S * vitals->rate;
}

static void pass(Vitals* vitals, uint32_t n)
{
    hrv_process(vitals->hrv, n);
    tone_process(vitals->tone, n);
    vitals->now += n;
}

// At most CHUNK frames, with the breaths found in the beat intervals
static void breathe(Vitals* vitals, uint32_t n)
{
    BreathEvent events[MAX_BREATHS];
    const uint32_t k = breath_process(vitals->breath, NULL, NULL, n, events, MAX_BREATHS);
    uint32_t at = 0;
    for (uint32_t i = 0; i < k; ++i) {
        const BreathEvent* const event = &events[i];
        pass(vitals, event->frame - at);
        at = event->frame;
        if (event->type == BREATH_IN_STARTS && !vitals_told_breaths(vitals)) {
            const double age_s = event->age_frames / vitals->rate;
            hrv_breath(vitals->hrv, (double)vitals->now / vitals->rate - age_s, event->rate_per_min,
                       event->confidence);
            update_tone(vitals);
        }
    }
    pass(vitals, n - at);
}

void vitals_process(Vitals* vitals, uint32_t n)
{
    const uint64_t silent = vitals->last_beat + (uint64_t)(SILENCE_S * vitals->rate);
    while (n > 0) {
        uint32_t chunk = n < CHUNK ? n : CHUNK;
        const bool ends = vitals->has_beat && vitals->now + chunk > silent;
        chunk = ends ? (uint32_t)(silent - vitals->now) : chunk;
        breathe(vitals, chunk);
        n -= chunk;
        if (ends) { // what waits in rr must not wait for the signal's return
            RrInterval intervals[RR_MAX_OUT];
            vitals->has_beat = false;
            take(vitals, intervals, rr_break(vitals->rr, intervals));
        }
    }
}

double vitals_breathing(const Vitals* vitals)
{
    return hrv_breath_rate(vitals->hrv);
}

uint32_t vitals_lines(const Vitals* vitals, const float** density, double* line_hz)
{
    return hrv_lines(vitals->hrv, density, line_hz);
}

const HrvMeasures* vitals_measures(const Vitals* vitals)
{
    return hrv_measures(vitals->hrv);
}

ToneState vitals_tone(const Vitals* vitals)
{
    return tone_state(vitals->tone);
}

void vitals_baseline(const Vitals* vitals, ToneBaseline* baseline)
{
    tone_baseline(vitals->tone, baseline);
}

void vitals_set_baseline(Vitals* vitals, const ToneBaseline* baseline)
{
    tone_set_baseline(vitals->tone, baseline);
}
