// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Tables of numbers as text: CSV, TSV, OpenSignals, BIDS physiological recordings. What the file
// does not say is sniffed: separator, decimal mark, header, unit row, time column and its unit. The
// rate comes from the caller, from a time column, from a line of the header or from a JSON file
// beside the table.

#include "formats/reader.h"
#include "formats/sidecar.h"
#include "formats/table.h"
#include "formats/timeline.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct {
    Table* table;
    char separator;
    char decimal_mark;
    uint64_t header_lines; // before the first row of numbers
    Sidecar sidecar;       // what a JSON header or a JSON file said
    int time_column;       // -1 = none
    double time_scale;     // seconds per unit of the time column
    bool irregular;        // its samples do not lie on a grid
    unsigned column;       // the selected one
    Timeline timeline;
    double last_time; // s, NAN before
    bool ended;
} Csv;

static bool sniff(const char* path, const uint8_t* head, size_t n)
{
    (void)path;
    if (n >= 2 && head[0] == 0x1F && head[1] == 0x8B) {
        return true; // gzip
    }
    return n > 0 && !memchr(head, '\0', n);
}

static bool line_failed(Recording* rec, const Csv* csv, TableStatus status)
{
    const unsigned long long line = (unsigned long long)table_line_number(csv->table);
    switch (status) {
    case TABLE_TOO_LONG:
        return reader_fail(rec, "line %llu is too long for a table", line);
    case TABLE_BINARY:
        return reader_fail(rec, "line %llu is no text", line);
    case TABLE_UNREADABLE:
        return reader_fail(rec, "it cannot be unpacked after line %llu", line);
    default:
        return reader_fail(rec, "no numbers in it");
    }
}

// The header

/// Splits "ECG (mV)" or "Time [s]" into name and unit, in place; "ecg_mV" stays whole
static const char* split_unit(char* name)
{
    char* const open = strpbrk(name, "([");
    const size_t n = strlen(name);
    const char* const last = strrchr(name, '_');
    if (last && strlen(last) > 2 && recording_millivolts(last + 1) > 0.0) {
        return last + 1;
    }
    if (!open || open == name || (name[n - 1] != ')' && name[n - 1] != ']')) {
        return "";
    }
    name[n - 1] = '\0';
    *open = '\0';
    return open + 1;
}

static bool is_comment(const char* line)
{
    return *line == '#' || *line == '%';
}

/// How many of the fields are text, and how many are numbers
static void count_kinds(char** fields, unsigned n, char decimal_mark, unsigned* text,
                        unsigned* numbers)
{
    *text = *numbers = 0;
    for (unsigned i = 0; i < n; i++) {
        double value;
        const FieldKind kind = table_field(fields[i], decimal_mark, &value);
        *text += kind == FIELD_TEXT;
        *numbers += kind == FIELD_NUMBER;
    }
}

/// In a file whose fields are not separated by commas, a comma between digits is a decimal mark
static char sniff_decimal_mark(const char* line, char separator)
{
    if (separator == ',') {
        return '.';
    }
    for (const char* p = strchr(line, ','); p; p = strchr(p + 1, ',')) {
        if (p > line && isdigit((unsigned char)p[-1]) && isdigit((unsigned char)p[1])) {
            return ',';
        }
    }
    return '.';
}

/// What the header says of a column beyond its name: of those that are no sensors, none is a signal
static void take_kind(const Sidecar* sidecar, RecordingChannel* channel)
{
    if (sidecar->n_labels == 0) {
        return;
    }
    channel->kind = RECORDING_TIME;
    for (unsigned i = 0; i < sidecar->n_labels; i++) {
        if (!strcmp(sidecar->labels[i], channel->name)) {
            channel->kind = recording_kind(i < sidecar->n_sensors ? sidecar->sensors[i] : "");
        }
    }
}

/// Adds the channels: from the header's names, else from a JSON's, else by number
static bool add_columns(Recording* rec, const Csv* csv, char** names, unsigned n_names,
                        char** units, unsigned n_units, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char name[256] = "";
        if (i < n_names) {
            snprintf(name, sizeof name, "%s", names[i]);
        } else if (n_names == 0 && csv->sidecar.n_columns == n) {
            snprintf(name, sizeof name, "%s", csv->sidecar.columns[i]);
        }
        const char* unit = split_unit(name);
        unit = i < n_units ? units[i] : unit;
        RecordingChannel* const channel = reader_add_channel(rec, name, unit, csv->sidecar.rate);
        if (!channel) {
            return false;
        }
        take_kind(&csv->sidecar, channel);
    }
    return true;
}

/// Reads up to the first row of numbers. Everything before it is header: comments, at most one row
/// of names and one of units.
static bool read_header(Recording* rec, Csv* csv)
{
    enum { MAX_HEADER_LINES = 1000 };
    static const char brackets[] = "([{";
    char* fields[TABLE_MAX_FIELDS];
    char* kept[2] = {NULL, NULL}; // rows of names and of units
    char* line;
    TableStatus status;
    unsigned n_kept = 0;
    bool good = false;
    while ((status = table_line(csv->table, &line)) == TABLE_LINE &&
           csv->header_lines < MAX_HEADER_LINES) {
        if (is_comment(line)) {
            sidecar_text(&csv->sidecar, line + 1);
        } else if (line[strspn(line, " \t;,")]) {
            char* const copy = strdup(line);
            if (!copy) {
                reader_fail(rec, "out of memory");
                break;
            }
            const char separator = table_separator(line);
            csv->decimal_mark = sniff_decimal_mark(line, separator);
            const unsigned n = table_split(line, separator, fields);
            unsigned text;
            unsigned numbers;
            count_kinds(fields, n, csv->decimal_mark, &text, &numbers);
            if (numbers > 0 && (text == 0 || n_kept > 0)) { // the first row of numbers
                free(copy);
                csv->separator = separator;
                char* names[TABLE_MAX_FIELDS];
                char* units[TABLE_MAX_FIELDS];
                // Where there is one column, blanks are part of its name
                const char between = n == 1 && separator == ' ' ? '\t' : separator;
                const unsigned n_names = kept[0] ? table_split(kept[0], between, names) : 0;
                const unsigned n_units = kept[1] ? table_split(kept[1], between, units) : 0;
                for (unsigned i = 0; i < n_units; i++) {
                    char* const unit = units[i] + strspn(units[i], brackets);
                    unit[strcspn(unit, ")]}")] = '\0';
                    units[i] = unit;
                }
                good = add_columns(rec, csv, names, n_names, units, n_units,
                                   n > n_names ? n : n_names);
                break;
            }
            if (n_kept == 2) {
                free(copy);
                reader_fail(rec, "line %llu: no numbers",
                            (unsigned long long)table_line_number(csv->table));
                break;
            }
            kept[n_kept++] = copy;
        }
        csv->header_lines = table_line_number(csv->table);
    }
    if (!good && !rec->error[0]) {
        line_failed(rec, csv, status);
    }
    free(kept[0]);
    free(kept[1]);
    return good;
}

static bool skip_header(Recording* rec, Csv* csv)
{
    char* line;
    if (!table_rewind(csv->table)) {
        return reader_fail(rec, "cannot go back to its beginning");
    }
    for (uint64_t i = 0; i < csv->header_lines; i++) {
        table_line(csv->table, &line);
    }
    return true;
}

// Rows

typedef struct {
    char* fields[TABLE_MAX_FIELDS];
    unsigned n;
} Row;

/// At the end: is it the file's own? Always false.
static bool tell_cut(Recording* rec, const Csv* csv)
{
    if (table_is_cut(csv->table)) {
        rec->cut = true;
        reader_warn(rec, "its compressed form is cut after line %llu",
                    (unsigned long long)table_line_number(csv->table));
    }
    return false;
}

/// The next row of numbers; false at the end or after reader_fail()
static bool next_row(Recording* rec, Csv* csv, Row* row)
{
    for (;;) {
        char* line;
        const TableStatus status = table_line(csv->table, &line);
        if (status == TABLE_END) {
            return tell_cut(rec, csv);
        }
        if (status != TABLE_LINE) {
            return line_failed(rec, csv, status);
        }
        if (is_comment(line) || !line[strspn(line, " \t")]) {
            continue;
        }
        row->n = table_split(line, csv->separator, row->fields);
        // The last line of a logger that was killed is cut, its last number, too
        return table_line_ended(csv->table) || row->n >= rec->n_channels || tell_cut(rec, csv);
    }
}

/// The value of a column, NAN when it is missing; false after reader_fail()
static bool row_value(Recording* rec, const Csv* csv, const Row* row, unsigned column,
                      double* value)
{
    *value = NAN;
    if (column >= row->n ||
        table_field(row->fields[column], csv->decimal_mark, value) != FIELD_TEXT) {
        return true;
    }
    char text[24];
    snprintf(text, sizeof text, "%.20s", row->fields[column]);
    for (char* p = text; *p; p++) {
        *p = isprint((unsigned char)*p) ? *p : '?';
    }
    return reader_fail(rec, "line %llu: \"%s\" is no number",
                       (unsigned long long)table_line_number(csv->table), text);
}

// The time column

/// Looks at the first rows for a time column: by its name, or, in a table without names, because
/// the first column rises evenly as no signal does.
static bool find_time(Recording* rec, Csv* csv)
{
    const bool named = csv->header_lines > 0 || csv->sidecar.n_columns > 0;
    int column = recording_find_kind(rec, RECORDING_TIME);
    if (column < 0 && (rec->n_channels < 2 || isalpha((unsigned char)rec->channels[0].name[0]))) {
        return true;
    }
    const bool by_name = column >= 0 && named;
    column = column < 0 ? 0 : column;
    Row* const row = malloc(sizeof *row);
    TimeProbe probe;
    time_probe_begin(&probe);
    bool good = row != NULL || reader_fail(rec, "out of memory");
    good = good && skip_header(rec, csv);
    double value;
    while (good && !time_probe_full(&probe) && next_row(rec, csv, row) &&
           row_value(rec, csv, row, (unsigned)column, &value)) {
        time_probe_add(&probe, value);
    }
    free(row);
    if (!good || rec->error[0]) {
        return false;
    }
    const RecordingChannel* const channel = &rec->channels[column];
    TimeScale scale;
    if (!time_probe_end(&probe, by_name ? channel->name : "", channel->unit, by_name, &scale)) {
        return true;
    }
    rec->channels[column].kind = RECORDING_TIME;
    if (scale.index) {
        return true; // a running number tells no rate
    }
    csv->time_column = column;
    csv->time_scale = scale.seconds_per_unit;
    csv->irregular = scale.irregular;
    for (unsigned i = 0; i < rec->n_channels; i++) {
        rec->channels[i].rate = scale.rate;
    }
    return true;
}

// The interface

static bool open_table(Recording* rec)
{
    Csv* const csv = rec->state = calloc(1, sizeof *csv);
    if (!csv) {
        return reader_fail(rec, "out of memory");
    }
    csv->time_column = -1;
    if (!(csv->table = table_open(rec->path))) {
        return reader_fail(rec, "%s", errno ? strerror(errno) : "cannot be read");
    }
    sidecar_find(&csv->sidecar, rec->path);
    if (!read_header(rec, csv)) {
        return false;
    }
    // A rate that was given or written down beats one that is estimated
    return rec->rate > 0.0 || csv->sidecar.rate > 0.0 || find_time(rec, csv);
}

static bool select_column(Recording* rec, unsigned index)
{
    Csv* const csv = rec->state;
    csv->column = index;
    csv->ended = false;
    csv->last_time = NAN;
    const double rate = csv->time_column >= 0 ? rec->channels[index].rate : 0.0;
    timeline_begin(&csv->timeline, rate, csv->irregular);
    return skip_header(rec, csv);
}

static bool next_sample(Recording* rec, Csv* csv, Row* row)
{
    double value;
    double time = NAN;
    if (!next_row(rec, csv, row) || !row_value(rec, csv, row, csv->column, &value)) {
        return false;
    }
    if (csv->time_column >= 0) {
        if (!row_value(rec, csv, row, (unsigned)csv->time_column, &time)) {
            return false;
        }
        time *= csv->time_scale;
        const double back = (csv->last_time - time) * rec->channels[csv->column].rate;
        if (back > 1.5 && !rec->warning[0]) {
            reader_warn(rec, "line %llu: the time goes back by %.4g s; %s",
                        (unsigned long long)table_line_number(csv->table), csv->last_time - time,
                        csv->irregular ? "what is before the line above is left out"
                                       : "read on as if it had not");
        }
        csv->last_time = isfinite(time) ? time : csv->last_time;
    }
    if (!timeline_put(&csv->timeline, time, value)) {
        return reader_fail(rec, "line %llu: the time jumps by more than a day",
                           (unsigned long long)table_line_number(csv->table));
    }
    return true;
}

static size_t read_column(Recording* rec, float* out, size_t n)
{
    Csv* const csv = rec->state;
    Row row;
    size_t done = 0;
    while (done < n) {
        if (timeline_get(&csv->timeline, &out[done])) {
            done++;
        } else if (csv->ended) {
            break;
        } else if (!next_sample(rec, csv, &row)) {
            csv->ended = true;
            timeline_end(&csv->timeline);
        }
    }
    return done;
}

static double progress(const Recording* rec)
{
    const Csv* const csv = rec->state;
    return csv->ended ? 1.0 : table_progress(csv->table);
}

static void close_table(Recording* rec)
{
    Csv* const csv = rec->state;
    table_close(csv->table);
    free(csv);
}

const Reader reader_csv = {"table",     sniff,    open_table, select_column,
                           read_column, progress, close_table};
