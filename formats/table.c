// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/table.h"

#include "formats/reader.h"

#include <zlib.h>

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_SIZE   65536u // bytes; TABLE_MAX_FIELDS numbers of 17 digits fit several times
#define BUFFER_SIZE 65536u // bytes read at once

struct Table {
    gzFile file; // reads plain files, too
    double size; // bytes on disk
    uint64_t number;
    bool ended;
    bool cut; // its compressed form has no end
    size_t at, held;
    char buffer[BUFFER_SIZE];
    char line[LINE_SIZE];
};

Table* table_open(const char* path)
{
    Table* const table = calloc(1, sizeof *table);
    if (!table) {
        return NULL;
    }
    FILE* const file = fopen(path, "rb");
    if (file) {
        table->size = (double)reader_size(file);
        fclose(file);
        table->file = gzopen(path, "rb");
    }
    if (!table->file) {
        free(table);
        return NULL;
    }
    gzbuffer(table->file, BUFFER_SIZE);
    return table;
}

void table_close(Table* table)
{
    if (table) {
        gzclose(table->file);
        free(table);
    }
}

/// The next byte, -1 at the end, -2 on failure
static int next_byte(Table* table)
{
    if (table->at == table->held) {
        const int got = gzread(table->file, table->buffer, sizeof table->buffer);
        table->at = 0;
        table->held = got > 0 ? (size_t)got : 0;
        if (got <= 0) {
            int code = Z_OK;
            gzerror(table->file, &code);
            // Z_BUF_ERROR: the compressed file is cut; what was in it has been read
            table->cut = table->cut || code == Z_BUF_ERROR;
            return got < 0 && code != Z_BUF_ERROR ? -2 : -1;
        }
    }
    return (unsigned char)table->buffer[table->at++];
}

TableStatus table_line(Table* table, char** line)
{
    size_t n = 0;
    int c;
    *line = table->line;
    while ((c = next_byte(table)) >= 0 && c != '\n') {
        if (c == '\0') {
            table->number++;
            return TABLE_BINARY;
        }
        if (n + 1 == sizeof table->line) {
            table->number++;
            return TABLE_TOO_LONG;
        }
        table->line[n++] = (char)c;
    }
    if (c == -2) {
        return TABLE_UNREADABLE;
    }
    if (c < 0 && n == 0) {
        return TABLE_END;
    }
    table->ended = c == '\n';
    table->number++;
    while (n > 0 && table->line[n - 1] == '\r') {
        n--;
    }
    table->line[n] = '\0';
    if (table->number == 1 && !memcmp(table->line, "\xEF\xBB\xBF", n < 3 ? n : 3) && n >= 3) {
        *line += 3; // byte order mark
    }
    return TABLE_LINE;
}

uint64_t table_line_number(const Table* table)
{
    return table->number;
}

bool table_line_ended(const Table* table)
{
    return table->ended;
}

bool table_is_cut(const Table* table)
{
    return table->cut;
}

bool table_rewind(Table* table)
{
    table->at = table->held = 0;
    table->number = 0;
    return gzrewind(table->file) == 0;
}

double table_progress(const Table* table)
{
    return table->size > 0.0 ? (double)gzoffset(table->file) / table->size : 0.0;
}

char table_separator(const char* line)
{
    if (strchr(line, '\t')) {
        return '\t';
    }
    if (strchr(line, ';')) {
        return ';';
    }
    return strchr(line, ',') ? ',' : ' ';
}

static char* trim(char* text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    size_t n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1])) {
        n--;
    }
    if (n >= 2 && (*text == '"' || *text == '\'') && text[n - 1] == *text) {
        text[n - 1] = '\0';
        return trim(text + 1);
    }
    text[n] = '\0';
    return text;
}

unsigned table_split(char* line, char separator, char** fields)
{
    unsigned n = 0;
    if (separator == ' ') {
        for (char* p = line + strspn(line, " "); *p && n < TABLE_MAX_FIELDS;) {
            char* const end = p + strcspn(p, " ");
            char* const next = end + strspn(end, " ");
            *end = '\0';
            fields[n++] = trim(p);
            p = next;
        }
        return n;
    }
    for (char* p = line; p && n < TABLE_MAX_FIELDS;) {
        char* const begin = p;
        // A separator within quotes belongs to the field
        if (*p == '"') {
            char* const quote = strchr(p + 1, '"');
            p = quote ? quote : p;
        }
        char* const end = strchr(p, separator);
        if (end) {
            *end = '\0';
        }
        p = end ? end + 1 : NULL;
        fields[n++] = trim(begin);
    }
    return n;
}

FieldKind table_field(const char* field, char decimal_mark, double* value)
{
    static const char* const missing[] = {"",     "na",   "nan", "n/a",  "#n/a", "null",
                                          "none", "-nan", "inf", "-inf", "-",    "--"};
    double parts[3];
    const char* p = reader_number(field, decimal_mark, &parts[0]);
    if (p && !*p) {
        *value = parts[0];
        return isfinite(parts[0]) ? FIELD_NUMBER : FIELD_MISSING;
    }
    // minutes:seconds or hours:minutes:seconds
    unsigned n = 1;
    while (p && *p == ':' && n < 3) {
        p = reader_number(p + 1, decimal_mark, &parts[n++]);
    }
    if (p && !*p && n > 1) {
        *value =
            n == 2 ? 60.0 * parts[0] + parts[1] : 3600.0 * parts[0] + 60.0 * parts[1] + parts[2];
        return FIELD_NUMBER;
    }
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        if (!strcasecmp(field, missing[i])) {
            *value = NAN;
            return FIELD_MISSING;
        }
    }
    return FIELD_TEXT;
}
