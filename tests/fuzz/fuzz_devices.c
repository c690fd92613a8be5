// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What sensors send, byte by byte: lines of text, CMS50, BITalino, heart rate and measurement data
/// over Bluetooth, OSC. The first byte chooses the parser.
#include "fuzz.h"

#include "bridge/bitalino.h"
#include "bridge/cms50.h"
#include "bridge/lines.h"
#include "bridge/osc.h"
#include "bridge/polar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void text_lines(Bytes in)
{
    Lines lines;
    float values[LINES_MAX];
    lines_begin(&lines, bytes_one(&in) & 1);
    while (in.left) {
        unsigned n = 0;
        const LinesResult result = lines_byte(&lines, (char)bytes_one(&in), values, &n);
        if (result == LINES_NUMBERS && (n < 1 || n > LINES_MAX)) {
            fuzz_wrong("a line of %u numbers", n);
        }
        for (unsigned i = 0; result == LINES_NUMBERS && i < n; ++i) {
            if (isinf(values[i])) {
                fuzz_wrong("an infinite number in a line");
            }
        }
    }
}

static void cms50(Bytes in)
{
    Cms50 state = {{0}, 0};
    Cms50Sample sample;
    unsigned lost = 0;
    const size_t given = in.left;
    while (in.left) {
        if (cms50_byte(&state, bytes_one(&in), &sample, &lost)) {
            const bool in_range = sample.wave >= 0.0f && sample.wave <= 127.0f;
            if (in_range != sample.finger || sample.pulse < 0 || sample.pulse > 255 ||
                sample.saturation < 0 || sample.saturation > 127) {
                fuzz_wrong("CMS50: wave %g, pulse %d, %d %%", (double)sample.wave, sample.pulse,
                           sample.saturation);
            }
        }
    }
    if (lost > given) {
        fuzz_wrong("CMS50: %u bytes lost of %zu", lost, given);
    }
}

static void bitalino(Bytes in)
{
    Bitalino state;
    float values[6];
    unsigned lost = 0;
    const unsigned channels = bytes_one(&in) % 8;
    if (bitalino_begin(&state, channels) != (channels >= 1 && channels <= 6)) {
        fuzz_wrong("BITalino: %u channels", channels);
    }
    while (channels >= 1 && channels <= 6 && in.left) {
        if (bitalino_byte(&state, bytes_one(&in), values, &lost)) {
            for (unsigned i = 0; i < channels; ++i) {
                if (!(values[i] >= 0.0f && values[i] <= (i < 4 ? 1023.0f : 63.0f))) {
                    fuzz_wrong("BITalino: channel %u is %g", i, (double)values[i]);
                }
            }
            if (lost > 15) {
                fuzz_wrong("BITalino: %u frames lost", lost);
            }
        }
    }
}

/// The bytes in memory of their own, so that a step beyond them is seen.
static uint8_t* own(const Bytes* in)
{
    uint8_t* const copy = malloc(in->left ? in->left : 1);
    if (in->left) {
        memcpy(copy, in->at, in->left);
    }
    return copy;
}

static void heart_rate(Bytes in)
{
    HeartRate out;
    uint8_t* const copy = own(&in);
    if (heart_rate_parse(copy, in.left, &out)) {
        if (out.n_rr > 12 || out.bpm < 0 || out.bpm > 65535) {
            fuzz_wrong("heart rate: %u intervals, %d bpm", out.n_rr, out.bpm);
        }
        for (unsigned i = 0; i < out.n_rr; ++i) {
            if (!(out.rr_ms[i] >= 0.0 && out.rr_ms[i] < 64001.0)) {
                fuzz_wrong("heart rate: an interval of %g ms", out.rr_ms[i]);
            }
        }
    }
    free(copy);
}

static void measurement_data(Bytes in)
{
    PmdFrame out;
    uint8_t* const copy = own(&in);
    if (pmd_parse(copy, in.left, &out)) {
        if (out.n > POLAR_MAX_SAMPLES || !isfinite(out.device_s)) {
            fuzz_wrong("PMD: %u samples at %g s", out.n, out.device_s);
        }
        for (unsigned i = 0; i < out.n; ++i) {
            if (!isfinite(out.x[i])) {
                fuzz_wrong("PMD: sample %u is not finite", i);
            }
        }
    }
    free(copy);
}

static void take_message(void* data, const OscMessage* message)
{
    const Bytes* const packet = data;
    const uint8_t* const at = (const uint8_t*)message->address;
    if (message->n > OSC_MAX_NUMBERS || at < packet->at || at >= packet->at + packet->left ||
        !memchr(at, 0, packet->left - (size_t)(at - packet->at))) {
        fuzz_wrong("OSC: %u numbers, or an address outside the packet", message->n);
    }
}

static void osc(Bytes in)
{
    uint8_t* const copy = own(&in);
    Bytes packet = {copy, in.left};
    osc_parse(copy, in.left, take_message, &packet);
    free(copy);
}

int fuzz_one(const uint8_t* data, size_t size)
{
    static void (*const parsers[])(Bytes) = {text_lines,       cms50, bitalino, heart_rate,
                                             measurement_data, osc};
    Bytes in = {data, size};
    parsers[bytes_one(&in) % (sizeof parsers / sizeof *parsers)](in);
    return 0;
}
