// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What tonus-analyze reads (lists of intervals and beats, takes), annotation files, and the names
/// of takes. The first byte chooses.
#define _XOPEN_SOURCE 700 // mkdir
#include "fuzz.h"

#include "formats/annotation.h"
#include "formats/recording.h"
#include "formats/take_folder.h"
#include "tools/analyze_source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_BEATS = 20000, MOST_FRAMES = 40000 };

static void read_source(const char* path, const AnalyzeOptions* options)
{
    char error[RECORDING_ERROR_SIZE] = "";
    Source* const source = source_open(path, options, error);
    if (!source) {
        if (!error[0] || strchr(error, '\n')) {
            fuzz_wrong("refused without one line of reason");
        }
        return;
    }
    if (source_info(source)->kind == SOURCE_BEATS) {
        double last = -INFINITY, time = 0.0;
        bool reliable;
        for (int i = 0; i < MOST_BEATS && source_beat(source, &time, &reliable); ++i) {
            if (!isfinite(time) || time < last) {
                fuzz_wrong("a beat at %g s after one at %g s", time, last);
            }
            last = time;
        }
    } else {
        float frames[512];
        uint32_t n = 512;
        if (!(source_info(source)->chain_hz > 0.0)) {
            fuzz_wrong("a chain of %g Hz", source_info(source)->chain_hz);
        }
        for (uint32_t sum = 0; n == 512 && sum < MOST_FRAMES; sum += n) {
            n = source_read(source, frames, 512);
            for (uint32_t i = 0; i < n; ++i) {
                if (isnan(frames[i])) {
                    fuzz_wrong("frame %u is no number", sum + i);
                }
            }
        }
    }
    const double progress = source_progress(source);
    if (!(progress >= 0.0 && progress <= 1.0)) {
        fuzz_wrong("progress is %g", progress);
    }
    source_error(source);
    source_warning(source);
    source_close(source);
}

static void beats(Bytes in)
{
    const AnalyzeOptions options = {.sensor = ANALYZE_RR};
    read_source(fuzz_file("beats.tsv", in.at, in.left), &options);
}

static void anything(Bytes in)
{
    static const AnalyzeOptions options[] = {
        {.sensor = ANALYZE_AUTO}, {.rate_hz = 300.0}, {.column = "2"}, {.sensor = ANALYZE_BELT}};
    const uint8_t which = bytes_one(&in) % 4;
    read_source(fuzz_file("a.txt", in.at, in.left), &options[which]);
}

static void take(Bytes in)
{
    const AnalyzeOptions options = {.sensor = ANALYZE_AUTO};
    char path[128];
    snprintf(path, sizeof path, "%s/take", fuzz_folder());
    mkdir(path, 0777);
    const Bytes session = bytes_part(&in);
    fuzz_file("take/session.json", session.at, session.left);
    fuzz_file("take/audio.wav", in.at, in.left);
    read_source(path, &options);
}

static void annotations(Bytes in)
{
    char error[RECORDING_ERROR_SIZE];
    AnnotationFile* const file = annotation_open(fuzz_file("a.atr", in.at, in.left), error);
    Annotation a;
    uint64_t n = 0;
    while (file && annotation_next(file, &a)) {
        if (a.code < 1 || a.code > 49 || !memchr(a.aux, 0, sizeof a.aux)) {
            fuzz_wrong("annotation %llu: code %d", (unsigned long long)n, a.code);
        }
        annotation_symbol(a.code);
        if (++n > in.left) {
            fuzz_wrong("more annotations than bytes");
        }
    }
    annotation_close(file);
}

static void names(Bytes in)
{
    char pattern[300] = "", person[300] = "", name[256];
    const Bytes first = bytes_part(&in);
    if (first.left < sizeof pattern && in.left < sizeof person) {
        memcpy(pattern, first.at, first.left);
        memcpy(person, in.at, in.left);
        take_folder_name(name, sizeof name, pattern, person, 1700000000);
        if (!name[0] || name[0] == '.' || strpbrk(name, "/\\\n:*?\"<>|")) {
            fuzz_wrong("a take named '%s'", name);
        }
    }
}

int fuzz_one(const uint8_t* data, size_t size)
{
    static void (*const readers[])(Bytes) = {beats, anything, take, annotations, names};
    Bytes in = {data, size};
    readers[bytes_one(&in) % (sizeof readers / sizeof *readers)](in);
    return 0;
}
