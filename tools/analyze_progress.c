// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#define _DEFAULT_SOURCE // the terminal's width
#include "tools/analyze_progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_BAR = 40, USUAL_COLUMNS = 80 };

Progress progress_begin(unsigned n_files, bool quiet)
{
    return (Progress){!quiet && isatty(STDERR_FILENO), 0, n_files, -1};
}

static int columns(void)
{
    struct winsize size = {0};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                           : USUAL_COLUMNS;
}

// In a narrow terminal the bar gives way; a line that is broken could not be written over
static void draw(const Progress* progress, int percent)
{
    char count[64];
    const int at = (int)(progress->file + (progress->file < progress->n_files));
    const int n =
        snprintf(count, sizeof count, "%3d %% (%d of %u)", percent, at, progress->n_files);
    const int room = columns() - 1 - n;
    const int bar = room - 3 < MOST_BAR ? room - 3 : MOST_BAR;
    if (bar >= 5) {
        fprintf(stderr, "\r[%-*.*s] %s", bar, percent * bar / 100,
                "########################################", count);
    } else if (room >= 0) {
        fprintf(stderr, "\r%s", count);
    } else {
        fprintf(stderr, "\r%3d %%", percent);
    }
    fflush(stderr);
}

void progress_show(double share, void* data)
{
    Progress* const progress = (Progress*)data;
    const double whole = (progress->file + share) / progress->n_files;
    const int percent = (int)(100.0 * fmin(fmax(whole, 0.0), 1.0));
    if (progress->shown && percent != progress->last) {
        progress->last = percent;
        draw(progress, percent);
    }
}

void progress_file(Progress* progress)
{
    progress->file++;
    progress->last = -1; // the count has changed
    progress_show(0.0, progress);
}

void progress_end(Progress* progress)
{
    if (progress->shown) {
        fputc('\n', stderr);
    }
}

void progress_say(const char* text)
{
    fprintf(stderr, "%stonus-analyze: %s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", text);
}
