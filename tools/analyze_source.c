// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tools/analyze_source.h"

#include "bridge/resampler.h"
#include "formats/recording.h"
#include "formats/utf8.h"
#include "tools/analyze_list.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// The rate at which beats are decided (dsp/beat.c); what is lower is raised to a multiple
#define LEAST_HZ 250.0
// As the bridge sends voltages: full scale is 5 mV
#define FULL_SCALE_MV 5.0
// What has no unit is brought to this peak, judged by its first seconds, as the demo does
#define UNITLESS_PEAK 0.5
#define JUDGED_S      10.0
// A heart's voltage swings by less and by more in some seconds, mV, wander and artefacts included
#define LEAST_MV 0.02
#define MOST_MV  100.0

struct Source {
    SourceInfo info;
    char path[4200];
    char warning[RECORDING_ERROR_SIZE];
    Recording* recording;
    Resampler* resampler; // NULL: frames as they are
    BeatList* list;       // of beats or intervals
    float last;
    bool ended;
    unsigned ahead; // samples that stand for those after the end, for the resampler
    float block[4096];
    uint32_t n_block, at_block;
};

static void stem(char* out, size_t size, const char* path)
{
    const size_t n = strlen(path);
    size_t end = n;
    while (end > 1 && path[end - 1] == '/') {
        --end;
    }
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/') {
        --begin;
    }
    char name[256];
    snprintf(name, sizeof name, "%.*s", (int)(end - begin < 200 ? end - begin : 200), path + begin);
    utf8_copy(out, size, name);
    static const char* const endings[] = {".gz",  ".csv",  ".tsv", ".txt", ".wav", ".flac",
                                          ".edf", ".bdf",  ".hea", ".dat", ".EDF", ".BDF",
                                          ".ogg", ".aiff", ".w64", ".rf64"};
    for (int again = 0; again < 2; ++again) {
        for (size_t i = 0; i < sizeof endings / sizeof *endings; ++i) {
            const size_t length = strlen(out);
            const size_t ending = strlen(endings[i]);
            if (length > ending && !strcmp(out + length - ending, endings[i])) {
                out[length - ending] = '\0';
                break;
            }
        }
    }
}

// ---- Lists of intervals and beats -------------------------------------------------------------

static bool open_list(Source* source, const char* path, char* error)
{
    if (!(source->list = beatlist_open(path, error))) {
        return false;
    }
    source->info.kind = SOURCE_BEATS;
    snprintf(source->info.format, sizeof source->info.format, "%s",
             beatlist_has_times(source->list) ? "beats" : "RR intervals");
    return true;
}

bool source_beat(Source* source, double* time_s, bool* reliable)
{
    return beatlist_next(source->list, time_s, reliable);
}

// ---- Signals ----------------------------------------------------------------------------------

// Lowest and highest of the first seconds; false when nothing moves in them
static bool measure_level(Source* source, double* low, double* high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (double left = JUDGED_S * source->info.rate_hz; left > 0.0;) {
        const size_t n = recording_read(source->recording, source->block, 256);
        for (size_t i = 0; i < n; ++i) {
            if (isfinite(source->block[i])) {
                *low = fmin(*low, (double)source->block[i]);
                *high = fmax(*high, (double)source->block[i]);
            }
        }
        left -= n == 256 ? 256.0 : INFINITY;
    }
    return *high > *low;
}

// What a signal without a unit may be, for the warning
static const char* guess_unit(double swing, BeatSensor sensor)
{
    return sensor == BEAT_PPG                  ? "raw values"
           : swing >= 0.1 && swing <= 20.0     ? "mV"
           : swing >= 100.0 && swing <= 2000.0 ? "µV or raw values"
                                               : "raw values";
}

// Volts as they are said to be; what has no unit, or one that cannot be, is brought to a level: its
// middle to 0, its peak to UNITLESS_PEAK
static void choose_scale(Source* source, const char* unit)
{
    SourceInfo* const info = &source->info;
    const double millivolts = recording_millivolts(unit);
    double low = 0.0;
    double high = 0.0;
    info->gain = millivolts > 0.0 ? millivolts / FULL_SCALE_MV : 1.0;
    if (!strcmp(recording_format(source->recording), "sound file") ||
        !measure_level(source, &low, &high)) {
        return; // sound is at the level that a plugin hears
    }
    const double swing = high - low;
    if (millivolts > 0.0 && swing * millivolts >= LEAST_MV && swing * millivolts <= MOST_MV) {
        return;
    }
    info->offset = 0.5 * (low + high);
    info->gain = 2.0 * UNITLESS_PEAK / swing;
    if (millivolts > 0.0) {
        snprintf(source->warning, sizeof source->warning,
                 "%.240s: %.60s: a swing of %.3g %.15s is no heart's; scaled by its level",
                 source->path, info->channel, swing, unit);
    } else if (!unit[0]) {
        snprintf(source->warning, sizeof source->warning,
                 "%.240s: %.60s: no unit; a swing of %.3g looks like %s; scaled by its level",
                 source->path, info->channel, swing, guess_unit(swing, info->sensor));
    }
}

static int choose_channel(Source* source, const AnalyzeOptions* options, char* error)
{
    static const RecordingKind kinds[] = {RECORDING_OTHER, RECORDING_ECG, RECORDING_PPG,
                                          RECORDING_BELT, RECORDING_OTHER};
    if (options->column) {
        return recording_find(source->recording, options->column, error);
    }
    int index = -1;
    if (options->sensor != ANALYZE_AUTO) {
        index = recording_find_kind(source->recording, kinds[options->sensor]);
    }
    index = index >= 0 ? index : recording_default(source->recording);
    if (index < 0) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: no channel in it", source->path);
    }
    return index;
}

static void choose_sensor(Source* source, const AnalyzeOptions* options, RecordingKind kind)
{
    SourceInfo* const info = &source->info;
    const bool belt = options->sensor == ANALYZE_BELT ||
                      (options->sensor == ANALYZE_AUTO && kind == RECORDING_BELT);
    info->kind = belt ? SOURCE_BELT : SOURCE_SENSOR;
    info->sensor = BEAT_AUTO_SENSOR;
    if (options->sensor == ANALYZE_ECG ||
        (options->sensor == ANALYZE_AUTO && kind == RECORDING_ECG)) {
        info->sensor = BEAT_ECG;
    } else if (options->sensor == ANALYZE_PPG ||
               (options->sensor == ANALYZE_AUTO && kind == RECORDING_PPG)) {
        info->sensor = BEAT_PPG;
    }
}

// What session.json of a take says about its sensor
static RecordingKind sensor_of_take(const char* path)
{
    char text[4096] = "";
    char name[4300];
    snprintf(name, sizeof name, "%.4000s/session.json", path);
    FILE* const file = fopen(name, "r");
    if (file) {
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
    }
    return strstr(text, "\"sensor\": \"ECG\"")              ? RECORDING_ECG
           : strstr(text, "\"sensor\": \"PPG\"")            ? RECORDING_PPG
           : strstr(text, "\"sensor\": \"breathing belt\"") ? RECORDING_BELT
                                                            : RECORDING_OTHER;
}

static bool open_signal(Source* source, const AnalyzeOptions* options, const char* take,
                        char* error)
{
    SourceInfo* const info = &source->info;
    if (!(source->recording = recording_open(source->path, options->rate_hz, error))) {
        return false;
    }
    const int index = choose_channel(source, options, error);
    if (index < 0) {
        return false;
    }
    const RecordingChannel* const channel = recording_channel(source->recording, (unsigned)index);
    if (!(channel->rate > 0.0)) {
        snprintf(error, RECORDING_ERROR_SIZE,
                 "%.400s: the file does not say its sample rate; give --rate", source->path);
        return false;
    }
    info->rate_hz = channel->rate;
    snprintf(info->channel, sizeof info->channel, "%s", take ? "sensor" : channel->name);
    snprintf(info->unit, sizeof info->unit, "%s", channel->unit);
    snprintf(info->format, sizeof info->format, "%s",
             take ? "take" : recording_format(source->recording));
    choose_sensor(source, options, take ? sensor_of_take(take) : channel->kind);
    if (!recording_select(source->recording, (unsigned)index)) {
        snprintf(error, RECORDING_ERROR_SIZE, "%s", recording_error(source->recording));
        return false;
    }
    choose_scale(source, channel->unit);
    recording_select(source->recording, (unsigned)index);
    const double factor = ceil(LEAST_HZ / info->rate_hz);
    info->chain_hz = info->rate_hz * (factor > 1.0 ? factor : 1.0);
    if (factor > 1.0) {
        if (!(source->resampler = resampler_new(1.0))) {
            snprintf(error, RECORDING_ERROR_SIZE, "%.400s: no resampling from %g Hz", source->path,
                     info->rate_hz);
            return false;
        }
        resampler_set_step(source->resampler, 1.0 / factor);
        source->ahead = RESAMPLER_HALF_WIDTH;
    }
    return true;
}

Source* source_open(const char* path, const AnalyzeOptions* options, char* error)
{
    Source* const source = calloc(1, sizeof *source);
    struct stat about;
    if (!source) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: out of memory", path);
        return NULL;
    }
    stem(source->info.name, sizeof source->info.name, path);
    snprintf(source->path, sizeof source->path, "%.4000s", path);
    const bool take = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    bool good;
    if (take) {
        snprintf(source->path, sizeof source->path, "%.4000s/audio.wav", path);
        if (stat(source->path, &about) != 0) {
            snprintf(error, RECORDING_ERROR_SIZE,
                     "%.400s: no take: there is no audio.wav in this folder", path);
            source_close(source);
            return NULL;
        }
    }
    if (options->beats) {
        snprintf(source->path, sizeof source->path, "%.4000s", options->beats);
        good = open_list(source, options->beats, error);
    } else if (options->sensor == ANALYZE_RR ||
               (!take && options->sensor == ANALYZE_AUTO && !options->column &&
                !(options->rate_hz > 0.0) && beatlist_is(path))) {
        good = open_list(source, path, error);
    } else {
        good = open_signal(source, options, take ? path : NULL, error);
    }
    if (!good) {
        source_close(source);
        return NULL;
    }
    return source;
}

void source_close(Source* source)
{
    if (source) {
        recording_close(source->recording);
        resampler_free(source->resampler);
        beatlist_close(source->list);
        free(source);
    }
}

const SourceInfo* source_info(const Source* source)
{
    return &source->info;
}

// How many samples there are at once, up to `most`; 0 at the end of the file
static uint32_t stretch(Source* source, uint32_t most)
{
    if (source->at_block == source->n_block) {
        source->at_block = 0;
        source->n_block =
            source->ended ? 0 : (uint32_t)recording_read(source->recording, source->block, 4096);
        source->ended = source->n_block < 4096;
    }
    const uint32_t held = source->n_block - source->at_block;
    return held < most ? held : most;
}

// Samples of a stretch, scaled; one that is missing repeats the one before
static void take(Source* source, float* out, uint32_t n)
{
    const float* const in = source->block + source->at_block;
    const double offset = source->info.offset;
    const double gain = source->info.gain;
    float last = source->last;
    uint64_t missing = 0;
    for (uint32_t i = 0; i < n; ++i) {
        const bool found = isfinite(in[i]);
        last = found ? (float)(((double)in[i] - offset) * gain) : last;
        missing += !found;
        out[i] = last;
    }
    source->last = last;
    source->info.missing += missing;
    source->info.samples += n;
    source->at_block += n;
}

static bool next_sample(Source* source, float* sample)
{
    if (stretch(source, 1) == 0) {
        return false;
    }
    take(source, sample, 1);
    return true;
}

uint32_t source_read(Source* source, float* out, uint32_t n)
{
    uint32_t done = 0;
    float sample;
    if (!source->resampler) {
        uint32_t part;
        while (done < n && (part = stretch(source, n - done)) > 0) {
            take(source, out + done, part);
            done += part;
        }
        return done;
    }
    while (done < n) {
        if (!resampler_hungry(source->resampler)) {
            out[done++] = resampler_pull(source->resampler);
        } else if (next_sample(source, &sample)) {
            resampler_push(source->resampler, sample);
        } else if (source->ahead > 0) { // what the last samples need to see after them
            --source->ahead;
            resampler_push(source->resampler, source->last);
        } else {
            break;
        }
    }
    return done;
}

void source_set_found(Source* source, BeatSensor found)
{
    source->info.found = found;
}

const char* source_error(const Source* source)
{
    return source->recording ? recording_error(source->recording) : beatlist_error(source->list);
}

const char* source_warning(const Source* source)
{
    const char* const reader =
        source->recording ? recording_warning(source->recording) : beatlist_warning(source->list);
    return *reader ? reader : source->warning;
}

bool source_is_cut(const Source* source)
{
    return source->recording && recording_is_cut(source->recording);
}

double source_progress(const Source* source)
{
    return source->recording ? recording_progress(source->recording)
                             : beatlist_progress(source->list);
}
