// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/demo_source.h"

#include "bridge/resampler.h"
#include "formats/recording.h"
#include "plugins/events.h"
#include "tools/strip.h"
#include "ttl/heart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The simulated session: a while as in everyday life, then the breath slows down, then it stays
// slow
#define BREATH_START_PER_MIN 15.0
#define BREATH_GOAL_PER_MIN  6.0
// What relaxing does to the heart: it calms down, and the vagus modulates it more. The respiratory
// HRV is that at 15 breaths per minute; breathing more slowly enlarges it by itself.
#define RATE_START_BPM 72.0
#define RATE_GOAL_BPM  64.0
#define RSA_START_MS   40.0
#define RSA_GOAL_MS    90.0
#define GLIDE_START    0.25 /* of the session */
#define GLIDE_END      0.60

// Full scale is 5 mV, as tonus-bridge has it
#define FULL_SCALE_MV 5.0
// What has no unit is brought to this peak, judged by its first seconds
#define UNITLESS_PEAK 0.5
#define JUDGED_S      10.0

enum { MAX_JUDGED = 65536 }; // samples

struct DemoSourceImpl {
    double rate;          // Hz
    uint64_t at;          // frames given so far
    uint64_t length;      // frames in all; of a recording the best guess, 0: not known
    Strip* person;        // the simulated person, or
    Recording* recording; // a recording, with
    Resampler* resampler;
    double gain, offset; // output = (sample − offset) · gain
    float last;          // sample, held where the recording has a hole
    bool ended;
};

DemoSource* demo_source_person(const char* bundle, double rate_hz, double seconds)
{
    DemoSource* const source = (DemoSource*)calloc(1, sizeof(DemoSource));
    if (!source) {
        return NULL;
    }
    source->rate = rate_hz;
    source->length = (uint64_t)(seconds * rate_hz);
    source->person = strip_new(bundle, HEART_URI, rate_hz);
    if (!source->person) {
        free(source);
        return NULL;
    }
    return source;
}

// A signal without a unit: its middle to 0, its peak to UNITLESS_PEAK. Reads the first seconds.
static void judge_level(DemoSource* source, double rate_hz)
{
    float part[256];
    double low = INFINITY;
    double high = -INFINITY;
    const double wanted = fmin(JUDGED_S * rate_hz, MAX_JUDGED);
    for (double done = 0.0; done < wanted;) {
        const size_t n = recording_read(source->recording, part, 256);
        for (size_t i = 0; i < n; ++i) {
            if (isfinite(part[i])) {
                low = fmin(low, part[i]);
                high = fmax(high, part[i]);
            }
        }
        done += (double)n;
        if (n < 256) {
            break;
        }
    }
    if (high > low) {
        source->offset = 0.5 * (low + high);
        source->gain = 2.0 * UNITLESS_PEAK / (high - low);
    }
}

static bool open_recording(DemoSource* source, const char* path, const char* column, char* error)
{
    source->recording = recording_open(path, 0.0, error);
    if (!source->recording) {
        return false;
    }
    const int index = column ? recording_find(source->recording, column, error)
                             : recording_default(source->recording);
    if (index < 0) {
        if (!column) {
            snprintf(error, RECORDING_ERROR_SIZE, "%s: no channel to play", path);
        }
        return false;
    }
    const RecordingChannel* const channel = recording_channel(source->recording, (unsigned)index);
    if (!(channel->rate > 0.0)) {
        snprintf(error, RECORDING_ERROR_SIZE, "%s: the file does not say its sample rate", path);
        return false;
    }
    if (!recording_select(source->recording, (unsigned)index)) {
        snprintf(error, RECORDING_ERROR_SIZE, "%s", recording_error(source->recording));
        return false;
    }
    const double millivolts = recording_millivolts(channel->unit);
    source->gain = millivolts / FULL_SCALE_MV;
    if (!(millivolts > 0.0)) {
        source->gain = 1.0;
        judge_level(source, channel->rate);
        recording_select(source->recording, (unsigned)index);
    }
    const double step = channel->rate / source->rate;
    source->resampler = resampler_new(fmax(step, 1.0));
    if (!source->resampler) {
        snprintf(error, RECORDING_ERROR_SIZE, "%s: no resampling from %g Hz", path, channel->rate);
        return false;
    }
    resampler_set_step(source->resampler, step);
    source->length = (uint64_t)((double)channel->length / channel->rate * source->rate);
    return true;
}

DemoSource* demo_source_recording(const char* path, const char* column, double rate_hz,
                                  double seconds)
{
    char error[RECORDING_ERROR_SIZE] = "out of memory";
    DemoSource* const source = (DemoSource*)calloc(1, sizeof(DemoSource));
    if (source) {
        source->rate = rate_hz;
        if (open_recording(source, path, column, error)) {
            const uint64_t wanted = (uint64_t)(seconds * rate_hz);
            if (wanted && (!source->length || wanted < source->length)) {
                source->length = wanted;
            }
            return source;
        }
        demo_source_free(source);
    }
    fprintf(stderr, "tonus-demo: %s\n", error);
    return NULL;
}

void demo_source_free(DemoSource* source)
{
    if (source) {
        recording_close(source->recording);
        resampler_free(source->resampler);
        strip_free(source->person);
        free(source);
    }
}

double demo_source_seconds(const DemoSource* source)
{
    return (double)source->length / source->rate;
}

static void set_control(Strip* strip, const char* symbol, double value)
{
    float* const port = strip_port(strip, symbol);
    if (port) {
        *port = (float)value;
    }
}

static void lead_person(DemoSource* source)
{
    const double share = (double)source->at / (double)source->length;
    const double glide = fmin(fmax((share - GLIDE_START) / (GLIDE_END - GLIDE_START), 0.0), 1.0);
    set_control(source->person, "rsa_natural", 1.0);
    set_control(source->person, "breath_rate",
                BREATH_START_PER_MIN + glide * (BREATH_GOAL_PER_MIN - BREATH_START_PER_MIN));
    set_control(source->person, "heart_rate",
                RATE_START_BPM + glide * (RATE_GOAL_BPM - RATE_START_BPM));
    set_control(source->person, "rsa", RSA_START_MS + share * (RSA_GOAL_MS - RSA_START_MS));
}

static uint32_t read_person(DemoSource* source, float* out, uint32_t n, Report* report)
{
    lead_person(source);
    strip_run(source->person, n);
    memcpy(out, strip_port(source->person, "out"), n * sizeof(float));
    const StripMessage* messages = NULL;
    const uint32_t n_messages = strip_messages(source->person, &messages);
    for (uint32_t i = 0; i < n_messages; ++i) {
        const uint8_t* const bytes = messages[i].bytes;
        const double time_s = (double)(source->at + messages[i].frame) / source->rate;
        if ((bytes[0] & 0xF0) != LV2_MIDI_MSG_NOTE_ON || !bytes[2]) {
            continue;
        }
        if (bytes[1] == NOTE_BEAT || bytes[1] == NOTE_ODD_BEAT) {
            report_true_beat(report, time_s);
        } else if (bytes[1] == NOTE_IN_BREATH) {
            report_true_breath(report, time_s);
        }
    }
    return n;
}

static uint32_t read_recording(DemoSource* source, float* out, uint32_t n)
{
    uint32_t done = 0;
    while (done < n && !source->ended) {
        if (!resampler_hungry(source->resampler)) {
            const double value = resampler_pull(source->resampler);
            out[done++] = (float)fmin(fmax(value, -1.0), 1.0);
            continue;
        }
        float sample;
        if (recording_read(source->recording, &sample, 1) < 1) {
            source->ended = true;
            if (*recording_error(source->recording)) {
                fprintf(stderr, "tonus-demo: %s\n", recording_error(source->recording));
            }
            break;
        }
        source->last = isfinite(sample) ? sample : source->last;
        resampler_push(source->resampler, (float)((source->last - source->offset) * source->gain));
    }
    return done;
}

uint32_t demo_source_read(DemoSource* source, float* out, uint32_t n, Report* report)
{
    // a length of 0 is not known beforehand
    if (source->length) {
        const uint64_t left = source->at < source->length ? source->length - source->at : 0;
        n = left < n ? (uint32_t)left : n;
    }
    if (n) {
        n = source->person ? read_person(source, out, n, report) : read_recording(source, out, n);
        source->at += n;
    }
    return n;
}
