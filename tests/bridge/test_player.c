// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The way of a live signal from arriving packets to the frames of a port, without JACK

#include "unit.h"

#include "bridge/clock.h"
#include "bridge/link.h"
#include "bridge/player.h"

#include <math.h>
#include <string.h>

#define RATE  48000.0
#define BLOCK 256u

/// An ECG of one R peak each second: peak k stands at k + 0.3 s
static double ecg(double t)
{
    const double u = (t - floor(t) - 0.3) / 0.010;
    return 0.5 * exp(-0.5 * u * u);
}

typedef struct {
    Stream* stream;
    Player* player;
    double time_us; // of the next block
    float out[BLOCK], quality[BLOCK];
} Port;

static Port open_port(double rate, bool free_running)
{
    Port port = {.stream = stream_new(rate, free_running), .time_us = 5e8};
    port.player = player_new(port.stream, RATE);
    assert_non_null(port.player);
    return port;
}

static void close_port(Port* port)
{
    player_free(port->player);
    stream_free(port->stream);
}

static void next_block(Port* port)
{
    const double period_us = BLOCK / RATE * 1e6;
    player_process(port->player, port->time_us, period_us, false, port->out, port->quality, BLOCK);
    port->time_us += period_us;
}

typedef struct {
    double mean_ms, sd_ms, rr_sd_ms, rr_max_ms; // of R peaks on the port against truth + latency
    double good;                                // share of frames with quality 1
} Result;

/// A sensor of 130 (1 + error) Hz in packets of n through a link to the port; peaks count after a
/// minute. The sensor is gone from `gone_from` to `gone_to`.
static Result listen(double error, unsigned n, const LinkModel* model, double seconds,
                     double gone_from, double gone_to)
{
    const double true_rate = 130.0 * (1.0 + error);
    const double delay_s = n / 130.0 + 8.0 / 130.0 + 0.15;
    Link link = link_make(model, 7);
    Clock* const clock = clock_new(130.0);
    Port port = open_port(130.0, false);
    const double origin_us = port.time_us;
    uint64_t index = 0;
    double at = link_arrival(&link, n / true_rate);
    double sum = 0.0;
    double squares = 0.0;
    double rr_squares = 0.0;
    double rr_max = 0.0;
    double last_peak = NAN;
    unsigned peaks = 0;
    unsigned intervals = 0;
    double good = 0.0;
    double frames = 0.0;
    float before[2] = {0.0f, 0.0f};
    for (double now = 0.0; now < seconds; now += BLOCK / RATE) {
        while (at <= now) {
            StreamPacket packet = {.n = 0};
            const bool gone = now > gone_from && now < gone_to;
            for (unsigned i = 0; i < n; i++, index++) {
                packet.index = packet.n ? packet.index : index;
                packet.x[packet.n++] = (float)ecg((double)index / true_rate);
                if (packet.n == STREAM_PACKET || i == n - 1) {
                    assert_true(gone || stream_put(port.stream, &packet));
                    packet.n = 0;
                }
            }
            if (!gone) {
                clock_add(clock, (double)(index - 1), origin_us + at * 1e6);
                const ClockFit fit = clock_fit(clock);
                stream_set_map(port.stream, &(StreamMap){fit.index, fit.time_us, fit.rate, delay_s,
                                                         fit.locked, 1});
            }
            at = link_arrival(&link, (double)(index + n) / true_rate);
        }
        const double block_s = (port.time_us - origin_us) * 1e-6;
        next_block(&port);
        for (unsigned i = 0; i < BLOCK; i++) {
            const float y = port.out[i];
            assert_true(fabsf(y) <= 1.0f);
            if (block_s > 60.0) {
                good += port.quality[i];
                frames++;
            }
            if (block_s > 60.0 && before[1] > 0.25f && before[1] >= before[0] && before[1] > y) {
                const double bend = before[0] - 2.0 * before[1] + y;
                const double t =
                    block_s + (i - 1.0 + 0.5 * (before[0] - y) / bend) / RATE - delay_s;
                const double off_ms = (t - floor(t) - 0.3) * 1e3;
                sum += off_ms;
                squares += off_ms * off_ms;
                peaks++;
                const double rr_ms = (t - last_peak) * 1e3 - 1000.0;
                if (fabs(rr_ms) < 500.0) {
                    rr_squares += rr_ms * rr_ms;
                    rr_max = fmax(rr_max, fabs(rr_ms));
                    intervals++;
                }
                last_peak = t;
            }
            before[0] = before[1];
            before[1] = y;
        }
    }
    close_port(&port);
    clock_free(clock);
    assert_true(peaks > 0.7 * (seconds - 60.0) - (gone_to - gone_from));
    const double mean = sum / peaks;
    return (Result){mean, sqrt(squares / peaks - mean * mean), sqrt(rr_squares / intervals), rr_max,
                    good / frames};
}

static void test_r_peaks_at_the_port(void** state)
{
    (void)state;
    static const double errors[] = {0.0003, 0.015, -0.02};
    for (unsigned i = 0; i < 3; i++) {
        const Result r = listen(errors[i], 73, &link_ble, 300.0, 0.0, 0.0);
        print_message(
            "%+.2f %%: R peaks %.3f ms late, sd %.3f ms; RR sd %.3f max %.3f ms; good %.4f\n",
            100.0 * errors[i], r.mean_ms, r.sd_ms, r.rr_sd_ms, r.rr_max_ms, r.good);
        assert_true(r.sd_ms <= 0.5);
        assert_true(r.rr_sd_ms <= 0.1);
        assert_true(r.rr_max_ms <= 0.5);
        assert_true(r.good > 0.97);
    }
    const Result r = listen(0.001, 1, &link_usb1, 120.0, 0.0, 0.0);
    print_message("USB: %.3f ms late, sd %.3f ms\n", r.mean_ms, r.sd_ms);
    assert_true(r.sd_ms <= 0.05);
    assert_true(r.good == 1.0);
}

static void test_a_lost_sensor_comes_back(void** state)
{
    (void)state;
    const Result r = listen(0.0003, 73, &link_ble, 240.0, 100.0, 130.0);
    assert_true(r.good > 0.75 && r.good < 0.86); // 30 of 180 s
    assert_true(r.rr_max_ms <= 0.5);
}

static void test_a_gap_is_held_then_fades(void** state)
{
    (void)state;
    Port port = open_port(100.0, true);
    StreamPacket packet = {.n = 50};
    for (unsigned i = 0; i < 10; i++) {
        for (unsigned k = 0; k < 50; k++) {
            packet.x[k] = i == 2 || (i >= 4 && i < 8) ? NAN : 0.5f;
        }
        if (i == 2) { // a short gap: 0.2 s
            for (unsigned k = 20; k < 50; k++) {
                packet.x[k] = 0.5f;
            }
        }
        packet.index = 50 * i;
        assert_true(stream_put(port.stream, &packet));
    }
    stream_end(port.stream);
    float low_in_short_gap = 1.0f;
    float low_in_long_gap = 1.0f;
    float last = 0.0f;
    unsigned bad = 0;
    for (double t = 0.0; t < 4.9; t += BLOCK / RATE) {
        next_block(&port);
        for (unsigned i = 0; i < BLOCK; i++) {
            bad += port.quality[i] == 0.0f;
            if (t > 0.5) {
                assert_true(fabsf(port.out[i] - last) < 0.01f); // no click anywhere
            }
            last = port.out[i];
        }
        if (t > 0.9 && t < 1.3) {
            low_in_short_gap = fminf(low_in_short_gap, port.out[0]);
        } else if (t > 2.0 && t < 4.0) {
            low_in_long_gap = fminf(low_in_long_gap, port.out[0]);
        }
    }
    assert_float_equal(low_in_short_gap, 0.5, 1e-3);
    assert_true(low_in_long_gap == 0.0f);
    assert_float_equal(last, 0.5, 1e-3);
    assert_in_range(bad, (unsigned)(2.15 * RATE), (unsigned)(2.25 * RATE));
    close_port(&port);
}

static void test_wild_input(void** state)
{
    (void)state;
    static const float wild[] = {NAN,    INFINITY, -INFINITY, 1e30f, -1e30f,
                                 1e-40f, 5.0f,     -3.0f,     0.95f};
    Port port = open_port(500.0, true);
    StreamPacket packet = {.n = 64};
    for (unsigned i = 0; i < 100; i++) {
        for (unsigned k = 0; k < 64; k++) {
            packet.x[k] = i < 50 ? wild[(i * 64 + k) % 9] : 0.25f;
        }
        packet.index = 64 * i;
        assert_true(stream_put(port.stream, &packet));
    }
    for (double t = 0.0; t < 12.0; t += BLOCK / RATE) {
        next_block(&port);
        for (unsigned i = 0; i < BLOCK; i++) {
            assert_true(fabsf(port.out[i]) <= 1.0f); // false for NAN, too
        }
    }
    assert_float_equal(port.out[BLOCK - 1], 0.25, 1e-6);
    assert_true(port.quality[BLOCK - 1] == 1.0f);
    close_port(&port);
    assert_true(player_limit(0.5f) == 0.5f && player_limit(NAN) == 0.0f &&
                player_limit(-1e30f) == -1.0f);
    for (float x = 0.0f; x < 3.0f; x += 0.001f) {
        assert_true(player_limit(x + 0.001f) >= player_limit(x) && player_limit(x) <= 1.0f);
    }
    assert_null(player_new(NULL, 0.0));
    player_free(NULL);
}

static void test_feed_is_in_order(void** state)
{
    (void)state;
    Stream* const stream = stream_new(100.0, true);
    StreamPacket packet = {.n = 1};
    uint64_t put = 0;
    while (packet.index = put, stream_put(stream, &packet)) {
        put++;
    }
    assert_int_equal(stream_space(stream), 0);
    for (uint64_t i = 0; i < 5000; i++) {
        assert_true(stream_get(stream, &packet));
        assert_int_equal(packet.index, i);
        packet.index = put++;
        assert_true(stream_put(stream, &packet));
    }
    assert_false(stream_ended(stream));
    stream_end(stream);
    while (stream_get(stream, &packet)) {
    }
    assert_true(stream_ended(stream));
    stream_free(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_r_peaks_at_the_port),
        cmocka_unit_test(test_a_lost_sensor_comes_back),
        cmocka_unit_test(test_a_gap_is_held_then_fades),
        cmocka_unit_test(test_wild_input),
        cmocka_unit_test(test_feed_is_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
