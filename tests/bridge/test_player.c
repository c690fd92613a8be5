// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The way of a live signal from arriving packets to the frames of a port, without JACK

#include "unit.h"

#include "bridge/player.h"
#include "sensorport.h"

#include <math.h>
#include <string.h>

#define RATE  48000.0
#define BLOCK 256u

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

static int compare(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

static void test_r_peaks_at_the_port(void** state)
{
    (void)state;
    static const double errors[] = {0.0003, 0.015, -0.015};
    for (unsigned i = 0; i < 3; i++) {
        double sd_ms[5];
        double late_ms[5];
        for (uint32_t seed = 1; seed <= 5; seed++) {
            const SensorCase strap = {.rate = 130.0,
                                      .error = errors[i],
                                      .packet = 73,
                                      .link = &link_ble,
                                      .from_s = 60.0,
                                      .until_s = 480.0,
                                      .seed = seed};
            const SensorResult r = sensor_listen(&strap);
            sd_ms[seed - 1] = r.sd_ms;
            late_ms[seed - 1] = fabs(r.late_ms);
            assert_true(r.rr_sd_ms <= 0.1);
            assert_true(r.rr_max_ms <= 0.5);
            assert_true(r.good > 0.97);
            assert_true(r.peaks > 0.9 * r.expected);
            assert_true(r.first_good_s > 20.0 && r.first_good_s < 25.0); // not trusted before
        }
        qsort(sd_ms, 5, sizeof *sd_ms, compare);
        qsort(late_ms, 5, sizeof *late_ms, compare);
        print_message("%+.2f %%: R peaks %.3f ms (%.3f) from where they are announced, wander by "
                      "%.3f (%.3f): median (worst)\n",
                      100.0 * errors[i], late_ms[2], late_ms[4], sd_ms[2], sd_ms[4]);
        // At +1.5 % 17 packets last almost 209 connection events, at -1.5 % three last almost 38:
        // where they stand between two events shows only after minutes, and within 45/17 and 45/3
        // ms nothing tells before
        static const double most_sd_ms[] = {0.5, 0.8, 2.0};
        static const double most_late_ms[] = {0.5, 0.7, 1.5};
        assert_true(sd_ms[2] <= most_sd_ms[i] && sd_ms[4] <= 1.25 * most_sd_ms[i]);
        assert_true(late_ms[2] <= most_late_ms[i] && late_ms[4] <= 1.5 * most_late_ms[i]);
    }
    const SensorCase usb = {500.0, 0.001, 1, &link_usb1, 60.0, 180.0, {0.0, 0.0}, 0.0, 7};
    const SensorResult r = sensor_listen(&usb);
    print_message("USB: %.3f ms late, sd %.3f ms\n", r.late_ms, r.sd_ms);
    assert_true(r.sd_ms <= 0.05 && fabs(r.late_ms) < 0.1);
    assert_true(r.good == 1.0);
}

static void test_a_lost_sensor_comes_back(void** state)
{
    (void)state;
    const SensorCase strap = {130.0, 0.0003, 73, &link_ble, 60.0, 240.0, {100.0, 130.0}, 0.0, 7};
    const SensorResult r = sensor_listen(&strap);
    assert_true(r.good > 0.75 && r.good < 0.86); // 30 of 180 s
    assert_true(r.rr_max_ms <= 0.5);
}

static void test_frames_that_jack_lost_are_leapt_over(void** state)
{
    (void)state;
    Port port = open_port(100.0, false);
    const double begin_us = port.time_us;
    uint64_t sent = 0;
    bool lost = false;
    while (port.time_us < begin_us + 75e6) {
        for (; begin_us + (double)(sent + 10) * 1e4 < port.time_us; sent += 10) {
            StreamPacket packet = {.index = sent, .n = 10};
            assert_true(stream_put(port.stream, &packet));
            const StreamMap map = {
                (double)sent + 9.0, begin_us + ((double)sent + 9.0) * 1e4, 100.0, 0.3, true, 1};
            stream_set_map(port.stream, &map);
        }
        if (!lost && port.time_us > begin_us + 70e6) {
            lost = true;
            port.time_us += 1e5; // an xrun: time has gone on, frames have not
            assert_true(fabs(player_state(port.player).error_ms) < 0.1);
        }
        next_block(&port);
    }
    const PlayerState s = player_state(port.player);
    assert_int_equal(s.resyncs, 1);
    assert_true(fabs(s.error_ms) < 0.1 && s.good);
    close_port(&port);
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
        cmocka_unit_test(test_frames_that_jack_lost_are_leapt_over),
        cmocka_unit_test(test_a_gap_is_held_then_fades),
        cmocka_unit_test(test_wild_input),
        cmocka_unit_test(test_feed_is_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
