// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What goes wrong between a device and the bridge: batches, bit errors, lost, late and doubled
// packets, a wrong baud rate

#define _GNU_SOURCE // pseudo-terminals

#include "unit.h"

#include "bridge/bitalino.h"
#include "bridge/source.h"
#include "dsp/random.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
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

static Source* start(const char* word, const char* const* options, unsigned n)
{
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    Source* const source = source_open(word, options, n, error, &usage);
    if (!source) {
        fail_msg("%s", error);
    }
    assert_true(source_start(source, &(SourceHost){now_us, NULL, NULL, NULL}));
    return source;
}

static int open_pty(char* word, size_t size)
{
    const int fd = posix_openpt(O_RDWR | O_NOCTTY);
    if (fd < 0) {
        print_message("skipped: no pseudo-terminals here (/dev/pts is not mounted)\n");
        skip();
    }
    assert_true(grantpt(fd) == 0 && unlockpt(fd) == 0);
    snprintf(word, size, "serial:%s", ptsname(fd));
    return fd;
}

typedef struct {
    unsigned n, missing, wrong; // samples, those without a value, those out of step
    uint64_t next;
    float last;
} Heard;

/// Reads what has come; each good sample should be `step` more than the last, modulo `modulus`
static void hear(const Source* source, Heard* heard, float scale, float modulus)
{
    StreamPacket packet;
    while (stream_get(source_channel(source, 0)->stream, &packet)) {
        assert_true(heard->n == 0 || packet.index >= heard->next); // numbers never go back
        const float skipped = heard->n ? (float)(packet.index - heard->next) : 0.0f;
        heard->next = packet.index + packet.n;
        heard->last += skipped;
        for (unsigned i = 0; i < packet.n; i++, heard->n++) {
            const float x = roundf(packet.x[i] * scale);
            heard->last += 1.0f;
            if (isnan(x)) {
                heard->missing++;
            } else {
                heard->wrong += heard->n > 0 && x != fmodf(heard->last, modulus);
                heard->last = x;
            }
        }
    }
}

/// A frame of one channel, its CRC bit by bit
static void bitalino_frame(uint8_t bytes[3], unsigned value, unsigned sequence)
{
    bytes[0] = (uint8_t)(value << 2);
    bytes[1] = (uint8_t)(value >> 6);
    bytes[2] = (uint8_t)(sequence << 4);
    unsigned crc = 0;
    for (unsigned i = 0; i < 24; i++) {
        crc = crc << 1 | (bytes[i / 8] >> (7 - i % 8) & 1u);
        crc = crc & 0x10 ? (crc ^ 0x03) & 0x0F : crc;
    }
    bytes[2] |= (uint8_t)crc;
}

static void test_bitalino(void** state)
{
    (void)state;
    char word[80];
    const int fd = open_pty(word, sizeof word);
    const char* const options[] = {"device=bitalino", "rate=1000", "scale=512"};
    Source* const source = start(word, options, 3);
    uint8_t commands[2] = {0};
    for (unsigned got = 0; got < 2;) {
        const ssize_t n = read(fd, commands + got, 2 - got);
        assert_true(n > 0);
        got += (unsigned)n;
    }
    assert_int_equal(commands[0], bitalino_rate_command(1000.0));
    assert_int_equal(commands[1], bitalino_start_command(1));
    // Batches of 16 ms; every 150th byte has a wrong bit, every 500th frame and the two after it
    // are lost. The value counts on.
    Heard heard = {0};
    unsigned bytes_sent = 0;
    unsigned lost = 0;
    for (unsigned batch = 0; batch < 125; batch++) {
        uint8_t bytes[48];
        unsigned n = 0;
        for (unsigned i = 0; i < 16; i++) {
            const unsigned k = batch * 16 + i;
            uint8_t frame[3];
            bitalino_frame(frame, k % 1000, k % 16);
            if (k % 500 >= 3 || k < 3) {
                memcpy(bytes + n, frame, 3);
                n += 3;
            } else {
                lost++;
            }
        }
        for (unsigned i = 0; i < n; i++) {
            bytes[i] ^= ++bytes_sent % 150 == 0 ? 0x10 : 0;
        }
        assert_int_equal(write(fd, bytes, n), n);
        nap_ms(1);
        hear(source, &heard, 512.0f, 1000.0f);
    }
    nap_ms(50);
    hear(source, &heard, 512.0f, 1000.0f);
    const SourceCounts counts = source_counts(source);
    print_message("BITalino: %u samples, %llu lost, %u out of step\n", heard.n,
                  (unsigned long long)counts.lost, heard.wrong);
    assert_int_equal(source_state(source), SOURCE_RUNNING);
    assert_true(heard.n > 1850 && heard.n <= 2000 - lost);
    // What was lost is known, and the numbers of the others with it
    assert_true(counts.lost >= lost && counts.lost <= 2000 - heard.n);
    assert_true(heard.wrong <= 2); // a wrong bit may hit the sequence number and pass the CRC
    source_close(source);
    close(fd);
}

/// Lines of 500 samples a second that a USB serial chip hands over each `batch_ms`, cut anywhere
static void check_batches(unsigned batch_ms)
{
    char word[80];
    const int fd = open_pty(word, sizeof word);
    const char* const options[] = {"rate=500", "scale=1000"};
    Source* const source = start(word, options, 2);
    for (unsigned ms = 0; ms < 1000 && source_state(source) != SOURCE_WAITING; ms++) {
        nap_ms(1);
    }
    enum { SAMPLES = 600 };
    char text[8 * SAMPLES];
    size_t bytes = 0;
    for (unsigned k = 0; k < SAMPLES; k++) {
        bytes += (size_t)snprintf(text + bytes, sizeof text - bytes, "%u\r\n", k);
    }
    Heard heard = {0};
    const double begin_us = now_us();
    unsigned writes = 0;
    for (size_t sent = 0; sent < bytes; writes++) {
        const double due_us = begin_us + writes * batch_ms * 1e3;
        while (now_us() < due_us) {
            nap_ms(1);
        }
        // What has been measured until now, byte by byte: a line lasts 2 ms
        const double part = fmin((now_us() - begin_us + batch_ms * 1e3) / (SAMPLES * 2e3), 1.0);
        const size_t until = (size_t)(part * (double)bytes);
        assert_int_equal(write(fd, text + sent, until - sent), until - sent);
        sent = until;
        hear(source, &heard, 1000.0f, 1000.0f);
    }
    for (unsigned ms = 0; ms < 1000 && heard.n < SAMPLES - 1; ms++) {
        nap_ms(1);
        hear(source, &heard, 1000.0f, 1000.0f);
    }
    StreamMap map;
    const double last_us = now_us();
    const SourceCounts counts = source_counts(source);
    print_message("%u ms: %u samples in %llu packets\n", batch_ms, heard.n,
                  (unsigned long long)counts.packets);
    assert_int_equal(heard.n, SAMPLES - 1); // the first line may be half a one: it is left out
    assert_int_equal(heard.wrong + heard.missing, 0);
    assert_int_equal(counts.lost, 0);
    assert_true(counts.packets <= writes + 1); // a batch is one packet, with one time of arrival
    // The last sample is placed where it came, whatever the batches
    assert_true(stream_map(source_channel(source, 0)->stream, &map));
    assert_true(map.time_us > begin_us + SAMPLES * 2e3 - 1e5 && map.time_us < last_us);
    source_close(source);
    close(fd);
}

static void test_lines_in_batches_of_1_ms(void** state)
{
    (void)state;
    check_batches(1);
}

static void test_lines_in_batches_of_16_ms(void** state)
{
    (void)state;
    check_batches(16);
}

static void test_a_wrong_baud_rate(void** state)
{
    (void)state;
    char word[80];
    const int fd = open_pty(word, sizeof word);
    const char* const options[] = {"rate=100", "scale=100"};
    Source* const source = start(word, options, 2);
    Random random = random_make(5, 1);
    char message[SOURCE_TEXT] = "";
    for (unsigned ms = 0; ms < 10000 && !strstr(message, "baud"); ms += 10) {
        char noise[8];
        for (unsigned i = 0; i < sizeof noise; i++) { // letters of no number
            noise[i] = (char)(0x80 + random_bits(&random) % 0x80);
        }
        noise[7] = '\n';
        assert_int_equal(write(fd, noise, sizeof noise), sizeof noise);
        source_message(source, message);
        nap_ms(10);
    }
    assert_non_null(strstr(message, "is baud= right?"));
    assert_int_equal(source_state(source), SOURCE_LOST);
    assert_int_equal(write(fd, "1\n2\n3\n", 6), 6);
    for (unsigned ms = 0; ms < 2000 && source_state(source) != SOURCE_RUNNING; ms++) {
        nap_ms(1);
    }
    assert_int_equal(source_state(source), SOURCE_RUNNING);
    source_close(source);
    close(fd);
}

static void test_an_oximeter_that_loses_bytes(void** state)
{
    (void)state;
    char word[80];
    const int fd = open_pty(word, sizeof word);
    const char* const options[] = {"device=cms50"};
    Source* const source = start(word, options, 1);
    Heard heard = {0};
    unsigned whole = 0;
    unsigned sent = 0;
    for (unsigned k = 0; k < 600; k++) {
        const uint8_t packet[5] = {0x84, (uint8_t)(k % 100), 0x05, 0x48, 98};
        bool complete = true;
        for (unsigned i = 0; i < 5; i++) {
            if (++sent % 97 == 0) {
                complete = false;
            } else {
                assert_int_equal(write(fd, packet + i, 1), 1);
            }
        }
        whole += complete;
        if (k % 10 == 0) {
            nap_ms(1);
        }
    }
    nap_ms(50);
    StreamPacket packet;
    unsigned odd = 0;
    while (stream_get(source_channel(source, 0)->stream, &packet)) {
        for (unsigned i = 0; i < packet.n; i++, heard.n++) {
            const float x = packet.x[i] * 64.0f + 64.0f;
            const float step = x - heard.last;
            odd += heard.n > 0 && step != 1.0f && step != -99.0f;
            heard.last = x;
        }
    }
    print_message("CMS50: %u of %u whole packets of 600 heard, %u steps\n", heard.n, whole, odd);
    assert_true(heard.n <= 600 && heard.n + 10 >= whole);
    assert_true(odd <= 2 * (600 - whole)); // a cut packet costs itself, not its neighbours' values
    source_close(source);
    close(fd);
}

static void test_a_bad_network(void** state)
{
    (void)state;
    char word[32];
    Source* source = NULL;
    const char* const options[] = {"rate=100", "scale=1000"};
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    unsigned port = 20000 + (unsigned)getpid() % 20000;
    for (unsigned tries = 0; !source && tries < 20; tries++) {
        snprintf(word, sizeof word, "udp:%u", ++port);
        source = source_open(word, options, 2, error, &usage);
    }
    assert_non_null(source);
    assert_true(source_start(source, &(SourceHost){now_us, NULL, NULL, NULL}));
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr*)&to, sizeof to), 0);
    Random random = random_make(9, 1);
    Heard heard = {0};
    unsigned sent = 0;
    for (unsigned k = 0; k < 500; k++) {
        char text[64];
        const double chance = random_uniform(&random);
        if (chance < 0.1) {
            continue; // lost
        }
        const unsigned number = chance < 0.2 ? k ^ 1 : k; // neighbours change places
        const int n = snprintf(text, sizeof text, "%u\n", number);
        assert_int_equal(send(fd, text, (size_t)n, 0), n);
        sent++;
        if (chance > 0.9) { // nonsense between
            uint8_t noise[64];
            for (unsigned i = 0; i < sizeof noise; i++) {
                noise[i] = (uint8_t)(0x80 + random_bits(&random) % 0x80);
            }
            noise[0] = chance > 0.95 ? '/' : noise[0];
            assert_int_equal(send(fd, noise, sizeof noise, 0), sizeof noise);
        }
        if (k % 20 == 0) { // twenty at once
            nap_ms(20);
        }
        hear(source, &heard, 1000.0f, 1000.0f);
    }
    for (unsigned ms = 0; ms < 2000 && heard.n < sent; ms++) {
        nap_ms(1);
        hear(source, &heard, 1000.0f, 1000.0f);
    }
    assert_int_equal(heard.n, sent); // what came is there, nonsense is not
    assert_int_equal(heard.missing, 0);
    assert_int_equal(source_state(source), SOURCE_RUNNING);
    source_close(source);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bitalino),
        cmocka_unit_test(test_lines_in_batches_of_1_ms),
        cmocka_unit_test(test_lines_in_batches_of_16_ms),
        cmocka_unit_test(test_a_wrong_baud_rate),
        cmocka_unit_test(test_an_oximeter_that_loses_bytes),
        cmocka_unit_test(test_a_bad_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
