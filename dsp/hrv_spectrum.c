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
    spectrum->kind = SPECTRUM_COHERENCE; // the bands begin
}

static void begin(HrvSpectrum* spectrum, const NnRing* ring, uint64_t first, double length_s)
{
    spectrum->kind = (SpectrumKind)((spectrum->kind + 1) % SPECTRUM_KINDS);
    const bool bands = spectrum->kind == SPECTRUM_BANDS;
    spectrum->length_s = bands ? length_s : COHERENCE_S;
    spectrum->at = bands ? first : nn_ring_oldest(ring);
    spectrum->end = ring->n;
    const double df_hz = 1.0 / (OVERSAMPLING * spectrum->length_s);
    lomb_begin(spectrum->lomb, df_hz, (uint32_t)ceil(END_HZ / df_hz) + 1u);
    nn_shape_reset(&spectrum->building);
}

static bool add(HrvSpectrum* spectrum, const NnRing* ring)
{
    const double from_s = nn_ring_at(ring, spectrum->end - 1u)->time_s - spectrum->length_s;
    for (int i = 0; i < ADDS && spectrum->at < spectrum->end; ++i, ++spectrum->at) {
        const NnEntry* const entry = nn_ring_at(ring, spectrum->at);
        if (entry->nn && entry->time_s - 1e-3 * entry->rr_ms >= from_s) {
            lomb_add(spectrum->lomb, entry->time_s, entry->rr_ms);
            nn_shape_add(&spectrum->building, entry->rr_ms);
        }
    }
    return spectrum->at == spectrum->end;
}

static void finish_high(HrvSpectrum* spectrum)
{
    spectrum->next_hf = lomb_power(spectrum->lomb, HF_HZ, END_HZ);
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
            begin(spectrum, ring, first, length_s);
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
        if (spectrum->kind == SPECTRUM_COHERENCE) {
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
