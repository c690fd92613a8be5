// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_HEART_H
#define TONUS_DSP_HEART_H

// A simulated person with known truth: ECG or PPG, and the exact times of its beats and breaths.
//
// The rhythm: each RR interval is the mean interval (60000 / heart rate) plus respiratory variation
// (RSA), a Mayer wave (narrow-band noise around 0.1 Hz), a very slow wave (time constant 30 s) and
// beat jitter. The breath is a smooth volume curve of a rising and a falling half cosine; RR is
// shortest at the top of the in-breath for breathing at 0.1 Hz and later for faster breathing
// (see heart.c for the sources).
//
// The truth: for ECG the R peak, for PPG the middle of the pulse's upslope (half its height and its
// steepest point), pulse transit time included. Without noise the shapes are made so that nothing
// else moves in the neighbourhood: the emitted ECG is largest exactly at the true time, the emitted
// pulse crosses half its height exactly there. An event lies at frame + offset, offset in
// [-0.5, 0.5): the frame is the one nearest to the true time.
//
// The signal depends on the rate, the seed and the settings alone, not on the block size.
// Levels are full scale; 1.0 stands for 5 mV in an ECG.
//
// No function is safe against being called from two threads at once. All setters take effect from
// the next frame (rates glide) and ignore NaN; other values are clamped to the range stated.

#include <stdbool.h>
#include <stdint.h>

typedef struct Heart Heart;

typedef enum { HEART_ECG, HEART_PPG } HeartSignal;

typedef enum { HEART_BEAT, HEART_IN_BREATH, HEART_OUT_BREATH } HeartEventKind;

typedef struct {
    uint32_t frame;      // frame in this call nearest to the true time
    double offset;       // true time minus frame, in frames, -0.5 <= offset < 0.5
    HeartEventKind kind; // beat, start of an in-breath, start of an out-breath
    bool ectopic;        // beats: premature ventricular beat
    bool lost;           // beats: it fell into a dropout, the signal does not show it
    double rr_ms;        // beats: true time since the previous true beat; 0 for the first
} HeartEvent;

// NULL when the rate is not within 1000..1e6 Hz or memory is short.
Heart* heart_new(double rate, uint32_t seed);

// NULL is fine.
void heart_free(Heart* heart);

// Begins again from the first frame with the present settings and seed. [realtime]
void heart_reset(Heart* heart);

// Another person: the same settings, another course of events; begins again. [realtime]
void heart_set_seed(Heart* heart, uint32_t seed);

// ECG or PPG; the rhythm goes on unchanged. [realtime]
void heart_set_signal(Heart* heart, HeartSignal signal);

// Mean heart rate, 20..220 per minute (default 66); glides with a time constant of 2 s. [realtime]
void heart_set_heart_rate(Heart* heart, double beats_per_min);

// Breathing rate, 2..40 per minute (default 15); glides with a time constant of 2 s. [realtime]
void heart_set_breath_rate(Heart* heart, double breaths_per_min);

// Share of the in-breath in the cycle, 0.2..0.8 (default 0.4). [realtime]
void heart_set_inhale_share(Heart* heart, double share);

// Irregularity of breathing: standard deviation of the cycle length, 0..0.3 of it (default 0).
// [realtime]
void heart_set_breath_jitter(Heart* heart, double fraction);

// RSA: peak-to-trough swing of RR within a breath, 0..400 ms (default 50). [realtime]
void heart_set_rsa(Heart* heart, double ms);

// The breathing rate at which the RSA has the value set, 2..40 per minute; at other rates it grows
// or falls as in people (larger when slower). 0 (default): as set, whatever the rate. [realtime]
void heart_set_rsa_reference(Heart* heart, double breaths_per_min);

// Standard deviations of the Mayer wave and of the very slow wave, 0..200 ms (default 10, 10), and
// of the jitter of single intervals, 0..50 ms (default 2). [realtime]
void heart_set_slow_waves(Heart* heart, double mayer_ms, double very_slow_ms);
void heart_set_jitter(Heart* heart, double ms);

// Premature ventricular beats, each with its compensatory pause, 0..30 per minute (default 0).
// [realtime]
void heart_set_ectopics(Heart* heart, double per_min);

// R peak over the baseline, or pulse height, 0.001..1 of full scale (default 0.2, an R of 1 mV).
// [realtime]
void heart_set_amplitude(Heart* heart, double full_scale);

// Breathing's mark on the signal: peak-to-trough change of the amplitude, 0..0.8 of the mean
// (default 0.12), and of the baseline, 0..2 of the amplitude (default 0.1). [realtime]
void heart_set_modulation(Heart* heart, double amplitude, double baseline);

// Noise in dB relative to the signal, -120 (none, default)..20: broad-band as from muscles, slow
// baseline wander (below 0.3 Hz), and bursts of electrode motion (0.5-5 Hz). The signal's power is
// (peak to peak)^2 / 8, as for the noise stress test database (Moody 1984). [realtime]
void heart_set_noise(Heart* heart, double db);
void heart_set_wander(Heart* heart, double db);
void heart_set_motion(Heart* heart, double db);

// Dropouts: the line goes dead for 1..4 s, 0..20 per minute (default 0). [realtime]
void heart_set_dropouts(Heart* heart, double per_min);

// Upside down: electrodes exchanged, or an optical sensor that measures absorption. [realtime]
void heart_set_inverted(Heart* heart, bool inverted);

// Writes n frames of signal to out; true events to events, in time order. Returns their number; at
// most 1 + n / 16 events happen in n frames, those beyond capacity are dropped. out may be NULL.
// [realtime]
uint32_t heart_process(Heart* heart, float* out, uint32_t n, HeartEvent* events, uint32_t capacity);

// What the person does now. [realtime]
typedef struct {
    double heart_rate_per_min;  // mean rate, glide included
    double breath_rate_per_min; // glide included, jitter not
    double breath_phase;        // 0..1, 0 = start of the in-breath
    bool inhaling;
    double rsa_ms; // swing at the present breathing rate
} HeartState;

HeartState heart_state(const Heart* heart);

#endif
