// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The breathing rhythm, from whatever carries it: beat intervals, the height and the baseline of
/// the beats, a belt, hum onsets and a pacer's cues. Sources are weighed by evidence, per person
/// and minute, with one set of constants for everybody. Causal: the phase is that of *now*,
/// predicted across the beats' delay; with a belt it is exact and belt_delay frames late.
///
/// Threading: breath_new and breath_free are for the main thread. Everything else is real-time safe
/// (no allocation, lock or I/O; work bounded and level) and belongs to one thread at a time.

#ifndef TONUS_DSP_BREATH_H
#define TONUS_DSP_BREATH_H

#include <stdbool.h>
#include <stdint.h>

typedef struct BreathImpl Breath;

/// Which source leads just now.
typedef enum {
    BREATH_FROM_NOTHING,   ///< no rhythm is known
    BREATH_FROM_INTERVALS, ///< beat intervals (respiratory sinus arrhythmia)
    BREATH_FROM_AMPLITUDE, ///< height of the R peak or of the pulse
    BREATH_FROM_BASELINE,  ///< baseline wander of the ECG or the pulse signal
    BREATH_FROM_BELT,      ///< belt, thermistor or airflow signal
    BREATH_FROM_HUM,       ///< hum onsets
} BreathSource;

/// What the beats were found in; it decides the usual lag between breath and heart rate.
typedef enum { BREATH_SENSOR_AUTO, BREATH_SENSOR_ECG, BREATH_SENSOR_PPG } BreathSensor;

typedef enum { BREATH_IN_STARTS, BREATH_OUT_STARTS } BreathEventType;

typedef struct {
    uint32_t frame;       ///< offset in the call that returned it
    BreathEventType type; ///< in-breath or out-breath begins
    uint32_t age_frames;  ///< how long ago it happened (0 when predicted, belt_delay from a belt)
    float rate_per_min;   ///< of the breathing at that moment
    float depth;          ///< see BreathState
    float confidence;     ///< 0..1
} BreathEvent;

/// A heartbeat that is being reported now; it happened breath_set_beat_delay frames ago.
typedef struct {
    bool reliable; ///< false for ectopic or doubtful beats: no interval is taken from them
    float quality; ///< of the sensor signal, 0..1
    float
        amplitude;  ///< height of the beat, any unit; NAN: unknown, taken from `in` if there is one
    float baseline; ///< level under the beat, same unit; NAN as above
} BreathBeat;

typedef struct {
    float rate_per_min;  ///< breaths per minute; 0 when unknown
    float phase;         ///< 0..1, 0 = start of the in-breath; never runs backwards
    float fullness;      ///< of the lungs, 0..1, without corners; follows the phase
    bool inhaling;       ///< in-breath (true) or out-breath
    float depth;         ///< relative to this person's own mean of some minutes: 1 = as usual, 0..4
    float in_s, out_s;   ///< length of the last in-breath and out-breath, s; 0 when unknown
    float resp_hrv_ms;   ///< peak-to-trough respiratory swing of the beat intervals, ms
    float confidence;    ///< 0..1: probability that the rate is right
    bool told;           ///< sure enough that its turns are told as events
    BreathSource source; ///< what leads
    BreathSensor sensor; ///< what the beats seem to come from
} BreathState;

/// What has been learned about a person's phase offsets; plain data, to be kept in plugin state.
/// Offsets are in turns (0..1), weights in number of breaths learned from.
enum { BREATH_BANDS = 3 };
typedef struct {
    float offset_turns[BREATH_BANDS]; ///< added to the usual lag, per band (<8, 8..13, >13 per min)
    float weight[BREATH_BANDS];
} BreathMemory;

/// rate: frames per second, 200..768000 Hz. NULL for another rate or without memory.
Breath* breath_new(double rate);
void breath_free(Breath* breath);

/// As after breath_new, but what was learned and set stays. [realtime]
void breath_reset(Breath* breath);

/// A different person: what was learned is forgotten. [realtime]
void breath_forget(Breath* breath);

/// Beats are reported this many frames after they happened (default 0.3 s; 0..2 s). [realtime]
void breath_set_beat_delay(Breath* breath, uint32_t frames);

/// `in` is already late by the same delay, so beats lie exactly on it (default false). Phase and
/// belt events then refer to the delayed time, too. [realtime]
void breath_set_aligned(Breath* breath, bool aligned);

/// [realtime]
void breath_set_sensor(Breath* breath, BreathSensor sensor);

/// Breaths on a belt are reported exactly this many frames after they happened; a constant.
uint32_t breath_belt_delay(double rate);

/// A beat, a hum and a pacer's cue are told "now", between two calls of breath_process. [realtime]
void breath_beat(Breath* breath, const BreathBeat* beat);
/// The same for a beat that happened `fraction` frames later (-0.5..0.5): at low rates a frame is
/// too coarse for intervals. [realtime]
void breath_beat_between(Breath* breath, const BreathBeat* beat, double fraction);
void breath_hum(Breath* breath, bool starts); ///< a hum starts with the out-breath
void breath_cue(Breath* breath, bool inhale); ///< a paced in-breath or out-breath starts

/// Advance by n frames. in: the sensor's signal, or NULL; belt: rising while breathing in, or NULL.
/// Events go to events[0..capacity), in time order, at most one per BREATH_MIN_GAP_S of signal; the
/// number is returned (those that find no room are dropped). Any n; results do not depend on how
/// the frames are divided into calls. [realtime]
uint32_t breath_process(Breath* breath, const float* in, const float* belt, uint32_t n,
                        BreathEvent* events, uint32_t capacity);

/// Shortest time between two events, s.
#define BREATH_MIN_GAP_S 0.25

/// [realtime]
BreathState breath_state(const Breath* breath);
void breath_memory(const Breath* breath, BreathMemory* memory);
void breath_set_memory(Breath* breath, const BreathMemory* memory); ///< wild values are ignored

#endif
