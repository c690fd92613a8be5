// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/take.h"

#include "formats/bdf_writer.h"
#include "formats/downsample.h"
#include "formats/json.h"
#include "formats/number.h"
#include "formats/recording.h"
#include "formats/safefile.h"
#include "formats/take_folder.h"
#include "formats/wav_writer.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SIGNAL_SENSOR, SIGNAL_TONE, SIGNAL_PHASE, SIGNAL_QUALITY, SIGNAL_HEART_RATE, SIGNALS };
enum { TABLE_EVENTS, TABLE_RR, TABLE_LABELS, TABLE_CLOCK, TABLES };

static const char* const table_names[TABLES] = {"events.tsv", "rr.txt", "labels.txt", "clock.csv"};
static const char* const kind_names[TAKE_EVENTS] = {
    "beat",    "beat_unreliable", "in_breath", "out_breath", "paced_in", "paced_out", "hum",
    "hum_end", "rest_before",     "exercise",  "rest_after", "part_end", "marker",    "gap"};

#define SENSOR_RANGE 4.0 // times full scale: room for a signal that a host amplified

struct Take {
    char path[TAKE_PATH_SIZE];
    char person[128];
    char writer[128];
    double rate;
    TakeSensor sensor;
    double full_scale_mv;
    uint32_t beat_delay;
    uint64_t host_frame;
    struct timespec start; // wall clock
    RecordShape shape;
    WavWriter* wav;
    BdfWriter* bdf;
    Downsample* down;
    SafeFile* table[TABLES];
    uint64_t frames;
    uint64_t lost; // frames in gaps
    uint64_t gaps;
    uint64_t count[TAKE_EVENTS];
    uint64_t last_beat; // frame + 1, 0: none yet
    float value[SIGNALS];
    bool complete;
};

static bool open_tables(Take* take, char* error)
{
    char path[TAKE_PATH_SIZE + 16];
    for (int t = 0; t < TABLES; ++t) {
        snprintf(path, sizeof path, "%s/%s", take->path, table_names[t]);
        if (!(take->table[t] = safefile_create(path, error))) {
            return false;
        }
    }
    safefile_print(take->table[TABLE_EVENTS], "onset\tduration\ttrial_type\tvalue\tsample\n");
    safefile_print(take->table[TABLE_CLOCK],
                   "frame,host_frame,monotonic_s,unix_s,clock_synchronised,frames_lost\n");
    return true;
}

static bool open_signals(Take* take, char* error)
{
    static const char* const labels[] = {"Sensor", "ECG", "PPG", "RESP belt"};
    char path[TAKE_PATH_SIZE + 16];
    const bool ecg = take->sensor == TAKE_SENSOR_ECG;
    const double range = SENSOR_RANGE * (ecg ? take->full_scale_mv : 1.0);
    const BdfSignal signals[SIGNALS] = {
        {labels[take->sensor], ecg ? "mV" : "", "", -range, range},
        {"Tone", "", "relative to the person's own baseline", -1.0, 1.0},
        {"Breath phase", "", "0 = start of the in-breath", -1.0, 1.0},
        {"Quality", "", "of the beats", -1.0, 1.0},
        {"Heart rate", "1/min", "as sent by the host's plugins", -400.0, 400.0},
    };
    const BdfHeader header = {
        signals,      SIGNALS, take->shape.samples, take->shape.record_s, take->start.tv_sec,
        take->person, "Tonus"};
    snprintf(path, sizeof path, "%s/physio.bdf", take->path);
    return (take->bdf = bdf_create(path, &header, error)) != NULL;
}

static bool open_audio(Take* take, char* error)
{
    char path[TAKE_PATH_SIZE + 16];
    const WavHeader header = {(unsigned)lround(take->rate), TAKE_CHANNELS, take->writer,
                              take->start.tv_sec, (double)take->start.tv_nsec * 1e-9};
    snprintf(path, sizeof path, "%s/audio.wav", take->path);
    return (take->wav = wav_create(path, &header, error)) != NULL;
}

static void write_kinds(const Take* take, Json* json)
{
    json_open(json, "events", '{');
    for (int k = 0; k < TAKE_EVENTS; ++k) {
        json_integer(json, kind_names[k], (long long)take->count[k]);
    }
    json_close(json, '}');
}

static bool write_session(const Take* take)
{
    static const char* const sensors[] = {"unknown", "ECG", "PPG", "breathing belt"};
    static const char* const channels[] = {"sensor", "left", "right"};
    Json json = {0};
    char path[TAKE_PATH_SIZE + 16];
    char text[64];
    struct tm local;
    localtime_r(&take->start.tv_sec, &local);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &local);
    json_open(&json, NULL, '{');
    json_string(&json, "format", "Tonus take 1");
    json_string(&json, "written_by", take->writer);
    json_bool(&json, "complete", take->complete);
    json_string(&json, "start", text);
    json_number(&json, "start_unix_s", (double)take->start.tv_sec + 1e-9 * take->start.tv_nsec, 6);
    if (take->person[0]) {
        json_string(&json, "person", take->person);
    }
    json_number(&json, "rate_hz", take->rate, 6);
    json_integer(&json, "frames", (long long)take->frames);
    json_integer(&json, "frames_lost", (long long)take->lost);
    json_string(&json, "sensor", sensors[take->sensor]);
    if (take->sensor == TAKE_SENSOR_ECG) {
        json_number(&json, "full_scale_mv", take->full_scale_mv, 6);
    }
    json_integer(&json, "beat_delay_frames", take->beat_delay);
    json_open(&json, "audio_channels", '[');
    for (unsigned c = 0; c < TAKE_CHANNELS; ++c) {
        json_string(&json, NULL, channels[c]);
    }
    json_close(&json, ']');
    json_open(&json, "physio", '{');
    json_number(&json, "rate_hz", take->rate / take->shape.factor, 6);
    json_integer(&json, "frames_per_sample", take->shape.factor);
    json_close(&json, '}');
    write_kinds(take, &json);
    json_close(&json, '}');
    snprintf(path, sizeof path, "%s/session.json", take->path);
    const bool good = json_save(&json, path);
    json_free(&json);
    return good;
}

static void abandon(Take* take)
{
    const int reason = errno;
    wav_close(take->wav);
    bdf_close(take->bdf);
    for (int t = 0; t < TABLES; ++t) {
        safefile_close(take->table[t]);
    }
    downsample_free(take->down);
    free(take);
    errno = reason;
}

// A folder that could not be filled: only what this take created is removed
static void remove_started(const Take* take)
{
    const int reason = errno;
    char path[TAKE_PATH_SIZE + 16];
    static const char* const names[] = {"audio.wav", "physio.bdf"};
    for (int i = 0; i < 2 + TABLES; ++i) {
        snprintf(path, sizeof path, "%s/%s", take->path, i < 2 ? names[i] : table_names[i - 2]);
        unlink(path);
    }
    rmdir(take->path);
    errno = reason;
}

Take* take_open(const TakeSettings* settings, char* error)
{
    Take* const take = calloc(1, sizeof *take);
    char name[256];
    if (!take) {
        snprintf(error, RECORDING_ERROR_SIZE, "out of memory");
        return NULL;
    }
    clock_gettime(CLOCK_REALTIME, &take->start);
    take->rate = settings->rate_hz;
    take->sensor = settings->sensor;
    take->full_scale_mv = settings->full_scale_mv;
    take->beat_delay = settings->beat_delay;
    take->host_frame = settings->host_frame;
    take->shape = downsample_shape(take->rate);
    snprintf(take->person, sizeof take->person, "%s", settings->person);
    snprintf(take->writer, sizeof take->writer, "%s", settings->writer);
    take_folder_name(name, sizeof name, settings->pattern[0] ? settings->pattern : TAKE_PATTERN,
                     settings->person, take->start.tv_sec);
    if (!take_folder_create(take->path, settings->folder, name, error)) {
        abandon(take);
        return NULL;
    }
    if (!(take->down = downsample_new(take->shape.factor))) {
        snprintf(error, RECORDING_ERROR_SIZE, "out of memory");
        abandon(take);
        return NULL;
    }
    if (!open_audio(take, error) || !open_signals(take, error) || !open_tables(take, error)) {
        remove_started(take);
        abandon(take);
        return NULL;
    }
    // A full disk shows here already; what waits is written later
    take_flush(take);
    write_session(take);
    return take;
}

const char* take_path(const Take* take)
{
    return take->path;
}

uint64_t take_frames(const Take* take)
{
    return take->frames;
}

static bool push_sensor(Take* take, float in)
{
    float sample;
    if (!downsample_push(take->down, isfinite(in) ? in : 0.0f, &sample)) {
        return true;
    }
    const bool ecg = take->sensor == TAKE_SENSOR_ECG;
    take->value[SIGNAL_SENSOR] = ecg ? (float)(sample * take->full_scale_mv) : sample;
    return bdf_samples(take->bdf, take->value);
}

bool take_audio(Take* take, const float* frames, size_t n)
{
    bool good = wav_frames(take->wav, frames, n);
    for (size_t i = 0; i < n; ++i) {
        good = push_sensor(take, frames[TAKE_CHANNELS * i]) && good;
    }
    take->frames += n;
    return good;
}

static void note(Take* take, TakeKind kind, uint64_t frame, double duration_s, double value)
{
    char onset[NUMBER_SIZE];
    char duration[NUMBER_SIZE];
    char number[NUMBER_SIZE];
    char text[64];
    const double onset_s = (double)frame / take->rate;
    const bool valued = isfinite(value);
    number_text(onset, onset_s, 9);
    number_text(duration, duration_s, 9);
    number_text(number, value, 6);
    safefile_print(take->table[TABLE_EVENTS], "%s\t%s\t%s\t%s\t%llu\n", onset, duration,
                   kind_names[kind], number, (unsigned long long)frame);
    snprintf(text, sizeof text, "%s%s%.20s", kind_names[kind], valued ? " " : "",
             valued ? number : "");
    bdf_annotate(take->bdf, onset_s, isfinite(duration_s) && duration_s > 0.0 ? duration_s : -1.0,
                 text);
    number_text(duration, isfinite(duration_s) ? onset_s + duration_s : onset_s, 9);
    safefile_print(take->table[TABLE_LABELS], "%s\t%s\t%s\n", onset, duration, text);
    take->count[kind]++;
}

bool take_gap(Take* take, uint64_t n)
{
    if (!take_flush(take) || !wav_skip(take->wav, n)) {
        return false;
    }
    note(take, TAKE_GAP, take->frames, (double)n / take->rate, (double)n);
    for (uint64_t i = 0; i < n; ++i) {
        push_sensor(take, 0.0f);
    }
    take->frames += n;
    take->lost += n;
    return true;
}

static void note_beat(Take* take, TakeKind kind, uint64_t frame)
{
    if (frame < take->beat_delay) {
        return; // it was before the take began
    }
    frame -= take->beat_delay;
    if (take->last_beat > 0 && frame + 1 <= take->last_beat) {
        return; // a clock cannot go back
    }
    if (take->last_beat > 0) {
        // Differences of rounded times, so that the sum of the lines never drifts off the frames
        char text[NUMBER_SIZE];
        const double to_ms = 1000.0 / take->rate;
        const double now = rint((double)frame * to_ms * 1e6);
        const double before = rint((double)(take->last_beat - 1) * to_ms * 1e6);
        safefile_print(take->table[TABLE_RR], "%s\n", number_text(text, (now - before) * 1e-6, 6));
    }
    take->last_beat = frame + 1;
    note(take, kind, frame, 0.0, NAN);
}

void take_event(Take* take, TakeKind kind, uint64_t frame, double value)
{
    switch (kind) {
    case TAKE_BEAT:
    case TAKE_ODD_BEAT:
        note_beat(take, kind, frame);
        break;
    case TAKE_HUM:
    case TAKE_MARKER:
        note(take, kind, frame, kind == TAKE_HUM ? NAN : 0.0, value);
        break;
    case TAKE_HUM_END:
    case TAKE_PART_END:
        note(take, kind, frame, 0.0, NAN);
        break;
    case TAKE_TONE:
        take->value[SIGNAL_TONE] = (float)value;
        break;
    case TAKE_BREATH_PHASE:
        take->value[SIGNAL_PHASE] = (float)value;
        break;
    case TAKE_QUALITY:
        take->value[SIGNAL_QUALITY] = (float)value;
        break;
    case TAKE_HEART_RATE:
        take->value[SIGNAL_HEART_RATE] = (float)value;
        break;
    case TAKE_GAP:
    case TAKE_EVENTS:
        break;
    default: // breaths and parts: they last until the next one
        note(take, kind, frame, NAN, NAN);
        break;
    }
}

void take_clock(Take* take, uint64_t frame, double monotonic_s, double wall_s, bool synchronised)
{
    char monotonic[NUMBER_SIZE];
    char wall[NUMBER_SIZE];
    number_text(monotonic, monotonic_s, 6);
    number_text(wall, wall_s, 6);
    safefile_print(take->table[TABLE_CLOCK], "%llu,%llu,%s,%s,%d,%llu\n", (unsigned long long)frame,
                   (unsigned long long)(take->host_frame + frame), monotonic, wall, synchronised,
                   (unsigned long long)take->lost);
}

bool take_flush(Take* take)
{
    bool good = wav_flush(take->wav);
    int reason = errno;
    if (!bdf_flush(take->bdf)) {
        reason = errno;
        good = false;
    }
    for (int t = 0; t < TABLES; ++t) {
        if (!safefile_flush(take->table[t])) {
            reason = errno;
            good = false;
        }
    }
    errno = reason;
    return good;
}

bool take_sync(Take* take)
{
    bool good = wav_sync(take->wav) && bdf_sync(take->bdf);
    for (int t = 0; t < TABLES; ++t) {
        good = safefile_sync(take->table[t]) && good;
    }
    return write_session(take) && good;
}

bool take_close(Take* take)
{
    if (!take) {
        return true;
    }
    // The last samples still lie within the filter
    for (unsigned i = 0; i < DOWNSAMPLE_AHEAD * take->shape.factor; ++i) {
        push_sensor(take, 0.0f);
    }
    bool good = take_flush(take);
    good = wav_close(take->wav) && good;
    good = bdf_close(take->bdf) && good;
    take->wav = NULL;
    take->bdf = NULL;
    for (int t = 0; t < TABLES; ++t) {
        good = safefile_close(take->table[t]) && good;
        take->table[t] = NULL;
    }
    take->complete = good;
    good = write_session(take) && good;
    abandon(take);
    return good;
}
