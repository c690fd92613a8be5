// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "takefiles.h"

#include "unit.h"

#include <sndfile.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void takefiles_remove(const char* path)
{
    DIR* const dir = opendir(path);
    struct dirent* entry;
    while (dir && (entry = readdir(dir))) {
        char inner[800];
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
            snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
            if (unlink(inner)) {
                takefiles_remove(inner);
            }
        }
    }
    if (dir) {
        closedir(dir);
    }
    rmdir(path);
}

int takefiles_count(const char* folder, char* last)
{
    DIR* const dir = opendir(folder);
    struct dirent* entry;
    int n = 0;
    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] != '.') {
            snprintf(last, 600, "%s/%s", folder, entry->d_name);
            ++n;
        }
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}

int64_t takefiles_sound_frames(const char* take)
{
    char path[700];
    SF_INFO info = {0};
    snprintf(path, sizeof path, "%s/audio.wav", take);
    SNDFILE* const sound = sf_open(path, SFM_READ, &info);
    assert_non_null(sound);
    sf_close(sound);
    return info.frames;
}

int takefiles_beats_of_physio(const char* take, double rate, uint64_t* beats, int most)
{
    char path[700];
    snprintf(path, sizeof path, "%s/physio.bdf", take);
    FILE* const file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    const size_t size = (size_t)ftell(file);
    char* const bytes = calloc(1, size + 1);
    rewind(file);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    static const char mark[] = "\x14"
                               "beat\x14";
    int n = 0;
    for (size_t at = 0; at + sizeof mark <= size; ++at) {
        if (memcmp(bytes + at, mark, sizeof mark - 1) || n == most) {
            continue;
        }
        size_t from = at;
        while (from > 0 && bytes[from] != '+') {
            --from;
        }
        char* end = NULL;
        beats[n++] = (uint64_t)llround(strtod(bytes + from, &end) * rate);
        assert_ptr_equal(end, bytes + at);
    }
    free(bytes);
    return n;
}

void takefiles_expect_tables(const char* take, double rate, const uint64_t* beats, int n)
{
    char path[700];
    char line[200];
    snprintf(path, sizeof path, "%s/events.tsv", take);
    FILE* file = fopen(path, "r");
    int found = 0;
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "onset\tduration\ttrial_type\tvalue\tsample\n");
    while (fgets(line, sizeof line, file)) {
        double onset = 0.0;
        unsigned long sample = 0;
        assert_int_equal(sscanf(line, "%lf\t0\tbeat\tn/a\t%lu", &onset, &sample), 2);
        assert_int_equal(sample, beats[found]);
        assert_int_equal(llround(onset * rate), beats[found]);
        found++;
    }
    fclose(file);
    assert_int_equal(found, n);
    snprintf(path, sizeof path, "%s/rr.txt", take);
    file = fopen(path, "r");
    double sum_ms = 0.0;
    for (int i = 1; i < n; ++i) {
        double rr = 0.0;
        assert_int_equal(fscanf(file, "%lf", &rr), 1);
        sum_ms += rr;
        assert_int_equal(llround(sum_ms * rate / 1000.0), beats[i] - beats[0]);
    }
    fclose(file);
}
