// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// file: a recording, played as JACK's time goes, or with jitter= as a live sensor would send it

#include "bridge/range.h"
#include "bridge/replay.h"
#include "bridge/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 256u // samples read at once, without jitter

typedef struct {
    Recording* recs[SOURCE_MAX_CHANNELS]; // one for each channel: each streams one signal
    uint64_t played[SOURCE_MAX_CHANNELS]; // samples, ever
    bool at_end[SOURCE_MAX_CHANNELS];
    bool loop;
    Replay* replay; // NULL without jitter
} File;

static void close_file(Source* source)
{
    File* const file = source_own(source);
    for (unsigned i = 0; file && i < SOURCE_MAX_CHANNELS; i++) {
        recording_close(file->recs[i]);
    }
    if (file) {
        replay_free(file->replay);
    }
    free(file);
}

/// The channel's scale: given, by its unit, or from its first seconds
static bool set_scale(Source* source, SourceChannel* channel, Recording* rec, double scale,
                      bool sound)
{
    const double millivolts = recording_millivolts(channel->unit);
    if (scale > 0.0) {
        channel->full_scale = scale;
    } else if (millivolts > 0.0 && channel->kind == SIGNAL_ECG) {
        channel->full_scale = 5.0 / millivolts;
    } else if (!sound) {
        Range range;
        float x[CHUNK];
        size_t n;
        range_begin(&range, stream_rate(channel->stream));
        while ((n = recording_read(rec, x, CHUNK)) > 0 && !range_add(&range, x, (uint32_t)n)) {
        }
        double offset;
        double full_scale;
        range_end(&range, &offset, &full_scale);
        channel->offset = offset;
        channel->full_scale = full_scale;
        if (recording_error(rec)[0] || !recording_rewind(rec)) {
            return source_fail(source, "%s", recording_error(rec));
        }
    }
    return true;
}

static bool add_signal(Source* source, File* file, const char* column, const SignalKind* port,
                       double rate, double scale)
{
    char error[RECORDING_ERROR_SIZE];
    const unsigned n = source_channels(source);
    if (n == SOURCE_MAX_CHANNELS) {
        return source_usage(source, "more than %u columns", SOURCE_MAX_CHANNELS);
    }
    Recording* const rec = recording_open(source_address(source), rate, error);
    if (!rec) {
        return source_fail(source, "%s", error);
    }
    file->recs[n] = rec;
    const int index = column ? recording_find(rec, column, error) : recording_default(rec);
    if (index < 0) {
        return source_fail(source, "%s", error);
    }
    if (!recording_select(rec, (unsigned)index)) {
        return source_fail(source, "%s", recording_error(rec));
    }
    const RecordingChannel* const info = recording_channel(rec, (unsigned)index);
    if (info->rate <= 0.0) {
        return source_fail(source, "%s: its sampling rate is unknown: give rate=HZ",
                           source_address(source));
    }
    const SignalKind kind = port                           ? *port
                            : info->kind == RECORDING_PPG  ? SIGNAL_PPG
                            : info->kind == RECORDING_BELT ? SIGNAL_BELT
                                                           : SIGNAL_ECG;
    SourceChannel* const channel = source_add_channel(source, kind, info->rate, !file->replay);
    if (!channel) {
        return false;
    }
    memcpy(channel->unit, info->unit, sizeof channel->unit);
    const bool sound = !strcmp(recording_format(rec), "sound file");
    return set_scale(source, channel, rec, scale, sound) &&
           (!file->replay || replay_add(file->replay, n));
}

static bool open_file(Source* source)
{
    File* const file = calloc(1, sizeof *file);
    if (!file) {
        return source_fail(source, "out of memory");
    }
    source_set_own(source, file);
    if (!*source_address(source)) {
        return source_usage(source, "file: needs a path, as in file:119.dat");
    }
    double rate;
    double scale;
    if (!source_number(source, "rate", 0.0, 0.1, 1e6, &rate) ||
        !source_number(source, "scale", 0.0, 1e-12, 1e12, &scale) ||
        !source_switch(source, "loop", false, &file->loop) || !replay_open(source, &file->replay)) {
        return false;
    }
    const char* const column = source_option(source, "column");
    const char* const port_name = source_option(source, "port");
    SignalKind port = SIGNAL_ECG;
    if (port_name && !signal_from_name(port_name, &port)) {
        return source_usage(source, "port is ECG, PPG or BELT, not \"%.40s\"", port_name);
    }
    static const char* const keys[SIGNAL_KINDS] = {"ecg", "ppg", "belt"};
    bool any = false;
    for (int i = 0; i < SIGNAL_KINDS; i++) {
        const SignalKind kind = (SignalKind)i;
        const char* const name = source_option(source, keys[i]);
        any = any || name;
        if (name && !add_signal(source, file, name, &kind, rate, scale)) {
            return false;
        }
    }
    return ((any && !column) ||
            add_signal(source, file, column, port_name ? &port : NULL, rate, scale));
}

/// Plays one chunk of the channel that is furthest behind in time; false at the end of all
static bool play_some(Source* source, File* file)
{
    const unsigned n = source_channels(source);
    int next = -1;
    double earliest = INFINITY;
    for (unsigned i = 0; i < n; i++) {
        const double time =
            (double)file->played[i] / stream_rate(source_channel(source, i)->stream);
        if (!file->at_end[i] && time < earliest) {
            earliest = time;
            next = (int)i;
        }
    }
    if (next < 0) {
        return false;
    }
    float x[REPLAY_MAX_SAMPLES];
    Recording* const rec = file->recs[next];
    const double rate = stream_rate(source_channel(source, (unsigned)next)->stream);
    const size_t got =
        recording_read(rec, x, file->replay ? replay_packet(file->replay, rate) : CHUNK);
    if (got == 0) {
        file->at_end[next] = true;
        return true;
    }
    const uint64_t at = file->played[next];
    file->played[next] += got;
    if (file->replay) {
        return replay_play(file->replay, (unsigned)next, x, (uint32_t)got);
    }
    source_count(source, 1, got, 0, 0.0);
    return source_play(source, (unsigned)next, at, x, (uint32_t)got);
}

/// Goes back to the beginning of all channels, which then begin together again
static bool rewind_all(Source* source, File* file)
{
    for (unsigned i = 0; i < source_channels(source); i++) {
        if (recording_error(file->recs[i])[0] || !recording_rewind(file->recs[i])) {
            return false;
        }
        file->at_end[i] = false;
    }
    return true;
}

static void run(Source* source)
{
    File* const file = source_own(source);
    source_set_state(source, SOURCE_RUNNING, "playing %s", recording_format(file->recs[0]));
    if (file->replay) {
        replay_begin(file->replay);
    }
    uint64_t before;
    do {
        before = source_counts(source).samples;
        while (play_some(source, file)) {
        }
    } while (!source_stopping(source) && file->loop && source_counts(source).samples > before &&
             rewind_all(source, file));
    for (unsigned i = 0; i < source_channels(source); i++) {
        stream_end(source_channel(source, i)->stream);
    }
    const char* error = "";
    for (unsigned i = 0; i < source_channels(source) && !*error; i++) {
        error = recording_error(file->recs[i]);
    }
    source_set_state(source, SOURCE_ENDED, "%s", *error ? error : "ended");
}

const SourceKind source_file = {
    .name = "file",
    .address = "PATH",
    .help = "a recording: WFDB, EDF, BDF, CSV, TSV, WAV; column=NAME rate=HZ port=ECG|PPG|BELT "
            "ecg=NAME ppg=NAME belt=NAME scale=UNITS "
            "loop=yes; jitter=ble|usb1|usb16 drift=PERCENT seed=N: as a live sensor",
    .open = open_file,
    .run = run,
    .close = close_file,
};
