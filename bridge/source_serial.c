// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// serial: microcontrollers that send lines of numbers, Contec CMS50 pulse oximeters, BITalino

#include "bridge/bitalino.h"
#include "bridge/cms50.h"
#include "bridge/inlet.h"
#include "bridge/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SILENCE_S    3.0  // without a byte the device is taken to be gone
#define RETRY_MIN_S  0.5  // between attempts to open it again,
#define RETRY_MAX_S  5.0  // doubled each time
#define MEASURE_S    4.0  // for counting lines when no rate was given
#define FIRST_LINE_S 10.0 // an Arduino restarts when its port is opened

typedef enum { DEVICE_LINES, DEVICE_CMS50, DEVICE_BITALINO } Device;

typedef struct {
    Inlet* inlet;
    int fd;
    Device device;
    speed_t speed;
    double rate;
    unsigned channels; // of BITalino
} Serial;

static void close_serial(Source* source)
{
    Serial* const serial = source_own(source);
    if (serial) {
        inlet_free(serial->inlet);
        if (serial->fd >= 0) {
            close(serial->fd);
        }
        free(serial);
    }
}

static bool find_speed(double baud, speed_t* speed)
{
    static const struct {
        double baud;
        speed_t speed;
    } table[] = {{9600, B9600},   {19200, B19200},   {38400, B38400},
                 {57600, B57600}, {115200, B115200}, {230400, B230400}};
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
        if (baud == table[i].baud) {
            *speed = table[i].speed;
            return true;
        }
    }
    return false;
}

static void send_byte(const Serial* serial, uint8_t byte)
{
    while (write(serial->fd, &byte, 1) < 0 && errno == EINTR) {
    }
    tcdrain(serial->fd);
}

/// Opens the device and makes it send; errno tells why not
static bool connect_device(Source* source, Serial* serial)
{
    serial->fd = open(source_address(source), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (serial->fd < 0) {
        return false;
    }
    struct termios settings;
    if (tcgetattr(serial->fd, &settings)) {
        const int error = errno;
        close(serial->fd);
        serial->fd = -1;
        errno = error;
        return false;
    }
    settings.c_iflag = IGNBRK | IGNPAR;
    settings.c_oflag = 0;
    settings.c_lflag = 0;
    settings.c_cflag = CS8 | CREAD | CLOCAL;
    if (serial->device == DEVICE_CMS50) {
        settings.c_cflag |= PARENB | PARODD;
    }
    cfsetispeed(&settings, serial->speed);
    cfsetospeed(&settings, serial->speed);
    tcsetattr(serial->fd, TCSANOW, &settings);
    tcflush(serial->fd, TCIFLUSH);
    if (serial->device == DEVICE_BITALINO) {
        send_byte(serial, bitalino_rate_command(serial->rate));
        source_wait(source, -1, 0.15); // it needs a pause between commands
        send_byte(serial, bitalino_start_command(serial->channels));
    }
    return true;
}

/// Counts the lines of some seconds; 0 when none come
static double measure_rate(Source* source, const Serial* serial)
{
    Lines lines;
    lines_begin(&lines, true);
    struct timespec t;
    double first = 0.0;
    double last = 0.0;
    double begin = 0.0;
    unsigned count = 0;
    for (;;) {
        const int ready = source_wait(source, serial->fd, 0.1);
        clock_gettime(CLOCK_MONOTONIC, &t);
        const double now = (double)t.tv_sec + t.tv_nsec * 1e-9;
        begin = begin > 0.0 ? begin : now;
        char bytes[512];
        const ssize_t n = ready > 0 ? read(serial->fd, bytes, sizeof bytes) : 0;
        unsigned came = 0;
        for (ssize_t i = 0; i < n; i++) {
            float values[LINES_MAX];
            unsigned n_values;
            came += lines_byte(&lines, bytes[i], values, &n_values) == LINES_NUMBERS;
        }
        if (came > 0) {
            // What came with the first arrival began before it
            count += first > 0.0 ? came : 0;
            first = first > 0.0 ? first : now;
            last = now;
        }
        if ((first > 0.0 && now - first > MEASURE_S) ||
            (first <= 0.0 && now - begin > FIRST_LINE_S) || ready < 0) {
            return last - first > 0.5 * MEASURE_S ? count / (last - first) : 0.0;
        }
    }
}

static bool open_serial(Source* source)
{
    Serial* const serial = calloc(1, sizeof *serial);
    if (!serial) {
        return source_fail(source, "out of memory");
    }
    serial->fd = -1;
    source_set_own(source, serial);
    if (!*source_address(source)) {
        return source_usage(source, "serial: needs a device, as in serial:/dev/ttyUSB0");
    }
    const char* const device = source_option(source, "device");
    if (device && strcmp(device, "lines") != 0) {
        serial->device = !strcmp(device, "cms50") ? DEVICE_CMS50 : DEVICE_BITALINO;
        if (serial->device == DEVICE_BITALINO && strcmp(device, "bitalino") != 0) {
            return source_usage(source, "device is lines, cms50 or bitalino, not \"%.40s\"",
                                device);
        }
    }
    double baud;
    double channels;
    if (!source_number(source, "baud", serial->device == DEVICE_CMS50 ? 19200 : 115200, 9600,
                       230400, &baud) ||
        !source_number(source, "channels", 1, 1, 6, &channels)) {
        return false;
    }
    serial->channels = (unsigned)channels;
    if (!find_speed(baud, &serial->speed)) {
        return source_usage(source, "%s: no serial line runs at %g baud", source_word(source),
                            baud);
    }
    InletDefaults defaults = {.unit = "", .port = SIGNAL_ECG, .jitter_s = 0.04};
    if (serial->device == DEVICE_CMS50) {
        defaults = (InletDefaults){CMS50_RATE, 64.0, 64.0, "", SIGNAL_PPG, 0.1, false};
    } else if (serial->device == DEVICE_BITALINO) {
        // Its ECG sensor: 10 bits of 3.3 V, gain 1100: 1.0 = 5 mV is 1707 steps
        defaults = (InletDefaults){1000.0, 512.0, 5e-3 * 1100.0 / 3.3 * 1024.0, "", SIGNAL_ECG,
                                   0.1,    false};
    }
    if (!source_number(source, "rate", defaults.rate, 1.0, 20000.0, &serial->rate)) {
        return false;
    }
    if (serial->device == DEVICE_BITALINO && !bitalino_rate_command(serial->rate)) {
        return source_usage(source, "%s: BITalino runs at 1, 10, 100 or 1000 Hz",
                            source_word(source));
    }
    if (!connect_device(source, serial)) {
        return source_fail(source, "%s: %s", source_address(source), strerror(errno));
    }
    if (serial->rate <= 0.0) {
        defaults.rate = inlet_usual_rate(measure_rate(source, serial));
        if (defaults.rate < 1.0) {
            return source_fail(source, "%s: no lines of numbers come; is baud= right?",
                               source_address(source));
        }
    }
    serial->inlet = inlet_open(source, &defaults);
    return serial->inlet != NULL;
}

// The three devices

typedef struct {
    Lines lines;
    Cms50 cms50;
    Bitalino bitalino;
} Parsers;

static void begin_parsers(const Serial* serial, Parsers* parsers)
{
    memset(parsers, 0, sizeof *parsers);
    lines_begin(&parsers->lines, true);
    bitalino_begin(&parsers->bitalino, serial->channels);
}

/// True when it completes something that makes sense
static bool take_byte(Serial* serial, Parsers* parsers, uint8_t byte)
{
    float values[LINES_MAX];
    unsigned n = 0;
    unsigned lost = 0;
    if (serial->device == DEVICE_CMS50) {
        Cms50Sample sample;
        if (cms50_byte(&parsers->cms50, byte, &sample, &lost)) {
            inlet_frame(serial->inlet, &sample.wave, 1, 0);
            return true;
        }
    } else if (serial->device == DEVICE_BITALINO) {
        if (bitalino_byte(&parsers->bitalino, byte, values, &lost)) {
            inlet_frame(serial->inlet, values, serial->channels, lost);
            return true;
        }
    } else {
        const LinesResult result = lines_byte(&parsers->lines, (char)byte, values, &n);
        if (result != LINES_MORE) {
            inlet_frame(serial->inlet, values, result == LINES_NUMBERS ? n : 0, 0);
        }
        return result == LINES_NUMBERS;
    }
    return false;
}

/// Reads until the device is gone (true) or the program ends (false)
static bool listen_to(Source* source, Serial* serial)
{
    Parsers parsers;
    begin_parsers(serial, &parsers);
    inlet_begin(serial->inlet);
    source_set_state(source, SOURCE_WAITING, "waiting for data");
    double sense_us = source_now_us(source); // when something last made sense
    for (int ready; (ready = source_wait(source, serial->fd, SILENCE_S)) >= 0;) {
        uint8_t bytes[1024];
        const ssize_t n = ready ? read(serial->fd, bytes, sizeof bytes) : 0;
        const double now_us = source_now_us(source);
        if (!ready) {
            source_set_state(source, SOURCE_LOST, "no data");
            continue;
        }
        if (n <= 0 && (n == 0 || (errno != EINTR && errno != EAGAIN))) {
            return true;
        }
        inlet_arrived(serial->inlet, now_us);
        for (ssize_t i = 0; i < n; i++) {
            sense_us = take_byte(serial, &parsers, bytes[i]) ? now_us : sense_us;
        }
        inlet_flush(serial->inlet);
        if (sense_us == now_us) {
            source_set_state(source, SOURCE_RUNNING, "%s", source_address(source));
        } else if (now_us - sense_us > SILENCE_S * 1e6) {
            source_set_state(source, SOURCE_LOST,
                             "%.100s: what comes makes no sense; is baud= right?",
                             source_address(source));
        }
    }
    return false;
}

static void run(Source* source)
{
    Serial* const serial = source_own(source);
    while (listen_to(source, serial)) {
        close(serial->fd);
        serial->fd = -1;
        source_set_state(source, SOURCE_LOST, "%.100s is gone, trying again",
                         source_address(source));
        for (double wait = RETRY_MIN_S; serial->fd < 0;
             wait = 2.0 * wait < RETRY_MAX_S ? 2.0 * wait : RETRY_MAX_S) {
            if (source_wait(source, -1, wait) < 0) {
                return;
            }
            connect_device(source, serial);
        }
    }
    if (serial->device == DEVICE_BITALINO && serial->fd >= 0) {
        send_byte(serial, 0x00); // stop
    }
}

static void list(FILE* out)
{
    static const char* const patterns[] = {"/dev/serial/by-id/*", "/dev/ttyUSB*", "/dev/ttyACM*",
                                           "/dev/rfcomm*"};
    for (unsigned i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t found;
        if (glob(patterns[i], 0, NULL, &found) == 0) {
            for (size_t k = 0; k < found.gl_pathc; k++) {
                fprintf(out, "serial:%s\n", found.gl_pathv[k]);
            }
        }
        globfree(&found);
    }
}

const SourceKind source_serial = {
    .name = "serial",
    .address = "DEVICE",
    .help = "lines of numbers from an Arduino or ESP32, or device=cms50, device=bitalino "
            "channels=N; baud=N "
            "rate=HZ column=N port=ECG|PPG|BELT (or ecg=N ppg=N belt=N) scale=UNITS latency=MS",
    .open = open_serial,
    .run = run,
    .close = close_serial,
    .list = list,
};
