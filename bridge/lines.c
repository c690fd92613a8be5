// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/lines.h"

#include "formats/reader.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static const char blanks[] = " \t,;|";

void lines_begin(Lines* lines, bool from_middle)
{
    lines->n = 0;
    lines->skip = from_middle;
}

/// The number of a word, after a name such as "ecg:" or the "S" of a PulseSensor; NULL when there
/// is none
static const char* number(const char* word, double* value)
{
    const char* const end = reader_number(word, '.', value);
    if (end) {
        return end;
    }
    const char* p = word;
    while (isalnum((unsigned char)*p) || *p == '_') {
        p++;
    }
    if (p > word && (*p == ':' || *p == '=')) {
        p++;
        return reader_number(p + strspn(p, " "), '.', value);
    }
    return isalpha((unsigned char)word[0]) ? reader_number(word + 1, '.', value) : NULL;
}

static bool missing(const char* word)
{
    return !strncmp(word, "nan", 3) || !strncmp(word, "NaN", 3) || !strncmp(word, "NA", 2);
}

static unsigned parse(const char* text, float* values)
{
    unsigned n = 0;
    const char* p = text + strspn(text, blanks);
    while (*p && n < LINES_MAX) {
        double value = NAN;
        const char* end = missing(p) ? p + strcspn(p, blanks) : number(p, &value);
        if (!end || (*end && !strchr(blanks, *end))) {
            return 0;
        }
        const float x = (float)value;
        values[n++] = isfinite(x) ? x : NAN; // beyond what a float holds: no value
        p = end + strspn(end, blanks);
    }
    return n;
}

LinesResult lines_byte(Lines* lines, char c, float* values, unsigned* n_values)
{
    if (c != '\n' && c != '\r') {
        if (lines->n + 1 < sizeof lines->text) {
            lines->text[lines->n++] = c ? c : '?';
        } else {
            lines->text[0] = '?';
        }
        return LINES_MORE;
    }
    lines->text[lines->n] = '\0';
    const bool empty = lines->n == 0 || lines->text[0] == '#';
    const bool skipped = lines->skip;
    lines->skip = lines->skip && lines->n == 0;
    lines->n = 0;
    if (empty || skipped) {
        return LINES_MORE;
    }
    *n_values = parse(lines->text, values);
    return *n_values ? LINES_NUMBERS : LINES_UNREADABLE;
}
