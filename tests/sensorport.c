// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "sensorport.h"

#include "unit.h"

#include "bridge/clock.h"
#include "bridge/player.h"
#include "bridge/resampler.h"

#include <math.h>

#define RATE    12000.0
#define BLOCK   64u
#define GOLDEN  0.6180339887498949 // multiples of it spread evenly
#define START_S 500.0              // JACK's clock at the beginning

/// One peak each second: peak k stands at k + 0.3 s
static double beat(double t, double peak_s)
{
    const double u = (t - floor(t) - 0.3) / peak_s;
    return 0.5 * exp(-0.5 * u * u);
}

typedef struct {
    const SensorCase* what;
    double true_rate;
    Clock* clock;
    Stream* stream;
    Link link;
    double delay_s, peak_s;
    double phase_s;   // of the link's events
    uint64_t index;   // of the next packet
    double arrival_s; // of the next packet
} Sensor;

static void plan_packet(Sensor* sensor)
{
    const double last = (double)(sensor->index + sensor->what->packet - 1);
    sensor->arrival_s =
        link_arrival(&sensor->link, last / sensor->true_rate + sensor->phase_s) - sensor->phase_s;
}

/// Hands over what has arrived by now
static void deliver(Sensor* sensor, double now_s)
{
    const unsigned n = sensor->what->packet;
    for (; sensor->arrival_s <= now_s; plan_packet(sensor)) {
        const bool gone = now_s > sensor->what->gone_s[0] && now_s < sensor->what->gone_s[1];
        StreamPacket packet = {.n = 0};
        for (unsigned i = 0; i < n; i++, sensor->index++) {
            packet.index = packet.n ? packet.index : sensor->index;
            packet.x[packet.n++] =
                (float)beat((double)sensor->index / sensor->true_rate, sensor->peak_s);
            if (packet.n == STREAM_PACKET || i == n - 1) {
                assert_true(gone || stream_put(sensor->stream, &packet));
                packet.n = 0;
            }
        }
        if (!gone) {
            clock_add(sensor->clock, (double)(sensor->index - 1),
                      (START_S + sensor->arrival_s) * 1e6);
            const ClockFit fit = clock_fit(sensor->clock);
            const StreamMap map = {fit.index,       fit.time_us, fit.rate,
                                   sensor->delay_s, fit.locked,  1};
            stream_set_map(sensor->stream, &map);
        }
    }
}

typedef struct {
    double sum, squares, low, high;
    double rr_squares, rr_max, last_peak;
    unsigned peaks, intervals;
    double quarter[2]; // sums of the first and the last
    unsigned in_quarter[2];
} Peaks;

static void take_peak(Peaks* peaks, double t, const SensorCase* what)
{
    const double off_ms = (t - floor(t) - 0.3) * 1e3;
    const double quarter_s = (what->until_s - what->from_s) / 4.0;
    peaks->sum += off_ms;
    peaks->squares += off_ms * off_ms;
    peaks->low = fmin(peaks->low, off_ms);
    peaks->high = fmax(peaks->high, off_ms);
    peaks->peaks++;
    for (int i = 0; i < 2; i++) {
        if (i ? t > what->until_s - quarter_s : t < what->from_s + quarter_s) {
            peaks->quarter[i] += off_ms;
            peaks->in_quarter[i]++;
        }
    }
    const double rr_ms = (t - peaks->last_peak) * 1e3 - 1000.0;
    if (fabs(rr_ms) < 500.0) {
        peaks->rr_squares += rr_ms * rr_ms;
        peaks->rr_max = fmax(peaks->rr_max, fabs(rr_ms));
        peaks->intervals++;
    }
    peaks->last_peak = t;
}

SensorResult sensor_listen(const SensorCase* what)
{
    Sensor sensor = {.what = what,
                     .true_rate = what->rate * (1.0 + what->error),
                     .clock = clock_new(what->rate),
                     .stream = stream_new(what->rate, false),
                     .link = link_make(what->link, what->seed),
                     .delay_s = what->packet / what->rate + RESAMPLER_HALF_WIDTH / what->rate +
                                what->link->jitter_s,
                     .peak_s = what->peak_s > 0.0 ? what->peak_s : 0.010,
                     .phase_s = fmod(what->seed * GOLDEN, 1.0) * what->link->interval_s};
    Player* const player = player_new(sensor.stream, RATE);
    assert_true(sensor.clock && sensor.stream && player);
    plan_packet(&sensor);
    Peaks peaks = {.low = INFINITY, .high = -INFINITY, .last_peak = (double)NAN};
    SensorResult result = {.first_good_s = INFINITY};
    double good = 0.0;
    double frames = 0.0;
    double bad_s = 0.0; // when quality was 0 last
    float before[2] = {0.0f, 0.0f};
    for (uint64_t block = 0; (double)block * BLOCK / RATE < what->until_s; block++) {
        const double now_s = (double)block * BLOCK / RATE;
        float out[BLOCK];
        float quality[BLOCK];
        deliver(&sensor, now_s);
        player_process(player, (START_S + now_s) * 1e6, BLOCK / RATE * 1e6, false, out, quality,
                       BLOCK);
        for (unsigned i = 0; i < BLOCK; i++) {
            const float y = out[i];
            result.highest = fmaxf(result.highest, fabsf(y));
            assert_true(fabsf(y) <= 1.0f);
            if (quality[i] < 1.0f) {
                bad_s = now_s;
            } else {
                result.first_good_s = fmin(result.first_good_s, now_s);
            }
            good += now_s > what->from_s ? quality[i] : 0.0;
            frames += now_s > what->from_s;
            if (now_s > what->from_s && now_s > bad_s + 0.2 && before[1] > 0.25f &&
                before[1] >= before[0] && before[1] > y) {
                const double bend = before[0] - 2.0 * before[1] + y;
                const double top = i - 1.0 + 0.5 * (before[0] - y) / bend;
                take_peak(&peaks, now_s + top / RATE - sensor.delay_s, what);
            }
            before[0] = before[1];
            before[1] = y;
        }
    }
    player_free(player);
    stream_free(sensor.stream);
    clock_free(sensor.clock);
    result.peaks = peaks.peaks;
    result.expected = (unsigned)(what->until_s - what->from_s);
    result.late_ms = peaks.sum / peaks.peaks;
    result.sd_ms = sqrt(fmax(peaks.squares / peaks.peaks - result.late_ms * result.late_ms, 0.0));
    result.max_ms = fmax(peaks.high - result.late_ms, result.late_ms - peaks.low);
    result.rr_sd_ms = sqrt(peaks.rr_squares / peaks.intervals);
    result.rr_max_ms = peaks.rr_max;
    result.drift_ms =
        peaks.quarter[1] / peaks.in_quarter[1] - peaks.quarter[0] / peaks.in_quarter[0];
    result.good = good / frames;
    return result;
}
