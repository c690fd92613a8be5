// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/repair.h"

#include "formats/recording.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD = 256,          // bytes of the header, and as many for each signal
    COUNT_AT = 236,      // 8 characters: records
    SIGNALS_AT = 252,    // 4 characters
    SAMPLES_AT = 216,    // of each signal's part: 8 characters each, after those of all signals
    MOST_SIGNALS = 2048, // far more than any device has
    MOST_RECORD = 64 << 20
};

typedef struct {
    const char* path;
    char* told;
    FILE* file;
    uint64_t size;
} Repair;

static bool wrong(const Repair* repair, const char* what)
{
    snprintf(repair->told, RECORDING_ERROR_SIZE, "%.400s: %s", repair->path, what);
    return false;
}

static bool cut_to(const Repair* repair, uint64_t size)
{
    return fflush(repair->file) == 0 && ftruncate(fileno(repair->file), (off_t)size) == 0;
}

static bool number_at(FILE* file, long at, int width, double* value)
{
    char text[16] = "";
    char* end = NULL;
    if (fseek(file, at, SEEK_SET) || fread(text, 1, (size_t)width, file) != (size_t)width) {
        return false;
    }
    *value = strtod(text, &end);
    return end != text;
}

// Bytes of one record, 0 when the header does not say
static uint64_t record_bytes(FILE* file, int signals, unsigned sample_bytes)
{
    uint64_t bytes = 0;
    for (int i = 0; i < signals; ++i) {
        double samples = 0.0;
        if (!number_at(file, HEAD + (long)signals * SAMPLES_AT + 8L * i, 8, &samples) ||
            samples < 1.0 || samples > MOST_RECORD) {
            return 0;
        }
        bytes += (uint64_t)samples * sample_bytes;
    }
    return bytes <= MOST_RECORD ? bytes : 0;
}

static bool repair_records(const Repair* repair, unsigned sample_bytes)
{
    double signals = 0.0;
    double said = -1.0;
    if (!number_at(repair->file, SIGNALS_AT, 4, &signals) || signals < 1.0 ||
        signals > MOST_SIGNALS) {
        return wrong(repair, "byte 252: no number of signals");
    }
    const uint64_t head = HEAD * ((uint64_t)signals + 1);
    const uint64_t bytes = record_bytes(repair->file, (int)signals, sample_bytes);
    if (bytes == 0 || repair->size < head) {
        return wrong(repair, "the header is cut or damaged: nothing can be saved");
    }
    const uint64_t records = (repair->size - head) / bytes;
    const uint64_t whole = head + records * bytes;
    number_at(repair->file, COUNT_AT, 8, &said);
    if (whole == repair->size && said == (double)records) {
        snprintf(repair->told, RECORDING_ERROR_SIZE, "%.400s: whole, nothing to do", repair->path);
        return true;
    }
    char count[16];
    snprintf(count, sizeof count, "%-8llu", (unsigned long long)records);
    if (records > 99999999u || fseek(repair->file, COUNT_AT, SEEK_SET) ||
        fwrite(count, 1, 8, repair->file) != 8 || !cut_to(repair, whole)) {
        return wrong(repair, strerror(errno));
    }
    snprintf(repair->told, RECORDING_ERROR_SIZE,
             "%.400s: %llu whole records, %llu bytes of a cut one taken off", repair->path,
             (unsigned long long)records, (unsigned long long)(repair->size - whole));
    return true;
}

// A last line without its end is taken off
static bool repair_lines(const Repair* repair)
{
    uint64_t whole = repair->size;
    while (whole > 0) {
        if (fseek(repair->file, (long)whole - 1, SEEK_SET)) {
            return wrong(repair, strerror(errno));
        }
        if (fgetc(repair->file) == '\n') {
            break;
        }
        --whole;
    }
    if (whole == repair->size) {
        snprintf(repair->told, RECORDING_ERROR_SIZE, "%.400s: whole, nothing to do", repair->path);
        return true;
    }
    if (!cut_to(repair, whole)) {
        return wrong(repair, strerror(errno));
    }
    snprintf(repair->told, RECORDING_ERROR_SIZE, "%.400s: %llu bytes of a cut line taken off",
             repair->path, (unsigned long long)(repair->size - whole));
    return true;
}

static bool repair_file(const char* path, char* told)
{
    struct stat about;
    unsigned char head[8] = {0};
    Repair repair = {path, told, fopen(path, "r+b"), 0};
    if (!repair.file) {
        return wrong(&repair, strerror(errno));
    }
    bool good = fstat(fileno(repair.file), &about) == 0;
    if (!good) {
        wrong(&repair, strerror(errno));
    } else {
        const size_t n = fread(head, 1, sizeof head, repair.file);
        repair.size = (uint64_t)about.st_size;
        if (n == 8 && !memcmp(head,
                              "\xFF"
                              "BIOSEMI",
                              8)) {
            good = repair_records(&repair, 3);
        } else if (n == 8 && !memcmp(head, "0       ", 8)) {
            good = repair_records(&repair, 2);
        } else if (memchr(head, 0, n)) {
            good = wrong(&repair, "neither a take, EDF, BDF nor lines of text");
        } else {
            good = repair_lines(&repair);
        }
    }
    return fclose(repair.file) == 0 && good;
}

bool repair(const char* path, char* told)
{
    static const char* const parts[] = {"physio.bdf", "events.tsv", "rr.txt", "labels.txt",
                                        "clock.csv"};
    struct stat about;
    if (stat(path, &about) || !S_ISDIR(about.st_mode)) {
        return repair_file(path, told);
    }
    unsigned mended = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i) {
        char part[4300];
        snprintf(part, sizeof part, "%.4200s/%s", path, parts[i]);
        if (!repair_file(part, told)) {
            return false;
        }
        mended += strstr(told, "taken off") != NULL;
    }
    if (mended > 0) {
        snprintf(told, RECORDING_ERROR_SIZE, "%.400s: %u files mended", path, mended);
    } else {
        snprintf(told, RECORDING_ERROR_SIZE, "%.400s: whole, nothing to do", path);
    }
    return true;
}
