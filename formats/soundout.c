// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/soundout.h"

#include "formats/recording.h"

#include <sndfile.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct SoundOut {
    SNDFILE* file;
    unsigned rate;
    size_t since_header; // frames written since the header was brought up to date
    bool good;
};

SoundOut* soundout_open(const char* path, unsigned rate, unsigned channels, char* error)
{
    SF_INFO info = {.samplerate = (int)rate,
                    .channels = (int)channels,
                    .format = SF_FORMAT_RF64 | SF_FORMAT_FLOAT};
    SoundOut* const out = calloc(1, sizeof *out);
    if (!out || !(out->file = sf_open(path, SFM_WRITE, &info))) {
        char text[128];
        snprintf(text, sizeof text, "%s", out ? sf_strerror(NULL) : "out of memory");
        text[strcspn(text, "\r\n")] = '\0';
        snprintf(error, RECORDING_ERROR_SIZE, "%.300s: %s", path, text);
        free(out);
        return NULL;
    }
    out->good = true;
    out->rate = rate;
    sf_command(out->file, SFC_RF64_AUTO_DOWNGRADE, NULL, SF_TRUE);
    return out;
}

bool soundout_write(SoundOut* out, const float* frames, size_t n)
{
    out->good = out->good && sf_writef_float(out->file, frames, (sf_count_t)n) == (sf_count_t)n;
    // Once a second of sound: at each write it would cost more than the sound itself
    out->since_header += n;
    if (out->since_header >= out->rate) {
        out->since_header = 0;
        sf_command(out->file, SFC_UPDATE_HEADER_NOW, NULL, 0);
    }
    return out->good;
}

bool soundout_close(SoundOut* out)
{
    if (!out) {
        return true;
    }
    const bool good = sf_close(out->file) == 0 && out->good;
    free(out);
    return good;
}
