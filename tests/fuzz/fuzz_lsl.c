// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The source lsl: streams of any name, width and rate, samples and stamps of any kind.
#define _GNU_SOURCE // program_invocation_name, memstream
#include "fuzz.h"
#include "lsl.h"

#include "bridge/source_internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STREAMS = 3, MOST_RESOLVED = 4 };

static Bytes in;
static LslStream streams[STREAMS];
static uint32_t n_streams;
static unsigned resolved;
static Source* running;
static double clock_us;

static double now_us(void)
{
    return clock_us += 5e4;
}

static double any_number(void)
{
    switch (bytes_one(&in)) {
    case 0:
        return (double)bytes_float(&in);
    case 1:
        return (double)NAN;
    case 2:
        return 1e300;
    default:
        return clock_us * 1e-6;
    }
}

/// There is nothing more to say: the source is told to stop, as at the program's end.
static void end_if_silent(void)
{
    if (running && (in.left == 0 || resolved > MOST_RESOLVED)) {
        atomic_store(&running->stop, true);
    }
}

static int32_t resolve(void** to, uint32_t max)
{
    resolved++;
    end_if_silent();
    for (uint32_t i = 0; i < n_streams && i < max; i++) {
        to[i] = &streams[i];
    }
    return n_streams ? (int32_t)n_streams : -(int32_t)(resolved % 2);
}

static unsigned long pull(float* data, double* stamps, unsigned long max_data,
                          unsigned long max_stamps, int32_t* error)
{
    end_if_silent();
    const uint8_t what = bytes_one(&in);
    *error = what == 255 ? -2 : 0;
    unsigned long n = *error ? 0 : what;
    n = n * bytes_one(&in) < max_data ? n : max_data;
    for (unsigned long i = 0; i < n; i++) {
        data[i] = in.left ? bytes_float(&in) : (float)i;
    }
    const double base = any_number();
    for (unsigned long i = 0; i < max_stamps && i < n; i++) {
        stamps[i] = base + (double)i * 0.004;
    }
    return n;
}

static const LslSpeaker speaker = {resolve, pull, any_number};

int LLVMFuzzerInitialize(int* argc, char*** argv)
{
    (void)argc;
    (void)argv;
    char path[1024];
    snprintf(path, sizeof path - 16, "%s", program_invocation_name);
    char* const slash = strrchr(path, '/');
    strcpy(slash ? slash + 1 : path, "lsl.so");
    setenv("LSL_LIB", path, 1);
    void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void (*give)(const LslSpeaker*) = NULL;
    void* const function = library ? dlsym(library, "lsl_fuzz_speaker") : NULL;
    memcpy(&give, &function, sizeof function);
    if (!give) {
        fuzz_wrong("no %s", path);
    }
    give(&speaker);
    return 0;
}

static void read_text(char text[64])
{
    Bytes part = bytes_part(&in);
    size_t n = 63;
    const uint8_t* const at = bytes_some(&part, &n);
    memcpy(text, at, n);
    text[n] = '\0';
}

static void list_streams(void)
{
    char* text = NULL;
    size_t size = 0;
    FILE* const out = open_memstream(&text, &size);
    const SourceKind* const* kind = source_kinds;
    while (strcmp((*kind)->name, "lsl") != 0) {
        kind++;
    }
    (*kind)->list(out);
    fclose(out);
    uint32_t lines = 0;
    for (size_t i = 0; i < size; i++) {
        lines += text[i] == '\n';
        if ((unsigned char)text[i] < 0x20 && text[i] != '\n' && text[i] != '\t') {
            fuzz_wrong("a list with the character %d", text[i]);
        }
    }
    if (lines != n_streams) {
        fuzz_wrong("%u streams in %u lines", n_streams, lines);
    }
    free(text);
}

static void check(Source* source)
{
    char text[SOURCE_TEXT];
    source_message(source, text);
    for (const char* c = text; *c; c++) {
        if ((unsigned char)*c < 0x20) {
            fuzz_wrong("a message with the character %d", *c);
        }
    }
    for (unsigned i = 0; i < source_channels(source); i++) {
        StreamPacket packet;
        StreamMap map;
        const Stream* const stream = source_channel(source, i)->stream;
        uint64_t next = 0;
        while (stream_get(source_channel(source, i)->stream, &packet)) {
            if (packet.n < 1 || packet.n > STREAM_PACKET || packet.index < next) {
                fuzz_wrong("a packet of %u from %llu on", packet.n,
                           (unsigned long long)packet.index);
            }
            next = packet.index + packet.n;
        }
        if (stream_map(stream, &map) && (!isfinite(map.time_us) || !isfinite(map.rate))) {
            fuzz_wrong("a map to %g us at %g Hz", map.time_us, map.rate);
        }
    }
}

int fuzz_one(const uint8_t* data, size_t size)
{
    static const char* const options[][2] = {
        {"rate=250", "scale=5"}, {"rate=100", "column=2"}, {"ecg=1", "belt=3"}, {"port=PPG", NULL}};
    in = (Bytes){data, size};
    clock_us = 1e9;
    resolved = 0;
    running = NULL;
    const uint8_t which = bytes_one(&in);
    n_streams = bytes_one(&in) % (STREAMS + 1);
    for (uint32_t i = 0; i < n_streams; i++) {
        read_text(streams[i].name);
        read_text(streams[i].type);
        streams[i].channels = (int32_t)bytes_one(&in);
        streams[i].channels =
            streams[i].channels == 255 ? (int32_t)bytes_word(&in) : streams[i].channels;
        streams[i].rate = (double)bytes_float(&in);
    }
    if (which & 0x80) {
        list_streams();
        return 0;
    }
    char error[RECORDING_ERROR_SIZE] = "";
    bool usage;
    const char* const* const words = options[which % 4];
    Source* const source =
        source_open(which & 0x40 ? "lsl:EC" : "lsl:", words, words[1] ? 2 : 1, error, &usage);
    if (!source) {
        if (!error[0] || strchr(error, '\n')) {
            fuzz_wrong("refused without one line of reason");
        }
        return 0;
    }
    running = source;
    source->host = (SourceHost){now_us, NULL, NULL, NULL};
    if (write(source->wake[1], "", 1) != 1) { // no wait waits
        fuzz_wrong("no pipe");
    }
    source->kind->run(source);
    check(source);
    running = NULL;
    source_close(source);
    return 0;
}
