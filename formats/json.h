// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Writer of JSON text into memory: two blanks of indentation, numbers with a point whatever the
/// locale, keys in the order in which they are given, so that the same input gives the same bytes.

#ifndef TONUS_FORMATS_JSON_H
#define TONUS_FORMATS_JSON_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char* text; ///< what was written so far, ended by a zero; NULL before anything
    size_t n, capacity;
    int depth;
    bool filled; ///< the innermost object or list has something in it
    bool failed; ///< no memory
} Json;

/// An object or a list; `key` is NULL inside a list and at the top.
void json_open(Json* json, const char* key, char bracket);
void json_close(Json* json, char bracket);

void json_string(Json* json, const char* key, const char* value);
/// With at most `decimals` digits; what is not finite becomes null.
void json_number(Json* json, const char* key, double value, int decimals);
void json_integer(Json* json, const char* key, long long value);
void json_bool(Json* json, const char* key, bool value);

/// Writes a file whole or not at all: into PATH.tmp, brought to the disk, then renamed to PATH.
bool json_save(Json* json, const char* path);

void json_free(Json* json);

#endif
