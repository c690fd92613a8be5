// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/text.h"

void text_clean(char* text)
{
    for (unsigned char* c = (unsigned char*)text; *c; c++) {
        // In UTF-8 the controls 0x80 to 0x9F are two bytes, the first of which is 0xC2
        const int is_control =
            *c < 0x20 || *c == 0x7F || (*c == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0);
        *c = is_control ? '?' : *c;
    }
}
