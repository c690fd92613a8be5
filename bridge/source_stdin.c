// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// stdin: one line of numbers for each sample, from any script

#include "bridge/inlet.h"
#include "bridge/lines.h"

#include <errno.h>
#include <unistd.h>

static void close_stdin(Source* source)
{
    inlet_free(source_own(source));
}

static bool open_stdin(Source* source)
{
    const InletDefaults defaults = {.unit = "", .port = SIGNAL_ECG, .jitter_s = 0.05};
    Inlet* const inlet = inlet_open(source, &defaults);
    source_set_own(source, inlet);
    return inlet != NULL;
}

static void run(Source* source)
{
    Inlet* const inlet = source_own(source);
    Lines lines;
    lines_begin(&lines, false);
    inlet_begin(inlet);
    source_set_state(source, SOURCE_WAITING, "waiting for lines");
    for (int ready; (ready = source_wait(source, STDIN_FILENO, 1.0)) >= 0;) {
        char bytes[4096];
        const ssize_t n = ready ? read(STDIN_FILENO, bytes, sizeof bytes) : -1;
        const double now_us = source_now_us(source);
        if (n == 0 || (n < 0 && ready && errno != EINTR && errno != EAGAIN)) {
            break;
        }
        inlet_arrived(inlet, now_us);
        for (ssize_t i = 0; i < n; i++) {
            float values[LINES_MAX];
            unsigned n_values;
            const LinesResult result = lines_byte(&lines, bytes[i], values, &n_values);
            if (result != LINES_MORE) {
                inlet_frame(inlet, values, result == LINES_NUMBERS ? n_values : 0, 0);
            }
        }
        if (n > 0) {
            inlet_flush(inlet);
            source_set_state(source, SOURCE_RUNNING, "reading lines");
        }
    }
    source_set_state(source, SOURCE_ENDED, "standard input has ended");
}

const SourceKind source_stdin = {
    .name = "stdin",
    .address = "",
    .help = "a line of numbers for each sample; rate=HZ column=N port=ECG|PPG|BELT (or ecg=N ppg=N "
            "belt=N) "
            "scale=UNITS latency=MS",
    .open = open_stdin,
    .run = run,
    .close = close_stdin,
};
