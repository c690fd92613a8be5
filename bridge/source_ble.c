// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// ble: heart-rate straps of any maker (RR intervals), Polar H10 (ECG) and Polar armbands (PPG),
// through BlueZ

#include "bridge/bluez.h"

#ifdef HAVE_SYSTEMD

#include "bridge/clock.h"
#include "bridge/live.h"
#include "bridge/polar.h"
#include "bridge/text.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define TICK_MS      200  // between looks at whether to stop
#define RETRY_MIN_S  1.0  // between attempts to connect,
#define RETRY_MAX_S  30.0 // doubled each time
#define RESOLVE_S    30.0 // for finding out what the device offers
#define CHECK_S      5.0  // between looks at whether it is still connected
#define BATTERY_S    60.0 // between readings of the battery
#define JITTER_S     0.15 // of a radio link with some retransmissions
#define BEAT_DELAY_S 1.5  // straps tell RR once a second; then as the signals
#define BEATS_LOST_S 1.8  // an RR that late means that others did not come
#define MAX_DEVICES  32u

typedef enum { WANT_NOTHING, WANT_ECG, WANT_PPG } Want;

typedef struct {
    Want want;
    Live* live;
    bool live_begun;
    Clock* beats; // its samples are seconds of RR
    double rr_sum_s;
    Bluez* bluez;
    BluezDevice device;
    char heart_path[256], data_path[256], battery_path[256];
    int heart_fd, data_fd;
} Ble;

static void close_ble(Source* source)
{
    Ble* const ble = source_own(source);
    if (ble) {
        live_free(ble->live);
        clock_free(ble->beats);
        free(ble);
    }
}

static bool open_ble(Source* source)
{
    Ble* const ble = calloc(1, sizeof *ble);
    if (!ble) {
        return source_fail(source, "out of memory");
    }
    ble->heart_fd = ble->data_fd = -1;
    source_set_own(source, ble);
    const char* const name = source_address(source);
    const char* const signal = source_option(source, "signal");
    ble->want = !strncasecmp(name, "Polar H", 7) ? WANT_ECG
                : !strncasecmp(name, "Polar S", 7) || !strncasecmp(name, "Polar OH", 8)
                    ? WANT_PPG
                    : WANT_NOTHING;
    if (signal) {
        ble->want = !strcasecmp(signal, "ecg")   ? WANT_ECG
                    : !strcasecmp(signal, "ppg") ? WANT_PPG
                                                 : WANT_NOTHING;
        if (ble->want == WANT_NOTHING && strcasecmp(signal, "none") != 0) {
            return source_usage(source, "signal is ecg, ppg or none, not \"%.40s\"", signal);
        }
    }
    source_add_beats(source);
    source_set_beat_delay(source, BEAT_DELAY_S);
    ble->beats = clock_new(1.0);
    if (ble->want != WANT_NOTHING) {
        const bool ecg = ble->want == WANT_ECG;
        SourceChannel* const channel = source_add_channel(
            source, ecg ? SIGNAL_ECG : SIGNAL_PPG, ecg ? POLAR_ECG_RATE : POLAR_PPG_RATE, false);
        if (!channel) {
            return false;
        }
        snprintf(channel->unit, sizeof channel->unit, "%s", ecg ? "uV" : "");
        channel->full_scale = ecg ? 5000.0 : 0.0;
        ble->live = live_new(source, 0);
    }
    return (ble->beats && (ble->live || ble->want == WANT_NOTHING)) ||
           source_fail(source, "out of memory");
}

// What the device says

static void take_heart_rate(Source* source, Ble* ble, const uint8_t* bytes, size_t n, double now_us)
{
    HeartRate heart;
    if (!heart_rate_parse(bytes, n, &heart) || heart.n_rr == 0) {
        return;
    }
    const double before = ble->rr_sum_s;
    for (unsigned i = 0; i < heart.n_rr; i++) {
        ble->rr_sum_s += heart.rr_ms[i] * 1e-3;
    }
    ClockFit fit = clock_fit(ble->beats);
    if (fit.rate > 0.0) {
        const double due_us = fit.time_us + (ble->rr_sum_s - fit.index) / fit.rate * 1e6;
        if (now_us - due_us > BEATS_LOST_S * 1e6) {
            clock_reset(ble->beats);
        }
    }
    clock_add(ble->beats, ble->rr_sum_s, now_us);
    fit = clock_fit(ble->beats);
    double sum_s = before;
    for (unsigned i = 0; i < heart.n_rr; i++) {
        sum_s += heart.rr_ms[i] * 1e-3;
        const double time_us = fit.time_us + (sum_s - fit.index) / fit.rate * 1e6;
        const bool plausible = heart.rr_ms[i] >= 250.0 && heart.rr_ms[i] <= 2500.0;
        source_beat(source, &(SourceBeat){time_us + BEAT_DELAY_S * 1e6, heart.rr_ms[i], plausible});
    }
    if (!ble->live) {
        source_count(source, 1, heart.n_rr, 0, 0.0);
    }
}

static void take_data(Source* source, Ble* ble, const uint8_t* bytes, size_t n, double now_us)
{
    PmdFrame frame;
    if (!ble->live || !pmd_parse(bytes, n, &frame) ||
        (frame.kind == PMD_ECG) != (ble->want == WANT_ECG)) {
        return;
    }
    if (!ble->live_begun) { // now the packets' length is known, and with it the latency
        const double rate = ble->want == WANT_ECG ? POLAR_ECG_RATE : POLAR_PPG_RATE;
        live_begin(ble->live, frame.n / rate, JITTER_S);
        ble->live_begun = true;
    }
    live_push(ble->live, frame.x, frame.n, 0, frame.device_s, now_us);
    source_set_state(source, SOURCE_RUNNING, "%.60s", ble->device.name);
}

typedef struct {
    Source* source;
    Ble* ble;
} Both;

/// A notification that came as a D-Bus signal
static void take_signal(void* data, const char* path, const uint8_t* bytes, size_t n)
{
    const Both* const both = data;
    const double now_us = source_now_us(both->source);
    if (!strcmp(path, both->ble->heart_path)) {
        take_heart_rate(both->source, both->ble, bytes, n, now_us);
    } else if (!strcmp(path, both->ble->data_path)) {
        take_data(both->source, both->ble, bytes, n, now_us);
    }
}

// The connection

/// The device meant: by name (its beginning) or address, else the first with a heart rate
static bool find(Source* source, Ble* ble)
{
    BluezDevice devices[MAX_DEVICES];
    const char* const wanted = source_address(source);
    const unsigned n = bluez_devices(ble->bluez, devices, MAX_DEVICES);
    for (unsigned i = 0; i < n; i++) {
        if (!*wanted || !strncasecmp(devices[i].name, wanted, strlen(wanted)) ||
            !strcasecmp(devices[i].address, wanted)) {
            ble->device = devices[i];
            return true;
        }
    }
    return false;
}

/// Notifications by descriptor, else as signals
static bool subscribe(Ble* ble, const char* path, int* fd)
{
    unsigned mtu;
    *fd = bluez_acquire(ble->bluez, path, &mtu);
    return *fd >= 0 || bluez_notify(ble->bluez, path);
}

static bool begin(Source* source, Ble* ble)
{
    bool heart = bluez_characteristic(ble->bluez, &ble->device, HEART_RATE_UUID, ble->heart_path);
    heart = heart && subscribe(ble, ble->heart_path, &ble->heart_fd);
    char control[256];
    bool data = ble->want != WANT_NOTHING &&
                bluez_characteristic(ble->bluez, &ble->device, PMD_CONTROL_UUID, control) &&
                bluez_characteristic(ble->bluez, &ble->device, PMD_DATA_UUID, ble->data_path);
    if (data) {
        uint8_t command[16];
        const unsigned n = pmd_start_command(ble->want == WANT_ECG ? PMD_ECG : PMD_PPG, command);
        data = bluez_notify(ble->bluez, control) && subscribe(ble, ble->data_path, &ble->data_fd) &&
               bluez_write(ble->bluez, control, command, n);
    }
    if (!bluez_characteristic(ble->bluez, &ble->device, BATTERY_UUID, ble->battery_path)) {
        ble->battery_path[0] = '\0';
    }
    clock_reset(ble->beats);
    ble->live_begun = false;
    const char* const wanted = ble->want == WANT_ECG ? "ECG" : "PPG";
    if (!heart && !data) {
        source_set_state(source, SOURCE_WAITING, "%.60s: does another program use it? (%.60s)",
                         ble->device.name, bluez_error(ble->bluez));
        return false;
    }
    source_count_connection(source);
    if (!data && ble->want != WANT_NOTHING) {
        source_set_state(source, SOURCE_WAITING,
                         "%.60s: beats only, no %s; does another program use it?", ble->device.name,
                         wanted);
    } else {
        source_set_state(source, SOURCE_WAITING, "%.60s: waiting for %s", ble->device.name,
                         data ? wanted : "beats");
    }
    return true;
}

/// Finds the device, connects and subscribes; false when that does not succeed now
static bool connect_device(Source* source, Ble* ble)
{
    if (!find(source, ble)) {
        source_set_state(source, SOURCE_WAITING, "%.60s: looking for it %s", source_word(source),
                         bluez_error(ble->bluez));
        bluez_discover(ble->bluez, true);
        const bool going = source_wait(source, -1, 3.0) >= 0;
        bluez_discover(ble->bluez, false);
        if (!going || !find(source, ble)) {
            return false;
        }
    }
    source_set_state(source, SOURCE_WAITING, "%.60s: connecting", ble->device.name);
    if (!ble->device.connected && !bluez_connect(ble->bluez, &ble->device)) {
        source_set_state(source, SOURCE_WAITING, "%.60s: %.60s (pair it once with bluetoothctl?)",
                         ble->device.name, bluez_error(ble->bluez));
        return false;
    }
    for (double waited = 0.0; !ble->device.resolved; waited += 0.1) {
        if (waited > RESOLVE_S || source_wait(source, -1, 0.1) < 0 ||
            !bluez_device(ble->bluez, &ble->device)) {
            return false;
        }
    }
    return begin(source, ble);
}

static void read_battery(Source* source, Ble* ble)
{
    uint8_t percent;
    if (ble->battery_path[0] && bluez_read(ble->bluez, ble->battery_path, &percent, 1) == 1 &&
        percent <= 100) {
        source_set_battery(source, percent);
    }
}

/// Reads all packets that wait; false when the device has gone
static bool read_packets(Source* source, Ble* ble, int fd)
{
    for (;;) {
        uint8_t packet[600]; // the largest attribute has 512 bytes
        const ssize_t n = read(fd, packet, sizeof packet);
        if (n <= 0) {
            return n < 0 && (errno == EAGAIN || errno == EINTR);
        }
        const double now_us = source_now_us(source);
        if (fd == ble->heart_fd) {
            take_heart_rate(source, ble, packet, (size_t)n, now_us);
        } else {
            take_data(source, ble, packet, (size_t)n, now_us);
        }
        struct pollfd more = {fd, POLLIN, 0};
        if (poll(&more, 1, 0) <= 0 || !(more.revents & POLLIN)) {
            return !(more.revents & POLLHUP);
        }
    }
}

/// Until the device goes (true) or the program ends (false)
static bool listen_to(Source* source, Ble* ble)
{
    Both both = {source, ble};
    double checked_us = source_now_us(source);
    double battery_us = 0.0;
    while (!source_stopping(source)) {
        // A descriptor of -1 is passed over by poll()
        struct pollfd fds[3] = {{ble->heart_fd, POLLIN, 0},
                                {ble->data_fd, POLLIN, 0},
                                {bluez_fd(ble->bluez), POLLIN, 0}};
        poll(fds, 3, TICK_MS);
        for (unsigned i = 0; i < 2; i++) {
            if (fds[i].revents && !read_packets(source, ble, fds[i].fd)) {
                return true;
            }
        }
        bluez_process(ble->bluez, take_signal, &both);
        const double now_us = source_now_us(source);
        if (now_us - checked_us > CHECK_S * 1e6) {
            checked_us = now_us;
            if (!bluez_device(ble->bluez, &ble->device) || !ble->device.connected) {
                return true;
            }
        }
        if (battery_us == 0.0 || now_us - battery_us > BATTERY_S * 1e6) {
            battery_us = now_us;
            read_battery(source, ble);
        }
    }
    return false;
}

static void let_go(Ble* ble)
{
    if (ble->heart_fd >= 0) {
        close(ble->heart_fd);
    }
    if (ble->data_fd >= 0) {
        close(ble->data_fd);
    }
    ble->heart_fd = ble->data_fd = -1;
}

static void run(Source* source)
{
    Ble* const ble = source_own(source);
    double wait = RETRY_MIN_S;
    while (!source_stopping(source)) {
        ble->bluez = bluez_new();
        bool lost = true;
        if (ble->bluez && connect_device(source, ble)) {
            wait = RETRY_MIN_S;
            lost = listen_to(source, ble);
            source_set_state(source, SOURCE_LOST, "%.60s is gone, trying again", ble->device.name);
        }
        let_go(ble);
        if (ble->bluez && !lost) {
            bluez_disconnect(ble->bluez, &ble->device);
        }
        bluez_free(ble->bluez);
        ble->bluez = NULL;
        source_wait(source, -1, lost ? wait : 0.0);
        wait = fmin(2.0 * wait, RETRY_MAX_S);
    }
}

static void list(FILE* out)
{
    BluezDevice devices[MAX_DEVICES];
    Bluez* const bluez = bluez_new();
    const unsigned n = bluez ? bluez_devices(bluez, devices, MAX_DEVICES) : 0;
    for (unsigned i = 0; i < n; i++) {
        text_clean(devices[i].name);
        fprintf(out, "ble:%s\t%s\n", devices[i].address, devices[i].name);
    }
    bluez_free(bluez);
}

const SourceKind source_ble = {
    .name = "ble",
    .address = "NAME|ADDRESS",
    .help =
        "a heart-rate strap over Bluetooth: beats, and ECG of a Polar H10, PPG of a Polar armband "
        "(signal=ecg|ppg|none)",
    .open = open_ble,
    .run = run,
    .close = close_ble,
    .list = list,
};

#endif
