// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/typing.h"

static void open_entry(Window* window)
{
    entry_open(&window->entry, window->kind->entry_text(window));
    window_dirty(window, window->entry_pane);
}

bool typing_character(void* data, uint32_t character)
{
    Window* const window = (Window*)data;
    if (window->entry.open) {
        entry_type(&window->entry, character);
        window_dirty(window, window->entry_pane);
    }
    return window->entry.open;
}

bool typing_key(Window* window, int code)
{
    const bool open = window->entry.open;
    if (open && entry_key(&window->entry, code) == ENTRY_TAKEN) {
        window->kind->entered(window, window->entry.text);
    } else if (!open && code == 'f' && window->kind->entered) {
        open_entry(window);
    } else if (!open) {
        return false;
    }
    window_dirty(window, window->entry_pane);
    return true;
}

bool typing_press(Window* window, double x, double y)
{
    const bool hit =
        window->kind->entered && rect_holds(window->pane[window->entry_pane].box, x, y);
    if (hit && !window->entry.open) {
        open_entry(window);
    } else if (!hit && window->entry.open) {
        window->entry.open = false;
        window_dirty(window, window->entry_pane);
    }
    return hit;
}
