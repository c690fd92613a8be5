// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Files of recordings, by way of recording_open(): the first byte chooses the name, and so the
/// format; a second file (WFDB signals, a JSON sidecar) comes first as a part.
#include "fuzz.h"

#include "formats/recording.h"

#include <math.h>
#include <string.h>

enum { MOST_SAMPLES = 20000, MOST_CHANNELS = 4 };

static const struct {
    const char *name, *beside; ///< `beside` NULL: one file
} KINDS[] = {{"a.csv", NULL},           {"a.tsv", NULL},
             {"a.txt", NULL},           {"a.edf", NULL},
             {"a.bdf", NULL},           {"a.hea", "a.dat"},
             {"a_physio.tsv.gz", NULL}, {"a_physio.tsv", "a_physio.json"},
             {"a.wav", NULL},           {"a.bin", NULL}};

static void one_line(const char* text, const char* what)
{
    if (!memchr(text, 0, RECORDING_ERROR_SIZE) || strchr(text, '\n')) {
        fuzz_wrong("%s is not one line", what);
    }
}

static void read_channel(Recording* rec, unsigned index)
{
    float samples[777];
    if (!recording_select(rec, index)) {
        if (!recording_error(rec)[0]) {
            fuzz_wrong("channel %u: no reason given", index);
        }
        return;
    }
    size_t sum = 0, n;
    do {
        n = recording_read(rec, samples, sizeof samples / sizeof *samples);
        for (size_t i = 0; i < n; ++i) {
            if (isinf(samples[i])) {
                fuzz_wrong("channel %u: sample %zu is infinite", index, sum + i);
            }
        }
        sum += n;
        const double progress = recording_progress(rec);
        if (!(progress >= 0.0 && progress <= 1.0)) {
            fuzz_wrong("progress is %g", progress);
        }
    } while (n == sizeof samples / sizeof *samples && sum < MOST_SAMPLES);
}

int fuzz_one(const uint8_t* data, size_t size)
{
    Bytes in = {data, size};
    char error[RECORDING_ERROR_SIZE] = "";
    const uint8_t kind = bytes_one(&in) % (sizeof KINDS / sizeof *KINDS);
    const uint8_t flags = bytes_one(&in);
    fuzz_clean();
    if (KINDS[kind].beside) {
        const Bytes beside = bytes_part(&in);
        fuzz_file(KINDS[kind].beside, beside.at, beside.left);
    }
    const char* const path = fuzz_file(KINDS[kind].name, in.at, in.left);
    Recording* const rec = recording_open(path, flags & 1 ? 250.0 : 0.0, error);
    if (!rec) {
        one_line(error, "the error");
        if (!error[0]) {
            fuzz_wrong("refused without a reason");
        }
        return 0;
    }
    const unsigned n = recording_channels(rec);
    for (unsigned i = 0; i < n && i < MOST_CHANNELS; ++i) {
        const RecordingChannel* const channel = recording_channel(rec, i);
        if (!(channel->rate >= 0.0 && channel->rate < 1e12)) {
            fuzz_wrong("channel %u: rate %g", i, channel->rate);
        }
        read_channel(rec, i);
        recording_find(rec, channel->name, error);
    }
    if (recording_default(rec) >= (int)n) {
        fuzz_wrong("a default channel that is not there");
    }
    recording_rewind(rec);
    one_line(recording_error(rec), "the error");
    one_line(recording_warning(rec), "the warning");
    recording_close(rec);
    return 0;
}
