// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/live.h"

#include "bridge/clock.h"
#include "bridge/packetlog.h"
#include "bridge/range.h"
#include "bridge/resampler.h"

#include <math.h>
#include <stdlib.h>

#define EPOCH_GAP_S     2.0    // of sample numbers between two connections, so that they never mix
#define GAP_TOLERANCE   1.5    // samples: a device's stamps are that true
#define MAX_GAP_S       3600.0 // a clock that was set is no gap
#define WATCH_US        3e6   // packets of this long that all come late mean that samples were lost
#define LOSSY_US        4e5   // the same where every packet may be lost: they come one by one there
#define NEW_US          2e5   // the same while the rate is not known yet,
#define DRIFT           0.025 // and may be off by so much
#define LEAST_SEEN      4u    // packets that tell
#define SILENCE_PACKETS 3.0   // without a packet for so many is a silence
#define MIN_LATE        1.5   // samples, and
#define MIN_LATE_PART   0.6   // of a packet
#define RATE_GAIN       0.02  // per packet, of the device's rate on its own clock

struct Live {
    Source* source;
    unsigned channel;
    double nominal;
    Clock* clock;
    Range range;
    bool measuring;
    uint64_t next; // number of the next sample
    uint32_t epoch;
    double delay_s;
    double device_s;   // of the last packet, NAN before
    double watch_us;   // since when lateness is watched
    double least_late; // since then, in samples
    unsigned seen;     // packets since then
    double arrival_us; // of the last one
    double before;     // least_late of the stretch before, for a rate that is not known yet
    bool lossy;
    double device_rate; // samples per second of the device's own clock
};

Live* live_new(Source* source, unsigned channel)
{
    Live* const live = calloc(1, sizeof *live);
    if (!live) {
        return NULL;
    }
    live->source = source;
    live->channel = channel;
    live->nominal = stream_rate(source_channel(source, channel)->stream);
    live->clock = clock_new(live->nominal);
    if (!live->clock) {
        free(live);
        return NULL;
    }
    live->measuring = source_channel(source, channel)->full_scale <= 0.0;
    range_begin(&live->range, live->nominal);
    return live;
}

void live_free(Live* live)
{
    if (live) {
        clock_free(live->clock);
        free(live);
    }
}

void live_expect_losses(Live* live)
{
    live->lossy = true;
}

static void publish(Live* live)
{
    const ClockFit fit = clock_fit(live->clock);
    const StreamMap map = {.index = fit.index,
                           .time_us = fit.time_us,
                           .rate = fit.rate,
                           .delay_s = live->delay_s,
                           .locked = fit.locked,
                           .epoch = live->epoch};
    stream_set_map(source_channel(live->source, live->channel)->stream, &map);
}

void live_begin(Live* live, double packet_s, double jitter_s)
{
    live->epoch++;
    live->next += (uint64_t)(EPOCH_GAP_S * live->nominal) + RESAMPLER_HALF_WIDTH;
    live->delay_s = packet_s + jitter_s + RESAMPLER_HALF_WIDTH / live->nominal;
    live->device_s = NAN;
    live->device_rate = live->nominal;
    live->least_late = INFINITY;
    live->before = NAN;
    live->seen = 0;
    clock_reset(live->clock);
    publish(live);
}

/// Samples that are missing according to the device's own time
static uint64_t gap_by_device(Live* live, uint32_t n, double device_s)
{
    const double step = device_s - live->device_s;
    live->device_s = device_s;
    if (!isfinite(step) || !(step > 0.0) || step > MAX_GAP_S) {
        return 0;
    }
    const double more = step * live->device_rate - n;
    if (more > fmax(GAP_TOLERANCE, 0.05 * n)) {
        return (uint64_t)(more + 0.5);
    }
    live->device_rate += RATE_GAIN * (n / step - live->device_rate);
    return 0;
}

/// The least lateness of a stretch of time, in samples against a line; NAN while it lasts. It
/// begins anew after a silence: what was held up comes then, and is late without being lost.
static double least_lateness(Live* live, uint32_t n, double late, double arrival_us,
                             double stretch_us)
{
    const double silence_us = fmax(0.5 * stretch_us, SILENCE_PACKETS * n * 1e6 / live->nominal);
    if (arrival_us - live->arrival_us > silence_us) {
        live->watch_us = arrival_us;
        live->least_late = INFINITY;
        live->seen = 0;
    }
    live->arrival_us = arrival_us;
    live->least_late = fmin(live->least_late, late);
    live->seen++;
    if (arrival_us - live->watch_us < stretch_us || live->seen < LEAST_SEEN) {
        return (double)NAN;
    }
    const double least = live->least_late;
    live->watch_us = arrival_us;
    live->least_late = INFINITY;
    live->seen = 0;
    return least;
}

/// As below, while the clock is being learnt: lateness against the nominal rate, from one stretch
/// to the next. Only where losses are to be expected: elsewhere, a rate is to be learnt from all.
static uint64_t gap_of_new(Live* live, uint32_t n, double arrival_us)
{
    const double late = arrival_us * 1e-6 * live->nominal - (double)(live->next + n - 1);
    if (!live->lossy) {
        live->watch_us = arrival_us;
        return 0;
    }
    if (!isfinite(live->before)) {
        live->before = late;
        live->watch_us = arrival_us;
        return 0;
    }
    const double least = least_lateness(live, n, late, arrival_us, NEW_US);
    if (!isfinite(least)) {
        return 0;
    }
    const double step = least - live->before;
    const double drift = DRIFT * NEW_US * 1e-6 * live->nominal;
    const bool lost = step > MIN_LATE + drift && step > MIN_LATE_PART * n + drift &&
                      step < MAX_GAP_S * live->nominal;
    const double gap = lost ? floor(step + 0.5) : 0.0;
    live->before = least - gap;
    return (uint64_t)gap;
}

/// Samples lost without a trace in the data: the device numbers nothing, but from some moment on
/// even the quickest packets are late by whole packets. Found after three seconds, or sooner where
/// losses are the rule.
static uint64_t gap_by_lateness(Live* live, uint32_t n, double arrival_us)
{
    const ClockFit fit = clock_fit(live->clock);
    if (!fit.locked) {
        return gap_of_new(live, n, arrival_us);
    }
    const double due_us = fit.time_us + ((double)(live->next + n - 1) - fit.index) * 1e6 / fit.rate;
    const double late = least_lateness(live, n, (arrival_us - due_us) * 1e-6 * fit.rate, arrival_us,
                                       live->lossy ? LOSSY_US : WATCH_US);
    const bool lost = late > MIN_LATE && late > MIN_LATE_PART * n && late < MAX_GAP_S * fit.rate;
    return lost ? (uint64_t)(late + 0.5) : 0;
}

void live_push(Live* live, const float* x, uint32_t n, uint64_t lost, double device_s,
               double arrival_us)
{
    if (n == 0) {
        return;
    }
    const SourceChannel* const channel = source_channel(live->source, live->channel);
    if (isfinite(device_s)) {
        const uint64_t gap = gap_by_device(live, n, device_s);
        lost = gap > lost ? gap : lost;
    } else if (lost == 0) {
        lost = gap_by_lateness(live, n, arrival_us);
    }
    const uint64_t first = live->next + lost;
    live->next = first + n;
    clock_add(live->clock, (double)(live->next - 1), arrival_us);
    publish(live);
    const ClockFit fit = clock_fit(live->clock);
    source_count(live->source, 1, n, lost, fit.locked ? fit.rate : 0.0);
    const PacketLine line = {.source = source_word(live->source),
                             .channel = signal_name(channel->kind),
                             .index = first,
                             .samples = n,
                             .device_s = device_s,
                             .arrival_s = arrival_us * 1e-6,
                             .frame =
                                 source_frame_at(live->source, fit.time_us + live->delay_s * 1e6 -
                                                                   (n - 1) * 1e6 / fit.rate),
                             .gap = lost};
    packetlog_write(source_log(live->source), &line);
    if (live->measuring) {
        if (!range_add(&live->range, x, n)) {
            return; // not scaled yet: the samples are missing
        }
        double offset;
        double full_scale;
        range_end(&live->range, &offset, &full_scale);
        source_set_scale(live->source, live->channel, offset, full_scale);
        live->measuring = false;
    }
    source_put(live->source, live->channel, first, x, n);
}
