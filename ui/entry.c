// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/entry.h"

#include "ui/x11.h"

#include <stdio.h>
#include <string.h>

void entry_open(Entry* entry, const char* text)
{
    snprintf(entry->text, sizeof(entry->text), "%s", text);
    entry->open = true;
}

// Bytes of the character that begins here: those that continue one are 10xxxxxx
static size_t length_at(const char* text)
{
    size_t n = *text ? 1 : 0;
    while (n && ((unsigned char)text[n] & 0xC0u) == 0x80u) {
        ++n;
    }
    return n;
}

static void remove_last(char* text)
{
    size_t at = 0;
    for (size_t next = 0; text[next]; next += length_at(text + next)) {
        at = next;
    }
    text[at] = '\0';
}

void entry_type(Entry* entry, uint32_t character)
{
    char bytes[5] = "";
    const uint32_t c = character;
    if (c < 0x20u || (c >= 0x7Fu && c < 0xA0u) || (c >= 0xD800u && c < 0xE000u) || c > 0x10FFFFu) {
        return;
    }
    if (c < 0x80u) {
        bytes[0] = (char)c;
    } else if (c < 0x800u) {
        bytes[0] = (char)(0xC0u | c >> 6);
        bytes[1] = (char)(0x80u | (c & 0x3Fu));
    } else if (c < 0x10000u) {
        bytes[0] = (char)(0xE0u | c >> 12);
        bytes[1] = (char)(0x80u | (c >> 6 & 0x3Fu));
        bytes[2] = (char)(0x80u | (c & 0x3Fu));
    } else {
        bytes[0] = (char)(0xF0u | c >> 18);
        bytes[1] = (char)(0x80u | (c >> 12 & 0x3Fu));
        bytes[2] = (char)(0x80u | (c >> 6 & 0x3Fu));
        bytes[3] = (char)(0x80u | (c & 0x3Fu));
    }
    const size_t n = strlen(entry->text);
    if (n + strlen(bytes) < sizeof(entry->text)) {
        memcpy(entry->text + n, bytes, strlen(bytes) + 1);
    }
}

EntryEnd entry_key(Entry* entry, int key)
{
    switch (key) {
    case X11_KEY_ENTER:
    case X11_KEY_TAB:
    case X11_KEY_BACK_TAB:
        entry->open = false;
        return ENTRY_TAKEN;
    case X11_KEY_ESCAPE:
        entry->open = false;
        return ENTRY_LEFT;
    case X11_KEY_BACKSPACE:
        remove_last(entry->text);
        break;
    case X11_KEY_DELETE:
        entry->text[0] = '\0';
        break;
    default:
        break;
    }
    return ENTRY_GOES_ON;
}

void entry_draw(cairo_t* cr, const Theme* theme, Rect box, const Entry* entry, const char* label,
                const char* value)
{
    const char* text = entry->open ? entry->text : value;
    Rect row = box;
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->faint);
    pen_line(cr, cut_left(&row, pen_width(cr, label) + 1.0, theme->margin), 0.0, label);
    const char* const hint =
        entry->open ? _("Enter takes it, Escape leaves it") : _("click, or press F, to change");
    pen_font(cr, theme, theme->small, false);
    pen_line(cr, cut_right(&row, fmin(pen_width(cr, hint) + 1.0, 0.5 * row.w), theme->margin), 0.0,
             hint);
    pen_color(cr, entry->open ? theme->ink : theme->line);
    cairo_set_line_width(cr, 0.5 * theme->stroke);
    pen_round(cr, rect_inset(row, 0.5), theme->radius);
    cairo_stroke(cr);
    Rect room = rect_inset(row, 0.5 * theme->body);
    room = rect(room.x, row.y, room.w, row.h);
    pen_font(cr, theme, theme->body, false);
    pen_color(cr, theme->ink);
    const double caret = entry->open ? 0.5 * theme->body : 0.0;
    double width = pen_width(cr, text);
    while (*text && width + caret > room.w) {
        text += length_at(text);
        width = pen_width(cr, text);
    }
    pen_line(cr, rect(room.x, room.y, width + 1.0, room.h), 0.0, text);
    if (entry->open) {
        cairo_rectangle(cr, room.x + width + 2.0, room.y + 0.2 * room.h,
                        fmax(0.5 * theme->stroke, 1.0), 0.6 * room.h);
        cairo_fill(cr);
    }
}
