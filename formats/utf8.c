// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/utf8.h"

#include <stdint.h>
#include <string.h>

/// Bytes of the UTF-8 character that begins here, 0 when it is none
static size_t character(const unsigned char* p)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800,
                                     0x10000}; // shorter ones have no second form
    const size_t n = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (n < 2) {
        return n;
    }
    uint32_t code = p[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
        code = code << 6 | (p[i] & 0x3F);
    }
    const int surrogate = code >= 0xD800 && code < 0xE000;
    return code < least[n] || code > 0x10FFFF || surrogate ? 0 : n;
}

void utf8_copy(char* to, size_t size, const char* from)
{
    size_t done = 0;
    while (*from) {
        const unsigned char c = (unsigned char)*from;
        const size_t n = character((const unsigned char*)from);
        if (done + (n ? n : 2) >= size) {
            break;
        }
        if (n) {
            memcpy(to + done, from, n);
            done += n;
            from += n;
        } else {
            to[done++] = (char)(0xC0 | c >> 6);
            to[done++] = (char)(0x80 | (c & 0x3F));
            from++;
        }
    }
    to[done] = '\0';
}
