// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   Beat: finds heartbeats in a live ECG or pulse (PPG) signal.

   A beat whose fiducial point lies at input frame t leaves at frame t + D, where D is one constant
   for a given sample rate, whatever the sensor, the settings or the block size. The fiducial point
   is the R peak of an ECG or the middle of the upslope of a pulse, found to a fraction of a frame.
   Beats leave in the order of their fiducial points.

   A second kind of event, the provisional trigger, comes as soon as something like a beat has
   begun, for sounds that shall follow the heart at once. It may be wrong.

   How it works: docs/algorithms.md. Threads: one object is used by one thread at a time.
*/

#ifndef TONUS_DSP_BEAT_H
#define TONUS_DSP_BEAT_H

#include <stdbool.h>
#include <stdint.h>

/// Lowest and highest sample rate in Hz
#define BEAT_MIN_RATE 200.0
#define BEAT_MAX_RATE 1000000.0

typedef struct Beat Beat;

typedef enum { BEAT_AUTO_SENSOR = 0, BEAT_ECG = 1, BEAT_PPG = 2 } BeatSensor;

typedef enum { BEAT_AUTO_POLARITY = 0, BEAT_UPRIGHT = 1, BEAT_INVERTED = 2 } BeatPolarity;

typedef enum {
    BEAT_WAITING = 0,  ///< flat line, no signal or not a number
    BEAT_LEARNING = 1, ///< a signal, but no rhythm yet
    BEAT_TRACKING = 2, ///< following the beats
    BEAT_POOR = 3,     ///< following, but the beats are doubtful
    BEAT_LOST = 4,     ///< a signal was there, now nothing in it looks like a beat
    BEAT_CLIPPING = 5  ///< the signal runs into its rail
} BeatState;

typedef enum {
    BEAT_EVENT_BEAT = 0,       ///< a decided beat, `frame` = fiducial point + D
    BEAT_EVENT_PROVISIONAL = 1 ///< something like a beat has just begun, `frame` = now
} BeatEventKind;

typedef struct {
    uint32_t frame;     ///< offset in the call at which it leaves
    BeatEventKind kind; ///< the fields below are zero for a provisional event
    bool reliable;      ///< looks and comes like the beats before it
    float fraction;     ///< exact fiducial point minus the rounded one, frames, -0.5..0.5
    float quality;      ///< 0..1, how sure it is that this is a beat, well timed
    float amplitude;    ///< height of the R wave or the pulse, input units, > 0
    float baseline;     ///< level that the wave stands on, input units
    float width_ms;     ///< duration of the R wave at half height or of the upslope, ms
    float likeness;     ///< correlation with the nearest of the shapes learnt, 0..1
    float usual;        ///< correlation with the usual shape, 0..1
} BeatEvent;

/// New detector; NULL when the rate is outside BEAT_MIN_RATE..BEAT_MAX_RATE or memory is short.
Beat* beat_new(double rate_hz);

/// Free; NULL is fine.
void beat_free(Beat* beat);

/// [realtime] Forget the signal and all learnt levels; settings stay.
void beat_reset(Beat* beat);

/// [realtime] The constant delay D in frames for a sample rate.
uint32_t beat_delay(double rate_hz);

/// [realtime] Say which sensor it is; AUTO lets the detector find out.
void beat_set_sensor(Beat* beat, BeatSensor sensor);

/// [realtime] Say which way up the signal is; AUTO lets the detector find out.
void beat_set_polarity(Beat* beat, BeatPolarity polarity);

/**
   [realtime] Take `n` frames, advance the clock by `n`.

   Events go to `events` in time order, at most `capacity`; more are dropped (4 per 256 frames at
   8 kHz and above are always enough). Returns their number. Any input is allowed.
*/
uint32_t beat_process(Beat* beat, const float* in, uint32_t n, BeatEvent* events,
                      uint32_t capacity);

/// [realtime] State at the end of the last call.
BeatState beat_state(const Beat* beat);

/// [realtime] Quality of the signal now, 0..1; 0 unless tracking.
float beat_quality(const Beat* beat);

/// [realtime] The sensor in use: as set, or as found; BEAT_AUTO_SENSOR while not yet known.
BeatSensor beat_sensor(const Beat* beat);

/// [realtime] The polarity in use: as set, or as found; BEAT_AUTO_POLARITY while not yet known.
BeatPolarity beat_polarity(const Beat* beat);

/// [realtime] True when the signal is a staircase: its source repeats samples, timing is coarse.
bool beat_is_staircase(const Beat* beat);

#endif // TONUS_DSP_BEAT_H
