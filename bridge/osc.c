// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/osc.h"

#include <math.h>
#include <string.h>

#define MAX_DEPTH 4u // bundles within bundles

typedef struct {
    const uint8_t* bytes;
    size_t size, at;
} Reader;

/// A string with its padding to four bytes; NULL when it does not end
static const char* read_string(Reader* r)
{
    const uint8_t* const begin = r->bytes + r->at;
    const uint8_t* const end = r->at < r->size ? memchr(begin, '\0', r->size - r->at) : NULL;
    if (!end) {
        return NULL;
    }
    r->at += ((size_t)(end - begin) / 4 + 1) * 4;
    return r->at <= r->size ? (const char*)begin : NULL;
}

static bool read_word(Reader* r, uint64_t* word, unsigned bytes)
{
    if (r->size - r->at < bytes) {
        return false;
    }
    *word = 0;
    for (unsigned i = 0; i < bytes; i++) {
        *word = *word << 8 | r->bytes[r->at++];
    }
    return true;
}

static void add(OscMessage* message, double x)
{
    if (message->n < OSC_MAX_NUMBERS) {
        // A double beyond float's range is as wild as infinity
        message->values[message->n++] = fabs(x) <= 1e30 ? (float)x : NAN;
    }
}

static bool read_argument(Reader* r, char type, OscMessage* message)
{
    uint64_t word;
    float f;
    double d;
    switch (type) {
    case 'i':
        if (!read_word(r, &word, 4)) {
            return false;
        }
        add(message, (int32_t)word);
        return true;
    case 'f':
        if (!read_word(r, &word, 4)) {
            return false;
        }
        memcpy(&f, &(uint32_t){(uint32_t)word}, sizeof f);
        add(message, (double)f);
        return true;
    case 'h':
        if (!read_word(r, &word, 8)) {
            return false;
        }
        add(message, (double)(int64_t)word);
        return true;
    case 'd':
        if (!read_word(r, &word, 8)) {
            return false;
        }
        memcpy(&d, &word, sizeof d);
        add(message, d);
        return true;
    case 'T':
    case 'F':
        add(message, type == 'T');
        return true;
    case 'N':
    case 'I':
    case '[':
    case ']':
        return true;
    case 't':
        return read_word(r, &word, 8);
    case 'c':
    case 'r':
    case 'm':
        return read_word(r, &word, 4);
    case 's':
    case 'S':
        return read_string(r) != NULL;
    case 'b':
        if (!read_word(r, &word, 4) || word > r->size - r->at) {
            return false;
        }
        r->at += (word + 3) / 4 * 4;
        return r->at <= r->size;
    default:
        return false;
    }
}

static bool parse(const uint8_t* bytes, size_t size, unsigned depth,
                  void (*take)(void* data, const OscMessage* message), void* data)
{
    Reader r = {bytes, size, 0};
    OscMessage message = {.address = read_string(&r)};
    if (!message.address) {
        return false;
    }
    if (!strcmp(message.address, "#bundle")) {
        uint64_t word;
        bool good =
            depth < MAX_DEPTH && read_word(&r, &word, 8); // the time tag: arrival counts here
        while (good && r.at < size) {
            good = read_word(&r, &word, 4) && word <= size - r.at &&
                   parse(bytes + r.at, (size_t)word, depth + 1, take, data);
            r.at += good ? (size_t)word : 0;
        }
        return good;
    }
    const char* types = message.address[0] == '/' ? read_string(&r) : NULL;
    if (!types || *types != ',') {
        return false;
    }
    for (types++; *types; types++) {
        if (!read_argument(&r, *types, &message)) {
            return false;
        }
    }
    take(data, &message);
    return true;
}

bool osc_parse(const uint8_t* packet, size_t size,
               void (*take)(void* data, const OscMessage* message), void* data)
{
    return parse(packet, size, 0, take, data);
}
