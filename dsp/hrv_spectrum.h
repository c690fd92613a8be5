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

   Offline only few of these results are looked at. A lazy spectrum keeps the same timetable, slice
   by slice, but does the work of the last snapshots only when it is asked to; the results are the
   same bit for bit.

   Threads: init and free not real-time, everything else [realtime] but hrv_spectrum_work_out.
*/

typedef enum { SPECTRUM_BANDS, SPECTRUM_COHERENCE, SPECTRUM_KINDS } SpectrumKind;

/// What a periodogram is of: entries of the ring that lie within length_s before the last of them
typedef struct {
    SpectrumKind kind;
    uint64_t at, end; ///< entries from, until
    double length_s;
} SpectrumJob;

enum { SPECTRUM_LINES = 128 }; // at most, of a spectrum as it is shown

/// How many intervals are in a job, kept from one job to the next
typedef struct {
    uint64_t at;         ///< that the job began with
    uint64_t first, end; ///< entries from, until
    double length_s;     ///< 0: none counted yet
    uint32_t points;     ///< of these entries
} SpectrumCount;

typedef struct {
    Lomb* lomb;
    uint32_t stage;
    SpectrumJob job;                 // at work; job.at advances as entries are added
    NnShape building;                // of the snapshot
    double next_hf;                  // of the spectrum being finished
    uint32_t wait;                   // lazy: slices until the job is done
    SpectrumJob due[SPECTRUM_KINDS]; // lazy: done by the timetable, to be worked out
    bool is_due[SPECTRUM_KINDS];
    SpectrumCount counted[SPECTRUM_KINDS]; // lazy

    NnShape shape;              ///< Of the window that the bands are of
    double vlf, lf, hf;         ///< ms²
    float line[SPECTRUM_LINES]; ///< Density as shown: means over line_hz, ms² per Hz
    uint32_t n_lines;           ///< Line k lies around (k + 0.5) line_hz
    double line_hz;
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

/// The same for so many slices without their work. True when a result is due
bool hrv_spectrum_pass(HrvSpectrum* spectrum, const NnRing* ring, uint64_t first, double length_s,
                       uint64_t slices);

/// Works out what is due; takes as long as it takes
void hrv_spectrum_work_out(HrvSpectrum* spectrum, const NnRing* ring);

#endif
