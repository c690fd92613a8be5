// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/sidecar.h"

#include "formats/reader.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_JSON 65536u // bytes

/// What follows `key`, its closing quote and a colon; NULL when the key is not there
static const char* value_of(const char* text, const char* key)
{
    const size_t n = strlen(key);
    for (const char* p = text; *p; p++) {
        if (!strncasecmp(p, key, n) && (p == text || !isalnum((unsigned char)p[-1]))) {
            const char* q = p + n;
            q += strspn(q, "\"' \t\r\n");
            if (*q == ':' || *q == '=') {
                q++;
                return q + strspn(q, " \t\r\n");
            }
        }
    }
    return NULL;
}

/// Takes the texts of a list; how many
static unsigned take_list(const char* list, char texts[SIDECAR_MAX_COLUMNS][64])
{
    unsigned n = 0;
    if (!list || *list != '[') {
        return 0;
    }
    const char* p = list + 1;
    while (n < SIDECAR_MAX_COLUMNS) {
        p += strspn(p, " \t\r\n,");
        const char* const end = *p == '"' ? strchr(p + 1, '"') : NULL;
        if (!end) {
            break;
        }
        snprintf(texts[n++], sizeof texts[0], "%.*s", (int)(end - p - 1 < 63 ? end - p - 1 : 63),
                 p + 1);
        p = end + 1;
    }
    return n;
}

void sidecar_text(Sidecar* sidecar, const char* text)
{
    static const char* const rate_keys[] = {"SamplingFrequency", "sampling rate", "sampling_rate",
                                            "sample rate",       "sample_rate",   "fs"};
    for (size_t i = 0; i < sizeof rate_keys / sizeof *rate_keys; i++) {
        const char* const value = value_of(text, rate_keys[i]);
        double rate;
        if (value && reader_number(value, '.', &rate) && rate > 0.0 && rate < 1e6) {
            sidecar->rate = rate;
            break;
        }
    }
    const char* columns = value_of(text, "Columns");
    columns = columns ? columns : value_of(text, "column");
    if (columns && *columns == '[') {
        sidecar->n_columns = take_list(columns, sidecar->columns);
        sidecar->n_labels = take_list(value_of(text, "label"), sidecar->labels);
        sidecar->n_sensors = take_list(value_of(text, "sensor"), sidecar->sensors);
    }
}

static bool read_json(Sidecar* sidecar, const char* path)
{
    FILE* const file = fopen(path, "rb");
    if (!file) {
        return false;
    }
    char* const text = malloc(MAX_JSON + 1);
    if (text) {
        text[fread(text, 1, MAX_JSON, file)] = '\0';
        sidecar_text(sidecar, text);
        free(text);
    }
    fclose(file);
    return text != NULL;
}

void sidecar_find(Sidecar* sidecar, const char* path)
{
    char stem[4096];
    if (strlen(path) + 8 > sizeof stem) {
        return;
    }
    strcpy(stem, path);
    size_t n = strlen(stem);
    if (n > 3 && !strcmp(stem + n - 3, ".gz")) {
        stem[n - 3] = '\0';
    }
    char* const slash = strrchr(stem, '/');
    char* const name = slash ? slash + 1 : stem;
    char* const dot = strrchr(name, '.');
    if (dot && dot > name) {
        *dot = '\0';
    }
    // BIDS' inheritance: a JSON with fewer of the name's parts holds for all that share the rest
    for (const char* part = name;;) {
        char json[4096 + 8];
        snprintf(json, sizeof json, "%.*s%s.json", (int)(name - stem), stem, part);
        if (read_json(sidecar, json)) {
            return;
        }
        const char* const next = strchr(part, '_');
        if (!next) {
            return;
        }
        part = next + 1;
    }
}
