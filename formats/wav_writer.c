// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/wav_writer.h"

#include "formats/recording.h"
#include "formats/safefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Chunks in order, each with its 8 bytes of name and size
enum {
    RIFF_BYTES = 12,
    DS64_BYTES = 8 + 28, // "JUNK" until it is needed
    BEXT_BYTES = 8 + 602,
    FORMAT_BYTES = 8 + 40, // WAVE_FORMAT_EXTENSIBLE, as more than two channels ask for it
    DATA_BYTES = 8,
    HEADER_BYTES = RIFF_BYTES + DS64_BYTES + BEXT_BYTES + FORMAT_BYTES + DATA_BYTES
};

struct WavWriter {
    SafeFile* file;
    unsigned frame_bytes;
    uint64_t length; // frames that the header claims
    uint8_t header[HEADER_BYTES];
};

static uint8_t* put(uint8_t* at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; ++i) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
    return at + bytes;
}

static uint8_t* chunk(uint8_t* at, const char* name, uint32_t size)
{
    memcpy(at, name, 4);
    return put(at + 4, size, 4);
}

// bext version 1: description 256, originator 32, reference 32, date 10, time 8, time reference 8,
// version 2, UMID 64, reserved 190
static void fill_bext(uint8_t* at, const WavHeader* header)
{
    struct tm local;
    char text[32];
    const time_t start = header->start;
    localtime_r(&start, &local);
    snprintf((char*)at + 256, 32, "%.31s", header->software ? header->software : "");
    strftime(text, sizeof text, "%Y-%m-%d%H:%M:%S", &local);
    memcpy(at + 320, text, 18);
    const double since_midnight_s =
        local.tm_hour * 3600.0 + local.tm_min * 60.0 + local.tm_sec + header->start_fraction_s;
    put(at + 338, (uint64_t)(since_midnight_s * header->rate + 0.5), 8);
    put(at + 346, 1, 2);
}

static void fill_header(WavWriter* wav, const WavHeader* header)
{
    static const uint8_t float_guid[14] = {0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80,
                                           0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};
    uint8_t* at = wav->header;
    at = chunk(at, "RIFF", 0);
    memcpy(at, "WAVE", 4);
    at = chunk(at + 4, "JUNK", DS64_BYTES - 8) + DS64_BYTES - 8;
    at = chunk(at, "bext", BEXT_BYTES - 8);
    fill_bext(at, header);
    at = chunk(at + BEXT_BYTES - 8, "fmt ", FORMAT_BYTES - 8);
    at = put(at, 0xFFFE, 2); // extensible
    at = put(at, header->channels, 2);
    at = put(at, header->rate, 4);
    at = put(at, (uint64_t)header->rate * wav->frame_bytes, 4);
    at = put(at, wav->frame_bytes, 2);
    at = put(at, 32, 2); // bits per sample
    at = put(at, 22, 2); // bytes that follow
    at = put(at, 32, 2); // valid bits
    at = put(at, 0, 4);  // channels are no loudspeakers
    at = put(at, 3, 2);  // IEEE float
    memcpy(at, float_guid, sizeof float_guid);
    chunk(at + sizeof float_guid, "data", 0);
}

// Sizes into the header: RIFF's own, or RF64 with the 64-bit sizes in ds64
static void fill_sizes(WavWriter* wav, uint64_t frames)
{
    const uint64_t data = frames * wav->frame_bytes;
    const uint64_t riff = HEADER_BYTES - 8 + data;
    const bool large = riff > 0xFFFFFFFFu;
    uint8_t* const ds64 = wav->header + RIFF_BYTES;
    memcpy(wav->header, large ? "RF64" : "RIFF", 4);
    put(wav->header + 4, large ? 0xFFFFFFFFu : riff, 4);
    memcpy(ds64, large ? "ds64" : "JUNK", 4);
    if (large) {
        put(ds64 + 8, riff, 8);
        put(ds64 + 16, data, 8);
        put(ds64 + 24, frames, 8);
    }
    put(wav->header + HEADER_BYTES - 4, large ? 0xFFFFFFFFu : data, 4);
}

WavWriter* wav_create(const char* path, const WavHeader* header, char* error)
{
    WavWriter* const wav = calloc(1, sizeof *wav);
    if (!wav) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: out of memory", path);
        return NULL;
    }
    wav->frame_bytes = header->channels * (unsigned)sizeof(float);
    fill_header(wav, header);
    fill_sizes(wav, 0);
    if (!(wav->file = safefile_create(path, error)) ||
        !safefile_append(wav->file, wav->header, HEADER_BYTES)) {
        wav_close(wav);
        return NULL;
    }
    return wav;
}

bool wav_frames(WavWriter* wav, const float* frames, size_t n)
{
    // Floats lie in memory as in the file on every little-endian machine; others need the turn
    const uint16_t probe = 1;
    if (*(const uint8_t*)&probe == 1) {
        return safefile_append(wav->file, frames, n * wav->frame_bytes);
    }
    for (size_t i = 0; i < n * wav->frame_bytes / sizeof(float); ++i) {
        uint32_t bits;
        uint8_t bytes[4];
        memcpy(&bits, &frames[i], sizeof bits);
        put(bytes, bits, 4);
        if (!safefile_append(wav->file, bytes, 4)) {
            return false;
        }
    }
    return true;
}

bool wav_skip(WavWriter* wav, uint64_t n)
{
    return safefile_skip(wav->file, n * wav->frame_bytes);
}

bool wav_flush(WavWriter* wav)
{
    const bool good = safefile_flush(wav->file);
    const uint64_t written = safefile_written(wav->file);
    const uint64_t frames =
        written > HEADER_BYTES ? (written - HEADER_BYTES) / wav->frame_bytes : 0;
    if (frames != wav->length) {
        fill_sizes(wav, frames);
        if (!safefile_patch(wav->file, 0, wav->header, HEADER_BYTES)) {
            return false;
        }
        wav->length = frames;
    }
    return good;
}

bool wav_sync(WavWriter* wav)
{
    return safefile_sync(wav->file);
}

bool wav_close(WavWriter* wav)
{
    if (!wav) {
        return true;
    }
    bool good = true;
    if (wav->file) {
        good = wav_flush(wav);
        if (!good && safefile_written(wav->file) >= HEADER_BYTES) {
            safefile_cut(wav->file, HEADER_BYTES + wav->length * wav->frame_bytes);
        }
        good = safefile_close(wav->file) && good;
    }
    free(wav);
    return good;
}
