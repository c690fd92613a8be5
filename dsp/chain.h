// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The way of the signal from the sensor to the tone: beat → rr → hrv and breath → tone, wired
/// together once for the plugin that does it all and for the offline analysis.
///
/// Two clocks matter here. A beat leaves the detector D frames after it happened (beat_delay), a
/// breath is told when it happens or a little later. Events carry both: `frame`, the offset in the
/// call at which it is told, and `time_s`, when it happened. A beat happens on a frame, as in a
/// host; below CHAIN_FINE_HZ, where only recordings are analysed, frames are too coarse for
/// intervals and it happens between two.
///
/// Threading: chain_new and chain_free are for the main thread; everything else is real-time safe
/// (no allocation, lock or I/O, level work) and belongs to one thread at a time. Results do not
/// depend on how the frames are divided into calls.
#ifndef TONUS_DSP_CHAIN_H
#define TONUS_DSP_CHAIN_H

#include "dsp/beat.h"
#include "dsp/breath.h"
#include "dsp/hrv.h"
#include "dsp/rr.h"
#include "dsp/tone.h"

typedef struct ChainImpl Chain;

typedef enum {
    CHAIN_BEAT,        ///< `beat` and `rr_ms`
    CHAIN_PROVISIONAL, ///< something like a beat has just begun
    CHAIN_INTERVAL,    ///< `interval`: classified, one beat late
    CHAIN_BREATH       ///< `breath`
} ChainEventKind;

typedef struct {
    uint32_t frame; ///< offset in the call at which it is told
    ChainEventKind kind;
    double time_s;  ///< when it happened, seconds since the first frame
    double exact_s; ///< CHAIN_BEAT: the same, found to a part of a frame
    double rr_ms;   ///< CHAIN_BEAT: since the beat before, 0 when there is none
    BeatEvent beat;
    bool told; ///< a beat given by chain_beat, not found in the signal
    RrInterval interval;
    BreathEvent breath;
} ChainEvent;

/// At most this many events in CHAIN_CHUNK frames; longer calls need in proportion.
#define CHAIN_CHUNK      256u
#define CHAIN_MAX_EVENTS 40u

/// Above this rate beats lie on frames: at 2 kHz the grid (0.5 ms) adds 0.2 ms to each beat
#define CHAIN_FINE_HZ 2000.0

/// Rates as the modules take them. NULL on a bad rate or without memory.
Chain* chain_new(double rate_hz);
void chain_free(Chain* chain);

/// Forgets the signal; settings, the tone's baseline and the breath's memory stay. [realtime]
void chain_reset(Chain* chain);

/// Settings, see the modules. [realtime]
void chain_set_sensor(Chain* chain, BeatSensor sensor);
void chain_set_clean(Chain* chain, bool clean);
void chain_set_window(Chain* chain, float window_s);
void chain_set_drive(Chain* chain, ToneDrive drive);
void chain_learn(Chain* chain);

/// Offline, before the first frame: the measures are worked out only when chain_state asks for
/// them, see hrv_set_lazy
void chain_set_lazy(Chain* chain, bool lazy);

/// A hum starts or ends, the pacer asks to breathe in or out: now. [realtime]
void chain_hum(Chain* chain, bool starts);
void chain_cue(Chain* chain, bool inhale);

/// A beat that somebody else found (a strap that sends beats but no signal): now. It counts only
/// while the signal shows none (BEAT_WAITING, BEAT_LOST), and is told back with the next frame,
/// marked `told`. quality 0..1. [realtime]
void chain_beat(Chain* chain, bool reliable, float quality);

/// Takes n frames of the sensor's signal (any n) and of a belt (NULL: none). Writes events in time
/// order, at most `capacity`, and returns their number. [realtime]
uint32_t chain_process(Chain* chain, const float* in, const float* belt, uint32_t n,
                       ChainEvent* events, uint32_t capacity);

/// What is known at the end of the last call. [realtime]
typedef struct {
    BeatState state;
    BeatSensor sensor;
    float beat_quality;          ///< 0..1
    double rr_ms;                ///< last interval, 0: unknown
    double heart_rate_per_min;   ///< median of the last intervals, 0: unknown
    const HrvMeasures* measures; ///< valid until the next call
    HrvRecent recent;
    BreathState breath;
    ToneState tone;
    bool irregular; ///< the rhythm is too irregular for HRV
} ChainState;

ChainState chain_state(const Chain* chain);

/// The parts, for what only they know (state to be saved). [realtime]
Tone* chain_tone(Chain* chain);
Breath* chain_breath(Chain* chain);

#endif
