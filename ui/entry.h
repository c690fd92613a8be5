// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A line of text that a person can type into. A plain value for one thread; zeroed: closed.
#ifndef UI_ENTRY_H
#define UI_ENTRY_H

#include "ui/pen.h"

#include <stdint.h>

enum { ENTRY_SIZE = 512 }; ///< bytes, the closing zero among them

typedef struct {
    char text[ENTRY_SIZE]; ///< what has been typed; UTF-8
    bool open;             ///< characters and keys are its own
} Entry;

typedef enum { ENTRY_GOES_ON, ENTRY_TAKEN, ENTRY_LEFT } EntryEnd;

/// Opens it with the present text, at whose end typing goes on.
void entry_open(Entry* entry, const char* text);

/// A character (Unicode); what has no room and what is no text is left out.
void entry_type(Entry* entry, uint32_t character);

/// A key as ui/x11.h counts them: Enter and Tab take the text, Escape leaves it, both close the
/// entry; Backspace takes the last character away, Delete all.
EntryEnd entry_key(Entry* entry, int key);

/// The typed text while it is open, else `value`; its end is what is shown where room is short.
void entry_draw(cairo_t* cr, const Theme* theme, Rect box, const Entry* entry, const char* label,
                const char* value);

#endif
