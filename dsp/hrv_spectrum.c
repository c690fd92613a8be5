// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/hrv_spectrum.h"

#include <math.h>
#include <string.h>

enum {
    UNITS = 256, // of work in a slice, see lomb.h: about a microsecond
    ADDS = 32,   // entries that enter a snapshot in a slice
    FREQUENCIES = 512,
};

// Stages of the work; each of the last ones is a slice of its own, so that none does more
enum { BEGIN, ADD, WORK, HIGH_BAND, LOW_BANDS };

#define OVERSAMPLING 4.0  // frequencies per 1 / window
#define COHERENCE_S  64.0 // McCraty and Zayas 2014

// Bands in Hz: Task Force 1996
#define VLF_HZ 0.0033
#define LF_HZ  0.04
#define HF_HZ  0.15
#define END_HZ 0.4

// McCraty and Zayas 2014: the highest peak within these, and this much to either side
#define PEAK_FROM_HZ  0.04
#define PEAK_TO_HZ    0.26
#define PEAK_HALF_HZ  0.015
#define COHERENCE_MAX 1000.0 // a pure sine has no rest

bool hrv_spectrum_init(HrvSpectrum* spectrum)
{
    memset(spectrum, 0, sizeof(*spectrum));
    spectrum->lomb = lomb_new(NN_WINDOW, FREQUENCIES);
    return spectrum->lomb != NULL;
}

void hrv_spectrum_free(HrvSpectrum* spectrum)
{
    lomb_free(spectrum->lomb);
}

void hrv_spectrum_reset(HrvSpectrum* spectrum)
{
    Lomb* const lomb = spectrum->lomb;
    memset(spectrum, 0, sizeof(*spectrum));
    spectrum->lomb = lomb;
    spectrum->job.kind = SPECTRUM_COHERENCE; // the bands begin
}

static SpectrumJob next_job(const HrvSpectrum* spectrum, const NnRing* ring, uint64_t first,
                            double length_s)
{
    const SpectrumKind kind = (SpectrumKind)((spectrum->job.kind + 1) % SPECTRUM_KINDS);
    const bool bands = kind == SPECTRUM_BANDS;
    return (SpectrumJob){.kind = kind,
                         .at = bands ? first : nn_ring_oldest(ring),
                         .end = ring->n,
                         .length_s = bands ? length_s : COHERENCE_S};
}

static double df_hz(const SpectrumJob* job)
{
    return 1.0 / (OVERSAMPLING * job->length_s);
}

static uint32_t frequencies(const SpectrumJob* job)
{
    const uint32_t n = (uint32_t)ceil(END_HZ / df_hz(job)) + 1u;
    return n < FREQUENCIES ? n : FREQUENCIES;
}

static double from_s(const SpectrumJob* job, const NnRing* ring)
{
    return nn_ring_at(ring, job->end - 1u)->time_s - job->length_s;
}

static bool belongs(const NnEntry* entry, double from)
{
    return entry->nn && entry->time_s - 1e-3 * entry->rr_ms >= from;
}

static void begin(HrvSpectrum* spectrum)
{
    lomb_begin(spectrum->lomb, df_hz(&spectrum->job), frequencies(&spectrum->job));
    nn_shape_reset(&spectrum->building);
}

static bool add(HrvSpectrum* spectrum, const NnRing* ring)
{
    SpectrumJob* const job = &spectrum->job;
    const double from = from_s(job, ring);
    for (int i = 0; i < ADDS && job->at < job->end; ++i, ++job->at) {
        const NnEntry* const entry = nn_ring_at(ring, job->at);
        if (belongs(entry, from)) {
            lomb_add(spectrum->lomb, entry->time_s, entry->rr_ms);
            nn_shape_add(&spectrum->building, entry->rr_ms);
        }
    }
    return job->at == job->end;
}

static void finish_high(HrvSpectrum* spectrum)
{
    spectrum->next_hf = lomb_power(spectrum->lomb, HF_HZ, END_HZ);
}

// A screen shows no more than some lines: means of equally many neighbours
static void draw_lines(HrvSpectrum* spectrum)
{
    const Lomb* const lomb = spectrum->lomb;
    const uint32_t n = lomb_frequencies(lomb);
    const uint32_t each = (n + SPECTRUM_LINES - 1u) / SPECTRUM_LINES;
    spectrum->n_lines = each > 0 ? n / each : 0;
    spectrum->line_hz = each * lomb_df(lomb);
    for (uint32_t i = 0; i < spectrum->n_lines; ++i) {
        double sum = 0.0;
        for (uint32_t k = 0; k < each; ++k) {
            sum += lomb_density(lomb, i * each + k);
        }
        spectrum->line[i] = (float)(sum / each);
    }
}

static void finish_low(HrvSpectrum* spectrum)
{
    const Lomb* const lomb = spectrum->lomb;
    spectrum->hf = spectrum->next_hf;
    spectrum->vlf = lomb_power(lomb, VLF_HZ, LF_HZ);
    spectrum->lf = lomb_power(lomb, LF_HZ, HF_HZ);
    spectrum->lf_peak_hz = lomb_peak(lomb, LF_HZ, HF_HZ);
    spectrum->points = lomb_points(lomb);
    spectrum->shape = spectrum->building;
    spectrum->bands_known = true;
    draw_lines(spectrum);
}

static void finish_coherence(HrvSpectrum* spectrum)
{
    const Lomb* const lomb = spectrum->lomb;
    const double peak_hz = lomb_peak(lomb, PEAK_FROM_HZ, PEAK_TO_HZ);
    const double peak = lomb_power(lomb, peak_hz - PEAK_HALF_HZ, peak_hz + PEAK_HALF_HZ);
    const double rest = lomb_power(lomb, VLF_HZ, END_HZ) - peak;
    spectrum->coherence = peak_hz > 0.0 && rest > 0.0 ? fmin(peak / rest, COHERENCE_MAX) : 0.0;
    spectrum->coherence_known = true;
}

bool hrv_spectrum_step(HrvSpectrum* spectrum, const NnRing* ring, uint64_t first, double length_s)
{
    switch (spectrum->stage) {
    case BEGIN:
        if (ring->n > 0) {
            spectrum->job = next_job(spectrum, ring, first, length_s);
            begin(spectrum);
            spectrum->stage = ADD;
        }
        return false;
    case ADD:
        spectrum->stage = add(spectrum, ring) ? WORK : ADD;
        return false;
    case WORK:
        if (lomb_step(spectrum->lomb, UNITS)) {
            spectrum->stage = HIGH_BAND;
        }
        return false;
    case HIGH_BAND:
        if (spectrum->job.kind == SPECTRUM_COHERENCE) {
            finish_coherence(spectrum);
            spectrum->stage = BEGIN;
            return true;
        }
        finish_high(spectrum);
        spectrum->stage = LOW_BANDS;
        return false;
    default:
        finish_low(spectrum);
        spectrum->stage = BEGIN;
        return true;
    }
}

// ---- lazy

// Intervals in a job, from those in the job before of the same kind: some leave, some enter
static uint32_t points_of(HrvSpectrum* spectrum, const NnRing* ring)
{
    const SpectrumJob* const job = &spectrum->job;
    SpectrumCount* const count = &spectrum->counted[job->kind];
    if (count->length_s != job->length_s || job->at < count->at) {
        *count = (SpectrumCount){job->at, job->at, job->at, job->length_s, 0};
    }
    count->at = job->at;
    for (; count->end < job->end; ++count->end) {
        count->points += nn_ring_at(ring, count->end)->nn;
    }
    const double from = from_s(job, ring);
    for (; count->first < count->end; ++count->first) {
        const NnEntry* const entry = nn_ring_at(ring, count->first);
        if (count->first >= job->at && belongs(entry, from)) {
            break; // and so do all after it
        }
        count->points -= entry->nn;
    }
    return count->points;
}

// How many slices hrv_spectrum_step takes from BEGIN, that one not counted, to the result
static uint32_t slices_of(HrvSpectrum* spectrum, const NnRing* ring)
{
    const SpectrumJob* const job = &spectrum->job;
    const uint32_t points = points_of(spectrum, ring);
    const uint32_t entries = (uint32_t)(job->end - job->at);
    const uint32_t adds = entries > ADDS ? (entries + ADDS - 1u) / ADDS : 1u;
    return adds + lomb_steps(points, frequencies(job), UNITS) +
           (job->kind == SPECTRUM_BANDS ? 2u : 1u);
}

bool hrv_spectrum_pass(HrvSpectrum* spectrum, const NnRing* ring, uint64_t first, double length_s,
                       uint64_t slices)
{
    bool news = false;
    while (slices > 0 && ring->n > 0) {
        if (spectrum->wait == 0) {
            spectrum->job = next_job(spectrum, ring, first, length_s);
            spectrum->wait = slices_of(spectrum, ring);
            --slices;
            continue;
        }
        const uint32_t part = spectrum->wait < slices ? spectrum->wait : (uint32_t)slices;
        spectrum->wait -= part;
        slices -= part;
        if (spectrum->wait == 0) {
            const SpectrumKind kind = spectrum->job.kind;
            spectrum->due[kind] = spectrum->job;
            spectrum->is_due[kind] = news = true;
        }
    }
    return news;
}

void hrv_spectrum_work_out(HrvSpectrum* spectrum, const NnRing* ring)
{
    const SpectrumJob running = spectrum->job;
    for (int kind = 0; kind < SPECTRUM_KINDS; ++kind) {
        if (!spectrum->is_due[kind]) {
            continue;
        }
        // The ring holds more than a window: what is due has not been overwritten
        spectrum->is_due[kind] = false;
        spectrum->job = spectrum->due[kind];
        begin(spectrum);
        while (!add(spectrum, ring)) {
        }
        while (!lomb_step(spectrum->lomb, UINT32_MAX)) {
        }
        if (kind == SPECTRUM_BANDS) {
            finish_high(spectrum);
            finish_low(spectrum);
        } else {
            finish_coherence(spectrum);
        }
    }
    spectrum->job = running;
}
