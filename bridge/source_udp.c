// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// udp: lines of numbers or OSC messages from the network (ESP32, phones, scripts)

#include "bridge/inlet.h"
#include "bridge/lines.h"
#include "bridge/osc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SILENCE_S 3.0

typedef struct {
    Inlet* inlet;
    int fd;
    bool open_to_all;
} Udp;

static void close_udp(Source* source)
{
    Udp* const udp = source_own(source);
    if (udp) {
        inlet_free(udp->inlet);
        if (udp->fd >= 0) {
            close(udp->fd);
        }
        free(udp);
    }
}

static bool open_socket(Source* source, Udp* udp, double port, const char* bind_to)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, bind_to, &address.sin_addr) != 1) {
        return source_usage(source, "bind needs an IPv4 address of this computer, not \"%.40s\"",
                            bind_to);
    }
    udp->open_to_all = (ntohl(address.sin_addr.s_addr) >> 24) != 127;
    udp->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (udp->fd < 0 || bind(udp->fd, (struct sockaddr*)&address, sizeof address)) {
        return source_fail(source, "%s: %s", source_word(source), strerror(errno));
    }
    return true;
}

static bool open_udp(Source* source)
{
    Udp* const udp = calloc(1, sizeof *udp);
    if (!udp) {
        return source_fail(source, "out of memory");
    }
    udp->fd = -1;
    source_set_own(source, udp);
    char* end;
    const double port = (double)strtoul(source_address(source), &end, 10);
    if (end == source_address(source) || *end || port < 1 || port > 65535) {
        return source_usage(source, "%s: needs a port from 1 to 65535, as in udp:9000",
                            source_word(source));
    }
    const char* const bind_to = source_option(source, "bind");
    // One packet may be held up by a busy network for a tenth of a second
    const InletDefaults defaults = {.unit = "", .port = SIGNAL_ECG, .jitter_s = 0.1, .lossy = true};
    udp->inlet = inlet_open(source, &defaults);
    return udp->inlet && open_socket(source, udp, port, bind_to ? bind_to : "127.0.0.1");
}

static void take_message(void* data, const OscMessage* message)
{
    Inlet* const inlet = data;
    if (!inlet_series(inlet, message->address, message->values, message->n) && message->n > 0) {
        inlet_frame(inlet, message->values, message->n, 0);
    }
}

static void take_lines(Inlet* inlet, const char* bytes, size_t n)
{
    Lines lines;
    lines_begin(&lines, false);
    for (size_t i = 0; i <= n; i++) {
        float values[LINES_MAX];
        unsigned n_values;
        // The last line of a packet may lack its end
        if (lines_byte(&lines, i < n ? bytes[i] : '\n', values, &n_values) == LINES_NUMBERS) {
            inlet_frame(inlet, values, n_values, 0);
        }
    }
}

static void run(Source* source)
{
    Udp* const udp = source_own(source);
    const char* const who =
        udp->open_to_all ? "anybody in the network may send" : "from this computer only";
    inlet_begin(udp->inlet);
    source_set_state(source, SOURCE_WAITING, "%.60s waiting for packets (%s)", source_word(source),
                     who);
    for (int ready; (ready = source_wait(source, udp->fd, SILENCE_S)) >= 0;) {
        uint8_t packet[65536];
        const ssize_t n = ready ? recv(udp->fd, packet, sizeof packet, 0) : 0;
        const double now_us = source_now_us(source);
        if (!ready) {
            source_set_state(source, SOURCE_LOST, "%.60s no packets (%s)", source_word(source),
                             who);
            continue;
        }
        if (n <= 0) {
            continue;
        }
        inlet_arrived(udp->inlet, now_us);
        if (packet[0] == '/' || packet[0] == '#') {
            osc_parse(packet, (size_t)n, take_message, udp->inlet);
        } else {
            take_lines(udp->inlet, (const char*)packet, (size_t)n);
        }
        inlet_flush(udp->inlet);
        source_set_state(source, SOURCE_RUNNING, "%.60s (%s)", source_word(source), who);
    }
}

const SourceKind source_udp = {
    .name = "udp",
    .address = "PORT",
    .help = "packets with lines of numbers, or OSC (ecg=/PATH); from this computer only unless "
            "bind=ADDRESS; "
            "rate=HZ column=N port=ECG|PPG|BELT (or ecg=N ppg=N belt=N) scale=UNITS latency=MS",
    .open = open_udp,
    .run = run,
    .close = close_udp,
};

const SourceKind source_osc = {
    .name = "osc",
    .address = "PORT",
    .help = "the same",
    .open = open_udp,
    .run = run,
    .close = close_udp,
};
