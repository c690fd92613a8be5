// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Live sources with pipes, pseudo-terminals and sockets instead of sensors, without JACK

#define _GNU_SOURCE // pseudo-terminals

#include "unit.h"

#include "bridge/source.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
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

static Source* start(const char* word, const char* const* options, PacketLog* log)
{
    unsigned n = 0;
    while (options[n]) {
        n++;
    }
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    Source* const source = source_open(word, options, n, error, &usage);
    if (!source) {
        fail_msg("%s", error);
    }
    assert_true(source_start(source, &(SourceHost){now_us, NULL, NULL, log}));
    return source;
}

/// Waits for samples and reads them all; checks that their numbers rise, and counts gaps
typedef struct {
    float x[20000];
    unsigned n;
    uint64_t next;
    unsigned gaps; // stretches of numbers without samples
} Heard;

static void hear(const Source* source, unsigned channel, Heard* heard, unsigned at_least,
                 unsigned limit_ms)
{
    for (unsigned ms = 0; ms <= limit_ms; ms++) {
        StreamPacket packet;
        while (stream_get(source_channel(source, channel)->stream, &packet)) {
            assert_true(heard->n == 0 || packet.index >= heard->next);
            heard->gaps += heard->n > 0 && packet.index > heard->next;
            heard->next = packet.index + packet.n;
            for (unsigned i = 0; i < packet.n && heard->n < 20000; i++) {
                heard->x[heard->n++] = packet.x[i];
            }
        }
        if (heard->n >= at_least) {
            return;
        }
        nap_ms(1);
    }
    fail_msg("%u samples, not %u", heard->n, at_least);
}

static void assert_state(const Source* source, SourceState state)
{
    for (unsigned ms = 0; ms < 3000 && source_state(source) != state; ms++) {
        nap_ms(1);
    }
    assert_int_equal(source_state(source), state);
}

static void send_text(int fd, const char* text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void test_stdin(void** state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const int kept = dup(STDIN_FILENO);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    const char* const options[] = {"rate=500", "ppg=2", "scale=1000", NULL};
    Source* const source = start("stdin", options, NULL);
    assert_int_equal(source_channel(source, 0)->kind, SIGNAL_PPG);
    static Heard heard;
    // More than a batch at once, then half lines, then nonsense in place of one sample
    char text[9000] = "";
    size_t n = 0;
    for (unsigned i = 0; i < 1000; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "7,%u\n", i);
    }
    send_text(ends[1], text);
    hear(source, 0, &heard, 1000, 2000);
    send_text(ends[1], "7,10");
    nap_ms(20);
    send_text(ends[1], "00\nrubbish\n7,1002\n");
    hear(source, 0, &heard, 1003, 2000);
    assert_int_equal(heard.n, 1003);
    assert_int_equal(heard.gaps, 0);
    for (unsigned i = 0; i < heard.n; i++) {
        assert_true(i == 1001 ? isnan(heard.x[i]) : fabsf(heard.x[i] - (float)i / 1000.0f) < 1e-5f);
    }
    close(ends[1]);
    assert_state(source, SOURCE_ENDED);
    source_close(source);
    dup2(kept, STDIN_FILENO);
    close(kept);
}

static int open_pty(char* name, size_t size)
{
    const int fd = posix_openpt(O_RDWR | O_NOCTTY);
    if (fd < 0) {
        print_message("no pseudo-terminals here (/dev/pts is not mounted)\n");
        skip();
    }
    assert_true(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0);
    snprintf(name, size, "%s", ptsname(fd));
    return fd;
}

static void test_serial_lines(void** state)
{
    (void)state;
    char tty[64];
    char link[64] = "/tmp/tonus-tty-XXXXXX";
    assert_true(mkstemp(link) >= 0);
    unlink(link);
    int fd = open_pty(tty, sizeof tty);
    assert_int_equal(symlink(tty, link), 0);
    char word[80];
    snprintf(word, sizeof word, "serial:%s", link);
    const char* const options[] = {"rate=500", "baud=115200", "scale=100", "belt=1", NULL};
    char log_path[80];
    snprintf(log_path, sizeof log_path, "%s.csv", link);
    char error[RECORDING_ERROR_SIZE];
    PacketLog* const log = packetlog_open(log_path, error);
    Source* const source = start(word, options, log);
    static Heard heard;
    assert_state(source, SOURCE_WAITING);
    send_text(fd, "99\n");               // the first line may be half of one
    for (unsigned i = 0; i < 100; i++) { // eight at once, as a USB adapter hands them over
        char text[64];
        snprintf(text, sizeof text, "%u\n%u\n%u", 8 * i, 8 * i + 1, 8 * i + 2);
        send_text(fd, text);
        snprintf(text, sizeof text, "\n%u\n%u\n%u\n%u\n%u\n", 8 * i + 3, 8 * i + 4, 8 * i + 5,
                 8 * i + 6, 8 * i + 7);
        send_text(fd, text);
        nap_ms(2);
    }
    hear(source, 0, &heard, 800, 2000);
    assert_int_equal(heard.gaps, 0);
    for (unsigned i = 0; i < 800; i++) {
        assert_float_equal(heard.x[i], i / 100.0, 1e-4);
    }
    // Unplugged and plugged in again
    close(fd);
    assert_state(source, SOURCE_LOST);
    fd = open_pty(tty, sizeof tty);
    unlink(link);
    assert_int_equal(symlink(tty, link), 0);
    for (unsigned i = 0; i < 300 && source_state(source) != SOURCE_RUNNING; i++) {
        send_text(fd, "5\n");
        nap_ms(10);
    }
    send_text(fd, "5\n5\n");
    hear(source, 0, &heard, 802, 3000);
    assert_int_equal(heard.gaps, 1); // numbers go on after the gap
    assert_int_equal(source_counts(source).connections, 2);
    source_close(source);
    close(fd);
    unlink(link);
    assert_true(packetlog_close(log));
    FILE* const file = fopen(log_path, "r");
    char line[200];
    unsigned lines = 0;
    while (fgets(line, sizeof line, file)) {
        lines++;
    }
    fclose(file);
    unlink(log_path);
    assert_true(lines > 50 && strstr(line, "BELT") && strstr(line, word));
}

static void test_serial_cms50(void** state)
{
    (void)state;
    char tty[64];
    char word[80];
    const int fd = open_pty(tty, sizeof tty);
    snprintf(word, sizeof word, "serial:%s", tty);
    const char* const options[] = {"device=cms50", NULL};
    Source* const source = start(word, options, NULL);
    assert_int_equal(source_channel(source, 0)->kind, SIGNAL_PPG);
    assert_state(source, SOURCE_WAITING);
    for (unsigned i = 0; i < 30; i++) {
        const uint8_t bytes[5] = {0x84, (uint8_t)(64 + i), 0x05, 0x48, 98};
        assert_int_equal(write(fd, bytes, 5), 5);
    }
    static Heard heard;
    hear(source, 0, &heard, 30, 2000);
    for (unsigned i = 0; i < 30; i++) {
        assert_float_equal(heard.x[i], i / 64.0, 1e-5);
    }
    source_close(source);
    close(fd);
}

/// Writes lines at 100 Hz until told to stop
typedef struct {
    int fd;
    volatile bool stop;
} Writer;

static void* write_lines(void* data)
{
    Writer* const writer = data;
    for (unsigned i = 0; !writer->stop; i++) {
        if (i % 5 == 0 && write(writer->fd, "1\n2\n3\n4\n5\n", 10) < 0) {
            break;
        }
        nap_ms(10);
    }
    return NULL;
}

static void test_the_rate_is_measured(void** state)
{
    (void)state;
    char tty[64];
    char word[80];
    Writer writer = {open_pty(tty, sizeof tty), false};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_lines, &writer), 0);
    snprintf(word, sizeof word, "serial:%s", tty);
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    Source* const source = source_open(word, NULL, 0, error, &usage);
    if (!source) {
        fail_msg("%s", error);
    }
    // A loaded machine naps longer than it was told to
    const double rate = stream_rate(source_channel(source, 0)->stream);
    assert_true(rate > 60.0 && rate < 105.0);
    source_close(source);
    writer.stop = true;
    pthread_join(thread, NULL);
    close(writer.fd);
}

static void test_udp(void** state)
{
    (void)state;
    char word[32];
    Source* source = NULL;
    const char* const options[] = {"rate=100", "ecg=/ecg", "belt=/belt", "scale=10", NULL};
    char error[RECORDING_ERROR_SIZE];
    bool usage;
    unsigned port = 20000 + (unsigned)getpid() % 20000;
    for (unsigned tries = 0; !source && tries < 20; tries++) {
        snprintf(word, sizeof word, "udp:%u", ++port);
        source = source_open(word, options, 4, error, &usage);
    }
    assert_non_null(source);
    assert_null(source_open(word, options, 4, error, &usage)); // taken
    assert_non_null(strstr(error, "in use"));
    assert_false(usage);
    assert_true(source_start(source, &(SourceHost){now_us, NULL, NULL, NULL}));
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr*)&to, sizeof to), 0);
    static const uint8_t ecg[] = "/ecg\0\0\0\0,ff\0\x3F\x80\0\0\x40\0\0\0"; // 1, 2
    static const uint8_t belt[] = "/belt\0\0\0,i\0\0\0\0\0\5";
    static const uint8_t bad[] = "/ecg\0\0\0\0,fff\0\0\0\0\x3F";
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(send(fd, ecg, sizeof ecg - 1, 0), sizeof ecg - 1);
        assert_int_equal(send(fd, belt, sizeof belt - 1, 0), sizeof belt - 1);
        assert_int_equal(send(fd, bad, sizeof bad - 1, 0), sizeof bad - 1);
        assert_int_equal(send(fd, "#", 1, 0), 1);
    }
    static Heard heart;
    static Heard chest;
    hear(source, 0, &heart, 100, 2000);
    hear(source, 1, &chest, 50, 2000);
    assert_true(heart.x[98] == 0.1f && heart.x[99] == 0.2f && chest.x[49] == 0.5f);
    char message[SOURCE_TEXT];
    source_message(source, message);
    assert_non_null(strstr(message, "this computer only"));
    source_close(source);
    close(fd);
}

static void test_wrong_words(void** state)
{
    (void)state;
    static const struct {
        const char* word;
        const char* option;
        bool usage;
    } cases[] = {{"serial:/dev/none", NULL, false},
                 {"serial:", NULL, true},
                 {"serial:/dev/null", "rate=10", false},
                 {"serial:/dev/null", "baud=12345", true},
                 {"serial:/x", "device=toaster", true},
                 {"udp:", NULL, true},
                 {"udp:99999", "rate=10", true},
                 {"udp:9", NULL, true},
                 {"udp:9000", "rate=fast", true},
                 {"stdin", NULL, true},
                 {"stdin", "column=0", true},
                 {"stdin:", "nonsense", true},
                 {"nothing:", NULL, true}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        char error[RECORDING_ERROR_SIZE] = "";
        bool usage;
        const char* const options[] = {cases[i].option};
        Source* const source =
            source_open(cases[i].word, options, cases[i].option != NULL, error, &usage);
        if (source || usage != cases[i].usage || !*error || strchr(error, '\n')) {
            fail_msg("case %u: \"%s\"", i, error);
        }
    }
    source_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stdin),        cmocka_unit_test(test_serial_lines),
        cmocka_unit_test(test_serial_cms50), cmocka_unit_test(test_the_rate_is_measured),
        cmocka_unit_test(test_udp),          cmocka_unit_test(test_wrong_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
