// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// After the protocol of BITalino's own C++ interface (bitalino.cpp)

#include "bridge/bitalino.h"

#include <string.h>

static unsigned frame_bytes(unsigned channels)
{
    static const unsigned bytes[7] = {0, 3, 4, 6, 7, 8, 8};
    return bytes[channels];
}

bool bitalino_begin(Bitalino* bitalino, unsigned channels)
{
    *bitalino = (Bitalino){.channels = channels, .sequence = -1, .candidate = -1};
    return channels >= 1 && channels <= 6;
}

/// CRC-4, polynomial x^4 + x + 1, nibble by nibble; the CRC's own nibble counts as zero
static bool crc_is_right(const uint8_t* bytes, unsigned n)
{
    static const uint8_t table[16] = {0, 3, 6, 5, 12, 15, 10, 9, 11, 8, 13, 14, 7, 4, 1, 2};
    uint8_t crc = 0;
    for (unsigned i = 0; i < n; i++) {
        const uint8_t byte = i == n - 1 ? bytes[i] & 0xF0 : bytes[i];
        crc = table[crc] ^ byte >> 4;
        crc = table[crc] ^ (byte & 0x0F);
    }
    return crc == (bytes[n - 1] & 0x0F);
}

static void decode(const uint8_t* b, unsigned n, unsigned channels, float* values)
{
    // From the end: the channels run backwards through the frame
    const unsigned x[6] = {(b[n - 2] & 0x0Fu) << 6 | b[n - 3] >> 2,
                           channels > 1 ? (b[n - 3] & 0x03u) << 8 | b[n - 4] : 0,
                           channels > 2 ? (unsigned)b[n - 5] << 2 | b[n - 6] >> 6 : 0,
                           channels > 3 ? (b[n - 6] & 0x3Fu) << 4 | b[n - 7] >> 4 : 0,
                           channels > 4 ? (b[n - 7] & 0x0Fu) << 2 | b[n - 8] >> 6 : 0,
                           channels > 5 ? b[n - 8] & 0x3Fu : 0};
    for (unsigned i = 0; i < channels; i++) {
        values[i] = (float)x[i];
    }
}

bool bitalino_byte(Bitalino* bitalino, uint8_t byte, float* values, unsigned* lost)
{
    const unsigned n = frame_bytes(bitalino->channels);
    bitalino->bytes[bitalino->n++] = byte;
    if (bitalino->n < n) {
        return false;
    }
    if (!crc_is_right(bitalino->bytes, n)) {
        if (bitalino->aligned) { // a wrong bit costs its frame alone
            bitalino->aligned = false;
            bitalino->n = 0;
            bitalino->candidate = bitalino->sequence >= 0 ? (bitalino->sequence + 1) & 0x0F : -1;
        } else {
            memmove(bitalino->bytes, bitalino->bytes + 1, n - 1);
            bitalino->n--;
            bitalino->candidate = -1;
        }
        return false;
    }
    bitalino->n = 0;
    const int sequence = bitalino->bytes[n - 1] >> 4;
    const bool follows = bitalino->candidate >= 0 && sequence == ((bitalino->candidate + 1) & 0x0F);
    if (!bitalino->aligned && !follows) { // by chance one stretch of bytes in 16 looks right
        bitalino->candidate = sequence;
        return false;
    }
    bitalino->aligned = true;
    *lost = bitalino->sequence < 0 ? 0 : (unsigned)(sequence - bitalino->sequence - 1) & 0x0F;
    bitalino->sequence = sequence;
    decode(bitalino->bytes, n, bitalino->channels, values);
    return true;
}

uint8_t bitalino_start_command(unsigned channels)
{
    return (uint8_t)(((1u << channels) - 1u) << 2 | 0x01);
}

uint8_t bitalino_rate_command(double rate)
{
    const unsigned code = rate == 1000.0  ? 3
                          : rate == 100.0 ? 2
                          : rate == 10.0  ? 1
                          : rate == 1.0   ? 0
                                          : 4;
    return code < 4 ? (uint8_t)(code << 6 | 0x03) : 0;
}
