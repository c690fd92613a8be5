// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What the two halves of a source share: source.c opens and describes it, sourcefeed.c carries
/// what its reader thread brings. For these two files only.

#ifndef TONUS_BRIDGE_SOURCE_INTERNAL_H
#define TONUS_BRIDGE_SOURCE_INTERNAL_H

#include "bridge/source.h"

#include <pthread.h>
#include <stdatomic.h>

#define SOURCE_MAX_OPTIONS 32u
#define SOURCE_BEATS       64u ///< on their way to the JACK thread; a minute at rest

typedef struct {
    char* key;
    char* value;
    bool used;
} SourceOption;

struct Source {
    const SourceKind* kind;
    char* word;
    const char* address;
    SourceOption options[SOURCE_MAX_OPTIONS];
    unsigned n_options;
    const char* person;
    bool wait_for_connection;
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    void* own;
    SourceChannel channels[SOURCE_MAX_CHANNELS];
    unsigned n_channels;
    bool has_beats;
    _Atomic double beat_delay_s;
    SourceBeat beats[SOURCE_BEATS];
    _Atomic uint32_t beats_written, beats_read;
    // The thread
    SourceHost host;
    pthread_t thread;
    bool started;
    atomic_bool stop;
    int wake[2]; // a byte in this pipe ends every wait
    // What people see
    pthread_mutex_t lock; // of the message; the JACK thread never takes it
    char message[SOURCE_TEXT];
    _Atomic int state;
    _Atomic uint64_t packets, samples, lost;
    _Atomic uint32_t connections;
    _Atomic double rate;
    _Atomic int battery;
};

#endif
