// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A GNU .mo file: GNU gettext manual 10.3, "The Format of GNU MO Files"
#define MO_MAGIC      0x950412deu // of a file in this machine's byte order
#define MO_HEADER     20u         // bytes that we read of the header
#define MAX_CATALOGUE (1 << 22)   // bytes; more is no catalogue of ours

struct Text {
    size_t size;
    uint32_t count;
    uint32_t english, translated; // offsets of the two tables (length, offset), sorted by english
    char data[];
};

static uint32_t word(const Text* text, size_t at)
{
    uint32_t value = 0;
    memcpy(&value, text->data + at, sizeof(value));
    return value;
}

// The i-th string of a table; NULL when it does not lie in the file, ended by a zero
static const char* entry(const Text* text, uint32_t table, uint32_t i)
{
    const uint64_t length = word(text, table + 8u * (size_t)i);
    const uint64_t at = word(text, table + 8u * (size_t)i + 4u);
    return at + length < text->size && text->data[at + length] == 0 ? text->data + at : NULL;
}

static bool sound(Text* text)
{
    if (text->size < MO_HEADER || word(text, 0) != MO_MAGIC) {
        return false;
    }
    text->count = word(text, 8);
    text->english = word(text, 12);
    text->translated = word(text, 16);
    const uint64_t length = 8u * (uint64_t)text->count;
    if (text->english + length > text->size || text->translated + length > text->size) {
        return false;
    }
    for (uint32_t i = 0; i < text->count; ++i) {
        if (!entry(text, text->english, i) || !entry(text, text->translated, i)) {
            return false;
        }
    }
    return true;
}

static Text* load(const char* path)
{
    FILE* const file = fopen(path, "rb");
    if (!file) {
        return NULL;
    }
    Text* text = NULL;
    long size = -1;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 && size <= MAX_CATALOGUE &&
        fseek(file, 0, SEEK_SET) == 0) {
        text = (Text*)calloc(1, sizeof(Text) + (size_t)size);
    }
    if (text) {
        text->size = fread(text->data, 1, (size_t)size, file);
    }
    fclose(file);
    if (text && (text->size != (size_t)size || !sound(text))) {
        free(text);
        text = NULL;
    }
    return text;
}

static const char* wanted(void)
{
    static const char* const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char* locale = NULL;
    for (int i = 0; i < 3 && !(locale && *locale); ++i) {
        locale = getenv(names[i]);
    }
    if (!locale || !*locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX")) {
        return NULL;
    }
    const char* const list = getenv("LANGUAGE");
    return list && *list ? list : locale;
}

Text* text_new(const char* folder, const char* language)
{
    char code[4] = "";
    char path[4096];
    const char* const from = language && *language ? language : wanted();
    if (!folder || !from) {
        return NULL;
    }
    for (size_t i = 0; i + 1 < sizeof(code) && from[i] >= 'a' && from[i] <= 'z'; ++i) {
        code[i] = from[i];
    }
    if (!strcmp(code, "no") || !strcmp(code, "nn")) {
        memcpy(code, "nb", 3); // written Norwegian of either form reads Bokmål
    }
    const int length = snprintf(path, sizeof(path), "%s%s%s/LC_MESSAGES/tonus.mo", folder,
                                *folder && folder[strlen(folder) - 1] == '/' ? "" : "/", code);
    return length > 0 && (size_t)length < sizeof(path) ? load(path) : NULL;
}

void text_free(Text* text)
{
    free(text);
}

const char* text_get(const Text* text, const char* english)
{
    uint32_t low = 0;
    uint32_t high = text && english && *english ? text->count : 0; // "" is the file's header
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int order = strcmp(english, entry(text, text->english, middle));
        if (order == 0) {
            const char* const translated = entry(text, text->translated, middle);
            return *translated ? translated : english;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return english;
}
