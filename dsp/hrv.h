// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_HRV_H
#define TONUS_DSP_HRV_H

#include "dsp/rr.h"

#include <stdbool.h>
#include <stdint.h>

/**
   Heart-rate variability: time domain, Poincaré, spectrum, respiratory HRV, coherence.

   Fed with classified RR intervals and breaths, updated with each beat. A sliding window of 30 to
   300 s, or everything since the start in constant memory (the spectrum then covers the last
   300 s). The spectrum is a Lomb-Scargle periodogram of the NN intervals, linear trend removed, in
   slices of equal work on a fixed grid of frames.

   Each measure comes with a reason that is HRV_OK when it is valid. A value that is not valid must
   not be shown as a number.

   Times (`time_s`) are seconds on one clock of the caller's, the same for intervals and breaths.
   Threads: hrv_new and hrv_free not real-time, everything else [realtime], one thread at a time.
*/

typedef enum {
    HRV_HEART_RATE,     ///< 1/min, 60000 / mean NN
    HRV_MEAN_RR,        ///< ms, mean NN
    HRV_SDNN,           ///< ms, n - 1
    HRV_RMSSD,          ///< ms
    HRV_LN_RMSSD,       ///< ln(ms)
    HRV_SDSD,           ///< ms, n - 1
    HRV_NN50,           ///< count of differences above 50 ms
    HRV_PNN50,          ///< %
    HRV_PNN20,          ///< %
    HRV_SD1,            ///< ms, Poincaré, SDSD / sqrt 2
    HRV_SD2,            ///< ms
    HRV_RANGE,          ///< ms, longest NN less shortest
    HRV_TRIANGULAR,     ///< HRV triangular index, bins of 1/128 s
    HRV_STRESS,         ///< Baevsky's stress index, 1/s², bins of 50 ms (no square root taken)
    HRV_VLF,            ///< ms², 0.0033..0.04 Hz
    HRV_LF,             ///< ms², 0.04..0.15 Hz
    HRV_HF,             ///< ms², 0.15..0.4 Hz
    HRV_TOTAL,          ///< ms², 0.0033..0.4 Hz
    HRV_LF_HF,          ///< ratio
    HRV_LF_NU,          ///< %, LF / (LF + HF)
    HRV_HF_NU,          ///< %
    HRV_LF_PEAK,        ///< Hz, highest peak of 0.04..0.15 Hz
    HRV_RESP,           ///< ms, respiratory HRV (RSA): longest less shortest NN of a breath, mean
    HRV_RESP_AMPLITUDE, ///< ms, peak to trough of the sine at the breath's phase, mean: free of
                        ///< bias
    HRV_RESP_POWER,     ///< ms², power of that sine: respiration-gated, whatever the rate
    HRV_SYNCHRONY,      ///< 0..1, phase locking of heart rate to breath over 60 s, chance removed
    HRV_COHERENCE,      ///< ratio, published form: peak / (total - peak) over 64 s
    HRV_N_MEASURES
} HrvMeasure;

typedef enum {
    HRV_OK,
    HRV_NO_BEATS,     ///< Waiting for heartbeats
    HRV_TOO_SHORT,    ///< Window too short so far
    HRV_ARTEFACTS,    ///< Too many artefacts
    HRV_IRREGULAR,    ///< Rhythm too irregular
    HRV_NO_BREATH,    ///< Breathing not known
    HRV_SLOW_BREATH,  ///< Breathing slower than 9 per minute: HF does not show vagal activity
    HRV_FAST_BREATH,  ///< Breathing faster than 24 per minute: above the HF band
    HRV_ALIASED,      ///< Breathing faster than half the heart rate: beats cannot follow it
    HRV_NO_VARIATION, ///< Nothing varies: a ratio or a logarithm has no value
    HRV_LEARNING,     ///< Tone only: learning the person's baseline
    HRV_N_REASONS
} HrvReason;

/// One short sentence for a person, never NULL; "unknown reason" for a value out of range
const char* hrv_reason_text(HrvReason reason);

/// What a measure is called ("rmssd"), its unit ("ms", "" for none) and how much it needs
typedef struct {
    const char* name;
    const char* unit;
    float least_s; ///< Seconds of NN intervals needed (10 % less is accepted)
} HrvMeasureInfo;

/// NULL for a measure out of range
const HrvMeasureInfo* hrv_measure_info(HrvMeasure measure);

typedef struct {
    double value[HRV_N_MEASURES];     ///< Neutral 0 where the reason is not HRV_OK
    HrvReason reason[HRV_N_MEASURES]; ///< HRV_OK: valid
    uint64_t n_nn;                    ///< NN intervals in the window
    uint64_t n_pairs;                 ///< Successive differences in the window
    double covered_s;                 ///< Sum of the NN intervals in the window
    double artefacts_percent;         ///< Intervals mended or left out, of all in the window
    double quality;                   ///< 0..1: covered, clean, regular, from good beats
    HrvReason overall;                ///< What to tell first: of RMSSD, else of RESP, else of HF
} HrvMeasures;

typedef struct Hrv Hrv;

/// `rate` in Hz, 200..768000. NULL on a bad rate or no memory
Hrv* hrv_new(double rate);
void hrv_free(Hrv* hrv);
void hrv_reset(Hrv* hrv);

/// Seconds, 30..300 (clamped), 0 (or anything below 15, or NaN): all since the start.
/// A change is worked off within a second, not at once
void hrv_set_window(Hrv* hrv, float window_s);

/// Offline: work out measures and spectra only when hrv_measures asks for them, which then takes as
/// long as it takes; the answers are the same, bit for bit. To be set before the first interval
void hrv_set_lazy(Hrv* hrv, bool lazy);

/// An interval from rr_beat. `irregular`: rr_irregular at the time
void hrv_interval(Hrv* hrv, const RrInterval* interval, bool irregular);

/// An in-breath begins at `time_s` (may lie up to 20 s back); `rate_per_min` as the breath
/// estimator gives it, 0 if unknown; `confidence` 0..1: below 0.5 the breath is not used, below 0.8
/// its rate makes no measure invalid
void hrv_breath(Hrv* hrv, double time_s, float rate_per_min, float confidence);

/// Let `n` frames pass: the spectrum goes on, old data go stale (after 10 s without a beat)
void hrv_process(Hrv* hrv, uint32_t n);

/// The measures as they stand. Valid until the next call on `hrv`
const HrvMeasures* hrv_measures(Hrv* hrv);

/// The spectrum that LF and HF are of, to be shown: density in ms² per Hz, line k around
/// (k + 0.5) line_hz. Returns the number of lines, 0 while there is none. Valid until the next call
uint32_t hrv_lines(const Hrv* hrv, const float** density, double* line_hz);

/// The latest, whatever the window: what a sound can follow
typedef struct {
    double rmssd_ms;          ///< Of the last 60 s, 0 if not valid
    double resp_ms;           ///< Respiratory HRV: mean of the last 30 s, 0 if not valid
    double resp_at_15_ms;     ///< The same, each breath as it would be at 15 per minute
    double resp_amplitude_ms; ///< Peak to trough of the sine at the breath's phase, same breaths
    double breath_hz;         ///< Of those breaths, 0 if not known
    double mean_rr_ms;        ///< Of the last 60 s, 0 if not valid
    HrvReason rmssd_reason;   ///< HRV_OK: rmssd_ms is valid
    HrvReason resp_reason;    ///< HRV_OK: resp_ms is valid
} HrvRecent;

HrvRecent hrv_recent(const Hrv* hrv);

/// Breathing rate as hrv_breath gave it, smoothed over three breaths (1/min); 0 when not known or
/// older than 26 s
double hrv_breath_rate(const Hrv* hrv);

#endif
