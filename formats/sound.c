// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Sound files through libsndfile. Samples are full scale = 1.0 and have no unit.

#include "formats/reader.h"

#include <sndfile.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 1024 // frames read at once

// Sizes from here on stand in 32-bit headers of sound that was written into a pipe: not known
#define PIPED 0x7FFFF000u

typedef struct {
    SNDFILE* file;
    SF_INFO info;
    unsigned channel;
    float* chunk;
    sf_count_t in_chunk, held, position;
    int64_t bytes; // of the file
} Sound;

static bool sniff(const char* path, const uint8_t* head, size_t n)
{
    // WAV, RF64, Wave64, AIFF, CAF, FLAC, Ogg, AU; anything else with a name of its own would be
    // guesswork
    static const char marks[][5] = {"RIFF", "RIFX", "RF64", "riff", "FORM",
                                    "caff", "fLaC", "OggS", ".snd"};
    (void)path;
    for (size_t i = 0; i < sizeof marks / sizeof *marks && n >= 12; i++) {
        if (!memcmp(head, marks[i], 4)) {
            return true;
        }
    }
    return false;
}

static uint64_t number_at(const uint8_t* bytes, unsigned n, bool big_endian)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < n; i++) {
        number = number << 8 | bytes[big_endian ? i : n - 1 - i];
    }
    return number;
}

/// How long a file would be by its outermost chunk; 0 where that is not said
static uint64_t said_bytes(const uint8_t* head, size_t n)
{
    if (n >= 28 && !memcmp(head, "RF64", 4) && !memcmp(head + 12, "ds64", 4)) {
        const uint64_t size = number_at(head + 20, 8, false);
        return size && size < (uint64_t)1 << 62 ? size + 8 : 0;
    }
    const bool big = !memcmp(head, "RIFX", 4) || !memcmp(head, "FORM", 4);
    if (n < 12 || (!big && memcmp(head, "RIFF", 4) != 0)) {
        return 0;
    }
    const uint64_t size = number_at(head + 4, 4, big);
    return size && size < PIPED ? size + 8 : 0;
}

/// libsndfile reads what is there and says nothing of what is not
static void look_at_size(Recording* rec, Sound* sound)
{
    uint8_t head[28] = {0};
    FILE* const file = fopen(rec->path, "rb");
    const size_t n = file ? fread(head, 1, sizeof head, file) : 0;
    const uint64_t said = said_bytes(head, n);
    sound->bytes = file ? reader_size(file) : -1;
    if (file) {
        fclose(file);
    }
    if (sound->bytes >= 0 && (uint64_t)sound->bytes < said) {
        rec->cut = true;
        reader_warn(rec, "it ends at byte %lld of the %llu that its header tells of",
                    (long long)sound->bytes, (unsigned long long)said);
    }
}

static bool open_file(Recording* rec)
{
    Sound* const sound = rec->state = calloc(1, sizeof *sound);
    if (!sound) {
        return reader_fail(rec, "out of memory");
    }
    look_at_size(rec, sound);
    if (!(sound->file = sf_open(rec->path, SFM_READ, &sound->info))) {
        char text[128];
        snprintf(text, sizeof text, "%s", sf_strerror(NULL));
        text[strcspn(text, "\r\n")] = '\0';
        return reader_fail(rec, "%s (the file has %lld bytes)", text, (long long)sound->bytes);
    }
    const int n = sound->info.channels;
    if (sound->info.frames == 0) {
        return reader_fail(rec, "it ends at byte %lld, without samples", (long long)sound->bytes);
    }
    for (int i = 0; i < n; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i + 1);
        RecordingChannel* const channel = reader_add_channel(rec, name, "", sound->info.samplerate);
        if (!channel) {
            return false;
        }
        // Unknown lengths come as the largest number there is
        channel->length =
            sound->info.frames < (sf_count_t)1 << 50 ? (uint64_t)sound->info.frames : 0;
    }
    sound->chunk = malloc(sizeof(float) * CHUNK * (size_t)n);
    return sound->chunk || reader_fail(rec, "out of memory");
}

static bool select_channel(Recording* rec, unsigned index)
{
    Sound* const sound = rec->state;
    sound->channel = index;
    sound->in_chunk = sound->held = sound->position = 0;
    return sf_seek(sound->file, 0, SEEK_SET) == 0 ||
           reader_fail(rec, "cannot go back to its beginning");
}

/// What is packed can end early without its size telling
static void tell_end(Recording* rec, const Sound* sound)
{
    if (rec->channels[sound->channel].length > (uint64_t)sound->position && !rec->cut) {
        rec->cut = true;
        reader_warn(rec, "after %lld of %lld frames the rest of its %lld bytes cannot be read",
                    (long long)sound->position, (long long)sound->info.frames,
                    (long long)sound->bytes);
    }
}

static size_t read_channel(Recording* rec, float* out, size_t n)
{
    Sound* const sound = rec->state;
    size_t done = 0;
    while (done < n) {
        if (sound->in_chunk == sound->held) {
            sound->held = sf_readf_float(sound->file, sound->chunk, CHUNK);
            sound->in_chunk = 0;
            if (sound->held <= 0) {
                sound->held = 0;
                tell_end(rec, sound);
                break;
            }
        }
        out[done++] = sound->chunk[sound->in_chunk++ * sound->info.channels + sound->channel];
        sound->position++;
    }
    return done;
}

static double progress(const Recording* rec)
{
    const Sound* const sound = rec->state;
    return (double)sound->position / (double)sound->info.frames;
}

static void close_file(Recording* rec)
{
    Sound* const sound = rec->state;
    if (sound->file) {
        sf_close(sound->file);
    }
    free(sound->chunk);
    free(sound);
}

const Reader reader_sound = {"sound file", sniff,    open_file, select_channel,
                             read_channel, progress, close_file};
