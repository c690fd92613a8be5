// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tools/analyze_list.h"

#include "formats/recording.h"
#include "formats/table.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_LEAP_S 86400.0 // between two beats of a list: no recording does that
#define PROBED     200u    // numbers that are looked at before
#define LEAST      5u      // of them
#define LEAST_RISE 10u     // intervals do not rise for that long
#define SHORT_S    0.2     // a heartbeat lasts longer, and
#define LONG_S     4.0     // shorter

struct BeatList {
    char path[4200];
    Table* table;
    char separator;
    char decimal_mark;
    bool heading; // its first line is one
    bool times;   // of beats, not intervals
    bool across;  // many numbers in a line, each of them counts
    double seconds_per_unit;
    unsigned column, type_column;
    // The line under way
    char* fields[TABLE_MAX_FIELDS];
    unsigned n, at;
    bool first;
    double clock_s; // of the last beat
    char warning[RECORDING_ERROR_SIZE];
    char error[RECORDING_ERROR_SIZE];
};

static bool begins(const char* text, const char* with)
{
    return !strncasecmp(text, with, strlen(with));
}

static bool is_interval_name(const char* name)
{
    return begins(name, "rr") || begins(name, "r-r") || begins(name, "ibi") || begins(name, "nn");
}

/// Takes the columns from a heading; false when none of them is a list's
static bool read_heading(BeatList* list, char** fields, unsigned n)
{
    unsigned intervals = TABLE_MAX_FIELDS;
    list->heading = true;
    for (unsigned i = 0; i < n; i++) {
        if (!strcmp(fields[i], "onset")) {
            list->column = i;
            list->times = true;
        } else if (!strcmp(fields[i], "type") || !strcmp(fields[i], "trial_type")) {
            list->type_column = i;
        } else if (intervals == TABLE_MAX_FIELDS && is_interval_name(fields[i])) {
            intervals = i;
        }
    }
    list->column = list->times ? list->column : intervals;
    return list->column < TABLE_MAX_FIELDS;
}

static bool all_digits(const char* text)
{
    return *text && !text[strspn(text, "0123456789")];
}

/// "0,881" or "881,25": without a heading, a comma between two whole numbers is a decimal mark
/// unless the second one is a flag
static bool has_decimal_comma(char* const* fields, unsigned n)
{
    return n == 2 && all_digits(fields[0]) && all_digits(fields[1]) &&
           (strlen(fields[0]) == 1 || strlen(fields[1]) > 1 || fields[1][0] > '1');
}

/// The next line with something in it; false at the end, or after an error
static bool next_line(BeatList* list)
{
    char* line = NULL;
    TableStatus status;
    while ((status = table_line(list->table, &line)) == TABLE_LINE) {
        if (*line != '#' && *line != '%' && line[strspn(line, " \t;,")]) {
            list->n = table_split(line, list->separator, list->fields);
            list->at = 0;
            return true;
        }
    }
    if (status != TABLE_END) {
        snprintf(list->error, sizeof list->error, "%.400s: line %llu: not a table", list->path,
                 (unsigned long long)table_line_number(list->table));
    }
    return false;
}

/// The next number that counts; false at the end
static bool next_number(BeatList* list, double* x)
{
    for (;;) {
        if (!list->across || list->at >= list->n) {
            if (!next_line(list)) {
                return false;
            }
            list->at = list->across ? 0 : list->column;
        }
        if (list->at < list->n &&
            table_field(list->fields[list->at++], list->decimal_mark, x) == FIELD_NUMBER &&
            isfinite(*x)) {
            return true;
        }
    }
}

static int compare(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

static unsigned count_beats(const double* x, unsigned n, double unit)
{
    unsigned count = 0;
    for (unsigned i = 0; i < n; i++) {
        count += x[i] * unit >= SHORT_S && x[i] * unit <= LONG_S;
    }
    return count;
}

/// What its first numbers are: intervals in ms or s, or times that rise. False when they are
/// neither.
static bool judge(BeatList* list)
{
    double x[PROBED];
    double steps[PROBED] = {0.0};
    unsigned n = 0;
    unsigned rising = 0;
    while (n < PROBED && next_number(list, &x[n])) {
        steps[n] = n > 0 ? x[n] - x[n - 1] : 0.0;
        rising += steps[n] > 0.0;
        n++;
    }
    if (list->times || n == 0) {
        return list->times;
    }
    if (!list->heading && n >= LEAST_RISE && rising + 1 == n) {
        qsort(steps + 1, n - 1, sizeof *steps, compare);
        const double step = steps[1 + (n - 1) / 2];
        list->times = true;
        list->seconds_per_unit = step > 10.0 ? 1e-3 : 1.0;
        snprintf(list->warning, sizeof list->warning,
                 "%.400s: its numbers rise: taken as times of beats in %s", list->path,
                 step > 10.0 ? "ms" : "s");
        return count_beats(steps + 1, n - 1, list->seconds_per_unit) * 10 >= (n - 1) * 9;
    }
    const unsigned milli = count_beats(x, n, 1e-3);
    const unsigned whole = count_beats(x, n, 1.0);
    list->seconds_per_unit = whole > milli ? 1.0 : 1e-3;
    if (whole > milli) {
        snprintf(list->warning, sizeof list->warning,
                 "%.400s: its intervals are as long as heartbeats in s: taken as seconds",
                 list->path);
    }
    return n >= LEAST && (whole > milli ? whole : milli) * 10 >= n * 9;
}

/// Looks at the beginning; `*likely` says whether it is a list at all. False after an error.
static bool probe(BeatList* list, bool* likely)
{
    char* line = NULL;
    double number = 0.0;
    if (table_line(list->table, &line) != TABLE_LINE) {
        snprintf(list->error, sizeof list->error, "%.400s: nothing in it", list->path);
        return false;
    }
    list->separator = table_separator(line);
    list->decimal_mark = '.';
    list->seconds_per_unit = 1e-3;
    list->type_column = TABLE_MAX_FIELDS;
    list->n = table_split(line, list->separator, list->fields);
    *likely = true;
    if (list->n > 0 && table_field(list->fields[0], '.', &number) == FIELD_TEXT &&
        !strchr(list->fields[0], ',')) {
        if (!read_heading(list, list->fields, list->n)) {
            snprintf(list->error, sizeof list->error, "%.400s: line 1: no column onset or rr",
                     list->path);
            return false;
        }
        list->seconds_per_unit = list->times ? 1.0 : 1e-3;
        for (unsigned i = 0; i < list->n; i++) { // a signal, with intervals beside it
            const RecordingKind kind = recording_kind(list->fields[i]);
            *likely = *likely && (kind == RECORDING_OTHER || kind == RECORDING_TIME ||
                                  is_interval_name(list->fields[i]));
        }
        if (list->separator == ';' || list->separator == '\t') {
            // The decimal mark stands in the rows
            if (next_line(list) && list->column < list->n &&
                strchr(list->fields[list->column], ',')) {
                list->decimal_mark = ',';
            }
        }
    } else if (list->separator == ',' && has_decimal_comma(list->fields, list->n)) {
        list->separator = '\t';
        list->decimal_mark = ',';
    } else {
        list->across = list->n >= LEAST;
        *likely = list->n == 1 || list->across;
    }
    table_rewind(list->table);
    if (list->heading) {
        table_line(list->table, &line);
    }
    list->n = list->at = 0;
    const bool judged = judge(list);
    *likely = *likely && judged && !list->error[0];
    list->error[0] = '\0';
    table_rewind(list->table);
    if (list->heading) {
        table_line(list->table, &line);
    }
    list->n = list->at = 0;
    return true;
}

static BeatList* open_and_probe(const char* path, bool* likely, char* error)
{
    BeatList* const list = calloc(1, sizeof *list);
    if (!list) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: out of memory", path);
        return NULL;
    }
    snprintf(list->path, sizeof list->path, "%.4100s", path);
    list->first = true;
    list->table = table_open(path);
    if (!list->table) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: %s", path, strerror(errno));
    } else if (probe(list, likely)) {
        return list;
    } else {
        memcpy(error, list->error, sizeof list->error);
    }
    beatlist_close(list);
    return NULL;
}

bool beatlist_is(const char* path)
{
    char error[RECORDING_ERROR_SIZE];
    bool likely = false;
    BeatList* const list = open_and_probe(path, &likely, error);
    beatlist_close(list);
    return list && likely;
}

BeatList* beatlist_open(const char* path, char* error)
{
    bool likely;
    return open_and_probe(path, &likely, error);
}

void beatlist_close(BeatList* list)
{
    if (list) {
        table_close(list->table);
        free(list);
    }
}

bool beatlist_has_times(const BeatList* list)
{
    return list->times;
}

bool beatlist_next(BeatList* list, double* time_s, bool* reliable)
{
    double x = 0.0;
    if (list->first && !list->times) {
        list->first = false; // the beat before the first interval
        *time_s = 0.0;
        *reliable = true;
        return true;
    }
    while (next_number(list, &x)) {
        const char* const type =
            !list->across && list->type_column < list->n ? list->fields[list->type_column] : "";
        if (!strcmp(type, "extra")) {
            continue; // found to be no beat
        }
        x *= list->seconds_per_unit;
        const double at = list->times ? x : list->clock_s + x;
        if (at < list->clock_s || (!list->times && x <= 0.0)) {
            snprintf(list->warning, sizeof list->warning,
                     "%.400s: line %llu: goes back in time, left out", list->path,
                     (unsigned long long)table_line_number(list->table));
            continue;
        }
        if (at - list->clock_s > MAX_LEAP_S) {
            snprintf(list->error, sizeof list->error, "%.400s: line %llu: leaps by more than a day",
                     list->path, (unsigned long long)table_line_number(list->table));
            return false;
        }
        *time_s = list->clock_s = at;
        *reliable = strcmp(type, "ectopic") != 0 && strcmp(type, "unreliable") != 0;
        return true;
    }
    return false;
}

const char* beatlist_error(const BeatList* list)
{
    return list->error;
}

const char* beatlist_warning(const BeatList* list)
{
    return list->warning;
}

double beatlist_progress(const BeatList* list)
{
    return table_progress(list->table);
}
