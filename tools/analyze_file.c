// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/json.h"
#include "formats/recording.h"
#include "formats/take_folder.h"
#include "formats/utf8.h"
#include "tools/analyze.h"
#include "tools/analyze_bids.h"
#include "tools/analyze_progress.h"
#include "tools/analyze_report.h"
#include "tools/analyze_results.h"
#include "tools/analyze_source.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK       4096u
#define MAX_EVENTS  (CHAIN_MAX_EVENTS * (BLOCK / CHAIN_CHUNK + 2))
#define LIST_HZ     1000.0 // the grid on which lists of beats are worked through
#define BEATS_AHEAD 2.0    // s that are fed after the end, so that the last beats come out

typedef struct {
    const AnalyzeOptions* options;
    Source* source;
    Results* results;
    Bids* bids;
    Hrv* whole;           // the whole recording
    HrvMeasures measures; // of it, at the end
    uint64_t now;         // frames given to the chain
    uint64_t told;        // frames that `whole` has passed
    uint64_t next;        // frame of the next row
    uint64_t end;         // frames of the signal, once they are known; UINT64_MAX before
    double rate;          // Hz, of the frames
    double breath_sum;    // of the rates, for the mean
    uint64_t n_breaths, n_beats;
    ChainEvent events[MAX_EVENTS];
    float signal[BLOCK];
    float nothing[BLOCK];
} Work;

static void pass_whole(Work* work, uint64_t frame)
{
    if (frame > work->told) {
        hrv_process(work->whole, (uint32_t)(frame - work->told));
        work->told = frame;
    }
}

static void take_event(Work* work, const ChainEvent* event, uint64_t frame)
{
    const double end_s = (double)work->end / work->rate;
    if (work->end != UINT64_MAX && event->time_s >= end_s) {
        return; // in what was fed after the end
    }
    pass_whole(work, frame);
    switch (event->kind) {
    case CHAIN_BEAT:
        results_beat(work->results, event->exact_s, event->beat.quality, event->beat.reliable);
        work->n_beats++;
        break;
    case CHAIN_INTERVAL:
        results_interval(work->results, &event->interval);
        hrv_interval(work->whole, &event->interval, false);
        break;
    case CHAIN_BREATH:
        results_breath(work->results, event->time_s, &event->breath);
        if (event->breath.type == BREATH_IN_STARTS) {
            hrv_breath(work->whole, event->time_s, event->breath.rate_per_min,
                       event->breath.confidence);
            work->breath_sum += (double)event->breath.rate_per_min;
            work->n_breaths++;
        }
        break;
    case CHAIN_PROVISIONAL:
        break;
    }
}

// Frames through the chain, cut where a row of hrv.tsv is due
static void feed(Work* work, Chain* chain, const float* in, const float* belt, uint32_t n)
{
    uint32_t at = 0;
    while (at < n) {
        const uint64_t to_row = work->next - work->now;
        const uint32_t part = n - at < to_row ? n - at : (uint32_t)to_row;
        const uint32_t count =
            chain_process(chain, in + at, belt ? belt + at : NULL, part, work->events, MAX_EVENTS);
        for (uint32_t i = 0; i < count; ++i) {
            const ChainEvent* const event = &work->events[i];
            take_event(work, event, work->now + event->frame);
        }
        work->now += part;
        at += part;
        if (work->now == work->next) {
            const ChainState state = chain_state(chain);
            if (work->end == UINT64_MAX) {
                results_row(work->results, (double)work->now / work->rate, work->options->window_s,
                            state.measures, &state.tone, (double)state.breath.rate_per_min);
            }
            work->next += (uint64_t)(work->options->step_s * work->rate);
        }
    }
}

static void last_row(Work* work, Chain* chain)
{
    const double end_s = (double)work->end / work->rate;
    const ChainState state = chain_state(chain);
    results_row(work->results, end_s, work->options->window_s, state.measures, &state.tone,
                (double)state.breath.rate_per_min);
}

static bool analyze_signal(Work* work, void (*progress)(double, void*), void* data)
{
    const SourceInfo* const info = source_info(work->source);
    const bool belt = info->kind == SOURCE_BELT;
    Chain* const chain = chain_new(info->chain_hz);
    if (!chain) {
        return false;
    }
    chain_set_sensor(chain, info->sensor);
    chain_set_clean(chain, work->options->clean);
    chain_set_window(chain, (float)work->options->window_s);
    chain_set_lazy(chain, true); // only what is written is worked out
    uint32_t n;
    do {
        n = source_read(work->source, work->signal, BLOCK);
        bids_write(work->bids, work->signal, n);
        feed(work, chain, belt ? work->nothing : work->signal, belt ? work->signal : NULL, n);
        if (progress) {
            progress(source_progress(work->source), data);
        }
    } while (n == BLOCK);
    work->end = work->now;
    source_set_found(work->source, chain_state(chain).sensor);
    last_row(work, chain);
    const float held = n > 0 ? work->signal[n - 1] : 0.0f;
    for (uint32_t i = 0; i < BLOCK; ++i) {
        work->signal[i] = held;
    }
    for (double left = BEATS_AHEAD * info->chain_hz; left > 0.0; left -= BLOCK) {
        feed(work, chain, belt ? work->nothing : work->signal, belt ? work->signal : NULL, BLOCK);
    }
    chain_free(chain);
    return true;
}

// ---- Lists of beats: the same parts, without the detector and the breath -----------------------

typedef struct {
    Rr* rr;
    Hrv* hrv;
    Tone* tone;
} Parts;

static void pass_list(Work* work, Parts* parts, uint64_t to)
{
    while (work->now < to) {
        const uint64_t until = to < work->next ? to : work->next;
        hrv_process(parts->hrv, (uint32_t)(until - work->now));
        tone_process(parts->tone, (uint32_t)(until - work->now));
        pass_whole(work, until);
        work->now = until;
        if (work->now == work->next) {
            const ToneState tone = tone_state(parts->tone);
            results_row(work->results, (double)work->now / work->rate, work->options->window_s,
                        hrv_measures(parts->hrv), &tone, 0.0);
            work->next += (uint64_t)(work->options->step_s * work->rate);
        }
    }
}

static void take_list_intervals(Work* work, Parts* parts, const RrInterval* list, uint32_t n)
{
    for (uint32_t i = 0; i < n; ++i) {
        const HrvRecent recent = hrv_recent(parts->hrv);
        hrv_interval(parts->hrv, &list[i], rr_irregular(parts->rr));
        hrv_interval(work->whole, &list[i], false);
        results_interval(work->results, &list[i]);
        tone_update(parts->tone, &recent);
    }
}

static bool analyze_list(Work* work)
{
    Parts parts = {rr_new(), hrv_new(LIST_HZ), tone_new(LIST_HZ)};
    RrInterval list[RR_MAX_OUT];
    double time_s = 0.0;
    double last_s = 0.0;
    bool reliable = true;
    const bool good = parts.rr && parts.hrv && parts.tone;
    if (good) {
        rr_set_clean(parts.rr, work->options->clean);
        hrv_set_window(parts.hrv, (float)work->options->window_s);
        hrv_set_lazy(parts.hrv, true);
    }
    while (good && source_beat(work->source, &time_s, &reliable)) {
        const RrBeat beat = {time_s, 1.0f, reliable, 0.0f};
        if (time_s - last_s > RR_GAP_MS / 1000.0 && work->n_beats > 0) {
            take_list_intervals(work, &parts, list, rr_break(parts.rr, list));
        }
        pass_list(work, &parts, (uint64_t)(fmin(fmax(time_s, 0.0), 1e9) * LIST_HZ));
        results_beat(work->results, time_s, 1.0f, reliable);
        take_list_intervals(work, &parts, list, rr_beat(parts.rr, &beat, list));
        work->n_beats++;
        last_s = time_s;
    }
    if (good) { // the last interval waits for no successor
        take_list_intervals(work, &parts, list, rr_break(parts.rr, list));
        const ToneState tone = tone_state(parts.tone);
        work->end = work->now;
        results_row(work->results, (double)work->now / work->rate, work->options->window_s,
                    hrv_measures(parts.hrv), &tone, 0.0);
    }
    rr_free(parts.rr);
    hrv_free(parts.hrv);
    tone_free(parts.tone);
    return good;
}

// ---- Summary ----------------------------------------------------------------------------------

// A warning without the folder: the results must not tell where the file lay
static const char* without_folder(const char* warning)
{
    const char* const end = strstr(warning, ": ");
    const char* name = warning;
    for (const char* at = warning; end && at < end; ++at) {
        name = *at == '/' ? at + 1 : name;
    }
    return name;
}

static void write_settings(Json* json, const AnalyzeOptions* options, const SourceInfo* info)
{
    static const char* const sensors[] = {"auto", "ecg", "ppg"};
    json_open(json, "settings", '{');
    json_string(json, "sensor", info->kind == SOURCE_BELT ? "belt" : sensors[info->sensor]);
    if (info->kind == SOURCE_SENSOR) {
        json_string(json, "sensor_found", sensors[info->found]);
    }
    json_number(json, "window_s", options->window_s, 3);
    json_number(json, "step_s", options->step_s, 3);
    json_bool(json, "clean", options->clean);
    json_bool(json, "corrected_beats", options->beats != NULL);
    json_number(json, "chain_rate_hz", info->chain_hz, 6);
    json_number(json, "gain", info->gain, 9);
    json_number(json, "offset", info->offset, 9);
    json_close(json, '}');
}

static void write_measures(Json* json, const HrvMeasures* measures)
{
    json_open(json, "hrv", '{');
    for (int m = 0; m < HRV_N_MEASURES; ++m) {
        const HrvMeasureInfo* const info = hrv_measure_info((HrvMeasure)m);
        const bool ok = measures->reason[m] == HRV_OK;
        json_open(json, info->name, '{');
        json_number(json, "value", ok ? measures->value[m] : NAN, 6);
        json_string(json, "unit", info->unit);
        json_string(json, "reason", results_reason(measures->reason[m]));
        json_close(json, '}');
    }
    json_close(json, '}');
}

static bool write_summary(const Work* work, const char* out)
{
    const SourceInfo* const info = source_info(work->source);
    const HrvMeasures* const measures = &work->measures;
    Json json = {0};
    char path[4300];
    json_open(&json, NULL, '{');
    json_string(&json, "program", "tonus-analyze " TONUS_VERSION);
    json_string(&json, "recording", info->name);
    json_string(&json, "format", info->format);
    json_string(&json, "channel", info->channel);
    json_string(&json, "unit", info->unit);
    json_number(&json, "rate_hz", info->rate_hz, 6);
    json_number(&json, "duration_s", (double)work->end / work->rate, 6);
    json_integer(&json, "samples", (long long)info->samples);
    json_integer(&json, "samples_missing", (long long)info->missing);
    json_string(&json, "warning", without_folder(source_warning(work->source)));
    write_settings(&json, work->options, info);
    json_integer(&json, "beats", (long long)work->n_beats);
    json_integer(&json, "breaths", (long long)work->n_breaths);
    json_number(&json, "breath_rate_per_min",
                work->n_breaths ? work->breath_sum / (double)work->n_breaths : NAN, 3);
    json_integer(&json, "nn_intervals", (long long)measures->n_nn);
    json_number(&json, "covered_s", measures->covered_s, 3);
    json_number(&json, "artefacts_percent", measures->artefacts_percent, 3);
    json_number(&json, "quality", measures->quality, 4);
    write_measures(&json, measures);
    json_string(&json, "note",
                "Tone is relative to the person's own baseline; it is not a measurement of the "
                "vagus nerve. Not a medical device.");
    json_close(&json, '}');
    snprintf(path, sizeof path, "%.4200s/summary.json", out);
    const bool good = json_save(&json, path);
    json_free(&json);
    return good;
}

// ---- One recording ----------------------------------------------------------------------------

static bool say(const char* text)
{
    progress_say(text);
    return false;
}

static bool make_folder(const char* path, char* error)
{
    char part[4200];
    const size_t n = strlen(path);
    for (size_t i = 1; n < sizeof part && i <= n; ++i) {
        if (path[i] == '/' || path[i] == '\0') {
            memcpy(part, path, i);
            part[i] = '\0';
            if (mkdir(part, 0777) && errno != EEXIST) {
                break;
            }
        }
    }
    struct stat about;
    if (n < sizeof part && stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        return true;
    }
    snprintf(error, RECORDING_ERROR_SIZE, "%.400s: %s", path, strerror(errno));
    return false;
}

static bool run(Work* work, const char* path, const char* out, void (*progress)(double, void*),
                void* data, char* error)
{
    const SourceInfo* const info = source_info(work->source);
    const bool list = info->kind == SOURCE_BEATS;
    work->rate = list ? LIST_HZ : info->chain_hz;
    work->next = (uint64_t)(work->options->step_s * work->rate);
    work->end = UINT64_MAX;
    if ((work->whole = hrv_new(work->rate))) {
        hrv_set_window(work->whole, 0.0f);
        hrv_set_lazy(work->whole, true);
    }
    if (!make_folder(out, error) ||
        !(work->results = results_new(out, info->name, info->rate_hz, error))) {
        return false;
    }
    if (work->options->bids && !list && !(work->bids = bids_open(out, info, error))) {
        return false;
    }
    if (!work->whole || !(list ? analyze_list(work) : analyze_signal(work, progress, data))) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.200s: %g Hz: no analysis at this rate", info->name,
                 work->rate);
        return false;
    }
    work->measures = *hrv_measures(work->whole);
    results_whole(work->results, &work->measures);
    const bool tables = results_finish(work->results);
    const bool bids = bids_close(work->bids);
    work->bids = NULL;
    if (!tables || !bids || !write_summary(work, out)) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: not everything could be written", out);
        return false;
    }
    char events[4300];
    snprintf(events, sizeof events, "%.4200s/events.tsv", path);
    const bool take = !strcmp(info->format, "take");
    char warning[2 * RECORDING_ERROR_SIZE];
    utf8_copy(warning, sizeof warning, without_folder(source_warning(work->source)));
    return !work->options->report || report_write(out, work->options, info, warning, work->results,
                                                  &work->measures, (double)work->end / work->rate,
                                                  work->options->events ? work->options->events
                                                  : take                ? events
                                                                        : NULL,
                                                  error);
}

static void tell_warnings(const Work* work, const char* path)
{
    const SourceInfo* const info = source_info(work->source);
    if (*source_warning(work->source)) {
        progress_say(source_warning(work->source));
    }
    char text[600];
    if (work->n_beats == 0 && info->kind != SOURCE_BELT) {
        snprintf(text, sizeof text,
                 "%.400s: no heartbeat found%s%.60s; choose a channel by --column", path,
                 *info->channel ? " in " : "", info->channel);
        progress_say(text);
    }
    if (info->missing > 0 && info->rate_hz > 0.0) {
        snprintf(text, sizeof text, "%.400s: %llu of %llu samples are missing, %.1f s of %.1f",
                 path, (unsigned long long)info->missing, (unsigned long long)info->samples,
                 (double)info->missing / info->rate_hz, (double)info->samples / info->rate_hz);
        progress_say(text);
    }
}

bool analyze_recording(const char* path, const char* out, const AnalyzeOptions* options,
                       void (*progress)(double share, void* data), void* data)
{
    char error[RECORDING_ERROR_SIZE] = "out of memory";
    Work* const work = calloc(1, sizeof *work);
    bool good = false;
    if (work && (work->source = source_open(path, options, error))) {
        work->options = options;
        good = run(work, path, out, progress, data, error);
        if (good && *source_error(work->source)) {
            // What could be read has been analysed; the exit status still tells
            snprintf(error, sizeof error, "%s", source_error(work->source));
            good = false;
        } else if (good && source_is_cut(work->source)) {
            snprintf(error, sizeof error, "%s", source_warning(work->source));
            good = false;
        } else if (good && !options->quiet) {
            tell_warnings(work, path);
        }
    }
    if (!good) {
        say(error);
    }
    if (work) {
        source_close(work->source);
        results_free(work->results);
        bids_close(work->bids);
        hrv_free(work->whole);
        free(work);
    }
    return good;
}
