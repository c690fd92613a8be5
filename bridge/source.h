// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A source of body signals: one kind of sensor, file or simulation behind one interface.
///
/// A source is one C file, source_NAME.c, that fills in a SourceKind. open() reads the address and
/// the options and adds the channels; run() is the body of a reader thread of its own that brings
/// samples until source_stopping(). Samples go into the channels' streams (see live.h for sensors
/// with a clock), beats of devices that know nothing else into source_beat(). A reader thread may
/// block in I/O, but must look at source_stopping() or wait in source_wait(), which a stop ends.

#ifndef TONUS_BRIDGE_SOURCE_H
#define TONUS_BRIDGE_SOURCE_H

#include "bridge/packetlog.h"
#include "bridge/stream.h"
#include "formats/recording.h"

#include <stdio.h>

#define SOURCE_MAX_CHANNELS 8u
#define SOURCE_TEXT         160u ///< bytes of a line about a source

/// The ports a channel may stream
typedef enum { SIGNAL_ECG, SIGNAL_PPG, SIGNAL_BELT, SIGNAL_KINDS } SignalKind;

/// "ECG", "PPG", "BELT": the names of the ports
const char* signal_name(SignalKind kind);

/// From such a name, whatever its case; false when it is none
bool signal_from_name(const char* name, SignalKind* kind);

typedef struct Source Source;

typedef struct {
    const char* name;              ///< before the colon: "file"
    const char* address;           ///< what stands behind it: "PATH"
    const char* help;              ///< one line about it and its options, for --help
    bool (*open)(Source* source);  ///< false after source_fail()
    void (*run)(Source* source);   ///< the reader thread
    void (*close)(Source* source); ///< also after a failed open()
    void (*list)(FILE* out);       ///< prints what is there, a line each; NULL = nothing to list
} SourceKind;

/// Those that are built in; ends with NULL
extern const SourceKind* const source_kinds[];

typedef struct {
    SignalKind kind;
    char unit[16]; ///< of the signal as it comes, "" when unknown
    // Measured by the reader thread where they are not known before
    _Atomic double full_scale; ///< in that unit: what becomes 1.0 on the port; 0 = not known yet
    _Atomic double offset;     ///< in that unit: what becomes 0.0
    Stream* stream;
} SourceChannel;

/// A beat that a device reports
typedef struct {
    double time_us; ///< when it shall leave on the port, JACK's clock
    double rr_ms;   ///< 0 = not known
    bool reliable;
} SourceBeat;

typedef enum {
    SOURCE_STARTING,
    SOURCE_WAITING,
    SOURCE_RUNNING,
    SOURCE_LOST,
    SOURCE_ENDED
} SourceState;

// For the program

/// `word` is KIND:ADDRESS (or "stdin"), `options` are KEY=VALUE words. NULL with one line in
/// `error` (RECORDING_ERROR_SIZE bytes); `*usage` then says whether it was the words that were
/// wrong.
Source* source_open(const char* word, const char* const* options, unsigned n_options, char* error,
                    bool* usage);

/// Does the word begin a source?
bool source_is_word(const char* word);

/// What a source needs from the program
typedef struct {
    double (*now_us)(void); ///< JACK's clock
    double (*frame_at)(void* data,
                       double time_us); ///< JACK frame of a time, NAN when not known; or NULL
    void* data;
    PacketLog* log; ///< or NULL
} SourceHost;

/// Starts the reader thread.
bool source_start(Source* source, const SourceHost* host);

/// Stops the reader thread and frees all; the streams must not be read any more. NULL is fine.
void source_close(Source* source);

const char* source_word(const Source* source);

/// The person it belongs to, "" for the only one (option person=NAME)
const char* source_person(const Source* source);

unsigned source_channels(const Source* source);

const SourceChannel* source_channel(const Source* source, unsigned index);

/// Does it bring beats itself?
bool source_has_beats(const Source* source);

/// How much later than the heart its beats leave, in seconds
double source_beat_delay(const Source* source);

/// Option wait=connect: playing begins when something is connected to a port.
bool source_waits_for_connection(const Source* source);

SourceState source_state(const Source* source);

/// One line for people: what it is doing
void source_message(Source* source, char text[SOURCE_TEXT]);

typedef struct {
    uint64_t packets, samples, lost; ///< lost = samples known to be missing
    uint32_t connections;            ///< how often it connected
    double rate;                     ///< measured, 0 = not measured
    int battery;                     ///< percent, -1 = not known
} SourceCounts;

SourceCounts source_counts(const Source* source);

/// The next beat, when there is one. [realtime]
bool source_next_beat(Source* source, SourceBeat* beat);

// For the kinds

const char* source_address(const Source* source);

/// The value of an option, NULL when it was not given. Options nobody asks for are wrong usage.
const char* source_option(Source* source, const char* key);

/// A number in an option, `fallback` when it was not given; false after source_usage()
bool source_number(Source* source, const char* key, double fallback, double min, double max,
                   double* value);

/// yes/no, on/off, 1/0
bool source_switch(Source* source, const char* key, bool fallback, bool* value);

/// Remembers a line for source_open() to return; always false
bool source_fail(Source* source, const char* format, ...) __attribute__((format(printf, 2, 3)));

/// The same, for a wrong option or address
bool source_usage(Source* source, const char* format, ...) __attribute__((format(printf, 2, 3)));

/// The kind's own data
void source_set_own(Source* source, void* own);
void* source_own(const Source* source);

/// NULL after source_fail()
SourceChannel* source_add_channel(Source* source, SignalKind kind, double rate, bool free_running);

void source_add_beats(Source* source);

void source_set_beat_delay(Source* source, double seconds);

bool source_stopping(const Source* source);

/// Waits until `fd` (or none: -1) can be read, `seconds` have passed or the source shall stop.
/// 1 = readable, 0 = time is over, -1 = stop.
int source_wait(Source* source, int fd, double seconds);

double source_now_us(const Source* source);

void source_set_state(Source* source, SourceState state, const char* format, ...)
    __attribute__((format(printf, 3, 4)));

/// Counts what came. `rate` 0 leaves the measured rate alone.
void source_count(Source* source, uint64_t packets, uint64_t samples, uint64_t lost, double rate);

void source_count_connection(Source* source);

void source_set_battery(Source* source, int percent);

/// Puts samples of a free-running channel into its stream, scaled, waiting for space; false when
/// stopping. `index` is that of the first sample.
bool source_play(Source* source, unsigned channel, uint64_t index, const float* x, uint32_t n);

/// The same for a live channel: what does not fit is lost.
void source_put(Source* source, unsigned channel, uint64_t index, const float* x, uint32_t n);

/// For a signal whose range has been measured
void source_set_scale(Source* source, unsigned channel, double offset, double full_scale);

PacketLog* source_log(const Source* source);

double source_frame_at(const Source* source, double time_us);

void source_beat(Source* source, const SourceBeat* beat);

#endif
