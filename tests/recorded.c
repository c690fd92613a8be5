// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorded.h"

#include "bridge/resampler.h"
#include "formats/annotation.h"
#include "formats/recording.h"
#include "plugins/events.h"

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

// Fills `out` from the signal at *at; false at its end
static size_t pull(Resampler* rs, const Signal* signal, size_t* at, float* out, size_t n)
{
    size_t k = 0;
    while (k < n) {
        while (resampler_hungry(rs)) {
            // the end is held for the kernel's look-ahead
            if (*at >= signal->n + RESAMPLER_HALF_WIDTH * 4U) {
                return k;
            }
            resampler_push(rs, signal->sample[*at < signal->n ? *at : signal->n - 1]);
            ++*at;
        }
        out[k++] = resampler_pull(rs);
    }
    return k;
}

Signal signal_resampled(const Signal* signal, double rate)
{
    const double step = signal->rate / rate;
    Signal out = {.rate = rate, .n = (size_t)((double)signal->n / step)};
    out.sample = (float*)malloc((out.n + 1) * sizeof(float));
    Resampler* const rs = resampler_new(fmax(step, 1.0));
    size_t at = 0;
    resampler_set_step(rs, step);
    out.n = pull(rs, signal, &at, out.sample, out.n);
    resampler_free(rs);
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
    Resampler* const rs = resampler_new(1.0);
    resampler_set_step(rs, signal->rate / RECORDED_RATE);
    static float chunk[CHUNK];
    Beats beats = {0};
    size_t at = 0;
    for (bool more = true; more;) {
        const size_t got = pull(rs, signal, &at, chunk, CHUNK);
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
            const uint8_t* const m = events[i].body;
            if (host_event_is_midi(host, &events[i]) && (m[0] & 0xF0) == LV2_MIDI_MSG_NOTE_ON &&
                m[2] && (m[1] == NOTE_BEAT || m[1] == NOTE_ODD_BEAT)) {
                beats_add(&beats, ((double)events[i].frame - delay) / RECORDED_RATE,
                          m[1] == NOTE_BEAT);
            }
        }
    }
    resampler_free(rs);
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
