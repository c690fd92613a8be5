// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A take: one folder that holds a recording of a person and of the sound that went with it, safe
/// at every moment.
///
///     audio.wav      sensor, left, right: 32-bit float at the host's rate. The timing truth
///     physio.bdf     sensor and values at about 1000 Hz, all events as annotations (BDF+)
///     events.tsv     all events: onset s, duration s, trial_type, value, sample (BIDS)
///     rr.txt         intervals between beats in ms, one per line (Kubios)
///     labels.txt     beats, breaths and markers (Audacity)
///     session.json   what, when, how; rewritten while recording
///     clock.csv      once a second: frame, monotonic and wall clock
///
/// Frames count from the first frame of the take. What was lost on the way lies in the files as
/// silence and as an event "gap", so that everything after it is where it belongs.
///
/// After a kill every file opens and holds all but the last moments. What the disk does not take
/// waits in memory and is written when there is room again. Nothing here is real-time safe; one
/// object belongs to one thread.

#ifndef TONUS_FORMATS_TAKE_H
#define TONUS_FORMATS_TAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAKE_CHANNELS 3u ///< of audio.wav: sensor, left, right

typedef enum { TAKE_SENSOR_UNKNOWN, TAKE_SENSOR_ECG, TAKE_SENSOR_PPG, TAKE_SENSOR_BELT } TakeSensor;

typedef struct {
    const char* folder;  ///< where takes go; created when missing
    const char* pattern; ///< of the take's name, see take_folder_name(); "" for the usual one
    const char* person;  ///< a code of the person; "" when not given: then it stands nowhere
    const char* writer;  ///< the program, with its version
    double rate_hz;
    TakeSensor sensor;
    double full_scale_mv; ///< what 1.0 on an ECG channel is, mV
    uint32_t beat_delay;  ///< frames by which beats are told late; they are noted that much earlier
    uint64_t host_frame;  ///< of the first frame, for the clock table
} TakeSettings;

typedef enum {
    TAKE_BEAT,      ///< value: none
    TAKE_ODD_BEAT,  ///< unreliable or ectopic
    TAKE_IN_BREATH, ///< begins
    TAKE_OUT_BREATH,
    TAKE_PACED_IN,
    TAKE_PACED_OUT,
    TAKE_HUM, ///< begins; value: MIDI note
    TAKE_HUM_END,
    TAKE_REST_BEFORE, ///< an exercise's parts begin
    TAKE_EXERCISE,
    TAKE_REST_AFTER,
    TAKE_PART_END,     ///< the part that was on is over
    TAKE_MARKER,       ///< value: its number, from 1
    TAKE_GAP,          ///< value: lost frames; noted by take_gap() alone
    TAKE_EVENTS,       ///< number of the kinds above
    TAKE_TONE,         ///< 0..1, into physio.bdf from here on
    TAKE_BREATH_PHASE, ///< 0..1
    TAKE_QUALITY,      ///< 0..1
    TAKE_HEART_RATE    ///< beats per minute
} TakeKind;

typedef struct Take Take;

/// Creates the folder and its files. NULL with one line in `error` (RECORDING_ERROR_SIZE bytes) and
/// errno set.
Take* take_open(const TakeSettings* settings, char* error);

/// The folder.
const char* take_path(const Take* take);

/// Frames so far, gaps included.
uint64_t take_frames(const Take* take);

/// Interleaved frames. False without memory.
bool take_audio(Take* take, const float* frames, size_t n);

/// n frames were lost here. False while something waits to be written: try again after a flush.
bool take_gap(Take* take, uint64_t n);

/// An event at a frame of the take, at or near its present end.
void take_event(Take* take, TakeKind kind, uint64_t frame, double value);

/// A row of the clock table: a frame and when it was there.
void take_clock(Take* take, uint64_t frame, double monotonic_s, double wall_s, bool synchronised);

/// Hands everything to the system. False when some of it waits; errno says why.
bool take_flush(Take* take);

/// Asks the system to bring it to the disk and rewrites session.json. False: errno says why.
bool take_sync(Take* take);

/// False when not everything could be written; what was stays readable. take_close(NULL) is fine.
bool take_close(Take* take);

#endif
