// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/polar.h"

#include <string.h>

bool heart_rate_parse(const uint8_t* bytes, size_t n, HeartRate* out)
{
    memset(out, 0, sizeof *out);
    if (n < 2) {
        return false;
    }
    const uint8_t flags = bytes[0];
    size_t at = 1;
    out->bpm = bytes[at++];
    if (flags & 0x01) { // 16 bits of heart rate
        if (at >= n) {
            return false;
        }
        out->bpm |= bytes[at++] << 8;
    }
    at += flags & 0x08 ? 2 : 0; // energy expended
    if (at > n) {
        return false;
    }
    while (flags & 0x10 && at + 1 < n && out->n_rr < 12) {
        out->rr_ms[out->n_rr++] = (bytes[at] | bytes[at + 1] << 8) * 1000.0 / 1024.0;
        at += 2;
    }
    return true;
}

static int32_t signed24(const uint8_t* b)
{
    return (int32_t)((uint32_t)b[0] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 24) / 256;
}

static bool parse_ecg(const uint8_t* payload, size_t n, PmdFrame* out)
{
    if (n % 3 || n / 3 > POLAR_MAX_SAMPLES) {
        return false;
    }
    for (size_t i = 0; i < n; i += 3) {
        out->x[out->n++] = (float)signed24(payload + i);
    }
    return out->n > 0;
}

/// `width` bits from bit `at` on, least significant first, with sign
static int32_t signed_bits(const uint8_t* bytes, size_t at, unsigned width)
{
    uint32_t x = 0;
    for (unsigned i = 0; i < width; i++, at++) {
        x |= (uint32_t)(bytes[at / 8] >> at % 8 & 1) << i;
    }
    const uint32_t sign = 1u << (width - 1);
    return (int32_t)(x ^ sign) - (int32_t)sign;
}

/// A reference of four channels (three LEDs, ambient light), then blocks of differences
static bool parse_ppg(const uint8_t* payload, size_t n, PmdFrame* out)
{
    enum { CHANNELS = 4, REFERENCE = 3 * CHANNELS };
    if (n < REFERENCE) {
        return false;
    }
    int32_t x[CHANNELS];
    for (unsigned c = 0; c < CHANNELS; c++) {
        x[c] = signed24(payload + 3 * c);
    }
    out->x[out->n++] = (float)x[0] + (float)x[1] + (float)x[2];
    for (size_t at = REFERENCE; at + 2 <= n;) {
        const unsigned width = payload[at];
        const unsigned count = payload[at + 1];
        const size_t bits = (size_t)width * CHANNELS * count;
        at += 2;
        if (width < 1 || width > 24 || (bits + 7) / 8 > n - at ||
            out->n + count > POLAR_MAX_SAMPLES) {
            return false;
        }
        for (unsigned i = 0; i < count; i++) {
            for (unsigned c = 0; c < CHANNELS; c++) {
                const int32_t step =
                    signed_bits(payload + at, (size_t)width * (CHANNELS * i + c), width);
                x[c] =
                    (int32_t)((uint32_t)x[c] + (uint32_t)step); // wraps where a frame is nonsense
            }
            out->x[out->n++] = (float)x[0] + (float)x[1] + (float)x[2];
        }
        at += (bits + 7) / 8;
    }
    return true;
}

bool pmd_parse(const uint8_t* bytes, size_t n, PmdFrame* out)
{
    enum { HEADER = 10 };
    if (n <= HEADER) {
        return false;
    }
    uint64_t nanoseconds = 0;
    for (unsigned i = 0; i < 8; i++) {
        nanoseconds |= (uint64_t)bytes[1 + i] << 8 * i;
    }
    out->device_s = (double)nanoseconds * 1e-9;
    out->n = 0;
    if (bytes[0] == 0x00 && bytes[9] == 0x00) {
        out->kind = PMD_ECG;
        return parse_ecg(bytes + HEADER, n - HEADER, out);
    }
    if (bytes[0] == 0x01 && bytes[9] == 0x80) {
        out->kind = PMD_PPG;
        return parse_ppg(bytes + HEADER, n - HEADER, out);
    }
    return false;
}

unsigned pmd_start_command(PmdKind kind, uint8_t out[16])
{
    // Start, kind; setting 0: rate; setting 1: resolution in bits; setting 4: number of channels
    static const uint8_t ecg[] = {0x02, 0x00, 0x00, 0x01, 0x82, 0x00, 0x01, 0x01, 0x0E, 0x00};
    static const uint8_t ppg[] = {0x02, 0x01, 0x00, 0x01, 0x37, 0x00, 0x01,
                                  0x01, 0x16, 0x00, 0x04, 0x01, 0x04};
    const uint8_t* const from = kind == PMD_ECG ? ecg : ppg;
    const unsigned n = kind == PMD_ECG ? sizeof ecg : sizeof ppg;
    memcpy(out, from, n);
    return n;
}
