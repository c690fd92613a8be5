// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_HRV_SPECTRUM_H
#define TONUS_DSP_HRV_SPECTRUM_H

#include "dsp/lomb.h"
#include "dsp/nn_window.h"

#include <stdbool.h>
#include <stdint.h>

/**
   The spectral half of HRV: takes a snapshot of the intervals, works on its periodogram in equal
   slices, and begins again; in turn for the window's bands and for the coherence of the last 64 s.

   Threads: init and free not real-time, everything else [realtime].
*/

typedef enum { SPECTRUM_BANDS, SPECTRUM_COHERENCE, SPECTRUM_KINDS } SpectrumKind;

typedef struct {
    Lomb* lomb;
    SpectrumKind kind;
    uint32_t stage;
    uint64_t at, end; // entries of the snapshot still to be added
    double length_s;  // of the snapshot
    NnShape building; // of the snapshot
    double next_hf;   // of the spectrum being finished

    NnShape shape;                     ///< Of the window that the bands are of
    double vlf, lf, hf;                ///< ms²
    double lf_peak_hz;                 ///< 0: none
    double coherence;                  ///< 0: none
    uint32_t points;                   ///< NN intervals that the bands are from
    bool bands_known, coherence_known; ///< There is a result
} HrvSpectrum;

/// False without memory
bool hrv_spectrum_init(HrvSpectrum* spectrum);
void hrv_spectrum_free(HrvSpectrum* spectrum);
void hrv_spectrum_reset(HrvSpectrum* spectrum);

/// One slice of work. `first` and `length_s`: the window for the bands. True when a result is new
bool hrv_spectrum_step(HrvSpectrum* spectrum, const NnRing* ring, uint64_t first, double length_s);

#endif
