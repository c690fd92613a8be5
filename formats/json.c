// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/json.h"

#include "formats/number.h"
#include "formats/utf8.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add(Json* json, const char* text, size_t n)
{
    if (json->n + n + 1 > json->capacity) {
        const size_t capacity = 2 * (json->n + n + 1024);
        char* const larger = realloc(json->text, capacity);
        if (!larger) {
            json->failed = true;
            return;
        }
        json->text = larger;
        json->capacity = capacity;
    }
    memcpy(json->text + json->n, text, n);
    json->n += n;
    json->text[json->n] = '\0';
}

static void add_quoted(Json* json, const char* raw)
{
    char copy[4096]; // longer than any text of ours
    utf8_copy(copy, sizeof copy, raw);
    const char* text = copy;
    add(json, "\"", 1);
    for (; *text; ++text) {
        const unsigned char c = (unsigned char)*text;
        char escape[8];
        if (c == '"' || c == '\\') {
            snprintf(escape, sizeof escape, "\\%c", c);
            add(json, escape, 2);
        } else if (c < 32) {
            snprintf(escape, sizeof escape, "\\u%04x", c);
            add(json, escape, 6);
        } else {
            add(json, text, 1);
        }
    }
    add(json, "\"", 1);
}

static void line(Json* json)
{
    add(json, "\n", 1);
    for (int i = 0; i < json->depth; ++i) {
        add(json, "  ", 2);
    }
}

static void begin(Json* json, const char* key)
{
    if (json->depth > 0) {
        if (json->filled) {
            add(json, ",", 1);
        }
        line(json);
    }
    json->filled = true;
    if (key) {
        add_quoted(json, key);
        add(json, ": ", 2);
    }
}

void json_open(Json* json, const char* key, char bracket)
{
    begin(json, key);
    add(json, &bracket, 1);
    json->depth++;
    json->filled = false;
}

void json_close(Json* json, char bracket)
{
    json->depth--;
    if (json->filled) {
        line(json);
    }
    add(json, &bracket, 1);
    json->filled = true;
    if (json->depth == 0) {
        add(json, "\n", 1);
    }
}

void json_string(Json* json, const char* key, const char* value)
{
    begin(json, key);
    add_quoted(json, value);
}

void json_number(Json* json, const char* key, double value, int decimals)
{
    char text[NUMBER_SIZE];
    begin(json, key);
    if (!isfinite(value)) {
        add(json, "null", 4);
        return;
    }
    number_text(text, value, decimals);
    add(json, text, strlen(text));
}

void json_integer(Json* json, const char* key, long long value)
{
    char text[32];
    begin(json, key);
    add(json, text, (size_t)snprintf(text, sizeof text, "%lld", value));
}

void json_bool(Json* json, const char* key, bool value)
{
    begin(json, key);
    add(json, value ? "true" : "false", value ? 4 : 5);
}

bool json_save(Json* json, const char* path)
{
    char temporary[4200];
    if (json->failed || !json->text ||
        snprintf(temporary, sizeof temporary, "%s.tmp", path) >= (int)sizeof temporary) {
        return false;
    }
    const int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        return false;
    }
    size_t done = 0;
    while (done < json->n) {
        const ssize_t n = write(fd, json->text + done, json->n - done);
        if (n <= 0) {
            break;
        }
        done += (size_t)n;
    }
    const bool good = done == json->n && fdatasync(fd) == 0;
    if (close(fd) != 0 || !good || rename(temporary, path) != 0) {
        unlink(temporary);
        return false;
    }
    return true;
}

void json_free(Json* json)
{
    free(json->text);
    memset(json, 0, sizeof *json);
}
