// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorded.h"

#include "bridge/resampler.h"
#include "formats/annotation.h"
#include "formats/recording.h"
#include "plugins/events.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 480000 }; // frames run at once: ten seconds

bool signal_read(Signal* signal, const char* path, const char* channel, double rate, double scale)
{
    char error[RECORDING_ERROR_SIZE] = "";
    Recording* const rec = recording_open(path, rate, error);
    if (!rec) {
        fprintf(stderr, "%s\n", error);
        return false;
    }
    const int index = channel ? recording_find(rec, channel, error) : 0;
    if (index < 0 || !recording_select(rec, (unsigned)index)) {
        fprintf(stderr, "%s\n", error);
        recording_close(rec);
        return false;
    }
    *signal = (Signal){.rate = recording_channel(rec, (unsigned)index)->rate};
    size_t room = 0;
    float last = 0.0f;
    for (;;) {
        if (signal->n + 4096 > room) {
            room = room ? 2 * room : 1U << 18;
            signal->sample = (float*)realloc(signal->sample, room * sizeof(float));
            if (!signal->sample) {
                abort();
            }
        }
        const size_t got = recording_read(rec, signal->sample + signal->n, 4096);
        for (size_t i = 0; i < got; ++i) {
            float* const x = &signal->sample[signal->n + i];
            last = *x = isfinite(*x) ? (float)(*x * scale) : last;
        }
        signal->n += got;
        if (got < 4096) {
            break;
        }
    }
    recording_close(rec);
    return signal->n > 0;
}

void signal_free(Signal* signal)
{
    free(signal->sample);
    *signal = (Signal){0};
}

// The bridge's resampler at a fixed ratio repeats itself: so its weights are asked from it once for
// each phase, and then summed in a plain loop.
typedef struct {
    size_t outputs, inputs; // after so many it repeats itself
    size_t before, taps;    // inputs summed before an output's place, and altogether
    float* weight;          // [outputs][taps]
    Resampler* plain;       // where the ratio is not one of small numbers
    size_t pushed;
} Polyphase;

enum { MOST_PHASES = 50000 };

static void ask_weights(Polyphase* p, double step, size_t offset)
{
    const size_t at = p->inputs * (p->taps / p->inputs + 1) + offset; // of a single 1 among zeros
    const size_t n = (size_t)((double)(at + p->taps) / step);
    Resampler* const rs = resampler_new(fmax(step, 1.0));
    resampler_set_step(rs, step);
    size_t pushed = 0;
    for (size_t k = 0; k < n; ++k) {
        while (resampler_hungry(rs)) {
            resampler_push(rs, pushed++ == at ? 1.0f : 0.0f);
        }
        const float y = resampler_pull(rs);
        const size_t place = k * p->inputs / p->outputs;
        if (at + p->before >= place && at + p->before - place < p->taps) {
            p->weight[k % p->outputs * p->taps + at + p->before - place] = y;
        }
    }
    resampler_free(rs);
}

static Polyphase polyphase_new(double step)
{
    Polyphase p = {0};
    for (size_t n = 1; n <= MOST_PHASES && !p.outputs; ++n) {
        const double inputs = step * (double)n;
        if (inputs > 0.5 && fabs(inputs - round(inputs)) < 1e-7) {
            p.outputs = n;
            p.inputs = (size_t)round(inputs);
        }
    }
    if (!p.outputs) {
        p.plain = resampler_new(fmax(step, 1.0));
        resampler_set_step(p.plain, step);
        return p;
    }
    p.before = (size_t)ceil(resampler_lookahead(step));
    p.taps = (2 * p.before + 2 + 3) / 4 * 4;
    p.weight = (float*)calloc(p.outputs * p.taps, sizeof(float));
    for (size_t i = 0; i < p.inputs; ++i) {
        ask_weights(&p, step, i);
    }
    return p;
}

static void polyphase_free(Polyphase* p)
{
    free(p->weight);
    resampler_free(p->plain);
}

static float sample_at(const Signal* signal, int64_t k)
{
    return k < 0 ? 0.0f : signal->sample[(size_t)k < signal->n ? (size_t)k : signal->n - 1];
}

// Output samples first .. first + n - 1; fewer at the end, which is held for the look-ahead
static size_t resample(Polyphase* p, const Signal* signal, size_t first, float* out, size_t n)
{
    const size_t end = signal->n + RESAMPLER_HALF_WIDTH * 4U;
    for (size_t k = 0; k < n; ++k) {
        if (p->plain) {
            while (resampler_hungry(p->plain)) {
                if (p->pushed >= end) {
                    return k;
                }
                resampler_push(p->plain, sample_at(signal, (int64_t)p->pushed++));
            }
            out[k] = resampler_pull(p->plain);
            continue;
        }
        const size_t place = (first + k) * p->inputs / p->outputs;
        const float* const w = p->weight + (first + k) % p->outputs * p->taps;
        const int64_t from = (int64_t)place - (int64_t)p->before;
        if (place + p->before >= end) {
            return k;
        }
        float sum[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        if (from >= 0 && (size_t)from + p->taps <= signal->n) {
            const float* const x = signal->sample + from;
            for (size_t i = 0; i < p->taps; i += 4) {
                for (size_t lane = 0; lane < 4; ++lane) {
                    sum[lane] += w[i + lane] * x[i + lane];
                }
            }
        } else {
            for (size_t i = 0; i < p->taps; ++i) {
                sum[0] += w[i] * sample_at(signal, from + (int64_t)i);
            }
        }
        out[k] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
    return n;
}

Signal signal_resampled(const Signal* signal, double rate)
{
    const double step = signal->rate / rate;
    Signal out = {.rate = rate, .n = (size_t)((double)signal->n / step)};
    out.sample = (float*)malloc((out.n + 1) * sizeof(float));
    Polyphase p = polyphase_new(step);
    out.n = resample(&p, signal, 0, out.sample, out.n);
    polyphase_free(&p);
    return out;
}

Beats recorded_beats(HostWorld* world, const Signal* signal, float sensor)
{
    HostConfig config = host_config();
    config.rate = RECORDED_RATE;
    config.keep_audio = false;
    Host* const host = host_new(world, "beat", &config);
    if (!host) {
        fprintf(stderr, "the plugin Tonus Beat does not load\n");
        exit(1);
    }
    host_set(host, "sensor", sensor);
    Polyphase p = polyphase_new(signal->rate / RECORDED_RATE);
    static float chunk[CHUNK];
    Beats beats = {0};
    EventDecoder decoder = {0};
    size_t at = 0;
    for (bool more = true; more;) {
        const size_t got = resample(&p, signal, at, chunk, CHUNK);
        at += got;
        more = got == CHUNK;
        // half a second more lets the last beats out
        const float held = got ? chunk[got - 1] : 0.0f;
        for (size_t i = got; i < CHUNK; ++i) {
            chunk[i] = held;
        }
        host_forget(host);
        host_input(host, "in", chunk, CHUNK);
        host_run(host, more ? CHUNK : (got + 24000 < CHUNK ? got + 24000 : CHUNK), 1024);
        const double delay = round(host_get(host, "delay") * RECORDED_RATE / 1000.0);
        size_t n = 0;
        const HostEvent* const events = host_events(host, &n);
        for (size_t i = 0; i < n; ++i) {
            if (!host_event_is_midi(host, &events[i])) {
                continue;
            }
            const Event e = events_decode(&decoder, events[i].body, events[i].size);
            if (e.kind == EVENT_NOTE_ON && (e.number == NOTE_BEAT || e.number == NOTE_ODD_BEAT)) {
                beats_add(&beats, ((double)events[i].frame - delay) / RECORDED_RATE,
                          e.number == NOTE_BEAT);
            } else if (e.kind == EVENT_VALUE && e.number == CONTROLLER_QUALITY && beats.n) {
                beats.quality[beats.n - 1] = (float)e.value;
            } else if (e.kind == EVENT_VALUE && e.number == CONTROLLER_LIKENESS && beats.n) {
                beats.likeness[beats.n - 1] = (float)e.value;
            }
        }
    }
    polyphase_free(&p);
    host_free(host);
    return beats;
}

bool reference_read(Reference* reference, const char* path, double rate)
{
    char error[RECORDING_ERROR_SIZE] = "";
    AnnotationFile* const file = annotation_open(path, error);
    if (!file) {
        fprintf(stderr, "%s\n", error);
        return false;
    }
    Annotation a;
    double flutter = -1.0;
    while (annotation_next(file, &a)) {
        const double time_s = (double)a.sample / rate;
        const char* const symbol = annotation_symbol(a.code);
        if (!strcmp(symbol, "[")) {
            flutter = time_s;
        } else if (!strcmp(symbol, "]") && flutter >= 0.0) {
            reference_add_span(reference, flutter, time_s);
            flutter = -1.0;
        }
        if (annotation_is_beat(a.code)) {
            reference_add(reference, time_s, *symbol && strchr("NLRBejnE/f", *symbol),
                          *symbol && strchr("VAaJSFE", *symbol));
        }
    }
    annotation_close(file);
    return true;
}

static int by_name(const void* a, const void* b)
{
    return strcmp((const char*)a, (const char*)b);
}

Names recorded_names(const char* folder, const char* ending)
{
    Names names = {.n = 0};
    DIR* const dir = opendir(folder);
    if (!dir) {
        return names;
    }
    for (struct dirent* e = readdir(dir); e && names.n < RECORDED_NAMES; e = readdir(dir)) {
        const size_t length = strlen(e->d_name), tail = strlen(ending);
        if (length > tail && length - tail < RECORDED_NAME_SIZE &&
            !strcmp(e->d_name + length - tail, ending)) {
            snprintf(names.name[names.n++], RECORDED_NAME_SIZE, "%.*s", (int)(length - tail),
                     e->d_name);
        }
    }
    closedir(dir);
    qsort(names.name, (size_t)names.n, sizeof(names.name[0]), by_name);
    return names;
}

bool reference_read_list(Reference* reference, const char* stem, double rate)
{
    char path[1200];
    double a, b;
    snprintf(path, sizeof(path), "%s_beats.txt", stem);
    FILE* file = fopen(path, "r");
    if (!file) {
        return false;
    }
    while (fscanf(file, "%lf", &a) == 1) {
        reference_add(reference, a / rate, true, false);
    }
    fclose(file);
    snprintf(path, sizeof(path), "%s_beats.excl", stem);
    file = fopen(path, "r");
    if (file) {
        while (fscanf(file, "%lf %lf", &a, &b) == 2) {
            reference_add_span(reference, a / rate, b / rate);
        }
        fclose(file);
    }
    return true;
}
