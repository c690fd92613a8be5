// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Lines and fields of a text table, plain or gzip-compressed; the lower half of csv.c

#ifndef TONUS_FORMATS_TABLE_H
#define TONUS_FORMATS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_MAX_FIELDS 1024u

typedef enum { TABLE_LINE, TABLE_END, TABLE_TOO_LONG, TABLE_BINARY, TABLE_UNREADABLE } TableStatus;

typedef struct Table Table;

/// NULL with errno set
Table* table_open(const char* path);

void table_close(Table* table);

/// The next line without its end, until the next call; `*line` may be written to.
TableStatus table_line(Table* table, char** line);

/// Number of the last line, from 1
uint64_t table_line_number(const Table* table);

/// Did the last line have an end? A last line without one may be cut.
bool table_line_ended(const Table* table);

/// The file is compressed, and its end is missing: known once table_line() came to the end.
bool table_is_cut(const Table* table);

bool table_rewind(Table* table);

/// How much of the file has been read, 0..1
double table_progress(const Table* table);

/// The separator a line seems to use: tab, ';', ',' or ' ' (any run of blanks)
char table_separator(const char* line);

/// Splits a line in place, trims blanks and one pair of quotes; returns the number of fields
/// (at most TABLE_MAX_FIELDS, the rest is left out).
unsigned table_split(char* line, char separator, char** fields);

typedef enum { FIELD_NUMBER, FIELD_MISSING, FIELD_TEXT } FieldKind;

/// Reads a number, or a clock time such as 0:01:02.5 in seconds. Missing are "", NA, NaN, null, -
/// ...
FieldKind table_field(const char* field, char decimal_mark, double* value);

#endif
