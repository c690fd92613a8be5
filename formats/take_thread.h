// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Takes written by a thread of their own: the audio thread only puts frames and events into a
/// lock-free ring of at least 10 s, an ordinary thread writes files and brings them to the disk
/// about once a second.
///
/// Frames that find no room are counted and become a gap in the take. A disk that is full or slow,
/// or a folder that cannot be written, is reported and tried again; nothing of it is felt by the
/// audio thread.

#ifndef TONUS_FORMATS_TAKE_THREAD_H
#define TONUS_FORMATS_TAKE_THREAD_H

#include "formats/take.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct TakeThread TakeThread;

typedef enum { TAKE_TEXT_FOLDER, TAKE_TEXT_PATTERN, TAKE_TEXT_PERSON, TAKE_TEXTS } TakeText;
#define TAKE_TEXT_SIZE 1024 ///< bytes of a text with its end

typedef enum {
    TAKE_STATE_IDLE,
    TAKE_STATE_RECORDING,
    TAKE_STATE_DISK_FULL,
    TAKE_STATE_NO_FOLDER, ///< cannot be created or written
    TAKE_STATE_TOO_SLOW,  ///< frames were lost in the last ten seconds
    TAKE_STATE_ERROR      ///< anything else that the system refuses
} TakeState;

typedef struct {
    TakeSensor sensor;
    double full_scale_mv;
    uint32_t beat_delay; ///< frames
} TakeStart;

// ---- Instantiation: any thread, not real-time -------------------------------------------------

/// Starts the thread. `fallback` is the folder as long as none is set. NULL without memory.
TakeThread* takethread_new(double rate_hz, const char* writer, const char* fallback);

/// Ends a running take, waits until what can be written is written, ends the thread.
void takethread_free(TakeThread* thread);

/// Sets or gets a text, at most TAKE_TEXT_SIZE - 1 bytes. Takes that begin later use it.
void takethread_set_text(TakeThread* thread, TakeText which, const char* text);
void takethread_text(TakeThread* thread, TakeText which, char* text);

/// The folder used when none is set.
void takethread_set_fallback(TakeThread* thread, const char* folder);

/// Waits until all texts that were pushed so far are taken, at most `limit_s` seconds.
bool takethread_settle_texts(TakeThread* thread, double limit_s);

// ---- One audio thread: real-time --------------------------------------------------------------

/// A text, as takethread_set_text(), from the audio thread. False when too many wait. [realtime]
bool takethread_push_text(TakeThread* thread, TakeText which, const char* text);

/// Begins a take with the next frame. False when the ring is too full: try later. [realtime]
bool takethread_start(TakeThread* thread, const TakeStart* start, uint64_t host_frame);

/// Ends it after the last frame. [realtime]
void takethread_stop(TakeThread* thread);

/// The next n frames, interleaved; n * TAKE_CHANNELS floats. What finds no room is lost and
/// counted. `wait`: in freewheeling, when nothing is heard, wait for room instead. [realtime
/// unless `wait`]
void takethread_audio(TakeThread* thread, const float* frames, uint32_t n, bool wait);

/// An event now, before the next frame. [realtime]
void takethread_event(TakeThread* thread, TakeKind kind, double value);

/// [realtime]
bool takethread_running(const TakeThread* thread);
TakeState takethread_state(const TakeThread* thread);
uint64_t takethread_dropped(const TakeThread* thread); ///< frames, since takethread_new()
uint32_t takethread_errors(const TakeThread* thread);  ///< episodes, since takethread_new()

#endif
