// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A recording that behaves as a live sensor: packets, bursts, seeds

#include "unit.h"

#include "bridge/link.h"
#include "bridge/source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + t.tv_nsec * 1e-3;
}

static void nap_ms(unsigned ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static void test_links(void** state)
{
    (void)state;
    static const LinkModel* const models[] = {&link_ble, &link_usb1, &link_usb16};
    for (unsigned m = 0; m < 3; m++) {
        Link a = link_make(models[m], 5);
        Link b = link_make(models[m], 5);
        Link c = link_make(models[m], 6);
        double last = 0.0;
        double late = 0.0;
        unsigned differ = 0;
        unsigned bursts = 0;
        for (unsigned i = 1; i <= 5000; i++) {
            const double ready = i * 0.1;
            const double at = link_arrival(&a, ready);
            assert_true(at >= ready && at > last); // never early, never overtaking
            assert_true(link_arrival(&b, ready) == at);
            differ += link_arrival(&c, ready) != at;
            bursts += at - ready > models[m]->interval_s * 3.0 + 0.01;
            late += (at - ready) / 5000.0;
            last = at;
        }
        assert_true(differ > 4000); // another seed, other delays
        assert_true(models[m]->burst_s[1] < 0.06 || (bursts > 2 && bursts < 500));
        assert_true(late > 0.3 * models[m]->interval_s);
    }
}

/// Plays two seconds of a counting signal of 100 Hz and looks at its packets as they come
static void play(const char* link, double packet_ms, double speed_percent)
{
    char path[] = "/tmp/tonus-replay-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE* const file = fdopen(fd, "w");
    for (int i = 0; i < 200; i++) {
        fprintf(file, "%d\n", i);
    }
    fclose(file);
    char word[96];
    char jitter[32];
    char drift[32];
    char csv[80];
    snprintf(csv, sizeof csv, "%s.csv", path);
    assert_int_equal(rename(path, csv), 0);
    snprintf(word, sizeof word, "file:%s", csv);
    snprintf(jitter, sizeof jitter, "jitter=%s", link);
    snprintf(drift, sizeof drift, "drift=%g", speed_percent);
    const char* const options[] = {"rate=100", "scale=200", jitter, drift, "seed=3"};
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    Source* const source = source_open(word, options, 5, error, &usage);
    if (!source) {
        fail_msg("%s", error);
    }
    assert_false(stream_free_running(source_channel(source, 0)->stream));
    assert_true(source_start(source, &(SourceHost){now_us, NULL, NULL, NULL}));
    const double begin_us = now_us();
    unsigned n = 0;
    unsigned packets = 0;
    for (bool ended = false; !ended;) {
        ended = source_state(source) == SOURCE_ENDED;
        StreamPacket packet;
        while (stream_get(source_channel(source, 0)->stream, &packet)) {
            for (unsigned i = 0; i < packet.n; i++, n++) {
                assert_float_equal(packet.x[i], n / 200.0, 1e-6);
            }
            packets++;
            // Live: nothing arrives before it was taken
            assert_true(now_us() - begin_us > n / 100.0 * 1e6 / (1.0 + 0.01 * speed_percent) - 2e3);
        }
        nap_ms(1);
        assert_true(now_us() - begin_us < 20e6);
    }
    assert_int_equal(n, 200); // the last packet may be short
    assert_in_range(packets, 200.0 / (packet_ms * 0.1) - 1, 200.0 / (packet_ms * 0.1) + 1);
    StreamMap map;
    assert_true(stream_map(source_channel(source, 0)->stream, &map));
    assert_true(map.epoch == 1 && map.delay_s > packet_ms * 1e-3);
    source_close(source);
    unlink(csv);
}

static void test_a_recording_as_a_sensor(void** state)
{
    (void)state;
    play("usb16", 10.0, 2.0);
    play("ble", 560.0, -1.5);
}

static void test_wrong_options(void** state)
{
    (void)state;
    static const struct {
        const char* option;
        const char* says;
    } cases[] = {{"jitter=wlan", "jitter is ble, usb1 or usb16"},
                 {"drift=1", "needs jitter"},
                 {"drift=9", "drift must be"}};
    for (unsigned i = 0; i < 3; i++) {
        char error[RECORDING_ERROR_SIZE];
        bool usage;
        const char* const options[] = {cases[i].option};
        assert_null(source_open("sim:", options, 1, error, &usage));
        assert_true(usage);
        assert_non_null(strstr(error, cases[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_a_recording_as_a_sensor),
        cmocka_unit_test(test_wrong_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
