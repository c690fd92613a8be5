// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The source lsl with a liblsl of our own (tests/fakes/lsl.c)

#define _GNU_SOURCE // program_invocation_name

#include "unit.h"

#include "bridge/source.h"

#include <errno.h>
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

static int choose_fake(void** state)
{
    (void)state;
    char path[600];
    char* const slash = strrchr(strcpy(path, program_invocation_name), '/');
    strcpy(slash ? slash + 1 : path, "../fakes/lsl.so");
    return setenv("LSL_LIB", path, 1);
}

static Source* open_source(const char* word, const char* const* options, unsigned n, char* error)
{
    bool usage;
    return source_open(word, options, n, error, &usage);
}

static void test_a_stream(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    const char* const options[] = {"column=2", "scale=1000"};
    Source* const source = open_source("lsl:Strap", options, 2, error);
    if (!source) {
        fail_msg("%s", error);
    }
    const SourceChannel* const channel = source_channel(source, 0);
    assert_int_equal(channel->kind, SIGNAL_ECG);
    assert_true(stream_rate(channel->stream) == 250.0);
    assert_true(source_start(source, &(SourceHost){now_us, NULL, NULL, NULL}));
    // 200 samples, then the stream is lost and found again
    unsigned n = 0;
    unsigned gaps = 0;
    uint64_t next = 0;
    for (unsigned ms = 0; ms < 20000 && n < 300; ms++) {
        StreamPacket packet;
        while (stream_get(channel->stream, &packet)) {
            gaps += n > 0 && packet.index != next;
            next = packet.index + packet.n;
            for (unsigned i = 0; i < packet.n; i++, n++) {
                const float number = n < 200 ? (float)n : (float)n + 800.0f;
                assert_float_equal(packet.x[i], number / 1000.0f, 1e-5);
            }
        }
        nap_ms(1);
    }
    assert_true(n >= 300);
    assert_int_equal(gaps, 1);
    assert_int_equal(source_counts(source).connections, 2);
    assert_int_equal(source_state(source), SOURCE_RUNNING);
    // By its stamps: the sender's clock is far off, the delay of a chunk (0.1 s) is not in the map
    StreamMap map;
    assert_true(stream_map(channel->stream, &map));
    const double last_us = map.time_us + ((double)(next - 1) - map.index) / map.rate * 1e6;
    assert_true(fabs(now_us() - last_us) < 0.3e6);
    source_close(source);
}

static void test_by_type(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    Source* source = open_source("lsl:resp", NULL, 0, error);
    assert_non_null(source);
    assert_int_equal(source_channel(source, 0)->kind, SIGNAL_BELT);
    assert_true(stream_rate(source_channel(source, 0)->stream) == 50.0);
    source_close(source);
    source = open_source("lsl:nobody", NULL, 0, error);
    assert_null(source);
    assert_non_null(strstr(error, "no such stream"));
    // With a rate it may come later
    const char* const options[] = {"rate=100", "port=PPG"};
    source = open_source("lsl:nobody", options, 2, error);
    assert_non_null(source);
    assert_true(source_start(source, &(SourceHost){now_us, NULL, NULL, NULL}));
    nap_ms(100);
    assert_int_equal(source_state(source), SOURCE_WAITING);
    const double before_us = now_us();
    source_close(source);
    assert_true(now_us() - before_us < 1e6);
}

static void test_list(void** state)
{
    (void)state;
    char text[300] = "";
    FILE* const out = fmemopen(text, sizeof text, "w");
    for (const SourceKind* const* kind = source_kinds; *kind; kind++) {
        if (!strcmp((*kind)->name, "lsl")) {
            (*kind)->list(out);
        }
    }
    fclose(out);
    assert_non_null(strstr(text, "lsl:Strap 7\tECG, 2 channels, 250 Hz\n"));
}

static void test_without_the_library(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    setenv("LSL_LIB", "/nonexistent/liblsl.so", 1);
    assert_null(open_source("lsl:Strap", NULL, 0, error));
    assert_non_null(strstr(error, "/nonexistent/liblsl.so"));
    assert_null(strchr(error, '\n'));
    setenv("LSL_LIB", "libm.so.6", 1); // a library, but another one
    assert_null(open_source("lsl:Strap", NULL, 0, error));
    assert_non_null(strstr(error, "lsl_resolve_all"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stream),
        cmocka_unit_test(test_by_type),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_without_the_library),
    };
    return cmocka_run_group_tests(tests, choose_fake, NULL);
}
