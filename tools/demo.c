// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// tonus-demo: the main job in one go, faster than real time. A simulated person relaxes (or a
/// recording is played), the plugin `relax` listens and plays; sound, tables and a picture remain.
#include "plugins/events.h"
#include "tools/demo_report.h"
#include "tools/demo_source.h"
#include "tools/strip.h"
#include "ttl/relax.h"

#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RATE      48000.0 /* Hz */
#define DEFAULT_S 180.0
#define LONGEST_S 86400.0

typedef struct {
    const char* out;    // folder
    const char* input;  // recording, NULL: the simulated person
    const char* column; // of the recording, NULL: the one that looks like a heart
    const char* bundle;
    double seconds; // 0: as long as the recording, DEFAULT_S for the simulated person
} Options;

static int usage(FILE* to)
{
    fprintf(to, "usage: tonus-demo [--out DIR] [--input FILE [--column NAME]] [--seconds S] "
                "[--bundle DIR]\n");
    return to == stdout ? 0 : 2;
}

// Returns -1 to go on, else the exit status
static int read_options(Options* options, int argc, char** argv)
{
    for (int i = 1; i < argc; ++i) {
        const char** text = NULL;
        const char* seconds = NULL;
        if (!strcmp(argv[i], "--help")) {
            return usage(stdout);
        }
        if (!strcmp(argv[i], "--version")) {
            printf("tonus-demo %s\n", TONUS_VERSION);
            return 0;
        }
        if (!strcmp(argv[i], "--out")) {
            text = &options->out;
        } else if (!strcmp(argv[i], "--input")) {
            text = &options->input;
        } else if (!strcmp(argv[i], "--column")) {
            text = &options->column;
        } else if (!strcmp(argv[i], "--bundle")) {
            text = &options->bundle;
        } else if (!strcmp(argv[i], "--seconds")) {
            text = &seconds;
        }
        if (!text || i + 1 == argc) {
            return usage(stderr);
        }
        *text = argv[++i];
        if (seconds) {
            char* end = NULL;
            options->seconds = strtod(seconds, &end);
            if (*end || !(options->seconds > 0.0) || options->seconds > LONGEST_S) {
                fprintf(stderr, "tonus-demo: --seconds %s is not a time above 0\n", seconds);
                return 2;
            }
        }
    }
    return -1;
}

static void show_progress(double done, bool last)
{
    enum { WIDTH = 40 };
    static const char bar[] = "########################################";
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r[%-*.*s] %3.0f %%%s", WIDTH, (int)(done * WIDTH), bar, done * 100.0,
                last ? "\n" : "");
    }
}

static void take_messages(Report* report, const Strip* strip, uint64_t start, uint32_t delay)
{
    const StripMessage* messages = NULL;
    const uint32_t n = strip_messages(strip, &messages);
    for (uint32_t i = 0; i < n; ++i) {
        const double time_s =
            ((double)start + messages[i].frame - (double)delay) / RATE; // of a beat
        if ((messages[i].bytes[0] & 0xF0) == 0x90 && messages[i].bytes[2]) {
            switch (messages[i].bytes[1]) {
            case NOTE_BEAT:
            case NOTE_ODD_BEAT:
                report_beat(report, time_s, messages[i].bytes[1] == NOTE_BEAT);
                break;
            case NOTE_IN_BREATH:
                report_breath(report, ((double)start + messages[i].frame) / RATE);
                break;
            default:
                break;
            }
        }
    }
}

static ReportMeasures read_measures(Strip* relax, double time_s)
{
    const ReportMeasures measures = {
        time_s,
        *strip_port(relax, "heart_rate"),
        *strip_port(relax, "breath_rate"),
        *strip_port(relax, "confidence"),
        *strip_port(relax, "rmssd"),
        *strip_port(relax, "resp_hrv"),
        *strip_port(relax, "tone"),
        *strip_port(relax, "quality"),
        *strip_port(relax, "hrv_quality"),
    };
    return measures;
}

static bool write_sound(SNDFILE* file, Strip* relax, uint32_t n)
{
    float both[2 * STRIP_BLOCK];
    const float* const left = strip_port(relax, "out_left");
    const float* const right = strip_port(relax, "out_right");
    for (uint32_t i = 0; i < n; ++i) {
        both[2 * i] = left[i];
        both[2 * i + 1] = right[i];
    }
    return sf_writef_float(file, both, n) == n;
}

// Runs the whole session; false with a message when something cannot be written or read
static bool render(const Options* options, DemoSource* source, Strip* relax, SNDFILE* sound,
                   Report* report)
{
    uint64_t frame = 0;
    uint64_t next_measure = 0;
    uint32_t delay = 0;
    const double seconds = demo_source_seconds(source);
    float* const in = strip_port(relax, "in");
    for (uint32_t n; (n = demo_source_read(source, in, STRIP_BLOCK, report)) > 0; frame += n) {
        strip_run(relax, n);
        delay = (uint32_t)lrint(*strip_port(relax, "delay") * RATE / 1000.0);
        take_messages(report, relax, frame, delay);
        if (!write_sound(sound, relax, n)) {
            fprintf(stderr, "tonus-demo: %s/drone.wav: %s\n", options->out, sf_strerror(sound));
            return false;
        }
        if (frame >= next_measure) {
            const ReportMeasures measures = read_measures(relax, (double)frame / RATE);
            report_measures(report, &measures);
            show_progress(fmin((double)frame / RATE / seconds, 1.0), false);
            next_measure += (uint64_t)RATE;
        }
    }
    show_progress(1.0, true);
    return true;
}

static SNDFILE* open_sound(const char* folder)
{
    char path[4096];
    SF_INFO info = {0};
    info.samplerate = (int)RATE;
    info.channels = 2;
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_24;
    snprintf(path, sizeof(path), "%s/drone.wav", folder);
    SNDFILE* const file = sf_open(path, SFM_WRITE, &info);
    if (!file) {
        fprintf(stderr, "tonus-demo: %s: %s\n", path, sf_strerror(NULL));
    }
    return file;
}

static bool make_folders(const char* path)
{
    char part[4096];
    snprintf(part, sizeof(part), "%s", path);
    for (char* at = part + 1;; ++at) {
        if (*at == '/' || !*at) {
            const char kept = *at;
            *at = '\0';
            if (mkdir(part, 0777) != 0 && errno != EEXIST) {
                fprintf(stderr, "tonus-demo: %s: %s\n", part, strerror(errno));
                return false;
            }
            if (!kept) {
                return true;
            }
            *at = kept;
        }
    }
}

int main(int argc, char** argv)
{
    Options options = {"build/demo", NULL, NULL, "build/lv2/tonus.lv2", 0.0};
    const int status = read_options(&options, argc, argv);
    if (status >= 0) {
        return status;
    }
    if (!make_folders(options.out)) {
        return 1;
    }
    DemoSource* const source =
        options.input ? demo_source_recording(options.input, options.column, RATE, options.seconds)
                      : demo_source_person(options.bundle, RATE,
                                           options.seconds > 0.0 ? options.seconds : DEFAULT_S);
    Strip* const relax = source ? strip_new(options.bundle, RELAX_URI, RATE) : NULL;
    SNDFILE* const sound = relax ? open_sound(options.out) : NULL;
    Report* const report = sound ? report_new(options.input) : NULL;
    bool fine = report != NULL && render(&options, source, relax, sound, report);
    if (sound && sf_close(sound) != 0) {
        fine = false;
    }
    fine = fine && report_write(report, options.out);
    if (fine) {
        report_print(report, options.out);
    }
    report_free(report);
    strip_free(relax);
    demo_source_free(source);
    return fine ? 0 : 1;
}
