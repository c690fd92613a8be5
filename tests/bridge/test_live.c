// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A live sensor's samples against the clock: what is there in time, whatever a network loses

#include "unit.h"

#include "bridge/live.h"
#include "bridge/source.h"
#include "dsp/random.h"

#include <math.h>
#include <stdio.h>

#define RATE     250.0
#define PACKET   5u
#define JITTER_S 0.1

typedef struct {
    double rate;    // true one
    double loss;    // chance of a packet
    double burst;   // chance that the link stands still
    double burst_s; // for so long; then all comes at once
    bool lossy;     // what is expected
} Link;

typedef struct {
    double in_time; // share of the samples that came before they were due, after 30 s
    double error_s; // mean of where they are put against where they belong
    double lost, found;
} Result;

static Result run(const Link* link, double seconds)
{
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    const char* const options[] = {"rate=250", "scale=1"};
    Source* const source = source_open("stdin", options, 2, error, &usage);
    assert_non_null(source);
    Live* const live = live_new(source, 0);
    Stream* const stream = source_channel(source, 0)->stream;
    Random random = random_make(4, 1);
    const float x[PACKET] = {0};
    Result result = {0};
    double held_until = 0.0;
    double before = 0.0;
    unsigned n = 0;
    unsigned in_time = 0;
    uint64_t next = 0;
    if (link->lossy) {
        live_expect_losses(live);
    }
    live_begin(live, PACKET / RATE, JITTER_S);
    for (unsigned k = 1; k * PACKET < seconds * link->rate; k++) {
        const double sent = 100.0 + k * PACKET / link->rate; // when its last sample was taken
        if (random_uniform(&random) < link->burst) {
            held_until = sent + link->burst_s;
        }
        if (random_uniform(&random) < link->loss) {
            result.lost += PACKET;
            continue;
        }
        double arrival = fmax(sent, held_until) - 0.002 * log(1.0 - random_uniform(&random));
        arrival = before = fmax(arrival, before + 1e-5);
        live_push(live, x, PACKET, 0, (double)NAN, arrival * 1e6);
        StreamPacket packet;
        StreamMap map;
        while (stream_get(stream, &packet)) {
            result.found += next > 0 ? (double)(packet.index - next) : 0.0;
            next = packet.index + packet.n;
        }
        assert_true(stream_map(stream, &map));
        if (sent > 130.0) {
            const double put = map.time_us * 1e-6 + ((double)(next - 1) - map.index) / map.rate;
            in_time += arrival < put + map.delay_s;
            result.error_s += put - sent;
            n++;
        }
    }
    result.in_time = (double)in_time / n;
    result.error_s /= n;
    live_free(live);
    source_close(source);
    return result;
}

static void check(const char* name, const Link* link, double least_in_time, double most_error_s)
{
    const Result result = run(link, 120.0);
    print_message("%-34s %5.1f %% in time, %6.1f ms off, %4.0f of %4.0f lost ones found\n", name,
                  100.0 * result.in_time, 1e3 * result.error_s, result.found, result.lost);
    assert_true(result.in_time >= least_in_time);
    assert_true(fabs(result.error_s) <= most_error_s);
}

static void test_a_network_that_loses_packets(void** state)
{
    (void)state;
    check("5 % lost", &(Link){250.0, 0.05, 0.0, 0.0, true}, 0.98, 0.03);
    check("5 % lost, 0.3 % fast", &(Link){250.75, 0.05, 0.0, 0.0, true}, 0.98, 0.03);
    check("5 % lost, 0.5 % slow", &(Link){248.75, 0.05, 0.0, 0.0, true}, 0.98, 0.03);
    check("10 % lost", &(Link){250.0, 0.1, 0.0, 0.0, true}, 0.95, 0.08);
    check("2 % lost, held up for 0.2 s", &(Link){250.0, 0.02, 0.005, 0.2, true}, 0.9, 0.03);
}

static void test_what_is_late_is_not_lost(void** state)
{
    (void)state;
    for (int lossy = 0; lossy < 2; lossy++) {
        for (int slow = -2; slow <= 2; slow++) {
            const Link link = {RATE * (1.0 + 0.01 * slow), 0.0, 0.003, 0.3, lossy};
            const Result result = run(&link, 120.0);
            if (result.found > 0.0) {
                fail_msg("%+d %%, losses%s expected: %.0f found", slow, lossy ? "" : " not",
                         result.found);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_network_that_loses_packets),
        cmocka_unit_test(test_what_is_late_is_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
